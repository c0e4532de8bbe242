"""Pages as mutable trees, and their HTML.

`CONTENT` lists the allowed content of each element. If a tree follows it, and nests nothing that
the parser would separate, parsing gives the same tree. A difference then comes from the morph and
not from the parser.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

__all__ = ("CONTENT", "Node", "is_parsed_to_itself", "markup")

CONTENT = {
    name: content
    for content, names in {
        "flow": "body div section article li td th dd details fieldset form dialog x-card template",
        "phrasing": "p span b i em h2 summary label button a legend pre",
        "items": "ul ol",
        "groups": "table",
        "rows": "thead tbody",
        "cells": "tr",
        "options": "select optgroup",
        "text": "option textarea title script style",
        "graphics": "svg g",
        "words": "text mi mn mo",
        "mathematics": "math mrow",
        "metadata": "head",
        "document": "html",
        "nothing": "input br img meta link circle rect #text #comment",
    }.items()
    for name in names.split()
}

# Elements that the parser never nests in an element of the same kind.
NEVER_NESTED = {"a", "button", "form", "optgroup"}
TABLE_PARTS = {"table", "tbody", "thead", "tr"}
CELLS = {"td", "th"}
VOID = {"input", "br", "img", "meta", "link"}
RAW_TEXT = {"script", "style"}
END_TAG_OMITTED = {"li", "p", "td", "th", "tr", "tbody", "thead", "option", "dd"}
START_TAG_OMITTED = {"tbody"}


@dataclass(eq=False, slots=True)
class Node:
    """An element, or a text or comment node, with the name `#text` or `#comment`."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node]" = field(default_factory=list)
    text: str = ""

    @property
    def content(self) -> str:
        return CONTENT[self.name]

    def walk(self) -> "Iterator[Node]":
        """Yield the node and its descendants in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def copy(self) -> "Node":
        children = [child.copy() for child in self.children]
        return Node(self.name, dict(self.attributes), children, self.text)


def markup(nodes: list[Node], *, omits_tags: bool, inside: str = "") -> str:
    """Return the HTML of nodes, optionally without the tags that HTML allows to omit."""
    return "".join(_node_markup(node, inside, omits_tags=omits_tags) for node in nodes)


def is_parsed_to_itself(node: Node, outside: frozenset[str] = frozenset()) -> bool:
    """Return whether parsing the node's HTML gives the same elements."""
    if node.name in outside & NEVER_NESTED:
        return False
    if node.name == "form" and "template" in outside:
        return False  # browsers deviate from the standard here, turbohtml does not
    if (
        node.name == "template"
    ):  # its content is a separate document, except for innerHTML and forms
        outside &= {"form"}
    if node.name in TABLE_PARTS:
        strays = [child for child in node.children if child.name not in TABLE_PARTS | CELLS]
        if any(below.name == "form" for stray in strays for below in stray.walk()):
            return False  # the same deviation
    within = outside | {node.name}
    return all(is_parsed_to_itself(child, within) for child in node.children)


def _node_markup(node: Node, inside: str, *, omits_tags: bool) -> str:
    if node.name == "#text":
        return node.text if inside in RAW_TEXT else escape(node.text, quote=False)
    if node.name == "#comment":
        return f"<!--{node.text}-->"
    attributes = "".join(
        f' {name}="{escape(value)}"' if value else f" {name}"
        for name, value in node.attributes.items()
    )
    start = f"<{node.name}{attributes}>"
    if omits_tags and node.name in START_TAG_OMITTED and not attributes:
        start = ""
    # In a patch's <form>, browsers deviate from the standard, turbohtml does not.
    omits_inside = omits_tags and node.name != "form"
    content = markup(node.children, omits_tags=omits_inside, inside=node.name)
    ends = node.name not in VOID and not (omits_tags and node.name in END_TAG_OMITTED)
    return f"{start}{content}</{node.name}>" if ends else start + content
