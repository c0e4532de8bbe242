"""A page that can be changed, and that records its changes as a MutationObserver would.

Source: https://dom.spec.whatwg.org/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from fatmorph.markup.parse import ParsedElement
from fatmorph.morph._matching.chosen_options import ChosenOptions
from fatmorph.morph._matching.nodes import Node

__all__ = ("BrowserError", "Document", "Record", "close_exclusive")

Record: TypeAlias = "tuple[Node, str, str | None, str | None]"
"""An element, the name of an attribute or property, and its value before and after."""


class BrowserError(Exception):
    """An exception of the browser: its name, perhaps with a text."""


class Document:
    """The page in the browser, and a record of its changes.

    Args:
        root: The node with the name `#document`.
    """

    def __init__(self, root: Node) -> None:
        self.root = root
        self.added: list[Node] = []
        """Every node that was inserted, once for each insertion."""
        self.moved: set[Node] = set()
        """The inserted nodes that were in the document before."""
        self.attributes: list[Record] = []
        """The attributes that were written."""
        self.properties: list[Record] = []
        """The properties that were written, with the values of their attributes."""
        self.scripts: Counter[Node] = Counter()
        """How often each script ran."""
        self._by_id: dict[str, dict[Node, None]] = {}
        self._details: dict[Node, None] = {}
        self._chosen = ChosenOptions(root)
        self._late_choices: dict[Node, None] = {}
        close_exclusive(root)
        for node in root.descendants():
            self._remember(node)
            node.is_started = node.does_run

    @property
    def html(self) -> Node | None:
        """The document element."""
        return next((child for child in self.root.children() if child.is_element), None)

    @property
    def head(self) -> Node | None:
        """The document's head."""
        return self._part({"head"})

    @property
    def body(self) -> Node | None:
        """The document's body; a frameset counts as one."""
        return self._part({"body", "frameset"})

    def find(self, element_id: str | Node) -> Node | None:
        """Return the first element with an id, or None, as `getElementById()` does."""
        if not isinstance(element_id, str) or not element_id:
            return None
        found = [
            node
            for node in self._by_id.get(element_id, ())
            if node.attributes.get("id") == element_id and node.root is self.root
        ]
        return min(found, key=_position) if len(found) > 1 else next(iter(found), None)

    def insert(self, parent: Node, child: Node, before: Node | None) -> None:
        """Insert a new node and its descendants."""
        if parent is self.root and child.is_element:
            raise BrowserError("HierarchyRequestError")
        parent.insert(child, before)
        self.added.append(child)
        for node in (child, *child.descendants()):
            self._remember(node)
            self._start(node)
            self._close_if_another_is_open(node)
        self._start(parent)
        _forget_shapes(parent)
        self._show(self._chosen.inserted(child, is_new=True))

    def remove(self, child: Node) -> None:
        """Remove a node."""
        parent = child.parent
        if parent is None:
            return
        _forget_shapes(parent)
        child.detach()
        self._late_choices.update(dict.fromkeys(self._chosen.removed(child, parent)))

    def move(self, parent: Node, child: Node, before: Node | None) -> None:
        """Move a node of the document, as `moveBefore()` does.

        Raises:
            BrowserError: The node would be inside itself, or outside the document.
        """
        if child is parent or child in parent.ancestors() or child.root is not parent.root:
            raise BrowserError("HierarchyRequestError")
        if before is child:
            before = child.next
        self.remove(child)
        parent.insert(child, before)
        self.added.append(child)
        self.moved.add(child)
        _forget_shapes(parent)
        self._show(self._chosen.inserted(child, is_new=False))
        self._late_choices.update(dict.fromkeys(self._chosen.inside(child)))

    def write_attribute(self, node: Node, name: str, value: str | None) -> None:
        """Set an attribute, or remove it."""
        self.attributes.append((node, name, node.attributes.get(name), value))
        if value is None:
            del node.attributes[name]
        else:
            node.attributes[name] = value
            if name == "id":
                self._remember(node)
            if name == "src":
                self._start(node)
            if name == "open":
                self._close_others(node)
            if name == "name":
                self._close_if_another_is_open(node)
        _forget_shapes(node)
        if name == "selected":
            self._show(self._chosen.written(node, is_selected=value is not None))

    def end(self) -> None:
        """Show the choices that were removed or moved, as a browser does after the patch."""
        self._show(self._late_choices)

    def write_text(self, node: Node, text: str) -> None:
        """Set the text of a text or a comment."""
        node.text = text
        _forget_shapes(node)

    def _show(self, selects: Iterable[Node]) -> None:
        """Copy the chosen option of each select."""
        for select in list(selects):
            for copy, nodes in self._chosen.copies(select):
                for child in list(copy.children()):
                    self.remove(child)
                for node in nodes:
                    self.insert(copy, node, None)

    def _remember(self, node: Node) -> None:
        element_id = node.attributes.get("id")
        if element_id:
            self._by_id.setdefault(element_id, {})[node] = None
        if node.is_details:
            self._details[node] = None

    def _close_if_another_is_open(self, node: Node) -> None:
        if node.is_details and "open" in node.attributes and self._open_others(node):
            self.write_attribute(node, "open", None)

    def _close_others(self, node: Node) -> None:
        if node.is_details:
            for other in self._open_others(node):
                self.write_attribute(other, "open", None)

    def _open_others(self, node: Node) -> list[Node]:
        """Return the open `<details>` with the same name.

        Source: https://html.spec.whatwg.org/multipage/interactive-elements.html#details-name-group
        """
        name = node.attributes.get("name")
        return [
            other
            for other in (self._details if name else ())
            if other is not node
            and "open" in other.attributes
            and other.attributes.get("name") == name
            and other.root is node.root
        ]

    def _start(self, node: Node) -> None:
        """Run a script that has not run: it or its text was inserted, or its `src` set."""
        if not node.is_started and node.does_run and node.root is self.root:
            node.is_started = True
            self.scripts[node] += 1

    def _part(self, names: set[str]) -> Node | None:
        children = () if self.html is None else self.html.children()
        return next((child for child in children if child.name in names), None)


def close_exclusive(root: Node) -> None:
    """Close each `<details>` that a parser adds to a group in which another is open."""
    names: set[str] = set()
    contents: list[ParsedElement] = []
    for node in root.descendants():
        _close_if_seen(node.attributes, names, is_details=node.is_details)
        if node.content is not None:
            contents.append(node.content)
    for content in contents:
        # The content of a template is a tree of its own, and so is that of a template in it.
        names = set[str]()
        pending = [content]
        while pending:
            element = pending.pop()
            is_details = element.tag == "details" and element.namespace == "html"
            _close_if_seen(element.attributes, names, is_details=is_details)
            pending += [each for each in element.children[::-1] if not isinstance(each, str)]
            if element.content is not None:
                contents.append(element.content)


def _close_if_seen(attributes: dict[str, str], names: set[str], *, is_details: bool) -> None:
    name = attributes.get("name")
    if is_details and name and "open" in attributes:
        if name in names:
            del attributes["open"]
        names.add(name)


def _forget_shapes(node: Node | None) -> None:
    while node is not None and node.shape is not None:
        node.shape = None
        node = node.parent


def _position(node: Node) -> list[int]:
    """Return a sort key for document order."""
    position: list[int] = []
    while node.parent is not None:
        index, sibling = 0, node.previous
        while sibling is not None:
            index, sibling = index + 1, sibling.previous
        position.append(index)
        node = node.parent
    return position[::-1]
