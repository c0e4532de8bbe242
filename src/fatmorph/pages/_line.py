"""A line: tasks of any event loop that take their turn one after the other."""

from __future__ import annotations

import asyncio
import threading
from asyncio import current_task, get_running_loop
from collections import deque
from typing import Any

from fatmorph.errors import MomentError
from fatmorph.relay._mailbox import end_wait_in_its_loop

__all__ = ("Line", "nested_error")

NO_TASK = object()


class Line:
    """A lock for tasks, in the order in which they ask; handlers may run in several threads.

    Args:
        guard: Protects the state of the line, and is held for moments only.
    """

    __slots__ = ("_guard", "_holder", "_waiting")

    def __init__(self, guard: threading.RLock) -> None:
        self._guard = guard
        self._holder: asyncio.Task[Any] | object | None = None  # Any: results are not used
        self._waiting: deque[tuple[asyncio.Task[Any] | None, asyncio.Future[None]]] | None = None

    async def enter(self) -> None:
        """Wait for the turn of this task.

        Raises:
            MomentError: If this task has its turn already, and would wait for itself.
        """
        task = current_task()
        with self._guard:
            if self._holder is None:
                self._holder = task
                return
            if self._holder is task:
                raise nested_error()
            if self._waiting is None:
                self._waiting = deque()
            turn = (task, get_running_loop().create_future())
            self._waiting.append(turn)
        try:
            await turn[1]
        except BaseException:
            self._give_up(turn)
            raise

    @property
    def is_busy(self) -> bool:
        """Whether it is the turn of some task."""
        return self._holder is not None

    def hold_without_task(self) -> None:
        """Keep the turn until `leave()`, even if this task ends."""
        self._holder = NO_TASK

    def leave(self) -> None:
        """Give the turn to the task that has waited longest."""
        with self._guard:
            self._holder = None
            while self._waiting and self._holder is None:
                task, future = self._waiting.popleft()
                if end_wait_in_its_loop(future):
                    self._holder = task

    def _give_up(self, turn: tuple[asyncio.Task[Any] | None, asyncio.Future[None]]) -> None:
        with self._guard:
            if self._waiting and turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.leave()  # it had the turn when it was cancelled


def nested_error() -> MomentError:
    """Return the error for a task that would wait for itself."""
    return MomentError(
        "cannot enter the state of a page twice in one task",
        where="async with pages.of(c)",
        why="actions of a page run one after the other, so the inner block would wait for the "
        "outer one",
        fix="async with pages.of(c) as page: …  (once, and pass `page` on)",
    )
