"""URLs of a page that leave the prefix under which its application is mounted.

A browser asks for `/subscribe` at the root of the host, where another application answers, or
none. Only paths are found: a relative URL stays in its folder, and one with a host is meant so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from fatmorph.morph.checks._survey import Tree

__all__ = ("outside_urls",)

URLS: Final = ("href", "src", "action", "formaction")
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
                for url in _paths(name, value):
                    if not _is_below(url, root_path):
                        yield element, path, url
        children = [child for child in element.children if hasattr(child, "attributes")]
        waiting += [(child, f"{path} > {child.tag}") for child in reversed(children)]


def _paths(name: str, value: str) -> list[str]:
    if name.startswith("data-"):
        return REQUEST.findall(value)
    return [value] if name in URLS and value.startswith("/") else []


def _is_below(url: str, root_path: str) -> bool:
    is_other_host = url.startswith("//")
    path = unquote(re.split(r"[?#]", url, maxsplit=1)[0])
    return is_other_host or path == root_path or path.startswith(f"{root_path}/")
