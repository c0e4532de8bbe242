"""The documentation for language models: llms.txt, llms-full.txt, and each page as Markdown.

Format: https://llmstxt.org
"""

import re
from pathlib import Path

COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_texts = {}


def on_page_markdown(markdown, page, **_):
    """Keep the text of a page as readers see it."""
    _texts[page.file.src_uri] = markdown


def on_post_build(config):
    """Write the texts next to the pages."""
    site, url = Path(config.site_dir), config.site_url or ""
    lines = [f"# {config.site_name}", "", f"> {config.site_description}"]
    whole = list(lines)
    for section, pages in _sections(config.nav):
        lines += ["", f"## {section}", ""]
        for title, source in pages:
            text = COMMENT.sub("", _texts[source])
            target = site / source
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            lines.append(f"- [{title}]({url}{source}): {_summary(text)}")
            whole += ["", f"<!-- {source} -->", "", text.strip()]
    (site / "llms.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
    (site / "llms-full.txt").write_text("\n".join([*whole, ""]), encoding="utf-8")


def _sections(nav):
    """Yield each section's title, and the titles and sources of all its pages."""
    for section in nav[1:]:
        ((title, pages),) = section.items()
        yield title, list(_pages(pages))


def _pages(entries):
    for entry in entries:
        ((title, page),) = entry.items()
        if isinstance(page, str):
            yield title, page
        else:
            yield from _pages(page)


def _summary(text):
    """Return the first sentence below the title that is not code, else the title."""
    title, _, rest = text.strip().partition("\n")
    without_code = re.sub(r"^```.*?^```$", "", rest, flags=re.DOTALL | re.MULTILINE)
    lines = (line.strip() for line in without_code.splitlines())
    first = next((line for line in lines if line and line[0] not in "#|-:<!"), title.lstrip("# "))
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", first)
