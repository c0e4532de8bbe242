"""The changes of one page: any thread makes them, and the page's streams wait for them.

A source remembers how many changes it has seen, so the page stores nothing for it unless it waits.
"""

from __future__ import annotations

import asyncio
import threading
import time
from asyncio import get_running_loop
from typing import Self

from fatmorph.errors import MomentError
from fatmorph.relay._mailbox import end_wait, end_wait_in_its_loop, running_loop

__all__ = ("Bell", "Changes")


class Bell:
    """Counts the changes of a page, and wakes the sources that wait.

    Args:
        guard: Protects the state of the bell, and is held for moments only.
    """

    __slots__ = ("_guard", "_waiters", "changed_at", "count")

    def __init__(self, guard: threading.RLock) -> None:
        self._guard = guard
        self._waiters: tuple[asyncio.Future[None], ...] = ()
        self.count: int = 0
        self.changed_at: int = 0

    def ring(self) -> None:
        """Count a change; from any thread."""
        # hot: as tests/benchmarks/page_state.py shows.
        with self._guard:
            self.count += 1
            self.changed_at = time.perf_counter_ns()
            waiters, self._waiters = self._waiters, ()
        if waiters:
            here = running_loop()
            for waiter in waiters:
                _wake(waiter, here)

    def add_waiter(self, waiter: asyncio.Future[None], seen: int) -> None:
        """Wake a future at the next change, or now if there were more than `seen`."""
        with self._guard:
            if self.count == seen:
                self._waiters = (*self._waiters, waiter)
                return
        _wake(waiter, running_loop())

    def remove_waiter(self, waiter: asyncio.Future[None]) -> None:
        """Undo `add_waiter()`."""
        with self._guard:
            self._waiters = tuple(other for other in self._waiters if other is not waiter)


class Changes:
    """A source for `w.live()` and `w.alive()`: an item for the changes since the last one.

    Only one task at a time reads it. Made by `Page.changes`.

    Args:
        bell: Counts the changes of the page.
    """

    __slots__ = ("_bell", "_is_closed", "_seen", "_waiter")

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._seen = bell.count
        self._waiter: asyncio.Future[None] | None = None  # while a reader waits
        self._is_closed = False

    @property
    def changed_at(self) -> int:
        """When the page changed last, by `time.perf_counter_ns()`; 0 if it never did."""
        return self._bell.changed_at

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> None:
        while not self.take_waiting():
            waiter = get_running_loop().create_future()
            self.watch(waiter)
            try:
                await waiter
            finally:
                self.unwatch()

    def watch(self, waiter: asyncio.Future[None]) -> None:
        """End a wait at the next change, for a reader of several sources.

        Raises:
            MomentError: If another task is reading.
        """
        if self._waiter is not None:
            raise _second_reader_error()
        self._waiter = waiter
        self._bell.add_waiter(waiter, self._seen)
        if self._is_closed:
            _wake(waiter, running_loop())

    def unwatch(self) -> None:
        """Undo `watch()`."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            self._bell.remove_waiter(waiter)

    def take_waiting(self) -> bool:
        """Return whether the page has changed since the last call.

        Raises:
            StopAsyncIteration: If the source is closed.
        """
        if self._is_closed:
            raise StopAsyncIteration
        return self.skip() > 0

    def skip(self) -> int:
        """Do not wait for the changes until now; return 1 if there were any, otherwise 0."""
        seen, self._seen = self._seen, self._bell.count
        return int(seen != self._seen)

    def close(self) -> None:
        """Give no more items; a waiting reader ends as at the end of an iterator."""
        self._is_closed = True
        if (waiter := self._waiter) is not None:
            _wake(waiter, running_loop())

    async def aclose(self) -> None:
        """Do what `close()` does."""
        self.close()


def _wake(waiter: asyncio.Future[None], here: asyncio.AbstractEventLoop | None) -> None:
    if waiter.get_loop() is here:
        end_wait(waiter)
    else:
        end_wait_in_its_loop(waiter)


def _second_reader_error() -> MomentError:
    return MomentError(
        "cannot read the changes of a page twice at the same time",
        where="page.changes",
        why="each change goes to only one reader of a source, and either could get it",
        fix="await w.live(view, page.changes)  (each access makes a new source)",
    )
