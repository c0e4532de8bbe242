"""`data-bind`: a field and a signal follow each other, with the types that the client gives them.

Departures: 1. A bound property, and `data-bind` of an element that is not a field, are left to
browsers. 2. A signal that was removed leaves the field as it is.

Source: https://data-star.dev/reference/attributes#data-bind
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from base64 import b64encode
from typing import Any

from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.attributes import Attribute
from fatmorph.testing._browser.fields import File, group_of, kind_of, option_value, options
from fatmorph.testing._browser.tab import Tab
from fatmorph.testing._expressions.values import equals, is_true, number_of, text_of, type_name

__all__ = ("FIELDS", "Bindings")

FIELDS = frozenset({"input", "select", "textarea"})
NUMERIC = frozenset({"number", "range"})
TICKED = frozenset({"checkbox", "radio"})
# The value of a radio button that is not ticked: the signal keeps its own.
NOTHING = object()


class Bindings:
    """The fields of one page that are bound to signals.

    Args:
        tab: The page.
    """

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._paths: dict[Node, tuple[str, str]] = {}
        """The attribute of each field, and the signal that it was bound to."""
        self._shown: dict[Node, tuple[str, Any]] = {}
        """The signal that each field shows, and its value."""
        self._number_options: dict[Node, set[str]] = {}
        """The values of the options of a list whose signal has numbers."""

    def apply(self, node: Node, name: str, attribute: Attribute) -> None:
        """Bind a field, as when it appears."""
        if "prop" in attribute.modifiers or node.name not in FIELDS:
            self._tab.skip(node, name, "data-bind of a property")
            return
        given = attribute.key or node.attributes[name]
        self._shown.pop(node, None)
        if kind_of(node) == "radio" and not node.attributes.get("name"):
            self._tab.set_attribute(node, "name", given)
        path = given if kind_of(node) == "file" else self._bound_path(node, name, given)
        self._paths[node] = (name, path)
        self.show(node)

    def show(self, node: Node) -> None:
        """Show the signal in its field, if it has changed."""
        name, path = self._paths.get(node, ("", ""))
        signals = self._tab.signals
        if name not in node.attributes or kind_of(node) == "file" or not signals.has(path):
            return
        value = signals.read(path)
        if node in self._shown and _is_known(self._shown[node], (path, value)):
            return  # a field is written when its signal changes, not when the field does
        self._shown[node] = (path, value)
        self._set(node, value)

    def take(self, node: Node, *, is_patched: bool = False) -> None:
        """Set the signal of a field that has changed.

        Args:
            node: The field.
            is_patched: Whether a patch has changed it, which may also have ended its binding: the
                client notices that only after the patch.
        """
        name, path = self._paths.get(node, ("", ""))
        if not path or not (is_patched or name in node.attributes):
            return
        signals = self._tab.signals
        if kind_of(node) == "file":
            signals.write(path, _file_values(self._tab.fields.files(node)))
            return
        current = signals.read(path) if signals.has(path) else None
        if current is not None or kind_of(node) == "radio":  # its signal may have no value yet
            value = self._get(node, type_name(current))
            if value is not NOTHING:
                signals.write(path, value)

    def _bound_path(self, node: Node, name: str, path: str) -> str:
        """Return the signal of a field, which is an item if the signal is a list; create it."""
        signals = self._tab.signals
        current = signals.read(path) if signals.has(path) else None
        is_list = node.name == "select" and "multiple" in node.attributes
        if not isinstance(current, list) or is_list:
            self._create(path, self._first_value(node, current))
            return path
        group = [each for each in node.root.descendants() if _is_bound(each, node, name)]
        index = group.index(node)
        for number, field in enumerate(group[: index + 1]):
            item = current[number] if number < len(current) else None
            self._create(f"{path}.{number}", self._get(field, type_name(item), like=node))
        return f"{path}.{index}"

    def _first_value(self, node: Node, current: Any) -> Any:
        if kind_of(node) == "radio" and current is None:
            ticked = (each for each in group_of(node) if self._tab.fields.is_ticked(each))
            return next(map(self._tab.fields.value, ticked), NOTHING)
        return self._get(node, type_name(current))

    def _create(self, path: str, value: Any) -> None:
        if value is not NOTHING and not self._tab.signals.has(path):
            self._tab.signals.write(path, value)

    def _get(self, node: Node, kind: str, like: Node | None = None) -> Any:
        """Return the value of a field for a signal of a type.

        Args:
            node: The field.
            kind: As `typeof` has it.
            like: The field that is bound, for the others of its list.
        """
        fields, field = self._tab.fields, like or node
        if node.name == "select" and "multiple" in node.attributes:
            numbers = self._number_options.get(node, set())
            chosen = map(option_value, fields.chosen(node))
            return [number_of(text) if text in numbers else text for text in chosen]
        value, is_text = fields.value(node), kind in ("string", "undefined")
        if kind_of(field) in TICKED:
            return self._ticked_value(node, kind, kind_of(field))
        if field.name == "textarea":
            return value
        if kind_of(field) in NUMERIC:
            is_text = kind == "string"
        return value if is_text else number_of(value)

    def _ticked_value(self, node: Node, kind: str, field_kind: str) -> Any:
        value, is_ticked = self._tab.fields.value(node), self._tab.fields.is_ticked(node)
        if field_kind == "radio":
            taken = number_of(value) if kind == "number" else value
            return taken if is_ticked else NOTHING
        is_boolean = kind == "boolean" if value != "on" else kind != "string"
        return is_ticked if is_boolean else (value if is_ticked else "")

    def _set(self, node: Node, value: Any) -> None:
        fields, kind = self._tab.fields, kind_of(node)
        own = fields.value(node)
        if kind == "checkbox":
            is_ticked = value == own if isinstance(value, str) else is_true(value)
            fields.tick(node, is_ticked=is_ticked)
        elif kind == "radio":
            wanted = number_of(own) if type_name(value) == "number" else own
            fields.tick(node, is_ticked=equals(value, wanted, is_strict=True))
        elif node.name == "select" and "multiple" in node.attributes:
            self._choose(node, value)
        else:
            fields.set_value(node, text_of(value))

    def _choose(self, node: Node, value: Any) -> None:
        items = value if isinstance(value, list) else [value]
        numbers = self._number_options.setdefault(node, set())
        chosen: list[Node] = []
        for option in options(node):
            text = option_value(option)
            if any(equals(text, item, is_strict=True) for item in items):
                numbers.discard(text)
                chosen.append(option)
            elif any(equals(number_of(text), item, is_strict=True) for item in items):
                numbers.add(text)
                chosen.append(option)
        self._tab.fields.choose(node, chosen)


def _is_bound(node: Node, field: Node, name: str) -> bool:
    return node.attributes.get(name) == field.attributes[name]


def _is_known(shown: tuple[str, Any], now: tuple[str, Any]) -> bool:
    is_same_type = type_name(shown[1]) == type_name(now[1])
    return is_same_type and (shown[1] is now[1] or shown == now)


def _file_values(files: list[File]) -> list[dict[str, str]]:
    return [
        {"name": file.name, "contents": b64encode(file.content).decode(), "mime": file.type}
        for file in files
    ]
