"""The walk through two pages that finds where they differ.

Equal subtrees are skipped, whether they are the same objects or not. Two elements are a pair if
they have the same name and id, and their parents are a pair; the walk goes on only where every
child has a partner. docs/explanation/thin-patches.md proves that the browser then pairs them, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress, count
from operator import is_not

from fatmorph.markup._element import BuiltChild, Element
from fatmorph.morph.checks._nesting import FOREIGN
from fatmorph.morph.difference._content import TOP, Context, inside, is_ignored, stays_in
from fatmorph.morph.difference._units import Ignored, Insertion, ListChange, Region, Unit

__all__ = ("can_be_region", "changed_units", "partners")

NOT_REGIONS = frozenset({"html", "head", "body", "#comment", "template", "script"})
# The parts of a table that the parser gives a parent that is not written.
IMPLICIT = {
    "table": frozenset({"tr", "td", "th", "col"}),
    **dict.fromkeys(("tbody", "tfoot", "thead"), frozenset({"td", "th"})),
}
# More insertions than this, and than a quarter of the list, are sent as a whole list: each is an
# event of its own.
MAX_INSERTIONS = 8


def changed_units(before: Element, after: Element, *, has_pinned: bool = True) -> list[Unit]:
    """Return the parts of a page that have changed, in document order.

    A part may be covered by another one. The first is the whole page, changed or not.

    Args:
        before: The page's `<html>`.
        after: That of the next page.
        has_pinned: Whether the body of the first page may contain what a fragment must not.
    """
    page = Region(before, after, None, TOP, has_pinned=has_pinned)
    units: list[Unit] = [page]
    walk: list[tuple[Element, Element, Region, Context]] = [(before, after, page, TOP)]
    while walk:
        old, new, region, context = walk.pop()
        if region.is_sent or region.is_covered:
            continue
        if is_ignored(old, new):
            units.append(Ignored(new, region, context))
            continue
        if region.old is old and region is not page:
            units.append(region)
        if old.attributes != new.attributes or old.tag in ("template", "#comment"):
            region.is_sent = True
            continue
        pairs = _pairs(old.children, new.children)
        if pairs is None:
            change = _list_change(old, new, region, inside(new, context))
            # The content of the new elements is looked at later, without their parent.
            if change is None or not all(
                stays_in(each.element, new, context) for each in change[0].inserted
            ):
                region.is_sent = True
                continue
            units.append(change[0])
            pairs = change[1]
        below = inside(new, context)
        for one, other in reversed(pairs):
            own = region
            if other.id and can_be_region(one, other, below):
                own = Region(one, other, region, below, has_pinned=has_pinned)
            walk.append((one, other, own, below))
    return units


def partners(old: Element, new: Element) -> list[tuple[Element, Element]] | None:
    """Return the pairs of children that differ, if the difference is only in them.

    Args:
        old: An element.
        new: Its partner in the next page.
    """
    if old.attributes != new.attributes:
        return None
    return _pairs(old.children, new.children)


def can_be_region(old: Element, new: Element, context: Context) -> bool:
    """Return whether an element with an id is one that is morphed by itself.

    Args:
        old: The element.
        new: Its partner in the next page.
        context: Where it is.
    """
    tag = new.tag
    if tag in NOT_REGIONS or context.parent == "head":
        return False
    if context.flags & FOREIGN:
        return new.namespace == old.namespace == "svg" and tag != "svg"
    return new.namespace == "html" or tag in ("svg", "math")


def _pairs(
    old: Sequence[BuiltChild], new: Sequence[BuiltChild]
) -> list[tuple[Element, Element]] | None:
    """Return the pairs of children that differ; None if one has no partner."""
    if len(old) != len(new):
        return None
    pairs: list[tuple[Element, Element]] = []
    # hot: thousands of memoised rows are compared without a call of Python.
    for one, other in compress(zip(old, new, strict=True), map(is_not, old, new)):
        if isinstance(one, str) or isinstance(other, str):
            if type(one) is not type(other) or one != other:
                return None
        elif one != other:
            if not _are_partners(one, other):
                return None
            pairs.append((one, other))
    return pairs


def _differ(one: BuiltChild, other: BuiltChild) -> bool:
    # Trusted HTML may be equal to a text that is escaped.
    is_text = isinstance(one, str) or isinstance(other, str)
    return (is_text and type(one) is not type(other)) or one != other


def _are_partners(one: Element, other: Element) -> bool:
    return (one.tag, one.namespace, one.id) == (other.tag, other.namespace, other.id)


def _list_change(
    old: Element, new: Element, region: Region, context: Context
) -> tuple[ListChange, list[tuple[Element, Element]]] | None:
    """Return what was removed and inserted, and the pairs that differ; None if anything moved.

    Between the equal children before and after the change, all are elements with ids, so that none
    of them can be taken for another one.
    """
    if context.parent in ("html", "head", "select", "datalist") or context.flags & FOREIGN:
        return None
    before, after = _equal_ends(old.children, new.children)
    olds = _by_id(old.children[before : len(old.children) - after])
    news = _by_id(new.children[before : len(new.children) - after])
    if olds is None or news is None:
        return None
    neighbours = (
        new.children[before - 1] if before else None,
        new.children[len(new.children) - after] if after else None,
    )
    kept = [each for name, each in olds.items() if name in news]
    stays = [each for name, each in news.items() if name in olds]
    if not all(map(_are_partners, kept, stays)) or _is_reparented(
        context.parent, (*olds.values(), *news.values(), *neighbours)
    ):
        return None
    inserted = _insertions(list(news.values()), olds, *neighbours)
    is_long = len(inserted or ()) > max(MAX_INSERTIONS, len(new.children) // 4)
    joins_texts = not news and all(isinstance(each, str) for each in neighbours)
    if inserted is None or is_long or joins_texts:
        return None
    if inserted and not stays and neighbours == (None, None) and not new.id:
        return None
    removed = [each for name, each in olds.items() if name not in news]
    pairs = [(one, other) for one, other in zip(kept, stays, strict=True) if one != other]
    return ListChange(new, removed, inserted, region, context), pairs


def _equal_ends(old: Sequence[BuiltChild], new: Sequence[BuiltChild]) -> tuple[int, int]:
    """Return how many children are equal at the beginning, and after them at the end."""
    shorter = min(len(old), len(new))
    # hot: thousands of memoised rows are compared without a call of Python.
    others = compress(count(), map(is_not, old, new))
    before = next((at for at in others if _differ(old[at], new[at])), shorter)
    others = compress(count(1), map(is_not, reversed(old), reversed(new)))
    after = next((at - 1 for at in others if _differ(old[-at], new[-at])), shorter)
    return before, min(after, shorter - before)


def _is_reparented(parent: str, children: Iterable[BuiltChild | None]) -> bool:
    """Return whether the parser gives one of some children a parent that is not written."""
    implicit = IMPLICIT.get(parent)
    return implicit is not None and any(
        isinstance(each, Element) and each.tag in implicit for each in children
    )


def _by_id(children: Sequence[BuiltChild]) -> dict[str, Element] | None:
    """Return elements by their ids; None if anything else is among them."""
    found: dict[str, Element] = {}
    for child in children:
        if isinstance(child, str) or not child.id or child.id in found:
            return None
        found[child.id] = child
    return found


def _insertions(
    news: list[Element],
    olds: dict[str, Element],
    before: BuiltChild | None,
    after: BuiltChild | None,
) -> list[Insertion] | None:
    """Return the new elements, each with a neighbour that is there by then; None if it has none.

    Args:
        news: The elements, new and others.
        olds: The others, by their ids.
        before: The child before them.
        after: The child after them.
    """
    insertions: list[Insertion] = []
    following: list[BuiltChild | None] = []
    for element in reversed(news):
        following.append(after)
        if element.id in olds:
            after = element
    for element, next_kept in zip(news, reversed(following), strict=True):
        if element.id not in olds:
            neighbour = before if next_kept is None else next_kept
            if neighbour is not None and (isinstance(neighbour, str) or not neighbour.id):
                return None
            is_before = next_kept is not None
            insertions.append(
                Insertion(
                    element, neighbour if is_before else None, None if is_before else neighbour
                )
            )
        before = element
    return insertions
