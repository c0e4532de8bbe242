"""URLs of a page that leave the prefix under which its application is mounted.

A browser asks for `/subscribe` at the root of the host, where another application answers, or
none. Only paths are found: a relative URL stays in its folder, and one with a host is meant so.
Attributes that no browser reads any more, such as `archive`, `codebase` and `lowsrc`, and those
whose URLs are names, such as `itemtype`, are left out. So is `srcdoc`, which is trusted HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from fatmorph.markup._spec_attributes import URL_ATTRIBUTES

if TYPE_CHECKING:
    from fatmorph.morph.checks._survey import Tree

__all__ = ("outside_urls",)

# An animation adds the value of `by` to the attribute that it animates.
URLS: Final = URL_ATTRIBUTES | {"by"}
# A candidate is a URL and its descriptors, and ends at a comma outside of parentheses:
# https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute
CANDIDATE: Final = re.compile(r"()([^\s,](?:\S*[^\s,])?)(?:\([^)]*\)?|[^,(])*")
CSS: Final = re.compile(
    r"(?:\burl\(\s*|(?:@import|\bimage-set\()\s*(?=['\"]))(['\"]?)([^'\")]+)", re.IGNORECASE
)
# https://www.w3.org/TR/SVG2/styling.html#PresentationAttributes
PRESENTATION: Final = (
    *("clip-path", "cursor", "fill", "filter", "marker-end", "marker-mid", "marker-start"),
    *("mask", "stroke"),
)
URL_LISTS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "ping": re.compile(r"()(\S+)"),
        "srcset": CANDIDATE,
        "imagesrcset": CANDIDATE,
        # https://svgwg.org/specs/animations/#ValuesAttribute
        "values": re.compile(r"()\s*([^;]+)"),
        **dict.fromkeys(("style", *PRESENTATION), CSS),
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
        for url in _urls(element):
            if url.startswith("/") and not _is_below(url, root_path):
                yield element, path, url
        children = [child for child in element.children if hasattr(child, "attributes")]
        waiting += [(child, f"{path} > {child.tag}") for child in reversed(children)]


def _urls(element: Tree) -> Iterator[str]:
    for name, value in element.attributes.items():
        if isinstance(value, str):
            yield from _attribute_urls(element, name.lower(), value)
    if element.tag == "style":
        text = "".join(child for child in element.children if isinstance(child, str))
        yield from _listed(CSS, text)


def _attribute_urls(element: Tree, name: str, value: str) -> list[str]:
    if name.startswith("data-"):
        return REQUEST.findall(value)
    if name in URL_LISTS:
        return _listed(URL_LISTS[name], value)
    if name in URLS:
        return [value.lstrip(WHITE_SPACE)]
    return _refresh_urls(element, name, value)


def _listed(pattern: re.Pattern[str], text: str) -> list[str]:
    return [url for _, url in pattern.findall(text)]


def _refresh_urls(element: Tree, name: str, value: str) -> list[str]:
    is_refresh = str(element.attributes.get("http-equiv", "")).lower() == "refresh"
    found = REFRESH.match(value) if name == "content" and is_refresh else None
    return [] if found is None else [found[2]]


def _is_below(url: str, root_path: str) -> bool:
    is_other_host = url.startswith("//")
    path = unquote(re.split(r"[?#]", url, maxsplit=1)[0])
    return is_other_host or path == root_path or path.startswith(f"{root_path}/")
