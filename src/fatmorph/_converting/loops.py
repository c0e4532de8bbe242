"""Repeated siblings as loops: one element with variables, and a row of values for each sibling.

Only siblings that have the same elements and attributes in the same places become a loop, at least
three of them, with nothing but ignored white space between them.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from keyword import iskeyword

from fatmorph._converting.attributes import read_attributes
from fatmorph._converting.layout import Code
from fatmorph._converting.program import IMPORTED
from fatmorph._converting.template_tags import TemplateTags
from fatmorph._converting.trees import Tree
from fatmorph._converting.values import value_code

__all__ = ("Loop", "with_loops")

MIN_SIBLINGS = 3
MAX_NODES = 60  # in one sibling: a longer one is easier to read without variables
MAX_VARIABLES = 8
NAMES = {"a": "links", "dd": "terms", "img": "images", "li": "items", "option": "options"}
PLAIN = frozenset(("html", "head", "body", "script", "style", "template", "iframe", "noscript"))


@dataclass(frozen=True)
class Loop:
    """A loop: the element with variables, the variables, and the table of their values."""

    element: Tree
    name: str
    target: str
    table: Code


def with_loops(root: Tree, tags: TemplateTags) -> dict[int, Loop]:
    """Replace repeated siblings by nodes `#loop`, and return their loops by the nodes' ids.

    Args:
        root: Changed in place.
        tags: The template tags of the page; elements with one are left alone.
    """
    shapes = _shapes(root)
    loops: dict[int, Loop] = {}
    pending = [root]
    while pending:
        node = pending.pop()
        children: list[Tree | str] = []
        for shape, group in groupby(node.children, lambda child: _shape_of(child, shapes)):
            siblings = list(group)
            trees = [child for child in siblings if isinstance(child, Tree)]
            loop = _loop(trees, tags) if shape and len(trees) >= MIN_SIBLINGS else None
            if loop is None:
                children += siblings
                pending += trees
            else:
                place = Tree("#loop")
                place.children = [loop.element]
                children.append(place)
                loops[id(place)] = loop
        node.children = children
    return loops


def _shape_of(child: Tree | str, shapes: dict[int, int]) -> int:
    return 0 if isinstance(child, str) else shapes[id(child)]


def _shapes(root: Tree) -> dict[int, int]:
    """Return a number for each node that is the same for nodes of the same shape."""
    nodes = _nodes(root)
    shapes: dict[int, int] = {}
    known: dict[object, int] = {}
    for node in reversed(nodes):
        parts = tuple(_shape_of(child, shapes) for child in node.children)
        shape = (node.namespace, node.tag, tuple(sorted(node.attributes)), parts)
        shapes[id(node)] = known.setdefault(shape, len(known) + 1)
    return shapes


def _nodes(root: Tree) -> list[Tree]:
    """Return the nodes of a tree, each before all that are in it, in one order for one shape."""
    nodes = [root]
    for node in nodes:
        nodes += (child for child in node.children if isinstance(child, Tree))
    return nodes


def _loop(siblings: Sequence[Tree], tags: TemplateTags) -> Loop | None:
    rows = [_nodes(sibling) for sibling in siblings]
    if len(rows[0]) > MAX_NODES or not all(_is_plain(node, tags) for row in rows for node in row):
        return None
    copies = {id(node): Tree(node.tag, node.namespace, dict(node.attributes)) for node in rows[0]}
    columns: dict[tuple[str, ...], str] = {}
    for nodes in zip(*rows, strict=True):
        first = nodes[0]
        copy = copies[id(first)]
        for name in first.attributes:
            values = tuple(node.attributes[name] for node in nodes)
            copy.attributes[name] = _cell(values, name, columns)
        for index, child in enumerate(first.children):
            if isinstance(child, str):
                copy.children.append(
                    _cell(tuple(str(node.children[index]) for node in nodes), "text", columns)
                )
            else:
                copy.children.append(copies[id(child)])
    if not 0 < len(columns) <= MAX_VARIABLES:
        return None
    name = NAMES.get(siblings[0].tag, "rows")
    return Loop(copies[id(siblings[0])], name, ", ".join(columns.values()), _table([*columns]))


def _is_plain(node: Tree, tags: TemplateTags) -> bool:
    if node.tag.startswith("#") or node.tag in PLAIN:
        return False
    attributes = read_attributes(node, tags, exact=True)
    texts = [child for child in node.children if isinstance(child, str)]
    is_written = attributes.is_written and not attributes.comments
    return is_written and not any(tags.comments(text) for text in texts)


def _cell(values: tuple[str, ...], name: str, columns: dict[tuple[str, ...], str]) -> str:
    """Return the value that all siblings have, or the mark of a variable for their values."""
    if len(set(values)) == 1:
        return values[0]
    if values not in columns:
        columns[values] = _variable(name, columns.values())
    return f"\ud800{columns[values]}\udfff"


def _variable(name: str, taken: Iterable[str]) -> str:
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)
    plain = plain.lower().strip("_") or "value"
    plain = f"value_{plain}" if plain[0].isdigit() else plain
    plain = f"{plain}_" if iskeyword(plain) or hasattr(builtins, plain) else plain
    variable, count = plain, 1
    used = {*IMPORTED, *taken}
    while variable in used:
        count += 1
        variable = f"{plain.rstrip('_')}_{count}"
    return variable


def _table(columns: Sequence[tuple[str, ...]]) -> Code:
    """Return the values of the variables, a row for each sibling."""
    return value_code(columns[0] if len(columns) == 1 else tuple(zip(*columns, strict=True)))
