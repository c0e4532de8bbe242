"""A task whose first step runs at once, so that a send without a wait needs no turn."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Generator
from contextvars import copy_context
from typing import Any

__all__ = ("eager_task",)

# asyncio documents these for tasks that are not its own:
# https://docs.python.org/3/library/asyncio-extending.html#task-lifetime-support
_enter_task = asyncio.tasks._enter_task  # noqa: SLF001
_leave_task = asyncio.tasks._leave_task  # noqa: SLF001

# hot: as tests/benchmarks/fan_out.py shows. functools.partial takes twice as long to call a class.
if sys.version_info >= (3, 12):

    def eager_task(
        coroutine: Coroutine[Any, Any, None], *, loop: asyncio.AbstractEventLoop, name: str
    ) -> asyncio.Task[None] | None:
        """Run a coroutine up to its first wait, in a task of its own.

        Returns:
            The task that runs the rest; None if the coroutine has ended.
        """
        task = asyncio.Task(coroutine, loop=loop, name=name, eager_start=True)
        return None if task.done() else task

else:

    def eager_task(
        coroutine: Coroutine[Any, Any, None], *, loop: asyncio.AbstractEventLoop, name: str
    ) -> asyncio.Task[None] | None:
        """Run a coroutine up to its first wait, in a task of its own.

        Returns:
            The task that runs the rest; None if the coroutine has ended.
        """
        begun = _BegunCoroutine(coroutine)
        context = copy_context()
        task: asyncio.Task[None] = asyncio.Task(begun, loop=loop, name=name, context=context)
        caller = asyncio.current_task(loop)
        if caller is not None:
            _leave_task(loop, caller)
        _enter_task(loop, task)
        try:
            context.run(begun.begin)
        finally:
            _leave_task(loop, task)
            if caller is not None:
                _enter_task(loop, caller)
        return None if begun.is_ended else task


class _BegunCoroutine(Coroutine[Any, Any, None]):
    """A coroutine whose first step has run before its task began.

    The task begins in the next turn, and is then told what the coroutine waits for.
    """

    __slots__ = ("_awaited", "_coroutine", "_end", "_is_resumed")

    def __init__(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._coroutine = coroutine
        self._awaited: Any = None
        self._end: BaseException | None = None
        self._is_resumed = False

    @property
    def is_ended(self) -> bool:
        """Whether the first step was the last."""
        return self._end is not None

    def begin(self) -> None:
        """Run the first step."""
        try:
            self._awaited = self._coroutine.send(None)
        except StopIteration:
            self._end = StopIteration()  # with a traceback, it would be part of a cycle
        except BaseException as error:  # noqa: BLE001 - its task raises it
            self._end = error

    def send(self, value: Any, /) -> Any:
        """Return what the first step waits for; from then on, resume the coroutine."""
        if self._end is not None:
            raise self._end
        if self._is_resumed:
            return self._coroutine.send(value)
        return self._take_awaited()

    def throw(self, *error: Any) -> Any:
        """Raise an error where the coroutine waits."""
        if self._end is not None:
            raise self._end
        if not self._is_resumed and (awaited := self._take_awaited()) is not None:
            awaited._asyncio_future_blocking = False  # noqa: SLF001 - nothing waits for it now
        return self._coroutine.throw(*error)

    def close(self) -> None:
        """End the coroutine."""
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, None]:
        yield from self._coroutine.__await__()

    def _take_awaited(self) -> Any:
        self._is_resumed = True
        awaited, self._awaited = self._awaited, None
        return awaited
