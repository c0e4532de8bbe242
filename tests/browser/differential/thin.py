"""Thin patches compared with whole pages, in the real client: the same nodes, the same page.

The client leaves some nodes in its pantry for ever, applies their attributes again at every morph,
and takes their ids for duplicates of a whole page's. So the pantry is emptied after every patch.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any, NamedTuple

from playwright.sync_api import Page

from browser.differential.client import Outcome, Patch, play
from fatmorph.markup._element import Element
from fatmorph.morph.difference import Difference, Patch as SentPatch, difference, shown_page

__all__ = ("Comparison", "compared")

MAX_SHOWN = 10  # of the patches of a sequence


class Comparison(NamedTuple):
    """The result of a sequence of pages that was sent whole, and thin."""

    thin: int
    """How many of its changes were sent as thin patches."""
    text: str
    """The aspects that differ; empty if there are none."""


def compared(client: Page, sequences: Sequence[list[Element]]) -> Iterator[Comparison]:
    """Play sequences of pages, sent whole and thin, and yield what differs."""
    changes = [_changes(pages) for pages in sequences]
    whole = [
        _sequence(
            pages[0],
            # A page that is equal to the last one is never sent.
            [[SentPatch(page)] for last, page in pairwise(pages) if page != last],
        )
        for pages in sequences
    ]
    thin = [
        _sequence(pages[0], [each.patches for each in found])
        for pages, found in zip(sequences, changes, strict=True)
    ]
    for one, other, patch, each_changes in zip(
        play(client, whole), play(client, thin), thin, changes, strict=True
    ):
        count = sum(1 for change in each_changes if change.patches and not change.is_whole)
        yield Comparison(count, _differences(_aspects(one), _aspects(other), patch))


def _changes(pages: list[Element]) -> list[Difference]:
    shown, changes = shown_page(pages[0], 0), []
    for page in pages[1:]:
        changes.append(difference(shown, page))
        shown = changes[-1].shown
    return changes


def _sequence(page: Element, turns: Iterable[Sequence[SentPatch]]) -> Patch:
    sent = [
        Patch(
            before="",
            after="" if each.view is None else str(each.view),
            mode=each.mode,
            selector=each.selector,
            namespace=each.namespace,
            begins_turn=not index,
        )
        for turn in turns
        for index, each in enumerate(turn)
    ]
    first, *more = sent or [Patch("", "")]
    return replace(
        first,
        before=str(page),
        more=tuple(more),
        begins_turn=False,
        is_document=True,
        focuses=True,
        empties_pantry=True,
    )


def _aspects(outcome: Outcome) -> dict[str, Any]:
    aspects = asdict(outcome)
    # The client forgets some nodes in its pantry, and applies them again at every morph. They are
    # in no page, so their number and that of the morphs do not matter.
    aspects["runs"] = sorted((run for run in outcome.runs if run[0] is not None), key=repr)
    for name in ("moved", "parked", "removed"):
        aspects[name] = sorted(aspects[name])
    return aspects


def _differences(whole: dict[str, Any], thin: dict[str, Any], patch: Patch) -> str:
    lines = [
        f"{name}:\n  whole {whole[name]!r}\n  thin  {thin[name]!r}"
        for name in whole
        if whole[name] != thin[name]
    ]
    patches = (patch, *patch.more)
    sent = [f"{each.mode} {each.selector} {each.after}" for each in patches]
    return "\n".join([*lines, patch.before, *sent[:MAX_SHOWN]]) if lines else ""
