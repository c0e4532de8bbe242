"""The navigation: the sections and links of docs/README.md, in their order.

A section begins with a line such as `**Start**, step by step:`; each link in the list below it is
a page. A list item such as `- Servers: [a](…), [b](…)` is a group of pages.
"""

import re
from pathlib import Path

SECTION = re.compile(r"\*\*(?P<title>[^*]+)\*\*[^|]*:")
ITEM = re.compile(r"(?:- |\d+\. )(?:(?P<group>[^\[\]]+): )?(?=\[)")
LINK = re.compile(r"\[(?P<title>[^\]]+)\]\((?P<page>[\w/-]+\.md)\)")


def on_config(config):
    """Set the navigation."""
    contents = Path(config.docs_dir, "README.md").read_text(encoding="utf-8")
    config.nav = [{"Home": "README.md"}, *_sections(contents)]
    return config


def on_page_markdown(markdown, page, **_):
    """Give the first page the whole width: it lists all others itself."""
    if page.is_homepage:
        page.meta["hide"] = ["navigation", "toc"]
    return markdown


def _sections(contents):
    """Return the sections in the form that MkDocs reads."""
    sections = []
    for line in contents.splitlines():
        if section := SECTION.fullmatch(line):
            sections.append({section["title"]: []})
        elif sections and (item := ITEM.match(line)):
            (pages,) = sections[-1].values()
            found = [{_plain(m["title"]): m["page"]} for m in LINK.finditer(line)]
            pages.extend([{item["group"]: found}] if item["group"] else found)
    return sections


def _plain(title):
    return title.replace("`", "").removeprefix("fatmorph.")
