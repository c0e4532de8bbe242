"""A stream: the body of one response, from its first byte to its end.

- the handler returns: what was written is sent, then the response is completed
- the client leaves, or does not read: the bytes not yet sent are dropped
- the server stops: as if the handler returned, but within a moment

A stream that its handler did not end is left incomplete when the server stops, if the request may
be repeated: a complete response tells the browser that nothing more will come, and Datastar's
`retry: 'auto'` never connects again. A body that breaks off is an error of the network, after
which every `retry` does. A POST that breaks off is sent once more by Datastar, and may order twice
what was ordered once: it is completed.

`Outbox` sends, `Lifetime` tells who waits that the stream ends; a stream joins the two.

Source: https://www.rfc-editor.org/rfc/rfc9112#section-8 (incomplete messages)
"""

from __future__ import annotations

import asyncio
from asyncio import get_running_loop
from collections.abc import Sequence

from fatmorph import shutdown
from fatmorph._log import Log
from fatmorph._streaming.content_coding import ContentCoding
from fatmorph._streaming.lifetime import Ending, Lifetime, Waiting
from fatmorph._streaming.limits import Limits
from fatmorph._streaming.outbox import Outbox
from fatmorph.counters import COUNTERS, Traffic
from fatmorph.errors import MomentError
from fatmorph.transport import Transport

__all__ = ("Stream",)

logger = Log("fatmorph.stream")

EVENT_STREAM = "text/event-stream"


class Stream:
    """The body of one response, in the event loop and the task that make it.

    Args:
        transport: Where the bytes go.
        limits: When a client that does not read is given up, and how bytes are compressed.
        accept_encoding: The request's `accept-encoding`; None if it has none.
        is_repeatable: Whether the client may send the request again, as it may a GET.

    Raises:
        MomentError: No event loop of asyncio is running.
    """

    # hot: with hundreds of streams, none of them is in the processor's cache when its turn comes.
    __slots__ = (
        "__weakref__",
        "_coding",
        "_is_repeatable",
        "_lifetime",
        "_loop",
        "_outbox",
        "_traffic",
        "is_broken_off",
        "is_started",
    )

    def __init__(
        self,
        transport: Transport,
        limits: Limits,
        accept_encoding: str | None = None,
        *,
        is_repeatable: bool = False,
    ) -> None:
        try:
            self._loop = get_running_loop()
        except RuntimeError:
            raise _thread_error() from None
        self._is_repeatable = is_repeatable
        self._traffic = Traffic(self._loop.time())
        self._coding = ContentCoding(limits, accept_encoding, self._traffic)
        self._outbox = Outbox(self, transport, self._coding, self._traffic, limits)
        self._lifetime = Lifetime(transport, self._outbox)
        self.is_started = False
        """Whether status and headers are fixed."""
        self.is_broken_off = False
        """Whether the response was left incomplete on purpose."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing more can be written."""
        return self._outbox.is_complete

    @property
    def is_ended(self) -> bool:
        """Whether the client left, was cut, wants the head alone, or the server stops."""
        return self._lifetime.is_ended

    @property
    def is_out_of_reach(self) -> bool:
        """Whether nothing can reach the client any more."""
        return self._lifetime.is_out_of_reach

    @property
    def last_write(self) -> float:
        """When something was written last, in the event loop's time."""
        return self._traffic.last_write

    def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Fix status and headers and send them when the event loop turns."""
        self.is_started = True
        self._coding.head = (status, headers)
        if dict(headers).get("content-type", "").startswith(EVENT_STREAM):
            self._traffic.open_stream()
        self._outbox.flush_later()

    def write(self, event: bytes) -> None:
        """Send an event when the event loop turns; dropped if it cannot reach the client.

        Raises:
            MomentError: Called in another thread, or in another event loop.
        """
        # hot: as tests/benchmarks/fan_out.py shows.
        if self._put(event):
            self._traffic.add_event(len(event), self._loop.time())

    def write_comment(self, comment: bytes) -> None:
        """Send a comment, which is not counted as an event; otherwise as `write()`."""
        if self._put(comment):
            self._traffic.add_other(len(comment), self._loop.time())

    def complete(self, body: bytes = b"") -> None:
        """Send the end of the body, after which nothing can be written; otherwise as `write()`."""
        if self._put(body):
            self._traffic.add_other(len(body), self._loop.time())
            self._outbox.is_complete = True

    def flush(self) -> bool:
        """Send what was written; return whether the socket took it at once."""
        return self._outbox.flush()

    async def drain(self) -> None:
        """Wait until the socket has taken what was written, or the client is gone."""
        await self._outbox.drain()

    def watch(self) -> None:
        """Begin to notice that the client leaves or the server stops."""
        if not self._lifetime.is_watched:
            self._lifetime.watch()
            shutdown.watch(self)

    def add_waiting(self, waiting: Waiting) -> None:
        """Tell `waiting`, in a turn of its own of the event loop, when the stream ends."""
        self._lifetime.add(waiting)

    def remove_waiting(self, waiting: Waiting) -> None:
        """Take back `add_waiting()`; after the end, the handler has seen it then."""
        self._lifetime.remove(waiting)

    def end(self, ending: Ending = Ending.SERVER_STOPPED, why: str = "") -> None:
        """End the stream, unless its client is out of reach already.

        Args:
            ending: How; by default, what is written still reaches the client.
            why: For the log, where a client is cut.
        """
        if ending is Ending.CUT and not self._lifetime.is_out_of_reach:
            self._log_cut(why)
            COUNTERS.cut += 1
        self._lifetime.end(ending)

    def fail(self, error: Exception) -> None:
        """End the stream because of an error of the transport."""
        self._lifetime.fail(error)

    def cancel(self) -> None:
        """Give up a client that keeps a handler waiting, or a handler that waits elsewhere."""
        if self._outbox.is_waited_for:
            self.end(Ending.CUT, "the server stops, and the client does not read")
            self._loop.call_later(shutdown.HURRY_SECONDS, self.cancel)
        else:
            self._lifetime.cancel_handler()

    def take_back_cancellation(self) -> bool:
        """Return whether the handler was cancelled by `cancel()` and by nothing else."""
        return self._lifetime.take_back_cancellation()

    async def close_sources(self) -> None:
        """Close the sources that are still open; their first error is raised at the end."""
        await self._lifetime.close_sources()

    async def finish(self) -> None:
        """Send the rest, complete the response and leave nothing running."""
        self._lifetime.begin_to_finish()
        try:
            if self.is_started and not self.is_complete:
                self._end_response()
            is_stopped = self._lifetime.ending is Ending.SERVER_STOPPED
            async with asyncio.timeout(shutdown.GRACE_SECONDS if is_stopped else None):
                await self.drain()
        except TimeoutError:
            self.end(Ending.CUT, "the server stops, and the client does not read")
        finally:
            self.close()

    def close(self) -> None:
        """Stop watching and sending; idempotent."""
        ending = self._lifetime.ending
        if ending is None:
            ending = Ending.COMPLETE if self.is_complete else Ending.ABORTED
        if self._traffic.end():
            self._log_end(ending)
        self._lifetime.close()
        self._outbox.close()

    def _put(self, data: bytes) -> bool:
        """Put data into the outbox, if the client can still get it; return whether it can."""
        # hot: as tests/benchmarks/fan_out.py shows.
        outbox = self._outbox
        if self._lifetime.is_out_of_reach or outbox.is_complete:
            return False
        try:
            is_elsewhere = get_running_loop() is not self._loop
        except RuntimeError:
            is_elsewhere = True
        if is_elsewhere:
            raise _thread_error()
        if outbox.put(data):
            return True
        self.end(Ending.CUT, "too much was waiting to be read")
        return False

    def _end_response(self) -> None:
        # Nothing but the handler could end a stream that is not watched.
        if self._is_repeatable and self._lifetime.is_watched and shutdown.is_stopping():
            self.is_broken_off = True
        else:
            self.complete()

    def _log_end(self, ending: Ending) -> None:
        traffic = self._traffic
        seconds = self._loop.time() - traffic.begun_at
        logger.info(
            "stream ended: %s after %.1f s, %d events, %d bytes written, %d sent",
            ending.value,
            seconds,
            traffic.events,
            traffic.written,
            traffic.sent,
            extra={
                "ending": ending.value,
                "seconds": seconds,
                "events": traffic.events,
                "bytes_written": traffic.written,
                "bytes_sent": traffic.sent,
            },
        )

    def _log_cut(self, why: str) -> None:
        waiting, sent = self._outbox.waiting_bytes, self._traffic.sent
        seconds = self._outbox.seconds_stalled
        logger.warning(
            "cut a stream: %s (%d bytes waiting, %.1f s without progress, %d bytes sent)",
            why,
            waiting,
            seconds,
            sent,
            extra={"bytes_waiting": waiting, "bytes_sent": sent, "seconds_stalled": seconds},
        )


def _thread_error() -> MomentError:
    return MomentError(
        "cannot use a Writer where no event loop of asyncio is running",
        where="another thread, or a server on another loop",
        why="writes are ordered by the event loop that serves the request",
        fix="loop.call_soon_threadsafe(w.patch, view)",
    )
