"""Live: a page that follows its state, drawn again as a whole after each change.

Changes that arrive while a page is drawn, sent or delayed by `max_rate` are combined into one
page. Numbered rules:

1. The id of an event is a hash of its content. So a page that the browser already has is
   recognised after a restart and in another process, and is never confused with another view's.
2. The browser forgets the old id before it gets a page, and learns the new one after it. If the
   connection breaks in between, the browser has no id, and the page is sent again.
3. A thin page is the exception: its event depends on the last one of the stream.
4. The end of a task for which the page shows a placeholder is a change. Without a source, the
   rate decides: a page at that moment would come too early.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from functools import partial

from fatmorph._streaming.alive import Alive
from fatmorph._streaming.changes import changes_of, joined
from fatmorph._streaming.shared_page import Page, SharedPage
from fatmorph._streaming.shown_tasks import Awaited, ShownTasks, begin_draw, end_draw, running_tasks
from fatmorph._streaming.stream import Stream
from fatmorph.counters import CHANGE_SECONDS, COUNTERS
from fatmorph.errors import ResponseError
from fatmorph.http._head import completed_error

__all__ = ("Live", "check_view")


class Live:
    """Send a page now and after every change, until the stream ends.

    Made and run by `Writer.live()`; see there.

    Args:
        stream: The stream to write to.
        draw: Draws the page.
        sources: Each yields an item for each change; without any, the rate decides.
        shared: The page that several streams share; None if this stream draws its own.
        last_id: The id of the page that the browser has; None if unknown.
        thin_event: Returns the event after which the browser shows a view, empty if it does; None
            sends whole pages.
        heartbeat: Seconds of silence after which a comment is sent; None for never.
        max_rate: The most pages per second; None for no limit.

    Raises:
        ResponseError: If there is neither a source nor a rate.
    """

    def __init__(
        self,
        stream: Stream,
        draw: Callable[[], Awaitable[Page]],
        sources: Sequence[AsyncIterable[object]],
        *,
        shared: SharedPage | None,
        last_id: str | None,
        thin_event: Callable[[object], bytes] | None = None,
        heartbeat: float | None,
        max_rate: float | None,
    ) -> None:
        if not sources and max_rate is None:
            raise _pace_error()
        self._stream = stream
        self._draw = draw
        self._shared = shared
        self._last_id = last_id
        self._thin_event = thin_event
        self._changes = changes_of(sources)
        self._alive = Alive(
            stream, self._changes, heartbeat=heartbeat, max_rate=max_rate, call="w.live(view, …)"
        )
        self._interval = 1 / max_rate if max_rate else 0.0
        self._next_time: float | None = None  # None before the first page
        self._tasks: ShownTasks | None = None  # None before a page shows a placeholder

    async def run(self) -> None:
        """Send pages until the stream or the source ends, then close the source."""
        if self._shared is not None:
            self._shared.add_reader()
        try:
            aiter(self._alive)
            while (changed_at := await self._next_change()) is not None:
                await self._send_page(changed_at)
        finally:
            if self._shared is not None:
                self._shared.remove_reader()
            await self._close()

    async def _next_change(self) -> int | None:
        """Wait for a change; return the time of the newest one, or None at the end."""
        try:
            return await self._alive.until_end(self._wait_for_change)
        except StopAsyncIteration:
            return None

    async def _wait_for_change(self) -> int:
        # hot: as tests/benchmarks/fan_out.py shows.
        is_first = self._next_time is None
        if self._next_time is not None:
            # Wait for the change first: by then, the socket has usually taken the last page, so
            # a change wakes this task only once.
            if self._changes is not None:
                await anext(self._changes)
            if not self._stream.flush():
                await self._stream.drain()
            if self._interval:
                seconds = self._next_time - asyncio.get_running_loop().time()
                if seconds > 0:
                    await asyncio.sleep(seconds)
        changed_at = self._skip_changes(is_first=is_first)
        self._next_time = 0.0
        if self._interval:
            self._next_time = asyncio.get_running_loop().time() + self._interval
        return changed_at

    def _skip_changes(self, *, is_first: bool) -> int:
        """Skip the changes that the next page will show; return the time of the newest one."""
        if self._changes is not None:
            # In this order: a change that another thread publishes in between is not lost.
            skipped = self._changes.skip()
            if not is_first:
                COUNTERS.overtaken += skipped
                return self._changes.changed_at
        now = time.perf_counter_ns()
        # A new stream must show the current state. A poll shows a state that is at most one
        # interval old, and so may the shared page.
        return now if is_first else now - int(self._interval * 1e9)

    async def _send_page(self, changed_at: int) -> None:
        # A separate function, so that a waiting loop does not keep its last page in memory.
        if self._shared is None:
            page = await self._drawn(changed_at)
        else:
            draw = partial(self._drawn, changed_at)
            page = await self._shared.drawn_after(changed_at, draw)
            self._wait_for(page.tasks)  # another stream may have drawn it
        event = page.event if page.id != self._last_id else b""
        if self._thin_event is not None:
            event = self._thin_event(page.view)
        if event:
            if self._stream.is_ended and self._stream.is_complete:
                raise completed_error()  # the view itself has unsubscribed the page
            self._stream.write(event)
            if self._last_id is not None and self._changes is not None:
                CHANGE_SECONDS.add(max(time.perf_counter_ns() - changed_at, 0) / 1e9)
            self._last_id = page.id

    async def _drawn(self, changed_at: int) -> Page:
        readings = begin_draw()
        try:
            page = await self._draw()
        finally:
            end_draw()
            if readings:  # a view that fails ends their stream, too
                self._wait_for(running_tasks(readings))
        if self._tasks is not None:
            self._tasks.check_view(readings, changed_at)
        return page._replace(tasks=running_tasks(readings)) if readings else page

    def _wait_for(self, tasks: frozenset[Awaited]) -> None:
        if not tasks:
            return
        if self._tasks is None:
            self._tasks = ShownTasks()
            if self._changes is not None:
                self._changes = joined(self._changes, self._tasks)
        self._tasks.add(tasks)

    async def _close(self) -> None:
        try:
            if self._tasks is not None:
                self._tasks.close()
                if self._changes is not None:
                    await self._changes.aclose()
        finally:
            await self._alive.aclose()


def check_view(view: object) -> None:
    """Refuse a view that was drawn already.

    Raises:
        ResponseError: If it is not a function.
    """
    if not callable(view):
        raise ResponseError(
            f"cannot draw {type(view).__name__} again after a change",
            where="w.live(view, …)",
            why="a live page is drawn by calling its view, once for each change",
            fix="w.live(lambda: board_view(user), …)",
        )


def _pace_error() -> ResponseError:
    return ResponseError(
        "cannot decide when to draw a live page",
        where="w.live(view)",
        why="without a source of changes, the page is drawn at the rate that you set",
        fix="w.live(view, max_rate=2)",
    )
