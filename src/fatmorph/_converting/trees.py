"""The tree of a page, in the form that is converted and compared.

It is the tree that a browser with scripting builds, with three differences: the content of a
`<template>` is among its children, a `<noscript>` has elements instead of text, and a template tag
is a node `#tag`, or `#value` if it writes something, whose only child is its number.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from fatmorph._converting.template_tags import TemplateTags
from fatmorph.markup.parse import (
    ParsedElement,
    is_document,
    parse_document,
    parse_fragment,
    parse_template,
)

__all__ = ("Kind", "Tree", "kind_of", "read_tree", "without_tags")

Tree: TypeAlias = ParsedElement
Kind: TypeAlias = Literal["document", "fragment", "parts of a table"]

# Atomic, because otherwise a page that begins with many comments takes exponential time.
BLANKS_AND_COMMENTS = r"(?>\s+|<!--.*?-->)*+"
BEGINS_A_PAGE = re.compile(
    rf"{BLANKS_AND_COMMENTS}(?:<\?[^>]*>)?{BLANKS_AND_COMMENTS}<(?:!doctype|html|head|body)[\s/>]",
    re.DOTALL | re.IGNORECASE,
)
BEGINS_IN_A_TABLE = re.compile(
    rf"{BLANKS_AND_COMMENTS}<(?:caption|col|colgroup|tbody|td|tfoot|th|thead|tr)[\s/>]",
    re.DOTALL | re.IGNORECASE,
)


def kind_of(text: str) -> Kind:
    """Return how a text is parsed.

    Example:
        >>> kind_of("<head><title>a</title>"), kind_of("<p>a"), kind_of("<tr><td>a")
        ('document', 'fragment', 'parts of a table')
    """
    if is_document(text) or BEGINS_A_PAGE.match(text):
        return "document"
    return "parts of a table" if BEGINS_IN_A_TABLE.match(text) else "fragment"


def read_tree(text: str, kind: Kind, tags: TemplateTags | None = None) -> Tree:
    """Return the tree of a page.

    Args:
        text: The page, with marks if `tags` are given.
        kind: From `kind_of()`.
        tags: The template tags that the marks stand for.

    Raises:
        MissingExtraError: turbohtml is not installed.
    """
    if kind == "document":
        root = parse_document(text)
    else:
        root = parse_fragment(text) if kind == "fragment" else parse_template(text)
    pending = [root]
    while pending:
        node = pending.pop()
        if node.content is not None:
            node.children, node.content = node.content.children, None
        elif node.tag == "noscript" and node.namespace == "html":
            text = "".join(child for child in node.children if isinstance(child, str))
            node.children = parse_fragment(text, scripting=False).children
        elif tags is not None and node.tag == "#comment":
            _read_tag(node, tags)
        pending += (child for child in node.children if not isinstance(child, str))
    return root


def without_tags(root: Tree, tags: TemplateTags) -> Tree:
    """Return a copy of a tree without the nodes of template tags, and with the tags in texts."""
    copied = _restored(root, tags)
    pending = [(root, copied)]
    while pending:
        source, target = pending.pop()
        for child in source.children:
            if isinstance(child, str):
                _add_text(target, tags.restored(child))
            elif child.tag not in ("#tag", "#value"):
                inner = _restored(child, tags)
                target.children.append(inner)
                pending.append((child, inner))
    return copied


def _restored(node: Tree, tags: TemplateTags) -> Tree:
    """Return a node without children, and without the marks in its attributes."""
    attributes = {
        tags.restored(name): tags.restored(value)
        for name, value in node.attributes.items()
        if tags.number(name) is None
    }
    return Tree(node.tag, node.namespace, attributes)


def _add_text(target: Tree, text: str) -> None:
    if target.children and isinstance(target.children[-1], str):
        target.children[-1] += text
    else:
        target.children.append(text)


def _read_tag(node: Tree, tags: TemplateTags) -> None:
    number = tags.number(str(node.children[0])) if node.children else None
    if number is not None:
        node.tag = "#value" if tags.tags[number][0].startswith("{{") else "#tag"
        node.children = [str(number)]
