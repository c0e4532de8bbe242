"""Shared pages: a page that many streams show is drawn only once.

A stream gets a shared page only if drawing began after the newest change that woke the stream.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import NamedTuple
from weakref import WeakKeyDictionary, WeakValueDictionary

from fatmorph._functions import unwrapped
from fatmorph._streaming.shown_tasks import Awaited
from fatmorph.errors import ResponseError, short_repr

__all__ = ("Page", "SharedPage", "shared_page")


class Page(NamedTuple):
    """An event with a page, and the last event id of a browser that has this page.

    Args:
        event: The event; empty for a thin page, of which each stream makes its own.
        id: The id.
        tasks: The tasks for whose values it shows placeholders.
        view: The page, if it is thin.
    """

    event: bytes
    id: str
    tasks: frozenset[Awaited] = frozenset()
    view: object = None


class SharedPage:
    """The newest page of one key, kept while at least two streams show it."""

    def __init__(self) -> None:
        self._readers = 0
        self._page: Page | None = None
        self._begun_at = 0
        self._drawing = asyncio.Lock()

    def add_reader(self) -> None:
        """Count a stream that shows the page."""
        self._readers += 1

    def remove_reader(self) -> None:
        """Undo `add_reader()`; the page is dropped when one reader is left."""
        self._readers -= 1
        if self._readers <= 1:
            self._page = None

    async def drawn_after(self, changed_at: int, draw: Callable[[], Awaitable[Page]]) -> Page:
        """Return a page whose drawing began after a moment: the kept one or a new one."""
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


# Streams share pages within one event loop; a key is removed with the last stream that uses it.
_shared_pages: WeakKeyDictionary[
    asyncio.AbstractEventLoop, WeakValueDictionary[Hashable, SharedPage]
] = WeakKeyDictionary()


def shared_page(
    view: Callable[[], object],
    only: str | tuple[str, ...] | None,
    key: Hashable,
    nonce: str,
    *,
    is_thin: bool,
) -> SharedPage:
    """Return the page that all streams of the running event loop with the same key share.

    Args:
        view: Draws the page; the views of two handlers never share a page.
        only: The regions to send.
        key: As for `Writer.live()`.
        nonce: The nonce of the page; pages with different nonces are never shared.
        is_thin: Whether each stream makes its own event of the page.

    Raises:
        ResponseError: If the key is not hashable.
    """
    pages = _shared_pages.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    try:
        return pages.setdefault((_code_number(view), only, key, nonce, is_thin), SharedPage())
    except TypeError:
        raise ResponseError(
            f"cannot share a page by the key {short_repr(key)}",
            where="w.live(…, key=…)",
            why="the key is looked up in a dict, so it must be hashable",
            fix='w.live(view, source, key=("room", room_id))',
        ) from None


def _code_number(view: Callable[[], object]) -> int:
    """Return a number that distinguishes the views of two handlers with the same key.

    Each request may create its own function, but all functions of one handler share their code
    object. Its id is not reused while a stream holds the function.
    """
    function = unwrapped(view)
    return id(getattr(function, "__code__", type(function)))
