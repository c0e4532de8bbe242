"""A stream: the body of one response, from its first byte to its end.

- The handler returns: all written data is sent, then the response is completed.
- The client leaves, or does not read: unsent bytes are dropped.
- The server stops: as if the handler returned, but with a short deadline.

When the server stops, a stream of a repeatable request is left incomplete. After a complete
response, Datastar's `retry: 'auto'` would never connect again; after an incomplete one, which
looks like a network error, every kind of `retry` connects again. A POST is completed instead:
Datastar would send it a second time, and could place an order twice.

A stream that a newer one of its page replaces drops what its handler writes from then on, and stays
open until its client closes it: see `page_streams`. A stream that fails tells its client how long
to wait: see `retries`.

A stream joins an `Outbox`, which sends, and a `Lifetime`, which notifies waiters of the end.

Source: https://www.rfc-editor.org/rfc/rfc9112#section-8 (incomplete messages)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from fatmorph import shutdown
from fatmorph._log import Log, raising_line
from fatmorph._streaming.content_coding import ContentCoding
from fatmorph._streaming.end_of_turn import foreign_loop_error, no_loop_error, running_loop
from fatmorph._streaming.lifetime import Ending, Lifetime, Waiting
from fatmorph._streaming.limits import Limits
from fatmorph._streaming.outbox import Outbox
from fatmorph._streaming.page_streams import replace_stream
from fatmorph._streaming.request_record import RequestRecord, fields_of
from fatmorph._streaming.retries import Retries
from fatmorph.counters import COUNTERS, Traffic, note_draw, note_ending
from fatmorph.transport import Transport

__all__ = ("HEARTBEAT", "Stream")

logger = Log("fatmorph.stream")

EVENT_STREAM = "text/event-stream"
# https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes
HEARTBEAT = b":\n\n"
SILENT_HEARTBEAT_SECONDS = 15.0
# Browsers drop the data that they have not read when a connection breaks off.
LAST_EVENT_SECONDS = 0.03


class Stream:
    """The body of one response; it belongs to the event loop and the task that create it.

    Args:
        transport: The connection to the client.
        limits: When a client that does not read is cut, and how bytes are compressed.
        accept_encoding: The request's `accept-encoding`; None if it has none.
        is_repeatable: Whether the client may repeat the request, as with a GET.
        retries: Tells the client when to ask again; None does not.

    Raises:
        MomentError: If no asyncio event loop is running.
    """

    # hot: with hundreds of streams, none of them is in the processor's cache when its turn comes.
    __slots__ = (
        "__weakref__",
        "_coding",
        "_ended_together",
        "_is_repeatable",
        "_is_silent",
        "_lifetime",
        "_loop",
        "_outbox",
        "_retries",
        "_settle_at",
        "_traffic",
        "drain_seconds",
        "is_left_incomplete",
        "is_started",
        "request",
    )

    def __init__(
        self,
        transport: Transport,
        limits: Limits,
        accept_encoding: str | None = None,
        *,
        is_repeatable: bool = False,
        retries: Retries | None = None,
    ) -> None:
        loop = running_loop()
        if loop is None:
            raise no_loop_error()
        self._loop = loop
        self._is_repeatable = is_repeatable
        self._retries = retries if is_repeatable else None
        self._is_silent = False
        self._ended_together = 1
        self._settle_at: float | None = None
        self._traffic = Traffic(self._loop.time(), None if retries is None else retries.page)
        self._coding = ContentCoding(limits, accept_encoding, self._traffic)
        self._outbox = Outbox(self, transport, self._coding, self._traffic, limits)
        self._lifetime = Lifetime(transport, self._outbox)
        self.drain_seconds: float = limits.drain_seconds
        """How long the streams of a stopping server may take to end, one after the other."""
        self.is_started: bool = False
        """Whether status and headers are fixed."""
        self.request: RequestRecord | None = None
        """The request, for the log."""
        self.is_left_incomplete: bool = False
        """Whether the response was left incomplete on purpose."""

    @property
    def is_complete(self) -> bool:
        """Whether the response is complete, so that no more can be written."""
        return self._outbox.is_complete

    @property
    def is_ended(self) -> bool:
        """Whether the client left, was cut or wants only the head, or the server stops."""
        return self._lifetime.ending is not None

    @property
    def is_watched(self) -> bool:
        """Whether the client or the server can end the stream, and not the handler alone."""
        return self._lifetime.is_watched

    @property
    def is_out_of_reach(self) -> bool:
        """Whether data can no longer reach the client."""
        return self._lifetime.is_out_of_reach

    @property
    def must_complete(self) -> bool:
        """Whether the client has a part of the response, and repeats the request if it breaks off.

        It must not repeat an action.
        """
        is_begun = self.is_started and self._coding.head is None
        return is_begun and not self._is_repeatable

    @property
    def events(self) -> int:
        """How many events were written, whether or not the client has got them."""
        return self._traffic.events

    @property
    def last_write(self) -> float:
        """The time of the last write, by the event loop's clock."""
        return self._traffic.last_write

    def note_kept_page(self, page: object, size: int) -> None:
        """Count the memory of the page that is kept for the stream, in place of the one before.

        Args:
            page: The page; None for none.
            size: How many bytes of HTML it has, about.
        """
        traffic = self._traffic
        traffic.kept_page, traffic.kept_bytes = (0, 0) if page is None else (id(page), size)

    def check_loop(self) -> None:
        """Refuse a caller in another thread, or in another event loop.

        Raises:
            MomentError: The event loop of the stream is not the one that runs here.
        """
        if running_loop() is not self._loop:
            raise foreign_loop_error()

    def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Fix status and headers, and send them when the event loop turns."""
        self.is_started = True
        self._coding.head = (status, headers)
        if dict(headers).get("content-type", "").startswith(EVENT_STREAM):
            self._traffic.open_stream()
            self._open_for_page()
        self._outbox.flush_later()

    def write(self, data: bytes, *, is_event: bool = True) -> bool:
        """Send data when the event loop turns; return False if it is dropped.

        It is dropped if the response is complete or the client is out of reach.

        Args:
            data: An event or a comment.
            is_event: Whether to count it as an event.

        Raises:
            MomentError: If called in another thread or event loop.
        """
        # hot: as tests/benchmarks/fan_out.py shows. The same as check_loop().
        if running_loop() is not self._loop:
            raise foreign_loop_error()
        outbox = self._outbox
        if self._lifetime.is_out_of_reach or outbox.is_complete or self._is_silent:
            return False
        if not outbox.put(data):
            self.end(Ending.CUT, "too much was waiting to be read")
            return False
        self._traffic.add_written(len(data), self._loop.time(), is_event=is_event)
        return True

    def complete(self, body: bytes = b"") -> None:
        """Send the end of the body, so that no more can be written; otherwise like `write()`."""
        if self.write(body, is_event=False):
            self._outbox.is_complete = True

    def flush(self) -> bool:
        """Send everything written; return whether the socket took it at once.

        Raises:
            MomentError: Called in another thread, or in another event loop.
        """
        # hot: as tests/benchmarks/fan_out.py shows. The same as check_loop().
        if running_loop() is not self._loop:
            raise foreign_loop_error()
        return self._outbox.flush()

    async def drain(self) -> None:
        """Wait until the socket has taken everything written, or the client is gone.

        Raises:
            MomentError: Called in another thread, or in another event loop.
        """
        self.check_loop()
        await self._outbox.drain()

    def watch(self) -> None:
        """Start watching for the client's departure and the server's stop.

        Raises:
            MomentError: Called in another thread, or in another event loop.
        """
        self.check_loop()
        if self._lifetime.watch():
            shutdown.register(self)

    def add_waiting(self, waiting: Waiting) -> None:
        """Notify `waiting` when the stream ends, in a separate turn of the event loop."""
        self._lifetime.add(waiting)

    def remove_waiting(self, waiting: Waiting) -> None:
        """Undo `add_waiting()`; if the stream has ended, the handler has now seen the end."""
        self._lifetime.remove(waiting)

    def end(self, ending: Ending = Ending.SERVER_STOPPED, why: str = "") -> None:
        """End the stream, unless its client is already out of reach.

        Args:
            ending: How it ends; with the default, the client still gets everything written.
            why: The reason to log when a client is cut.
        """
        if ending is Ending.CUT and not self._lifetime.is_out_of_reach:
            self._log_cut(why)
            COUNTERS.cut += 1
        self._lifetime.end(ending)

    def end_by_key(self, together: int = 1) -> None:
        """End as if the source of its loop ended; the page asks again.

        A handler that waits elsewhere in an open stream is cancelled, as when the server stops. A
        stream that has ended already stays as it is.

        Args:
            together: How many streams end at this moment, so that their pages do not all come
                back at the next.
        """
        if not self.is_ended:
            self._ended_together = together
            self.end(Ending.ENDED_BY_KEY)
            if self._lifetime.is_watched:
                shutdown.call_after_grace(shutdown.GRACE_SECONDS, self._lifetime.cancel_handler)

    def replace(self) -> None:
        """Become silent, because the page has a newer stream.

        The handler ends as if the client had left, but everything written before is sent.
        """
        self.watch()  # otherwise the client's departure would not be seen
        if not self._lifetime.is_ended:
            self._is_silent = True
            self._lifetime.end(Ending.REPLACED)

    @property
    def seconds_to_settle(self) -> float | None:
        """The seconds until `settle_if_due()` has something to do; None if it never has."""
        return None if self._settle_at is None else self._settle_at - self._loop.time()

    def settle_if_due(self) -> None:
        """Tell the client, when the stream has lived, to ask again quickly the next time."""
        if self._settle_at is not None and self._settle_at <= self._loop.time():
            self._settle_at = None
            if self._retries is not None:
                self.write(self._retries.settled(), is_event=False)

    async def break_off(self) -> None:
        """Tell the client, after the handler failed, to wait before it asks again.

        If nothing was sent, the framework still answers the request, so nothing is sent here.
        """
        is_open = self._traffic.is_stream and self._coding.head is None and not self.is_complete
        if self._retries is not None and is_open:
            self.write(self._retries.failed(self._loop.time()), is_event=False)
            with suppress(TimeoutError):
                async with asyncio.timeout(shutdown.GRACE_SECONDS):
                    await self.drain()

    def note_error(self, error: BaseException) -> None:
        """Note why the handler failed, for the list of open streams."""
        file, line = raising_line(error)
        self._traffic.page.last_error = f"{type(error).__name__} ({file}:{line})"

    def note_draw(self, seconds: float) -> None:
        """Count a page that was drawn for this stream."""
        note_draw(self._traffic.page, seconds)

    def fail(self, error: Exception) -> None:
        """End the stream after an error of the transport."""
        self._lifetime.fail(error)

    def cancel(self) -> None:
        """Cut a client that a handler waits for, or cancel a handler that waits elsewhere."""
        if self._outbox.is_waited_for:
            self.end(Ending.CUT, "the server stops, and the client does not read")
            shutdown.call_after_grace(shutdown.HURRY_SECONDS, self.cancel)
        else:
            self._lifetime.cancel_handler()

    def take_back_cancellation(self) -> bool:
        """Return whether only `cancel()` cancelled the handler."""
        return self._lifetime.take_back_cancellation()

    async def close_sources(self) -> None:
        """Close all open sources; the first error is raised after the last of them is closed."""
        await self._lifetime.close_sources()

    async def finish(self) -> None:
        """Send the rest, complete the response and stop everything."""
        while self._is_silent and await self._lifetime.silence(SILENT_HEARTBEAT_SECONDS):
            self._outbox.put(HEARTBEAT)
        self._lifetime.begin_to_finish()
        try:
            if self.is_started and not self.is_complete:
                self._end_response()
            is_stopped = self._lifetime.ending is Ending.SERVER_STOPPED
            async with asyncio.timeout(shutdown.GRACE_SECONDS if is_stopped else None):
                await self.drain()
                if self.is_left_incomplete and self._retries is not None:
                    await asyncio.sleep(LAST_EVENT_SECONDS)
        except TimeoutError:
            # A busy event loop may wake up so late although everything was taken.
            if self._outbox.is_sending:
                self.end(Ending.CUT, "the server stops, and the client does not read")
        finally:
            self.close()

    def close(self) -> None:
        """Stop watching and sending; a second call does nothing."""
        ending = self._lifetime.ending
        if ending is None:
            ending = Ending.COMPLETE if self.is_complete else Ending.ABORTED
        if self._traffic.end():
            note_ending(ending.value)
            self._log_end(ending)
        self._lifetime.close()
        self._outbox.close()

    def _open_for_page(self) -> None:
        retries = self._retries
        if retries is not None:
            now = self._loop.time()
            seconds = retries.seconds_to_settle(now)
            self._settle_at = None if seconds is None else now + seconds
            if retries.page_id is not None:
                replace_stream(retries.page_id, self)

    def _end_response(self) -> None:
        # Only the handler can end a stream that is not watched.
        if self._is_repeatable and self._lifetime.is_watched and shutdown.is_stopping():
            self.is_left_incomplete = True
        self._is_silent = False
        line = self._last_line()
        if not self.is_left_incomplete:
            self.complete(line)
        elif line:
            self.write(line, is_event=False)

    def _last_line(self) -> bytes:
        """Return what tells the client when to ask again, if anything."""
        if self._retries is None or not self._traffic.is_stream or self.is_out_of_reach:
            return b""
        now = self._loop.time()
        lived_seconds = now - self._traffic.begun_at
        if self.is_left_incomplete:
            drained_seconds = shutdown.seconds_to_drain(self)
            count = shutdown.stopped_count()
            return self._retries.stopped(now, lived_seconds, count, drained_seconds)
        return self._retries.ended(now, lived_seconds, self._ended_together)

    def _log_end(self, ending: Ending) -> None:
        if not logger.isEnabledFor(logging.INFO):
            return
        traffic = self._traffic
        seconds = self._loop.time() - traffic.begun_at
        logger.info(
            "stream ended: %s after %.1f s, %d events, %d bytes written, %d sent%s",
            ending.value,
            seconds,
            traffic.events,
            traffic.written,
            traffic.sent,
            "" if self.request is None else f": {self.request.line}",
            extra={
                **self._request_fields(),
                "coding": self._coding.name,
                "ending": ending.value,
                "seconds": round(seconds, 3),
                "events": traffic.events,
                "bytes_written": traffic.written,
                "bytes_sent": traffic.sent,
            },
        )

    def _request_fields(self) -> dict[str, str]:
        return {} if self.request is None else fields_of(self.request, self._traffic.page.name)

    def _log_cut(self, why: str) -> None:
        waiting, sent = self._outbox.waiting_bytes, self._traffic.sent
        seconds = self._outbox.seconds_stalled
        logger.warning(
            "cut a stream: %s (%d bytes waiting, %.1f s without progress, %d bytes sent)",
            why,
            waiting,
            seconds,
            sent,
            extra={
                **self._request_fields(),
                "coding": self._coding.name,
                "bytes_waiting": waiting,
                "bytes_sent": sent,
                "seconds_stalled": round(seconds, 3),
            },
        )
