"""The states of this process: who finds which, and when they are forgotten."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from fatmorph.counters import COUNTERS
from fatmorph.pages._page import Page, Visitor
from fatmorph.pages._room import Room

__all__ = ("States",)

State = TypeVar("State")


class States(Generic[State]):
    """The pages that are open here, and those that were left a short time ago.

    Args:
        room: For pages that were left.
        keep_seconds: How long they are kept.
        clock: Returns seconds.
    """

    def __init__(self, room: Room, keep_seconds: float, clock: Callable[[], float]) -> None:
        self._room = room
        self._keep_seconds = keep_seconds
        self._clock = clock
        self._guard = threading.RLock()
        self._pages: dict[str, tuple[Page[State], ...]] = {}  # by the id; one for each owner
        self._timer_loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        """Return how many states there are."""
        self._forget_expired()
        return sum(map(len, self._pages.values()))

    def has(self, page_id: str) -> bool:
        """Return whether some session has a page with this id."""
        return page_id in self._pages

    def find(self, visitor: Visitor) -> Page[State] | None:
        """Return the page of a visitor, in use until `end()`; None if it is not here."""
        with self._guard:
            self._forget_expired()
            known = self._pages.get(visitor.page_id, ())
            # A page that began without a session belongs to the first one from the same address:
            # another one may have begun it in order to see the state.
            own = [page for page in known if page.owner == visitor.owner]
            own += [p for p in known if p.owner is None and p.client == visitor.client]
            if not own:
                return None
            page = own[0]
            self._room.remove(page)
            page.owner = visitor.owner  # from now on, if it began without a session
            page.users += 1
            return page

    def add(self, state: State, visitor: Visitor) -> Page[State]:
        """Return a new page, in use; or the visitor's own, if another thread was faster."""
        with self._guard:
            if (found := self.find(visitor)) is not None:
                return found
            page = Page(state, visitor, guard=self._guard)
            self._pages[page.id] = (*self._pages.get(page.id, ()), page)
            COUNTERS.page_states += 1
            page.users = 1
            return page

    def hold(self, page: Page[State]) -> None:
        """Note another use of a page that is in use."""
        with self._guard:
            page.users += 1

    def end(self, page: Page[State]) -> None:
        """Note the end of a use; a page without any is left, and kept for some time."""
        with self._guard:
            page.users -= 1
            if page.users or page.is_moved:
                return
            page.left_at = self._clock()
            going = self._room.add(page)
            if going is not None:
                COUNTERS.page_states_dropped += 1
                self._forget(going)
            self._schedule()

    def move(self, page: Page[State]) -> None:
        """Forget a page in use, whose state is in another process now."""
        with self._guard:
            page.is_moved = True
            self._forget(page)

    def _forget_expired(self) -> None:
        with self._guard:
            latest = self._clock() - self._keep_seconds
            while (oldest := self._room.oldest) is not None and oldest.left_at <= latest:
                self._room.remove(oldest)
                self._forget(oldest)

    def _forget(self, page: Page[State]) -> None:
        others = tuple(other for other in self._pages[page.id] if other is not page)
        if others:
            self._pages[page.id] = others
        else:
            del self._pages[page.id]
        if not self._pages:
            self._pages.clear()  # gives its memory back, as `del` does not
        COUNTERS.page_states -= 1

    def _schedule(self) -> None:
        """Forget the oldest page in time, even if there are no more requests."""
        oldest = self._room.oldest
        if oldest is None or (self._timer_loop is not None and not self._timer_loop.is_closed()):
            return
        self._timer_loop = loop = asyncio.get_running_loop()
        loop.call_later(oldest.left_at + self._keep_seconds - self._clock(), self._at_time)

    def _at_time(self) -> None:
        with self._guard:
            self._timer_loop = None
            self._forget_expired()
            self._schedule()
