"""Changes: the sources of a live page, read as one.

A source that can wake a reader of several, such as a relay's subscription, is waited for directly,
without a task of its own. Any other is read by a task, which only remembers that there was an
item. The first source that ends, ends the whole.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Protocol, Self, runtime_checkable

from fatmorph._streaming.alive import check_source, is_source
from fatmorph.errors import HandlerError
from fatmorph.types import Source

__all__ = ("Alarm", "Watchable", "changes_of", "joined")


def changes_of(sources: Sequence[AsyncIterable[object]]) -> Source[object] | None:
    """Return one source of the changes of all; None without any.

    Args:
        sources: Each yields an item for each change; they are closed with the result.

    Raises:
        ResponseError: If one is not an async iterable.
    """
    for each in sources:
        check_source(each, "w.live(view, …)")
        if (follow_gaps := getattr(each, "follow_gaps", None)) is not None:
            follow_gaps()  # a lost message is a change that the page does not show
    if not sources:
        return None
    if len(sources) == 1 and is_source(sources[0]):
        return sources[0]
    return _Joined([each if isinstance(each, Watchable) else _Pump(each) for each in sources])


def joined(changes: Source[object], alarm: Watchable) -> Source[object]:
    """Return one source of the changes of a source that is being read, and of an alarm.

    Args:
        changes: The result of `changes_of()`; the new source is read from now on.
        alarm: Closed with the new source, as is the other.
    """
    if isinstance(changes, _Joined):
        return _Joined([*changes.sources, alarm])
    if isinstance(changes, Watchable):
        return _Joined([changes, alarm])
    return _Joined([_Pump(changes).__aiter__(), alarm])


@runtime_checkable
class Watchable(Protocol):
    """A source that can wake a reader of several sources."""

    @property
    def changed_at(self) -> int: ...
    def watch(self, waiter: asyncio.Future[None]) -> None: ...
    def unwatch(self) -> None: ...
    def take_waiting(self) -> bool: ...
    def skip(self) -> int: ...
    def __aiter__(self) -> object: ...
    def close(self) -> None: ...
    async def aclose(self) -> None: ...


class _Joined:
    """Several sources as one."""

    def __init__(self, sources: Sequence[Watchable]) -> None:
        self.sources = sources

    @property
    def changed_at(self) -> int:
        return max(source.changed_at for source in self.sources)

    def __aiter__(self) -> Self:
        for source in self.sources:
            source.__aiter__()
        return self

    async def __anext__(self) -> None:
        loop = asyncio.get_running_loop()
        while not any(source.take_waiting() for source in self.sources):
            waiter = loop.create_future()
            try:
                for source in self.sources:
                    source.watch(waiter)
                await waiter
            finally:
                for source in self.sources:
                    source.unwatch()

    def skip(self) -> int:
        return sum(source.skip() for source in self.sources)

    def close(self) -> None:
        for source in self.sources:
            source.close()

    async def aclose(self) -> None:
        async with AsyncExitStack() as stack:
            for source in self.sources:
                stack.push_async_callback(source.aclose)


class Alarm:
    """A source that only remembers that there was an item, and when the newest one came."""

    def __init__(self) -> None:
        self._is_changed = False
        self._waiter: asyncio.Future[None] | None = None  # while a reader waits
        self.changed_at = 0

    def ring(self, moment: int) -> None:
        """Remember an item, and end the wait of the reader.

        Args:
            moment: When the item came, by `time.perf_counter_ns()`.
        """
        self.changed_at = moment
        self._is_changed = True
        self.wake()

    def wake(self, _: object = None) -> None:
        """End the wait of the reader."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def watch(self, waiter: asyncio.Future[None]) -> None:
        """End a wait at the next item, for a reader of several sources."""
        self._waiter = waiter
        if self._is_changed:
            self.wake()

    def unwatch(self) -> None:
        """Undo `watch()`."""
        self._waiter = None

    def take_waiting(self) -> bool:
        """Return whether there was an item since the last call."""
        return self.skip() > 0

    def skip(self) -> int:
        """Do not wait for the items until now; return 1 if there were any, otherwise 0."""
        skipped, self._is_changed = int(self._is_changed), False
        return skipped


class _Pump(Alarm):
    """A reader that empties a source at once, and only remembers that there was an item."""

    def __init__(self, source: AsyncIterable[object]) -> None:
        super().__init__()
        self._source = source
        self._items: AsyncIterator[object] | None = None
        self._task: asyncio.Task[None] | None = None

    def __aiter__(self) -> Self:
        self._items = aiter(self._source)
        self._task = asyncio.create_task(self._read(self._items))
        self._task.add_done_callback(self.wake)
        return self

    def watch(self, waiter: asyncio.Future[None]) -> None:
        super().watch(waiter)
        if self._task is not None and self._task.done():
            self.wake()

    def take_waiting(self) -> bool:
        if super().take_waiting():
            return True
        if self._task is not None and self._task.done():
            self._task.result()  # raises the source's error, if there was one
            raise StopAsyncIteration
        return False

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def aclose(self) -> None:
        if self._task is not None:
            self.close()
            await asyncio.wait([self._task])
        close = getattr(self._source if self._items is None else self._items, "aclose", None)
        if close is not None:
            await close()

    async def _read(self, items: AsyncIterator[object]) -> None:
        try:
            async for _ in items:
                self.ring(time.perf_counter_ns())
                await asyncio.sleep(0)  # a source that never waits must not block the loop
        except SystemExit as error:  # from a task, it would end the event loop
            raise HandlerError(
                "cannot go on after SystemExit in a source",
                where="w.live(view, source)",
                why="it would end the process, and every other stream with it",
                fix="raise RuntimeError(…)  (instead of SystemExit)",
            ) from error
