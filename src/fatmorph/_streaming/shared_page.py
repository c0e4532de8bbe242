"""Shared pages: a page that many streams show is drawn once for all of them.

A shared page was begun after the newest change that woke the stream which gets it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from inspect import unwrap
from typing import NamedTuple
from weakref import WeakKeyDictionary, WeakValueDictionary

from fatmorph.errors import ResponseError, short_repr

__all__ = ("Page", "SharedPage", "shared_page")


class Page(NamedTuple):
    """An event with a page, and the id that the browser has when it has this page."""

    event: bytes
    id: str


class SharedPage:
    """The newest page of a key, while at least two streams show it."""

    def __init__(self) -> None:
        self._readers = 0
        self._page: Page | None = None
        self._begun_at = 0
        self._drawing = asyncio.Lock()

    def add_reader(self) -> None:
        """Count a stream that shows the page."""
        self._readers += 1

    def remove_reader(self) -> None:
        """Take back `add_reader()`; the last reader needs no copy."""
        self._readers -= 1
        if self._readers <= 1:
            self._page = None

    async def drawn_after(self, changed_at: int, draw: Callable[[], Awaitable[Page]]) -> Page:
        """Return a page that was begun after a moment: the one that is there, or a new one."""
        page = self._page_after(changed_at)
        if page is not None:
            return page
        async with self._drawing:
            page = self._page_after(changed_at)
            if page is None:
                begun_at = time.perf_counter_ns()
                page = await draw()
                if self._readers > 1:
                    self._page, self._begun_at = page, begun_at
            return page

    def _page_after(self, changed_at: int) -> Page | None:
        return self._page if self._begun_at > changed_at else None


# Streams of one event loop share; a key is forgotten with the last stream that has it.
_shared_pages: WeakKeyDictionary[
    asyncio.AbstractEventLoop, WeakValueDictionary[Hashable, SharedPage]
] = WeakKeyDictionary()


def shared_page(
    view: Callable[[], object], only: str | tuple[str, ...] | None, key: Hashable, nonce: str
) -> SharedPage:
    """Return the page that all streams of the running event loop share by a key.

    Args:
        view: Draws the page; views of two handlers never share.
        only: The regions that are sent.
        key: As for `Writer.live()`.
        nonce: That of the page; pages with different ones never share.

    Raises:
        ResponseError: A key that is not hashable.
    """
    pages = _shared_pages.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    try:
        return pages.setdefault((_code_number(view), only, key, nonce), SharedPage())
    except TypeError:
        raise ResponseError(
            f"cannot share a page by the key {short_repr(key)}",
            where="w.live(…, key=…)",
            why="a key is looked up, so it must be hashable",
            fix='w.live(view, source, key=("room", room_id))',
        ) from None


def _code_number(view: Callable[[], object]) -> int:
    """Return what tells the views of two handlers apart, which may well have the same key.

    Every request makes a function of its own, and all of one handler have the same code. Its
    number is not used again while a stream holds the function.
    """
    function: object = unwrap(view.func if isinstance(view, partial) else view)
    return id(getattr(function, "__code__", type(function)))
