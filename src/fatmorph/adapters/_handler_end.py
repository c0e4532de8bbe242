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
from contextlib import suppress
from types import CoroutineType
from typing import Any, cast

from fatmorph._functions import full_name, unwrapped
from fatmorph.context import Context, request_line
from fatmorph.errors import HandlerError
from fatmorph.writer import Writer

__all__ = (
    "HandlerTask",
    "as_exception",
    "called",
    "check_awaited",
    "check_handler",
    "check_responded",
    "check_returned",
    "note_request",
)

# In the annotation of a plain function that returns what another one does.
AWAITABLES = ("Awaitable", "Coroutine", "Future", "Task", "Any")
VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
QUERY = "in it, a query that blocks: await in_thread(query)"
PATCH = "in it, w.patch(view)  instead of yield view"
REQUEST_NOTE = "request "
# Python's own errors name neither the mistake nor what to write.
NONE_AWAITED = "fix:   without await, as in w.html(view), if it is a method of the Writer"
NOT_AWAITED = "fix:   with await, as in (await c.signals()), which has the value"
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


def check_handler(handler: Callable[..., object], *, has_dependencies: bool = False) -> None:
    """Refuse a function that cannot be a handler, when it becomes a route.

    A function that returns the awaitable of another one is accepted if it says so: by
    `functools.wraps`, or by an annotation. For a lambda, this is seen when it is called.

    Args:
        handler: The function.
        has_dependencies: Whether the framework passes further parameters.

    Raises:
        HandlerError: It is a plain function or a generator, or takes other parameters than a
            Context and a Writer.
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
    _check_parameters(handler, function, has_dependencies=has_dependencies)


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


def check_awaited(context: Context, *, has_forgotten: bool) -> None:
    """Refuse a call of `w.live(…)` that was not awaited.

    Raises:
        HandlerError: The handler returned without waiting for it.
    """
    if has_forgotten:
        raise HandlerError(
            "cannot send a live page that no handler waits for",
            where=request_line(context.method, context.path),
            why="w.live(…) does nothing until it is awaited, and ends with the handler",
            fix="await w.live(…)",
        )


def check_responded(context: Context, *, has_responded: bool) -> None:
    """Refuse an empty response to a browser that opens a page.

    Raises:
        HandlerError: The browser would stay on the page before, and show nothing.
    """
    is_page = (
        context.method == "GET"
        and not context.is_datastar
        and "text/html" in context.headers.get("accept", "")
    )
    if is_page and not has_responded:
        raise HandlerError(
            "cannot respond with nothing to a browser that opens a page",
            where=request_line(context.method, context.path),
            why="the handler has written nothing, so the browser would stay where it is",
            fix="w.html(home_view())  (or w.empty(), if nothing is meant)",
        )


def note_request(failure: BaseException, context: Context, handler: Callable[..., object]) -> None:
    """Add to an error the id of its request, which the log of the stream has too.

    An error of Python about an `await` also gets the code to write.

    The error of a page that many streams share names the first of them.
    """
    if not isinstance(failure, Exception):
        return
    note = f"{REQUEST_NOTE}{context.request_id}: {context.line} ({full_name(unwrapped(handler))})"
    with suppress(Exception):  # the error's own code, such as notes that are not a list
        _note_await(failure)
        notes = getattr(failure, "__notes__", ())
        if not any(str(each).startswith(REQUEST_NOTE) for each in notes):
            failure.add_note(note)


def _note_await(failure: Exception) -> None:
    """Add to an error of Python what to write if an `await` is missing, or is one too many."""
    if type(failure) not in (AttributeError, TypeError):
        return  # an error of ours has its own line
    text = str(failure)
    note = ""
    if "NoneType" in text and "await" in text:
        note = NONE_AWAITED
    elif "coroutine" in text:
        note = NOT_AWAITED
    if note and note not in getattr(failure, "__notes__", ()):
        failure.add_note(note)


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


def _check_parameters(
    handler: Callable[..., object], function: Any, *, has_dependencies: bool
) -> None:
    # The function that is called, which takes what it passes on by itself.
    parameters = inspect.signature(handler, follow_wrapped=False).parameters.values()
    kinds = {parameter.kind for parameter in parameters}
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p for p in parameters if p.default is p.empty and p.kind not in VARIABLE]
    has_two = inspect.Parameter.VAR_POSITIONAL in kinds or len(places) >= 2
    is_swapped = [p.name for p in places[:2]] == ["w", "c"]
    if has_two and not is_swapped and (has_dependencies or len(needed) <= 2):
        return
    others = "".join(f", {p.name}" for p in places[2:]) if has_dependencies else ""
    advice = ""
    if len(places) > 2 and not has_dependencies:
        advice = f'  (and in it c.path_params["{places[2].name}"])'
    raise HandlerError(
        f"cannot register a handler that takes ({', '.join(p.name for p in parameters)})",
        where=f"{function.__module__ or '__main__'}.{function.__qualname__}",
        why="a handler is called with a Context and a Writer, in this order",
        fix=f"async def {function.__name__}(c, w{others}):{advice}",
    )


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
