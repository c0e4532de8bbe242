"""A send that the transport did not take at once: its waiters, and a timer for its progress."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ("SlowSend",)


class SlowSend:
    """A sending task that is not finished.

    Args:
        task: The task, which has begun and has not ended.
        max_stalled_seconds: How long the transport may accept nothing.
        note_stall: Called after that time.
    """

    __slots__ = (
        "_drains",
        "_last_progress",
        "_loop",
        "_max_seconds",
        "_note_stall",
        "_timer",
        "task",
    )

    def __init__(
        self,
        task: asyncio.Task[None],
        max_stalled_seconds: float,
        note_stall: Callable[[], None],
    ) -> None:
        self.task = task
        self._loop = task.get_loop()
        self._max_seconds = max_stalled_seconds
        self._note_stall = note_stall
        self._drains: list[asyncio.Future[None]] = []
        self._begin_timer()

    @property
    def seconds_stalled(self) -> float:
        """Seconds since the transport took any bytes, or since it got the first ones."""
        return self._loop.time() - self._last_progress

    @property
    def is_waited_for(self) -> bool:
        """Whether a task waits for the end of the send."""
        return bool(self._drains)

    def note_progress(self) -> None:
        """Restart the timer, because the transport has taken some bytes but not all."""
        self._timer.cancel()
        self._begin_timer()

    async def wait(self) -> None:
        """Return when the task has ended."""
        # Do not await the task itself: cancelling the waiter would cancel it.
        drain = self._loop.create_future()
        self._drains.append(drain)
        await drain

    def end(self) -> None:
        """Stop the timer and wake all waiters."""
        self._timer.cancel()
        for drain in self._drains:
            if not drain.done():
                drain.set_result(None)
        self._drains.clear()

    def _begin_timer(self) -> None:
        self._last_progress = self._loop.time()
        self._timer = self._loop.call_later(self._max_seconds, self._note_stall)
