"""The room for pages that were left: bounded in number and in time, and fair among clients.

A page is left while none of its streams and actions run. Rules:

1. A page that is not left is never removed.
2. When the room is full, a client with more than its share loses its oldest page; without such a
   client, the oldest page of all goes. So one client cannot push out the pages of others.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from fatmorph.pages._page import Page

__all__ = ("Room",)

SHARES = 100  # a client may have a hundredth of the room for sure


class Room:
    """Pages that were left, in that order.

    Args:
        size: The most pages.
    """

    # Any: the room does not depend on the type of the states.
    def __init__(self, size: int) -> None:
        self._size = size
        self._left: OrderedDict[Page[Any], None] = OrderedDict()
        self._by_client: dict[str, OrderedDict[Page[Any], None]] = {}
        self._heavy: set[str] = set()

    def __len__(self) -> int:
        return len(self._left)

    @property
    def oldest(self) -> Page[Any] | None:
        """The page that was left first; None if the room is empty."""
        return next(iter(self._left), None)

    def add(self, page: Page[Any]) -> Page[Any] | None:
        """Add a page that was left; return the one that goes for it, if any."""
        self._left[page] = None
        pages = self._by_client.setdefault(page.client, OrderedDict())
        pages[page] = None
        if len(pages) * SHARES > self._size:
            self._heavy.add(page.client)
        if len(self._left) <= self._size:
            return None
        going = self.oldest
        if self._heavy:  # at most as many as there are shares
            heaviest = max(self._heavy, key=lambda client: len(self._by_client[client]))
            going = next(iter(self._by_client[heaviest]))
        if going is not None:
            self.remove(going)
        return going

    def remove(self, page: Page[Any]) -> None:
        """Remove a page that has come back, or goes."""
        if self._left.pop(page, page) is page:
            return  # it was not there
        pages = self._by_client[page.client]
        del pages[page]
        if len(pages) * SHARES <= self._size:
            self._heavy.discard(page.client)
        if not pages:
            del self._by_client[page.client]
        if not self._left:
            self._left.clear()  # gives its memory back, as `del` does not
            self._by_client.clear()
