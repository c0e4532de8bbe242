"""One response's bytes: their order, their bounds and their ends."""

import asyncio
import logging
import zlib
from collections.abc import Awaitable, Callable

import pytest

from fatmorph._streaming.stream import Stream
from fatmorph.counters import COUNTERS
from fatmorph.errors import MomentError
from fatmorph.settings import Settings
from fatmorph.testing import MemoryClient
from transports import Clock, turns

SETTINGS = Settings(max_buffered_bytes=10, max_stalled_seconds=30)


def started(transport: MemoryClient) -> Stream:
    stream = Stream(transport, SETTINGS)
    stream.start(200, [("content-type", "text/plain")])
    return stream


async def test_the_head_is_sent_before_anything_is_written() -> None:
    transport = MemoryClient()
    stream = started(transport)

    await stream.drain()

    assert (transport.status, transport.headers) == (200, [("content-type", "text/plain")])
    assert transport.sent == []


async def test_writes_of_one_turn_of_the_event_loop_are_sent_together() -> None:
    transport = MemoryClient()
    stream = started(transport)

    stream.write(b"a")
    stream.write(b"b")
    await turns()
    stream.write(b"c")
    await turns()

    assert transport.sent == [b"ab", b"c"]


async def test_a_large_chunk_is_sent_in_parts_and_only_the_last_one_completes_it() -> None:
    transport = MemoryClient()
    stream = started(transport)
    data = bytes(range(256)) * 1024

    stream.complete(data)
    await stream.finish()

    assert transport.body == data
    assert {len(part) for part in transport.sent} == {64 * 1024}
    assert transport.is_complete


async def test_drain_returns_when_the_socket_has_taken_everything() -> None:
    transport = MemoryClient()
    stream = started(transport)
    transport.stop_reading()
    stream.write(b"a")

    draining = asyncio.create_task(stream.drain())
    await turns()
    was_done = draining.done()
    transport.read_on()
    await draining

    assert (was_done, transport.sent) == (False, [b"a"])


async def test_drain_with_nothing_to_send_returns_at_once() -> None:
    stream = started(MemoryClient())
    await stream.drain()

    with pytest.raises(StopIteration):
        stream.drain().send(None)


async def test_a_task_that_is_cancelled_while_draining_splits_no_chunk() -> None:
    transport = MemoryClient()
    stream = started(transport)
    transport.stop_reading()
    stream.write(b"a")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await stream.drain()
    transport.read_on()
    stream.write(b"b")
    await stream.finish()

    assert (transport.body, transport.is_complete) == (b"ab", True)


async def test_finish_completes_the_response_and_leaves_no_task() -> None:
    transport = MemoryClient()
    stream = started(transport)
    stream.watch()
    stream.write(b"a")

    await stream.finish()
    await turns()

    assert (transport.body, transport.is_complete) == (b"a", True)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_complete_response_is_not_completed_twice() -> None:
    transport = MemoryClient()
    stream = started(transport)
    stream.complete(b"a")

    await stream.finish()

    assert (transport.sent, transport.is_complete) == ([b"a"], True)


async def test_nothing_is_written_after_a_complete_response() -> None:
    transport = MemoryClient()
    stream = started(transport)
    stream.complete(b"a")

    stream.write(b": heartbeat\n\n")
    await stream.finish()

    assert transport.sent == [b"a"]


async def test_the_last_write_goes_out_with_what_was_waiting() -> None:
    transport = MemoryClient()
    stream = started(transport)

    stream.write(b"a")
    stream.complete(b"")
    await stream.finish()

    assert (transport.sent, transport.is_complete) == ([b"a"], True)


async def test_a_client_that_leaves_ends_the_stream_and_drops_what_is_unsent() -> None:
    transport = MemoryClient()
    stream = started(transport)
    stream.watch()
    await turns()

    transport.leave()
    await turns()
    stream.write(b"a")
    await stream.finish()

    assert (stream.is_out_of_reach, stream.is_ended) == (True, True)
    assert (transport.sent, transport.is_complete) == ([], False)


async def test_a_client_that_leaves_frees_who_drains() -> None:
    transport = MemoryClient()
    stream = started(transport)
    stream.watch()
    transport.stop_reading()
    stream.write(b"a")
    draining = asyncio.create_task(stream.drain())
    await turns()

    transport.leave()

    await draining
    assert stream.is_out_of_reach


@pytest.mark.parametrize("end", [MemoryClient.leave, lambda transport: None])
async def test_a_draining_task_is_freed_even_if_nothing_was_sent_yet(
    end: Callable[[MemoryClient], None],
) -> None:
    transport = MemoryClient()
    stream = started(transport)
    stream.watch()
    await stream.drain()
    draining = asyncio.ensure_future(stream.drain())
    stream.write(b"a")

    end(transport)
    stream.close()

    await draining
    await stream.drain()
    assert not transport.is_complete


async def test_an_oserror_of_the_transport_says_that_the_client_left() -> None:
    transport = MemoryClient()
    stream = started(transport)
    transport.fail(BrokenPipeError())

    stream.write(b"a")
    await stream.drain()

    assert (stream.is_out_of_reach, transport.sent) == (True, [])


@pytest.mark.parametrize("error", [ValueError("bug"), RuntimeError("bug")])
async def test_a_bug_of_the_transport_is_logged_and_ends_the_stream(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    transport = MemoryClient()
    stream = started(transport)
    transport.fail(error)

    stream.write(b"a")
    await stream.drain()
    await stream.finish()

    assert stream.is_out_of_reach
    assert [(r.levelno, r.getMessage(), r.exc_info[1]) for r in caplog.records if r.exc_info] == [
        (logging.ERROR, "cut a stream: its transport failed", error)
    ]


async def test_after_the_client_has_left_no_error_of_the_transport_is_a_bug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Closed(MemoryClient):
        is_left = True

    transport = Closed()
    stream = started(transport)
    transport.fail(RuntimeError("the handler is closed"))
    cut = COUNTERS.cut

    stream.write(b"a")
    await stream.drain()
    await stream.finish()

    assert (stream.is_out_of_reach, caplog.messages, COUNTERS.cut) == (True, [], cut)


async def test_a_bug_in_waiting_for_the_client_is_logged_and_ends_the_stream(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(MemoryClient):
        async def wait_closed(self) -> None:
            raise ValueError("bug")

    stream = started(Broken())

    stream.watch()
    await turns()

    assert stream.is_out_of_reach
    assert caplog.messages == ["cut a stream: its transport failed"]


async def test_a_client_that_takes_nothing_for_too_long_is_cut(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    transport = MemoryClient()
    stream = started(transport)
    transport.stop_reading()
    stream.write(b"a")
    await turns()

    clock.advance(31)
    await stream.drain()
    await stream.finish()

    assert (stream.is_out_of_reach, transport.is_complete) == (True, False)
    (record,) = caplog.records
    assert record.getMessage() == (
        "cut a stream: nothing was read for 30 seconds "
        "(1 bytes waiting, 31.0 s without progress, 0 bytes sent)"
    )
    figures = [vars(record)[name] for name in ("bytes_waiting", "seconds_stalled", "bytes_sent")]
    assert figures == [1, 31.0, 0]


async def test_a_slow_client_that_takes_something_is_not_cut(clock: Clock) -> None:
    class Slow(MemoryClient):
        async def send(self, data: bytes, *, more: bool) -> None:
            await super().send(data, more=more)
            clock.advance(20)
            await turns()

    transport = Slow()
    stream = started(transport)

    stream.complete(bytes(6 * 64 * 1024))
    await stream.finish()

    assert (len(transport.body), transport.is_complete) == (6 * 64 * 1024, True)


async def test_a_client_with_too_much_to_read_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    transport = MemoryClient()
    stream = started(transport)
    transport.stop_reading()
    stream.write(b"first")
    await turns()

    stream.write(b"x" * 11)
    was_gone = stream.is_out_of_reach
    stream.write(b"y")
    await stream.drain()

    assert (was_gone, stream.is_out_of_reach, transport.sent) == (False, True, [b"first"])
    assert [message.partition(" (")[0] for message in caplog.messages] == [
        "cut a stream: too much was waiting to be read"
    ]


async def test_one_turn_may_write_more_than_may_wait() -> None:
    transport = MemoryClient()
    stream = started(transport)

    stream.write(b"x" * 11)
    stream.write(b"y" * 11)
    await stream.finish()

    assert (transport.body, transport.is_complete) == (b"x" * 11 + b"y" * 11, True)


async def test_a_server_that_stops_sends_what_was_written() -> None:
    transport = MemoryClient()
    stream = started(transport)
    stream.watch()
    stream.write(b"a")

    stream.end()
    stream.write(b"bye")
    await stream.finish()

    assert (stream.is_ended, stream.is_out_of_reach) == (True, False)
    assert (transport.body, transport.is_complete) == (b"abye", True)


async def test_a_server_that_stops_cuts_a_client_that_does_not_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    transport = MemoryClient()
    stream = started(transport)
    stream.watch()
    transport.stop_reading()
    stream.write(b"a")
    await turns()

    stream.end()
    await stream.finish()

    assert (stream.is_out_of_reach, transport.is_complete) == (True, False)
    assert [message.partition(" (")[0] for message in caplog.messages] == [
        "cut a stream: the server stops, and the client does not read"
    ]


async def test_a_server_that_stops_cuts_a_response_that_is_being_finished() -> None:
    transport = MemoryClient()
    stream = started(transport)
    stream.watch()
    transport.stop_reading()
    stream.write(b"a")
    await turns()
    finishing = asyncio.create_task(stream.finish())
    await turns()

    stream.end()
    stream.cancel()
    await finishing

    assert (stream.is_out_of_reach, transport.is_complete) == (True, False)
    assert asyncio.current_task().cancelling() == 0


async def test_a_handler_that_does_not_see_the_end_is_cancelled() -> None:
    streams: list[Stream] = []

    async def handle() -> None:
        streams.append(started(MemoryClient()))
        await asyncio.Future()

    handler = asyncio.create_task(handle())
    await turns()

    streams[0].end()
    streams[0].cancel()
    await asyncio.wait([handler])

    assert handler.cancelled()
    assert streams[0].take_back_cancellation()


async def test_a_handler_is_cancelled_once_however_often_the_server_is_told() -> None:
    streams: list[Stream] = []

    async def handle() -> None:
        streams.append(started(MemoryClient()))
        await asyncio.Future()

    handler = asyncio.create_task(handle())
    await turns()

    streams[0].cancel()
    streams[0].cancel()
    await asyncio.wait([handler])

    assert (streams[0].take_back_cancellation(), handler.cancelling()) == (True, 0)


async def test_a_cancellation_by_another_task_is_not_taken_back() -> None:
    streams: list[Stream] = []

    async def handle() -> None:
        streams.append(started(MemoryClient()))
        await asyncio.Future()

    handler = asyncio.create_task(handle())
    await turns()

    streams[0].cancel()
    handler.cancel()
    await asyncio.wait([handler])

    assert not streams[0].take_back_cancellation()


async def test_a_closed_stream_is_not_cut_by_a_late_stop(caplog: pytest.LogCaptureFixture) -> None:
    transport = MemoryClient()
    stream = started(transport)
    await stream.finish()

    stream.end()
    stream.cancel()

    assert (stream.is_out_of_reach, caplog.messages) == (False, [])


async def test_closing_is_idempotent_and_drops_what_is_unsent() -> None:
    transport = MemoryClient()
    stream = started(transport)
    transport.stop_reading()
    stream.write(b"a")
    await turns()
    stream.write(b"b")

    stream.close()
    stream.close()
    await turns()

    assert (transport.sent, transport.is_complete) == ([b"a"], False)
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_a_stream_needs_an_event_loop() -> None:
    with pytest.raises(MomentError, match="cannot make a Writer where no event loop"):
        Stream(MemoryClient(), Settings())


EVENT_STREAM = [("content-type", "text/event-stream")]
PAGE = b"data: elements " + b"<p>hello</p>" * 500 + b"\n\n"


def started_stream(transport: MemoryClient, accept_encoding: str | None = "gzip") -> Stream:
    """Return a stream of events that may be compressed."""
    stream = Stream(transport, Settings(compression=["gzip"]), accept_encoding)
    stream.start(200, EVENT_STREAM)
    return stream


async def test_writes_of_one_turn_of_the_event_loop_are_compressed_together() -> None:
    transport = MemoryClient()
    stream = started_stream(transport)
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)

    stream.write(PAGE)
    stream.write(PAGE)
    await turns()
    stream.write(b":\n\n")
    await stream.finish()

    assert ("content-encoding", "gzip") in transport.headers
    assert [reader.decompress(part) for part in transport.sent] == [PAGE + PAGE, b":\n\n"]
    assert reader.eof


async def test_a_whole_body_is_compressed_and_its_length_is_the_one_sent() -> None:
    transport = MemoryClient()
    stream = Stream(transport, Settings(compression=["gzip"]), "gzip")

    stream.start(200, [("content-type", "text/html"), ("content-length", str(len(PAGE)))])
    stream.complete(PAGE)
    await stream.finish()

    assert ("content-length", str(len(transport.body))) in transport.headers
    assert zlib.decompress(transport.body, zlib.MAX_WBITS | 16) == PAGE


async def test_a_silent_stream_gives_its_compressor_back_and_goes_on(clock: Clock) -> None:
    transport = MemoryClient()
    stream = started_stream(transport)
    stream.write(PAGE)
    await turns()
    compressor = stream._coding._compressor

    clock.advance(6)
    stream.write(PAGE)
    await turns()
    clock.advance(6)
    await turns()
    is_held_between_events = compressor._deflater is not None
    stream.write(b":\n\n", is_event=False)  # a heartbeat is not worth it
    await turns()
    clock.advance(5)
    await turns()
    is_held_in_silence = compressor._deflater is not None
    stream.write(PAGE)
    await stream.finish()

    assert (is_held_between_events, is_held_in_silence) == (True, False)
    assert zlib.decompress(transport.body, zlib.MAX_WBITS | 16) == PAGE * 2 + b":\n\n" + PAGE


@pytest.mark.parametrize("accept_encoding", [None, "gzip"])
async def test_a_stream_that_is_over_leaves_no_timer(
    accept_encoding: str | None, clock: Clock
) -> None:
    stream = started_stream(MemoryClient(), accept_encoding)
    stream.write(PAGE)
    await stream.finish()

    timers = [handle for handle in asyncio.get_running_loop()._scheduled if not handle.cancelled()]

    assert timers == []


async def finish(transport: MemoryClient, stream: Stream) -> None:
    await stream.finish()


async def leave(transport: MemoryClient, stream: Stream) -> None:
    transport.leave()
    await turns()
    await stream.finish()


async def be_cut(transport: MemoryClient, stream: Stream) -> None:
    transport.stop_reading()
    finishing = asyncio.create_task(stream.finish())
    await turns()
    stream.end()
    stream.cancel()
    await finishing


async def fail(transport: MemoryClient, stream: Stream) -> None:
    transport.fail(ValueError("bug"))
    stream.write(PAGE)
    await stream.finish()


async def stop(transport: MemoryClient, stream: Stream) -> None:
    stream.end()
    await stream.finish()


async def abort(transport: MemoryClient, stream: Stream) -> None:
    stream.close()


@pytest.mark.parametrize(
    ("end", "ending"),
    [
        (finish, "complete"),
        (leave, "client left"),
        (be_cut, "cut"),
        (fail, "failed"),
        (stop, "server stopped"),
        (abort, "aborted"),
    ],
)
async def test_the_end_of_a_stream_is_logged_once_with_its_way(
    end: Callable[[MemoryClient, Stream], Awaitable[None]],
    ending: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "fatmorph.stream")
    transport = MemoryClient()
    open_before = COUNTERS.streams_open
    stream = started_stream(transport)
    stream.watch()
    await turns()

    await end(transport, stream)
    stream.close()

    lines = [vars(record) for record in caplog.records if record.levelno == logging.INFO]
    assert [line["ending"] for line in lines] == [ending]
    assert COUNTERS.streams_open == open_before


async def test_a_client_that_is_cut_is_counted(clock: Clock) -> None:
    transport = MemoryClient()
    cut_before = COUNTERS.cut
    stream = started(transport)
    transport.stop_reading()
    stream.write(b"a")
    await turns()

    clock.advance(31)
    await stream.drain()

    assert COUNTERS.cut == cut_before + 1
