"""The end of an event loop's turn: all streams that were written to are flushed together."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Protocol
from weakref import WeakValueDictionary

__all__ = ("Turn", "begun_task", "turn_of")


class Flushable(Protocol):
    """A holder of data that was written but not sent."""

    def flush(self) -> object:
        """Send the data, if it has not been sent."""
        ...


class Turn:
    """The holders to flush when the current turn of an event loop ends.

    They share one handle of the loop. A handle for each event, which was usually cancelled in the
    same turn, took longer than writing the event.
    """

    __slots__ = ("__weakref__", "_is_begun", "_written", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._is_begun = False
        self._written: list[Flushable] = []

    def add(self, written: Flushable) -> None:
        """Flush `written` at the end of the turn."""
        if not self._is_begun:
            self._is_begun = True
            self.loop.call_soon(self._end)
        self._written.append(written)

    def leave_out(self, flushed: Flushable) -> None:
        """Remove a holder that was flushed early, if it was the last one added."""
        # hot: as tests/benchmarks/fan_out.py shows. Searching the list takes longer than flushing.
        written = self._written
        if written and written[-1] is flushed:
            written.pop()

    def _end(self) -> None:
        self._is_begun = False
        all_written, self._written = self._written, []
        for written in all_written:
            written.flush()


def turn_of(loop: asyncio.AbstractEventLoop) -> Turn:
    """Return the Turn of a loop; it is the same object for as long as a stream refers to it."""
    return _turns.setdefault(loop, Turn(loop))


# hot: functools.partial takes twice as long to call a class.
if sys.version_info >= (3, 12):

    def begun_task(
        coroutine: Coroutine[object, None, None], *, loop: asyncio.AbstractEventLoop, name: str
    ) -> asyncio.Task[None]:
        """Return a task that has run up to its first wait, or to its end."""
        return asyncio.Task(coroutine, loop=loop, name=name, eager_start=True)

else:

    def begun_task(
        coroutine: Coroutine[object, None, None], *, loop: asyncio.AbstractEventLoop, name: str
    ) -> asyncio.Task[None]:
        """Return a task that begins in the next turn: this Python cannot start one eagerly."""
        return asyncio.Task(coroutine, loop=loop, name=name)


_turns: WeakValueDictionary[asyncio.AbstractEventLoop, Turn] = WeakValueDictionary()
