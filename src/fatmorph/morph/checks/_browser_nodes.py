"""A browser's nodes for a page, made from the page's tree without a parser.

Elements whose tags HTML allows you to omit are added, and adjacent texts are joined. Trusted HTML
is not parsed: it becomes one node, in which only other trusted HTML can live. Trees that a parser
would change in other ways are findings of the survey.

Source: https://html.spec.whatwg.org/multipage/syntax.html#optional-tags
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fatmorph.morph._matching.nodes import Node
from fatmorph.morph.checks._misplaced import ROOTS
from fatmorph.morph.checks._nesting import NESTING
from fatmorph.morph.checks._survey import Tree
from fatmorph.morph.checks._vocabulary import RAW_TEXT

__all__ = ("browser_document", "browser_nodes")

_ROW: dict[str, str] = dict.fromkeys(("td", "th"), "tr")
# Parent → child → the element that the parser puts between the two.
BETWEEN: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "table": {"col": "colgroup", **dict.fromkeys(("td", "th", "tr"), "tbody")},
        **dict.fromkeys(("tbody", "tfoot", "thead"), _ROW),
    }
)
_SECTIONS = frozenset({"caption", "col", "colgroup", "tbody", "tfoot", "thead"})
# An element whose tags are omitted → the siblings that end it.
ENDED_BY: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "colgroup": _SECTIONS - {"col"} | {"td", "th", "tr"},
        "tbody": _SECTIONS,
        "tr": _SECTIONS | {"tr"},
    }
)
METADATA: Final = NESTING["head"].children or frozenset[str]()


def browser_nodes(root: Tree) -> list[Node]:
    """Return the nodes of the elements and comments of a tree, in document order.

    The first contains the others, except those in a `<template>`, which are in no document.
    """
    builder = _Builder()
    pending = [(root, _node(root))]
    nodes: list[Node] = []
    while pending:
        element, node = pending.pop()
        nodes.append(node)
        pending += reversed(builder.fill(node, element))
    return nodes


def browser_document(root: Node) -> Node:
    """Return the document of a page, or of other elements, which are put into its `<body>`."""
    document = Node("#document")
    tops = list(root.children()) if root.name in ROOTS else [root]
    html = next((top for top in tops if top.name == "html"), None)
    if html is not None:
        html.detach()
        _add_parts(html, head_content=METADATA)
    else:
        html = Node("html")
        for top in tops:
            top.detach()
            html.append(top)
        _add_parts(html, head_content=frozenset())
    document.append(html)
    return document


class _Builder:
    """Fills nodes with children, and keeps track of the elements whose tags are omitted."""

    def __init__(self) -> None:
        self._omitted: set[Node] = set()

    def fill(self, node: Node, element: Tree) -> list[tuple[Tree, Node]]:
        """Add the children of an element to its node; return the elements and comments of them."""
        if node.name == "#comment":
            return []
        parent = Node("#document-fragment") if node.name == "template" else node
        below: list[tuple[Tree, Node]] = []
        for child in element.children:
            if not isinstance(child, str):
                made = _node(child, is_in_html=node.is_element and node.namespace == "html")
                self._parent(parent, child.tag).append(made)
                below.append((child, made))
            elif child:
                self._add_text(self._parent(parent, "#text"), child)
        return below

    def _parent(self, parent: Node, name: str) -> Node:
        """Return the node that gets a child: the parent, or an element that the parser adds."""
        last = parent.last
        while last is not None and last in self._omitted and name not in ENDED_BY[last.name]:
            parent, last = last, last.last
        while parent.name in BETWEEN and name in BETWEEN[parent.name]:
            added = Node(BETWEEN[parent.name][name])
            self._omitted.add(added)
            parent.append(added)
            parent = added
        return parent

    def _add_text(self, parent: Node, text: str) -> None:
        is_trusted = type(text) is not str and "<" in text and parent.name not in RAW_TEXT
        name = "#trusted" if is_trusted else "#text"
        if parent.last is not None and parent.last.name == name:
            parent.last.text += text
        else:
            parent.append(Node(name, text=text))


def _node(element: Tree, *, is_in_html: bool = False) -> Node:
    if element.tag == "#comment":
        return Node("#comment", text="".join(element.children))
    attributes = {
        name: "" if value is True or value is None else value
        for name, value in element.attributes.items()
    }
    # Outside of <svg> and <math>, these are unknown HTML elements.
    is_html = is_in_html and element.tag not in ("svg", "math")
    return Node(
        element.tag, "html" if is_html else getattr(element, "namespace", "html"), attributes
    )


def _add_parts(html: Node, head_content: frozenset[str]) -> None:
    """Add the `<head>` and `<body>` that a page lacks."""
    parts = {child.name: child for child in html.children()}
    head, body = parts.get("head"), parts.get("body") or parts.get("frameset")
    if head is not None and body is not None:
        return
    is_in_head = head is None
    head, body = head or Node("head"), body or Node("body")
    for child in list(html.children()):
        child.detach()
        is_blank = child.name == "#text" and child.text.isspace()
        is_in_head = is_in_head and (is_blank or child.name in head_content)
        if child is not head and child is not body:
            (head if is_in_head else body).append(child)
    html.append(head)
    html.append(body)
