"""Datastar's morph: the old node in which each new node lives.

docs/explanation/morphing.md describes the rules. The client compares each new node with one old
sibling after the other, and keeps a set of ids for every node. Here siblings are looked up by
name and ids are counted, so the work is proportional to the size of the page. The result is the
same, including the client's mistakes.

Source: https://github.com/starfederation/datastar (`plugins/watchers/patchElements.ts`)
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator

from fatmorph.morph._matching.document import BrowserError, Document
from fatmorph.morph._matching.nodes import Node, Shapes
from fatmorph.morph._matching.owners import Owned, Side, persistent_ids

__all__ = ("IGNORE", "Morpher")

IGNORE = "data-ignore-morph"
PRESERVE = "data-preserve-attr"
SCOPE = "data-scope-children"
# https://html.spec.whatwg.org/multipage/input.html#dom-input-value-default
ATTRIBUTE_VALUE_TYPES = frozenset(
    {"button", "checkbox", "hidden", "image", "radio", "reset", "submit"}
)


class _Level:
    """The children of one old element while they become those of the new element.

    Args:
        parent: The old element; None above the document.
        new: The new element's children.
        point: The node before which the next one is inserted; None means at the end.
        end: The node after the last one that may be changed.
        owners: The old elements that own persistent ids.
    """

    def __init__(
        self,
        parent: Node | None,
        new: Iterator[Node],
        point: Node | None,
        end: Node | None,
        owners: dict[Node, Owned],
    ) -> None:
        self.parent = parent
        self.new = new
        self.point = point
        self.end = end
        self.placed: Node | None = None
        """The node in which the last new node lives; when it is done, the point is the next one."""
        self.positions: dict[Node, int] = {}
        self.named: dict[tuple[str, str], deque[Node]] = {}
        """The old children, by the tag and id that a new node must have to live in them."""
        self.owners: deque[Node] = deque()
        node = point
        while node is not None and node is not end:
            self._index(node, owners)
            node = node.next

    def _index(self, node: Node, owners: dict[Node, Owned]) -> None:
        self.positions[node] = len(self.positions)
        element_id = node.id
        if isinstance(element_id, str):  # else a form whose id is hidden, which equals none
            self.named.setdefault((node.tag_name, element_id), deque()).append(node)
        if node in owners:
            self.owners.append(node)

    @property
    def position(self) -> int:
        """How many of the old children come before the point."""
        after_all = len(self.positions)
        return after_all if self.point is None else self.positions.get(self.point, after_all)


class Morpher:
    """One morph of a document.

    Args:
        document: The page that is changed.
        pantry: The hidden element for nodes that may be needed again.
        shapes: Finds equal nodes.
    """

    def __init__(self, document: Document, pantry: Node, shapes: Shapes) -> None:
        self.parked: set[Node] = set()
        """The nodes that were put into the pantry."""
        self.homes: dict[Node, Node] = {}
        """The node of the document in which each new node lives. Nodes below an element with
        `data-ignore-morph` have none, and neither have those after an exception."""
        self.templates: list[tuple[Node, Node]] = []
        """Pairs of a `<template>` of the document and the new one whose content it gets."""
        self._document = document
        self._pantry = pantry
        self._shapes = shapes
        self._persistent: set[str] = set()
        self._old = Side((), set())
        self._new = Side((), set())
        self._taken: dict[str, set[Node]] = {}
        self._fetched: set[Node] = set()

    def morph(self, target: Node, content: Node, *, is_inner: bool) -> None:
        """Turn a target, or its children, into the children of `content`.

        Raises:
            BrowserError: The client throws; the changes until then stay.
        """
        parent = target.parent
        above = None if parent is self._document.root else parent
        if any(IGNORE in node.attributes for node in target.ancestors()):
            return
        self._bring_pantry()
        self._prepare(target, content, is_inner=is_inner)
        if is_inner:
            level = self._level(target, content, target.first, target.next)
        else:
            level = self._level(above, content, target, target.next)
        self._run(level)
        self._document.remove(self._pantry)

    def _bring_pantry(self) -> None:
        body = self._document.body
        if body is None or body.parent is None:
            raise BrowserError("TypeError: Cannot read properties of null")
        self._document.remove(self._pantry)
        self._document.insert(body.parent, self._pantry, body.next)

    def _prepare(self, target: Node, content: Node, *, is_inner: bool) -> None:
        old = [node for node in target.descendants() if "id" in node.attributes]
        new = [node for node in content.descendants() if "id" in node.attributes]
        self._persistent = persistent_ids([*old, target] if target.id else old, new)
        roots = target.children() if is_inner else [target]
        self._old = Side(roots, self._persistent, target)
        self._new = Side(content.children(), self._persistent)
        self._taken = {}
        self._fetched = set()

    def _level(
        self, parent: Node | None, content: Node, point: Node | None, end: Node | None
    ) -> _Level:
        return _Level(parent, content.children(), point, end, self._old.owners)

    def _run(self, level: _Level) -> None:
        levels = [level]
        while levels:
            level = levels[-1]
            if level.placed is not None:
                level.point = level.placed.next
                level.placed = None
            new = next(level.new, None)
            if new is None:
                self._drop_until(level, level.end)
                levels.pop()
            elif (below := self._place(level, new)) is not None:
                levels.append(below)

    def _place(self, level: _Level, new: Node) -> _Level | None:
        """Find or make the node in which a new one lives; return its children if they differ."""
        node = self._best(level, new)
        if node is not None:
            self._drop_until(level, node)
        elif new.is_element and new.id in self._persistent:
            node = self._fetch(level, str(new.id))
        elif new in self._new.owners:
            # It starts empty, so that the elements with its ids can be fetched into it.
            node = Node(new.name, new.namespace)
            self._insert(level, node)
        else:
            node = new.clone()
            self._settle(new, node)  # while they are equal: the browser may change it at once
            self._insert(level, node)
            return None
        level.placed = node
        self.homes[new] = node
        return self._become(node, new)

    def _settle(self, new: Node, node: Node) -> None:
        """Note that a new node and its descendants live in an equal node and its descendants."""
        self.homes[new] = node
        self.homes.update(zip(new.descendants(), node.descendants(), strict=True))

    def _drop_until(self, level: _Level, end: Node | None) -> None:
        while level.point is not None and level.point is not end:
            node = level.point
            level.point = node.next
            if node in self._old.owners:
                self.parked.add(node)
                self._document.move(self._pantry, node, None)
            else:
                self._document.remove(node)

    def _insert(self, level: _Level, node: Node) -> None:
        if level.parent is None:
            raise BrowserError("TypeError: Cannot read properties of null (reading 'insertBefore')")
        self._document.insert(level.parent, node, level.point)

    def _fetch(self, level: _Level, element_id: str) -> Node:
        """Move the element with a persistent id here from anywhere, without comparing tags."""
        node = self._document.find(element_id)
        if node is None:
            raise BrowserError("TypeError: Cannot read properties of null (reading 'parentNode')")
        self._take(element_id, node)
        if level.parent is None:
            raise BrowserError(
                "TypeError: Cannot use 'in' operator to search for 'moveBefore' in null"
            )
        self._document.move(level.parent, node, level.point)
        self._fetched.add(node)
        return node

    def _take(self, element_id: str, node: Node) -> None:
        """Note that the ancestors of an element no longer own its id."""
        taken = self._taken.setdefault(element_id, set())
        for position in self._old.positions.get(element_id, ()):
            for ancestor in node.ancestors():
                owned = self._old.owners.get(ancestor)
                if owned and owned.start <= position < owned.end and ancestor not in taken:
                    taken.add(ancestor)
                    owned.count -= 1
                    if not owned.count:
                        del self._old.owners[ancestor]

    def _best(self, level: _Level, new: Node) -> Node | None:
        """Return the old sibling for a new node to live in.

        The first choice is one that owns an id of the new node, then the first that owns none.
        Siblings that together own more ids than the new node are not passed.
        """
        owned_by_new = self._new.owners.get(new)
        node = level.point
        if node in level.positions and self._is_first_choice(node, new, owned_by_new):
            return node
        owned_count = 0 if owned_by_new is None else owned_by_new.count
        position, limit, passed = level.position, len(level.positions), 0
        for node in self._owners_ahead(level, position):
            if owned_by_new and _can_live_in(node, new) and self._share(node, owned_by_new):
                return node
            passed += self._old.owners[node].count
            if passed > owned_count:
                limit = level.positions[node]
                break
        element_id = new.id
        names = {
            (new.tag_name, ""),
            (new.tag_name, element_id if isinstance(element_id, str) else ""),
        }
        found = [self._first_ownerless(level, name, position, limit) for name in names]
        return min(filter(None, found), key=level.positions.__getitem__, default=None)

    def _is_first_choice(self, node: Node, new: Node, owned_by_new: Owned | None) -> bool:
        """Return whether the next old sibling is taken without searching the others."""
        if node in self._fetched or not _can_live_in(node, new):
            return False
        if owned_by_new is None:
            return node not in self._old.owners
        return node in self._old.owners and self._share(node, owned_by_new)

    def _owners_ahead(self, level: _Level, position: int) -> Iterator[Node]:
        _skip_passed(level.owners, level, position)
        for node in level.owners:
            if node in self._old.owners and node not in self._fetched:
                yield node

    def _first_ownerless(
        self, level: _Level, name: tuple[str, str], position: int, limit: int
    ) -> Node | None:
        nodes = level.named.get(name, deque())
        _skip_passed(nodes, level, position)
        for node in nodes:
            if level.positions[node] > limit:
                return None
            if node not in self._old.owners and node not in self._fetched:
                return node
        return None

    def _share(self, node: Node, owned_by_new: Owned) -> bool:
        """Return whether an old element owns an id that the new one also owns."""
        owned = self._old.owners[node]
        if owned.end - owned.start <= owned_by_new.end - owned_by_new.start:
            for element_id in self._old.ids[owned.start : owned.end]:
                positions = self._new.positions.get(element_id, [])
                index = bisect_left(positions, owned_by_new.start)
                is_inside = index < len(positions) and positions[index] < owned_by_new.end
                if is_inside and node not in self._taken.get(element_id, ()):
                    return True
            return False
        for element_id in self._new.ids[owned_by_new.start : owned_by_new.end]:
            positions = self._old.positions.get(element_id, [])
            is_inside = any(owned.start <= position < owned.end for position in positions)
            if is_inside and node not in self._taken.get(element_id, ()):
                return True
        return False

    def _become(self, node: Node, new: Node) -> _Level | None:
        """Update an old node from the new one; return its children if they differ."""
        if not new.is_element:
            if node.text != new.text:
                self._document.write_text(node, new.text)
            return None
        if IGNORE in node.attributes and IGNORE in new.attributes:
            return None
        if node.attributes != new.attributes or new.name == "textarea":
            kept = new.attributes.get(PRESERVE, "").split(" ")
            self._write_properties(node, new, kept)
            self._write_attributes(node, new, kept)
        if _are_html("template", node, new):
            self.templates.append((node, new))
            return None
        if self._is_equal(node, new):
            self._settle(new, node)
            return None
        return self._level(node, new, node.first, None)

    def _write_properties(self, node: Node, new: Node, kept: list[str]) -> None:
        """Write the properties that the user can change, if their attributes have changed."""
        names: tuple[str, ...] = ()
        if _are_html("input", node, new) and new.attributes.get("type", "").lower() != "file":
            names = ("value", "checked")
        elif _are_html("option", node, new):
            names = ("selected",)
        elif _are_html("textarea", node, new) and node.text_content() != new.text_content():
            self._document.properties.append(
                (node, "value", node.text_content(), new.text_content())
            )
        for name in names:
            before, after = node.attributes.get(name), new.attributes.get(name)
            is_changed = before != after if name == "value" else (before is None) != (after is None)
            if is_changed and name not in kept:
                is_file = node.attributes.get("type", "").lower() == "file"
                if is_file and name == "value" and after:
                    raise BrowserError("InvalidStateError")
                self._document.properties.append((node, name, before, after))

    def _write_attributes(self, node: Node, new: Node, kept: list[str]) -> None:
        is_scope = SCOPE in node.attributes
        for name in _in_order(node, new):
            value = new.attributes[name]
            if node.attributes.get(name) != value and name not in kept:
                self._document.write_attribute(node, name, value)
        for name in list(node.attributes):
            if name not in new.attributes and name not in kept:
                self._document.write_attribute(node, name, None)
        if is_scope and SCOPE not in node.attributes:
            self._document.write_attribute(node, SCOPE, "")

    def _is_equal(self, node: Node, new: Node) -> bool:
        if (node.name, node.namespace, node.attributes) != (
            new.name,
            new.namespace,
            new.attributes,
        ):
            return False
        old_child, new_child = node.first, new.first
        while old_child is not None and new_child is not None:
            if self._shapes.of(old_child) != self._shapes.of(new_child):
                return False
            old_child, new_child = old_child.next, new_child.next
        return old_child is new_child


def _can_live_in(node: Node, new: Node) -> bool:
    if node.tag_name != new.tag_name:
        return False
    element_id = node.id
    return not element_id or element_id == new.id


def _in_order(node: Node, new: Node) -> list[str]:
    """Return the new attributes in the order in which they are written."""
    names = list(new.attributes)
    if not _are_html("input", node, new) or new.attributes.get("type", "").lower() == "file":
        return names
    was, will_be = (
        each.attributes.get("type", "").lower() in ATTRIBUTE_VALUE_TYPES for each in (node, new)
    )
    # Writing the properties has written these first.
    first = [name for name in ("value", "disabled") if name in names]
    if not was and "value" in first:
        first.remove("value")
        if will_be and new.attributes["value"] and names.index("type") < names.index("value"):
            # The browser writes the value of such a field when its type changes.
            names.remove("value")
            names.insert(names.index("type") + 1, "value")
    return [*first, *(name for name in names if name not in first)]


def _are_html(name: str, node: Node, new: Node) -> bool:
    return node.name == new.name == name and node.namespace == new.namespace == "html"


def _skip_passed(nodes: deque[Node], level: _Level, position: int) -> None:
    while nodes and level.positions[nodes[0]] < position:
        nodes.popleft()
