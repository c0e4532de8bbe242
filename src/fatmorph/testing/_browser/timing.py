"""When a handler runs: `__delay`, `__debounce` and `__throttle`, on the clock of the test.

Source: https://data-star.dev/reference/attributes#data-on
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from fatmorph.testing._browser.attributes import milliseconds

__all__ = ("Timing",)


class Timing:
    """The timers of one handler.

    Args:
        modifiers: The handler's.
    """

    def __init__(self, modifiers: Mapping[str, tuple[str, ...]]) -> None:
        self._delay = modifiers.get("delay")
        self._debounce = modifiers.get("debounce")
        self._throttle = modifiers.get("throttle")
        self._debounce_timer: asyncio.TimerHandle | None = None
        self._throttle_timer: asyncio.TimerHandle | None = None
        self._last: Callable[[], None] | None = None

    def call(self, run: Callable[[], None]) -> None:
        """Run a handler at its time."""
        self._throttled(lambda: self._debounced(lambda: self._delayed(run)))

    def cancel(self) -> None:
        """Forget what is to run."""
        for timer in (self._debounce_timer, self._throttle_timer):
            if timer is not None:
                timer.cancel()

    def _delayed(self, run: Callable[[], None]) -> None:
        if self._delay is None:
            run()
        else:
            _later(self._delay, run)

    def _debounced(self, run: Callable[[], None]) -> None:
        tags = self._debounce
        if tags is None:
            run()
            return
        is_first = self._debounce_timer is None
        if self._debounce_timer is not None:
            self._debounce_timer.cancel()

        def end() -> None:
            self._debounce_timer = None
            if "notrailing" not in tags:
                run()

        self._debounce_timer = _later(tags, end)
        if is_first and "leading" in tags:
            run()

    def _throttled(self, run: Callable[[], None]) -> None:
        tags = self._throttle
        if tags is None:
            run()
            return
        if self._throttle_timer is not None:
            self._last = run
            return

        def end() -> None:
            self._throttle_timer = None
            last, self._last = self._last, None
            if last is not None and "trailing" in tags:
                last()

        self._throttle_timer = _later(tags, end)
        if "noleading" in tags:
            self._last = run
        else:
            run()


def _later(tags: tuple[str, ...], call: Callable[[], None]) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(milliseconds(tags) / 1000, call)
