"""Live: when a page is drawn, when it is sent, who shares it, and what is left behind."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator, Callable
from functools import partial, wraps
from typing import Any

import pytest

from fatmorph import Relay, counters, h
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.datastar.events import patch_elements
from fatmorph.errors import EventError, HandlerError, ResponseEndedError, ResponseError
from fatmorph.markup._element import Element
from fatmorph.testing import MemoryClient
from fatmorph.writer import View
from transports import Clock, Source, turns


class Counter:
    """A state with a view: it counts how often the view was drawn, and can stop it meanwhile."""

    def __init__(self) -> None:
        self.number = 0
        self.drawn: list[int] = []
        self.may_end = asyncio.Event()

    def view(self) -> Element:
        self.drawn.append(self.number)
        return h.p(self.number, id="number")

    async def slow_view(self) -> Element:
        page = self.view()
        await self.may_end.wait()
        return page


class Client:
    """A client of a live page."""

    def __init__(self, view: View, *sources: object, **options: object) -> None:
        self.transport = MemoryClient()
        self.view = view
        self.sources = sources
        self.nonce = str(options.pop("nonce", ""))
        self.options = options
        self.last_event_id: str | None = None

    async def open(self) -> "Client":
        self.handler = asyncio.create_task(self._handle())
        await turns()
        return self

    async def leave(self) -> None:
        self.transport.leave()
        await self.handler

    @property
    def numbers(self) -> list[int]:
        """Return what the pages that came show."""
        pages = self.transport.body.split(b'id="number">')[1:]
        return [int(page.partition(b"<")[0]) for page in pages]

    async def _handle(self) -> None:
        writer = HandledWriter(self.transport, last_event_id=self.last_event_id, nonce=self.nonce)
        try:
            await writer.live(self.view, *self.sources, **self.options)
        finally:
            await writer.finish()


@pytest.fixture
def relay() -> Relay[str]:
    return Relay()


@pytest.fixture
async def counter() -> Counter:
    return Counter()


def change(counter: Counter, relay: Relay[str], number: int) -> None:
    counter.number = number
    relay.publish("number", "changed")


async def test_a_page_comes_at_once_and_after_every_change(
    counter: Counter, relay: Relay[str]
) -> None:
    client = await Client(counter.view, relay.subscribe("*")).open()
    at_once = client.numbers

    change(counter, relay, 1)
    await turns()
    change(counter, relay, 2)
    await turns()
    await client.leave()

    assert (at_once, client.numbers) == ([0], [0, 1, 2])


async def test_the_browser_forgets_an_id_before_a_page_and_learns_one_after_it(
    counter: Counter, relay: Relay[str]
) -> None:
    client = await Client(counter.view, relay.subscribe("*")).open()

    # Written out: it is the same in every process, on every day.
    assert client.transport.body == (
        b'event: datastar-patch-elements\nid: \ndata: elements <p id="number">0</p>\n\n'
        b"id: 0RIF5wLn02zPuWRj\n\n"
    )
    await client.leave()


async def test_changes_before_the_first_page_are_in_it(counter: Counter, relay: Relay[str]) -> None:
    changes = relay.subscribe("*")
    change(counter, relay, 1)

    client = await Client(counter.view, changes).open()
    await client.leave()

    assert counter.drawn == [1]


async def test_changes_while_a_page_is_drawn_become_one_page(
    counter: Counter, relay: Relay[str]
) -> None:
    client = await Client(counter.slow_view, relay.subscribe("*")).open()

    for number in (1, 2, 3):
        change(counter, relay, number)
    counter.may_end.set()
    await turns()
    await client.leave()

    assert client.numbers == [0, 3]


async def test_changes_while_the_socket_is_full_become_one_page(
    counter: Counter, relay: Relay[str]
) -> None:
    client = Client(counter.view, relay.subscribe("*"))
    client.transport.stop_reading()
    await client.open()

    for number in (1, 2, 3):
        change(counter, relay, number)
        await turns()
    client.transport.read_on()
    await turns()
    await client.leave()

    assert counter.drawn == [0, 3]


async def test_changes_that_the_rate_holds_back_become_one_page(
    counter: Counter, relay: Relay[str], clock: Clock
) -> None:
    client = await Client(counter.view, relay.subscribe("*"), max_rate=2).open()
    for number in (1, 2, 3):
        change(counter, relay, number)
        await turns()
    held_back = client.numbers

    clock.advance(0.5)
    await turns()
    await client.leave()

    assert (held_back, client.numbers) == ([0], [0, 3])


async def test_a_change_after_a_pause_is_not_held_back(
    counter: Counter, relay: Relay[str], clock: Clock
) -> None:
    client = await Client(counter.view, relay.subscribe("*"), max_rate=2).open()
    clock.advance(0.5)

    change(counter, relay, 1)
    await turns()
    await client.leave()

    assert client.numbers == [0, 1]


async def test_a_page_equal_to_the_last_one_sent_is_not_sent(
    counter: Counter, relay: Relay[str]
) -> None:
    client = await Client(counter.view, relay.subscribe("*")).open()

    for number in (0, 1, 1, 0):
        change(counter, relay, number)
        await turns()
    await client.leave()

    assert (counter.drawn, client.numbers) == ([0, 0, 1, 1, 0], [0, 1, 0])


async def test_the_page_that_the_browser_has_is_not_sent_again(
    counter: Counter, relay: Relay[str]
) -> None:
    first = await Client(counter.view, relay.subscribe("*")).open()
    await first.leave()
    again = Client(counter.view, relay.subscribe("*"))
    again.last_event_id = first.transport.body.split(b"id: ")[-1].strip().decode()

    await again.open()
    at_first = again.numbers
    for number in (1, 0):
        change(counter, relay, number)
        await turns()
    await again.leave()

    assert (at_first, again.numbers) == ([], [1, 0])


@pytest.mark.parametrize("last_event_id", ["", "42", "0" * 16])
async def test_the_id_of_anything_else_suppresses_nothing(
    counter: Counter, relay: Relay[str], last_event_id: str
) -> None:
    client = Client(counter.view, relay.subscribe("*"))
    client.last_event_id = last_event_id

    await client.open()
    await client.leave()

    assert client.numbers == [0]


async def test_a_page_after_another_patch_is_always_sent(counter: Counter) -> None:
    first = await Client(counter.view, Source()).open()
    await first.leave()
    transport = MemoryClient()
    writer = HandledWriter(
        transport,
        is_datastar=True,
        last_event_id=first.transport.body.split(b"id: ")[-1].strip().decode(),
    )

    writer.patch(h.p("something else", id="number"))
    handler = asyncio.create_task(writer.live(counter.view, Source()))
    await turns()
    transport.leave()
    await handler

    assert b'id="number">0<' in transport.body


async def test_a_change_of_any_of_several_sources_is_shown(
    counter: Counter, relay: Relay[str]
) -> None:
    other, plain = Relay[str](), Source()
    client = await Client(
        counter.view, relay.subscribe("*"), None, other.subscribe("*"), plain
    ).open()

    change(counter, relay, 1)
    await turns()
    change(counter, other, 2)
    await turns()
    counter.number = 3
    plain.queue.put_nowait("news")
    await turns()
    await client.leave()

    assert (client.numbers, plain.is_closed) == ([0, 1, 2, 3], True)
    assert (relay.subscription_count, other.subscription_count) == (0, 0)


async def test_changes_of_several_sources_meanwhile_become_one_page(
    counter: Counter, relay: Relay[str]
) -> None:
    other = Relay[str]()
    client = await Client(counter.view, relay.subscribe("*"), other.subscribe("*")).open()
    overtaken = counters.snapshot().overtaken

    for number in (1, 2, 3):
        change(counter, relay, number)
        change(counter, other, number)
    await turns()
    await client.leave()

    assert (client.numbers, counters.snapshot().overtaken - overtaken) == ([0, 3], 5)


async def test_the_first_of_several_sources_that_ends_ends_the_page(
    counter: Counter, relay: Relay[str]
) -> None:
    steps = relay.subscribe("*")
    client = await Client(counter.view, Source(), steps).open()

    await steps.aclose()
    await turns()

    assert client.handler.done()


async def test_another_thread_wakes_a_reader_of_several_sources(
    counter: Counter, relay: Relay[str]
) -> None:
    other = Relay[str]()
    client = await Client(counter.view, relay.subscribe("*"), other.subscribe("*")).open()

    await asyncio.to_thread(change, counter, other, 1)
    await turns()
    await client.leave()

    assert client.numbers == [0, 1]


async def test_silence_is_broken_by_a_heartbeat(
    counter: Counter, relay: Relay[str], clock: Clock
) -> None:
    client = await Client(counter.view, relay.subscribe("*"), heartbeat=10).open()
    page = client.transport.body

    clock.advance(10)
    await turns()
    await client.leave()

    assert client.transport.body == page + b":\n\n"


async def test_it_ends_when_the_client_leaves_and_the_source_is_closed(
    counter: Counter, relay: Relay[str]
) -> None:
    client = await Client(counter.view, relay.subscribe("*")).open()

    await client.leave()

    assert relay.subscription_count == 0


async def test_a_client_that_leaves_while_a_page_is_drawn_does_not_interrupt_the_view(
    counter: Counter, relay: Relay[str]
) -> None:
    client = await Client(counter.slow_view, relay.subscribe("*")).open()

    client.transport.leave()
    await turns()
    is_ended_early = client.handler.done()
    counter.may_end.set()
    await client.handler

    assert (is_ended_early, relay.subscription_count) == (False, 0)


async def test_an_error_of_the_view_is_the_handlers_and_closes_the_source(
    relay: Relay[str],
) -> None:
    def view() -> Element:
        raise LookupError("no such room")

    writer = HandledWriter(MemoryClient())

    with pytest.raises(LookupError, match="no such room"):
        await writer.live(view, relay.subscribe("*"))
    assert relay.subscription_count == 0


async def test_a_view_that_returns_no_page_is_an_error() -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(EventError):
        await writer.live(lambda: "text", Source())  # type: ignore[arg-type,return-value]


async def test_a_head_request_gets_no_page(counter: Counter, relay: Relay[str]) -> None:
    writer = HandledWriter(MemoryClient(), is_head=True)

    await writer.live(counter.view, relay.subscribe("*"))

    assert (counter.drawn, relay.subscription_count) == ([], 0)


async def test_a_live_page_after_a_whole_response_is_an_error(counter: Counter) -> None:
    writer = HandledWriter(MemoryClient())
    writer.text("done")

    with pytest.raises(ResponseEndedError):
        await writer.live(counter.view, Source())


async def test_only_some_regions_are_sent(relay: Relay[str]) -> None:
    page = h.html(h.body(h.p("1", id="number"), h.p("2", id="other")))

    client = await Client(lambda: page, relay.subscribe("*"), only="#number").open()
    await client.leave()

    assert client.transport.body.startswith(
        b'event: datastar-patch-elements\nid: \ndata: elements <p id="number">1</p>\n\nid: '
    )


# Sources other than a relay


async def test_any_source_announces_changes_and_is_closed_at_the_end(counter: Counter) -> None:
    source = Source()
    client = await Client(counter.view, source).open()

    counter.number = 1
    source.queue.put_nowait("a")
    await turns()
    await client.leave()

    assert (client.numbers, source.is_closed) == ([0, 1], True)


async def test_items_of_any_source_meanwhile_become_one_page(counter: Counter) -> None:
    source = Source("a", "b")
    client = await Client(counter.slow_view, source).open()
    counter.number = 1
    for item in ("c", "d", "e"):
        source.queue.put_nowait(item)
    await turns()

    counter.may_end.set()
    await turns()
    await client.leave()

    assert counter.drawn == [0, 1]


async def test_a_source_that_ends_ends_the_page_after_its_last_change(counter: Counter) -> None:
    async def source() -> AsyncIterator[None]:
        await counter.may_end.wait()
        counter.number = 7
        yield

    client = await Client(counter.view, source()).open()
    counter.may_end.set()
    await client.handler

    assert client.numbers == [0, 7]


async def test_an_error_of_the_source_is_the_handlers(counter: Counter) -> None:
    async def source() -> AsyncIterator[None]:
        await counter.may_end.wait()
        raise LookupError("the database is gone")
        yield

    client = await Client(counter.view, source()).open()
    counter.may_end.set()

    with pytest.raises(LookupError, match="the database is gone"):
        await client.handler


async def test_a_source_that_never_waits_stops_no_other_stream(counter: Counter) -> None:
    async def source() -> AsyncIterator[None]:
        while True:
            yield

    client = await Client(counter.view, source()).open()

    await client.leave()

    assert client.numbers == [0]


async def test_without_a_source_the_view_is_asked_as_often_as_the_rate_says(
    counter: Counter, clock: Clock
) -> None:
    client = await Client(counter.view, max_rate=2).open()

    for number in (0, 1, 2):
        counter.number = number
        clock.advance(0.5)
        await turns()
    await client.leave()

    assert (counter.drawn, client.numbers) == ([0, 0, 1, 2], [0, 1, 2])


async def test_without_a_source_and_a_rate_there_is_no_moment_to_draw(counter: Counter) -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(ResponseError) as error:
        await writer.live(counter.view)
    assert str(error.value) == (
        "cannot decide when to draw a live page\n"
        "  where: w.live(view)\n"
        "  why:   without a source of changes, the page is drawn at the rate that you set\n"
        "  fix:   w.live(view, max_rate=2)"
    )


async def test_a_rate_of_nothing_is_an_error_of_the_call(counter: Counter) -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(ResponseError) as error:
        await writer.live(counter.view, max_rate=0)
    assert str(error.value) == (
        "cannot use max_rate=0\n"
        "  where: w.live(view, …)\n"
        "  why:   it must be a positive number, or None to switch it off\n"
        "  fix:   w.live(view, …, max_rate=None)"
    )


# Pages that streams share


async def open_clients(count: int, make: Callable[[], Client]) -> list[Client]:
    return [await make().open() for _ in range(count)]


async def test_streams_with_one_key_that_wake_for_one_change_share_its_page(
    counter: Counter, relay: Relay[str]
) -> None:
    clients = await open_clients(
        5, lambda: Client(counter.view, relay.subscribe("*"), key="number")
    )
    counter.drawn.clear()

    change(counter, relay, 1)
    await turns()

    assert [client.numbers for client in clients] == [[0, 1]] * 5
    assert counter.drawn == [1]
    # One object: it was not copied.
    assert len({id(client.transport.sent[-1]) for client in clients}) == 1
    await asyncio.gather(*(client.leave() for client in clients))


async def test_pages_with_different_nonces_share_nothing(
    counter: Counter, relay: Relay[str]
) -> None:
    clients = [
        await Client(counter.view, relay.subscribe("*"), key="number", nonce=nonce).open()
        for nonce in ("", "", "a", "a", "b")
    ]
    counter.drawn.clear()

    change(counter, relay, 1)
    await turns()

    assert [client.numbers for client in clients] == [[0, 1]] * 5
    assert counter.drawn == [1] * 3
    await asyncio.gather(*(client.leave() for client in clients))


async def test_streams_with_one_key_wait_for_one_slow_view(
    counter: Counter, relay: Relay[str]
) -> None:
    counter.may_end.set()
    clients = await open_clients(
        5, lambda: Client(counter.slow_view, relay.subscribe("*"), key="number")
    )
    counter.drawn.clear()
    counter.may_end.clear()

    change(counter, relay, 1)
    await turns()
    counter.may_end.set()
    await turns()

    assert (counter.drawn, [client.numbers for client in clients]) == ([1], [[0, 1]] * 5)
    await asyncio.gather(*(client.leave() for client in clients))


async def test_a_page_that_was_begun_before_a_change_is_not_shown_for_it(
    counter: Counter, relay: Relay[str]
) -> None:
    counter.may_end.set()
    clients = await open_clients(
        3, lambda: Client(counter.slow_view, relay.subscribe("*"), key="number")
    )
    counter.drawn.clear()
    counter.may_end.clear()

    change(counter, relay, 1)
    await turns()
    change(counter, relay, 2)  # while the page of the first change is drawn
    await turns()
    counter.may_end.set()
    await turns(20)

    assert [client.numbers[-1] for client in clients] == [2, 2, 2]
    assert counter.drawn == [1, 2]
    await asyncio.gather(*(client.leave() for client in clients))


async def test_a_new_client_gets_a_current_page(counter: Counter, relay: Relay[str]) -> None:
    clients = await open_clients(
        2, lambda: Client(counter.view, relay.subscribe("*"), key="number")
    )
    counter.number = 1  # and without a notification

    late = await Client(counter.view, relay.subscribe("*"), key="number").open()

    assert late.numbers == [1]
    await asyncio.gather(*(client.leave() for client in (*clients, late)))


async def test_a_crowd_that_comes_at_once_is_shown_two_pages_at_the_most(
    counter: Counter, relay: Relay[str]
) -> None:
    clients = [Client(counter.slow_view, relay.subscribe("*"), key="number") for _ in range(10)]

    await asyncio.gather(*(client.open() for client in clients))
    counter.may_end.set()
    await turns(20)

    assert ([client.numbers for client in clients], len(counter.drawn)) == ([[0]] * 10, 2)
    await asyncio.gather(*(client.leave() for client in clients))


async def test_an_error_while_drawing_is_not_a_page_for_the_others(relay: Relay[str]) -> None:
    results = iter(["a", "a", "a", LookupError("once"), "b"])

    def view() -> Element:
        result = next(results, "b")
        if isinstance(result, Exception):
            raise result
        return h.p(result, id="text")

    clients = await open_clients(3, lambda: Client(view, relay.subscribe("*"), key=1))

    relay.publish("text", "changed")
    await turns()
    for client in clients:
        client.transport.leave()
    ends = await asyncio.gather(*(client.handler for client in clients), return_exceptions=True)

    assert [repr(end) for end in ends] == ["LookupError('once')", "None", "None"]
    assert [b">b<" in client.transport.body for client in clients] == [False, True, True]


async def test_the_same_key_in_another_handler_is_another_page(relay: Relay[str]) -> None:
    makers: list[Callable[[], View]] = [
        lambda: lambda: h.p("first", id="a"),
        lambda: lambda: h.p("second", id="a"),
        lambda: partial(h.p, "third", id="a"),
        lambda: passed_on(lambda: h.p("fourth", id="a")),
        lambda: passed_on(lambda: h.p("fifth", id="a")),
    ]
    clients = [
        await Client(make(), relay.subscribe("*"), key="page").open()
        for make in makers
        for _ in range(2)
    ]

    relay.publish("anything", "changed")
    await turns()

    shown = [client.transport.body.partition(b">")[2].partition(b"<")[0] for client in clients]
    words = [b"first", b"second", b"third", b"fourth", b"fifth"]
    assert shown == [word for word in words for _ in range(2)]
    await asyncio.gather(*(client.leave() for client in clients))


def passed_on(view: View) -> View:
    """Return a view that a decorator has wrapped."""

    @wraps(view)
    def wrapper() -> object:
        return view()

    return wrapper  # type: ignore[return-value]


async def test_streams_that_poll_share_a_page_of_one_interval(
    counter: Counter, clock: Clock
) -> None:
    clients = await open_clients(3, lambda: Client(counter.view, max_rate=0.001, key="number"))
    counter.drawn.clear()

    counter.number = 1
    clock.advance(1000)
    await turns()

    # The page that the last of them got when it came is younger than an interval.
    assert counter.drawn == []
    await asyncio.gather(*(client.leave() for client in clients))


async def test_a_key_that_cannot_be_looked_up_is_an_error(counter: Counter) -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(ResponseError) as error:
        await writer.live(counter.view, Source(), key=[1])  # type: ignore[arg-type]
    assert str(error.value) == (
        "cannot share a page by the key [1]\n"
        "  where: w.live(…, key=…)\n"
        "  why:   the key is looked up in a dict, so it must be hashable\n"
        '  fix:   w.live(view, source, key=("room", room_id))'
    )


def test_pages_are_shared_within_one_event_loop() -> None:
    async def show() -> list[int]:
        counter = Counter()
        relay = Relay[str]()
        clients = await open_clients(
            2, lambda: Client(counter.slow_view, relay.subscribe("*"), key="number")
        )
        counter.may_end.set()
        await turns()
        await asyncio.gather(*(client.leave() for client in clients))
        return [client.numbers for client in clients]

    assert [asyncio.run(show()), asyncio.run(show())] == [[[0], [0]], [[0], [0]]]


# Counters


async def test_pages_that_were_overtaken_and_the_time_of_rendering_are_counted(
    counter: Counter, relay: Relay[str]
) -> None:
    before = counters.snapshot()
    client = await Client(counter.slow_view, relay.subscribe("*")).open()

    for number in (1, 2, 3):
        change(counter, relay, number)
    counter.may_end.set()
    await turns()
    await client.leave()

    after = counters.snapshot()
    assert (after.overtaken - before.overtaken, after.events - before.events) == (2, 2)
    assert after.render_seconds > before.render_seconds


# The cost of a waiting page


@pytest.mark.parametrize("key", [None, "page"])
async def test_a_page_is_not_kept_while_nothing_changes(relay: Relay[str], key: str | None) -> None:
    # A warm-up of everything that is kept once and for all.
    await (await Client(lambda: page_of(10), relay.subscribe("*"), key=key).open()).leave()
    size = len(patch_elements(page_of(10_000)))
    tracemalloc.start()

    before, _ = tracemalloc.get_traced_memory()
    clients = await open_clients(
        20, lambda: Client(lambda: page_of(10_000), relay.subscribe("*"), key=key)
    )
    for client in clients:
        client.transport.sent.clear()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 40_000
    assert (after - before) / len(clients) < 15_000
    await asyncio.gather(*(client.leave() for client in clients))


def page_of(words: int) -> Element:
    return h.html(h.body(h.p("word " * words)))


async def test_a_key_is_forgotten_with_its_last_stream(counter: Counter, relay: Relay[str]) -> None:
    clients = [
        await Client(counter.view, relay.subscribe("*"), key=key).open() for key in ("a", "a", "b")
    ]
    while_open = shared_views()

    await asyncio.gather(*(client.leave() for client in clients))
    del clients
    gc.collect()

    assert (while_open, shared_views()) == (2, 0)


async def test_a_source_that_exits_fails_its_own_stream_only() -> None:
    async def changes() -> AsyncIterator[int]:
        yield 1
        raise SystemExit(1)

    with pytest.raises(HandlerError, match="after SystemExit in a source"):
        await HandledWriter(MemoryClient()).live(lambda: h.p(id="a"), changes())


def shared_views() -> int:
    return sum(type(item).__name__ == "SharedPage" for item in gc.get_objects())


async def values() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize("source", [Relay[int](), values, [1], asyncio.Queue()])
async def test_something_that_yields_no_changes_is_not_a_source(source: Any) -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(ResponseError, match="as a source of changes"):
        await writer.live(lambda: h.p("board"), Relay[int]().subscribe("*"), source)
    with pytest.raises(ResponseError, match="as a source of changes"):
        writer.alive(source)


async def test_a_page_that_was_drawn_already_is_not_a_view() -> None:
    writer = HandledWriter(MemoryClient())
    page: Any = h.p("board")

    with pytest.raises(ResponseError, match="cannot draw Element again"):
        await writer.live(page, Relay[int]().subscribe("*"))
