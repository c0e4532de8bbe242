"""Roles and accessible names: how assistive technology, and a test, finds an element.

Departures: 1. CSS is unknown, so only `hidden`, `aria-hidden` and an inline `display: none` hide
an element. 2. Names come from the usual sources, without the content of CSS.

Sources: https://www.w3.org/TR/html-aam-1.0/ and https://www.w3.org/TR/accname-1.2/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from fatmorph.morph._matching.nodes import Node

__all__ = ("LABELLED", "is_hidden", "label_text", "labels_of", "name_of", "role_of", "shown_text")

PLAIN_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "article": "article",
        "aside": "complementary",
        "blockquote": "blockquote",
        "button": "button",
        "caption": "caption",
        "code": "code",
        "datalist": "listbox",
        "dd": "definition",
        "del": "deletion",
        "details": "group",
        "dialog": "dialog",
        "dt": "term",
        "em": "emphasis",
        "fieldset": "group",
        "figure": "figure",
        "hr": "separator",
        "ins": "insertion",
        "li": "listitem",
        "main": "main",
        "math": "math",
        "menu": "list",
        "meter": "meter",
        "nav": "navigation",
        "ol": "list",
        "optgroup": "group",
        "option": "option",
        "output": "status",
        "p": "paragraph",
        "progress": "progressbar",
        "search": "search",
        "strong": "strong",
        "table": "table",
        "tbody": "rowgroup",
        "td": "cell",
        "textarea": "textbox",
        "tfoot": "rowgroup",
        "thead": "rowgroup",
        "time": "time",
        "tr": "row",
        "ul": "list",
        **{f"h{level}": "heading" for level in range(1, 7)},
    }
)
INPUT_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "button": "button",
        "checkbox": "checkbox",
        "email": "textbox",
        "image": "button",
        "number": "spinbutton",
        "radio": "radio",
        "range": "slider",
        "reset": "button",
        "search": "searchbox",
        "submit": "button",
        "tel": "textbox",
        "text": "textbox",
        "url": "textbox",
    }
)
WITHOUT_TYPE_ROLE = frozenset(
    {"color", "date", "datetime-local", "file", "hidden", "month", "password", "time", "week"}
)
# These contain sections, in which a header or a footer is not that of the page.
SECTIONING = frozenset({"article", "aside", "main", "nav", "section"})
NAMED_BY_CONTENT = frozenset(
    {"button", "cell", "checkbox", "columnheader", "gridcell", "heading", "link", "menuitem"}
    | {"option", "radio", "row", "rowheader", "switch", "tab", "tooltip", "treeitem"}
)
LABELLED = frozenset({"button", "input", "meter", "output", "progress", "select", "textarea"})
FIELDS = frozenset({"input", "select", "textarea"})
INVISIBLE = frozenset({"head", "noscript", "script", "style", "template", "title"})
DISPLAY_NONE = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)
BUTTON_NAMES = MappingProxyType({"submit": "Submit", "reset": "Reset"})


def role_of(node: Node) -> str:
    """Return the role of an element; empty if it has none."""
    given = node.attributes.get("role", "").split()
    if given:
        return given[0]
    if node.name in SPECIAL_ROLES:
        return SPECIAL_ROLES[node.name](node)
    return PLAIN_ROLES.get(node.name, "")


def name_of(node: Node) -> str:
    """Return the accessible name of an element."""
    root = node.root
    by_id = [
        each
        for element_id in node.attributes.get("aria-labelledby", "").split()
        for each in root.descendants()
        if each.attributes.get("id") == element_id
    ]
    if by_id:
        return " ".join(_content(each) for each in by_id)
    candidates = (
        node.attributes.get("aria-label", ""),
        " ".join(label_text(label) for label in labels_of(node)),
        _own_name(node),
        node.attributes.get("title", ""),
        node.attributes.get("placeholder", ""),
    )
    return next((" ".join(text.split()) for text in candidates if text.strip()), "")


def labels_of(node: Node) -> list[Node]:
    """Return the `<label>` elements of a control."""
    if node.name not in LABELLED:
        return []
    own = node.attributes.get("id")
    return [
        label
        for label in node.root.descendants()
        if label.name == "label"
        and (label.attributes["for"] == own if "for" in label.attributes else _wraps(label, node))
    ]


def label_text(label: Node) -> str:
    """Return the text of a `<label>`, without the content of the control in it."""
    return _content(label, without=FIELDS)


def is_hidden(node: Node) -> bool:
    """Return whether an element is hidden from assistive technology."""
    return any(_is_itself_hidden(each) for each in (node, *node.ancestors()))


def shown_text(node: Node) -> str:
    """Return the text of an element as it is read: without hidden parts and surplus spaces."""
    return " ".join("".join(_texts(node)).split())


def _texts(node: Node) -> Iterator[str]:
    for child in node.children():
        if child.name == "#text":
            yield child.text
        elif child.is_element and not _is_itself_hidden(child):
            is_block = child.name in BLOCKS
            yield " " if is_block else ""
            yield from _texts(child)
            yield " " if is_block else ""


def _content(node: Node, *, without: frozenset[str] = frozenset()) -> str:
    """Return the name that an element has by its content."""
    pieces: list[str] = []
    for child in node.children():
        if child.name == "#text":
            pieces.append(child.text)
        elif child.is_element and child.name not in without and not _is_itself_hidden(child):
            given = child.attributes.get("aria-label", "").strip()
            text = given or child.attributes.get("alt", "") or _content(child, without=without)
            pieces.append(f" {text} " if child.name in BLOCKS else text)
    return " ".join("".join(pieces).split())


def _own_name(node: Node) -> str:
    kind = node.attributes.get("type", "").lower()
    if node.name == "input" and kind in ("button", "submit", "reset"):
        return node.attributes.get("value", BUTTON_NAMES.get(kind, ""))
    if node.name in ("img", "area") or (node.name == "input" and kind == "image"):
        return node.attributes.get("alt", "")
    part = NAMING_PARTS.get(node.name)
    if part is not None:
        return next((_content(child) for child in node.children() if child.name == part), "")
    return _content(node) if role_of(node) in NAMED_BY_CONTENT else ""


def _is_itself_hidden(node: Node) -> bool:
    if node.name in INVISIBLE or "hidden" in node.attributes:
        return True
    if node.name == "dialog" and "open" not in node.attributes:
        return True
    if node.attributes.get("aria-hidden") == "true":
        return True
    if node.name == "input" and node.attributes.get("type", "").lower() == "hidden":
        return True
    parent = node.parent
    if parent is not None and parent.is_details and "open" not in parent.attributes:
        return node.name != "summary"
    return DISPLAY_NONE.search(node.attributes.get("style", "")) is not None


def _wraps(label: Node, node: Node) -> bool:
    first = next((each for each in label.descendants() if each.name in LABELLED), None)
    return first is node


def _input_role(node: Node) -> str:
    kind = node.attributes.get("type", "text").lower()
    if kind in WITHOUT_TYPE_ROLE:
        return ""
    role = INPUT_ROLES.get(kind, "textbox")
    has_list = "list" in node.attributes and role in ("textbox", "searchbox")
    return "combobox" if has_list else role


def _select_role(node: Node) -> str:
    is_list = "multiple" in node.attributes or int(node.attributes.get("size") or "1") > 1
    return "listbox" if is_list else "combobox"


def _landmark(role: str) -> Callable[[Node], str]:
    def landmark_role(node: Node) -> str:
        return "" if any(each.name in SECTIONING for each in node.ancestors()) else role

    return landmark_role


def _named_region(role: str) -> Callable[[Node], str]:
    def region_role(node: Node) -> str:
        has_name = {"aria-label", "aria-labelledby", "title"} & node.attributes.keys()
        return role if has_name else ""

    return region_role


def _header_role(node: Node) -> str:
    return "rowheader" if node.attributes.get("scope", "").startswith("row") else "columnheader"


SPECIAL_ROLES: Mapping[str, Callable[[Node], str]] = MappingProxyType(
    {
        "a": lambda node: "link" if "href" in node.attributes else "",
        "area": lambda node: "link" if "href" in node.attributes else "",
        "footer": _landmark("contentinfo"),
        "form": _named_region("form"),
        "header": _landmark("banner"),
        "img": lambda node: "presentation" if node.attributes.get("alt") == "" else "img",
        "input": _input_role,
        "section": _named_region("region"),
        "select": _select_role,
        "th": _header_role,
    }
)
NAMING_PARTS = MappingProxyType({"fieldset": "legend", "figure": "figcaption", "table": "caption"})
BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "dd", "details", "dialog", "div", "dl"}
    | {"dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "legend", "li"}
    | {"main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody"}
    | {"td", "tfoot", "th", "thead", "tr", "ul", "h1", "h2", "h3", "h4", "h5", "h6"}
)
