"""Slow draws: in development, a view that held the event loop is logged.

Everything else that the process serves waits meanwhile, so an asynchronous view is measured from
one wait to the next.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from functools import partial
from inspect import isawaitable
from time import perf_counter
from typing import Any, TypeVar, cast

from fatmorph._functions import unwrapped
from fatmorph._log import Log

__all__ = ("watched",)

T = TypeVar("T")

# Three frames of a screen; a hundred pages that are drawn one by one then take five seconds.
SLOW_SECONDS = 0.05
MAX_REMEMBERED = 1000  # a program has fewer views

logger = Log("fatmorph.stream")
_logged: dict[str, None] = {}


def watched(
    view: Callable[[], T | Awaitable[T]], note: Callable[[float], None]
) -> Callable[[], Awaitable[T]]:
    """Return a view that logs a warning if it holds the event loop; once for each function.

    Args:
        view: Draws a page; a function without parameters, plain or async.
        note: Called with the seconds that it took, with its waits.
    """

    async def draw() -> T:
        started = perf_counter()
        drawn = view()
        longest = perf_counter() - started
        if isawaitable(drawn):
            steps = _Steps(drawn)
            drawn = await steps
            longest = max(longest, steps.longest)
        note(perf_counter() - started)
        if longest > SLOW_SECONDS:
            _warn(view, longest)
        return cast("T", drawn)  # isawaitable() does not narrow the type

    return draw


class _Steps(Awaitable[T]):
    """An awaitable, and the longest time from one of its waits to the next."""

    def __init__(self, awaitable: Awaitable[T]) -> None:
        self._awaitable = awaitable
        self.longest = 0.0

    def __await__(self) -> Generator[Any, Any, T]:
        coroutine = self._run()
        step = partial(coroutine.send, None)
        while True:
            started = perf_counter()
            try:
                awaited = step()
            except StopIteration as end:
                return cast("T", end.value)
            finally:
                self.longest = max(self.longest, perf_counter() - started)
            try:
                step = partial(coroutine.send, (yield awaited))
            except BaseException as error:  # noqa: BLE001 - whatever is raised where it waits
                step = partial(coroutine.throw, error)

    async def _run(self) -> T:
        return await self._awaitable


def _warn(view: Callable[[], object], seconds: float) -> None:
    function: Any = unwrapped(view)
    name = getattr(function, "__qualname__", type(function).__name__)
    code = getattr(function, "__code__", None)
    place = name if code is None else f"{name} ({code.co_filename}:{code.co_firstlineno})"
    if place in _logged or len(_logged) >= MAX_REMEMBERED:
        return
    _logged[place] = None
    logger.warning(
        "the view %s held the event loop for %.0f ms, and every other page waited; "
        "draw it in a thread: w.live(in_thread(view), …)",
        place,
        seconds * 1000,
    )
