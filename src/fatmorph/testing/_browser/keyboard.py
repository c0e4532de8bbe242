"""The effects of a key in a browser, unless a handler prevents them.

Source: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#implicit-submission
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.field_values import stepped_value
from fatmorph.testing._browser.fields import (
    controls,
    form_of,
    group_of,
    is_disabled,
    is_on,
    kind_of,
    option_value,
    options,
)
from fatmorph.testing._browser.keys import Key
from fatmorph.testing._browser.shown import is_hidden, is_inert
from fatmorph.testing._browser.tab import Tab

__all__ = ("Keyboard", "takes_text")

# Fields that take no text.
WITHOUT_TEXT = frozenset(
    {"button", "checkbox", "color", "file", "hidden", "image", "radio", "range", "reset", "submit"}
)
ARROWS = {"ArrowDown": 1, "ArrowLeft": -1, "ArrowRight": 1, "ArrowUp": -1}
TICKED = frozenset({"checkbox", "radio"})
UP = {"number": frozenset({"ArrowUp"}), "range": frozenset({"ArrowRight", "ArrowUp"})}


T = TypeVar("T")


class Hands(Protocol):
    """The user's steps, of which a key is one."""

    def cancel(self, dialog: Node) -> bool: ...
    def choose(self, select: Node, labels: Sequence[str]) -> None: ...
    def close_dialog(self, dialog: Node) -> None: ...
    def commit(self) -> None: ...
    def focus(self, node: Node | None) -> None: ...
    def insert(self, node: Node, text: str) -> None: ...
    def kept_text(self, node: Node) -> str: ...
    def move_to(self, stop: Node | None) -> None: ...
    def press(self, node: Node) -> None: ...
    def set_value(self, node: Node, value: str) -> None: ...
    def submit(self, form: Node, submitter: Node | None) -> None: ...


class Keyboard:
    """The keys of one page.

    Args:
        hands: The user.
        tab: The page.
    """

    def __init__(self, hands: Hands, tab: Tab) -> None:
        self._hands = hands
        self._tab = tab

    def act(self, node: Node | None, key: Key) -> None:
        """Do what a key does by itself."""
        name = key.name
        if key.is_command:
            return
        if name == "Tab":
            self._hands.move_to(tab_stop(self._tab, is_back=key.is_shifted))
        elif name == "Escape":
            self._cancel_dialog()
        elif node is None or is_disabled(node):
            return
        elif name in ARROWS:
            self._step(node, name)
        elif name == "Enter" and node.name in ("button", "a", "summary"):
            self._hands.press(node)
        elif name == "Enter" and node.name == "input":
            self._submit_implicitly(node)
        elif name == " " and (node.name in ("button", "summary") or kind_of(node) in TICKED):
            self._hands.press(node)
        elif takes_text(node) and "readonly" not in node.attributes:
            self._write(node, name)

    def _write(self, node: Node, name: str) -> None:
        if name == "Backspace":
            self._hands.set_value(node, self._hands.kept_text(node)[:-1])
        elif name == "Enter" or len(name) == 1:
            self._hands.insert(node, "\n" if name == "Enter" else name)

    def _step(self, node: Node, key: str) -> None:
        """Choose the next option, radio button or number."""
        fields, kind, step = self._tab.fields, kind_of(node), ARROWS[key]
        if kind in UP:
            steps = 1 if key in UP[kind] else -1
            self._hands.set_value(node, stepped_value(node, kind, fields.value(node), steps))
        elif kind == "radio":
            group = [each for each in group_of(node) if not is_disabled(each)]
            other = neighbour(group, node, step, is_ring=True)
            self._hands.focus(other)
            if other is not None:
                self._hands.press(other)
        elif node.name == "select" and not fields.is_list(node):
            enabled = [each for each in options(node) if is_on(each)]
            other = neighbour(enabled, next(iter(fields.chosen(node)), None), step, is_ring=False)
            if other is not None:
                self._hands.choose(node, [option_value(other)])

    def _submit_implicitly(self, node: Node) -> None:
        self._hands.commit()
        form = form_of(node)
        if form is None:
            return
        buttons = [each for each in controls(form) if kind_of(each) in ("submit", "image")]
        fields = [each for each in controls(form) if each.name == "input" and takes_text(each)]
        if buttons:
            self._hands.press(buttons[0])
        elif len(fields) == 1:
            self._hands.submit(form, None)

    def _cancel_dialog(self) -> None:
        """Close the dialog on top, as Escape does."""
        dialog = self._tab.modal
        if dialog is not None and not self._hands.cancel(dialog):
            self._hands.close_dialog(dialog)


def takes_text(node: Node) -> bool:
    """Return whether a user can type into an element."""
    return node.name == "textarea" or (node.name == "input" and kind_of(node) not in WITHOUT_TEXT)


def tab_stop(tab: Tab, *, is_back: bool) -> Node | None:
    """Return the element that the Tab key leads to; None at the end of the page."""
    inside = (tab.modal or tab.document.root).descendants()
    stops = [each for each in inside if each.is_element and _is_stop(tab, each)]
    order = sorted((each for each in stops if _index(each)), key=_index)
    order += [each for each in stops if not _index(each)]
    order = order[::-1] if is_back else order
    place = order.index(tab.focused) + 1 if tab.focused in order else 0
    return order[place] if place < len(order) else None


def neighbour(items: Sequence[T], current: T | None, step: int, *, is_ring: bool) -> T | None:
    """Return the item after or before another one.

    Args:
        items: In their order.
        current: The item; if it is not in the list, the first one is returned.
        step: 1 or -1.
        is_ring: Whether the first one follows the last one.
    """
    if current not in items:
        return items[0] if items else None
    place = items.index(current) + step
    if is_ring:
        return items[place % len(items)]
    return items[place] if 0 <= place < len(items) else None


def _is_stop(tab: Tab, node: Node) -> bool:
    is_usable = not is_disabled(node) and not is_hidden(node) and not is_inert(node)
    if not tab.can_focus(node) or not is_usable or _index(node) < 0:
        return False
    if node.name == "summary" and not (node.parent is not None and node.parent.is_details):
        return "tabindex" in node.attributes
    if kind_of(node) != "radio":
        return True
    ticked = [each for each in group_of(node) if tab.fields.is_ticked(each)]
    return not ticked or ticked[0] is node


def _index(node: Node) -> int:
    text = node.attributes.get("tabindex", "").strip()
    return int(text) if text.removeprefix("-").isdecimal() else 0
