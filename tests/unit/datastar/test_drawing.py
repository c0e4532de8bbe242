import gc
import sys
import weakref

from markupsafe import Markup

from fatmorph import fragment, h, static
from fatmorph.datastar._drawing import keep_event, kept_event


def test_an_event_is_kept_from_the_second_time_on() -> None:
    page = static(h.p("Hello", id="greeting"))
    kept = []

    for event in (b"1", b"2"):
        kept.append(kept_event(page))
        keep_event(page, event)

    assert [*kept, kept_event(page), kept_event(page)] == [None, None, b"2", b"2"]


def test_the_event_of_another_view_takes_its_place() -> None:
    first, second = h.p("1", id="n"), h.p("2", id="n")

    for view in (first, first, second):
        keep_event(view, b"event")

    assert (kept_event(first), kept_event(second)) == (None, None)


def test_trusted_html_is_never_kept() -> None:
    trusted = Markup("<p id=n>1</p>")

    for _ in range(2):
        keep_event(trusted, b"event")

    assert kept_event(trusted) is None


def test_no_view_is_kept_alive() -> None:
    page = fragment(h.p("Hello", id="greeting"))
    reference = weakref.ref(page)
    for _ in range(2):
        keep_event(page, b"event")

    del page
    gc.collect()

    assert reference() is None


def test_an_event_goes_with_its_view() -> None:
    page = fragment(h.p("Private", id="message"))
    event = b"data: elements Private"
    before = sys.getrefcount(event)
    for _ in range(2):
        keep_event(page, event)
    kept = sys.getrefcount(event)

    del page
    gc.collect()

    assert (kept, sys.getrefcount(event)) == (before + 1, before)


def test_a_view_that_is_freed_leaves_the_events_of_others() -> None:
    first, second = h.p("1", id="n"), h.p("2", id="n")
    for view in (first, second, second):
        keep_event(view, b"event")

    del first, view
    gc.collect()

    assert kept_event(second) == b"event"
