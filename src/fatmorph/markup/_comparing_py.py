"""Equality and hashes of whole trees in the reference engine."""

# The private fields of an element, because properties would cost time.
# ruff: noqa: SLF001

from __future__ import annotations

from typing import Any

__all__ = ("same_tree", "tree_hash")


# Any: text and elements; the elements' module imports this one.
def same_tree(one: Any, other: Any) -> bool:
    """Return whether two trees, of any depth, have equal names, attributes and children."""
    # A list instead of recursion: pages may be deeper than the interpreter's stack.
    pending = [(one, other)]
    while pending:
        mine, theirs = pending.pop()
        if mine is theirs:
            continue
        if isinstance(mine, str) or isinstance(theirs, str):
            if type(mine) is not type(theirs) or mine != theirs:
                return False
            continue
        if (
            mine._tag != theirs._tag
            or mine._attributes != theirs._attributes
            or len(mine._children) != len(theirs._children)
        ):
            return False
        pending.extend(zip(mine._children, theirs._children, strict=True))
    return True


def tree_hash(root: Any) -> int:
    """Return a hash that equal trees share."""
    tokens: list[object] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            tokens.append(node)
        else:
            attributes = frozenset(node._attributes.items())
            tokens += (node._tag, attributes, len(node._children))
            pending.extend(node._children)
    return hash(tuple(tokens))
