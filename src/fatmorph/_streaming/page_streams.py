"""The streams of pages: a page has one, and a newer stream replaces the older one.

A client that hides and shows its tab while it waits to ask again ends up with two streams. The
older one cannot be ended: its client would ask again at once, and the two would end each other for
ever. So it becomes silent, and stays open until its client closes it.

Pages are known to one event loop of one process only.
"""

from __future__ import annotations

import asyncio
from typing import Protocol
from weakref import WeakKeyDictionary, WeakValueDictionary

__all__ = ("PageStream", "replace_stream")


class PageStream(Protocol):
    """The stream of a page."""

    def replace(self) -> None:
        """Become silent: the page has a newer stream."""
        ...


_streams: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[str, PageStream]] = (
    WeakKeyDictionary()
)


def replace_stream(page_id: str, stream: PageStream) -> None:
    """Make a stream the one of its page; the one before becomes silent.

    Args:
        page_id: The page, as its subscription names it.
        stream: The newer stream; only a weak reference is kept.
    """
    streams = _streams.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    older = streams.get(page_id)
    streams[page_id] = stream
    if older is not None and older is not stream:
        older.replace()
