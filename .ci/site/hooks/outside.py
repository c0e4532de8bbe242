"""Files outside of docs/: pages link to them by URL, and their images are copied.

In the repository the same links are relative, so that they work on a code forge and in an editor.
"""

import re
from pathlib import Path

from mkdocs.structure.files import File

LINK = re.compile(r"(?P<start>!?\[[^\]]*\]\()(?P<target>\.\./[^)#\s]+)(?P<fragment>#[^)\s]*)?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1[`~]*$", re.DOTALL | re.MULTILINE)
IMAGES = {".gif", ".jpg", ".png", ".svg", ".webp"}


def on_files(files, config):
    """Add the images outside of docs/ that pages show."""
    for page in list(files.documentation_pages()):
        for link in LINK.finditer(FENCE.sub("", page.content_string)):
            path = _outside(link, page, config)
            if path and path.suffix in IMAGES and link["start"].startswith("!"):
                uri = _image_uri(path, config)
                if files.get_file_from_path(uri) is None:
                    files.append(File.generated(config, uri, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown, page, config, files):
    """Rewrite the links that leave docs/, except those in code."""

    def rewritten(link):
        path = _outside(link, page.file, config)
        if path is None:
            return link[0]
        if link["start"].startswith("!"):
            up = "../" * page.file.src_uri.count("/")
            return f"{link['start']}{up}{_image_uri(path, config)})"
        kind = "tree" if path.is_dir() else "blob"
        inside = path.relative_to(_root(config)).as_posix()
        # A test's name is not a place on a code forge.
        fragment = link["fragment"] if link["fragment"] and path.suffix == ".md" else ""
        return f"{link['start']}{config.repo_url}/{kind}/main/{inside}{fragment})"

    parts, end = [], 0
    for fence in FENCE.finditer(markdown):
        parts += [LINK.sub(rewritten, markdown[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, LINK.sub(rewritten, markdown[end:])])


def _outside(link, file, config):
    """Return the file that a link leads to, if it exists and is not in docs/."""
    docs = Path(config.docs_dir).resolve()
    path = (docs / Path(file.src_uri).parent / link["target"]).resolve()
    return None if path.is_relative_to(docs) or not path.exists() else path


def _image_uri(path, config):
    return f"images/{path.relative_to(_root(config)).as_posix()}"


def _root(config):
    return Path(config.docs_dir).resolve().parent
