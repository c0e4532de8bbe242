"""Pages: many cases in one, as a first load, as a patch of the page, as a patch of a region."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from browser.attacks.break_outs import HARMLESS
from browser.attacks.matrix import Case
from browser.attacks.places import Place
from fatmorph import (
    Element,
    at,
    data,
    datastar_script,
    fragment,
    h,
    mathml,
    render_bytes,
    svg,
)
from fatmorph.datastar import events
from fatmorph.errors import FatmorphError
from fatmorph.markup.escape import JSExpression

__all__ = ("Batch", "batch", "together")

# Larger pages take more time per case, and a page has at most a thousand frames.
WEIGHT_PER_PAGE = 2000
FRAME_WEIGHT = 20
LIVE_WEIGHT = 10  # each event changes the page again, as does each new signal
FRAMES = r"h\.iframe\(|h\.(?:embed|object)\(.*(?:src|data)"


HEAD = (
    h.meta(charset="utf-8"),
    h.script(src="/watcher.js"),
    datastar_script("/datastar.js"),
)
BODY_ATTRIBUTES = (
    data.signals({"beat": 0, "a": 1, "b": 2}, if_missing=True),
    data.on("attacks-beat", "$beat++", window=True),
    data.on("attacks-patch", at.get(JSExpression("evt.detail")), window=True),
)
# Targets of events. The text before them keeps a frameset from replacing the body.
TARGETS = (
    "Cases",
    h.div({"id": "target"}, h.p("target")),
    svg.svg({"id": "graphic"}),
    mathml.math({"id": "formula"}),
)


@dataclass(frozen=True)
class Written:
    """A case as it is in its page: with the attacker's text, and with a harmless one."""

    case: Case
    hostile: Any
    harmless: Any


@dataclass
class Batch:
    """Cases that are shown together, and those that the library refused."""

    written: list[Written]
    refused: list[Case]

    @property
    def cases(self) -> list[Case]:
        return [each.case for each in self.written]

    def load(self) -> bytes:
        """Return the page with every case, as it is on first load."""
        return render_bytes(self._page("loaded", is_hostile=True))

    def morph(self) -> bytes:
        """Return the events that patch the page with harmless texts, then with the attackers'.

        Cases that are events themselves come between the two.
        """
        own = [each.hostile for each in self.written if each.case.place.is_event]
        harmless, hostile = (
            events.patch_elements(self._page("morphed", is_hostile=is_hostile))
            for is_hostile in (False, True)
        )
        return b"".join([harmless, *own, hostile])

    def insert(self) -> bytes:
        """Return the events that empty the region of the cases and fill it again."""
        emptied = events.patch_elements(fragment(), selector="#cases", mode="inner")
        page = self._page("inserted", is_hostile=True)
        return emptied + events.patch_elements(page, only="#cases")

    def _page(self, state: str, *, is_hostile: bool) -> Element:
        html, head, body, nodes = {}, [], {}, []
        for position, each in enumerate(self.written):
            node = each.hostile if is_hostile else each.harmless
            place = each.case.place
            if node is None or place.is_event:
                continue
            if place.is_page:
                html, head, body = node
            elif place.is_head:
                head.append(node)
            else:
                nodes.append(h.div({"id": f"case-{each.case.number}-{position}"}, node))
        state_shown = h.output({"id": "state"}, data.text(f"'{state} ' + $beat"))
        return h.html(
            html,
            h.head(*HEAD, head),
            h.body(body, *BODY_ATTRIBUTES, *TARGETS, h.div({"id": "cases"}, nodes, state_shown)),
        )


def together(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """Yield the cases of one page after another."""
    page: list[Case] = []
    weight = 0
    for case in cases:
        weight += _weight(case)
        if page and weight > WEIGHT_PER_PAGE:
            yield page
            page, weight = [], _weight(case)
        page.append(case)
    yield page


def _weight(case: Case) -> int:
    if case.place.is_alone:
        return WEIGHT_PER_PAGE
    if case.place.is_event or "data." in case.place.source:
        return LIVE_WEIGHT
    return FRAME_WEIGHT if re.search(FRAMES, case.place.source) else 1


def batch(cases: Iterable[Case]) -> Batch:
    """Build the cases. A `FatmorphError` is a refusal, and any other error a bug."""
    made = Batch([], [])
    for case in cases:
        written = _written(case, case.place)
        if written is None:  # one attribute of a group refuses all of it
            written = [each for part in case.place.parts for each in _written(case, part) or ()]
        made.written += written
        made.refused += [] if written else [case]
    return made


def _written(case: Case, place: Place) -> list[Written] | None:
    try:
        hostile = place.written(case.break_out.typed(case.number), case.number)
        if case.break_out.kind == "surrogate" and not place.is_event:
            Batch([Written(case, hostile, None)], []).load()  # refused when it is encoded
    except FatmorphError:
        return None
    return [Written(case, hostile, _harmless(case, place))]


def _harmless(case: Case, place: Place) -> Any:
    try:
        return place.written(HARMLESS, case.number)
    except FatmorphError:
        return None
