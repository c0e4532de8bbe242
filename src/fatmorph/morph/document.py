"""A document that can be changed, as far as a morph can tell it from a browser's.

Nodes are linked as in a browser, so that each step of a morph costs the same however long the
page is. The document notes what was added where, as a MutationObserver would hear it.

Source: https://dom.spec.whatwg.org/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from fatmorph.errors import MorphError
from fatmorph.markup.parse import ParsedElement
from fatmorph.types import ElementNamespace

__all__ = ("BrowserError", "Document", "Node", "Record", "Shapes")

# What `form.id` returns, instead of the id, when the form has a control of that name.
LISTED_ELEMENTS = frozenset(
    {"button", "fieldset", "img", "input", "object", "output", "select", "textarea"}
)

Record: TypeAlias = "tuple[Node, str, str | None, str | None]"
"""An element, an attribute or a property of it, its value before and after."""


# Deeper elements become siblings of their parents: kMaximumHTMLParserDOMTreeDepth, 512 in Blink,
# https://source.chromium.org/chromium/chromium/src/+/main:third_party/blink/renderer/core/html/parser/html_construction_site.cc
# less the <html>, <body> and <template> in which the client lets a patch be parsed.
MAX_DEPTH = 509


class BrowserError(Exception):
    """What a browser would throw: the name of the exception, perhaps with a text."""


class Node:
    """An element, a text, a comment, or a document.

    Args:
        name: `div`, `#text`, `#comment`, `#document`.
        namespace: The element's namespace.
        attributes: Of an element.
        text: Of a text or a comment.
    """

    __slots__ = (
        "attributes",
        "content",
        "first",
        "last",
        "name",
        "namespace",
        "next",
        "origin",
        "parent",
        "previous",
        "shape",
        "text",
    )

    def __init__(
        self,
        name: str,
        namespace: ElementNamespace = "html",
        attributes: dict[str, str] | None = None,
        text: str = "",
    ) -> None:
        self.name = name
        self.namespace: ElementNamespace = namespace
        self.attributes = {} if attributes is None else attributes
        self.text = text
        self.content: ParsedElement | None = None
        """What a `<template>` holds."""
        self.origin: str | None = None
        """The path that the node had in the page before the patch; None for a new one."""
        self.shape: int | None = None
        """A number that equal nodes share; None when it has to be counted anew."""
        self.parent: Node | None = None
        self.first: Node | None = None
        self.last: Node | None = None
        self.previous: Node | None = None
        self.next: Node | None = None

    @property
    def is_element(self) -> bool:
        """Whether it is an element."""
        return not self.name.startswith("#")

    @property
    def tag_name(self) -> str:
        """The name as `Element.tagName` gives it: upper case in HTML."""
        return self.name.upper() if self.namespace == "html" else self.name

    @property
    def id(self) -> str | Node:
        """The id as `Element.id` gives it: empty if there is none.

        A form's control named `id` hides it:
        https://html.spec.whatwg.org/multipage/forms.html#the-form-element
        """
        if self.name == "form" and self.namespace == "html":
            for node in self.descendants():
                names = (node.attributes.get("name"), node.attributes.get("id"))
                if node.name in LISTED_ELEMENTS and "id" in names:
                    return node
        return self.attributes.get("id", "")

    def children(self) -> Iterator[Node]:
        """Yield the children in order."""
        child = self.first
        while child is not None:
            yield child
            child = child.next

    def descendants(self) -> Iterator[Node]:
        """Yield what is below, in document order."""
        node = self.first
        while node is not None:
            yield node
            if node.first is not None:
                node = node.first
                continue
            while node.next is None:
                if node.parent is None or node.parent is self:
                    return
                node = node.parent
            node = node.next

    def ancestors(self) -> Iterator[Node]:
        """Yield the parents, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def root(self) -> Node:
        """The node above all; itself when it is nowhere."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def text_content(self) -> str:
        """Return the text below, as `Node.textContent`."""
        return "".join(node.text for node in self.descendants() if node.name == "#text")

    def append(self, child: Node) -> None:
        """Put a node that is nowhere behind the last child."""
        child.parent, child.previous, child.next = self, self.last, None
        if self.last is None:
            self.first = child
        else:
            self.last.next = child
        self.last = child

    def insert(self, child: Node, before: Node | None) -> None:
        """Put a node that is nowhere in front of a child of this one; None is the end."""
        if before is None:
            self.append(child)
            return
        child.parent, child.next, child.previous = self, before, before.previous
        if before.previous is None:
            self.first = child
        else:
            before.previous.next = child
        before.previous = child

    def detach(self) -> None:
        """Take it out of its parent."""
        parent = self.parent
        if parent is None:
            return
        if self.previous is None:
            parent.first = self.next
        else:
            self.previous.next = self.next
        if self.next is None:
            parent.last = self.previous
        else:
            self.next.previous = self.previous
        self.parent = self.previous = self.next = None

    @classmethod
    def of(cls, parsed: ParsedElement) -> Node:
        """Return a new node with everything below it."""
        root = cls._shallow(parsed)
        pending = [(parsed, root, 0)]
        while pending:
            source, node, depth = pending.pop()
            if depth > MAX_DEPTH:
                raise MorphError(
                    f"cannot simulate a page that is more than {MAX_DEPTH} elements deep",
                    where="simulate(before, after)",
                    why="a browser makes siblings of what is deeper, so the page is another one",
                    fix="h.div(children)  (instead of a div in a div in a div …)",
                )
            for child in source.children:
                if isinstance(child, str):
                    node.append(cls("#text", text=child))
                elif child.tag == "#comment":
                    node.append(cls("#comment", text=str(child.children[0])))
                else:
                    copy = cls._shallow(child)
                    node.append(copy)
                    pending.append((child, copy, depth + 1))
        return root

    @classmethod
    def _shallow(cls, parsed: ParsedElement) -> Node:
        node = cls(parsed.tag, parsed.namespace, dict(parsed.attributes))
        node.content = parsed.content
        return node

    def clone(self) -> Node:
        """Return a copy with everything below it, from nowhere."""
        root = self.shallow_copy()
        pending: list[tuple[Node, Node]] = [(self, root)]
        while pending:
            source, copy = pending.pop()
            for child in source.children():
                below = child.shallow_copy()
                copy.append(below)
                if child.first is not None:
                    pending.append((child, below))
        return root

    def shallow_copy(self) -> Node:
        """Return a copy without what is below."""
        node = Node(self.name, self.namespace, dict(self.attributes), self.text)
        node.content = self.content
        node.shape = self.shape
        return node


class Shapes:
    """Numbers for nodes, equal where `Node.isEqualNode()` says that they are equal."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}

    def of(self, node: Node) -> int:
        """Return the number of a node; counts only what changed since the last time."""
        pending = [node]
        while node.shape is None:
            current = pending[-1]
            unknown = [child for child in current.children() if child.shape is None]
            if unknown:
                pending += unknown
            else:
                current.shape = self._number(current)
                pending.pop()
        return node.shape

    def _number(self, node: Node) -> int:
        key = (
            node.name,
            node.namespace,
            node.text,
            frozenset(node.attributes.items()),
            tuple(child.shape for child in node.children()),
        )
        return self._numbers.setdefault(key, len(self._numbers))


class Document:
    """The page in the browser, and what happens to it.

    Args:
        root: The node of the name `#document`.
    """

    def __init__(self, root: Node) -> None:
        self.root = root
        self.added: list[Node] = []
        """Every node that was put somewhere, once for each time."""
        self.moved: set[Node] = set()
        """Those that had been somewhere else in the document."""
        self.attributes: list[Record] = []
        """The attributes that were written."""
        self.properties: list[Record] = []
        """The properties that were written, and what was in the attribute behind them."""
        self._by_id: dict[str, dict[Node, None]] = {}
        for node in root.descendants():
            self._remember(node)

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
        """Return the first element with an id, or None, as `getElementById()`."""
        if not isinstance(element_id, str) or not element_id:
            return None
        found = [
            node
            for node in self._by_id.get(element_id, ())
            if node.attributes.get("id") == element_id and node.root is self.root
        ]
        return min(found, key=_position) if len(found) > 1 else next(iter(found), None)

    def insert(self, parent: Node, child: Node, before: Node | None) -> None:
        """Put a new node, with what is below it, into the document."""
        if parent is self.root and child.is_element:
            raise BrowserError("HierarchyRequestError")
        parent.insert(child, before)
        self.added.append(child)
        self._remember(child)
        for node in child.descendants():
            self._remember(node)
        _forget_shapes(parent)

    def remove(self, child: Node) -> None:
        """Take a node out."""
        if child.parent is not None:
            _forget_shapes(child.parent)
        child.detach()

    def move(self, parent: Node, child: Node, before: Node | None) -> None:
        """Put a node of the document somewhere else, as `moveBefore()`.

        Raises:
            BrowserError: It would be inside itself, or leave the document.
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

    def write_attribute(self, node: Node, name: str, value: str | None) -> None:
        """Set an attribute, or remove it."""
        self.attributes.append((node, name, node.attributes.get(name), value))
        if value is None:
            del node.attributes[name]
        else:
            node.attributes[name] = value
            if name == "id":
                self._remember(node)
        _forget_shapes(node)

    def write_text(self, node: Node, text: str) -> None:
        """Set the text of a text or a comment."""
        node.text = text
        _forget_shapes(node)

    def _remember(self, node: Node) -> None:
        element_id = node.attributes.get("id")
        if element_id:
            self._by_id.setdefault(element_id, {})[node] = None

    def _part(self, names: set[str]) -> Node | None:
        children = () if self.html is None else self.html.children()
        return next((child for child in children if child.name in names), None)


def _forget_shapes(node: Node | None) -> None:
    while node is not None and node.shape is not None:
        node.shape = None
        node = node.parent


def _position(node: Node) -> list[int]:
    """Return what sorts nodes into document order."""
    position: list[int] = []
    while node.parent is not None:
        index, sibling = 0, node.previous
        while sibling is not None:
            index, sibling = index + 1, sibling.previous
        position.append(index)
        node = node.parent
    return position[::-1]
