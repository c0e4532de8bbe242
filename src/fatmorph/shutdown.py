"""Shutdown: tell every open stream that the server stops, the moment it is told to.

A server that is told to stop waits for its responses to end, and a stream never does by
itself. So the first stream of a process puts a handler in front of the server's own handlers
of SIGINT and SIGTERM. It ends the streams, then calls the server's. Nothing is installed at
import, no class is changed, and a signal without a handler keeps its default.

One timeline: signal → every stream ends → `alive` loops end normally → handlers clean up and
return → the server finds nothing open. A handler that waits elsewhere is cancelled after
`GRACE_SECONDS`.

Source: https://docs.python.org/3/library/signal.html#general-rules
"""

from __future__ import annotations

import asyncio
import signal
import threading
from types import FrameType
from typing import Protocol
from weakref import WeakKeyDictionary, WeakSet

__all__ = ("GRACE_SECONDS", "Stoppable", "is_stopping", "watch")

# Long enough for a handler in the middle of a query, short beside the half second that a
# restart may take.
GRACE_SECONDS = 0.25


class Stoppable(Protocol):
    """A stream that can be told that the server stops."""

    def stop(self) -> None:
        """End normally, as soon as the handler looks."""
        ...

    def cancel(self) -> None:
        """End now, if the handler has not looked."""
        ...


class _LoopStreams:
    """The open streams of one event loop."""

    def __init__(self) -> None:
        self.streams: WeakSet[Stoppable] = WeakSet()
        self.is_stopping = False

    def stop(self) -> None:
        if not self.is_stopping:
            self.is_stopping = True
            for stream in list(self.streams):
                stream.stop()
            asyncio.get_running_loop().call_later(GRACE_SECONDS, self.cancel)

    def cancel(self) -> None:
        for stream in list(self.streams):
            stream.cancel()


# Signals belong to the process, so what they reach has to be found from here.
_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopStreams] = WeakKeyDictionary()


def watch(stream: Stoppable) -> None:
    """Tell `stream` when the server stops; must be called in its event loop.

    If the server is stopping already, the stream is stopped at once. Only weak references are
    kept: a stream that is gone needs no farewell.
    """
    _install_handlers()
    streams = _loops.setdefault(asyncio.get_running_loop(), _LoopStreams())
    streams.streams.add(stream)
    if streams.is_stopping:
        stream.stop()


def is_stopping() -> bool:
    """Return whether the server of the running event loop was told to stop."""
    streams = _loops.get(asyncio.get_running_loop())
    return streams is not None and streams.is_stopping


def _install_handlers() -> None:
    if threading.current_thread() is not threading.main_thread():
        return  # only the main thread may, and a server elsewhere is stopped by its owner
    for number in (signal.SIGINT, signal.SIGTERM):
        handler = signal.getsignal(number)
        if callable(handler) and not isinstance(handler, _EndStreamsFirst):
            signal.signal(number, _EndStreamsFirst(handler))


class _EndStreamsFirst:
    """A signal handler that ends all streams and then does what the one before it did."""

    def __init__(self, following: signal._HANDLER) -> None:
        self.following = following

    def __call__(self, number: int, frame: FrameType | None) -> None:
        for loop, streams in list(_loops.items()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(streams.stop)
        if callable(self.following):
            self.following(number, frame)
