"""Events of the page, and the handlers of `data-on` that they reach.

Source: https://data-star.dev/reference/attributes#data-on
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
WITHOUT_BUBBLES = frozenset(
    {"beforetoggle", "blur", "cancel", "close", "error", "focus", "invalid", "load", "mouseenter"}
    | {"mouseleave", "pointerenter", "pointerleave", "scroll", "scrollend", "toggle"}
)


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

    def dispatch(self, node: Node, name: str, properties: Mapping[str, Any]) -> HostEvent:
        """Fire an event: from the window down to an element, and up again if it bubbles."""
        target = self._world.element(node)
        event = HostEvent(name, target, properties)  # type: ignore[arg-type]  # a node has an object
        path = [node, *node.ancestors()]
        bubbles = name not in WITHOUT_BUBBLES
        self._call_far(path, event, is_capture=True)
        self._call_near(path[::-1], event, is_capture=True)
        self._call_near(path if bubbles else path[:1], event, is_capture=False)
        if bubbles:
            self._call_far(path, event, is_capture=False)
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

    def _call_near(self, nodes: list[Node], event: HostEvent, *, is_capture: bool) -> None:
        """Call the handlers of elements, until one stops the event."""
        for node in nodes:
            if event.is_stopped:
                return
            for name, attribute in attributes_of(node, "on") if node.is_element else ():
                is_near = FAR.isdisjoint(attribute.modifiers) and attribute.key == event.name
                if is_near and _is_capture(attribute) == is_capture and not is_ignored(node):
                    self._call(node, name, attribute, event)

    def _call_far(self, path: list[Node], event: HostEvent, *, is_capture: bool) -> None:
        """Call the handlers of the document and the window."""
        for node, name, attribute in [] if event.is_stopped else self._tab.attributes:
            is_it = attribute.plugin == "on" and attribute.key == event.name
            is_inside = "outside" in attribute.modifiers and node in path
            is_far = is_it and not is_inside and not FAR.isdisjoint(attribute.modifiers)
            if is_far and _is_capture(attribute) == is_capture:
                self._call(node, name, attribute, event)

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


def _is_capture(attribute: Attribute) -> bool:
    return "capture" in attribute.modifiers
