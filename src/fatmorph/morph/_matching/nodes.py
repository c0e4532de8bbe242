"""The nodes of a document, as far as a morph can tell them from a browser's.

They are linked as in a browser, so that each step of a morph costs the same however long the
page is.

Source: https://dom.spec.whatwg.org/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fatmorph.errors import MorphError
from fatmorph.markup.parse import MAX_DEPTH, ParsedElement
from fatmorph.types import ElementNamespace

__all__ = ("LISTED_ELEMENTS", "Node", "Shapes")

# What `form.id` returns instead of the id when it has that name.
# https://html.spec.whatwg.org/multipage/forms.html#category-listed
LISTED_ELEMENTS: Final = frozenset(
    {"button", "fieldset", "input", "object", "output", "select", "textarea"}
)
# A form shows images by their names as well, though they are not listed elements.
NAMED_IN_FORMS = LISTED_ELEMENTS | {"img"}

# https://mimesniff.spec.whatwg.org/#javascript-mime-type, the ones in use; and modules
SCRIPT_TYPES = frozenset(
    {"", "module", "text/javascript", "application/javascript", "text/ecmascript"}
)
# The client lets a patch be parsed in an <html>, a <body> and a <template>.
MAX_PATCH_DEPTH = MAX_DEPTH - 3


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
        self.name = name
        self.namespace: ElementNamespace = namespace
        self.is_element = not name.startswith("#")
        self.tag_name = name.upper() if namespace == "html" else name
        """The name as `Element.tagName` gives it: upper case in HTML."""
        self.attributes = {} if attributes is None else attributes
        self.text = text
        self.content: ParsedElement | None = None
        """What a `<template>` holds."""
        self.origin: str | None = None
        """The path that the node had in the page before the patch; None for a new one."""
        self.shape: int | None = None
        """A number that equal nodes share; None when it has to be counted anew."""
        self.is_started = False
        """Whether it is a script that has run, or must not."""
        self.parent: Node | None = None
        self.first: Node | None = None
        self.last: Node | None = None
        self.previous: Node | None = None
        self.next: Node | None = None

    @property
    def id(self) -> str | Node:
        """The id as `Element.id` gives it: empty if there is none.

        A form's control named `id` hides it:
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
    def does_run(self) -> bool:
        """Whether it is a script that a browser would run, were it new.

        Source: https://html.spec.whatwg.org/multipage/scripting.html#prepare-the-script-element
        """
        kind = self.attributes.get("type", "").strip().lower()
        if not self.is_script or kind not in SCRIPT_TYPES:
            return False
        return "src" in self.attributes or bool(self.text_content())

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
        node.is_started = self.is_started
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
