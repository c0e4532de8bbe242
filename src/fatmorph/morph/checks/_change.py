"""The findings that only two trees show: the page that is there, and the one that is sent."""

from __future__ import annotations

from fatmorph.errors import short_repr
from fatmorph.morph.checks._moves import Ancestry, Moves
from fatmorph.morph.checks._page import stylesheet_href
from fatmorph.morph.checks._survey import Spot, Survey

__all__ = ("report_change",)


def report_change(before: Survey, after: Survey) -> None:
    """Add to the later survey what changes between the two."""
    pair = _Pair(before, after)
    if pair.report_html():
        return  # the client applies nothing else
    pair.report_ids()
    pair.report_inits()
    pair.report_signals()
    pair.report_stylesheets()


class _Pair:
    def __init__(self, before: Survey, after: Survey) -> None:
        self._before = before
        self._after = after
        # Numbers for ancestries, the same in both trees: nothing is compared step by step.
        numbers: dict[tuple[object, str], Ancestry] = {}
        self._keys_after = _keys(after, numbers)
        keys_before = _keys(before, numbers)
        self._moves = Moves(before, after, keys_before, self._keys_after)
        self._unique_before = _unique(before, keys_before)
        self._unique_after = _unique(after, self._keys_after)

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
        """Report ids that stand on another tag or in another parent."""
        for value, spots in self._after.ids.items():
            old = self._before.ids.get(value)
            if old is None:
                continue
            one, other = old[0], spots[0]
            was, now = one.element.tag, other.element.tag
            if was != now:
                words = {"id": short_repr(value), "before": was, "after": now, "name": value}
                self._after.report("id-changed-tag", other, **words)
            elif self._moves.has_other_parent(one, other):
                words = {
                    "id": short_repr(value),
                    "before": _parent_path(self._before, one),
                    "after": _parent_path(self._after, other),
                }
                self._after.report("id-changed-parent", other, **words)

    def report_inits(self) -> None:
        """Report every `data-init` that runs though its element was there before."""
        for spot, name, text in self._after.inits:
            old = self._counterpart(spot)
            if old is None:
                continue
            attributes = old.element.attributes
            if not any(each.startswith("data-init") for each in attributes):
                continue  # it runs for the first time
            changes = attributes.get(name) != text
            because = "its text changes" if changes else self._moves.reason(spot)
            if because:
                self._after.report("init-runs-again", spot, because=because)

    def report_signals(self) -> None:
        """Report signals that are set again because their text is another one."""
        for spot, name, text in self._after.signals:
            old = self._counterpart(spot)
            was = old.element.attributes.get(name) if old is not None else None
            if was is not None and was != text:
                self._after.report("signals-reset", spot, name=name)

    def report_stylesheets(self) -> None:
        """Report stylesheets that are loaded again because their position is another one."""
        old = _stylesheets(self._before)
        for index, (spot, href) in enumerate(new := _stylesheets(self._after)):
            shifts = index >= len(old) or old[index][1] != href
            if shifts and href in [each for _, each in old] and len(new) > 1:
                words = {"tag": "link", "href": short_repr(href), "id": f"style-{index + 1}"}
                self._after.report("stylesheet-shifts", spot, **words)

    def _counterpart(self, spot: Spot) -> Spot | None:
        """Return the element that becomes this one, if both trees leave no doubt."""
        value = spot.element.attributes.get("id")
        if isinstance(value, str) and value:
            old = self._before.ids.get(value)
            return old[0] if old else None
        key = self._keys_after[spot.number]
        return self._unique_before.get(key) if self._unique_after.get(key) is spot else None


def _keys(survey: Survey, numbers: dict[tuple[object, str], Ancestry]) -> list[Ancestry]:
    """Return a number for every spot: the same for the same id, or tags below the same id."""
    keys = [0]  # spots are counted from 1
    for spot in survey.spots:
        element = spot.element
        value = element.attributes.get("id")
        if spot.parent is None or element.tag in ("html", "head", "body"):
            name: tuple[object, str] = ("", element.tag)
        elif isinstance(value, str) and value:
            name = ("#", value)
        else:
            name = (keys[spot.parent.number], element.tag)
        keys.append(numbers.setdefault(name, len(numbers) + 1))
    return keys


def _html(survey: Survey) -> Spot | None:
    """Return the root of a page; None of a part."""
    tops = survey.spots[:1] if survey.root.tag == "html" else survey.children(survey.spots[0])
    return next((spot for spot in tops if spot.element.tag == "html"), None)


def _unique(survey: Survey, keys: list[Ancestry]) -> dict[Ancestry, Spot | None]:
    """Return the spot of each number that only one spot has."""
    found: dict[Ancestry, Spot | None] = {}
    for spot in survey.spots:
        key = keys[spot.number]
        found[key] = None if key in found else spot
    return found


def _parent_path(survey: Survey, spot: Spot) -> str:
    return "the root" if spot.parent is None else survey.path(spot.parent)


def _stylesheets(survey: Survey) -> list[tuple[Spot, str]]:
    """Return the stylesheets that are known by their position, each with its href."""
    found: list[tuple[Spot, str]] = []
    for head in survey.heads:
        for child in head.element.children:
            href = None if isinstance(child, str) else stylesheet_href(child)
            if href is not None:
                found.append((head, href))
    return found
