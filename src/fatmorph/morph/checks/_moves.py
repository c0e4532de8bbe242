"""Which elements a patch moves: the client's own matching, for the siblings of one parent.

It follows ids only. `simulate()` tells what happens to every node, and needs a parser for it.
"""

from __future__ import annotations

from typing import TypeAlias

from fatmorph.morph.checks._survey import Spot, Survey

__all__ = ("Ancestry", "Moves")

Ancestry: TypeAlias = int
"""The number of an ancestry: equal for the same id, or for the same tags below the same id."""


class Moves:
    """Why elements of the later tree leave their positions.

    Args:
        before: The page that is there.
        after: The page that is sent.
        keys_before: The keys of the earlier spots, by their numbers.
        keys_after: Those of the later ones.
    """

    def __init__(
        self, before: Survey, after: Survey, keys_before: list[Ancestry], keys_after: list[Ancestry]
    ) -> None:
        self._before = before
        self._after = after
        self._keys_before = keys_before
        self._keys_after = keys_after
        self._reasons: dict[int, str] = {}
        self._moved: dict[int, set[str]] = {}
        self._weights: tuple[list[int], list[int]] | None = None

    def has_other_parent(self, one: Spot, other: Spot) -> bool:
        """Return whether an element stands in another parent than before."""
        old, new = one.parent, other.parent
        if old is None or new is None:
            return old is not new
        if self._keys_before[old.number] == self._keys_after[new.number]:
            return False
        gained = bool(old.element.id) != bool(new.element.id)
        return not (gained and old.element.tag == new.element.tag)

    def reason(self, spot: Spot) -> str:
        """Return why an element of the later tree begins anew; empty if it stays as it is."""
        climbed: list[Spot] = []
        each: Spot | None = spot
        reason = ""
        while each is not None and not reason and each.number not in self._reasons:
            climbed.append(each)
            reason = self._own_reason(each)
            each = each.parent
        if not reason and each is not None:
            reason = self._reasons[each.number]
        for seen in climbed:
            self._reasons[seen.number] = reason
        return reason

    def _own_reason(self, spot: Spot) -> str:
        value = spot.element.id
        old = self._before.ids.get(value) if value else None
        if old is None or not value:
            return ""
        name = f"{spot.element.tag}#{value}"
        if old[0].element.tag != spot.element.tag:
            return f"{name} is made anew"
        if self.has_other_parent(old[0], spot):
            return f"{name} moves to another parent"
        is_moved = (
            spot.parent is not None
            and old[0].parent is not None
            and value in self._moved_in(old[0].parent, spot.parent)
        )
        return f"{name} moves among its siblings" if is_moved else ""

    def _moved_in(self, before: Spot, after: Spot) -> set[str]:
        """Return the ids of those children that the client takes from their position."""
        if after.number not in self._moved:
            if self._weights is None:
                self._weights = self._counted(self._before), self._counted(self._after)
            self._moved[after.number] = self._matched(before, after)
        return self._moved[after.number]

    def _matched(self, before: Spot, after: Spot) -> set[str]:
        old_weights, new_weights = self._weights or ([], [])
        old = self._before.children(before)
        moved: set[str] = set()
        position = 0
        for child in self._after.children(after):
            found = _best(child, old, position, moved, (new_weights[child.number], old_weights))
            value = child.element.id
            if found is not None:
                position = found + 1
            elif value and self._is_persistent(child):
                moved.add(value)
        return moved

    def _is_persistent(self, spot: Spot) -> bool:
        value = spot.element.id or ""
        old, new = self._before.ids.get(value, []), self._after.ids.get(value, [])
        is_unique = len(old) == len(new) == 1
        return is_unique and old[0].element.tag == new[0].element.tag

    def _counted(self, survey: Survey) -> list[int]:
        """Return how many ids each spot holds, its own included, that stay in the page."""
        counts = [0] * (len(survey.spots) + 1)
        for spot in reversed(survey.spots):
            counts[spot.number] += bool(spot.element.id) and self._is_persistent(spot)
            if spot.parent is not None:
                counts[spot.parent.number] += counts[spot.number]
        return counts


def _best(
    child: Spot, old: list[Spot], start: int, gone: set[str], weights: tuple[int, list[int]]
) -> int | None:
    """Return which old sibling the client takes for a new one, at `start` or after it."""
    mine, old_weights = weights
    fallback, displaced = None, 0
    for index in range(start, len(old)):
        element = old[index].element
        if element.id and element.id in gone:
            continue
        if element.tag == child.element.tag and element.id in (None, "", child.element.id):
            if element.id and element.id == child.element.id:
                return index
            if fallback is None and old_weights[old[index].number] == 0:
                if mine == 0:
                    return index
                fallback = index
        displaced += old_weights[old[index].number]
        if displaced > mine:
            break
    return fallback
