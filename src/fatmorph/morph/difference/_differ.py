"""Patches that leave in the browser what the whole page would leave.

Each is right by construction: docs/explanation/thin-patches.md has the proof. Its conditions are
checked here: whatever fails them is sent with the region around it, up to the whole page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple, TypeGuard

from fatmorph.markup._element import Element, changed_regions, fragment
from fatmorph.markup._render import render_bytes
from fatmorph.morph.difference._comparison import changed_units
from fatmorph.morph.difference._content import TOP, content_of, inside
from fatmorph.morph.difference._patch import Patch
from fatmorph.morph.difference._units import Ignored, ListChange, Region, Unit
from fatmorph.types import HasHtml

__all__ = (
    "Difference",
    "ShownPage",
    "diff",
    "difference",
    "is_page",
    "is_small",
    "is_worth",
    "region_patches",
    "safe_regions",
    "shown_page",
    "unit_difference",
)

# Above this share of the page, the whole page costs hardly more, and mends what scripts changed.
MAX_SHARE = 0.5
# About: the lines of an event around its elements.
EVENT_BYTES = 60
PLAIN_ID = re.compile(r"-?[A-Za-z_][\w-]*", re.ASCII)
# https://drafts.csswg.org/cssom/#serialize-a-string
ESCAPED_IN_STRINGS = re.compile(r'["\\\x00-\x1f\x7f]')

# The elements that a parser reads next to each other, at the top of a fragment.
TABLE_PARTS = {
    **dict.fromkeys(("caption", "colgroup", "tbody", "tfoot", "thead"), "table"),
    "tr": "section",
    **dict.fromkeys(("td", "th"), "row"),
    "col": "colgroup",
}


class ShownPage(NamedTuple):
    """A page that a browser shows.

    Args:
        view: The page.
        ids: All of its ids; None if nothing can be proven about it.
        size: How many bytes it had when it was sent whole.
        has_pinned: Whether its body may contain what a fragment must not contain.
    """

    view: Element | HasHtml
    ids: frozenset[str] | None
    size: int
    has_pinned: bool = True


class Difference(NamedTuple):
    """The patches that lead from one page to another, and the page that is shown then.

    Args:
        patches: The patches; none if the pages are equal.
        shown: The second page.
        is_whole: Whether the only patch is the whole page.
    """

    patches: tuple[Patch, ...]
    shown: ShownPage
    is_whole: bool


def diff(before: Element | HasHtml, after: Element | HasHtml) -> tuple[Patch, ...]:
    """Return the smallest safe patches that turn one page into another.

    A browser that shows the first page shows the second one after them, with the same nodes kept,
    moved and created as if the whole page had been sent. Where that cannot be proven, or saves
    little, the only patch is the whole page. Anything but a whole page is sent as it is.

    Args:
        before: The page that the browser shows, from `<html>` on.
        after: The page to show.

    Returns:
        The patches in the order in which they are sent; empty if the pages are equal.

    Raises:
        ChildError: A page cannot be rendered.

    Example:
        >>> from fatmorph import h
        >>> def page(count):
        ...     rows = [h.li("unchanged", id=f"row-{number}") for number in range(9)]
        ...     return h.html(h.body(h.p(count, id="count"), h.ul(rows, id="rows")))
        >>> diff(page(1), page(2))
        (Patch(view=<p id="count"> with 1 child, selector=None, mode='outer', namespace='html'),)

    Source: https://data-star.dev/reference/sse_events#datastar-patch-elements
    """
    found = difference(shown_page(before, len(render_bytes(before))), after)
    size = sum(EVENT_BYTES + len(each.selector or "") + _size(each) for each in found.patches)
    return found.patches if is_worth(size, found) else (Patch(after),)


def shown_page(view: Element | HasHtml, size: int) -> ShownPage:
    """Return a page that was sent whole.

    Args:
        view: The page.
        size: How many bytes it has, about.
    """
    if not is_page(view):
        return ShownPage(view, None, size)
    heads = [child for child in view.children if isinstance(child, Element) and child.tag == "head"]
    content = content_of(view, TOP, {id(head) for head in heads})
    has_pinned = content.is_pinned
    for head in heads:
        content.add(content_of(head, inside(view, TOP)))
    ids = frozenset(content.ids)
    is_unsafe = content.blocks or len(ids) < len(content.ids)
    return ShownPage(view, None if is_unsafe else ids, size, has_pinned)


def is_worth(size: int, found: Difference) -> bool:
    """Return whether thin patches of some bytes save enough.

    Args:
        size: The bytes of all of them.
        found: The difference that they are.
    """
    return found.is_whole or is_small(size, found.shown)


def is_small(size: int, shown: ShownPage) -> bool:
    """Return whether some bytes are so much less than a page that they are sent instead."""
    return size <= MAX_SHARE * shown.size


def difference(shown: ShownPage, view: Element | HasHtml) -> Difference:
    """Return the patches from a page that is shown to the next one, of any size.

    Args:
        shown: The page that is shown.
        view: The next one.
    """
    regions = safe_regions(shown, view)
    if regions is None:
        return unit_difference(shown, view)
    patches = tuple(region_patches(regions))
    return Difference(patches, shown._replace(view=view), is_whole=False)


def unit_difference(shown: ShownPage, view: Element | HasHtml) -> Difference:
    """Return the patches of a change that has no `safe_regions()`.

    Args:
        shown: The page that is shown.
        view: The next one.
    """
    if shown.view is view:
        return Difference((), shown, is_whole=False)
    if shown.ids is None or not is_page(shown.view) or not is_page(view):
        if isinstance(view, Element) and shown.view == view:
            return Difference((), shown, is_whole=False)
        # The remains of an unsafe page in the browser are not known, so no later one is safe.
        unknown = ShownPage(view, None, shown.size)
        return Difference((Patch(view),), unknown, is_whole=True)
    units = changed_units(shown.view, view, has_pinned=shown.has_pinned)
    ids = _settle(units, shown.ids)
    if ids is None:
        return _whole(view, shown.size)
    patches = tuple(_patches([unit for unit in units if unit.is_sent and not unit.is_covered]))
    return Difference(patches, shown._replace(view=view, ids=ids), is_whole=False)


def safe_regions(shown: ShownPage, view: Element | HasHtml) -> list[Element] | None:
    """Return the regions that have changed, if nothing but their content has.

    Most changes leave all ids in their places, and nothing that decides how the page is parsed:
    then each region is safe.

    Args:
        shown: The page that is shown.
        view: The next one.

    Returns:
        The regions, in document order; None if the change may be another one.
    """
    # hot: as tests/benchmarks/thin_patches.py shows.
    if shown.ids is None or shown.has_pinned or not (is_page(shown.view) and is_page(view)):
        return None
    return changed_regions(shown.view, view)


def region_patches(regions: list[Element]) -> Iterator[Patch]:
    """Yield the patches of regions of HTML, as `_patches()` does."""
    for _, group in groupby(regions, lambda region: TABLE_PARTS.get(region.tag, "body")):
        yield _morph(list(group))


def _whole(view: Element | HasHtml, size: int) -> Difference:
    return Difference((Patch(view),), shown_page(view, size), is_whole=True)


def is_page(view: object) -> TypeGuard[Element]:
    """Return whether a view is a whole page, with all of its ids."""
    return isinstance(view, Element) and view.tag == "html"


def _settle(units: list[Unit], shown: frozenset[str]) -> frozenset[str] | None:
    """Give up what is unsafe; return the ids of the new page, or None if only all of it is safe.

    A unit is safe if a fragment can hold it, and if no id comes into it from the rest of the page:
    only a morph of both places moves an element from one to the other.
    """
    if any(unit.after.blocks for unit in units if isinstance(unit, Ignored)):
        return None
    while not units[0].is_sent:
        sent = [unit for unit in units if unit.is_sent and not unit.is_covered]
        if any(unit.after.blocks for unit in sent):
            return None
        unsafe = [unit for unit in sent if unit.outer is not None and _is_pinned(unit)]
        removed: dict[str, Unit] = {}
        if not unsafe:
            for unit in sent:
                removed.update(dict.fromkeys(unit.before.ids, unit))
            for unit in sent:
                homes = [removed.get(each) for each in unit.after.ids if each in shown]
                if None in homes:
                    return None  # it stays elsewhere, so it occurs twice
                # A region moves the elements inside of it; a list removes them, and makes new ones.
                left = [home for home in homes if home is not unit or isinstance(unit, ListChange)]
                unsafe += [unit, *filter(None, left)] if left else []
        if not unsafe:
            added = [each for unit in sent for each in unit.after.ids]
            if removed.keys() == set(added) and len(removed) == len(added):
                return shown  # most changes leave the ids as they are
            ids = shown.difference(removed).union(added)
            return ids if len(ids) == len(shown) - len(removed) + len(added) else None
        for unit in unsafe:
            unit.give_up()
    return None


def _is_pinned(unit: Unit) -> bool:
    return unit.before.is_pinned or unit.after.is_pinned


def _patches(units: list[Unit]) -> Iterator[Patch]:
    """Yield the patches of units, with neighbours in one event if a parser reads them together."""
    group: list[Element] = []
    kind = ""
    for unit in units:
        own = _kind(unit)
        if group and own != kind:
            yield _morph(group)
            group = []
        kind = own
        if isinstance(unit, Region) and kind == "svg":
            yield Patch(unit.new, namespace="svg")
        elif isinstance(unit, Region):
            group.append(unit.new)
        elif isinstance(unit, ListChange):
            yield from _list_patches(unit)
    if group:
        yield _morph(group)


def _kind(unit: Unit) -> str:
    if not isinstance(unit, Region):
        return "list"
    if unit.new.namespace == "svg" and unit.new.tag != "svg":
        return "svg"
    return TABLE_PARTS.get(unit.new.tag, "body")


def _morph(group: list[Element]) -> Patch:
    return Patch(group[0] if len(group) == 1 else fragment(*group))


def _list_patches(change: ListChange) -> Iterator[Patch]:
    """Yield the removals of a list, and an insertion for each new element.

    An insertion has no target if the element is there: a page may have two streams for a moment.
    """
    if change.removed:
        yield Patch(None, ",".join(_by_id(each) for each in change.removed), "remove")
    for insertion in change.inserted:
        view = insertion.element
        guard = f":not(:has(>{_by_id(view)}))>"
        if insertion.before is not None:
            yield Patch(view, guard + _by_id(insertion.before), "before")
        elif insertion.after is not None:
            yield Patch(view, guard + _by_id(insertion.after), "after")
        else:
            yield Patch(view, f"{_by_id(change.parent)}:empty", "append")


def _by_id(element: Element) -> str:
    """Return the selector of an element with an id."""
    element_id = element.id or ""
    if PLAIN_ID.fullmatch(element_id):
        return f"#{element_id}"
    text = ESCAPED_IN_STRINGS.sub(
        lambda found: f"\\{found[0]}" if found[0] in '"\\' else f"\\{ord(found[0]):x} ", element_id
    )
    return f'[id="{text}"]'


def _size(patch: Patch) -> int:
    return 0 if patch.view is None else len(render_bytes(patch.view))
