"""The first difference between two trees, with its place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from fatmorph._converting.trees import Tree
from fatmorph.errors import short_repr
from fatmorph.markup._css import is_one_value, is_property_name

__all__ = ("Difference", "declarations", "first_difference", "node_count")

MAX_STEPS = 12  # elements in the path to a difference


@dataclass(frozen=True)
class Difference:
    """A place where two pages differ: the path, and both sides."""

    path: str
    expected: str
    found: str


def first_difference(expected: Tree, found: Tree, *, exact: bool) -> Difference | None:
    """Return the first difference of two trees, None if they are equal.

    Args:
        expected: The tree of the page.
        found: The tree of the code.
        exact: Whether styles differ if only the blanks in them do.
    """
    pending: list[tuple[str, Tree, Tree]] = [("", expected, found)]
    while pending:
        path, left, right = pending.pop()
        inner: list[tuple[str, Tree, Tree]] = []
        counts: dict[str, int] = {}
        for one, other in zip_longest(left.children, right.children):
            if isinstance(one, Tree) and isinstance(other, Tree) and _is_same(one, other, exact):
                counts[one.tag] = counts.get(one.tag, 0) + 1
                inner.append((f"{path} > {one.tag}[{counts[one.tag]}]", one, other))
            elif isinstance(one, Tree) or isinstance(other, Tree) or one != other:
                return Difference(_place(path), _shown(one), _shown(other))
        pending += reversed(inner)
    return None


def node_count(root: Tree) -> int:
    """Return how many elements, texts and comments are in a tree.

    Example:
        >>> from fatmorph._converting.trees import read_tree
        >>> node_count(read_tree("<p>a <b>b</b></p>", "fragment"))
        4
    """
    count = 0
    pending = [root]
    while pending:
        node = pending.pop()
        count += len(node.children)
        pending += (c for c in node.children if isinstance(c, Tree) and not c.tag.startswith("#"))
    return count


def declarations(style: str) -> dict[str, str] | None:
    """Return the declarations of a plain style, None for one that must stay as it is written.

    Example:
        >>> declarations("color: red; margin:0 auto;"), declarations("color: red; color: blue")
        ({'color': 'red', 'margin': '0 auto'}, None)
    """
    found: dict[str, str] = {}
    if not is_one_value(style.replace(";", " ")):
        return None
    for declaration in filter(str.strip, style.split(";")):
        name, colon, value = (part.strip() for part in declaration.partition(":"))
        is_plain = bool(colon and value) and is_property_name(name) and is_one_value(value)
        if not is_plain or name in found:
            return None
        found[name] = value
    return found or None


def _is_same(one: Tree, other: Tree, exact: bool) -> bool:  # noqa: FBT001 - as its caller has it
    if (one.tag, one.namespace) != (other.tag, other.namespace):
        return False
    return _attributes(one, exact=exact) == _attributes(other, exact=exact)


def _attributes(node: Tree, *, exact: bool) -> dict[str, object]:
    attributes: dict[str, object] = dict(node.attributes)
    if "nonce" in attributes:  # fatmorph adds it to the other, see docs/decisions/nonces.md
        kept = [n for n in node.attributes.get("data-preserve-attr", "").split() if n != "nonce"]
        attributes["data-preserve-attr"] = " ".join(kept)
    style = node.attributes.get("style")
    if style is not None and not exact:
        attributes["style"] = declarations(style) or style
    return attributes


def _place(path: str) -> str:
    """Return a path with its last steps, because pages may be hundreds of elements deep."""
    steps = path.split(" > ")[1:]
    return " > ".join(["…", *steps[-MAX_STEPS:]] if len(steps) > MAX_STEPS else steps) or "page"


def _shown(node: Tree | str | None) -> str:
    if node is None:
        return "nothing"
    if isinstance(node, str):
        return short_repr(node)
    if node.tag.startswith("#"):
        return f"<!--{node.children[0] if node.children else ''}-->"[:80]
    written = "".join(f' {name}="{value}"' for name, value in node.attributes.items())
    return f"<{node.tag}{written}>"[:80]
