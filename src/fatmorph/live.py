"""Live: a page that follows its state, drawn whole again whenever something has changed.

What changed is never asked, only whether: changes that come while a page is drawn, sent or
held back by `max_rate` become one page. Numbered rules:

1. An event carries an id made of its content, so that a page which the browser has already is
   known after a restart, in another process, and never mistaken for another view's.
2. The browser forgets the old id before it gets a page and learns the new one behind it: a
   connection that breaks anywhere in between ends with no id, and the page is sent again.
3. A shared page was begun after the newest change that woke the stream which gets it.
"""

from __future__ import annotations

import asyncio
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Hashable, Iterable
from functools import partial
from hashlib import sha256
from inspect import isawaitable, unwrap
from typing import NamedTuple, Protocol, Self, TypeAlias, cast, runtime_checkable
from weakref import WeakKeyDictionary, WeakValueDictionary

from fatmorph.alive import Alive
from fatmorph.counters import COUNTERS
from fatmorph.datastar.events import patch_elements
from fatmorph.errors import ResponseError, short_repr
from fatmorph.markup.element import Element
from fatmorph.morph.development import PatchChecker
from fatmorph.stream import Stream
from fatmorph.types import HasHtml

__all__ = ("Changes", "Live", "View")

View: TypeAlias = Callable[[], Element | HasHtml | Awaitable[Element | HasHtml]]
"""A function without parameters, plain or async, that returns a page."""

# 96 bits: not one collision in the life of all pages, and few bytes for a compressor that cannot
# shrink them. For 35 kB SHA-256 takes 20 µs where the processor has instructions for it,
# BLAKE2b 38, MD5 47 (Xeon, Python 3.11); a checksum would take 9, and can be forged.
ID_BYTES = 12


@runtime_checkable
class Changes(Protocol):
    """A source that knows when it changed, and can forget what waits; a relay's subscription."""

    @property
    def changed_at(self) -> int:
        """When the newest item was made, by `time.perf_counter_ns()`."""
        ...

    def skip(self) -> int:
        """Forget the items that wait; return how many they were."""
        ...

    def __aiter__(self) -> AsyncIterator[object]:
        """Return what gives the items."""
        ...


class Live(Alive[object]):
    """Send a page now and after every change, until the stream ends.

    Made and run by `Writer.live()`; see there.

    Args:
        stream: Where the pages go.
        view: Draws the page.
        source: What tells of changes; None draws as often as `max_rate` says.
        key: Shared by all streams whose views return the same page; None for none.
        only: The regions to send; None for the whole page.
        last_id: The id of the page that the browser has; None if unknown.
        nonce: Shared as well by all streams that share a page.
        heartbeat: Seconds of silence after which a comment is sent; None for never.
        max_rate: Pages per second at the most; None for no limit.
        patch_checker: Checks the pages in development; else None.
    """

    call = "w.live(view, …)"

    def __init__(
        self,
        stream: Stream,
        view: View,
        source: AsyncIterable[object] | None,
        *,
        key: Hashable,
        only: str | Iterable[str] | None,
        last_id: str | None,
        nonce: str = "",
        heartbeat: float | None,
        max_rate: float | None,
        patch_checker: PatchChecker | None = None,
    ) -> None:
        if source is None and max_rate is None:
            raise _pace_error()
        changes = source if source is None or isinstance(source, Changes) else _Pump(source)
        super().__init__(stream, changes, heartbeat=heartbeat, max_rate=max_rate)
        self._changes = changes
        self._view = view
        self._only = only if only is None or isinstance(only, str) else tuple(only)
        self._last_id = last_id
        self._patch_checker = patch_checker
        self._changed_at = 0
        self._is_begun = False
        self._shared = None if key is None else _shared_view(view, self._only, key, nonce)

    async def run(self) -> None:
        """Send pages until the stream or the source ends, then close the source."""
        try:
            if self._shared is not None:
                self._shared.readers += 1
            async for _ in self:
                await self._send_page()
        finally:
            if self._shared is not None:
                self._shared.leave()
            await self.aclose()

    def __anext__(self) -> Awaitable[object]:
        return self._next()  # never the change itself

    async def _next_item(self) -> object:
        if self._is_begun:
            await self._wait_for_change()
        self._changed_at = self._skip_changes()
        self._is_begun = True
        if self._interval:
            self._next_time = asyncio.get_running_loop().time() + self._interval
        return None

    async def _wait_for_change(self) -> None:
        # First the change, then the socket, which mostly has taken the page by then: so a
        # change wakes this task once.
        if self._items is not None:
            await anext(self._items)
        await self._stream.drain()
        seconds = self._next_time - asyncio.get_running_loop().time()
        if seconds > 0:
            await asyncio.sleep(seconds)

    def _skip_changes(self) -> int:
        """Forget the changes that the next page will show; return when the newest was made."""
        if self._changes is not None:
            # In this order: a change that another thread publishes in between comes again.
            skipped = self._changes.skip()
            if self._is_begun:
                COUNTERS.dropped += skipped
                return self._changes.changed_at
        now = time.perf_counter_ns()
        # Who has just come sees the state of just now. A poll shows what is an interval old at
        # the most, and so may the page that it shares.
        return now - int(self._interval * 1e9) if self._is_begun else now

    async def _send_page(self) -> None:
        # In a frame of its own: a loop that waits must not keep its last page in memory.
        if self._shared is None:
            page = await self._draw()
        else:
            page = await self._shared.page(self._changed_at, self._draw)
        if page.id != self._last_id:
            self._stream.write(page.event)
            self._last_id = page.id

    async def _draw(self) -> _Page:
        drawn = self._view()
        view = await drawn if isawaitable(drawn) else drawn
        begun_at = time.perf_counter()
        # isawaitable() does not tell a type checker what the others are.
        event = patch_elements(cast("Element", view), only=self._only, event_id="")
        COUNTERS.render_seconds += time.perf_counter() - begun_at
        if self._patch_checker is not None:
            self._patch_checker.check(view, has_targets=self._only is not None)
        return _Page.of(event)


class _Page(NamedTuple):
    """An event with a page, and the id that the browser has when it has this page."""

    event: bytes
    id: str

    @classmethod
    def of(cls, event: bytes) -> _Page:
        digest = urlsafe_b64encode(sha256(event, usedforsecurity=False).digest()[:ID_BYTES])
        # An id by itself is an event that does nothing:
        # https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
        return cls(b"%bid: %b\n\n" % (event, digest), digest.decode())


class _SharedView:
    """The newest page of a key, while at least two streams show it."""

    def __init__(self) -> None:
        self.readers = 0
        self._page: _Page | None = None
        self._begun_at = 0
        self._drawing = asyncio.Lock()

    async def page(self, changed_at: int, draw: Callable[[], Awaitable[_Page]]) -> _Page:
        """Return a page that was begun after a moment: the one that is there, or a new one."""
        page = self._page_after(changed_at)
        if page is not None:
            return page
        async with self._drawing:
            page = self._page_after(changed_at)
            if page is None:
                begun_at = time.perf_counter_ns()
                page = await draw()
                if self.readers > 1:
                    self._page, self._begun_at = page, begun_at
            return page

    def leave(self) -> None:
        """Take one reader off; the last one needs no copy."""
        self.readers -= 1
        if self.readers <= 1:
            self._page = None

    def _page_after(self, changed_at: int) -> _Page | None:
        return self._page if self._begun_at > changed_at else None


class _Pump:
    """Read a source as fast as it gives, so that what has come can be forgotten at once."""

    def __init__(self, source: AsyncIterable[object]) -> None:
        self._source = source
        self._items: AsyncIterator[object] | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_changed = False
        self._wake = asyncio.Event()
        self.changed_at = 0

    def __aiter__(self) -> Self:
        self._items = aiter(self._source)
        self._task = asyncio.create_task(self._read(self._items))
        return self

    async def __anext__(self) -> None:
        await self._wake.wait()
        if not self._is_changed and self._task is not None:
            await self._task  # it has ended: perhaps with an error of the source
            raise StopAsyncIteration
        self.skip()

    def skip(self) -> int:
        skipped = int(self._is_changed)
        self._is_changed = False
        if self._task is None or not self._task.done():
            self._wake.clear()
        return skipped

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        close = getattr(self._source if self._items is None else self._items, "aclose", None)
        if close is not None:
            await close()

    async def _read(self, items: AsyncIterator[object]) -> None:
        try:
            async for _ in items:
                self.changed_at = time.perf_counter_ns()
                self._is_changed = True
                self._wake.set()
                await asyncio.sleep(0)  # a source that never waits must not stop everybody
        finally:
            self._wake.set()


# Streams of one event loop share; a key is forgotten with the last stream that has it.
_shared_views: WeakKeyDictionary[
    asyncio.AbstractEventLoop, WeakValueDictionary[Hashable, _SharedView]
] = WeakKeyDictionary()


def _shared_view(
    view: View, only: str | tuple[str, ...] | None, key: Hashable, nonce: str
) -> _SharedView:
    views = _shared_views.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    try:
        return views.setdefault((_code_number(view), only, key, nonce), _SharedView())
    except TypeError:
        raise ResponseError(
            f"cannot share a page by the key {short_repr(key)}",
            where="w.live(…, key=…)",
            why="a key is looked up, so it must be hashable",
            fix='w.live(view, source, key=("room", room_id))',
        ) from None


def _code_number(view: View) -> int:
    """Return what tells the views of two handlers apart, which may well have the same key.

    Every request makes a function of its own, and all of one handler have the same code. Its
    number is not used again while a stream holds the function.
    """
    function: object = unwrap(view.func if isinstance(view, partial) else view)
    return id(getattr(function, "__code__", type(function)))


def _pace_error() -> ResponseError:
    return ResponseError(
        "cannot tell when to draw a live page",
        where="w.live(view)",
        why="without a source that tells of changes it looks for them, as often as you say",
        fix="w.live(view, max_rate=2)",
    )
