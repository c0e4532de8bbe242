"""The walk through two pages that finds where they differ.

Equal subtrees are skipped, whether they are the same objects or not. Two elements are a pair if
they have the same name and id, and their parents are a pair; the walk goes on only where every
child has a partner. docs/explanation/thin-patches.md proves that the browser then pairs them, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from fatmorph.markup._element import BuiltChild, Element
from fatmorph.morph.checks._nesting import FOREIGN
from fatmorph.morph.difference._content import TOP, Context, inside, is_ignored
from fatmorph.morph.difference._units import Ignored, Insertion, ListChange, Region, Unit

__all__ = ("changed_units",)

NOT_REGIONS = frozenset({"html", "head", "body", "#comment", "template", "script"})
# The parts of a table that the parser gives a parent that is not written.
IMPLICIT = {
    "table": frozenset({"tr", "td", "th", "col"}),
    **dict.fromkeys(("tbody", "tfoot", "thead"), frozenset({"td", "th"})),
}
# More insertions than this, and than a quarter of the list, are sent as a whole list: each is an
# event of its own.
MAX_INSERTIONS = 8


def changed_units(before: Element, after: Element) -> list[Unit]:
    """Return the parts of a page that have changed, in document order.

    A part may be covered by another one. The first is the whole page, changed or not.

    Args:
        before: The page's `<html>`.
        after: That of the next page.
    """
    page = Region(before, after, None, TOP)
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
            if change is None:
                region.is_sent = True
                continue
            units.append(change[0])
            pairs = change[1]
        below = inside(new, context)
        for one, other in reversed(pairs):
            own = region
            if _can_be_region(one, other, below):
                own = Region(one, other, region, below)
            walk.append((one, other, own, below))
    return units


def _pairs(
    old: Sequence[BuiltChild], new: Sequence[BuiltChild]
) -> list[tuple[Element, Element]] | None:
    """Return the pairs of children that differ; None if one has no partner."""
    if len(old) != len(new):
        return None
    pairs: list[tuple[Element, Element]] = []
    for one, other in zip(old, new, strict=True):
        if one is other or (type(one) is type(other) and one == other):
            continue
        if isinstance(one, str) or isinstance(other, str) or not _are_partners(one, other):
            return None
        if one != other:  # one may be frozen, and then has another type
            pairs.append((one, other))
    return pairs


def _are_partners(one: Element, other: Element) -> bool:
    return (one.tag, one.namespace, one.id) == (other.tag, other.namespace, other.id)


def _can_be_region(old: Element, new: Element, context: Context) -> bool:
    """Return whether an element can be found by its id, and parsed by itself."""
    tag = new.tag
    if not new.id or tag in NOT_REGIONS or context.parent == "head":
        return False
    if context.flags & FOREIGN:
        return new.namespace == old.namespace == "svg" and tag != "svg"
    return new.namespace == "html" or tag in ("svg", "math")


def _list_change(
    old: Element, new: Element, region: Region, context: Context
) -> tuple[ListChange, list[tuple[Element, Element]]] | None:
    """Return what was removed and inserted, and the pairs that differ; None if anything moved.

    All children are elements with ids, so that none of them can be taken for another one.
    """
    if context.parent in ("html", "head", "select", "datalist") or context.flags & FOREIGN:
        return None
    olds, news = _by_id(old.children), _by_id(new.children)
    if olds is None or news is None:
        return None
    kept = [each for each in old.children if isinstance(each, Element) and each.id in news]
    stays = [each for each in new.children if isinstance(each, Element) and each.id in olds]
    if len(kept) != len(stays) or not all(map(_are_partners, kept, stays)):
        return None
    implicit = IMPLICIT.get(context.parent, frozenset())
    if any(each.tag in implicit for each in (*olds.values(), *news.values())):
        return None
    removed = [each for name, each in olds.items() if name not in news]
    inserted = _insertions(list(news.values()), olds)
    is_long = len(inserted) > max(MAX_INSERTIONS, len(news) // 4)
    if is_long or (inserted and not stays and not new.id):
        return None
    pairs = [(one, other) for one, other in zip(kept, stays, strict=True) if one != other]
    return ListChange(new, removed, inserted, region, context), pairs


def _by_id(children: Sequence[BuiltChild]) -> dict[str, Element] | None:
    """Return elements by their ids; None if anything else is among them."""
    found: dict[str, Element] = {}
    for child in children:
        if isinstance(child, str) or not child.id or child.id in found:
            return None
        found[child.id] = child
    return found


def _insertions(news: list[Element], olds: dict[str, Element]) -> list[Insertion]:
    """Return the new elements of a list, each with a neighbour that is there by then."""
    insertions: list[Insertion] = []
    following: list[Element | None] = []
    anchor: Element | None = None
    for element in reversed(news):
        following.append(anchor)
        if element.id in olds:
            anchor = element
    previous: Element | None = None
    for element, next_kept in zip(news, reversed(following), strict=True):
        if element.id not in olds:
            after = previous if next_kept is None else None
            insertions.append(Insertion(element, next_kept, after))
        previous = element
    return insertions
