"""Threads: run a blocking function without stopping the event loop.

A handler and a view run in the event loop, so a query that waits 200 ms stops every page of the
process for that time. `in_thread()` is the explicit way out: nothing runs in a thread unless it
is named there. The number of threads is bounded, so is the number of connections that they hold.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import warnings
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial, update_wrapper
from typing import Any, Generic, ParamSpec, Self, TypeVar
from weakref import WeakKeyDictionary

from fatmorph._functions import unwrapped
from fatmorph._log import Log
from fatmorph.errors import ThreadError

__all__ = ("MAX_THREADS", "ThreadCall", "in_thread", "waiting_count")

P = ParamSpec("P")
T = TypeVar("T")

MAX_THREADS = 15  # as many as the connections of SQLAlchemy's pool
"""How many functions run at the same time in one process; the others wait in line."""

logger: Log = Log("fatmorph.threads")
# By process: a child of a fork has the executor of its parent, but none of its threads.
_executors: dict[int, ThreadPoolExecutor] = {}
# How many calls each event loop waits for.
_waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, int] = WeakKeyDictionary()


def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> ThreadCall[T]:
    """Return a call that runs in a thread: await it, or give it to `w.live()` as a view.

    The function sees the context variables of the caller. Its error is raised where the call is
    awaited, with its traceback. If the waiting handler is cancelled, a function that has not
    begun never runs; one that runs is not interrupted, its result is lost and its error logged.

    Args:
        function: A plain function. It must not use the Writer, or anything else that belongs to
            the event loop.
        args: Its arguments.
        kwargs: Likewise.

    Raises:
        ThreadError: The function is async or a generator, so that it would run in the event loop.

    Example:
        w.html(await in_thread(board_view, c.path_params["board"]))
        await w.live(in_thread(board_view, board), relay.subscribe(f"board.{board}"))
    """
    _check(function)
    return ThreadCall(partial(function, *args, **kwargs))


def waiting_count() -> int:
    """Return how many calls in threads the running event loop waits for."""
    return _waiting.get(asyncio.get_running_loop(), 0)


class ThreadCall(Generic[T]):
    """A call that runs in a thread each time it is awaited.

    Args:
        function: The function, without parameters.
    """

    def __init__(self, function: partial[T]) -> None:
        self._function = function
        self.is_used: bool = False
        """Whether something awaits it, or may; otherwise a warning says that it was forgotten."""
        # By `__wrapped__`, `w.live(…, key=…)` tells the views of two handlers apart.
        update_wrapper(self, function.func, assigned=("__name__", "__qualname__"), updated=())

    def __call__(self) -> Self:
        """Return the call itself, which a stream awaits for each page."""
        return self

    def __await__(self) -> Generator[Any, None, T]:
        self.is_used = True
        return _result(self._function).__await__()

    def __del__(self) -> None:
        if not self.is_used:
            name = _name(self._function.func)
            warnings.warn(
                f"in_thread({name}) was never awaited, so it never ran",
                RuntimeWarning,
                stacklevel=2,
                source=self,
            )


async def _result(function: Callable[[], T]) -> T:
    running = _executor().submit(_run, partial(copy_context().run, function))
    loop = asyncio.get_running_loop()
    _waiting[loop] = _waiting.get(loop, 0) + 1
    try:
        outcome = await asyncio.wrap_future(running)
    except asyncio.CancelledError:
        running.add_done_callback(_log_error)
        raise
    finally:
        _waiting[loop] -= 1
    if isinstance(outcome, _Raised):
        error = outcome.take()
        try:
            raise error
        finally:
            del error  # its traceback holds this frame
    return outcome


class _Raised:
    """The error of a function: a future cannot hold every error, such as StopIteration.

    The traceback of an error refers to the thread's frames, which refer to this object, so the
    error is taken out of it.
    """

    def __init__(self, error: BaseException) -> None:
        self._errors = [error]
        self.take = self._errors.pop


def _run(function: Callable[[], T]) -> T | _Raised:
    try:
        return function()
    except BaseException as error:  # noqa: BLE001 - it is raised where the call is awaited
        return _Raised(error)


def _log_error(running: Future[Any]) -> None:
    outcome = None if running.cancelled() else running.result()
    if isinstance(outcome, _Raised):
        logger.error("an error in a thread that no handler awaits", exc_info=outcome.take())


def _executor() -> ThreadPoolExecutor:
    process = os.getpid()
    if process not in _executors:
        # One step, because each event loop of a process may be the first.
        _executors.setdefault(process, ThreadPoolExecutor(MAX_THREADS, "fatmorph"))
    return _executors[process]


def _check(function: Callable[..., object]) -> None:
    plain = unwrapped(function)
    name = _name(plain)
    if inspect.iscoroutinefunction(plain):
        raise ThreadError(
            f"cannot run an async function in a thread: {name}",
            where=f"in_thread({name}, …)",
            why="it would run in the event loop, for which it is written",
            fix=f"await {name}(…)",
        )
    if inspect.isgeneratorfunction(plain) or inspect.isasyncgenfunction(plain):
        raise ThreadError(
            f"cannot run a generator in a thread: {name}",
            where=f"in_thread({name}, …)",
            why="it returns at once, and would run in the event loop when it is read",
            fix=f"await in_thread(lambda: list({name}(…)))",
        )


def _name(function: object) -> str:
    return getattr(function, "__name__", type(function).__name__)
