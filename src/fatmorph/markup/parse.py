"""Parse HTML text into a tree, as a browser does.

The parser is turbohtml, compared with Chromium in docs/decisions/html-parser.md. The result has
the interface of an element: `tag`, `attributes`, `children`, `id`. Text is `str`, comments have
the tag `#comment`, and the root has the tag `#document` or `#document-fragment`.

Source: https://html.spec.whatwg.org/multipage/parsing.html
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from fatmorph.errors import MissingExtraError
from fatmorph.types import ElementNamespace

__all__ = (
    "MAX_DEPTH",
    "ParsedElement",
    "is_document",
    "parse_document",
    "parse_fragment",
    "parse_template",
)

# Deeper elements become siblings of their parents: kMaximumHTMLParserDOMTreeDepth, 512 in Blink,
# https://source.chromium.org/chromium/chromium/src/+/main:third_party/blink/renderer/core/html/parser/html_construction_site.cc
MAX_DEPTH = 512

NAMESPACES: dict[str, ElementNamespace] = {"html": "html", "svg": "svg", "math": "mathml"}
# Atomic, because otherwise a text that begins with many comments takes exponential time.
BEGINS_A_DOCUMENT = re.compile(
    r"(?>\s+|<!--.*?-->)*+<(?:!doctype|html)[\s/>]", re.DOTALL | re.IGNORECASE
)


class ParsedElement:
    """A parsed element, or another node with children.

    Args:
        tag: Lower case in HTML; `#comment` for a comment, whose only child is its text.
        namespace: The element's namespace.
        attributes: Names, as the parser adjusted them, and decoded values.
    """

    __slots__ = ("attributes", "children", "content", "namespace", "tag")

    def __init__(
        self,
        tag: str,
        namespace: ElementNamespace = "html",
        attributes: dict[str, str] | None = None,
    ) -> None:
        self.tag: str = tag
        self.namespace: ElementNamespace = namespace
        self.attributes: dict[str, str] = attributes or {}
        self.children: list[ParsedElement | str] = []
        self.content: ParsedElement | None = None
        """The content of a `<template>`, which is not among the children, as in the DOM."""

    @property
    def id(self) -> str | None:
        """The id, if there is one; it may be empty."""
        return self.attributes.get("id")

    def __repr__(self) -> str:
        return f"<{self.tag}>" if self.id is None else f"<{self.tag}#{self.id}>"


def is_document(text: str) -> bool:
    """Return whether text begins like a whole page, with a doctype or `<html>`.

    Example:
        >>> is_document("<!doctype html><html></html>"), is_document("<p>Hello</p>")
        (True, False)
    """
    return BEGINS_A_DOCUMENT.match(text) is not None


def parse_document(text: str, *, scripting: bool = True) -> ParsedElement:
    """Return the document that a browser builds from a whole page, or from any text.

    Args:
        text: The page.
        scripting: Whether scripting is on, so that `<noscript>` contains text: it is on when a
            browser loads a page, and off in `DOMParser`.

    Raises:
        MissingExtraError: turbohtml is not installed.

    Example:
        >>> document = parse_document("<title>Hello</title>")
        >>> [child.tag for child in document.children]
        ['html']
    """
    document = _turbohtml().parse(
        text, scripting=scripting, allow_declarative_shadow_roots=False, positions=False
    )
    return _converted(document, "#document")


def parse_fragment(text: str, *, context: str = "body", scripting: bool = True) -> ParsedElement:
    """Return the tree that a browser builds from the content of `<body>`.

    Args:
        text: Any HTML.
        context: Another element than `body`.
        scripting: Whether scripting is on, so that `<noscript>` contains text.

    Raises:
        MissingExtraError: turbohtml is not installed.

    Example:
        >>> parse_fragment("<p>1<p>2").children
        [<p>, <p>]
    """
    element = _turbohtml().parse_fragment(text, context, scripting=scripting, positions=False)
    return _converted(element, "#document-fragment")


def parse_template(text: str) -> ParsedElement:
    """Return the tree of text in a `<template>`, where a `<tr>` needs no table.

    Args:
        text: Any HTML.

    Raises:
        MissingExtraError: turbohtml is not installed.

    Example:
        >>> parse_template("<tr><td>1<td>2").children
        [<tr>]
    """
    # Like the client: without a doctype, so in quirks mode.
    document = _turbohtml().parse(
        f"<body><template>{text}</template></body>",
        allow_declarative_shadow_roots=False,
        positions=False,
    )
    return _converted(document.find("template").children[0], "#document-fragment")


def _turbohtml() -> Any:  # Any: an optional module
    try:
        return import_module("turbohtml")
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "cannot parse HTML without turbohtml",
            where="parse_document(…)",
            why="browsers' rules for reading HTML are many, and only tests and checks need them",
            fix='pip install "fatmorph[testing]"',
        ) from error


def _converted(root: Any, tag: str) -> ParsedElement:  # Any: nodes of an optional module
    turbohtml = _turbohtml()
    tree = ParsedElement(tag)
    pending: list[tuple[Any, ParsedElement]] = [(root, tree)]
    while pending:
        source, parent = pending.pop()
        for node in source.children:
            if isinstance(node, turbohtml.Element):
                attributes = {name: node.attr(name) for name in node.attrs}
                element = ParsedElement(node.tag, NAMESPACES[node.namespace.value], attributes)
                parent.children.append(element)
                if element.tag == "template" and element.namespace == "html":
                    (content,) = node.children
                    element.content = ParsedElement("#document-fragment")
                    pending.append((content, element.content))
                else:
                    pending.append((node, element))
            elif isinstance(node, turbohtml.Text | turbohtml.CData):
                parent.children.append(node.data)
            elif not isinstance(node, turbohtml.Doctype):
                parent.children.append(_comment(node))
    return tree


def _comment(node: Any) -> ParsedElement:  # Any: a node of an optional module
    """Return a comment; the latest browsers build a separate kind of node from `<?xml … ?>`."""
    target = getattr(node, "target", None)
    comment = ParsedElement("#comment")
    comment.children.append(node.data if target is None else f"?{target} {node.data}?")
    return comment
