"""URLs of a page that leave the prefix under which its application is mounted.

A browser asks for `/subscribe` at the root of the host, where another application answers, or
none. Only paths are found: a relative URL stays in its folder, and one with a host is meant so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from fatmorph.morph.checks._survey import Tree

__all__ = ("outside_urls",)

# https://html.spec.whatwg.org/multipage/indices.html#attributes-3
URLS: Final = frozenset(
    {"action", "background", "cite", "data", "formaction", "href", "longdesc", "manifest"}
    | {"poster", "src", "xlink:href"}
)
# A candidate is a URL and its descriptors, and ends at a comma outside of parentheses:
# https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute
CANDIDATE: Final = re.compile(r"()([^\s,](?:\S*[^\s,])?)(?:\([^)]*\)?|[^,(])*")
URL_LISTS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "ping": re.compile(r"()(\S+)"),
        "srcset": CANDIDATE,
        "imagesrcset": CANDIDATE,
        "style": re.compile(r"\burl\(\s*(['\"]?)([^'\")]+)", re.IGNORECASE),
    }
)
# https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh
REFRESH: Final = re.compile(r"[\s\d.]*[;,\s]\s*(?:url\s*=\s*)?(['\"]?)([^'\"]*)", re.IGNORECASE)
WHITE_SPACE: Final = "\t\n\f\r "
REQUEST: Final = re.compile(r"@(?:get|post|put|patch|delete|query)\(\s*['\"`](/[^'\"`$]*)")


def outside_urls(root: Tree, root_path: str) -> Iterator[tuple[Tree, str, str]]:
    """Yield the elements with such URLs: each element, its path in the page, and its URL.

    Args:
        root: The page.
        root_path: The prefix, decoded, and without a slash at its end.
    """
    waiting = [(root, root.tag)]
    while waiting:
        element, path = waiting.pop()
        for name, value in element.attributes.items():
            if isinstance(value, str):
                for url in _paths(element, name.lower(), value):
                    if not _is_below(url, root_path):
                        yield element, path, url
        children = [child for child in element.children if hasattr(child, "attributes")]
        waiting += [(child, f"{path} > {child.tag}") for child in reversed(children)]


def _paths(element: Tree, name: str, value: str) -> list[str]:
    if name.startswith("data-"):
        return REQUEST.findall(value)
    if name in URLS:
        urls = [value.lstrip(WHITE_SPACE)]
    elif name in URL_LISTS:
        urls = [url for _, url in URL_LISTS[name].findall(value)]
    else:
        urls = _refresh_urls(element, name, value)
    return [url for url in urls if url.startswith("/")]


def _refresh_urls(element: Tree, name: str, value: str) -> list[str]:
    is_refresh = str(element.attributes.get("http-equiv", "")).lower() == "refresh"
    found = REFRESH.match(value) if name == "content" and is_refresh else None
    return [] if found is None else [found[2]]


def _is_below(url: str, root_path: str) -> bool:
    is_other_host = url.startswith("//")
    path = unquote(re.split(r"[?#]", url, maxsplit=1)[0])
    return is_other_host or path == root_path or path.startswith(f"{root_path}/")
