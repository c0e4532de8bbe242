"""Numbers of this process: what is counted, and how it is read."""

import asyncio
import functools
from dataclasses import asdict
from typing import Any

import pytest

from fatmorph import Context, Relay, Writer, counters, h
from fatmorph.adapters import respond
from fatmorph.counters import COUNTERS, Counters, OpenStream, Traffic
from fatmorph.testing import MemoryClient
from transports import turns

DATASTAR = [("datastar-request", "true")]
Handler = Any  # a function with attributes
relay = Relay[str]()


@pytest.fixture(autouse=True)
def zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count from zero, and leave no trace."""
    for name, value in asdict(Counters()).items():
        monkeypatch.setattr(COUNTERS, name, value)
    monkeypatch.setattr(counters, "_open", set())


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
        "fatmorph_cut_total 0",
        "fatmorph_page_states 0",
        "fatmorph_page_states_dropped_total 0",
        "fatmorph_thin_pages_total 0",
        "fatmorph_whole_pages_total 0",
        "fatmorph_render_seconds_total 0.25",
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
