"""The time of a test: it stands still until the test advances it.

The clock replaces `time()` of the running event loop, so it is also the time of the handlers:
heartbeats, `max_rate`, and `asyncio.sleep()`. A test that waits for something else than a page,
such as a database, is not stopped for ever: after a second of real time the clock goes on.

Source: https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.time
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from fatmorph.errors import StepError
from fatmorph.threads import waiting_count

__all__ = ("Clock", "clock_of_loop")

# How long the clock stands still after the last step of a test, in seconds of real time.
HOLD_SECONDS = 1.0
# How often a wait for a thread or a socket looks again.
LOOK_SECONDS = 0.001


class Clock:
    """The time of an event loop, and whether it has anything left to do.

    Args:
        loop: asyncio's own event loop.
    """

    def __init__(self, loop: Any) -> None:  # Any: the queue of an event loop is not in its type
        self._loop = loop
        self._real_time: Callable[[], float] = loop.time
        self._run_in_executor: Callable[..., Any] = loop.run_in_executor
        self._shown: float = loop.time()
        self._touched: float = self._shown
        self._hold_seconds = HOLD_SECONDS
        self.servers: dict[int, Any] = {}
        """The servers of this event loop, by their applications."""
        self._users = 0
        self._thread_count = 0
        self._turning_count = 0

    def time(self) -> float:
        """Return the time that the event loop sees."""
        passed: float = self._real_time() - self._touched - self._hold_seconds
        return self._shown + max(passed, 0.0)

    def hold(self) -> None:
        """Stop at this moment."""
        self._shown, self._touched = self.time(), self._real_time()

    def advance(self, seconds: float) -> None:
        """Let time pass; timers that are due run in the next turn of the event loop."""
        self.hold()
        self._shown += seconds

    @property
    def is_idle(self) -> bool:
        """Whether no task of the event loop can run, and no timer is due."""
        # asyncio has no other way to see whether a task is ready.
        is_ready = len(self._loop._ready) > self._turning_count  # noqa: SLF001
        next_timer = self.next_timer
        return not is_ready and (next_timer is None or next_timer > self.time())

    @property
    def next_timer(self) -> float | None:
        """When the next timer of the event loop is due; None without one."""
        timers = self._loop._scheduled  # noqa: SLF001 - as above
        times = (timer.when() for timer in timers if not timer.cancelled())
        return min(times, default=None)

    @property
    def has_threads(self) -> bool:
        """Whether a thread works for the event loop."""
        return self._thread_count > 0 or waiting_count() > 0

    async def turn(self) -> None:
        """Let all tasks that are ready run once."""
        self._turning_count += 1  # each that waits here is ready, and waits for the others only
        try:
            await asyncio.sleep(0)
        finally:
            self._turning_count -= 1

    async def wait(self) -> None:
        """Wait a moment in real time, for a thread or a socket."""
        self.hold()
        self._hold_seconds = 0.0
        try:
            await asyncio.sleep(LOOK_SECONDS)
        finally:
            self.hold()
            self._hold_seconds = HOLD_SECONDS

    @contextmanager
    def used(self) -> Generator[None]:
        """Replace the time of the event loop inside the block."""
        if not self._users:
            self._loop.time = self.time
            self._loop.run_in_executor = self._counted
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                del self._loop.time
                del self._loop.run_in_executor

    def _counted(self, *arguments: Any) -> Any:
        future = self._run_in_executor(*arguments)
        self._thread_count += 1
        future.add_done_callback(self._uncount)
        return future

    def _uncount(self, _: object) -> None:
        self._thread_count -= 1


def clock_of_loop() -> Clock:
    """Return the clock of the running event loop; pages of one loop share it.

    Raises:
        StepError: The event loop is not asyncio's own.
    """
    loop = asyncio.get_running_loop()
    clock = getattr(loop.time, "__self__", None)
    if isinstance(clock, Clock):
        return clock
    if not isinstance(loop, asyncio.BaseEventLoop):
        raise StepError(
            f"cannot stop the clock of {type(loop).__module__}",
            where="open_page(…)",
            why="only asyncio's own event loop lets a test set its time",
            fix="asyncio.run(main())  (in tests without uvloop)",
        )
    return Clock(loop)
