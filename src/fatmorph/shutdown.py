"""Shutdown: end every open stream as soon as the server is told to stop.

A stopping server waits for its responses to end, and a stream never ends by itself. So the
first stream of a process installs its own handler of SIGINT and SIGTERM, which ends the streams
and then calls the server's handler. Nothing is installed at import, no class is changed, and a
signal without a handler keeps its default.

One timeline: signal → every stream ends → `alive` loops end normally → handlers clean up and
return → the server finds nothing open. A handler that waits elsewhere is cancelled after
`GRACE_SECONDS`, or sooner if a second signal comes, and always after some turns of the event loop:
time also passes while the process does not run. With `Settings(drain_seconds=…)`, the streams
end one after the other, and their pages stay current until then.

Some servers need more: Twisted (daphne) cancels open responses, so its handler is called last;
hypercorn's workers get no signal and poll an Event, so we poll it too. A server that has reached
its limit of requests stops without a signal, and is polled as well. `_servers` knows them.

Source: https://docs.python.org/3/library/signal.html#general-rules
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary, WeakSet

from fatmorph._servers import hypercorn, twisted
from fatmorph._servers.running import RunningServers

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

__all__ = (
    "GRACE_SECONDS",
    "HURRY_SECONDS",
    "Stoppable",
    "call_after_grace",
    "is_stopping",
    "register",
    "resume",
    "seconds_to_drain",
    "stop",
    "stopped_count",
)

# Long enough for a handler in the middle of a query, short compared with the half second that a
# restart may take.
GRACE_SECONDS = 0.25
# After a second signal, or after a stream was cut: a few turns of the event loop, in which
# handlers see the end. uvicorn checks for signals ten times a second.
HURRY_SECONDS = 0.05
# Turns of the event loop in which a handler can see the end, even if the process was paused for
# longer than its grace: one to notify it, and one for each task that it waits in.
GRACE_TURNS = 5
# A core answers the streams that come back at four times this rate, and has other pages to draw.
DRAIN_SECONDS_EACH = 0.004

# How often servers that stop without a signal are polled; uvicorn and hypercorn poll their own
# limits every tenth of a second.
LOOK_SECONDS = 0.05
# How often to check whether Twisted may go on; a stop with a thousand streams takes 0.2 s.
OVER_SECONDS = 0.01

# The signals that stop a server; SIGBREAK exists on Windows only.
STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
)


class Stoppable(Protocol):
    """A stream that can be told that the server stops."""

    @property
    def drain_seconds(self) -> float:
        """Return how long it may go on, for the streams to end one after the other."""
        ...

    def end(self) -> None:
        """End normally, as soon as the handler looks."""
        ...

    def cancel(self) -> None:
        """End now, if the handler has not looked."""
        ...


class _LoopStreams:
    """The open streams of one event loop, in which every method is called."""

    def __init__(self) -> None:
        self.streams: WeakSet[Stoppable] = WeakSet()
        self.handlers: WeakSet[asyncio.Task[Any]] = WeakSet()
        self.draining: WeakSet[Stoppable] = WeakSet()
        self.is_stopping = False
        self.stopped_count = 0
        self.drain_seconds = 0.0
        self._is_looking = False
        self._servers: RunningServers | None = None
        self._event: Event | None = None

    def add(self, stream: Stoppable) -> None:
        if not self._is_looking and (self.is_stopping or not self.streams):
            self._find_servers()
        self.streams.add(stream)
        if (handler := asyncio.current_task()) is not None:
            self.handlers.add(handler)
        if self.is_stopping:
            self.draining.add(stream)
            self.end(stream)
        elif not self._is_looking and (self._event or self._servers):
            self._is_looking = True
            self._look()

    def stop(self) -> None:
        loop, streams = asyncio.get_running_loop(), list(self.streams)
        if self.is_stopping:
            for stream in list(self.draining):
                self.end(stream)
            for stream in streams:
                call_after_grace(HURRY_SECONDS, stream.cancel)
            return
        self.is_stopping = True
        self.stopped_count = len(streams)
        self.draining.update(streams)
        for number, stream in enumerate(streams):
            seconds = self.seconds_to_drain(stream)
            self.drain_seconds = max(self.drain_seconds, seconds)
            if seconds:
                loop.call_later(seconds * number / len(streams), self.end, stream)
            else:
                self.end(stream)

    def end(self, stream: Stoppable) -> None:
        """End a stream, unless a second signal has done it."""
        if stream in self.draining:
            self.draining.discard(stream)
            stream.end()
            call_after_grace(GRACE_SECONDS, stream.cancel)

    def seconds_to_drain(self, stream: Stoppable) -> float:
        """Return how long the streams take to end, if they all have the settings of one."""
        return min(DRAIN_SECONDS_EACH * self.stopped_count, stream.drain_seconds)

    def call_when_over(self, call: Callable[[], object]) -> None:
        """Call when every handler has returned, or after the seconds that they may take."""
        now = asyncio.get_running_loop().time()
        self._call_when_over(call, now + self.drain_seconds + GRACE_SECONDS + HURRY_SECONDS)

    def _call_when_over(self, call: Callable[[], object], deadline: float) -> None:
        loop = asyncio.get_running_loop()
        if all(handler.done() for handler in self.handlers):
            call()
        elif loop.time() >= deadline:
            _call_after_turns(call, GRACE_TURNS)
        else:
            loop.call_later(OVER_SECONDS, self._call_when_over, call, deadline)

    def _find_servers(self) -> None:
        is_stopped_by_itself = self._servers is not None and self._servers.are_stopping
        self._servers, self._event = RunningServers(), hypercorn.stop_event()
        if is_stopped_by_itself and self._servers and not self._servers.are_stopping:
            # A new server in the same event loop, as in tests.
            self.resume()

    def resume(self) -> None:
        self.is_stopping, self.stopped_count, self.drain_seconds = False, 0, 0.0

    def _look(self) -> None:
        self._is_looking = bool(self.streams) and not self.is_stopping
        if not self._is_looking:
            return
        is_told = self._event is not None and self._event.is_set()
        if is_told or (self._servers is not None and self._servers.are_stopping):
            self._is_looking = False
            # Later: a signal has told the server before the callback that it queued could run.
            asyncio.get_running_loop().call_soon(self._stop_without_signal)
        else:
            asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _stop_without_signal(self) -> None:
        if not self.is_stopping:
            self.stop()


# Signals belong to the process, so their handlers find the streams of all event loops here.
_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopStreams] = WeakKeyDictionary()


def register(stream: Stoppable) -> None:
    """Tell `stream` when the server stops; must be called in its event loop.

    If the server is stopping already, the stream is stopped at once. Only weak references are
    kept, so a stream that has ended is freed.
    """
    _install_handlers()
    _loops.setdefault(asyncio.get_running_loop(), _LoopStreams()).add(stream)


def is_stopping() -> bool:
    """Return whether the server of the running event loop was told to stop."""
    streams = _loops.get(asyncio.get_running_loop())
    return streams is not None and streams.is_stopping


def stopped_count() -> int:
    """Return how many streams the running event loop had when its server was told to stop."""
    streams = _loops.get(asyncio.get_running_loop())
    return 0 if streams is None else streams.stopped_count


def seconds_to_drain(stream: Stoppable) -> float:
    """Return how long the streams of the running event loop take to end, if they are as this one.

    0 if its server was not told to stop, or if they all end at once.
    """
    streams = _loops.get(asyncio.get_running_loop())
    return 0.0 if streams is None else streams.seconds_to_drain(stream)


def call_after_grace(seconds: float, call: Callable[[], object]) -> None:
    """Call in the running event loop when a handler has had the time to see the end of its stream.

    Args:
        seconds: The time, after which the event loop turns `GRACE_TURNS` times more.
        call: Called once.
    """
    asyncio.get_running_loop().call_later(seconds, _call_after_turns, call, GRACE_TURNS)


def _call_after_turns(call: Callable[[], object], turns: int) -> None:
    if turns:
        asyncio.get_running_loop().call_soon(_call_after_turns, call, turns - 1)
    else:
        call()


def stop() -> None:
    """End every stream of this process, as a signal would; from any thread.

    For a server that runs in another thread than the main one, where no signal arrives: call
    it, then tell the server to exit. Streams that are opened later in the same event loops end
    at once.

    Example:
        >>> from fatmorph import shutdown
        >>> shutdown.stop()  # and then: server.should_exit = True
    """
    for loop, streams in _open_loops():
        with suppress(RuntimeError):  # the loop is closed, and its streams with it
            loop.call_soon_threadsafe(streams.stop)


def resume() -> None:
    """Let the running event loop have streams again after `stop()`.

    For a test that stops its server and starts it again in one event loop.

    Example:
        async def restart():
            shutdown.stop()
            await asyncio.sleep(1)  # every stream has ended
            shutdown.resume()
    """
    streams = _loops.get(asyncio.get_running_loop())
    if streams is not None:
        streams.resume()


def _open_loops() -> Iterator[tuple[asyncio.AbstractEventLoop, _LoopStreams]]:
    # keyrefs() copies at one stroke: a signal may arrive while another thread adds a loop.
    for reference in _loops.keyrefs():
        loop = reference()
        streams = None if loop is None else _loops.get(loop)
        if loop is not None and streams is not None:
            yield loop, streams


def _install_handlers() -> None:
    if threading.current_thread() is not threading.main_thread():
        return  # only the main thread may; a server elsewhere is stopped by its owner
    for number in STOP_SIGNALS:
        handler = signal.getsignal(number)
        if callable(handler) and not isinstance(handler, _EndStreamsFirst):
            signal.signal(number, _EndStreamsFirst(handler))


class _EndStreamsFirst:
    """A signal handler that ends all streams and then does what the one before it did."""

    def __init__(self, following: Callable[[int, FrameType | None], object]) -> None:
        self.following = following
        self.is_called = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        stop()
        is_first, self.is_called = not self.is_called, True
        if is_first and twisted.is_signal_handler(self.following):
            self._follow_when_over(number)
        else:
            self.following(number, frame)

    def _follow_when_over(self, number: int) -> None:
        def follow() -> None:
            self.following(number, None)

        for loop, streams in _open_loops():
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(streams.call_when_over, follow)
