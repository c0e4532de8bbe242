"""Dead listeners: which names of events are found, and which are left alone."""

import pytest

from fatmorph import data, h
from fatmorph.morph import check

MODIFIERS = "modifiers are parameters here, and a part of the name for the client"


@pytest.mark.parametrize(
    ("event", "fix"),
    [
        ("submit.prevent", 'data.on("submit", …, prevent=True)'),
        ("click.stop.prevent", 'data.on("click", …, stop=True, prevent=True)'),
        ("click.once", 'data.on("click", …, once=True)'),
        ("click.away", 'data.on("click", …, outside=True)'),
        ("click.self", """data.on("click", "evt.target === el && …")"""),
        ("click|preventDefault", 'data.on("click", …, prevent=True)'),
        ("input.debounce.500ms", 'data.on("input", …, debounce="250ms")'),
        ("keydown.enter", """data.on("keydown", "evt.key === 'Enter' && …")"""),
        ("keydown.ctrl.s", """data.on("keydown", "evt.ctrlKey && evt.key === 's' && …")"""),
        ("keyup.f2", """data.on("keyup", "evt.key === 'F2' && …")"""),
        ("keydown.esc@window", """data.on("keydown", "evt.key === 'Escape' && …", window=True)"""),
        ("keyDown.enter", """data.on("keydown", "evt.key === 'Enter' && …")"""),
    ],
)
def test_modifiers_of_other_libraries_are_found(event: str, fix: str) -> None:
    [finding] = check(h.div(data.on(event, "save()"), id="a"))

    assert (finding.code, finding.severity, finding.fix) == ("dead-listener", "warning", fix)
    assert str(finding).count(MODIFIERS) == 1


@pytest.mark.parametrize(
    ("event", "meant"),
    [
        ("clcik", "click"),
        ("clik", "click"),
        ("clickk", "click"),
        ("chnage", "change"),
        ("chamge", "change"),
        ("imput", ""),  # in a short name, a wrong letter makes another word
        ("mousedwon", "mousedown"),
        ("keyDown", "keydown"),
        ("mouse-enter", "mouseenter"),
        ("double-click", "dblclick"),
        ("onChange", "change"),
        ("pointer_down", "pointerdown"),
    ],
)
def test_a_name_with_one_mistake_or_in_another_spelling_is_found(event: str, meant: str) -> None:
    found = check(h.div(data.on(event, "save()"), id="a"))

    assert [finding.fix for finding in found] == [f'data.on("{meant}", …)'] * bool(meant)


@pytest.mark.parametrize(
    "event",
    [
        *("click", "loadend", "focusin", "DOMContentLoaded", "visibilitychange", "popstate"),
        *("closed", "changed", "inputs", "clone", "flick", "saved", "submitted", "select-all"),
        *("hidden.bs.modal", "htmx:afterSwap", "turbo:load", "datastar-fetch", "x.y", "itemAdded"),
        *("restart", "being", "click.row"),
    ],
)
def test_every_other_name_is_an_event_of_your_own(event: str) -> None:
    assert check(h.div(data.on(event, "save()"), id="a")) == ()


def test_a_listener_in_an_ignored_element_is_not_datastars() -> None:
    ignored = h.div(data.ignore(), h.p(data.on("clcik", "save()")), id="a")

    assert check(ignored) == ()
