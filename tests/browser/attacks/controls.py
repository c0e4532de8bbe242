"""Controls: HTML written by hand, in which every break-out runs.

A run without holes proves something only if it sees these run.
"""

from collections.abc import Sequence

from browser.attacks.break_outs import BreakOut
from browser.attacks.client import Client
from browser.attacks.matrix import BREAK_OUTS, Case
from browser.attacks.places import Place
from browser.attacks.tracing import Attack

__all__ = ("AWAKE", "control", "unseen")

AWAKE = [each for each in BREAK_OUTS if each.controls]
CONTROLS_PER_PAGE = 10  # many of them break the page, and hide others
STREAM = (
    r"b'event: datastar-patch-elements\ndata: elements <p id=target>' + user.encode()"
    r" + b'</p>\n\n'"
)


def control(number: int, break_out: BreakOut, html: str) -> Case:
    """Return the case that writes a break-out into HTML without escaping."""
    if html == "STREAM":
        place = Place(STREAM, is_event=True)
    else:
        place = Place(f"Markup({html!r}.replace('RAW', user).replace('VALUE', str(escape(user))))")
    return Case(number, "controls", place, break_out)


def unseen(client: Client, break_outs: Sequence[BreakOut]) -> list[BreakOut]:
    """Return the break-outs that run in none of their controls."""
    controls = [
        control(number, break_out, html)
        for number, (break_out, html) in enumerate(
            ((each, html) for each in break_outs for html in each.controls), start=1
        )
    ]
    seen = _seen(client, controls, CONTROLS_PER_PAGE)
    alone = [case for case in controls if case.break_out.text not in seen]
    seen |= _seen(client, alone, 1)
    return [each for each in break_outs if each.text not in seen]


def _seen(client: Client, controls: Sequence[Case], together: int) -> set[str]:
    seen: set[str] = set()
    for start in range(0, len(controls), together):
        chosen = [
            case for case in controls[start : start + together] if case.break_out.text not in seen
        ]
        for hole in Attack(
            client, stops_to_trace=0, known={case.place.source for case in chosen}
        ).holes(chosen):
            if hole.case:
                seen.add(hole.case.break_out.text)
    return seen
