"""The law of a thin stream: after any pages and other events, the browser shows the last page."""

from hypothesis import given, settings, strategies as st

from browser.differential.changes import changed_pages
from fatmorph import h
from fatmorph.morph import simulate
from fatmorph.testing import MemoryClient, events_of
from fatmorph.writer import Writer
from sent_patches import patch_of

CHANGES = 12


def do_nothing(w):
    pass


def patch_a_region(w):
    w.patch(h.section(h.p("by hand"), id="main"))


def patch_a_page(w):
    w.patch(h.html(h.head(h.title("Other")), h.body(h.p("by hand"))))


def patch_signals(w):
    w.patch_signals({"count": 1})


others = st.sampled_from(
    (do_nothing, do_nothing, do_nothing, patch_a_region, patch_a_page, patch_signals)
)


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.lists(others, min_size=CHANGES, max_size=CHANGES))
async def test_the_browser_shows_the_last_page(seed, writes):
    first, *pages = changed_pages(seed, CHANGES)
    client = MemoryClient()
    w = Writer(client)

    w.patch(first, thin=True)
    for page, write in zip(pages, writes, strict=True):
        write(w)
        w.patch(page, thin=True)
    await w.drain()

    # The whole page, sent after it, must change nothing.
    thin = shown(first, client)
    w.patch(pages[-1])
    await w.drain()
    assert shown(first, client) == thin


def shown(first, client):
    """Return the page that a browser shows after a stream."""
    patches = tuple(
        patch_of(event) for event in events_of(client.body) if event.elements is not None
    )
    return simulate(first, patches).html
