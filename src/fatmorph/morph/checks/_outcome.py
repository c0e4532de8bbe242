"""The result of a change: the document after the client's morph.

`simulate()` runs the same morph, on nodes from a parser. docs/decisions/morph-simulation.md
explains how the two are compared.
"""

from __future__ import annotations

from contextlib import suppress

from fatmorph.morph._matching.document import BrowserError, Document
from fatmorph.morph._matching.morpher import Morpher
from fatmorph.morph._matching.nodes import Node, Shapes
from fatmorph.morph._matching.runs import count_runs
from fatmorph.morph.checks._browser_nodes import browser_document, browser_nodes
from fatmorph.morph.checks._survey import Spot, Survey

__all__ = ("Outcome",)


class Outcome:
    """The document after a change, and the changes of its elements.

    Args:
        before: The page in the browser.
        after: The page that is sent.
    """

    def __init__(self, before: Survey, after: Survey) -> None:
        self._old = browser_nodes(before.root)
        self._new = browser_nodes(after.root)
        document = Document(browser_document(self._old[0]))
        self._old_parents = {node: node.parent for node in document.root.descendants()}
        morpher = Morpher(document, Node("div"), Shapes())
        with suppress(BrowserError):  # the changes until then stay
            if document.html is not None:
                sent = browser_document(self._new[0])
                morpher.morph(document.html, sent, is_inner=False)
        self._root = document.root
        self._homes = morpher.homes
        self._added = set(document.added)
        self._runs = count_runs(document)
        self._written = {(node, name) for node, name, *_ in document.attributes}
        self._values = {node for node, name, *_ in document.properties if name == "value"}

    def home(self, new: Spot, old: Spot) -> Node | None:
        """Return the node that an element lives in after the change; None if it has none.

        Args:
            new: Where the later page has it.
            old: Where the earlier page had it. Elements that are not morphed, such as those
                below `data-ignore-morph`, are still there.
        """
        home = self._homes.get(self._new[new.number - 1], self._old[old.number - 1])
        return home if home.root is self._root else None

    def has_other_parent(self, home: Node, old: Spot) -> bool:
        """Return whether an element of the earlier page has another parent now."""
        return home.parent is not self._old_parents.get(self._old[old.number - 1])

    def is_new(self, node: Node | None) -> bool:
        """Return whether a node was not in the earlier page."""
        return node not in self._old_parents

    def is_written(self, spot: Spot, name: str) -> bool:
        """Return whether an element of the later page is new, or its attribute was written."""
        home = self._homes.get(self._new[spot.number - 1])
        return home is not None and (self.is_new(home) or (home, name) in self._written)

    def is_recreated(self, spot: Spot) -> bool:
        """Return whether an element of the later page has a node of its own that is new."""
        home = self._homes.get(self._new[spot.number - 1])
        return home is not None and home.root is self._root and self.is_new(home)

    def old_home(self, spot: Spot) -> Node | None:
        """Return the node of the earlier page that an element of the later page lives in."""
        home = self._homes.get(self._new[spot.number - 1])
        return home if home in self._old_parents else None

    def old_node(self, spot: Spot) -> Node:
        """Return the node of an element of the earlier page."""
        return self._old[spot.number - 1]

    def is_same(self, new: Spot, old: Spot) -> bool:
        """Return whether an element lives in its own node, or is not morphed."""
        home = self._homes.get(self._new[new.number - 1])
        return home is None or home is self._old[old.number - 1]

    def does_write_value(self, spot: Spot) -> bool:
        """Return whether the client writes the value of a field that was there before."""
        home = self.old_home(spot)
        return home is not None and home in self._values

    def does_run(self, home: Node, name: str) -> bool:
        """Return whether an attribute of Datastar is applied because of the change."""
        return (home, name) in self._runs

    def reason(self, home: Node) -> str:
        """Return why an element that was there before starts again."""
        put: Node | None = home
        while put is not None and put not in self._added:
            put = put.parent
        if put is None or self.is_new(put):
            return f"{_step(self._topmost_new(put or home))} is created again"
        is_sibling = put.parent is self._old_parents[put]
        return f"{_step(put)} moves {'among its siblings' if is_sibling else 'to another parent'}"

    def _topmost_new(self, node: Node) -> Node:
        while node.parent is not None and self.is_new(node.parent):
            node = node.parent
        return node


def _step(node: Node) -> str:
    """Return the step of a path, without a number."""
    element_id = node.attributes.get("id")
    return f"{node.name}#{element_id}" if element_id else node.name
