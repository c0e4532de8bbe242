"""Parse HTML text into a tree, as a browser does.

The parser is justhtml, which passes the standard's own tests. What comes out has the surface of
an element: `tag`, `attributes`, `children`, `id`; text is `str`, comments are elements of the tag
`#comment`, and the whole is one of the tag `#document` or `#document-fragment`.

Source: https://html.spec.whatwg.org/multipage/parsing.html
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from fatmorph.errors import MissingExtraError
from fatmorph.types import ElementNamespace

__all__ = (
    "ParsedElement",
    "is_document",
    "parse_document",
    "parse_fragment",
    "parse_template",
)

NAMESPACES: dict[str | None, ElementNamespace] = {"svg": "svg", "math": "mathml"}
BEGINS_A_DOCUMENT = re.compile(
    r"(?:\s|<!--.*?-->)*<(?:!doctype|html)[\s/>]", re.DOTALL | re.IGNORECASE
)
FIRST_TAG = re.compile(r"(?:\s|<!--.*?-->)*<([a-z]+)", re.DOTALL | re.IGNORECASE)
# What the first tag in a template says about where the rest stands.
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-intemplate
TEMPLATE_CONTEXTS = dict.fromkeys(
    ("caption", "colgroup", "tbody", "tfoot", "thead"), ("table",)
) | {
    "col": ("table", "colgroup"),
    "tr": ("table", "tbody"),
    "td": ("table", "tbody", "tr"),
    "th": ("table", "tbody", "tr"),
}


class ParsedElement:
    """An element, or another node with children, as the parser made it.

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
        self.tag = tag
        self.namespace: ElementNamespace = namespace
        self.attributes = attributes or {}
        self.children: list[ParsedElement | str] = []
        self.content: ParsedElement | None = None
        """What a `<template>` holds: it is in no document, so it is not among the children."""

    @property
    def id(self) -> str | None:
        """The id, if there is one; perhaps empty."""
        return self.attributes.get("id")

    def __repr__(self) -> str:
        return f"<{self.tag}>" if self.id is None else f"<{self.tag}#{self.id}>"


def is_document(text: str) -> bool:
    """Return whether text begins as a whole page does, with a doctype or `<html>`.

    Example:
        >>> is_document("<!doctype html><html></html>"), is_document("<p>Hello</p>")
        (True, False)
    """
    return BEGINS_A_DOCUMENT.match(text) is not None


def parse_document(text: str, *, scripting: bool = True) -> ParsedElement:
    """Return the document that a browser makes of a whole page; any text makes one.

    Args:
        text: The page.
        scripting: Whether scripts run where it is parsed: then `<noscript>` holds text. A
            browser that loads a page says yes, `DOMParser` no.

    Raises:
        MissingExtraError: justhtml is not installed.

    Example:
        >>> document = parse_document("<title>Hello</title>")
        >>> [child.tag for child in document.children]
        ['html']
    """
    parser = _justhtml()
    return _converted(parser.JustHTML(text, sanitize=False, scripting_enabled=scripting).root)


def parse_fragment(text: str) -> ParsedElement:
    """Return what a browser makes of text that becomes the content of `<body>`.

    Args:
        text: Any HTML.

    Raises:
        MissingExtraError: justhtml is not installed.

    Example:
        >>> parse_fragment("<p>1<p>2").children
        [<p>, <p>]
    """
    return _parsed_inside("body", text, scripting=True)


def parse_template(text: str) -> ParsedElement:
    """Return what a browser makes of text in a `<template>`: there a `<tr>` needs no table.

    Args:
        text: Any HTML.

    Raises:
        MissingExtraError: justhtml is not installed.

    Example:
        >>> parse_template("<tr><td>1<td>2").children
        [<tr>]
    """
    # justhtml 3.16 loses the cells behind a nested table where that stands in a <template>, or
    # in a fragment of a table. So it is given the elements that the first tag asks for.
    first = FIRST_TAG.match(text)
    outside = TEMPLATE_CONTEXTS.get(first[1].lower() if first else "", ())
    content = _parsed_inside("body", "".join(f"<{tag}>" for tag in outside) + text, scripting=False)
    strays: list[ParsedElement | str] = []  # what the parser moves in front of a table
    for _ in outside:
        *before, last = content.children
        strays += before
        content = last if isinstance(last, ParsedElement) else content
    whole = ParsedElement("#document-fragment")
    whole.children = [*content.children, *strays]
    return whole


def _parsed_inside(tag: str, text: str, *, scripting: bool) -> ParsedElement:
    parser = _justhtml()
    context = parser.parser.context.FragmentContext(tag)
    options = {"scripting_enabled": scripting, "fragment_context": context}
    return _converted(parser.JustHTML(text, sanitize=False, **options).root)


def _justhtml() -> Any:  # Any: an optional module
    try:
        import_module("justhtml.parser.context")
        return import_module("justhtml")
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "cannot parse HTML without justhtml",
            where="parse_document(…)",
            why="browsers' rules for reading HTML are many, and only tests and checks need them",
            fix='pip install "fatmorph[testing]"',
        ) from error


def _converted(root: Any) -> ParsedElement:  # Any: nodes of an optional module
    tree = ParsedElement(root.name)
    pending: list[tuple[Any, ParsedElement]] = [(root, tree)]
    while pending:
        source, parent = pending.pop()
        for node in source.children:
            if node.name == "#text":
                parent.children.append(node.data or "")
            elif node.name == "#comment":
                comment = ParsedElement("#comment")
                comment.children.append(node.data or "")
                parent.children.append(comment)
            elif node.name != "!doctype":
                namespace = NAMESPACES.get(node.namespace, "html")
                attributes = {name: value or "" for name, value in node.attrs.items()}
                element = ParsedElement(node.name, namespace, attributes)
                parent.children.append(element)
                pending.append((node, element))
                if node.template_content is not None:
                    element.content = ParsedElement("#document-fragment")
                    pending.append((node.template_content, element.content))
    return tree
