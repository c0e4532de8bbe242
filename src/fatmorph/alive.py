"""Alive: a loop, or a block, that runs for as long as somebody is there to see it.

The end of a stream interrupts the wait inside, the way `asyncio.timeout` does: the task is
cancelled, and the cancellation is taken back where the wait was begun. So no task is made per
item, and what is cleaned up after the loop runs as on any other day.

Source: https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.uncancel
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from types import TracebackType
from typing import Generic, Self, TypeVar, cast

from fatmorph.datastar.events import comment
from fatmorph.errors import MomentError, ResponseError, short_repr
from fatmorph.stream import Stream

__all__ = ("Alive",)

T = TypeVar("T")

HEARTBEAT = comment()


class Alive(Generic[T]):
    """Iterate over a source, or stay in a block, until the stream ends.

    Made by `Writer.alive()`; see there.

    Args:
        stream: Whose end is waited for.
        source: What to iterate over; None gives None for ever.
        heartbeat: Seconds of silence after which a comment is sent; None for never.
        max_rate: Items per second at the most; None for no limit.
    """

    def __init__(
        self,
        stream: Stream,
        source: AsyncIterable[T] | None,
        *,
        heartbeat: float | None,
        max_rate: float | None,
    ) -> None:
        self._stream = stream
        self._source = source
        self._items: AsyncIterator[T] | None = None
        self._heartbeat = _checked("heartbeat", heartbeat)
        rate = _checked("max_rate", max_rate)
        self._interval = 1 / rate if rate else 0.0
        self._next_time = 0.0
        self._waiting: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._is_interrupted = False
        self._beat_handle: asyncio.TimerHandle | None = None

    def __aiter__(self) -> Self:
        if self._source is not None:
            self._items = aiter(self._source)
        self._begin()
        return self

    # hot: tests/benchmarks/fan_out.py
    async def __anext__(self) -> T:
        if not self._stream.is_ended:
            self._wait_in_this_task()
            try:
                return await self._next_item()
            except asyncio.CancelledError:
                if not self._is_our_cancellation():
                    raise
            except StopAsyncIteration:
                await self.aclose()
                raise
            finally:
                self._waiting = None
        await self._see_the_end()
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        self._begin()
        self._wait_in_this_task()
        if self._stream.is_ended:
            self._interrupt()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        is_ended = exc_type is asyncio.CancelledError and self._is_our_cancellation()
        self._waiting = None
        if self._stream.is_ended:
            await self._see_the_end()
        else:
            await self.aclose()
        return is_ended

    async def aclose(self) -> None:
        """Stop the heartbeat and close the source; idempotent."""
        self._stream.forget(self._interrupt)
        if self._beat_handle is not None:
            self._beat_handle.cancel()
            self._beat_handle = None
        items, self._items = self._items, None
        close = getattr(items, "aclose", None)
        if close is not None:
            await close()

    async def _next_item(self) -> T:
        await self._stream.drain()
        loop = asyncio.get_running_loop()
        if self._next_time:
            await asyncio.sleep(self._next_time - loop.time())
        if self._items is not None:
            item = await anext(self._items)
        else:
            await asyncio.sleep(0)
            item = cast("T", None)
        if self._interval:
            self._next_time = loop.time() + self._interval
        return item

    async def _see_the_end(self) -> None:
        self._stream.is_end_seen = True
        await self.aclose()

    def _begin(self) -> None:
        self._stream.watch()
        self._stream.on_end(self._interrupt)
        if self._heartbeat is not None:
            self._schedule_beat(self._heartbeat)

    def _wait_in_this_task(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise MomentError(
                "cannot wait for the end of a stream outside of a task",
                fix="asyncio.create_task(…)",
            )
        self._waiting = task
        self._cancelling = task.cancelling()
        self._is_interrupted = False

    def _interrupt(self) -> None:
        if self._waiting is not None:
            self._is_interrupted = True
            self._waiting.cancel()

    def _is_our_cancellation(self) -> bool:
        """Take our cancellation back; return whether there was no other."""
        if not self._is_interrupted or self._waiting is None:
            return False
        self._is_interrupted = False
        return self._waiting.uncancel() <= self._cancelling

    def _schedule_beat(self, seconds: float) -> None:
        self._beat_handle = asyncio.get_running_loop().call_later(seconds, self._beat)

    def _beat(self) -> None:
        heartbeat = cast("float", self._heartbeat)
        silence = asyncio.get_running_loop().time() - self._stream.last_write
        if silence >= heartbeat:
            self._stream.write(HEARTBEAT)
            silence = 0.0
        self._schedule_beat(heartbeat - silence)


def _checked(name: str, value: float | None) -> float | None:
    if value is not None and not 0 < value < float("inf"):
        raise ResponseError(
            f"cannot use {name}={short_repr(value)}",
            where="w.alive(…)",
            why="it is a positive number, or None for none",
            fix=f"w.alive(…, {name}=None)",
        )
    return value
