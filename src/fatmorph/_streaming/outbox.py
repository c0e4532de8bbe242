"""The outbox of one response: its bytes in order, bounded, sent once per turn of the event loop.

All data written in one turn of the event loop, or before an earlier flush, is compressed and sent
as one chunk. A task sends, so cancelling a waiter in `drain()` never splits a chunk. Usually the
socket takes everything at once, and the task ends before the event loop ever schedules it.

The outbox does not notice departed clients: it notifies its owner when the transport fails.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from fatmorph._streaming.content_coding import ContentCoding
from fatmorph._streaming.eager_task import eager_task
from fatmorph._streaming.end_of_turn import turn_of
from fatmorph._streaming.lifetime import Ending
from fatmorph._streaming.limits import Limits
from fatmorph._streaming.slow_send import SlowSend
from fatmorph.counters import Traffic
from fatmorph.transport import Transport

__all__ = ("Outbox",)

# The largest part that is sent at once, so that the progress of a slow client is visible. It is
# also the size of asyncio's own buffer: https://docs.python.org/3/library/asyncio-protocol.html
MAX_SEND_BYTES = 64 * 1024
TASK_NAME = "fatmorph.stream"


class Owner(Protocol):
    """The stream that an outbox belongs to."""

    def end(self, ending: Ending, why: str = "") -> None:
        """End, because data can no longer reach the client; `why` is for the log."""
        ...

    def fail(self, error: Exception) -> None:
        """End, because the transport has raised an error."""
        ...


class Outbox:
    """Bytes on their way to one transport.

    Args:
        owner: Notified when the transport fails or stalls.
        transport: The connection to the client.
        coding: Compresses the bytes.
        traffic: Counts the bytes that were sent.
        limits: How many bytes may wait, and for how long.
    """

    # hot: with hundreds of streams, none of them is in the processor's cache when its turn comes.
    __slots__ = (
        "_chunks",
        "_coding",
        "_is_due",
        "_limits",
        "_owner",
        "_size",
        "_slow_send",
        "_traffic",
        "_transport",
        "_turn",
        "_untaken",
        "is_complete",
    )

    def __init__(
        self,
        owner: Owner,
        transport: Transport,
        coding: ContentCoding,
        traffic: Traffic,
        limits: Limits,
    ) -> None:
        self._owner: Owner | None = owner
        self._transport = transport
        self._coding = coding
        self._traffic = traffic
        self._limits = limits
        self._turn = turn_of(asyncio.get_running_loop())
        self._chunks: list[bytes] = []
        self._size = 0
        self._untaken = 0
        self._is_due = False
        self._slow_send: SlowSend | None = None
        self.is_complete = False
        """Whether nothing more can be written."""

    @property
    def waiting_bytes(self) -> int:
        """Bytes that were written but not taken by the transport."""
        return self._size + self._untaken

    @property
    def seconds_stalled(self) -> float:
        """Seconds since the transport took any bytes; 0 if none are waiting."""
        return 0.0 if self._slow_send is None else self._slow_send.seconds_stalled

    @property
    def is_waited_for(self) -> bool:
        """Whether a task waits in `drain()`."""
        return self._slow_send is not None and self._slow_send.is_waited_for

    @property
    def is_sending(self) -> bool:
        """Whether the transport has not taken everything that was written."""
        return self._is_due or (self._slow_send is not None and not self._slow_send.task.done())

    def put(self, data: bytes) -> bool:
        """Queue data to be sent when the event loop turns; return whether there was room."""
        # hot: as tests/benchmarks/fan_out.py shows.
        if self._slow_send is not None and self._size > self._limits.max_buffered_bytes:
            return False
        self._chunks.append(data)
        self._size += len(data)
        if not self._is_due:
            self.flush_later()
        return True

    def flush_later(self) -> None:
        """Send the head and all queued data when the event loop turns."""
        if self._slow_send is None:  # it also sends data that is written until it ends
            self._is_due = True
            self._turn.add(self)

    def flush(self) -> bool:
        """Send all queued data; return whether the transport took it at once."""
        # hot: as tests/benchmarks/fan_out.py shows.
        if self._is_due:
            self._is_due = False
            self._turn.leave_out(self)
            task = eager_task(self._send(), loop=self._turn.loop, name=TASK_NAME)
            if task is not None:
                seconds = self._limits.max_stalled_seconds
                self._slow_send = SlowSend(task, seconds, self._end_stalled)
                # A task that is cancelled before its first step runs no `finally`.
                task.add_done_callback(self._end_slow_send)
        return self._slow_send is None

    async def drain(self) -> None:
        """Wait until the transport has taken all data, or the rest was dropped."""
        while not self.flush():
            if self._slow_send is not None:  # always; for type checkers
                await self._slow_send.wait()

    def drop(self) -> None:
        """Discard all data that was not sent."""
        self._chunks.clear()
        self._size = 0
        self._is_due = False
        # The sending task itself calls this when it fails.
        task = None if self._slow_send is None else self._slow_send.task
        if task is not None and asyncio.current_task(self._turn.loop) is not task:
            task.cancel()

    def close(self) -> None:
        """Stop sending and free the compressor; a second call does nothing."""
        self.is_complete = True
        self.drop()
        self._coding.close()
        self._owner = None  # breaks the cycle of references, so no garbage collection is needed

    def _end_stalled(self) -> None:
        seconds = self._limits.max_stalled_seconds
        if self._owner is not None:
            self._owner.end(Ending.CUT, f"nothing was read for {seconds:g} seconds")

    def _end_slow_send(self, _: asyncio.Task[None]) -> None:
        slow_send, self._slow_send = self._slow_send, None
        if slow_send is not None:  # always; for type checkers
            slow_send.end()
        if self._chunks:  # written since the task ended
            self.flush_later()

    async def _send(self) -> None:
        # hot: as tests/benchmarks/fan_out.py shows.
        try:
            if self._coding.head is not None:
                status, headers, self._chunks = self._coding.start(
                    self._chunks, is_complete=self.is_complete
                )
                await self._transport.start(status, headers)
            while self._chunks:
                is_last = self.is_complete
                data = self._coding.add(b"".join(self._chunks), is_last=is_last)
                self._chunks.clear()
                self._size = 0
                size, sent = len(data), 0
                is_sent = False
                while not is_sent:
                    self._untaken = size - sent
                    part = data[sent : sent + MAX_SEND_BYTES]
                    sent += len(part)
                    is_sent = sent == size
                    await self._transport.send(part, more=not (is_sent and is_last))
                    self._untaken = size - sent
                    self._traffic.add_sent(len(part))
                    # There is no SlowSend if the chunk was taken at once.
                    if self._slow_send is not None and (self._untaken or self._chunks):
                        self._slow_send.note_progress()
        except Exception as error:  # noqa: BLE001 - a transport may raise anything
            if self._owner is not None:
                self._owner.fail(error)
