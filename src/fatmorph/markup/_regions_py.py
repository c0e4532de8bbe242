"""The regions of a tree that contain all differences to another one, in the reference engine.

The rules hold for two trees of the same shape: with the same tags, ids and other attributes that
decide how a page is parsed and morphed, so that only texts and plain attributes differ.
"""

# The private fields of an element, because properties would cost time.
# ruff: noqa: SLF001

from __future__ import annotations

from typing import Any

__all__ = ("changed_regions",)

SHAPING = frozenset({"id", "name", "type"})
SHAPING_ENDINGS = ("scope-children", "ignore-morph", "preserve-attr")
SPACES = " \t\n\f\r"
IMPASSABLE = frozenset({"head", "script", "template", "#comment"})


class _Pair:
    """An element, its partner, and the next pair of their children.

    Args:
        old: The element.
        new: Its partner.
        mark: How many regions were found before it.
    """

    __slots__ = ("children", "mark", "new", "old")

    def __init__(self, old: Any, new: Any, mark: int) -> None:
        self.old = old
        self.new = new
        self.mark = mark
        self.children = zip(old._children, new._children, strict=True)


# Any: elements, whose module imports this one.
def changed_regions(old: Any, new: Any) -> list[Any] | None:
    """Return the nearest elements with an id around all differences, if the shapes are the same.

    Those inside of another one are left out.

    Args:
        old: An element.
        new: The element that takes its place.

    Returns:
        The elements of the new tree, in document order; None if the shapes differ, or if a
        difference is outside of all of them or in the head, in a script, a template, a comment,
        trusted HTML, SVG, MathML, or an element that a morph ignores.
    """
    found: list[Any] = []
    path: list[_Pair] = []
    sent = 0  # the depth of the outermost region that is found
    if old is not new and not _enter(path, old, new, len(found)):
        return None
    is_different = bool(path) and old._attributes != new._attributes
    while path:
        if is_different and not sent:
            sent = _region_depth(path)
            if not sent:
                return None
            region = path[sent - 1]
            found[region.mark :] = [region.new]
        is_different = False
        for one, other in path[-1].children:
            if one is other:
                continue
            if isinstance(one, str) or isinstance(other, str):
                if type(one) is not type(other):
                    return None
                is_different = one != other
                if is_different and (type(one) is not str or not one.strip(SPACES)):
                    return None  # in a table, a visible text moves out of it
            elif _enter(path, one, other, len(found)):
                is_different = one._attributes != other._attributes
            else:
                return None
            break
        else:
            sent = 0 if sent == len(path) else sent
            path.pop()
    return found


def _enter(path: list[_Pair], old: Any, new: Any, mark: int) -> bool:
    """Add a pair to the path; return False if the shapes differ."""
    if old._tag != new._tag or len(old._children) != len(new._children):
        return False
    if old._attributes != new._attributes and _shaping(old) != _shaping(new):
        return False
    path.append(_Pair(old, new, mark))
    return True


def _shaping(element: Any) -> list[tuple[str, Any]]:
    """Return the attributes that decide how a page is parsed or morphed."""
    return [each for each in element._attributes.items() if _is_shaping(each[0])]


def _is_shaping(name: str) -> bool:
    lower = name.lower()
    return lower in SHAPING or lower.endswith(SHAPING_ENDINGS) or not name.isascii()


def _region_depth(path: list[_Pair]) -> int:
    """Return the depth of the nearest region, or 0 if these rules cannot be used here."""
    if not all(_is_passable(pair.old) and _is_passable(pair.new) for pair in path):
        return 0
    regions = (depth for depth in range(len(path), 0, -1) if _is_region(path[depth - 1].new))
    return next(regions, 0)


def _is_passable(element: Any) -> bool:
    tag = element._tag
    return (
        tag._namespace == "html"
        and tag._name not in IMPASSABLE
        and "data-ignore-morph" not in element._attributes
    )


def _is_region(element: Any) -> bool:
    return bool(element.id) and element._tag._name not in ("html", "body")
