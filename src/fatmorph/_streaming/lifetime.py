"""The lifetime of one response: who is told that it ends, and when.

A stream ends in one of six ways; see `Ending`. A loop that waits inside
the stream is told in a turn of the event loop of its own. Nothing here knows a byte.

Rules:
1. The client that left has the last word: a stream that ended because the server stops can still
   lose its client, and nothing follows that.
2. A handler is cancelled at most once, and only if it has not seen the end; `cancel()` of another
   task is told apart by the count that asyncio keeps.

Source: https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.uncancel
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from enum import Enum
from typing import Protocol

from fatmorph._log import Log
from fatmorph.transport import Transport

__all__ = ("Ending", "Lifetime", "Waiting")

logger = Log("fatmorph.stream")


class Ending(Enum):
    """How a stream ended; the value is the word for it in the log."""

    COMPLETE = "complete"
    """The handler returned, and everything that it wrote was sent."""
    CLIENT_LEFT = "client left"
    """The connection was closed at the other end."""
    CUT = "cut"
    """The client did not read, and was given up."""
    SERVER_STOPPED = "server stopped"
    """The server was told to stop."""
    ABORTED = "aborted"
    """The handler failed, or was cancelled by somebody else."""
    FAILED = "failed"
    """The transport raised an error that does not mean that the client left."""


OUT_OF_REACH = frozenset({Ending.CLIENT_LEFT, Ending.CUT, Ending.FAILED})


class Waiting(Protocol):
    """A loop or a block of the handler that waits inside a stream."""

    def end_wait(self) -> None:
        """Stop waiting: the stream has ended."""
        ...

    async def aclose(self) -> None:
        """Close the source that is waited for."""
        ...


class Unsent(Protocol):
    """The bytes that were written and not sent."""

    def drop(self) -> None:
        """Forget them."""
        ...


class Lifetime:
    """When one response ends, how, and who is told.

    Args:
        transport: The connection whose end is waited for.
        unsent: Dropped when nothing can reach the client any more.
    """

    # hot: with hundreds of streams, none of them is in the processor's cache when its turn comes.
    __slots__ = (
        "_cancelling_before",
        "_handler_task",
        "_is_end_seen",
        "_is_finishing",
        "_loop",
        "_transport",
        "_unsent",
        "_waiting",
        "_watch_task",
        "ending",
        "is_ended",
        "is_out_of_reach",
    )

    def __init__(self, transport: Transport, unsent: Unsent) -> None:
        self._loop = asyncio.get_running_loop()
        self._handler_task = asyncio.current_task()
        self._transport = transport
        self._unsent = unsent
        self._watch_task: asyncio.Task[None] | None = None
        self._waiting: set[Waiting] = set()
        self._is_end_seen = False
        self._is_finishing = False
        self._cancelling_before: int | None = None
        """How often the handler had been cancelled before we did; None if we did not."""
        self.ending: Ending | None = None
        """How the stream ended; None while it is open."""
        self.is_ended = False
        """Whether the client left, was cut, or the server stops."""
        self.is_out_of_reach = False
        """Whether nothing can reach the client any more."""

    @property
    def is_watched(self) -> bool:
        """Whether something other than the handler could end the stream."""
        return self._watch_task is not None

    @property
    def can_cancel(self) -> bool:
        """Whether the handler waits where it cannot see the end."""
        if self._is_finishing or self._handler_task is None or self._cancelling_before is not None:
            return False
        return bool(self._waiting) or not self._is_end_seen

    def watch(self) -> None:
        """Begin to notice that the client leaves."""
        if self._watch_task is None:
            self._watch_task = self._loop.create_task(self._wait_closed())

    def end(self, ending: Ending) -> None:
        """End the stream, unless its client is out of reach already."""
        if self.is_out_of_reach:
            return
        self.ending = ending
        if ending in OUT_OF_REACH:
            self.is_out_of_reach = True
            self._unsent.drop()
        if not self.is_ended:
            self.is_ended = True
            # Never from here: a task that is running, perhaps this one, is cancelled only at its
            # next wait, which may be the wrong one.
            for waiting in self._waiting:
                self._loop.call_soon(waiting.end_wait)

    def fail(self, error: Exception) -> None:
        """End the stream because of an error of the transport: the client left, or it is a bug."""
        is_left = isinstance(error, OSError) or self.is_out_of_reach
        if is_left or getattr(self._transport, "is_left", False):
            self.end(Ending.CLIENT_LEFT)
        else:
            logger.error("cut a stream: its transport failed", exc_info=error)
            self.end(Ending.FAILED)

    def add(self, waiting: Waiting) -> None:
        """Tell `waiting`, in a turn of its own of the event loop, when the stream ends."""
        self._waiting.add(waiting)

    def remove(self, waiting: Waiting) -> None:
        """Take back `add()`; after the end, the handler has seen it then."""
        self._waiting.discard(waiting)
        self._is_end_seen = self.is_ended

    def cancel_handler(self) -> None:
        """Cancel a handler that waits where it cannot see the end; otherwise do nothing."""
        if self.can_cancel and self._handler_task is not None:
            cancelling = self._handler_task.cancelling()
            if self._handler_task.cancel():
                self._cancelling_before = cancelling

    def take_back_cancellation(self) -> bool:
        """Return whether the handler was cancelled by `cancel_handler()` and by nothing else."""
        before, self._cancelling_before = self._cancelling_before, None
        if self._handler_task is None or before is None:
            return False
        return self._handler_task.uncancel() <= before

    async def close_sources(self) -> None:
        """Close the sources that are still open; their first error is raised at the end."""
        async with AsyncExitStack() as stack:
            for waiting in self._waiting:
                stack.push_async_callback(waiting.aclose)

    def begin_to_finish(self) -> None:
        """Note that the handler has returned: from now on, it is not cancelled."""
        self._is_finishing = True
        self.take_back_cancellation()  # a handler may have taken it for its own end
        self._stop_watching()  # servers call a complete response a client that left

    def close(self) -> None:
        """Stop watching and cancelling; idempotent."""
        self._is_finishing = True
        self._stop_watching()

    def _stop_watching(self) -> None:
        if self._watch_task is not None:
            self._watch_task.cancel()

    async def _wait_closed(self) -> None:
        try:
            await self._transport.wait_closed()
        except Exception as error:  # noqa: BLE001 - the transport's, whatever it is
            self.fail(error)
        else:
            self.end(Ending.CLIENT_LEFT)
