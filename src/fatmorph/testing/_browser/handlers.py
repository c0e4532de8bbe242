"""Events of the page, and the handlers of `data-on` that they reach.

Source: https://data-star.dev/reference/attributes#data-on
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol

from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.attributes import Attribute, attributes_of, is_ignored
from fatmorph.testing._browser.host import HostEvent, HostWorld
from fatmorph.testing._browser.tab import Tab
from fatmorph.testing._browser.timing import Timing

__all__ = ("Handlers",)

FAR = frozenset({"document", "outside", "window"})
INTERSECT = "on-intersect"


class Runner(Protocol):
    """Runs a handler's expression."""

    def run_handler(self, node: Node, name: str, event: HostEvent) -> None: ...


class Handlers:
    """The handlers of one page.

    Args:
        tab: The page.
        world: The objects of its elements.
        runner: Runs expressions.
    """

    def __init__(self, tab: Tab, world: HostWorld, runner: Runner) -> None:
        self._tab = tab
        self._world = world
        self._runner = runner
        self._timings: dict[tuple[Node, str], Timing] = {}
        self._fired: set[tuple[Node, str]] = set()

    def dispatch(
        self, node: Node, name: str, properties: Mapping[str, Any], *, bubbles: bool = True
    ) -> HostEvent:
        """Fire an event, from an element up to the window."""
        target = self._world.element(node)
        event = HostEvent(name, target, properties)  # type: ignore[arg-type]  # a node has an object
        path = [node, *node.ancestors()] if bubbles else [node]
        for current in path:
            for attribute_name, attribute in self._handlers(current, name):
                if FAR.isdisjoint(attribute.modifiers):
                    self._call(current, attribute_name, attribute, event)
            if event.is_stopped:
                return event
        for current, attribute_name, attribute in self._far_handlers(name):
            is_inside = current in path
            if not ("outside" in attribute.modifiers and is_inside):
                self._call(current, attribute_name, attribute, event)
        return event

    def reveal(self, node: Node) -> None:
        """Run the handlers of an element that has come into view."""
        for name, attribute in list(attributes_of(node, INTERSECT)):
            if "exit" not in attribute.modifiers and not is_ignored(node):
                event = HostEvent("intersect", self._world.element(node), {})  # type: ignore[arg-type]  # as above
                self._call(node, name, attribute, event)

    def forget(self, node: Node, name: str) -> None:
        """Register a handler again, as when its element was moved."""
        self._fired.discard((node, name))
        timing = self._timings.pop((node, name), None)
        if timing is not None:
            timing.cancel()

    def cancel(self) -> None:
        """Stop all timers."""
        for timing in self._timings.values():
            timing.cancel()

    def _handlers(self, node: Node, name: str) -> Iterator[tuple[str, Attribute]]:
        if not node.is_element:
            return
        for attribute_name, attribute in attributes_of(node, "on"):
            if attribute.key == name and not is_ignored(node):
                yield attribute_name, attribute

    def _far_handlers(self, name: str) -> list[tuple[Node, str, Attribute]]:
        return [
            (node, attribute_name, attribute)
            for node, attribute_name, attribute in self._tab.attributes
            if attribute.plugin == "on" and attribute.key == name
            if not FAR.isdisjoint(attribute.modifiers)
        ]

    def _call(self, node: Node, name: str, attribute: Attribute, event: HostEvent) -> None:
        modifiers = attribute.modifiers
        if "once" in modifiers:
            if (node, name) in self._fired:
                return
            self._fired.add((node, name))
        if "prevent" in modifiers or (event.name == "submit" and node.name == "form"):
            event.prevent()
        if "stop" in modifiers:
            event.stop()
        timing = self._timings.setdefault((node, name), Timing(modifiers))
        timing.call(self._runs(node, name, event))

    def _runs(self, node: Node, name: str, event: HostEvent) -> Callable[[], None]:
        return partial(self._run, node, name, event)

    def _run(self, node: Node, name: str, event: HostEvent) -> None:
        if not self._tab.is_closed and self._tab.is_present(node) and name in node.attributes:
            self._runner.run_handler(node, name, event)
