"""Comparison of two pages as a browser sees them: parsed by the HTML standard, then compared.

The comparison ignores the order of attributes, the way of escaping, the value of a boolean
attribute, a semicolon at the end of a style, and white space between the elements of a block (the
source code's layout).
"""

from __future__ import annotations

from typing import Any, TypeAlias

from justhtml import JustHTML

__all__ = ("difference", "parsed")

Tree: TypeAlias = "str | tuple[str, dict[str, str], list[Tree]]"

# In these elements, text is only white space between children.
WITHOUT_TEXT = frozenset(
    {"#document", "html", "head", "body", "header", "main", "article", "ul", "table", "tbody", "tr"}
)


def parsed(page: bytes) -> Tree:
    """Return a page as a tree: names, attributes and children, or text."""
    return simplified(JustHTML(page.decode(), sanitize=False).root)


def simplified(node: Any) -> Tree:
    if node.name == "#text":
        return str(node.data)
    children = [simplified(child) for child in node.children or ()]
    if node.name in WITHOUT_TEXT:
        children = [
            child for child in children if not (isinstance(child, str) and not child.strip())
        ]
    attributes = dict(getattr(node, "attrs", None) or {})
    if "style" in attributes:
        attributes["style"] = attributes["style"].removesuffix(";")  # as some functions write it
    if "disabled" in attributes:
        attributes["disabled"] = ""  # the only boolean attribute here: its value has no meaning
    return node.name, attributes, children


def difference(expected: Tree, actual: Tree, place: str = "") -> str | None:
    """Return the place and kind of the first difference of two pages, or None."""
    if isinstance(expected, str) or isinstance(actual, str):
        return None if expected == actual else f"{place}: {actual!r:.200} is not {expected!r:.200}"
    place = f"{place} > {expected[0]}".removeprefix(" > ")
    if expected[:2] != actual[:2]:
        return f"{place}: {actual[:2]} is not {expected[:2]}"
    if len(expected[2]) != len(actual[2]):
        return f"{place}: {len(actual[2])} children are not {len(expected[2])}"
    for one, other in zip(expected[2], actual[2], strict=True):
        if found := difference(one, other, place):
            return found
    return None
