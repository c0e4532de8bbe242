"""The nodes of a document, with the properties of a browser's nodes that a morph uses.

They are linked lists, as in a browser, so a step of a morph takes the same time in a large page
as in a small one.

Source: https://dom.spec.whatwg.org/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fatmorph.errors import MorphError
from fatmorph.markup.parse import MAX_DEPTH, ParsedElement
from fatmorph.types import ElementNamespace

__all__ = ("LISTED_ELEMENTS", "Node", "Shapes")

# `form.id` returns a control with the name `id` if it is one of these.
# https://html.spec.whatwg.org/multipage/forms.html#category-listed
LISTED_ELEMENTS: Final = frozenset(
    {"button", "fieldset", "input", "object", "output", "select", "textarea"}
)
# A form also has a property for each named image, although images are not listed elements.
NAMED_IN_FORMS = LISTED_ELEMENTS | {"img"}

# https://mimesniff.spec.whatwg.org/#javascript-mime-type (those in use), and modules
SCRIPT_TYPES = frozenset(
    {"", "module", "text/javascript", "application/javascript", "text/ecmascript"}
)
# The client wraps a patch in <html>, <body> and <template> before it is parsed.
MAX_PATCH_DEPTH = MAX_DEPTH - 3


class Node:
    """An element, a text, a comment, or a document.

    Args:
        name: `div`, `#text`, `#comment`, `#document`.
        namespace: The element's namespace.
        attributes: An element's attributes.
        text: The text of a text or comment node.
    """

    __slots__ = (
        "attributes",
        "content",
        "first",
        "is_element",
        "is_started",
        "last",
        "name",
        "namespace",
        "next",
        "origin",
        "parent",
        "previous",
        "shape",
        "tag_name",
        "text",
    )

    def __init__(
        self,
        name: str,
        namespace: ElementNamespace = "html",
        attributes: dict[str, str] | None = None,
        text: str = "",
    ) -> None:
        self.name: str = name
        self.namespace: ElementNamespace = namespace
        self.is_element: bool = not name.startswith("#")
        self.tag_name: str = name.upper() if namespace == "html" else name
        """The name as `Element.tagName` gives it: upper case in HTML."""
        self.attributes: dict[str, str] = {} if attributes is None else attributes
        self.text: str = text
        self.content: ParsedElement | None = None
        """The content of a `<template>`."""
        self.origin: str | None = None
        """The node's path in the page before the patch; None for a new node."""
        self.shape: int | None = None
        """A number that equal nodes share; None if it is not known."""
        self.is_started: bool = False
        """Whether it is a script that has run, or that must not run."""
        self.parent: Node | None = None
        self.first: Node | None = None
        self.last: Node | None = None
        self.previous: Node | None = None
        self.next: Node | None = None

    @property
    def id(self) -> str | Node:
        """The value of `Element.id`: empty if there is no id.

        In a form, a control named `id` hides it:
        https://html.spec.whatwg.org/multipage/forms.html#the-form-element
        """
        if self.name == "form" and self.namespace == "html":
            for node in self.descendants():
                names = (node.attributes.get("name"), node.attributes.get("id"))
                if node.name in NAMED_IN_FORMS and "id" in names:
                    return node
        return self.attributes.get("id", "")

    @property
    def is_script(self) -> bool:
        """Whether it is a `<script>` of HTML."""
        return self.name == "script" and self.namespace == "html"

    @property
    def is_details(self) -> bool:
        """Whether it is a `<details>` of HTML."""
        return self.name == "details" and self.namespace == "html"

    @property
    def does_run(self) -> bool:
        """Whether it is a script that a browser would run if it were new.

        Source: https://html.spec.whatwg.org/multipage/scripting.html#prepare-the-script-element
        """
        kind = self.attributes.get("type", "").strip().lower()
        if not self.is_script or kind not in SCRIPT_TYPES:
            return False
        return "src" in self.attributes or any(
            child.text for child in self.children() if child.name == "#text"
        )

    def children(self) -> Iterator[Node]:
        """Yield the children in order."""
        child = self.first
        while child is not None:
            yield child
            child = child.next

    def descendants(self) -> Iterator[Node]:
        """Yield the descendants in document order."""
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
        """Yield the ancestors, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def root(self) -> Node:
        """The topmost ancestor; the node itself if it has no parent."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def text_content(self) -> str:
        """Return the text of the descendants, as `Node.textContent` does."""
        return "".join(node.text for node in self.descendants() if node.name == "#text")

    def append(self, child: Node) -> None:
        """Add a node without a parent as the last child."""
        child.parent, child.previous, child.next = self, self.last, None
        if self.last is None:
            self.first = child
        else:
            self.last.next = child
        self.last = child

    def insert(self, child: Node, before: Node | None) -> None:
        """Add a node without a parent before a child; None means at the end."""
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
        """Remove the node from its parent."""
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
        """Return a new node with its descendants."""
        root = cls._shallow(parsed)
        pending = [(parsed, root, 0)]
        while pending:
            source, node, depth = pending.pop()
            if depth > MAX_PATCH_DEPTH:
                raise MorphError(
                    f"cannot simulate a page that is more than {MAX_PATCH_DEPTH} elements deep",
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
        """Return a copy of the node and its descendants, without a parent."""
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
        """Return a copy without descendants."""
        node = Node(self.name, self.namespace, dict(self.attributes), self.text)
        node.content = self.content
        node.shape = self.shape
        node.is_started = self.is_started
        return node


class Shapes:
    """Numbers for nodes: the same number for nodes that `Node.isEqualNode()` calls equal."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}

    def of(self, node: Node) -> int:
        """Return the number of a node; visits only what changed since the last call."""
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
