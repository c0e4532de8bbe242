"""The end of an event loop's turn: all streams that were written to are flushed together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol
from weakref import WeakValueDictionary

from fatmorph.errors import MomentError

__all__ = ("Turn", "foreign_loop_error", "no_loop_error", "running_loop", "turn_of")


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


# The running event loop of this thread, or None: get_running_loop() raises an error for None.
running_loop: Callable[[], asyncio.AbstractEventLoop | None] = asyncio._get_running_loop  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] # in asyncio's __all__


def no_loop_error() -> MomentError:
    """Return the error for a Writer that is made where no event loop runs."""
    return MomentError(
        "cannot make a Writer where no event loop of asyncio is running",
        where=f"the thread {threading.current_thread().name!r}",
        why="a Writer sends its events at the end of each turn of the event loop",
        fix="asyncio.run(main())  (with the Writer made in main)",
    )


def foreign_loop_error() -> MomentError:
    """Return the error for the use of a Writer outside of its event loop."""
    loops = "no event loop runs" if running_loop() is None else "another event loop runs"
    return MomentError(
        "cannot use a Writer outside of the event loop that serves its request",
        where=f"the thread {threading.current_thread().name!r}, in which {loops}",
        why="the turns of that event loop order the writes, and no lock protects them",
        fix="loop.call_soon_threadsafe(w.patch, view)  (with loop = asyncio.get_running_loop() "
        "in the handler; or relay.publish(subject, data), from any thread)",
    )


_turns: WeakValueDictionary[asyncio.AbstractEventLoop, Turn] = WeakValueDictionary()
