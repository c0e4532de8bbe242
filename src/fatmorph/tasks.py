"""Tasks: a slow part of a live page is shown when its value is there.

`pending()` returns a child, so a view stays a plain function that returns a value. A draw never
waits for a task: `w.live()` draws the page again when the task has ended.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
from collections.abc import Awaitable
from types import CoroutineType, EllipsisType
from typing import Any, cast
from weakref import WeakSet

from fatmorph._log import Log
from fatmorph._streaming.shown_tasks import Awaited, note_task
from fatmorph.errors import ChildError, MomentError
from fatmorph.morph._development import shows_errors
from fatmorph.threads import ThreadCall
from fatmorph.types import Child

__all__ = ("pending",)

logger: Log = Log("fatmorph.tasks")
_logged: WeakSet[Awaited] = WeakSet()


def pending(
    task: Awaited | None, placeholder: Child, *, fallback: Child | EllipsisType = ...
) -> Child:
    """Return the value of a task, or a placeholder while it runs.

    A page of `w.live()` is drawn again when the task has ended. When the stream of the last page
    that shows the placeholder ends, the task is cancelled. Anywhere else, the placeholder is all
    that is shown: `w.html()` and `w.patch()` do not wait.

    Args:
        task: A task, or a future of `asyncio` or `concurrent.futures`, whose value is a child. It
            is kept from one draw to the next, as in the state of the page. None for a task that
            has not begun.
        placeholder: Shown until the value is there.
        fallback: Shown instead of the error of a task, which is logged; by default, and always in
            development, the error is raised as one of the view.

    Raises:
        ChildError: If it is a coroutine, or anything else than a task or a future.
        MomentError: If the task was cancelled.

    Example:
        h.main(pending(state.report, h.p("Counting …", id="report")), id="main")
    """
    if task is None:
        return placeholder
    _check(task)
    is_done = task.done()
    note_task(task, is_done=is_done)
    if not is_done:
        return placeholder
    error = _cancelled_error() if task.cancelled() else task.exception()
    if error is not None and not isinstance(fallback, EllipsisType) and not shows_errors():
        _log_once(task, error)
        return fallback
    if task.cancelled():
        raise _cancelled_error()
    return cast("Child", task.result())


def _check(task: object) -> None:
    if asyncio.isfuture(task) or isinstance(task, concurrent.futures.Future):
        return
    what, fix = type(task).__name__, "asyncio.create_task(load_report())"
    if isinstance(task, CoroutineType):
        what = f"the coroutine of {task.__name__}()"
        fix = f"asyncio.create_task({task.__name__}(…))"
        task.close()  # Python would warn that it was never awaited
    elif inspect.iscoroutinefunction(task):
        what = f"the function {task.__name__}"
        fix = f"asyncio.create_task({task.__name__}(…))"
    elif isinstance(task, ThreadCall):
        task.is_used = True  # otherwise it would warn that it was never awaited
        name = cast("Any", task).__name__
        what, fix = f"in_thread({name})", f"asyncio.ensure_future(in_thread({name}, …))"
    elif isinstance(task, Awaitable):
        fix = "asyncio.ensure_future(awaitable)"
    raise ChildError(
        f"cannot wait for {what} in a page",
        where="pending(…, placeholder)",
        why="a page is drawn many times, and only a task is started once for all of them",
        fix=f"state.report = {fix}  (before w.live(); and in the view pending(state.report, …))",
    )


def _log_once(task: Awaited, error: BaseException) -> None:
    if task not in _logged:
        _logged.add(task)
        logger.error("a task failed, and its pages show a fallback", exc_info=error)


def _cancelled_error() -> MomentError:
    return MomentError(
        "cannot show the value of a task that was cancelled",
        where="pending(task, …)",
        why="it has none: a task is cancelled with the last stream that waits for it",
        fix="if not state.report or state.report.cancelling():  (in the handler, before "
        "w.live(); and in it state.report = asyncio.create_task(load_report()))",
    )
