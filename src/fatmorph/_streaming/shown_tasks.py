"""Shown tasks: the tasks and futures for whose values the parts of a live page wait.

1. A draw collects the unfinished tasks that `pending()` has read. So a task is known to exactly
   the streams that show its placeholder, also if the view runs in a thread, or another stream
   drew the page.
2. A task has one callback, however many streams wait for it. The last of them removes it, and
   cancels the task. A future of `concurrent.futures` keeps it: such a callback cannot be removed.
3. A view that starts its task would start another one in each draw, and never show a value. Such
   draws are counted: a task has ended and nothing newer has changed, but the view reads only a
   task that has not even begun.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any, NamedTuple, Self, TypeAlias
from weakref import WeakKeyDictionary, WeakSet

from fatmorph._streaming.changes import Alarm
from fatmorph.errors import MomentError

__all__ = (
    "Awaited",
    "Reading",
    "ShownTasks",
    "begin_draw",
    "end_draw",
    "note_task",
    "running_tasks",
)

# Any: the value is a child of an element, which checks it.
Awaited: TypeAlias = "asyncio.Future[Any] | concurrent.futures.Future[Any]"

MAX_VAIN_DRAWS = 10  # in a row; a view that goes on from one task to the next makes fewer


class Reading(NamedTuple):
    """A task that a view has read.

    Args:
        task: The task.
        is_done: Whether the view shows its value, and not the placeholder.
        is_unstarted: Whether it has not even begun, so that the view has probably made it.
    """

    task: Awaited
    is_done: bool
    is_unstarted: bool


_of_draw: ContextVar[list[Reading] | None] = ContextVar("fatmorph_tasks_of_draw", default=None)


def begin_draw() -> list[Reading]:
    """Return the list of the tasks that a draw reads from now on."""
    # hot: as tests/benchmarks/fan_out.py shows.
    readings: list[Reading] = []
    _of_draw.set(readings)
    return readings


def end_draw() -> None:
    """End what `begin_draw()` began."""
    # Not reset(): a coroutine may be closed in another context than the one it began in.
    _of_draw.set(None)


def note_task(task: Awaited, *, is_done: bool) -> None:
    """Note that the view of the page that is drawn now, if any, reads a task; from any thread.

    Args:
        task: The task.
        is_done: Whether the view shows its value, and not the placeholder.
    """
    readings = _of_draw.get()
    if readings is not None:
        readings.append(Reading(task, is_done, not is_done and _is_unstarted(task)))


def running_tasks(readings: Iterable[Reading]) -> frozenset[Awaited]:
    """Return the tasks for whose values a page shows placeholders."""
    return frozenset(reading.task for reading in readings if not reading.is_done)


class ShownTasks(Alarm):
    """The tasks that the pages of one stream wait for: a source with an item for each that ends."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._tasks: set[Awaited] = set()
        self._ended: WeakSet[Awaited] = WeakSet()
        self._vain_draws = 0

    def __aiter__(self) -> Self:
        return self

    def add(self, tasks: Iterable[Awaited]) -> None:
        """Wait for more tasks; those that are known already are skipped.

        Raises:
            MomentError: If a task belongs to another event loop.
        """
        for task in tasks:
            if task not in self._tasks:
                self._check_loop(task)
                self._tasks.add(task)
                _add_reader(task, self)

    def check_view(self, readings: Sequence[Reading], changed_at: int) -> None:
        """Refuse a view that starts a task in each draw.

        Args:
            readings: The tasks that it has read now.
            changed_at: The time of the newest change that the draw was to show.

        Raises:
            MomentError: If the last draws were in vain.
        """
        is_vain = (
            changed_at == self.changed_at
            and any(reading.is_unstarted for reading in readings)
            and not any(reading.task in self._ended for reading in readings)
        )
        self._ended.clear()
        self._vain_draws = self._vain_draws + 1 if is_vain else 0
        if self._vain_draws >= MAX_VAIN_DRAWS:
            raise MomentError(
                "cannot show the value of a task that each draw of the page starts again",
                where="pending(task, …)",
                why="its end draws the page again, and the view then waits for the next task",
                fix="state.report = asyncio.create_task(load_report())  "
                "(before w.live(); and in the view pending(state.report, …))",
            )

    def note_end(self, task: Awaited, moment: int) -> None:
        """Ring for a task that has ended; for a future of a thread, from any thread.

        Args:
            task: The task.
            moment: As for `ring()`.
        """
        if asyncio.isfuture(task):
            self._end(task, moment)
            return
        with suppress(RuntimeError):  # the loop was closed while the stream waited
            self._loop.call_soon_threadsafe(self._end, task, moment)

    def close(self) -> None:
        """Wait for nothing more; cancel the tasks for which no other stream waits."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            _remove_reader(task, self)

    async def aclose(self) -> None:
        """Do what `close()` does."""
        self.close()

    def _end(self, task: Awaited, moment: int) -> None:
        self._tasks.discard(task)
        self._ended.add(task)
        self.ring(moment)

    def _check_loop(self, task: Awaited) -> None:
        if asyncio.isfuture(task) and task.get_loop() is not self._loop:
            raise MomentError(
                "cannot wait for a task of another event loop",
                where="pending(task, …)",
                why="its end does not wake the event loop that serves the page",
                fix="state.report = asyncio.run_coroutine_threadsafe(load_report(), loop)",
            )


_guard = threading.Lock()  # a future of a thread may be shown by the streams of several event loops
_readers: WeakKeyDictionary[Awaited, set[ShownTasks]] = WeakKeyDictionary()


def _is_unstarted(task: Awaited) -> bool:
    coroutine = task.get_coro() if isinstance(task, asyncio.Task) else None
    return isinstance(coroutine, CoroutineType) and getcoroutinestate(coroutine) == CORO_CREATED


def _add_reader(task: Awaited, reader: ShownTasks) -> None:
    with _guard:
        is_new = task not in _readers
        _readers.setdefault(task, set()).add(reader)
    if is_new:
        task.add_done_callback(_announce)


def _remove_reader(task: Awaited, reader: ShownTasks) -> None:
    with _guard:
        readers = _readers.get(task)
        if readers is None:  # the task has just ended
            return
        readers.discard(reader)
        if readers:
            return
        if asyncio.isfuture(task):
            del _readers[task]
            task.remove_done_callback(_announce)
    task.cancel()


def _announce(task: Awaited) -> None:
    moment = time.perf_counter_ns()
    with _guard:
        readers = _readers.pop(task, set())
    for reader in readers:
        reader.note_end(task, moment)
