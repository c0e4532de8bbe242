"""Accessible names: how assistive technology, and a test, calls an element.

Departures: 1. The content of CSS is unknown. 2. A field inside a name counts with the value that
the server has sent.

Sources: https://www.w3.org/TR/accname-1.2/ and
https://www.w3.org/TR/html-aam-1.0/#accessible-name-and-description-computation
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.fields import Fields, kind_of
from fatmorph.testing._browser.roles import LABELLED, referenced, role_of
from fatmorph.testing._browser.shown import BLOCKS, is_out, is_visible, shown_text

__all__ = ("label_text", "labels_of", "name_of")

NAMED_BY_CONTENT = frozenset(
    {"button", "cell", "checkbox", "columnheader", "gridcell", "heading", "link", "menuitem"}
    | {"menuitemcheckbox", "menuitemradio", "option", "radio", "row", "rowheader", "switch", "tab"}
    | {"tooltip", "treeitem"}
)
NAMING_PARTS = MappingProxyType({"fieldset": "legend", "figure": "figcaption", "table": "caption"})
BUTTON_NAMES = MappingProxyType({"image": "Submit", "reset": "Reset", "submit": "Submit"})
WITH_VALUE = frozenset({"combobox", "listbox", "searchbox", "slider", "spinbutton", "textbox"})


def name_of(node: Node) -> str:
    """Return the accessible name of an element."""
    named = " ".join(filter(None, (_part(each) for each in referenced(node))))
    candidates = (
        named,
        node.attributes.get("aria-label", ""),
        " ".join(label_text(label, node) for label in labels_of(node)),
        _own_name(node),
        node.attributes.get("title", ""),
        node.attributes.get("placeholder", ""),
        _last_name(node),
    )
    return next((" ".join(text.split()) for text in candidates if text.strip()), "")


def labels_of(node: Node) -> list[Node]:
    """Return the `<label>` elements of a control."""
    if node.name not in LABELLED or kind_of(node) == "hidden":
        return []
    own = node.attributes.get("id")
    return [
        label
        for label in node.root.descendants()
        if label.name == "label"
        and (label.attributes["for"] == own if "for" in label.attributes else _wraps(label, node))
    ]


def label_text(label: Node, control: Node) -> str:
    """Return the text of a `<label>`, without the control that it is for."""
    given = label.attributes.get("aria-label", "").strip()
    return given or _content(label, control)


def _content(node: Node, control: Node | None = None) -> str:
    """Return the name that an element has by its content."""
    is_shown = is_visible(node, is_around=True)
    return " ".join("".join(_parts(node, control, is_shown=is_shown)).split())


def _parts(node: Node, control: Node | None, *, is_shown: bool) -> Iterator[str]:
    for child in node.children():
        if child is control or is_out(child):
            continue
        if child.name == "#text":
            yield child.text if is_shown else ""
        elif child.is_element:
            is_child_shown = is_visible(child, is_around=is_shown)
            text = _named_part(child)
            if text is None:
                text = "".join(_parts(child, control, is_shown=is_child_shown))
            yield f" {text} " if child.name in BLOCKS else text


def _part(node: Node) -> str:
    """Return the text of an element to which a name refers."""
    text = _named_part(node, is_reference=True)
    return _content(node) if text is None else text


def _named_part(node: Node, *, is_reference: bool = False) -> str | None:
    """Return the text of a part of a name; None if it is its content."""
    named = [] if is_reference else referenced(node)
    if named:
        return " ".join(_part(each) for each in named)
    value = _value(node)
    own = _own_name(node) if node.name in ("img", "input", "svg") else ""
    given = node.attributes.get("aria-label", "").strip()
    text = value or given or own
    if not text and not shown_text(node):
        text = node.attributes.get("title", "").strip()
    return text or None


def _value(node: Node) -> str:
    """Return the value of a field that is a part of a name."""
    if role_of(node) not in WITH_VALUE:
        return ""
    if node.name == "select":
        return " ".join(map(shown_text, Fields().chosen(node)))
    return Fields().value(node) if node.name in ("input", "textarea") else ""


def _own_name(node: Node) -> str:
    kind = kind_of(node) if node.name == "input" else ""
    if kind in ("button", "reset", "submit"):
        return node.attributes.get("value", BUTTON_NAMES.get(kind, ""))
    if node.name in ("area", "img") or kind == "image":
        return node.attributes.get("alt", "") or (
            node.attributes.get("value", "") if kind == "image" else ""
        )
    if node.name in ("optgroup", "option") and node.attributes.get("label"):
        return node.attributes["label"]
    if node.name == "svg":
        titles = (each for each in node.children() if each.name == "title")
        return next((each.text_content() for each in titles), "")
    part = NAMING_PARTS.get(node.name)
    if part is not None:
        return next((_content(child) for child in node.children() if child.name == part), "")
    return _content(node) if role_of(node) in NAMED_BY_CONTENT else ""


def _last_name(node: Node) -> str:
    """Return the name that a browser gives to a control without any."""
    return BUTTON_NAMES["image"] if kind_of(node) == "image" and node.name == "input" else ""


def _wraps(label: Node, node: Node) -> bool:
    controls = (each for each in label.descendants() if each.name in LABELLED)
    return next((each for each in controls if kind_of(each) != "hidden"), None) is node
