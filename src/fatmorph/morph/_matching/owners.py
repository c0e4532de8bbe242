"""The ids that elements own: Datastar matches an old and a new element that share one.

An id is persistent if it occurs once in the old tree, and in the new tree on the same tag. An
element owns its own persistent id and those of its descendants. The client keeps a set for each
element; here a side lists all of its ids once, and an element owns a range of the list, so the
work is proportional to the size of the page.

Source: https://github.com/starfederation/datastar (`plugins/watchers/patchElements.ts`)
"""

from __future__ import annotations

from collections.abc import Iterable

from fatmorph.morph._matching.nodes import Node

__all__ = ("Owned", "Side", "persistent_ids")


class Owned:
    """The persistent ids of one element: a range of its side's list, and how many remain."""

    __slots__ = ("count", "end", "start")

    def __init__(self, start: int, end: int, count: int) -> None:
        self.start = start
        self.end = end
        self.count = count


class Side:
    """The old or the new tree, and the owners of its persistent ids.

    Args:
        roots: The topmost nodes.
        persistent: The ids to look for.
        target: The element that is morphed: the client ignores its own id here.
    """

    def __init__(
        self, roots: Iterable[Node], persistent: set[str], target: Node | None = None
    ) -> None:
        self.ids: list[str] = []
        """The persistent ids in document order."""
        self.positions: dict[str, list[int]] = {}
        """The positions of each id in that list; several only if a new tree has duplicates."""
        self.owners: dict[Node, Owned] = {}
        self._target = target
        for root in roots:
            self._fill(root, persistent)

    def _fill(self, root: Node, persistent: set[str]) -> None:
        path: list[tuple[Node, int]] = [(root, len(self.ids))]
        if root is not self._target:
            self._add(root, persistent)
        for node in root.descendants():
            while path[-1][0] is not node.parent:
                self._own(*path.pop())
            path.append((node, len(self.ids)))
            self._add(node, persistent)
        for node, start in path:
            self._own(node, start)

    def _add(self, node: Node, persistent: set[str]) -> None:
        if "id" in node.attributes:
            element_id = node.id
            if isinstance(element_id, str) and element_id in persistent:
                self.positions.setdefault(element_id, []).append(len(self.ids))
                self.ids.append(element_id)

    def _own(self, node: Node, start: int) -> None:
        end = len(self.ids)
        if end > start:
            is_unique = len(self.positions) == end
            count = end - start if is_unique else len(set(self.ids[start:end]))
            self.owners[node] = Owned(start, end, count)


def persistent_ids(old: list[Node], new: list[Node]) -> set[str]:
    """Return the ids that occur once in the old tree, and in the new tree on the same tag."""
    tags: dict[str | Node, str] = {}
    twice: set[str | Node] = set()
    for node in old:
        element_id = node.id
        if element_id in tags:
            twice.add(element_id)
        else:
            tags[element_id] = node.tag_name
    persistent: set[str | Node] = set()
    for node in new:
        element_id = node.id
        if element_id in persistent:
            twice.add(element_id)
        elif tags.get(element_id) == node.tag_name:
            persistent.add(element_id)
    return {each for each in persistent - twice if isinstance(each, str)}
