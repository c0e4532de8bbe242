"""A signal ends every stream first, and then does what it did before."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Iterator

import pytest

from fatmorph import shutdown
from transports import Clock, turns

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stoppable:
    """A stream that remembers its notifications."""

    def __init__(self, drain_seconds: float = 0.0) -> None:
        self.drain_seconds = drain_seconds
        self.told: list[str] = []
        self.has_stopped = asyncio.Event()

    def end(self) -> None:
        self.told.append("stop")
        self.has_stopped.set()

    def cancel(self) -> None:
        self.told.append("cancel")


@pytest.fixture
def received() -> Iterator[list[int]]:
    """Return the signals that the server's own handlers got."""
    numbers: list[int] = []
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, lambda number, frame: numbers.append(number))
    yield numbers
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def twisted(received: list[int]) -> list[int]:
    """Return the SIGTERMs that a handler of Twisted's got."""
    numbers: list[int] = []

    def handle(number: int, frame: object) -> None:
        numbers.append(number)

    handle.__module__ = "twisted.internet.base"
    signal.signal(signal.SIGTERM, handle)
    return numbers


@pytest.mark.parametrize("number", SIGNALS)
async def test_a_signal_stops_every_stream_and_reaches_the_server(
    number: int, received: list[int]
) -> None:
    streams = [Stoppable(), Stoppable()]
    for stream in streams:
        shutdown.register(stream)

    signal.raise_signal(number)
    await turns()

    assert [stream.told for stream in streams] == [["stop"], ["stop"]]
    assert (received, shutdown.is_stopping()) == ([number], True)


async def test_a_stream_that_has_not_ended_in_time_is_cancelled(
    received: list[int], clock: Clock
) -> None:
    stream = Stoppable()
    shutdown.register(stream)

    signal.raise_signal(signal.SIGINT)
    await turns()
    clock.advance(shutdown.GRACE_SECONDS)
    await turns()

    assert stream.told == ["stop", "cancel"]


async def test_a_second_signal_shortens_the_grace(received: list[int], clock: Clock) -> None:
    stream = Stoppable()
    shutdown.register(stream)

    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)
    await turns()
    told_at_once = list(stream.told)
    clock.advance(shutdown.HURRY_SECONDS)
    await turns()

    assert (told_at_once, stream.told) == (["stop"], ["stop", "cancel"])
    assert received == [signal.SIGINT, signal.SIGINT]


async def test_a_stream_that_opens_while_the_server_stops_is_stopped_at_once(
    received: list[int], clock: Clock
) -> None:
    shutdown.register(Stoppable())
    signal.raise_signal(signal.SIGINT)
    await turns()
    clock.advance(10)
    late = Stoppable()

    shutdown.register(late)
    told_at_once = list(late.told)
    clock.advance(shutdown.GRACE_SECONDS)
    await turns()

    assert (told_at_once, late.told) == (["stop"], ["stop", "cancel"])


async def test_streams_that_drain_end_one_after_the_other(
    received: list[int], clock: Clock
) -> None:
    streams = [Stoppable(drain_seconds=30) for _ in range(100)]
    for stream in streams:
        shutdown.register(stream)

    signal.raise_signal(signal.SIGTERM)
    ended = []
    for _ in range(5):
        await turns()
        ended.append(sum(bool(stream.told) for stream in streams))
        clock.advance(25 * shutdown.DRAIN_SECONDS_EACH)
    clock.advance(shutdown.GRACE_SECONDS)
    await turns()

    assert (received, shutdown.is_stopping()) == ([signal.SIGTERM], True)
    assert ended == [1, 26, 51, 76, 100]
    assert {tuple(stream.told) for stream in streams} == {("stop", "cancel")}


async def test_streams_do_not_drain_longer_than_their_settings_say(
    received: list[int], clock: Clock
) -> None:
    streams = [Stoppable(drain_seconds=0.1) for _ in range(200)]
    for stream in streams:
        shutdown.register(stream)

    signal.raise_signal(signal.SIGTERM)
    await turns()
    seconds = shutdown.seconds_to_drain(streams[0])
    clock.advance(0.1)
    await turns()

    assert (seconds, {tuple(stream.told) for stream in streams}) == (0.1, {("stop",)})


async def test_a_second_signal_ends_the_streams_that_drain(
    received: list[int], clock: Clock
) -> None:
    streams = [Stoppable(drain_seconds=30) for _ in range(100)]
    for stream in streams:
        shutdown.register(stream)

    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
    await turns()
    told_at_once = {tuple(stream.told) for stream in streams}
    clock.advance(shutdown.HURRY_SECONDS)
    await turns()

    assert told_at_once == {("stop",)}
    assert {tuple(stream.told) for stream in streams} == {("stop", "cancel")}


async def test_a_signal_that_is_noticed_in_the_server_too_is_one(
    received: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Servers:
        @property
        def are_stopping(self) -> bool:
            return bool(received)

    monkeypatch.setattr(shutdown, "RunningServers", Servers)
    streams = [Stoppable(drain_seconds=30) for _ in range(100)]
    for stream in streams:
        shutdown.register(stream)

    # The signal arrives just before the server is looked at, in one turn of the event loop.
    loop = asyncio.get_running_loop()
    loop.call_later(0.9 * shutdown.LOOK_SECONDS, signal.raise_signal, signal.SIGTERM)
    clock.advance(shutdown.LOOK_SECONDS)
    await turns()

    assert sum(bool(stream.told) for stream in streams) == 1


async def test_twisted_hears_of_it_when_streams_have_drained(
    received: list[int], twisted: list[int], clock: Clock
) -> None:
    streams = [Stoppable(drain_seconds=30) for _ in range(1000)]
    for stream in streams:
        shutdown.register(stream)

    signal.raise_signal(signal.SIGTERM)
    await turns()
    clock.advance(1000 * shutdown.DRAIN_SECONDS_EACH)
    await turns()
    heard_while_draining = twisted[:]
    clock.advance(shutdown.GRACE_SECONDS + shutdown.HURRY_SECONDS)
    await turns()

    assert (heard_while_draining, twisted) == ([], [signal.SIGTERM])


async def test_handlers_are_put_in_front_once(received: list[int]) -> None:
    for _ in range(3):
        shutdown.register(Stoppable())

    signal.raise_signal(signal.SIGINT)

    assert received == [signal.SIGINT]


async def test_a_handler_installed_later_is_put_last_again(received: list[int]) -> None:
    stream, later = Stoppable(), []
    shutdown.register(Stoppable())
    signal.signal(signal.SIGINT, lambda number, frame: later.append(number))

    shutdown.register(stream)
    signal.raise_signal(signal.SIGINT)
    await turns()

    assert (stream.told, later, received) == (["stop"], [signal.SIGINT], [])


async def test_a_handler_of_the_event_loop_is_called_too(received: list[int]) -> None:
    stream, called = Stoppable(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, called.set)

    shutdown.register(stream)
    signal.raise_signal(signal.SIGTERM)
    await called.wait()
    await stream.has_stopped.wait()
    loop.remove_signal_handler(signal.SIGTERM)

    assert (stream.told, received) == (["stop"], [])


async def test_twisted_hears_of_it_when_every_handler_has_returned(
    received: list[int], clock: Clock, twisted: list[int]
) -> None:
    """It would cancel them, in the middle of their clean-up."""

    may_return = asyncio.Event()

    async def handler() -> None:
        shutdown.register(stream := Stoppable())
        await stream.has_stopped.wait()
        await may_return.wait()

    task = asyncio.create_task(handler())
    await turns()
    signal.raise_signal(signal.SIGTERM)
    await turns()
    heard_before = list(twisted)
    may_return.set()
    await task
    clock.advance(shutdown.OVER_SECONDS)
    await turns()

    assert (heard_before, twisted) == ([], [signal.SIGTERM])


async def test_twisted_does_not_wait_for_a_handler_that_does_not_return(
    received: list[int], clock: Clock, twisted: list[int]
) -> None:
    shutdown.register(stream := Stoppable())  # in the task of this test
    signal.raise_signal(signal.SIGTERM)
    for _ in range(100):
        clock.advance(shutdown.OVER_SECONDS)
        await turns()

    assert (stream.told, twisted) == (["stop", "cancel"], [signal.SIGTERM])


async def test_twisted_hears_of_a_second_signal_at_once(
    received: list[int], clock: Clock, twisted: list[int]
) -> None:
    shutdown.register(Stoppable())

    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)

    assert twisted == [signal.SIGTERM]


@pytest.mark.parametrize("default", [signal.SIG_DFL, signal.SIG_IGN])
async def test_a_signal_without_a_handler_keeps_its_default(
    default: signal.Handlers, received: list[int]
) -> None:
    signal.signal(signal.SIGTERM, default)

    shutdown.register(Stoppable())

    assert signal.getsignal(signal.SIGTERM) is default


async def test_the_default_of_sigint_still_interrupts(received: list[int]) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    stream = Stoppable()
    shutdown.register(stream)

    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    await turns()

    assert stream.told == ["stop"]


async def test_nothing_is_kept_of_a_stream_that_is_gone(received: list[int]) -> None:
    stream = Stoppable()
    told = stream.told
    shutdown.register(stream)

    del stream
    signal.raise_signal(signal.SIGINT)
    await turns()

    assert told == []


def test_a_server_in_another_thread_is_stopped_by_its_owner(received: list[int]) -> None:
    stream, is_open = Stoppable(), threading.Event()
    handlers = [signal.getsignal(number) for number in SIGNALS]

    async def serve() -> None:
        shutdown.register(stream)
        is_open.set()
        await stream.has_stopped.wait()

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    is_open.wait()
    shutdown.stop()
    thread.join()

    assert stream.told == ["stop"]
    assert [signal.getsignal(number) for number in SIGNALS] == handlers


def test_one_event_loop_that_is_closed_does_not_disturb_another(received: list[int]) -> None:
    closed, running = asyncio.new_event_loop(), asyncio.new_event_loop()
    stream = Stoppable()

    async def watch(stream: Stoppable) -> None:
        shutdown.register(stream)

    with contextlib.closing(running):
        closed.run_until_complete(watch(Stoppable()))
        closed.close()
        running.run_until_complete(watch(stream))
        shutdown.stop()
        running.run_until_complete(turns())

    assert stream.told == ["stop"]


async def test_an_event_loop_without_streams_is_not_stopping() -> None:
    assert not shutdown.is_stopping()
