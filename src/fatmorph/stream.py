"""Streams: bytes on their way to one client, in order, bounded, ended in one of three ways.

- the handler returns: what was written is sent, then the response is completed
- the client leaves, or does not read: what is unsent is dropped
- the server stops: as if the handler returned, but within a moment

A stream that its handler did not end is left incomplete when the server stops, if the request may
be repeated: a complete response tells the browser that nothing more will come, and Datastar's
`retry: 'auto'` never connects again. A body that breaks off is an error of the network, after
which every `retry` does. A POST that breaks off is sent once more by Datastar, and may order twice
what was ordered once: it is completed.

Writing never waits. What one turn of the event loop wrote is compressed and sent together, or
what was written before somebody drains. A task does it, which ends when everything is sent:
nobody who is cancelled while waiting for it cuts a chunk in two. Most sockets take everything at
once; then the task has ended before it was ever scheduled.

Source: https://www.rfc-editor.org/rfc/rfc9112#section-8 (incomplete messages)
"""

from __future__ import annotations

import asyncio
from asyncio import get_running_loop
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Protocol

from fatmorph import shutdown
from fatmorph._turn import begun_task, turn_of
from fatmorph.content_coding import ContentCoding, Header
from fatmorph.counters import COUNTERS, Traffic
from fatmorph.errors import MomentError
from fatmorph.log import Log
from fatmorph.settings import Settings
from fatmorph.transport import Transport

__all__ = ("Interruptible", "Stream")

logger = Log("fatmorph.stream")

# What is sent at one go, so that a slow client is seen to take something. asyncio's own buffer
# takes as much: https://docs.python.org/3/library/asyncio-protocol.html
MAX_SEND_BYTES = 64 * 1024
EVENT_STREAM = "text/event-stream"
TASK_NAME = "fatmorph.stream"
# A stream that has been silent for so long gives its compressor's memory back.
SILENT_SECONDS = 10.0


class Interruptible(Protocol):
    """Somebody who waits inside a stream."""

    def interrupt(self) -> None:
        """Stop waiting: the stream has ended."""
        ...

    async def aclose(self) -> None:
        """Release what is waited for."""
        ...


class Stream:
    """The body of one response, in the event loop and the task that make it.

    Args:
        transport: Where the bytes go.
        settings: When a client that does not read is given up, and how bytes are compressed.
        accept_encoding: The request's `accept-encoding`; None if it has none.
        is_repeatable: Whether the client may send the request again, as it may a GET.

    Raises:
        MomentError: No event loop of asyncio is running.
    """

    # hot: with hundreds of streams, none of them is in the processor's cache when its turn comes.
    __slots__ = (
        "__weakref__",
        "_cancelling",
        "_chunks",
        "_coding",
        "_drains",
        "_flush_task",
        "_handler_task",
        "_head",
        "_is_cancelling",
        "_is_compressed",
        "_is_cut",
        "_is_due",
        "_is_end_seen",
        "_is_finishing",
        "_is_repeatable",
        "_is_sending",
        "_is_stream",
        "_last_progress",
        "_loop",
        "_settings",
        "_silence_handle",
        "_size",
        "_stall_handle",
        "_traffic",
        "_transport",
        "_turn",
        "_unsent",
        "_waiting",
        "_watch_task",
        "is_broken_off",
        "is_complete",
        "is_ended",
        "is_gone",
        "is_started",
        "last_write",
    )

    def __init__(
        self,
        transport: Transport,
        settings: Settings,
        accept_encoding: str | None = None,
        *,
        is_repeatable: bool = False,
    ) -> None:
        try:
            self._loop = get_running_loop()
        except RuntimeError:
            raise _thread_error() from None
        self._turn = turn_of(self._loop)
        self._handler_task = asyncio.current_task()
        self._transport = transport
        self._settings = settings
        self._coding = ContentCoding(settings, accept_encoding)
        self._head: tuple[int, Sequence[Header]] | None = None
        self._chunks: list[bytes] = []
        self._size = 0
        self._unsent = 0
        self._traffic = Traffic(self._loop.time())
        self._is_repeatable = is_repeatable
        self._is_stream = False
        self._is_compressed = False
        self._is_cut = False
        self._is_due = False
        self._flush_task: asyncio.Task[None] | None = None
        self._watch_task: asyncio.Task[None] | None = None
        self._drains: list[asyncio.Future[None]] = []
        self._stall_handle: asyncio.TimerHandle | None = None
        self._silence_handle: asyncio.TimerHandle | None = None
        self._waiting: set[Interruptible] = set()
        self._is_sending = False
        self._is_finishing = False
        self._is_end_seen = False
        self._is_cancelling = False
        self._cancelling = 0
        self.is_started = False
        """Whether status and headers are fixed."""
        self.is_complete = False
        """Whether nothing more can be written."""
        self.is_gone = False
        """Whether the client left or was cut: nothing can reach it any more."""
        self.is_ended = False
        """Whether the client left, was cut, or the server stops."""
        self.is_broken_off = False
        """Whether the response was left incomplete on purpose."""
        self.last_write = self._last_progress = self._loop.time()
        """When something was written last, in the event loop's time."""

    def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Fix status and headers and send them when the event loop turns."""
        self.is_started = True
        self._head = (status, headers)
        if dict(headers).get("content-type", "").startswith(EVENT_STREAM):
            self._is_stream = True
            self._traffic.open_stream()
        self._flush_later()

    def write(self, data: bytes, *, is_last: bool = False) -> None:
        """Send data when the event loop turns; dropped if nobody can get it any more.

        Raises:
            MomentError: Called in another thread.
        """
        # hot: as tests/benchmarks/fan_out.py shows.
        if self.is_gone or self.is_complete:
            return
        try:
            now = get_running_loop().time()
        except RuntimeError:
            raise _thread_error() from None
        if self._is_sending and self._size > self._settings.max_buffered_bytes:
            self._cut("too much was waiting to be read")
            return
        self._chunks.append(data)
        self._size += len(data)
        self._traffic.add_written(data, now)
        self.is_complete = is_last
        self.last_write = now
        if not self._is_due:
            self._flush_later()

    def flush(self) -> bool:
        """Send what was written; return whether the socket took it at once."""
        # hot: as tests/benchmarks/fan_out.py shows.
        if self._is_due:
            self._is_due = False
            self._turn.leave_out(self)
            task = begun_task(self._send(), loop=self._loop, name=TASK_NAME)
            if not task.done():
                self._flush_task = task
                self._expect_progress()
                # A task that is cancelled before its first step runs no `finally`.
                task.add_done_callback(self._end_flush)
        return self._flush_task is None

    async def drain(self) -> None:
        """Wait until the socket has taken what was written, or the client is gone."""
        while not self.flush():
            # Not the task itself: who is cancelled while waiting would cancel it.
            drain = self._loop.create_future()
            self._drains.append(drain)
            await drain

    def watch(self) -> None:
        """Begin to notice that the client leaves or the server stops."""
        if self._watch_task is None:
            self._watch_task = self._loop.create_task(self._wait_closed())
            shutdown.watch(self)

    def interrupt_at_end(self, waiting: Interruptible) -> None:
        """Interrupt `waiting`, in a turn of its own of the event loop, when the stream ends."""
        self._waiting.add(waiting)

    def forget(self, waiting: Interruptible) -> None:
        """Take back `interrupt_at_end()`; at the end, whoever waited has seen it."""
        self._waiting.discard(waiting)
        self._is_end_seen = self.is_ended

    def stop(self) -> None:
        """End because the server stops; what is written still reaches the client."""
        self._end()

    def cancel(self) -> None:
        """Give up a client that keeps a handler waiting, or a handler that waits elsewhere."""
        if self._drains:
            self._cut("the server stops, and the client does not read")
            self._loop.call_later(shutdown.HURRY_SECONDS, self.cancel)
        elif self._is_finishing or self._handler_task is None or self._is_cancelling:
            return
        elif self._waiting or not self._is_end_seen:
            self._cancelling = self._handler_task.cancelling()
            self._is_cancelling = self._handler_task.cancel()

    def take_back_cancellation(self) -> bool:
        """Return whether the handler was cancelled by `cancel()` and by nobody else."""
        if self._handler_task is None or not self._is_cancelling:
            return False
        self._is_cancelling = False
        return self._handler_task.uncancel() <= self._cancelling

    async def release(self) -> None:
        """Close everybody who still waits; the first error of theirs is raised at the end."""
        async with AsyncExitStack() as stack:
            for waiting in self._waiting:
                stack.push_async_callback(waiting.aclose)

    async def finish(self) -> None:
        """Send the rest, complete the response and leave nothing running."""
        self._is_finishing = True
        self.take_back_cancellation()  # a handler may have taken it for its own end
        if self._watch_task is not None:
            self._watch_task.cancel()  # servers call a complete response a client that left
        try:
            if self.is_started and not self.is_complete:
                self._end_response()
            async with asyncio.timeout(shutdown.GRACE_SECONDS if self.is_ended else None):
                await self.drain()
        except TimeoutError:
            self._cut("the server stops, and the client does not read")
        finally:
            self.close()

    def close(self) -> None:
        """Stop watching and sending; idempotent."""
        self._traffic.end(self._ending(), self._loop.time())
        self._is_finishing = True
        self.is_complete = True
        self._drop()
        if self._watch_task is not None:
            self._watch_task.cancel()
        if self._silence_handle is not None:
            self._silence_handle.cancel()
        self._coding.close()

    def _end_response(self) -> None:
        is_open_ended = self._watch_task is not None  # nobody but the handler could end it
        if self._is_repeatable and is_open_ended and shutdown.is_stopping():
            self.is_broken_off = True
        else:
            self.write(b"", is_last=True)

    def _ending(self) -> str:
        if self._is_cut:
            return "cut"
        if self.is_gone:
            return "client left"
        if self.is_ended:
            return "server stopped"
        return "complete" if self.is_complete else "aborted"

    def _flush_later(self) -> None:
        if self._flush_task is None:  # it sends what is written until it ends
            self._is_due = True
            self._turn.add(self)

    def _end_flush(self, _: asyncio.Task[None]) -> None:
        self._flush_task = None
        self._expect_no_progress()
        drains, self._drains = self._drains, []
        for drain in drains:
            if not drain.done():
                drain.set_result(None)
        if self._chunks:  # written since the task ended
            self._flush_later()

    def _drop(self) -> None:
        """Send nothing of what is unsent."""
        self._chunks.clear()
        self._size = 0
        self._is_due = False
        # The task that sends comes here too, when it fails.
        task = self._flush_task
        if task is not None and asyncio.current_task(self._loop) is not task:
            task.cancel()

    async def _send(self) -> None:
        # hot: as tests/benchmarks/fan_out.py shows.
        self._is_sending = True
        try:
            if self._head is not None:
                status, headers = self._head
                self._head = None
                await self._transport.start(status, self._coded(headers))
            while self._chunks:
                is_last = self.is_complete
                data = self._take_chunks(is_last=is_last)
                size, sent = len(data), 0
                self._unsent = size
                is_sent = False
                while not is_sent:
                    part = data[sent : sent + MAX_SEND_BYTES]
                    sent += len(part)
                    is_sent = sent == size
                    await self._transport.send(part, more=not (is_sent and is_last))
                    self._unsent = size - sent
                    self._traffic.add_sent(len(part))
                    # What is sent at once, nobody waits for.
                    if self._stall_handle is not None and (self._unsent or self._chunks):
                        self._expect_progress()
        except OSError:
            self._leave()
        except Exception:
            logger.exception("cut a stream: its transport failed")
            self._is_cut = True
            self._leave()
        finally:
            self._is_sending = False

    def _take_chunks(self, *, is_last: bool) -> bytes:
        """Return what is written and unsent, as it goes over the wire."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._size = 0
        if self._is_compressed:
            data = self._coding.add(data, is_last=is_last)
            if self._silence_handle is None:
                self._expect_silence(SILENT_SECONDS)
        return data

    def _coded(self, headers: Sequence[Header]) -> Sequence[Header]:
        """Return the headers as they are sent, and compress a body that is there as a whole."""
        if self._is_stream:
            headers = self._coding.stream_head(headers)
            self._is_compressed = self._coding.is_streaming
            return headers
        if not self.is_complete:
            return headers
        headers, body = self._coding.whole(headers, b"".join(self._chunks))
        self._chunks = [body]
        return headers

    def _expect_silence(self, seconds: float) -> None:
        self._silence_handle = self._loop.call_later(seconds, self._release_if_silent)

    def _release_if_silent(self) -> None:
        silence = self._loop.time() - self._traffic.last_event
        if silence < SILENT_SECONDS:
            self._expect_silence(SILENT_SECONDS - silence)
        else:
            self._coding.release()
            self._silence_handle = None

    def _expect_progress(self) -> None:
        self._expect_no_progress()
        self._last_progress = self._loop.time()
        self._stall_handle = self._loop.call_later(
            self._settings.max_stalled_seconds, self._cut_stalled
        )

    def _expect_no_progress(self) -> None:
        if self._stall_handle is not None:
            self._stall_handle.cancel()
            self._stall_handle = None

    def _cut_stalled(self) -> None:
        self._cut(f"nothing was read for {self._settings.max_stalled_seconds:g} seconds")

    async def _wait_closed(self) -> None:
        try:
            await self._transport.wait_closed()
        except OSError:
            pass  # it says the same
        except Exception:
            logger.exception("cut a stream: its transport failed")
            self._is_cut = True
        self._leave()

    def _leave(self) -> None:
        self.is_gone = True
        self._drop()
        self._end()

    def _cut(self, why: str) -> None:
        if self.is_gone:
            return
        waiting = self._size + self._unsent
        seconds = self._loop.time() - self._last_progress
        sent = self._traffic.sent
        logger.warning(
            "cut a stream: %s (%d bytes waiting, %.1f s without progress, %d bytes sent)",
            why,
            waiting,
            seconds,
            sent,
            extra={"bytes_waiting": waiting, "bytes_sent": sent, "seconds_stalled": seconds},
        )
        self._is_cut = True
        COUNTERS.cut += 1
        self._leave()

    def _end(self) -> None:
        if not self.is_ended:
            self.is_ended = True
            # Never from here: a task that is running, perhaps this one, is cancelled only at its
            # next wait, and that may be one that nobody meant.
            for waiting in self._waiting:
                self._loop.call_soon(waiting.interrupt)


def _thread_error() -> MomentError:
    return MomentError(
        "cannot use a Writer where no event loop of asyncio is running",
        where="another thread, or a server on another loop",
        why="writes are ordered by the event loop that serves the request",
        fix="loop.call_soon_threadsafe(w.patch, view)",
    )
