"""Alive: a loop, or a block, that runs for as long as its stream is open.

The end of a stream interrupts the wait inside, the way `asyncio.timeout` does: the task is
cancelled, and the cancellation is taken back where the wait began. So an item needs no task of its
own, and the code after the loop runs as usual. A source that can end its reader's wait by itself,
such as a relay's subscription, is awaited directly.

Source: https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.uncancel
"""

from __future__ import annotations

import asyncio
from asyncio import current_task
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine
from inspect import CORO_CLOSED, getcoroutinestate
from itertools import repeat
from types import TracebackType
from typing import Any, Generic, Self, TypeGuard, TypeVar, cast

from fatmorph._streaming.stream import HEARTBEAT, Stream
from fatmorph.errors import ResponseError, short_repr
from fatmorph.types import Source

__all__ = ("Alive", "check_source", "is_source")

SOURCE_ATTRIBUTES = ("changed_at", "skip", "__anext__", "close", "aclose")

T = TypeVar("T")
Result = TypeVar("Result")


class Alive(Generic[T]):
    """Iterate over a source, or stay in a block, until the stream ends.

    Made by `Writer.alive()`; see there. One task uses it at a time.

    Args:
        stream: The stream whose end interrupts the wait.
        source: The items; None yields None for ever.
        heartbeat: Seconds of silence after which a comment is sent; None for never.
        max_rate: The most items per second; None for no limit.
        call: The user's call, for errors.

    Raises:
        ResponseError: If the source is not an async iterable, or the heartbeat or the rate is not
            a positive number.
    """

    __slots__ = (
        "_beat_handle",
        "_cancelling",
        "_heartbeat",
        "_interval",
        "_is_closed",
        "_is_wait_ended",
        "_items",
        "_next_time",
        "_own_source",
        "_source",
        "_stream",
        "_task",
        "_wait",
    )

    def __init__(
        self,
        stream: Stream,
        source: AsyncIterable[T] | None,
        *,
        heartbeat: float | None,
        max_rate: float | None,
        call: str = "w.alive(…)",
    ) -> None:
        if source is not None:
            check_source(source, call)
        self._stream = stream
        self._source = source
        self._items: AsyncIterator[T] | None = None
        self._own_source: Source[T] | None = None
        self._wait: Coroutine[Any, Any, T] | None = None
        self._heartbeat = _checked("heartbeat", heartbeat, call)
        rate = _checked("max_rate", max_rate, call)
        self._interval = 1 / rate if rate else 0.0
        self._next_time = 0.0
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._is_wait_ended = False
        self._is_closed = False
        self._beat_handle: asyncio.TimerHandle | None = None
        stream.add_waiting(self)  # so the stream closes the source even if nothing iterates

    def __aiter__(self) -> Self:
        self._stream.check_loop()
        if self._source is not None:
            self._items = aiter(self._source)
            if is_source(self._items) and not self._interval:
                self._own_source = self._items
        self._begin()
        return self

    def __anext__(self) -> Awaitable[T]:
        # hot: as tests/benchmarks/fan_out.py shows. Usually the socket has taken everything, and
        # only the source has to be awaited.
        own_source, stream = self._own_source, self._stream
        if own_source is None or self._task is not None or stream.is_ended or not stream.flush():
            return self.until_end(self._next_item)
        self._wait = wait = own_source.__anext__()
        return wait

    async def until_end(self, wait: Callable[[], Awaitable[Result]]) -> Result:
        """Return the result of `wait()`; the end of the stream interrupts it.

        Raises:
            StopAsyncIteration: If the stream has ended, or there are no more items.
        """
        self._stream.check_loop()
        if self._task is not None:  # the loop is in our own `async with`, which is interrupted
            return await wait()
        if not self._stream.is_ended and not self._is_closed:
            self._enter()
            try:
                result = await wait()
            except BaseException as error:
                if not self._exit(error) and not isinstance(error, StopAsyncIteration):
                    raise
            else:
                self._exit(None)
                return result
        await self.aclose()
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        self._begin()
        self._enter()
        if self._stream.is_ended:
            asyncio.get_running_loop().call_soon(self.end_wait)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        is_end_of_stream = self._exit(exc)
        await self.aclose()
        return is_end_of_stream

    async def aclose(self) -> None:
        """Stop the heartbeat and close the source; a second call does nothing."""
        if self._is_closed:
            return
        self._stream.check_loop()
        self._close()
        source = self._source if self._items is None else self._items
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()

    def end_wait(self) -> None:
        """End the wait of the task inside; the stream calls this when it ends."""
        if self._task is not None:
            self._is_wait_ended = True
            self._task.cancel()
        # Only our own wait: the body of the loop may await the same source.
        elif (own_source := self._own_source) is not None and _is_unfinished(self._wait):
            self._close()
            own_source.close()

    def _close(self) -> None:
        self._is_closed = True
        self._own_source = None
        self._stream.remove_waiting(self)
        if self._beat_handle is not None:
            self._beat_handle.cancel()
            self._beat_handle = None

    def _next_item(self) -> Awaitable[T]:
        if self._items is not None and not self._interval and self._stream.flush():
            return anext(self._items)
        return self._drained_item()

    async def _drained_item(self) -> T:
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

    def _begin(self) -> None:
        self._stream.watch()
        self._is_closed = False
        self._stream.add_waiting(self)
        if self._beat_handle is None:
            self._schedule_beat(self._heartbeat)

    def _enter(self) -> None:
        """Let the end of the stream cancel this task until `_exit()`."""
        self._task = task = current_task()
        if task is not None:  # always: asyncio runs coroutines in tasks
            self._cancelling = task.cancelling()

    def _exit(self, error: BaseException | None) -> bool:
        """Take our cancellation back; return whether it alone caused `error`."""
        task, self._task = self._task, None
        if task is None or not self._is_wait_ended:
            return False
        self._is_wait_ended = False
        is_only_ours = task.uncancel() <= self._cancelling
        return is_only_ours and isinstance(error, asyncio.CancelledError)

    def _schedule_beat(self, seconds: float | None) -> None:
        to_settle = self._stream.seconds_to_settle
        if to_settle is not None:
            seconds = to_settle if seconds is None else min(seconds, to_settle)
        if seconds is not None:
            self._beat_handle = asyncio.get_running_loop().call_later(seconds, self._beat)

    def _beat(self) -> None:
        self._stream.settle_if_due()
        seconds = self._heartbeat
        if seconds is not None:
            silence = asyncio.get_running_loop().time() - self._stream.last_write
            if silence >= seconds:
                self._stream.write(HEARTBEAT, is_event=False)
            else:
                seconds -= silence
        self._schedule_beat(seconds)


def _is_unfinished(wait: Coroutine[Any, Any, object] | None) -> bool:
    # It may not have begun yet: it can be in a task that was made in this turn.
    return wait is not None and getcoroutinestate(wait) != CORO_CLOSED


def check_source(source: object, call: str) -> None:
    """Refuse a source that cannot be read.

    Args:
        source: The source.
        call: The user's call, for errors.

    Raises:
        ResponseError: If it is not an async iterable.
    """
    if not hasattr(type(source), "__aiter__"):
        raise ResponseError(
            f"cannot use {type(source).__name__} as a source of changes",
            where=call,
            why="a source is an async iterable, which yields an item for each change",
            fix=call.replace("…", 'relay.subscribe("*")') + "  (or page.changes, for `Pages`)",
        )


def is_source(value: AsyncIterable[T]) -> TypeGuard[Source[T]]:
    """Return whether a source knows more than its next item.

    On Python 3.11, `isinstance()` with a protocol takes as long as a tenth of a whole subscription.
    """
    return all(map(hasattr, repeat(value), SOURCE_ATTRIBUTES))


def _checked(name: str, value: float | None, call: str) -> float | None:
    if value is not None and not 0 < value < float("inf"):
        raise ResponseError(
            f"cannot use {name}={short_repr(value)}",
            where=call,
            why="it must be a positive number, or None to switch it off",
            fix=f"{call.removesuffix('…)')}…, {name}=None)",
        )
    return value
