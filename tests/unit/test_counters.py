"""Numbers of this process: what is counted, and how it is read."""

import asyncio
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import pytest

from fatmorph import Context, Relay, Writer, counters, h
from fatmorph._histogram import Histogram
from fatmorph.adapters import respond
from fatmorph.counters import (
    COUNTERS,
    MAX_PAGES,
    Counters,
    OpenStream,
    PageCounters,
    PageRecord,
    Traffic,
)
from fatmorph.errors import LabelError
from fatmorph.testing import MemoryClient
from transports import turns

DATASTAR = [("datastar-request", "true")]
Handler = Any  # a function with attributes
STREAMS = 3000  # that open and end while another thread reads
relay = Relay[str]()
CHANGE_SECONDS = counters.CHANGE_SECONDS  # the real one


@pytest.fixture(autouse=True)
def zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count from zero, and leave no trace."""
    for name, value in asdict(Counters()).items():
        monkeypatch.setattr(COUNTERS, name, value)
    for name in ("_open", "_pages", "_draws", "_endings", "_refusals"):
        monkeypatch.setattr(counters, name, type(vars(counters)[name])())
    for name in ("DRAW_SECONDS", "CHANGE_SECONDS"):
        monkeypatch.setattr(counters, name, Histogram((0.1, 1.0)))


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Let threads take turns after each microsecond."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_a_stream_of_events_counts_what_it_carries() -> None:
    traffic = Traffic(100.0)

    traffic.open_stream()
    traffic.add_written(10, 101.0, is_event=True)
    traffic.add_written(10, 102.0, is_event=True)
    traffic.add_sent(7)

    assert counters.snapshot() == Counters(
        streams_open=1, streams=1, events=2, bytes_written=20, bytes_sent=7
    )
    assert (traffic.events, traffic.written, traffic.sent, traffic.last_event) == (2, 20, 7, 102.0)


def test_a_heartbeat_and_an_end_are_not_events() -> None:
    traffic = Traffic(100.0)

    traffic.open_stream()
    traffic.add_written(3, 101.0, is_event=False)
    traffic.add_written(0, 102.0, is_event=False)

    assert (traffic.events, traffic.written, traffic.last_event) == (0, 3, 100.0)


def test_a_whole_response_counts_bytes_only() -> None:
    traffic = Traffic(100.0)

    traffic.add_written(3, 100.0, is_event=False)
    traffic.add_sent(3)
    traffic.end()

    assert counters.snapshot() == Counters(bytes_written=3, bytes_sent=3)


def test_the_end_of_a_stream_is_counted_once() -> None:
    traffic = Traffic(100.0)
    traffic.open_stream()

    ended = [traffic.end(), traffic.end()]

    assert (ended, counters.snapshot().streams_open) == ([True, False], 0)


def test_a_snapshot_changes_no_more() -> None:
    before = counters.snapshot()

    Traffic(0.0).open_stream()

    assert (before.streams, counters.snapshot().streams) == (0, 1)


def test_prometheus_reads_every_counter() -> None:
    COUNTERS.streams_open = 3
    COUNTERS.render_seconds = 0.25

    lines = counters.prometheus().splitlines()

    assert lines[:3] == [
        "# HELP fatmorph_streams_open Open event streams.",
        "# TYPE fatmorph_streams_open gauge",
        "fatmorph_streams_open 3",
    ]
    assert [line for line in lines if not line.startswith("#")] == [
        "fatmorph_streams_open 3",
        "fatmorph_streams_total 0",
        "fatmorph_events_total 0",
        "fatmorph_bytes_written_total 0",
        "fatmorph_bytes_sent_total 0",
        "fatmorph_dropped_total 0",
        "fatmorph_overtaken_total 0",
        "fatmorph_cut_total 0",
        "fatmorph_page_states 0",
        "fatmorph_page_states_dropped_total 0",
        "fatmorph_thin_pages_total 0",
        "fatmorph_whole_pages_total 0",
        "fatmorph_thin_page_bytes 0",
        "fatmorph_render_seconds_total 0.25",
        'fatmorph_draw_seconds_bucket{le="0.1"} 0',
        'fatmorph_draw_seconds_bucket{le="1.0"} 0',
        'fatmorph_draw_seconds_bucket{le="+Inf"} 0',
        "fatmorph_draw_seconds_sum 0.0",
        "fatmorph_draw_seconds_count 0",
        'fatmorph_change_seconds_bucket{le="0.1"} 0',
        'fatmorph_change_seconds_bucket{le="1.0"} 0',
        'fatmorph_change_seconds_bucket{le="+Inf"} 0',
        "fatmorph_change_seconds_sum 0.0",
        "fatmorph_change_seconds_count 0",
    ]
    assert counters.prometheus().endswith("\n")


async def subscribe(c: Context, w: Writer) -> None:
    w.patch(h.p("a", id="a"))
    async with w.alive():
        await asyncio.Event().wait()


async def test_open_streams_are_listed_with_their_page(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "time", lambda: 100.0)
    monkeypatch.setattr("time.monotonic", lambda: 107.0)
    client = MemoryClient()
    context = Context(method="GET", path="/users/ada?secret", headers=DATASTAR)
    task = asyncio.create_task(respond(subscribe, context, client))
    await turns()

    listed = counters.open_streams()

    size = len(client.body)
    assert listed == (OpenStream(f"{__name__}.subscribe", 7.0, 1, size, size, ""),)
    client.leave()
    await task
    assert counters.open_streams() == ()


async def test_the_last_error_of_a_page_is_listed_without_its_text() -> None:
    clients = [MemoryClient(), MemoryClient()]
    tasks = [
        asyncio.create_task(respond(decorated, Context(method="GET", path="/"), client))
        for client in clients
    ]
    await turns()
    relay.publish("decorated", "ada@example.com")
    await asyncio.wait(tasks[:1])
    assert isinstance(tasks[0].exception(), LookupError)

    [stream] = counters.open_streams()

    line = decorated.__wrapped__.__code__.co_firstlineno + 6
    assert stream.page == f"{__name__}.decorated"
    assert stream.last_error == f"LookupError ({__file__}:{line})"
    clients[1].leave()
    await asyncio.wait(tasks)


def passed_on(handler: Handler) -> Handler:
    @functools.wraps(handler)
    async def inner(c: Context, w: Writer) -> None:
        await handler(c, w)

    return inner


waiting: list[str] = []


@passed_on
async def decorated(c: Context, w: Writer) -> None:
    is_first = not waiting
    waiting.append("")
    async for _, text in w.alive(relay.subscribe("decorated")):
        if is_first:
            raise LookupError(text)


def test_the_numbers_of_a_handler_are_kept_after_its_streams() -> None:
    ended, opened = (Traffic(100.0, PageRecord("main.subscribe")) for _ in range(2))
    for traffic in (ended, opened):
        traffic.open_stream()
        traffic.add_written(10, 101.0, is_event=True)
        traffic.add_sent(7)

    ended.end()

    assert counters.pages() == {
        "main.subscribe": PageCounters(
            streams_open=1, streams=2, events=2, bytes_written=20, bytes_sent=14
        )
    }


def test_handlers_beyond_a_thousand_are_counted_together() -> None:
    for number in range(MAX_PAGES + 2):
        Traffic(100.0, PageRecord(f"main.page{number}")).open_stream()

    assert len(counters.pages()) == MAX_PAGES + 1
    assert counters.pages()["other"].streams == 2


def test_prometheus_reads_the_numbers_of_handlers_endings_and_refusals_with_labels() -> None:
    Traffic(100.0, PageRecord('main."<locals>"')).open_stream()
    counters.note_ending("client left")
    counters.note_refusal("origin", 403)
    counters.CHANGE_SECONDS.add(0.5)

    lines = counters.prometheus({"worker": "1"}).splitlines()

    page = 'page="main.\\"<locals>\\""'
    assert {
        'fatmorph_streams_open{worker="1"} 1',
        f'fatmorph_page_streams_open{{worker="1",{page}}} 1',
        f'fatmorph_page_streams_total{{worker="1",{page}}} 1',
        'fatmorph_endings_total{worker="1",ending="client left"} 1',
        'fatmorph_refusals_total{worker="1",reason="origin",status="403"} 1',
        'fatmorph_change_seconds_bucket{worker="1",le="0.1"} 0',
        'fatmorph_change_seconds_bucket{worker="1",le="1.0"} 1',
        'fatmorph_change_seconds_sum{worker="1"} 0.5',
    } <= set(lines)
    types = {line.split()[2]: line.split()[3] for line in lines if line.startswith("# TYPE")}
    assert (types["fatmorph_page_streams_open"], types["fatmorph_endings_total"]) == (
        "gauge",
        "counter",
    )


async def test_the_endings_of_streams_are_counted() -> None:
    client = MemoryClient()
    task = asyncio.create_task(
        respond(subscribe, Context(method="GET", path="/", headers=DATASTAR), client)
    )
    await turns()

    client.leave()
    await task

    assert counters.endings() == {"client left": 1}


async def test_refused_requests_are_counted_by_their_reason() -> None:
    headers = [*DATASTAR, ("origin", "https://evil.example"), ("host", "board.example")]

    for _ in range(2):
        context = Context(method="POST", path="/", headers=headers)
        await respond(subscribe, context, MemoryClient())

    assert counters.refusals() == {("origin", 403): 2}


async def test_the_seconds_of_draws_and_changes_of_a_live_page_are_counted() -> None:
    async def live(c: Context, w: Writer) -> None:
        await w.live(lambda: h.p(str(next(numbers))), relay.subscribe("live"))

    numbers = iter(range(10))
    changes_before = CHANGE_SECONDS.count
    client = MemoryClient()
    task = asyncio.create_task(respond(live, Context(method="GET", path="/"), client))
    await turns()
    relay.publish("live", "")
    await turns()

    client.leave()
    await task

    assert (counters.DRAW_SECONDS.count, CHANGE_SECONDS.count - changes_before) == (2, 1)
    (name, page) = next(iter(counters.pages().items()))
    assert name.endswith("live")
    assert (page.draws, page.draw_seconds) == (2, counters.DRAW_SECONDS.total)


def test_the_draws_of_each_handler_have_a_histogram() -> None:
    for name, seconds in (("main.shop", 0.5), ("main.shop", 0.25), ("main.cart", 2.0)):
        counters.note_draw(PageRecord(name), seconds)

    lines = counters.prometheus({"worker": "1"}).splitlines()

    assert [line for line in lines if line.startswith("fatmorph_page_draw_seconds_")][10:15] == [
        'fatmorph_page_draw_seconds_bucket{worker="1",page="main.shop",le="2.5"} 2',
        'fatmorph_page_draw_seconds_bucket{worker="1",page="main.shop",le="5.0"} 2',
        'fatmorph_page_draw_seconds_bucket{worker="1",page="main.shop",le="+Inf"} 2',
        'fatmorph_page_draw_seconds_sum{worker="1",page="main.shop"} 0.75',
        'fatmorph_page_draw_seconds_count{worker="1",page="main.shop"} 2',
    ]
    draws = {name: (page.draws, page.draw_seconds) for name, page in counters.pages().items()}
    assert draws == {"main.shop": (2, 0.75), "main.cart": (1, 2.0)}
    assert counters.DRAW_SECONDS.count == 3


def test_a_label_may_be_a_number() -> None:
    assert 'fatmorph_streams_open{worker="1"} 0' in counters.prometheus({"worker": 1})


@pytest.mark.parametrize("labels", [{"worker": None}, {"worker": True}, {"worker": b"1"}])
def test_a_label_that_is_not_text_is_a_type_error(labels: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="as a label"):
        counters.prometheus(labels)


@pytest.mark.parametrize("labels", [[("worker", "1")], "worker", 7, []])
def test_labels_without_names_are_refused(labels: Any) -> None:
    with pytest.raises(LabelError, match="cannot read labels from"):
        counters.prometheus(labels)


def test_a_label_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(LabelError, match="lone surrogate"):
        counters.prometheus({"worker": "\udc80"})


@pytest.mark.parametrize("name", ["", "a-b", "1a", "__a", "é", "le", "page", "status", 7])
def test_a_name_of_a_label_that_would_break_the_text_is_refused(name: Any) -> None:
    with pytest.raises(LabelError, match="cannot name a label"):
        counters.prometheus({name: "1"})


@pytest.mark.parametrize(
    "read",
    [
        lambda: counters.snapshot().events,
        lambda: sum(page.events for page in counters.pages().values()),
        lambda: counters.open_streams() is not None,
        lambda: len(counters.prometheus()) > 0,
    ],
    ids=["snapshot", "pages", "open_streams", "prometheus"],
)
def test_another_thread_reads_numbers_that_never_fall(
    read: Callable[[], int], quick_switches: None
) -> None:
    is_over = threading.Event()

    def falls() -> list[tuple[int, int]]:
        found, fallen = 0, []
        while not is_over.is_set():
            before, found = found, read()
            fallen += [(before, found)] if found < before else []
        return fallen

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(falls)
        _open_and_end_streams()
        is_over.set()
        fallen = reading.result()

    assert fallen == []
    assert counters.snapshot() == Counters(streams=STREAMS, events=STREAMS, bytes_written=STREAMS)


def _open_and_end_streams() -> None:
    opened: list[Traffic] = []
    for number in range(STREAMS):
        page = PageRecord(f"main.page_{number}")
        traffic = Traffic(0.0, page)
        traffic.open_stream()
        traffic.add_written(1, 0.0, is_event=True)
        counters.note_draw(page, 0.1)
        counters.note_ending(f"ending {number}")
        counters.note_refusal(page.name, 403)
        opened.append(traffic)
        if len(opened) > 20:
            opened.pop(0).end()
    for traffic in opened:
        traffic.end()
