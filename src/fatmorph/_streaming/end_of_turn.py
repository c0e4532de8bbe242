"""What hundreds of streams ask of their event loop, each time something changes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Protocol
from weakref import WeakValueDictionary

__all__ = ("Turn", "begun_task", "turn_of")


class Flushable(Protocol):
    """Something that was written and not sent."""

    def flush(self) -> object:
        """Send it; do nothing if that has been done."""
        ...


class Turn:
    """Who is flushed when the running turn of an event loop ends.

    One handle of the loop's for all: one for each event of each stream, mostly cancelled in the
    same turn, took longer than writing.
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
        """Forget what was flushed before the end, if it is what was added last."""
        # hot: as tests/benchmarks/fan_out.py shows. To look for it takes longer than to flush it.
        written = self._written
        if written and written[-1] is flushed:
            written.pop()

    def _end(self) -> None:
        self._is_begun = False
        all_written, self._written = self._written, []
        for written in all_written:
            written.flush()


def turn_of(loop: asyncio.AbstractEventLoop) -> Turn:
    """Return the turns of a loop, which are the same object for as long as somebody has it."""
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
        """Return a task that begins when the loop turns: this Python knows no other."""
        return asyncio.Task(coroutine, loop=loop, name=name)


_turns: WeakValueDictionary[asyncio.AbstractEventLoop, Turn] = WeakValueDictionary()
