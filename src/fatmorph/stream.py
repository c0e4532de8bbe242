"""Streams: bytes on their way to one client, in order, bounded, ended in one of three ways.

- the handler returns: what was written is sent, then the response is completed
- the client leaves, or does not read: what is unsent is dropped
- the server stops: as if the handler returned, but within a moment

Writing never waits. What one turn of the event loop wrote is sent as one chunk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fatmorph import shutdown

__all__ = ("Limits", "Stream", "Transport")

logger = logging.getLogger("fatmorph.stream")


class Transport(Protocol):
    """A connection to one client; thirty lines for a server that has no adapter yet.

    The three methods are never called at the same time but for `wait_closed()`, which waits
    while the others are used.
    """

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Send the status line and the headers; called once, first."""
        ...

    async def send(self, data: bytes, *, more: bool) -> None:
        """Send a part of the body and wait until the socket can take more.

        Args:
            data: Any number of bytes, perhaps none.
            more: False completes the response; nothing is sent after it.

        Raises:
            OSError: The client is gone.
        """
        ...

    async def wait_closed(self) -> None:
        """Return when the client is gone."""
        ...


@dataclass(frozen=True)
class Limits:
    """What a client may cost before its stream is cut.

    Args:
        max_buffered_bytes: Written but not taken by the socket.
        max_stalled_seconds: How long the socket may take nothing.
    """

    max_buffered_bytes: int = 8 * 1024 * 1024  # some hundred pages; a reader is never so late
    max_stalled_seconds: float = 30.0  # a phone in a tunnel comes back within this or not at all


class Stream:
    """The body of one response.

    Args:
        transport: Where the bytes go.
        limits: When a client that does not read is given up.
    """

    def __init__(self, transport: Transport, limits: Limits) -> None:
        self._transport = transport
        self._limits = limits
        self._head: tuple[int, Sequence[tuple[str, str]]] | None = None
        self._is_head_sent = False
        self._chunks: list[bytes] = []
        self._size = 0
        self._is_complete = False
        self._flushing: asyncio.Future[None] | None = None
        self._flush_task: asyncio.Task[None] | None = None
        self._watch_task: asyncio.Task[None] | None = None
        self._handler_task = asyncio.current_task()
        self._interrupts: list[Callable[[], None]] = []
        self.is_gone = False
        """Whether the client left or was cut: nothing can reach it any more."""
        self.is_ended = False
        """Whether the client left, was cut, or the server stops."""
        self.is_end_seen = False
        """Whether the handler was told of the end and is cleaning up."""
        self.was_cancelled = False
        """Whether the handler was cancelled because it did not look for the end."""
        self.last_write = 0.0
        """When something was written last, in the event loop's time."""

    @property
    def is_started(self) -> bool:
        """Whether status and headers are fixed."""
        return self._head is not None

    @property
    def is_complete(self) -> bool:
        """Whether nothing more can be written."""
        return self._is_complete

    def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Fix status and headers; they are sent with the first chunk."""
        self._head = (status, headers)

    def write(self, data: bytes, *, is_last: bool = False) -> None:
        """Send data when the event loop turns; dropped if the client is gone."""
        if self.is_gone:
            return
        loop = asyncio.get_running_loop()
        self.last_write = loop.time()
        self._chunks.append(data)
        self._size += len(data)
        self._is_complete = is_last
        if self._flushing is None and len(self._chunks) == 1:
            loop.call_soon(self._begin_flush)
        elif self._flushing is not None and self._size > self._limits.max_buffered_bytes:
            self._cut(f"{self._size} bytes were waiting to be read")

    async def drain(self) -> None:
        """Wait until the socket has taken what was written, or the client is gone."""
        while self._chunks and not self.is_gone:
            if self._flushing is None:
                await self._flush()
            else:
                await asyncio.shield(self._flushing)
        if self._flushing is not None and not self.is_gone:
            await asyncio.shield(self._flushing)

    def watch(self) -> None:
        """Begin to notice that the client leaves or the server stops."""
        if self._watch_task is None:
            self._watch_task = asyncio.create_task(self._wait_closed())
            shutdown.watch(self)

    def on_end(self, interrupt: Callable[[], None]) -> None:
        """Call `interrupt` once when the stream ends."""
        self._interrupts.append(interrupt)

    def forget(self, interrupt: Callable[[], None]) -> None:
        """Take back `on_end()`."""
        if interrupt in self._interrupts:
            self._interrupts.remove(interrupt)

    def stop(self) -> None:
        """End because the server stops; what is written still reaches the client."""
        self._end()

    def cancel(self) -> None:
        """Cancel a handler that has not noticed the end."""
        if not self.is_end_seen and self._handler_task is not None:
            self.was_cancelled = self._handler_task.cancel()

    async def finish(self) -> None:
        """Send the rest, complete the response and leave nothing running."""
        try:
            if self._head is not None and not self.is_gone:
                seconds = shutdown.GRACE_SECONDS if self.is_ended else None
                async with asyncio.timeout(seconds):
                    await self._finish_sending()
        except TimeoutError:
            self._cut("the server stops and the client does not read")
        finally:
            self.close()

    def close(self) -> None:
        """Stop watching and sending; idempotent."""
        self._is_complete = True
        self.is_end_seen = True
        for task in (self._watch_task, self._flush_task):
            if task is not None and task is not asyncio.current_task():
                task.cancel()

    async def _finish_sending(self) -> None:
        if self._flushing is not None:
            await asyncio.shield(self._flushing)
        if not self._is_complete:
            self.write(b"", is_last=True)
        await self.drain()

    def _begin_flush(self) -> None:
        if self._chunks and self._flushing is None and not self.is_gone:
            self._flush_task = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        self._flushing = flushing = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._limits.max_stalled_seconds):
                await self._send_chunks()
        except TimeoutError:
            self._cut(f"nothing was read for {self._limits.max_stalled_seconds:g} seconds")
        except OSError:
            self._leave()
        except asyncio.CancelledError:
            # Whether the chunk was sent is unknown; going on might leave a hole in the stream.
            self._leave()
            raise
        finally:
            self._flushing = None
            flushing.set_result(None)

    async def _send_chunks(self) -> None:
        if not self._is_head_sent and self._head is not None:
            self._is_head_sent = True
            await self._transport.start(*self._head)
        while self._chunks:
            data = b"".join(self._chunks)
            self._chunks.clear()
            self._size = 0
            await self._transport.send(data, more=not self._is_complete)

    async def _wait_closed(self) -> None:
        await self._transport.wait_closed()
        self._leave()

    def _leave(self) -> None:
        self.is_gone = True
        self._chunks.clear()
        self._size = 0
        self._end()

    def _cut(self, why: str) -> None:
        logger.warning("cut a stream: %s", why)
        self._leave()

    def _end(self) -> None:
        self.is_ended = True
        interrupts, self._interrupts = self._interrupts, []
        for interrupt in interrupts:
            interrupt()
