"""The handler of one stream: it is cancelled at most once, and a warning names one that lingers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fatmorph._streaming.lingering import LINGER_SECONDS, warn_of_lingering_handler

__all__ = ("RunningHandler",)


class RunningHandler:
    """The task that runs a handler, which is the task that makes this object."""

    __slots__ = ("_cancelling_before", "_linger_timer", "_task", "has_returned")

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._cancelling_before: int | None = None
        """How often the task had been cancelled before we did; None if we did not."""
        self._linger_timer: asyncio.TimerHandle | None = None
        self.has_returned = False
        """Whether the handler has returned, so that it must not be cancelled."""

    @property
    def can_cancel(self) -> bool:
        """Whether `cancel()` would cancel it: it runs, and was not cancelled before."""
        return not self.has_returned and self._task is not None and self._cancelling_before is None

    def cancel(self) -> None:
        """Cancel the handler, unless it has returned or was cancelled before."""
        if self.can_cancel and self._task is not None:
            cancelling = self._task.cancelling()
            if self._task.cancel():
                self._cancelling_before = cancelling

    def take_back_cancellation(self) -> bool:
        """Return whether only `cancel()` cancelled the handler."""
        before, self._cancelling_before = self._cancelling_before, None
        if self._task is None or before is None:
            return False
        return self._task.uncancel() <= before

    def expect_return(self, loop: asyncio.AbstractEventLoop, ending: Callable[[], str]) -> None:
        """Warn if the handler has not returned some seconds after its stream ended.

        Args:
            loop: Runs the handler.
            ending: Returns how the stream ended, which may change until the warning.
        """
        task = self._task
        if task is not None and not self.has_returned:
            self._linger_timer = loop.call_later(
                LINGER_SECONDS, lambda: warn_of_lingering_handler(task, ending())
            )

    def note_return(self) -> None:
        """Note that the handler has returned: it is no longer cancelled, and no warning follows."""
        self.has_returned = True
        if self._linger_timer is not None:
            self._linger_timer.cancel()
            self._linger_timer = None
