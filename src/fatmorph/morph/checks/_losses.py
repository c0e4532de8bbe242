"""Findings about what users lose in a change: typed text, open states and the focus."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from fatmorph.errors import short_repr
from fatmorph.morph.checks._nesting import IN_TEMPLATE
from fatmorph.morph.checks._vocabulary import STATEFUL, STATELESS_INPUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fatmorph.morph.checks._outcome import Outcome
    from fatmorph.morph.checks._survey import Spot, Survey

__all__ = ("report_losses",)

Place: TypeAlias = "tuple[int, str]"
"""The ancestry of an element's parent, and its own tag."""

STATES_BY_ATTRIBUTE = (("contenteditable", "a text"), ("popover", "an open state"))
# The state of these is not in a value that the user has typed.
CHOSEN_INPUTS = STATELESS_INPUTS | {"checkbox", "radio", "file", "range", "color"}


def report_losses(
    before: Survey,
    after: Survey,
    outcome: Outcome,
    *,
    counterpart: Callable[[Spot], Spot | None],
    places: tuple[dict[Spot, Place], dict[Spot, Place]],
) -> None:
    """Add the findings about lost state to the later survey.

    Args:
        before: The page in the browser.
        after: The page that is sent.
        outcome: The result of the change in the client.
        counterpart: Returns the element of the earlier page that a later one stands for.
        places: The place of every element, in both pages.
    """
    reported = {finding.path for _, finding in after.findings if finding.code == "state-without-id"}
    lost = _lost_ids(before, after, places)
    for spot, _ in after.states.values():
        state = _state(spot)
        if not state or spot.element.id or after.path(spot) in reported:
            continue
        if old := lost.get(spot):
            if outcome.is_recreated(spot):
                after.report("id-lost", spot, id=short_repr(old.element.id), state=state)
        elif (old := counterpart(spot)) and not outcome.is_same(spot, old):
            after.report("state-lost", spot, state=state)
    _report_values(after, outcome)
    _report_focus(before, after, outcome)


def _state(spot: Spot) -> str:
    """Return the state that only this very element in the browser has, or the empty text."""
    element = spot.element
    named = (state for name, state in STATES_BY_ATTRIBUTE if name in element.attributes)
    return STATEFUL.get(element.tag) or next(named, "")


def _lost_ids(
    before: Survey, after: Survey, places: tuple[dict[Spot, Place], dict[Spot, Place]]
) -> dict[Spot, Spot]:
    """Return elements of the later page without an id that had one, with the earlier elements."""
    gone = (
        spot
        for spot, _ in before.states.values()
        if spot.element.id and spot.element.id not in after.ids
    )
    unnamed = (spot for spot, _ in after.states.values() if not spot.element.id)
    olds, news = _by_place(gone, places[0]), _by_place(unnamed, places[1])
    return {
        news[place][0]: olds[place][0]
        for place in olds.keys() & news.keys()
        if len(olds[place]) == len(news[place]) == 1
    }


def _by_place(spots: Iterable[Spot], places: dict[Spot, Place]) -> dict[Place, list[Spot]]:
    found: defaultdict[Place, list[Spot]] = defaultdict(list)
    for spot in spots:
        if spot in places:
            found[places[spot]].append(spot)
    return found


def _report_values(after: Survey, outcome: Outcome) -> None:
    """Report fields whose value the client writes, although the user may have typed there."""
    for spot, _ in after.states.values():
        element = spot.element
        is_typed = element.tag == "textarea" or (
            element.tag == "input" and element.attributes.get("type") not in CHOSEN_INPUTS
        )
        if is_typed and outcome.does_write_value(spot):
            after.report("value-overwritten", spot)


def _report_focus(before: Survey, after: Survey, outcome: Outcome) -> None:
    """Report buttons that the client turns into other buttons of either page."""
    olds, news = _buttons(before), _buttons(after)
    keys = {outcome.old_node(spot): key for key, spot in olds.items()}
    for key, spot in news.items():
        home = outcome.old_home(spot)
        was = keys.get(home) if home is not None else None
        if was not in (None, key) and (key in olds or was in news):
            after.report("focus-moves", spot)


def _buttons(survey: Survey) -> dict[object, Spot]:
    """Return the buttons without an id, by what they say and do, if only one does."""
    found: dict[object, list[Spot]] = defaultdict(list)
    for spot in survey.spots:
        element = spot.element
        if element.tag == "button" and not element.id and not spot.flags & IN_TEMPLATE:
            actions = sorted(
                (name, str(value))
                for name, value in element.attributes.items()
                if name.startswith("data-on") or name in ("name", "value", "formaction")
            )
            found[tuple(actions), repr(element.children)].append(spot)
    return {key: spots[0] for key, spots in found.items() if len(spots) == 1}
