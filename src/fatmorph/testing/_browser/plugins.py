"""Datastar's attributes: their effects when they are applied, and the text and styles they show.

Departures: 1. `data-on-intersect` needs a layout, so it runs by `Page.reveal()` alone. 2. Pro
attributes do nothing. 3. `data-bind` of several checkboxes to one list, and of a property, is left
to browsers.

Source: https://data-star.dev/reference/attributes
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeAlias

from fatmorph.datastar._connection_state import WATCH as CONNECTION
from fatmorph.datastar._live_links import WATCH as LINKS
from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.attributes import (
    Attribute,
    attributes_of,
    milliseconds,
    read_name,
)
from fatmorph.testing._browser.fields import File, kind_of, option_value
from fatmorph.testing._browser.tab import Tab
from fatmorph.testing._expressions.tokens import NotUnderstoodError
from fatmorph.testing._expressions.values import is_true, number_of, text_of

__all__ = ("FIELDS", "Plugins", "Runner")

FIELDS = frozenset({"input", "select", "textarea"})
UNKNOWN = frozenset({"json-signals", "on-signal-patch"})
Apply: TypeAlias = "Callable[[Node, str, Attribute], None]"
DEFAULT_INTERVAL_MS = 1000.0
# Effects that set off each other without end.
MAX_ROUNDS = 100
DISPLAY = re.compile(r"\s*display\s*:[^;]*;?")


class Runner(Protocol):
    """Runs the expression of an attribute, or raises `NotUnderstoodError`."""

    def run(self, node: Node, name: str, *, is_value: bool = False) -> Any: ...  # Any: JavaScript's
    def element(self, node: Node) -> Any: ...  # Any: JavaScript's


class Plugins:
    """The Datastar attributes of one page.

    Args:
        tab: The page.
        runner: Runs expressions.
    """

    def __init__(self, tab: Tab, runner: Runner) -> None:
        self._tab = tab
        self._runner = runner
        self._effects: dict[tuple[Node, str], tuple[str, dict[str, Any]]] = {}
        self._timers: dict[tuple[Node, str], asyncio.TimerHandle] = {}
        self._bound: dict[Node, tuple[str, Any]] = {}
        """The signal that each field shows, and its value."""
        self._initial_styles: dict[tuple[Node, str], str] = {}
        self._appliers: Mapping[str, Apply] = {
            "signals": self._apply_signals,
            "computed": self._apply_computed,
            "bind": self._apply_bind,
            "init": self._apply_init,
            "effect": self._apply_effect,
            "indicator": self._apply_indicator,
            "ref": self._apply_ref,
            "on-interval": self._apply_interval,
        }
        self._showers: Mapping[str, Apply] = {
            "attr": self._show_attr,
            "class": self._show_class,
            "show": self._show_show,
            "style": self._show_style,
            "text": self._show_text,
        }

    def apply(self, node: Node, name: str) -> None:
        """Apply one attribute, as when its element appears."""
        attribute = read_name(name)
        if attribute is None:
            return
        if attribute.plugin in UNKNOWN:
            self._tab.skip(node, name, f"data-{attribute.plugin}")
        elif attribute.plugin in self._appliers:
            apply = partial(self._appliers[attribute.plugin], node, name, attribute)
            self._try(node, name, apply)

    def refresh(self) -> None:
        """Show the signals in the page, until nothing changes any more."""
        for _ in range(MAX_ROUNDS):
            version = self._tab.signals.version
            for node, name, attribute in self._tab.attributes:
                self._show(node, name, attribute)
            self._run_effects()
            if self._tab.signals.version == version:
                return

    def take_field(self, node: Node) -> None:
        """Set the signal that a field is bound to, after the field has changed."""
        path = self.bound_signal(node)
        if path is not None:
            current = self._tab.signals.read(path)
            self._tab.signals.write(path, self._field_value(node, current))

    def bound_signal(self, node: Node) -> str | None:
        """Return the path of the signal that a field is bound to."""
        found = next(attributes_of(node, "bind", "camel"), None)
        if found is None:
            return None
        name, attribute = found
        return attribute.key or node.attributes[name]

    def _try(self, node: Node, name: str, call: Callable[[], object]) -> None:
        try:
            call()
        except NotUnderstoodError as error:
            self._tab.skip(node, name, error)

    def cancel(self) -> None:
        """Stop all timers."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _apply_signals(self, node: Node, name: str, attribute: Attribute) -> None:
        text = node.attributes[name]
        if not text and attribute.key:
            return
        value = self._runner.run(node, name, is_value=True)
        is_missing_only = "ifmissing" in attribute.modifiers
        if attribute.key:
            values: Any = value
            for part in reversed(attribute.key.split(".")):
                values = {part: values}
            self._tab.signals.merge(values, only_if_missing=is_missing_only)
        elif isinstance(value, dict):
            self._tab.signals.merge(value, only_if_missing=is_missing_only)

    def _apply_computed(self, node: Node, name: str, attribute: Attribute) -> None:
        if attribute.key:
            self._tab.signals.compute(
                attribute.key, lambda: self._runner.run(node, name, is_value=True)
            )
            return
        functions = self._runner.run(node, name, is_value=True)
        for path, function in (functions or {}).items():
            self._tab.signals.compute(path, function)

    def _apply_bind(self, node: Node, name: str, attribute: Attribute) -> None:
        path = attribute.key or node.attributes[name]
        if "prop" in attribute.modifiers or node.name not in FIELDS:
            self._tab.skip(node, name, "data-bind of a property")
        elif self._tab.signals.has(path):
            self._bound.pop(node, None)
            self._show_bound(node, path)
        elif kind_of(node) != "radio" or self._tab.fields.is_ticked(node):
            self._tab.signals.write(path, self._first_value(node))

    def _apply_init(self, node: Node, name: str, attribute: Attribute) -> None:
        if node.attributes[name] in OWN_SCRIPTS:
            return  # a page in memory does itself what they do in a browser
        delay = milliseconds(attribute.modifiers.get("delay", ()))
        if not delay:
            self._runner.run(node, name)
        else:
            self._at(delay, node, name, lambda: self._runner.run(node, name))

    def _apply_effect(self, node: Node, name: str, _: Attribute) -> None:
        self._run_effect(node, name)

    def _apply_indicator(self, node: Node, name: str, attribute: Attribute) -> None:
        self._tab.signals.write(attribute.key or node.attributes[name], value=False)

    def _apply_ref(self, node: Node, name: str, attribute: Attribute) -> None:
        element = self._runner.element(node)
        self._tab.signals.write(attribute.key or node.attributes[name], element)

    def _apply_interval(self, node: Node, name: str, attribute: Attribute) -> None:
        tags = attribute.modifiers.get("duration", ())
        if "leading" in tags:
            self._runner.run(node, name)
        self._repeat(milliseconds(tags, DEFAULT_INTERVAL_MS), node, name)

    def _repeat(self, interval_ms: float, node: Node, name: str) -> None:
        def run() -> None:
            self._try(node, name, lambda: self._runner.run(node, name))
            self._repeat(interval_ms, node, name)

        self._at(interval_ms, node, name, run)

    def _at(self, wait_ms: float, node: Node, name: str, call: Callable[[], object]) -> None:
        known = self._timers.pop((node, name), None)
        if known is not None:
            known.cancel()

        def run() -> None:
            if not self._tab.is_closed and self._tab.is_present(node) and name in node.attributes:
                self._try(node, name, call)
                self.refresh()

        loop = asyncio.get_running_loop()
        self._timers[node, name] = loop.call_later(wait_ms / 1000, run)

    def _run_effect(self, node: Node, name: str) -> None:
        signals = self._tab.signals
        outer, signals.tracked = signals.tracked, set()
        try:
            self._runner.run(node, name)
        finally:
            read, signals.tracked = signals.tracked, outer
        values = {path: signals.read(path) for path in read or ()}
        self._effects[node, name] = (node.attributes.get(name, ""), values)

    def _run_effects(self) -> None:
        for (node, name), (text, values) in list(self._effects.items()):
            if not self._tab.is_present(node) or node.attributes.get(name) != text:
                del self._effects[node, name]
            elif any(self._tab.signals.read(path) != value for path, value in values.items()):
                self._try(node, name, partial(self._run_effect, node, name))

    def _show(self, node: Node, name: str, attribute: Attribute) -> None:
        if attribute.plugin == "bind" and node.name in FIELDS:
            path = attribute.key or node.attributes[name]
            if "prop" not in attribute.modifiers and self._tab.signals.has(path):
                self._show_bound(node, path)
        elif attribute.plugin in self._showers and name in node.attributes:
            show = partial(self._showers[attribute.plugin], node, name, attribute)
            self._try(node, name, show)

    def _show_text(self, node: Node, name: str, _: Attribute) -> None:
        self._tab.set_text(node, _shown(self._runner.run(node, name, is_value=True)))

    def _show_show(self, node: Node, name: str, _: Attribute) -> None:
        style = node.attributes.get("style", "")
        is_none = re.search(r"display\s*:\s*none", style) is not None
        if is_true(self._runner.run(node, name, is_value=True)):
            if is_none:
                rest = DISPLAY.sub("", style).strip()
                self._tab.set_attribute(node, "style", rest)
        elif not is_none:
            self._set_style(node, "display", "none")

    def _show_class(self, node: Node, name: str, attribute: Attribute) -> None:
        known = node.attributes.get("class", "").split()
        for words, is_wanted in self._entries(node, name, attribute).items():
            for word in words.split():
                if is_true(is_wanted) and word not in known:
                    known.append(word)
                elif not is_true(is_wanted) and word in known:
                    known.remove(word)
        if known != node.attributes.get("class", "").split():
            self._tab.set_attribute(node, "class", " ".join(known))

    def _show_attr(self, node: Node, name: str, attribute: Attribute) -> None:
        for key, value in self._entries(node, name, attribute).items():
            if value is None or value is False:
                self._tab.set_attribute(node, key, None)
            else:
                self._tab.set_attribute(node, key, "" if value is True else text_of(value))

    def _show_style(self, node: Node, name: str, attribute: Attribute) -> None:
        for key, value in self._entries(node, name, attribute).items():
            css = re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", key)
            known = _style(node).get(css, "")
            initial = self._initial_styles.setdefault((node, css), known)
            is_set = is_true(value) or value == 0
            self._set_style(node, css, text_of(value) if is_set else initial)

    def _set_style(self, node: Node, name: str, value: str) -> None:
        style = {**_style(node), name: value}
        text = " ".join(f"{key}: {each};" for key, each in style.items() if each)
        self._tab.set_attribute(node, "style", text or None)

    def _entries(self, node: Node, name: str, attribute: Attribute) -> dict[str, Any]:
        value = self._runner.run(node, name, is_value=True)
        if attribute.key:
            return {attribute.key: value}
        return value if isinstance(value, dict) else {}

    def _show_bound(self, node: Node, path: str) -> None:
        value, fields = self._tab.signals.read(path), self._tab.fields
        if node in self._bound and self._bound[node] == (path, value):
            return  # a field is written when its signal changes, not when the field does
        self._bound[node] = (path, value)
        kind = kind_of(node)
        if kind == "checkbox":
            has_value = "value" in node.attributes and not isinstance(value, bool)
            fields.tick(
                node, is_ticked=value == fields.value(node) if has_value else is_true(value)
            )
        elif kind == "radio":
            if value == fields.value(node):
                fields.tick(node, is_ticked=True)
        elif node.name == "select" and isinstance(value, list):
            chosen = [each for each in node.descendants() if each.name == "option"]
            fields.choose(node, [each for each in chosen if option_value(each) in value])
        elif kind != "file" and fields.value(node) != _shown(value):
            fields.set_value(node, _shown(value))

    def _first_value(self, node: Node) -> Any:
        kind, fields = kind_of(node), self._tab.fields
        if kind == "checkbox":
            is_ticked = fields.is_ticked(node)
            has_value = "value" in node.attributes
            return (fields.value(node) if is_ticked else "") if has_value else is_ticked
        if kind == "radio":
            return fields.value(node) if fields.is_ticked(node) else ""
        if kind in ("number", "range"):
            return number_of(fields.value(node))
        if node.name == "select" and "multiple" in node.attributes:
            return [option_value(option) for option in fields.chosen(node)]
        return _file_values(fields.files(node)) if kind == "file" else fields.value(node)

    def _field_value(self, node: Node, current: Any) -> Any:
        kind = kind_of(node)
        if kind == "radio" and not self._tab.fields.is_ticked(node):
            return current
        if kind == "checkbox" and isinstance(current, bool):
            return self._tab.fields.is_ticked(node)
        value = self._first_value(node)
        is_number = isinstance(current, int | float) and not isinstance(current, bool)
        return number_of(value) if is_number else value


def _file_values(files: list[File]) -> list[dict[str, str]]:
    return [
        {"name": file.name, "contents": b64encode(file.content).decode(), "mime": file.type}
        for file in files
    ]


def _shown(value: Any) -> str:
    return "" if value is None else text_of(value)


def _style(node: Node) -> dict[str, str]:
    pairs = (each.partition(":") for each in node.attributes.get("style", "").split(";"))
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


# The scripts of `connection_state()` and `live_links()`.
OWN_SCRIPTS = frozenset(str(text) for text in (*CONNECTION.values(), *LINKS.values()))
