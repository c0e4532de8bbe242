"""Which handlers are accepted, and how one ends.

Nothing but an ordinary exception or a real cancellation gets out of a handler.

Frameworks and servers respond to an `Exception` with a 500. Anything else means something of its
own to them: `CancelledError` that a client left, `StopAsyncIteration` that a body is complete,
`SystemExit` that the process must end. A handler that ends by one of these, because a library did
so, has failed like any other.

Source: https://docs.python.org/3/library/exceptions.html#exception-hierarchy
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from types import CoroutineType
from typing import Any, cast

from fatmorph._functions import unwrapped
from fatmorph.context import Context, request_line
from fatmorph.errors import HandlerError
from fatmorph.writer import Writer

__all__ = ("HandlerTask", "as_exception", "called", "check_handler", "check_returned")

# In the annotation of a plain function that returns what another one does.
AWAITABLES = ("Awaitable", "Coroutine", "Future", "Task", "Any")
QUERY = "in it, a query that blocks: await in_thread(query)"
PATCH = "in it, w.patch(view)  instead of yield view"
RESPONSES = "w.html(view)  (or w.patch(view), w.json(value), w.text(text), w.redirect(url))"


class HandlerTask:
    """The task that runs a handler, and what an error of the handler means in it."""

    __slots__ = ("_cancelling_before", "_task")

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._cancelling_before = 0 if self._task is None else self._task.cancelling()

    def is_ending(self, error: BaseException) -> bool:
        """Return whether the process stops, or the event loop has, so that nothing can wait."""
        return isinstance(error, KeyboardInterrupt) or self._is_closing(error)

    def as_failure(self, error: BaseException) -> BaseException:
        """Return an error as a framework must see it: only a real cancellation is one."""
        if isinstance(error, asyncio.CancelledError) and self._is_cancelled():
            return error
        return error if self._is_closing(error) else as_exception(error)

    def _is_cancelled(self) -> bool:
        # A task that the handler awaits may have been cancelled instead.
        return self._task is not None and self._task.cancelling() > self._cancelling_before

    def _is_closing(self, error: BaseException) -> bool:
        """Return whether the coroutine is closed from outside of its task."""
        if not isinstance(error, GeneratorExit):
            return False
        try:
            return asyncio.current_task() is not self._task
        except RuntimeError:  # its event loop does not run
            return True


def check_handler(handler: Callable[..., object]) -> None:
    """Refuse a function that cannot be a handler, when it becomes a route.

    A function that returns the awaitable of another one is accepted if it says so: by
    `functools.wraps`, or by an annotation. For a lambda, this is seen when it is called.

    Raises:
        HandlerError: It is a plain function or a generator.
    """
    function: Any = unwrapped(handler)
    if not inspect.isroutine(function) and not inspect.iscoroutinefunction(function):
        kind = cast("Any", type(function))
        function = getattr(kind, "__call__", function)  # noqa: B004 - not whether
    if not inspect.isfunction(function) and not inspect.ismethod(function):
        return  # it is compiled, or a class
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise _refused_error(function, "that yields", PATCH)
    returned = str(function.__annotations__.get("return"))
    is_accepted = (
        inspect.iscoroutinefunction(function)
        or function.__name__ == "<lambda>"
        or any(name in returned for name in AWAITABLES)
    )
    if not is_accepted:
        raise _refused_error(function, "that is not async", QUERY)


def called(
    handler: Callable[[Context, Writer], Awaitable[None]], context: Context, writer: Writer
) -> Awaitable[object]:
    """Call a handler and return what to await.

    Raises:
        HandlerError: The handler is not async.
    """
    waiting: object = handler(context, writer)
    if not inspect.isawaitable(waiting):
        raise _not_async_error(context, waiting)
    return waiting


def check_returned(context: Context, returned: object) -> None:
    """Refuse what a handler returned, because it would be lost.

    Raises:
        HandlerError: It is not None.
    """
    if returned is not None:
        raise _returned_error(context, returned)


def as_exception(error: BaseException) -> BaseException:
    """Return an error as an exception to which a framework responds with a 500.

    An interrupt from the keyboard stays as it is.
    """
    is_ordinary = isinstance(error, Exception) and not isinstance(error, StopAsyncIteration)
    if is_ordinary or isinstance(error, KeyboardInterrupt):
        return error
    found = HandlerError(
        f"cannot respond after {type(error).__name__} in a handler",
        why="to a framework it is not an error: it ends a task, an iteration or the process",
        fix="except asyncio.CancelledError:  (or another; in the handler, where it is raised)"
        if isinstance(error, asyncio.CancelledError)
        else f"raise RuntimeError(…)  (instead of {type(error).__name__})",
    )
    found.__cause__ = error
    return found


def _refused_error(function: Any, rule: str, advice: str) -> HandlerError:
    names = ", ".join(inspect.signature(function).parameters)
    return HandlerError(
        f"cannot register a handler {rule}: {function.__name__}",
        where=f"{function.__module__ or '__main__'}.{function.__qualname__}",
        why="a handler runs in the event loop, where one that blocks would stop every other page, "
        "and responds through its Writer",
        fix=f"async def {function.__name__}({names}):  ({advice})",
    )


def _not_async_error(context: Context, returned: object) -> HandlerError:
    if inspect.isasyncgen(returned):
        return HandlerError(
            "cannot respond with what a handler yields",
            where=request_line(context.method, context.path),
            why="a handler responds through its Writer",
            fix="w.patch(view)  (instead of yield view)",
        )
    return HandlerError(
        "cannot await a handler that is not async",
        where=request_line(context.method, context.path),
        why="it responds in the event loop, through its Writer",
        fix="async def home(c, w):  (and in it w.html(view))",
    )


def _returned_error(context: Context, returned: object) -> HandlerError:
    name, fix = type(returned).__name__, RESPONSES
    if isinstance(returned, CoroutineType):
        name = f"coroutine of {returned.__name__}()"
        is_ours = returned.__qualname__.startswith("Writer.")
        call = f"{returned.__name__}(…)"
        fix = f"await w.{call}  (instead of returning it)" if is_ours else f"w.html(await {call})"
        returned.close()  # Python would warn that it was never awaited
    elif inspect.isawaitable(returned):
        fix = "await it  (instead of returning it); " + RESPONSES
    return HandlerError(
        f"cannot respond with the {name} that a handler returned",
        where=request_line(context.method, context.path),
        why="a handler responds through its Writer, and its return value is lost",
        fix=fix,
    )
