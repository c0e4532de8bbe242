import gc
import weakref

from markupsafe import Markup

from fatmorph import fragment, h, static
from fatmorph.datastar.events import patch_elements
from fatmorph.datastar.shared import shared_event


def test_it_is_the_event_that_patches_the_view() -> None:
    page = h.p("Hello", id="greeting")

    events = [shared_event(page) for _ in range(3)]

    assert events == [patch_elements(page)] * 3


def test_a_view_that_comes_again_is_rendered_once() -> None:
    page = static(h.p("Hello", id="greeting"))
    shared_event(page)

    second, third = shared_event(page), shared_event(page)

    assert second is third


def test_every_view_gets_its_own_event() -> None:
    pages = [h.p("1", id="n"), h.p("2", id="n")]

    events = [shared_event(page) for page in (pages[0], pages[0], pages[1], pages[1], pages[0])]

    assert events == [patch_elements(pages[number]) for number in (0, 0, 1, 1, 0)]


def test_trusted_html_is_asked_each_time() -> None:
    class Counting:
        count = 0

        def __html__(self) -> str:
            self.count += 1
            return Markup("<p id=n>{}</p>").format(self.count)

    counting = Counting()

    events = [shared_event(counting) for _ in range(3)]

    assert events == [patch_elements(Markup(f"<p id=n>{number}</p>")) for number in (1, 2, 3)]


def test_no_view_is_kept_alive() -> None:
    page = fragment(h.p("Hello", id="greeting"))
    kept = weakref.ref(page)
    shared_event(page)
    shared_event(page)

    del page
    gc.collect()

    assert kept() is None
