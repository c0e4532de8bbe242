"""Findings that need two pages: the one in the browser and the one that is sent."""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

from fatmorph.errors import short_repr
from fatmorph.morph._matching.nodes import Node
from fatmorph.morph.checks._losses import Place, report_losses
from fatmorph.morph.checks._nesting import IN_TEMPLATE
from fatmorph.morph.checks._outcome import Outcome
from fatmorph.morph.checks._page import stylesheet_href
from fatmorph.morph.checks._survey import Spot, Survey

__all__ = ("report_change",)

Ancestry: TypeAlias = int
"""A number that two elements share if they have the same id, or the same tags below the same id."""


def report_change(before: Survey, after: Survey) -> None:
    """Add the findings of the change to the later survey."""
    change = _Change(before, after)
    if change.report_html():
        return  # the client applies nothing else
    change.report_ids()
    change.report_inits()
    change.report_signals()
    change.report_stylesheets()
    change.report_losses()


class _Change:
    def __init__(self, before: Survey, after: Survey) -> None:
        self._before = before
        self._after = after

    def report_html(self) -> bool:
        """Report a changed id on the root, and return whether there is one."""
        one, other = _html(self._before), _html(self._after)
        if one is None or other is None:
            return False
        old, new = one.element.id, other.element.id
        if not old or old == new:
            return False
        self._after.report("html-id-changed", other, before=short_repr(old), after=short_repr(new))
        return True

    def report_ids(self) -> None:
        """Report ids that are on another tag or in another parent."""
        for value, spots in self._after.ids.items():
            old = self._before.ids.get(value)
            if old is None:
                continue
            one, other = old[0], spots[0]
            was, now = one.element.tag, other.element.tag
            if was != now:
                words = {"id": short_repr(value), "before": was, "after": now, "name": value}
                self._after.report("id-changed-tag", other, **words)
                continue
            home = self._outcome.home(other, one)
            if home is None or not self._outcome.has_other_parent(home, one):
                continue
            if home is not self._outcome.old_node(one) or self._can_lose(one, other):
                words = {"id": short_repr(value), **self._parents(one, other, home)}
                self._after.report("id-changed-parent", other, **words)

    def report_inits(self) -> None:
        """Report each `data-init` that runs although its element was there before."""
        for spot, name, text in self._after.inits:
            old = self._counterpart(spot)
            if old is None:
                continue
            attributes = old.element.attributes
            if not any(each.startswith("data-init") for each in attributes):
                continue  # it runs for the first time
            home = self._outcome.home(spot, old)
            if home is not None and self._outcome.does_run(home, name):
                is_same = attributes.get(name) == text or not self._outcome.is_written(spot, name)
                because = self._outcome.reason(home) if is_same else "its text changes"
                self._after.report("init-runs-again", spot, because=because)

    def report_signals(self) -> None:
        """Report signals that are set again because their text changes."""
        for spot, name, text in self._after.signals:
            old = self._counterpart(spot)
            was = old.element.attributes.get(name) if old is not None else None
            if old is None or was in (None, text) or not self._outcome.is_written(spot, name):
                continue
            home = self._outcome.home(spot, old)
            if home is not None and self._outcome.does_run(home, name):
                self._after.report("signals-reset", spot, name=name)

    def report_stylesheets(self) -> None:
        """Report stylesheets that are loaded again because another link takes them over."""
        old = {href for _, _, href in _stylesheets(self._before)}
        for index, (head, link, href) in enumerate(_stylesheets(self._after)):
            if href in old and self._outcome.is_written(link, "href"):
                words = {"tag": "link", "href": short_repr(href), "id": f"style-{index + 1}"}
                self._after.report("stylesheet-shifts", head, **words)

    def report_losses(self) -> None:
        """Report state of the user that is lost."""
        report_losses(
            self._before,
            self._after,
            self._outcome,
            counterpart=self._same_ancestry.get,
            places=self._places,
        )

    @cached_property
    def _outcome(self) -> Outcome:
        return Outcome(self._before, self._after)

    @cached_property
    def _same_ancestry(self) -> dict[Spot, Spot]:
        """Elements of the later page and their counterparts, if both have a unique ancestry."""
        before, after = (_only_ones(*each) for each in self._ancestries)
        return {spot: before[ancestry] for ancestry, spot in after.items() if ancestry in before}

    @cached_property
    def _ancestries(self) -> tuple[tuple[Survey, list[Ancestry]], tuple[Survey, list[Ancestry]]]:
        """Both pages, each with the ancestry of every element."""
        numbers: dict[tuple[object, str], Ancestry] = {}
        before, after = self._before, self._after
        return (before, _ancestries(before, numbers)), (after, _ancestries(after, numbers))

    @cached_property
    def _places(self) -> tuple[dict[Spot, Place], dict[Spot, Place]]:
        """The ancestry of each element's parent with its own tag, in both pages."""
        before, after = (
            {
                spot: (ancestries[spot.parent.number], spot.element.tag)
                for spot, _ in survey.states.values()
                if spot.parent is not None
            }
            for survey, ancestries in self._ancestries
        )
        return before, after

    def _can_lose(self, old: Spot, new: Spot) -> bool:
        """Return whether a move to another parent can lose something, now or the next time.

        Between parents with ids, such as the columns of a board, the client always follows an
        element, and only its state and its code that starts again could be lost.
        """
        parents = [spot.parent.element.id for spot in (old, new) if spot.parent is not None]
        return not (len(parents) == 2 and all(parents)) or new in self._restarting

    @cached_property
    def _restarting(self) -> set[Spot]:
        """The elements of the later page that hold state, or code that a move starts again."""
        after = self._after
        found = [spot for spot, _ in after.states.values()]
        found += [spot for spot, _, _ in (*after.inits, *after.signals)]
        found += [
            spot
            for spot, _ in after.actions
            if any(name.startswith("data-on-intersect") for name in spot.element.attributes)
        ]
        holding: set[Spot] = set()
        for spot in found:
            holder: Spot | None = spot
            while holder is not None and holder not in holding:
                holding.add(holder)
                holder = holder.parent
        return holding

    def _counterpart(self, spot: Spot) -> Spot | None:
        """Return the element of the earlier page that is meant by this one, if that is certain."""
        value = spot.element.attributes.get("id")
        if isinstance(value, str) and value:
            old = self._before.ids.get(value)
            return old[0] if old else None
        return self._same_ancestry.get(spot)

    def _parents(self, old: Spot, new: Spot, home: Node) -> dict[str, str]:
        before, after = _parent_path(self._before, old), _parent_path(self._after, new)
        if before == after and self._outcome.is_new(home.parent):
            after = f"a new {after}"
        return {"before": before, "after": after}


def _ancestries(survey: Survey, numbers: dict[tuple[object, str], Ancestry]) -> list[Ancestry]:
    """Return the ancestry of each element, at the element's number."""
    ancestries: list[Ancestry] = [0]  # spots are counted from 1
    for spot in survey.spots:
        element = spot.element
        value = element.attributes.get("id")
        if spot.parent is None or element.tag in ("html", "head", "body"):
            name: tuple[object, str] = ("", element.tag)
        elif isinstance(value, str) and value:
            name = ("#", value)
        else:
            name = (ancestries[spot.parent.number], element.tag)
        ancestries.append(numbers.setdefault(name, len(numbers) + 1))
    return ancestries


def _only_ones(survey: Survey, ancestries: list[Ancestry]) -> dict[Ancestry, Spot]:
    """Return the elements with a unique ancestry."""
    found: dict[Ancestry, Spot | None] = {}
    for spot in survey.spots:
        if not spot.flags & IN_TEMPLATE:
            ancestry = ancestries[spot.number]
            found[ancestry] = None if ancestry in found else spot
    return {ancestry: spot for ancestry, spot in found.items() if spot is not None}


def _html(survey: Survey) -> Spot | None:
    """Return the root of a page; None of a part."""
    tops = survey.spots[:1] if survey.root.tag == "html" else survey.children(survey.spots[0])
    return next((spot for spot in tops if spot.element.tag == "html"), None)


def _parent_path(survey: Survey, spot: Spot) -> str:
    return "the root" if spot.parent is None else survey.path(spot.parent)


def _stylesheets(survey: Survey) -> list[tuple[Spot, Spot, str]]:
    """Return the stylesheets without an id: each with its `<head>` before it, its href after."""
    links = ((head, link) for head in survey.heads for link in survey.children(head))
    hrefs = ((head, link, stylesheet_href(link.element)) for head, link in links)
    return [(head, link, href) for head, link, href in hrefs if href is not None]
