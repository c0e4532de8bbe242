"""The parts of a page that are shown, and their text.

Departure: CSS is unknown, so only `hidden`, `aria-hidden`, and an inline `display: none` or
`visibility: hidden` hide an element.

Source: https://html.spec.whatwg.org/multipage/rendering.html#hidden-elements
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fatmorph.morph._matching.nodes import Node

__all__ = ("BLOCKS", "is_hidden", "is_inert", "is_out", "is_visible", "shown_text")

INVISIBLE = frozenset({"datalist", "head", "noscript", "script", "style", "template", "title"})
DISPLAY_NONE = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)
VISIBILITY = re.compile(r"(?:^|;)\s*visibility\s*:\s*(\w+)", re.IGNORECASE)
BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "dd", "details", "dialog", "div", "dl"}
    | {"dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "legend", "li"}
    | {"main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody"}
    | {"td", "tfoot", "th", "thead", "tr", "ul", "h1", "h2", "h3", "h4", "h5", "h6"}
)


def is_hidden(node: Node) -> bool:
    """Return whether an element is hidden, by itself or by an element around it."""
    around = (node, *node.ancestors())
    if any(map(is_out, around)):
        return True
    given = next((each for each in around if VISIBILITY.search(_style(each))), None)
    return given is not None and not is_visible(given, is_around=True)


def is_inert(node: Node) -> bool:
    """Return whether an element can be seen, but not used."""
    return any("inert" in each.attributes for each in (node, *node.ancestors()))


def is_out(node: Node) -> bool:
    """Return whether a node, also a text, takes no part in the page with everything in it."""
    parent = node.parent
    if parent is not None and parent.is_details and "open" not in parent.attributes:
        return node is not _summary(parent)
    if not node.is_element:
        return False
    if node.name in INVISIBLE or "hidden" in node.attributes:
        return True
    if node.name == "dialog" and "open" not in node.attributes:
        return True
    if node.attributes.get("aria-hidden") == "true":
        return True
    if node.name == "input" and node.attributes.get("type", "").lower() == "hidden":
        return True
    return DISPLAY_NONE.search(_style(node)) is not None


def is_visible(node: Node, *, is_around: bool) -> bool:
    """Return whether the texts of an element are visible, as its inline style has it.

    Args:
        node: The element.
        is_around: Whether those around it are.
    """
    found = VISIBILITY.search(_style(node))
    return is_around if found is None else found[1].lower() == "visible"


def shown_text(node: Node) -> str:
    """Return the text of an element as it is read: without hidden parts and surplus spaces."""
    return " ".join("".join(_texts(node, is_shown=is_visible(node, is_around=True))).split())


def _texts(node: Node, *, is_shown: bool) -> Iterator[str]:
    for child in node.children():
        if is_out(child):
            continue
        if child.name == "#text":
            yield child.text if is_shown else ""
        elif child.is_element:
            space = " " if child.name in BLOCKS else ""
            yield space
            yield from _texts(child, is_shown=is_visible(child, is_around=is_shown))
            yield space


def _summary(details: Node) -> Node | None:
    return next((each for each in details.children() if each.name == "summary"), None)


def _style(node: Node) -> str:
    return node.attributes.get("style", "") if node.is_element else ""
