"""Datastar's attributes: their effects when they are applied, and the text and styles they show.

Departures: 1. `data-on-intersect` needs a layout, so it runs by `Page.reveal()` alone. 2. Pro
attributes do nothing.

Source: https://data-star.dev/reference/attributes
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol, TypeAlias

from fatmorph.datastar._connection_state import WATCH as CONNECTION
from fatmorph.datastar._live_links import WATCH as LINKS
from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.attributes import Attribute, milliseconds, read_name
from fatmorph.testing._browser.binding import Bindings
from fatmorph.testing._browser.requests import json_text
from fatmorph.testing._browser.tab import Tab
from fatmorph.testing._expressions.tokens import NotUnderstoodError
from fatmorph.testing._expressions.values import is_true, text_of

__all__ = ("Plugins", "Runner")

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
        self._is_applying = False
        self.bindings = Bindings(tab)
        """The fields that are bound to signals."""
        self._initial_styles: dict[tuple[Node, str], dict[str, str]] = {}
        """The declarations that each `data-style` has replaced."""
        self._appliers: Mapping[str, Apply] = {
            "signals": self._apply_signals,
            "computed": self._apply_computed,
            "bind": self.bindings.apply,
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
        else:
            self._show(node, name, attribute)

    @contextmanager
    def applying(self) -> Generator[None]:
        """Apply several attributes in their order, and refresh the page after the last one."""
        self._is_applying = True
        try:
            yield
        finally:
            self._is_applying = False
            self.refresh()

    def refresh(self) -> None:
        """Show the signals in the page, until nothing changes any more."""
        if self._is_applying:
            return  # an attribute that is not applied yet would create the signals that it reads
        for _ in range(MAX_ROUNDS):
            version = self._tab.signals.version
            for node, name, attribute in self._tab.attributes:
                self._show(node, name, attribute)
            self._run_effects()
            if self._tab.signals.version == version:
                return

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
        for path, function in _leaves(self._runner.run(node, name, is_value=True) or {}):
            self._tab.signals.compute(path, function)

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
        if attribute.plugin == "bind":
            self.bindings.show(node)
        elif attribute.plugin in self._showers and name in node.attributes:
            show = partial(self._showers[attribute.plugin], node, name, attribute)
            self._try(node, name, show)

    def _show_text(self, node: Node, name: str, _: Attribute) -> None:
        self._tab.set_text(node, text_of(self._runner.run(node, name, is_value=True)))

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
                text = "" if value is True else value
                self._tab.set_attribute(
                    node, key, text if isinstance(text, str) else json_text(text)
                )

    def _show_style(self, node: Node, name: str, attribute: Attribute) -> None:
        initial = self._initial_styles.setdefault((node, name), {})
        given = {_css_name(key): v for key, v in self._entries(node, name, attribute).items()}
        for css, value in {**dict.fromkeys(initial), **given}.items():
            if is_true(value) or (value == 0 and not isinstance(value, bool)):
                initial.setdefault(css, _style(node).get(css, ""))
                self._set_style(node, css, text_of(value))
            elif css in initial:
                self._set_style(node, css, initial[css])

    def _set_style(self, node: Node, name: str, value: str) -> None:
        style = {**_style(node), name: value}
        text = " ".join(f"{key}: {each};" for key, each in style.items() if each)
        self._tab.set_attribute(node, "style", text or None)

    def _entries(self, node: Node, name: str, attribute: Attribute) -> dict[str, Any]:
        value = self._runner.run(node, name, is_value=True)
        if attribute.key:
            return {attribute.key: value}
        return value if isinstance(value, dict) else {}


def _leaves(functions: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the functions of computed signals with their paths."""
    for name, value in functions.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{name}.")
        elif callable(value):
            yield f"{path}{name}", value
        else:
            raise NotUnderstoodError(f"`{path}{name}`, which is not a function,")


def _css_name(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)


def _style(node: Node) -> dict[str, str]:
    pairs = (each.partition(":") for each in node.attributes.get("style", "").split(";"))
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


# The scripts of `connection_state()` and `live_links()`.
OWN_SCRIPTS = frozenset(str(text) for text in (*CONNECTION.values(), *LINKS.values()))
