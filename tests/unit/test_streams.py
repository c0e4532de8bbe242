"""Streams that are ended by a key: their loops end, their pages ask again, and nothing is left."""

import asyncio
import gc
import threading
import weakref
from datetime import timedelta
from typing import Any

import pytest

from fatmorph import Context, Relay, Streams, Writer, h, shutdown
from fatmorph._streaming.retries import FEW_STREAMS
from fatmorph.adapters import Handler, respond
from fatmorph.errors import ResponseError, SettingsError
from fatmorph.testing import MemoryClient
from transports import Source, turns

SUBSCRIPTION = [("datastar-request", "true"), ("fatmorph-page", "k3j2")]

relay = Relay[str]()


@pytest.fixture
def streams() -> Streams:
    return Streams()


def opened(
    handler: Handler, headers: Any = (), method: str = "GET"
) -> tuple[asyncio.Task[None], MemoryClient]:
    client = MemoryClient()
    context = Context(method=method, path="/", headers=headers)
    return asyncio.create_task(respond(handler, context, client)), client


def following(streams: Streams, *keys: object, **options: Any) -> Handler:
    """Return a handler whose live page has these keys."""

    async def follow(c: Context, w: Writer) -> None:
        with streams.open(w, *keys, **options):
            await w.live(lambda: h.p("board", id="board"), relay.subscribe("*"))
        w.patch(h.p("goodbye", id="board"))

    return follow


async def alive(w: Writer) -> None:
    async for _ in w.alive(relay.subscribe("*")):
        pass


async def alive_without_a_source(w: Writer) -> None:
    async for _ in w.alive(max_rate=1):
        pass


async def alive_with_any_source(w: Writer) -> None:
    async for _ in w.alive(Source()):
        pass


async def alive_as_a_block(w: Writer) -> None:
    async with w.alive():
        await asyncio.Event().wait()


async def live_with_two_sources(w: Writer) -> None:
    await w.live(lambda: h.p("board", id="board"), relay.subscribe("*"), Source())


@pytest.mark.parametrize(
    "loop",
    [
        alive,
        alive_without_a_source,
        alive_with_any_source,
        alive_as_a_block,
        live_with_two_sources,
    ],
)
async def test_every_loop_ends_normally_and_the_code_after_it_runs(
    streams: Streams, loop: Any
) -> None:
    is_ended_normally = []

    async def handler(c: Context, w: Writer) -> None:
        with streams.open(w, "session 1"):
            await loop(w)
        is_ended_normally.append(True)

    task, client = opened(handler)
    await turns()

    count = streams.end("session 1")
    await task

    assert (count, is_ended_normally, client.is_complete) == (1, [True], True)
    assert (len(streams), relay.subscription_count) == (0, 0)


async def test_only_streams_with_one_of_the_keys_end(streams: Streams) -> None:
    keys = [("session 1", "ada"), ("session 2", "ada"), ("session 3", "bob"), ("session 4", "eve")]
    tasks = [opened(following(streams, *each))[0] for each in keys]
    await turns()

    count = streams.end("ada", "session 1", "session 3")
    await turns()

    assert (count, [task.done() for task in tasks]) == (3, [True, True, True, False])
    streams.end("eve")
    await asyncio.gather(*tasks)


async def test_a_stream_in_several_blocks_is_one_stream(streams: Streams) -> None:
    async def handler(c: Context, w: Writer) -> None:
        with streams.open(w, "session 1"), streams.open(w, "ada", "session 1"):
            await alive(w)

    task, _ = opened(handler)
    await turns()

    assert (len(streams), streams.end("session 1", "ada")) == (1, 1)
    await task
    assert vars(streams)["_by_key"] == {}


async def test_events_that_are_written_after_the_loop_are_still_sent(streams: Streams) -> None:
    task, client = opened(following(streams, "session 1"))
    await turns()

    streams.end("session 1")
    await task

    assert client.body.endswith(b'data: elements <p id="board">goodbye</p>\n\n')


async def test_an_end_before_the_loop_ends_it_at_once(streams: Streams) -> None:
    checked = asyncio.Event()

    async def handler(c: Context, w: Writer) -> None:
        with streams.open(w, "session 1"):
            await checked.wait()
            await alive(w)

    task, client = opened(handler)
    await turns()
    streams.end("session 1")
    await turns()
    checked.set()

    await task

    assert (client.status, client.is_complete) == (200, True)


async def test_an_end_may_come_from_any_thread(streams: Streams) -> None:
    task, client = opened(following(streams, "session 1"))
    await turns()

    count = await asyncio.to_thread(streams.end, "session 1")
    await task

    assert (count, client.is_complete) == (1, True)


async def test_streams_of_every_event_loop_end(streams: Streams) -> None:
    loop, is_open = asyncio.get_running_loop(), asyncio.Event()

    async def open_and_wait() -> bool:
        task, client = opened(following(streams, "session 1"))
        await turns()
        loop.call_soon_threadsafe(is_open.set)
        await task
        return client.is_complete

    other = asyncio.create_task(asyncio.to_thread(lambda: asyncio.run(open_and_wait())))
    await is_open.wait()

    count = streams.end("session 1")

    assert (count, await other) == (1, True)


async def test_a_stream_of_a_closed_event_loop_is_skipped(streams: Streams) -> None:
    entered = []

    def in_a_loop_that_is_closed() -> None:
        async def begin() -> None:
            block = streams.open(Writer(MemoryClient()), "session 1")
            block.__enter__()
            entered.append(block)

        asyncio.run(begin())

    await asyncio.to_thread(in_a_loop_that_is_closed)

    assert streams.end("session 1") == 1
    entered[0].__exit__(None, None, None)


async def test_ends_of_many_threads_leave_nothing(streams: Streams) -> None:
    is_over = threading.Event()

    def end_all_the_time() -> None:
        while not is_over.is_set():
            streams.end("session 1", "ada")

    threads = [asyncio.to_thread(end_all_the_time) for _ in range(4)]
    ending = asyncio.gather(*threads)
    for _ in range(20):
        pages = [opened(following(streams, "session 1", "ada", n))[0] for n in range(10)]
        await asyncio.gather(*pages)
    is_over.set()
    await ending

    assert (len(streams), vars(streams)["_by_key"]) == (0, {})


async def test_a_stream_ends_by_itself_after_some_seconds(streams: Streams) -> None:
    task, client = opened(following(streams, "session 1", max_seconds=0.01))

    await task

    assert (client.is_complete, len(streams)) == (True, 0)


@pytest.mark.parametrize("seconds", [0, -5])
async def test_a_session_that_is_over_ends_its_stream_at_once(
    streams: Streams, seconds: float
) -> None:
    task, client = opened(following(streams, "session 1", max_seconds=seconds))

    await task

    assert client.is_complete


async def test_a_timer_is_not_left_behind(streams: Streams) -> None:
    writer = Writer(MemoryClient())
    reference = weakref.ref(writer)

    with streams.open(writer, "session 1", max_seconds=3600):
        pass
    del writer
    gc.collect()

    assert reference() is None


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), 10**400, "10", timedelta(1), 1j])
async def test_seconds_that_no_timer_can_wait_are_refused(streams: Streams, seconds: Any) -> None:
    block = streams.open(Writer(MemoryClient()), "session 1", max_seconds=seconds)

    with pytest.raises(ResponseError, match="cannot end a stream after"), block:
        pass

    assert len(streams) == 0


@pytest.mark.parametrize("writer", [Context(method="GET", path="/"), "session 1", None])
async def test_a_stream_without_its_writer_is_refused(streams: Streams, writer: Any) -> None:
    with pytest.raises(ResponseError, match="as a stream"), streams.open(writer, "session 1"):
        pass

    assert len(streams) == 0


async def test_a_key_that_is_not_hashable_is_refused_and_nothing_is_kept(
    streams: Streams,
) -> None:
    key: Any = ["session 1"]

    with (
        pytest.raises(ResponseError, match="must be hashable"),
        streams.open(Writer(MemoryClient()), "ada", key),
    ):
        pass

    assert vars(streams)["_by_key"] == {}


async def test_none_is_not_a_key_that_strangers_share(streams: Streams) -> None:
    task, _ = opened(following(streams, None, "page 1"))
    await turns()

    assert (streams.end(None), len(streams)) == (0, 1)
    streams.end("page 1")
    await task


async def test_nothing_is_kept_of_a_stream_that_has_ended(streams: Streams) -> None:
    for _ in range(100):
        task, client = opened(following(streams, "session 1", object()))
        await turns()
        client.leave()
        await task

    assert (len(streams), vars(streams)["_by_key"], streams.end("session 1")) == (0, {}, 0)


async def test_a_handler_that_waits_in_the_body_of_its_loop_is_cancelled(streams: Streams) -> None:
    is_waiting, cleaned_up = asyncio.Event(), []

    async def handler(c: Context, w: Writer) -> None:
        with streams.open(w, "session 1"):
            async for _ in w.alive(max_rate=1000):
                is_waiting.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    cleaned_up.append(True)

    task, client = opened(handler)
    await is_waiting.wait()

    streams.end("session 1")
    await task

    assert (cleaned_up, client.is_complete) == ([True], True)


async def test_the_action_that_ends_its_own_session_is_not_interrupted(
    streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutdown, "GRACE_SECONDS", 0.0)

    async def logout(c: Context, w: Writer) -> None:
        with streams.open(w, "session 1"):
            streams.end("session 1")
            await turns()
            w.redirect("/login")

    task, client = opened(logout, [("datastar-request", "true")], "POST")

    await task

    assert (client.status, client.is_complete) == (200, True)
    assert b"/login" in client.body


async def test_a_stream_that_a_newer_one_replaced_stays_silent(streams: Streams) -> None:
    left = asyncio.Event()

    async def lingering(c: Context, w: Writer) -> None:
        with streams.open(w, "session 1"):
            await alive(w)
            await left.wait()

    older, older_client = opened(lingering, SUBSCRIPTION)
    await turns()
    newer, _ = opened(following(streams, "session 1"), SUBSCRIPTION)
    await turns()

    streams.end("session 1")
    left.set()
    await newer
    await turns()

    assert (older.done(), older_client.is_complete) == (False, False)
    older_client.leave()
    await older


async def test_many_pages_that_end_together_come_back_at_different_moments(
    streams: Streams,
) -> None:
    count = FEW_STREAMS + 1
    pages = [
        opened(following(streams, "all"), [("fatmorph-page", f"k{n} 100")]) for n in range(count)
    ]
    await turns()

    assert streams.end("all") == count
    await asyncio.gather(*(task for task, _ in pages))

    lines = {client.body.rpartition(b"retry: ")[2] for _, client in pages}
    assert len(lines) > count / 4


async def test_a_relay_ends_the_streams_of_other_processes() -> None:
    own = Relay[str].connect("memory://")
    here, elsewhere = Streams(own), Streams(own)
    tasks = [opened(following(elsewhere, key))[0] for key in ("session 1", "session 2")]
    await turns()

    count = here.end("session 1")
    await turns()

    assert (count, [task.done() for task in tasks]) == (0, [True, False])
    assert here.end("session 2") == 0
    await asyncio.gather(*tasks)


async def test_all_streams_with_a_key_ask_again_after_messages_may_have_been_lost() -> None:
    own = Relay[str].connect("memory://")
    streams = Streams(own)
    tasks = [opened(following(streams, key))[0] for key in ("session 1", "session 2")]
    await turns()

    own._registry.note_gap(("streams.end",))
    own._registry.wake()

    await asyncio.gather(*tasks)
    assert len(streams) == 0


def test_keys_for_other_processes_are_text() -> None:
    with pytest.raises(ResponseError, match="cannot send int"):
        Streams(Relay[str]()).end(7)


@pytest.mark.parametrize(
    "value", ["redis://127.0.0.1", 7, Relay[int](), Relay[int].connect("memory://")]
)
def test_streams_are_connected_by_a_relay_and_nothing_else(value: Any) -> None:
    with pytest.raises(SettingsError, match="cannot end streams of other processes"):
        Streams(value)
