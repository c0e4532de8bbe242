"""Losses of the user by a patch: typed text, focus, open parts, scroll positions.

An element that the server has left out of its page takes its state with it, which is right.
A loss is state whose element the new page still has: the morph made a new element for it, gave it
to another one, or overwrote it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from fatmorph.errors import shortened
from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.binding import FIELDS
from fatmorph.testing._browser.shown import shown_text
from fatmorph.testing._browser.tab import Tab, path_of
from fatmorph.testing._events import Event

__all__ = ("Loss", "Watcher")

Kind = Literal["focus", "init", "open", "scroll", "typed text"]
# Attributes by which two elements are the same to a user, although a morph does not look at them.
TELLING = ("id", "name", "type", "role", "aria-label", "placeholder", "for", "href")
MOVED, CURE = "its row has no id", "; give the row an id"
WITHOUT_ID = "it has no id, so the client matched it by its position"


@dataclass(frozen=True)
class Loss:
    """Something that a patch took from the user.

    Args:
        kind: `typed text`, `focus`, `open`, `scroll`, or `init` for a `data-init` that ran again.
        element: The path of the element before the patch.
        patch: The event; None if the response was not a stream.
        reason: Why the client did it, and what keeps it.
    """

    kind: Kind
    element: str
    patch: Event
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} of {self.element}: {self.reason}"


class _Marks(NamedTuple):
    """The properties by which a user tells elements apart."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    text: str


class Watcher:
    """The state of a page before one patch, to be compared with the page after it.

    Args:
        tab: The page.
    """

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._known = {node for node in tab.document.root.descendants() if node.is_element}
        self._typed = {
            node: (tab.fields.value(node), tab.fields.is_ticked(node))
            for node in self._known
            if node.name in FIELDS and tab.fields.is_typed(node)
        }
        self._focused = tab.focused
        self._opened = {node for node in tab.opened if "open" in node.attributes}
        self._scrolled = {node for node, top in tab.scrolled.items() if top}
        watched = {*self._typed, *self._opened, *self._scrolled, *filter(None, [tab.focused])}
        self._marks = {node: _marks(node) for node in watched}
        self._counts = _counted(self._known, watched)
        self._rows = {node: _row(node) for node in self._typed}
        inits = {node for node in self._known if any(map(_is_init, node.attributes))}
        self._paths = {node: path_of(node) for node in watched | inits}

    def losses(self, event: Event, runs: Mapping[tuple[Node, str], int]) -> Iterator[Loss]:
        """Yield what the patch took.

        Args:
            event: The patch.
            runs: How often each attribute was applied because of it.
        """
        for node in self._typed:
            yield from self._loss("typed text", node, self._typed_reason(node), event)
        if self._focused is not None:
            yield from self._loss("focus", self._focused, self._focus_reason(self._focused), event)
        for node in self._opened:
            yield from self._loss("open", node, self._open_reason(node), event)
        for node in self._scrolled:
            yield from self._loss("scroll", node, self._scroll_reason(node), event)
        for node, name in runs:
            if node in self._known and _is_init(name):
                yield from self._loss(
                    "init", node, "the morph moved it, or its text has changed", event
                )

    def _loss(self, kind: Kind, node: Node, reason: str, event: Event) -> Iterator[Loss]:
        if reason:
            yield Loss(kind, self._paths[node], event, reason)

    def _gone_reason(self, node: Node) -> str:
        """Return why an element is gone although the new page has it; empty if it is not so."""
        if self._tab.is_present(node):
            return ""
        twin = self._twin(node)
        if twin is None:
            return ""
        if "id" in node.attributes:
            element_id = node.attributes["id"]
            return f"the client made a new element for #{element_id}: {_parent_reason(twin)}"
        return f"{WITHOUT_ID}, and made a new one; give it, or its row, an id"

    def _focus_reason(self, node: Node) -> str:
        if not self._tab.is_present(node):
            return self._gone_reason(node)
        if not self._is_another(node):
            return ""
        return f"{MOVED}, so the focus is now in another row{CURE}"

    def _is_another(self, node: Node) -> bool:
        """Return whether the element that this one was to a user is another one now."""
        marks = self._marks[node]
        has_id = any(name == "id" for name, _ in marks.attributes)
        is_changed = not has_id and _marks(node) != marks
        return is_changed and any(_marks(each) == marks for each in self._named(marks.name))

    def _typed_reason(self, node: Node) -> str:
        is_present = self._tab.is_present(node)
        is_same = is_present and not self._is_another(node)
        if not is_same and self._is_kept(node):
            return ""
        if not is_present:
            return self._gone_reason(node)
        if self._state(node) == self._typed[node]:
            row, text = self._rows[node]
            reason = self._moved_reason(row, text) if row is not None else ""
            return reason or (
                "" if is_same else f"{MOVED}, so the text is now in another row{CURE}"
            )
        if is_same:
            return "the patch changes its value; render a value only where the server decides it"
        return f"{MOVED}, and its field is now that of another row{CURE}"

    def _is_kept(self, node: Node) -> bool:
        """Return whether the new page has the text in the same field, as by a signal."""
        twins = [each for each in self._named(node.name) if _marks(each) == self._marks[node]]
        return any(self._state(each) == self._typed[node] for each in twins)

    def _moved_reason(self, row: Node, text: str) -> str:
        """Return why the state of a row is now in another one; empty if it is not so."""
        if row.parent is None or "id" in row.attributes or _own_text(row) == text:
            return ""
        others = (each for each in row.parent.children() if each.name == row.name)
        if not any(_own_text(each) == text for each in others if each is not row):
            return ""
        return f"{MOVED}, so the text is now next to {shortened(shown_text(row), 30)!r}{CURE}"

    def _open_reason(self, node: Node) -> str:
        if not self._tab.is_present(node):
            return self._gone_reason(node)
        if "open" in node.attributes:
            return ""
        return 'the patch does not have the attribute; add data.preserve_attr("open")'

    def _scroll_reason(self, node: Node) -> str:
        if node in self._tab.patch.parked:
            self._tab.scrolled.pop(node, None)
            return "the client parked it while it moved; keep its position among its siblings"
        return self._gone_reason(node)

    def _twin(self, node: Node) -> Node | None:
        """Return the element of the new page that is the same one to a user."""
        marks = self._marks[node]
        element_id = node.attributes.get("id")
        if element_id:
            others = (each for each in self._elements() if each not in self._known)
            return next((each for each in others if each.attributes.get("id") == element_id), None)
        twins = [each for each in self._named(marks.name) if _marks(each) == marks]
        new = next((each for each in twins if each not in self._known), None)
        # If there are as many as before, an element that was there has become this one.
        return new or (twins[0] if len(twins) >= self._counts[marks] else None)

    def _elements(self) -> list[Node]:
        return [each for each in self._tab.document.root.descendants() if each.is_element]

    def _named(self, name: str) -> list[Node]:
        return [each for each in self._elements() if each.name == name]

    def _state(self, node: Node) -> tuple[str, bool]:
        return self._tab.fields.value(node), self._tab.fields.is_ticked(node)


def _is_init(name: str) -> bool:
    return name.startswith("data-init")


def _marks(node: Node) -> _Marks:
    attributes = {
        name: value
        for name, value in node.attributes.items()
        if name in TELLING or name.startswith(("data-bind", "data-on"))
    }
    text = "" if node.name in FIELDS or node.is_details else _own_text(node)
    return _Marks(node.name, tuple(sorted(attributes.items())), text)


def _counted(nodes: Iterable[Node], watched: Iterable[Node]) -> Counter[_Marks]:
    """Return how many elements have each of the marks, among those with a watched tag."""
    names = {node.name for node in watched}
    return Counter(_marks(node) for node in nodes if node.name in names)


def _row(node: Node) -> tuple[Node | None, str]:
    """Return the nearest element that has siblings of its kind, and its text."""
    for each in (node, *node.ancestors()):
        if each.parent is not None and each.is_element:
            same = sum(1 for sibling in each.parent.children() if sibling.name == each.name)
            if same > 1 and each is not node:
                return each, _own_text(each)
    return None, ""


def _own_text(node: Node) -> str:
    return " ".join(node.text_content().split())


def _parent_reason(twin: Node) -> str:
    return f"its tag has changed, or an element around {path_of(twin)} was replaced"
