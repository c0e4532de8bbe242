"""The lifetime of one response: how and when it ends, and who is notified.

See `Ending` for the ways in which a stream ends. A loop that waits inside the stream is notified in
a separate turn of the event loop. This module handles no bytes.

Rules:
1. A departed client is final: a stream that ended because the server stops can still lose its
   client, but never the other way round.
2. A handler is cancelled at most once, and only if it has not seen the end. asyncio's count of
   cancellations distinguishes ours from a `cancel()` by other code.

Source: https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.uncancel
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from enum import Enum
from typing import Protocol

from fatmorph._log import Log
from fatmorph._streaming.running_handler import RunningHandler
from fatmorph.transport import Transport

__all__ = ("Ending", "Lifetime", "Waiting")

logger = Log("fatmorph.stream")


class Ending(Enum):
    """How a stream ended; the log shows the value."""

    COMPLETE = "complete"
    """The handler returned, and everything that it wrote was sent."""
    CLIENT_LEFT = "client left"
    """The client closed the connection."""
    CUT = "cut"
    """We closed the connection, because the client did not read."""
    REPLACED = "replaced"
    """The page has a newer stream; the connection is open until the client closes it."""
    ENDED_BY_KEY = "ended by its key"
    """`fatmorph.Streams` ended it, as after a logout."""
    SERVER_STOPPED = "server stopped"
    """The server was told to stop."""
    ABORTED = "aborted"
    """The handler failed, or was cancelled by other code."""
    FAILED = "failed"
    """The transport raised an error that does not mean that the client left."""


OUT_OF_REACH = frozenset({Ending.CLIENT_LEFT, Ending.CUT, Ending.FAILED})


class Waiting(Protocol):
    """A loop or a block of the handler that waits inside a stream."""

    def end_wait(self) -> None:
        """Stop waiting, because the stream has ended."""
        ...

    async def aclose(self) -> None:
        """Close the source of the wait."""
        ...


class Unsent(Protocol):
    """The bytes that were written but not sent."""

    def drop(self) -> None:
        """Discard the bytes."""
        ...


class Lifetime:
    """The end of one response, and the loops and the handler to notify of it.

    Args:
        transport: The connection to the client.
        unsent: Bytes to drop when they can no longer reach the client.
    """

    # hot: with hundreds of streams, none of them is in the processor's cache when its turn comes.
    __slots__ = (
        "_end_of_silence",
        "_handler",
        "_is_end_seen",
        "_loop",
        "_transport",
        "_unsent",
        "_waiting",
        "_watch_task",
        "ending",
        "is_out_of_reach",
    )

    def __init__(self, transport: Transport, unsent: Unsent) -> None:
        self._loop = asyncio.get_running_loop()
        self._handler = RunningHandler()
        self._transport = transport
        self._unsent = unsent
        self._watch_task: asyncio.Task[None] | None = None
        self._waiting: set[Waiting] = set()
        self._is_end_seen = False
        self._end_of_silence: asyncio.Future[None] | None = None
        self.ending: Ending | None = None
        """How the stream ended; None while it is open."""
        self.is_out_of_reach = False
        """Whether data can no longer reach the client."""

    @property
    def is_ended(self) -> bool:
        """Whether the client left or was cut, or the server stops."""
        return self.ending is not None

    @property
    def is_watched(self) -> bool:
        """Whether the client or the server can end the stream, and not the handler alone."""
        return self._watch_task is not None

    @property
    def can_cancel(self) -> bool:
        """Whether the handler is waiting in a place where it cannot see the end."""
        return self._handler.can_cancel and (bool(self._waiting) or not self._is_end_seen)

    def watch(self) -> bool:
        """Start watching for the client's departure; return whether nothing did before."""
        # A debugger or a traceback that shows variables asks a Writer that is over too.
        if self._watch_task is not None or self._handler.has_returned:
            return False
        self._watch_task = self._loop.create_task(self._wait_closed())
        return True

    def end(self, ending: Ending) -> None:
        """End the stream, unless its client is already out of reach."""
        if self.is_out_of_reach:
            return
        is_first = self.ending is None
        self.ending = ending
        if ending in OUT_OF_REACH:
            self.is_out_of_reach = True
            self._unsent.drop()
        if self._end_of_silence is not None and not self._end_of_silence.done():
            self._end_of_silence.set_result(None)
        if ending is Ending.COMPLETE:
            self._stop_watching()  # servers report a complete response as a client that left
        if is_first:
            self._handler.expect_return(self._loop, lambda: (self.ending or ending).value)
            # Never call it here: a task that is running, perhaps this one, is cancelled only at
            # its next wait, which may be the wrong one.
            for waiting in self._waiting:
                self._loop.call_soon(waiting.end_wait)

    def fail(self, error: Exception) -> None:
        """End the stream after an error of the transport: the client left, or there is a bug."""
        is_left = isinstance(error, OSError) or self.is_out_of_reach
        if is_left or getattr(self._transport, "is_left", False):
            self.end(Ending.CLIENT_LEFT)
        else:
            logger.error("cut a stream: its transport failed", exc_info=error)
            self.end(Ending.FAILED)

    def add(self, waiting: Waiting) -> None:
        """Notify `waiting` when the stream ends, in a separate turn of the event loop."""
        self._waiting.add(waiting)

    def remove(self, waiting: Waiting) -> None:
        """Undo `add()`; if the stream has ended, the handler has now seen the end."""
        self._waiting.discard(waiting)
        self._is_end_seen = self.is_ended

    def cancel_handler(self) -> None:
        """Cancel the handler if it is waiting in a place where it cannot see the end."""
        if self.can_cancel:
            self._handler.cancel()

    def take_back_cancellation(self) -> bool:
        """Return whether only `cancel_handler()` cancelled the handler."""
        return self._handler.take_back_cancellation()

    async def close_sources(self) -> None:
        """Close all open sources; the first error is raised after the last of them is closed."""
        async with AsyncExitStack() as stack:
            for waiting in self._waiting:
                stack.push_async_callback(waiting.aclose)

    async def silence(self, seconds: float) -> bool:
        """Wait, at most some seconds, while the stream is replaced; return whether it still is.

        The handler has returned, and is no longer cancelled.
        """
        self._handler.note_return()
        self.take_back_cancellation()
        if self.ending is Ending.REPLACED:
            self._end_of_silence = self._loop.create_future()
            await asyncio.wait([self._end_of_silence], timeout=seconds)
        return self.ending is Ending.REPLACED

    def begin_to_finish(self) -> None:
        """Note that the handler has returned, so it is no longer cancelled."""
        self._handler.note_return()
        self.take_back_cancellation()  # the handler may have returned because of it
        self._stop_watching()  # servers report a complete response as a departed client

    def close(self) -> None:
        """Stop watching and cancelling; a second call does nothing."""
        self._handler.note_return()
        self._stop_watching()

    def _stop_watching(self) -> None:
        if self._watch_task is not None:
            self._watch_task.cancel()

    async def _wait_closed(self) -> None:
        try:
            await self._transport.wait_closed()
        except Exception as error:  # noqa: BLE001 - a transport may raise anything
            self.fail(error)
        else:
            self.end(Ending.CLIENT_LEFT)
