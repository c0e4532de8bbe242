"""Check every link of the built site: its file, its fragment, and its place in the repository.

    python .ci/site/check_links.py build/site https://forge.example/repository

It prints the links that lead nowhere, and exits with status 1 if there are any. Links to other
sites are not visited.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

HERE = "site:/"
ROOT = Path(__file__).parents[2]


class Page(HTMLParser):
    """The links and the ids of one page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        """Keep the attributes that lead somewhere, or that a link can lead to."""
        for name, value in attrs:
            if name in {"href", "src"} and value:
                self.links.append(value)
            elif name in {"id", "name"} and value:
                self.ids.add(value)


def main(site, repository):
    """Print what leads nowhere, and return the exit status."""
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    broken = [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not _resolves(link, path, pages, site, repository)
    ]
    links = sum(len(page.links) for page in pages.values())
    print(*broken, f"{links} links in {len(pages)} pages, {len(broken)} broken", sep="\n")
    return int(bool(broken))


def _resolves(link, path, pages, site, repository):
    if link.startswith(f"{repository}/"):
        kind, _, place = link.removeprefix(f"{repository}/").partition("/main/")
        return kind in {"blob", "tree"} and (ROOT / place.partition("#")[0]).exists()
    address = urlsplit(urljoin(f"{HERE}{path.relative_to(site).as_posix()}", link))
    if path.name == "404.html" or address.scheme != "site":
        return True  # the page for what is not there has absolute links
    target = site / unquote(address.path).lstrip("/")
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return False
    fragment = unquote(address.fragment)
    return not fragment or target not in pages or fragment in pages[target].ids


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2]))
