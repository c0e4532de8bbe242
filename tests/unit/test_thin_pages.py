"""Thin pages of a stream: what is sent, and that the browser shows the last page after it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fatmorph import Markup, Relay, counters, h, memo
from fatmorph._thin_pages import _last
from fatmorph.errors import EventError
from fatmorph.markup._element import Element
from fatmorph.morph import simulate
from fatmorph.settings import Settings
from fatmorph.testing import MemoryClient, events_of
from fatmorph.testing._events import EventReader
from fatmorph.writer import Writer
from sent_patches import patch_of
from transports import turns

FILLING = h.footer("A page is worth a thin patch only if most of it stays as it is. " * 20)


def page(*body: Any, title: str = "Board") -> Element:
    return h.html(h.head(h.title(title)), h.body(*body, FILLING))


def count_view(number: int) -> Element:
    return page(h.p(number, id="count"))


def sent(client: MemoryClient) -> list[str]:
    """Return what each event sends: `whole`, or its HTML; other events by their types."""
    found = []
    for event in events_of(client.body):
        html = event.elements or ""
        found.append("whole" if html.startswith("<!doctype") else html or event.name)
    return [each for each in found if each != "message"]


def shown(client: MemoryClient) -> str:
    """Return the page that a browser shows after a stream."""
    patches = tuple(
        patch_of(event)
        for event in events_of(client.body)
        if event.name == "datastar-patch-elements"
    )
    return "<!doctype html>" + simulate(page(), patches).html


async def open_writer(**settings: Any) -> tuple[MemoryClient, Writer]:
    client = MemoryClient()
    return client, Writer(client, settings=Settings(**settings))


async def test_the_first_page_is_whole_and_the_next_ones_are_thin() -> None:
    client, w = await open_writer()

    for number in range(3):
        w.patch(count_view(number), thin=True)
    await w.drain()

    assert sent(client) == ["whole", '<p id="count">1</p>', '<p id="count">2</p>']
    assert shown(client) == str(count_view(2))


async def test_an_equal_page_sends_nothing() -> None:
    client, w = await open_writer()

    w.patch(count_view(1), thin=True)
    w.patch(count_view(1), thin=True)
    await w.drain()

    assert sent(client) == ["whole"]


@pytest.mark.parametrize(
    "write",
    [
        lambda w: w.patch(h.p("by hand", id="count")),
        lambda w: w.patch(count_view(7)),
        lambda w: w.patch_signals({"open": True}),
        lambda w: w.remove("#count"),
        lambda w: w.execute("document.body.replaceChildren()"),
    ],
    ids=["a region", "a page", "signals", "a removal", "a script"],
)
async def test_the_page_after_another_event_is_whole(write: Callable[[Writer], None]) -> None:
    client, w = await open_writer()

    w.patch(count_view(1), thin=True)
    write(w)
    w.patch(count_view(2), thin=True)
    w.patch(count_view(3), thin=True)
    await w.drain()

    assert (sent(client)[0], *sent(client)[-2:]) == ("whole", "whole", '<p id="count">3</p>')
    assert shown(client) == str(count_view(3))


async def test_a_change_that_is_not_safe_is_a_whole_page_and_the_next_one_is_thin() -> None:
    client, w = await open_writer()

    w.patch(count_view(1), thin=True)
    w.patch(page(h.p(2, id="count"), title="New"), thin=True)
    w.patch(page(h.p(3, id="count"), title="New"), thin=True)
    await w.drain()

    assert sent(client) == ["whole", "whole", '<p id="count">3</p>']


async def test_a_change_of_most_of_the_page_is_a_whole_page() -> None:
    client, w = await open_writer()

    for text in ("1", "2"):
        w.patch(page(h.div(text * 3000, id="all"), h.p("kept")), thin=True)
    await w.drain()

    assert sent(client) == ["whole", "whole"]


async def test_a_page_with_trusted_html_is_always_whole() -> None:
    client, w = await open_writer()

    for number in range(2):
        w.patch(page(h.p(number, id="count"), Markup("<b>trusted</b>")), thin=True)
    await w.drain()

    assert sent(client) == ["whole", "whole"]


async def test_a_page_with_unknown_remains_makes_the_later_ones_whole() -> None:
    client, w = await open_writer()
    widget = h.div({"data-ignore-morph": True})

    w.patch(page(h.p(1, id="count"), widget), thin=True)
    for number in range(2, 4):
        w.patch(count_view(number), thin=True)
    w.patch_signals({"open": True})
    for number in range(4, 6):
        w.patch(count_view(number), thin=True)
    await w.drain()

    assert [each for each in sent(client) if each == "whole"] == ["whole"] * 5


async def test_a_stream_with_unknown_remains_shares_no_thin_event() -> None:
    lost, known = await open_writer(), await open_writer()
    pages = [count_view(number) for number in range(3)]

    lost[1].patch(page(h.div({"data-ignore-morph": True})), thin=True)
    for each in pages:
        for _, w in (known, lost):
            w.patch(each, thin=True)
    for _, w in (lost, known):
        await w.drain()

    assert sent(lost[0]) == ["whole"] * 4
    assert sent(known[0]) == ["whole", '<p id="count">1</p>', '<p id="count">2</p>']


async def test_a_very_large_page_is_always_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fatmorph._thin_pages.MAX_PAGE_BYTES", 100)
    client, w = await open_writer()

    w.patch(count_view(1), thin=True)
    w.patch(count_view(2), thin=True)
    await w.drain()

    assert sent(client) == ["whole", "whole"]


async def test_several_changes_come_in_one_write_and_lead_to_the_page() -> None:
    client, w = await open_writer()

    def rows(*names: str) -> Element:
        return page(
            h.ul([h.li(name, id=name) for name in names], id="list"), h.p(len(names), id="total")
        )

    w.patch(rows("a", "b", "c"), thin=True)
    w.patch(rows("n", "a", "c"), thin=True)
    await w.drain()

    assert sent(client)[0] == "whole"
    assert "whole" not in sent(client)[1:]
    assert shown(client) == str(rows("n", "a", "c"))


async def test_a_change_is_whole_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    client, w = await open_writer()

    w.patch(count_view(1), thin=True)
    w.patch(count_view(2), thin=True)
    monkeypatch.setattr("fatmorph._thin_pages.WHOLE_AFTER_SECONDS", -1.0)
    w.patch(count_view(2), thin=True)
    w.patch(count_view(3), thin=True)
    monkeypatch.undo()
    w.patch(count_view(4), thin=True)
    await w.drain()

    assert sent(client) == ["whole", '<p id="count">2</p>', "whole", '<p id="count">4</p>']


async def test_another_option_is_refused() -> None:
    _, w = await open_writer()

    with pytest.raises(EventError, match="cannot send a thin patch with other options"):
        w.patch(count_view(1), thin=True, view_transition=True)


async def test_streams_that_show_the_same_pages_share_their_events() -> None:
    first, second = await open_writer(), await open_writer()
    pages = [count_view(number) for number in range(3)]
    before = counters.snapshot()

    for each in pages:
        for _, w in (first, second):
            w.patch(each, thin=True)
    for _, w in (first, second):
        await w.drain()

    assert first[0].body == second[0].body
    after = counters.snapshot()
    assert (after.whole_pages - before.whole_pages, after.thin_pages - before.thin_pages) == (2, 4)


async def test_streams_with_one_key_share_each_event_as_one_object() -> None:
    lives = [Live(thin=True, key="count") for _ in range(3)]
    relay, numbers = lives[0].relay, [0]
    for live in lives:
        live.relay = relay
        live.view = lambda: count_view(numbers[0])  # type: ignore[method-assign]
        await live.open()

    numbers[0] = 1
    relay.publish("number", "changed")
    await turns()

    assert len({id(live.client.sent[-1]) for live in lives}) == 1
    assert sent(lives[2].client) == ["whole", '<p id="count">1</p>']
    for live in lives:
        await live.leave()


async def test_streams_of_different_pages_share_the_event_of_a_memoised_part() -> None:
    part_view = memo(lambda number: h.p(number, id="count"))
    streams = {name: await open_writer() for name in ("Ada", "Bob")}

    for number in range(3):
        for name, (_, w) in streams.items():
            w.patch(page(h.h1(name), part_view(number)), thin=True)
    for name, (client, w) in streams.items():
        await w.drain()

        assert sent(client) == ["whole", '<p id="count">1</p>', '<p id="count">2</p>']
        assert shown(client) == str(page(h.h1(name), part_view(2)))


async def test_a_part_that_is_sent_to_a_page_with_an_id_is_not_sent_to_one_without() -> None:
    part_view = memo(lambda number: h.p(number, id="count"))
    live = Live(thin=True)
    live.view = lambda: page(part_view(live.number))  # type: ignore[method-assign]
    client, w = await open_writer()
    await live.open()
    w.patch(page(part_view(live.number)), thin=True)

    await live.show(1)
    w.patch(page(part_view(live.number)), thin=True)
    await w.drain()
    await live.leave()

    assert live.client.body.count(b"\nid: \n") == 2
    assert sent(client)[-1] == sent(live.client)[-1] == '<p id="count">1</p>'
    assert b"\nid:" not in client.body


async def test_the_event_of_a_part_is_dropped_with_the_part() -> None:
    _, w = await open_writer()

    w.patch(count_view(1), thin=True)
    w.patch(count_view(2), thin=True)
    is_kept = _last.part is not None
    w.patch(page(), thin=True)
    w.patch(page(h.hr()), thin=True)  # the change before still held the page with the part
    await w.drain()

    assert (is_kept, _last.part) == (True, None)


async def test_a_stream_that_has_missed_a_page_does_not_get_the_event_of_another() -> None:
    first, second = await open_writer(), await open_writer()
    pages = [page(h.p(number, id="a"), h.p(number // 2, id="b")) for number in range(3)]

    for _, w in (first, second):
        w.patch(pages[0], thin=True)
    first[1].patch(pages[1], thin=True)
    for _, w in (first, second):
        w.patch(pages[2], thin=True)
        await w.drain()

    late = await open_writer()
    late[1].patch(pages[2], thin=True)
    await late[1].drain()
    assert [shown(client) for client, _ in (first, second, late)] == [str(pages[2])] * 3


class Live:
    """A live page of a number, in a handler."""

    def __init__(self, **options: Any) -> None:
        self.client = MemoryClient()
        self.relay: Relay[str] = Relay()
        self.number = 0
        self.settings = options.pop("settings", None)
        self.options = options

    def view(self) -> Element:
        return count_view(self.number)

    async def open(self) -> None:
        self.w = Writer(self.client, settings=self.settings, last_event_id=self.last_event_id)
        changes = self.relay.subscribe("*", latest=True)
        self.handler = asyncio.create_task(self.w.live(self.view, changes, **self.options))
        await turns()

    last_event_id: str | None = None

    async def show(self, number: int) -> None:
        self.number = number
        self.relay.publish("number", "changed")
        await turns()

    async def leave(self) -> None:
        self.client.leave()
        await self.handler


@pytest.mark.parametrize(
    ("options", "is_thin"),
    [
        ({"thin": True}, True),
        ({"settings": Settings(thin=True)}, True),
        ({"settings": Settings(thin=True), "thin": False}, False),
        ({}, False),
        ({"thin": True, "key": "count"}, True),
    ],
    ids=["option", "setting", "option over setting", "default", "key"],
)
async def test_a_live_page_is_thin_if_it_is_told_so(
    options: dict[str, Any],
    is_thin: bool,  # noqa: FBT001 - a parameter
) -> None:
    live = Live(**options)
    await live.open()

    await live.show(1)
    await live.show(1)
    await live.show(2)
    await live.leave()

    thin = ['<p id="count">1</p>', '<p id="count">2</p>']
    assert sent(live.client) == ["whole", *(thin if is_thin else ["whole", "whole"])]
    assert shown(live.client) == str(count_view(2))


async def test_a_live_page_is_whole_after_another_event() -> None:
    live = Live(thin=True)
    await live.open()

    live.w.patch(h.p("by hand", id="count"))
    await live.show(1)
    await live.show(2)
    await live.leave()

    assert sent(live.client) == [
        "whole",
        '<p id="count">by hand</p>',
        "whole",
        '<p id="count">2</p>',
    ]


async def test_the_browser_forgets_the_id_of_its_page_with_the_first_thin_page() -> None:
    live = Live(thin=True)
    await live.open()
    first = last_id(live)

    await live.show(1)
    await live.leave()

    assert (bool(first), last_id(live)) == (True, "")


async def test_a_browser_that_comes_back_has_its_page_and_then_gets_a_whole_one() -> None:
    before = Live(thin=True)
    await before.open()
    await before.leave()

    again = Live(thin=True)
    again.last_event_id = last_id(before)
    await again.open()
    at_once = sent(again.client)
    await again.show(1)
    await again.show(2)
    await again.leave()

    assert at_once == []
    assert sent(again.client) == ["whole", '<p id="count">2</p>']


async def test_a_browser_that_comes_back_after_a_thin_page_gets_a_whole_one() -> None:
    before = Live(thin=True)
    await before.open()
    await before.show(1)
    await before.leave()

    again = Live(thin=True)
    again.number = 1
    again.last_event_id = last_id(before) or None
    await again.open()
    await again.leave()

    assert sent(again.client) == ["whole"]


async def test_an_equal_part_of_a_page_is_not_sent_again() -> None:
    live = Live(thin=True)
    live.view = lambda: h.p("always the same", id="part")  # type: ignore[method-assign]
    await live.open()

    await live.show(1)
    await live.leave()
    client, w = await open_writer()
    for _ in range(2):
        w.patch(h.p("always the same", id="part"), thin=True)
    await w.drain()

    assert sent(live.client) == sent(client) == ['<p id="part">always the same</p>']


def last_id(live: Live) -> str:
    """Return the id that a browser has after a stream."""
    reader = EventReader()
    list(reader.feed(live.client.body))
    return reader.last_id


async def test_regions_of_a_live_page_are_sent_whole() -> None:
    live = Live(thin=True, only="#count")
    await live.open()

    await live.show(1)
    await live.leave()

    assert sent(live.client) == ['<p id="count">0</p>', '<p id="count">1</p>']


async def test_a_memoised_view_is_as_thin_as_another() -> None:
    @memo
    def row_view(name: str) -> Element:
        return h.li(name, id=name)

    client, w = await open_writer()

    w.patch(page(h.ul([row_view("a"), row_view("b")], id="list")), thin=True)
    w.patch(page(h.ul([row_view("a"), row_view("c")], id="list")), thin=True)
    w.patch(page(h.ul([row_view("a"), h.li("c", id="c")], id="list")), thin=True)
    await w.drain()

    assert sent(client) == ["whole", "datastar-patch-elements", '<li id="c">c</li>']


async def test_the_last_event_of_a_change_says_how_many_ids_the_page_has() -> None:
    client, w = await open_writer()
    rows = [h.li({"id": f"row-{number}"}, number) for number in range(9)]

    for shown_rows in (rows, rows[:4] + rows[5:], (Markup("<li>unread"),)):
        w.patch(page(h.p(len(shown_rows), id="count"), h.ul(shown_rows, id="rows")), thin=True)
    await w.drain()

    found = [(event.field("mode"), event.field("ids")) for event in events_of(client.body)]
    assert found == [(None, "11"), (None, None), ("remove", "10"), (None, None)]


async def test_the_pages_that_streams_keep_are_counted_once_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counters, "_open", set())  # without the streams of other tests
    shared, own = count_view(1), count_view(2)
    kept = []

    writers = [await open_writer() for _ in range(3)]
    for (_, w), view in zip(writers, (shared, shared, own), strict=True):
        w.patch(view, thin=True)
        kept.append(counters.snapshot().thin_page_bytes)
    monkeypatch.setattr("fatmorph._thin_pages.MAX_PAGE_BYTES", 100)
    writers[2][1].patch(shared, thin=True)
    kept.append(counters.snapshot().thin_page_bytes)

    size = kept[0]
    assert len(str(shared)) < size < len(str(shared)) + 100
    assert kept == [size, size, 2 * size, size]
