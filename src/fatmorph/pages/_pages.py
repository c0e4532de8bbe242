"""The state of all open pages of this process.

A page is found by the id that its browser made, and belongs to the session that began it, if the
session is known. Another session never reaches it: an action with a stolen id is refused, and a
stream with a stolen id gets a state of its own.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from hashlib import blake2b
from types import TracebackType
from typing import Any, Generic, TypeVar

from fatmorph.context import Context, request_line
from fatmorph.counters import COUNTERS
from fatmorph.errors import PageError, SettingsError
from fatmorph.http._subscription import SIGNALS_HEADER
from fatmorph.pages._arguments import awaitable, check_function, check_number
from fatmorph.pages._page import Page
from fatmorph.pages._refill import Refill
from fatmorph.pages._room import Room

__all__ = ("Pages",)

State = TypeVar("State")

KEEP_SECONDS = 300.0  # a tunnel, a lunch with the laptop closed is longer and refills from signals
MAX_LEFT = 10_000  # pages; with 1 kB each besides the state


class Pages(Generic[State]):
    """The states of open pages, one for each.

    Args:
        make: The class of the state; called without arguments for a new page.
        refill: Fields of the state that signals of the same name fill in a new state, such as
            after a restart.
        owner: Returns the session or the user of a request, None if unknown; by default Django's
            session, and none elsewhere.
        keep_seconds: How long the state of a page is kept after its last stream and action.
        max_left: How many such states are kept.
        load: Returns the state that was saved under a key, None if there is none.
        save: Saves a state under a key, after each action.
        clock: Returns seconds.

    Raises:
        SettingsError: If the class declares no field of a name in `refill`, or another argument
            could not be used.

    Example:
        @dataclass
        class Tab:
            query: str = ""

        tabs = Pages(Tab)

        async def subscribe(c: Context, w: Writer) -> None:
            async with tabs.open(c) as tab:
                await w.live(lambda: search_view(tab.state), tab.changes)

        async def search(c: Context, w: Writer) -> None:
            async with tabs.of(c) as tab:
                tab.state.query = (await c.signals())["query"]
    """

    def __init__(
        self,
        make: Callable[[], State],
        *,
        refill: Iterable[str] = (),
        owner: Callable[[Context], str | None] | None = None,
        keep_seconds: float = KEEP_SECONDS,
        max_left: int = MAX_LEFT,
        load: Callable[[str], Awaitable[State | None]] | None = None,
        save: Callable[[str, State], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        check_function("make", make, "Pages(Tab)  (the class, or a function that returns a state)")
        if owner is not None:
            check_function("owner", owner, 'Pages(Tab, owner=lambda c: c.cookies.get("session"))')
        check_number("keep_seconds", keep_seconds)
        check_number("max_left", max_left, is_whole=True)
        self._make = make
        self._refill = Refill(make, refill)
        self._owner = owner or _session_of
        self._keep_seconds = keep_seconds
        self._load, self._save = load, save
        self._clock = clock
        self._guard = threading.RLock()
        self._pages: dict[str, tuple[Page[State], ...]] = {}  # by the id; one for each owner
        self._room = Room(max_left)
        self._timer_loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        """Return how many states there are, of open pages and of those that were left."""
        self._forget_expired()
        return sum(map(len, self._pages.values()))

    def open(self, c: Context) -> AbstractAsyncContextManager[Page[State]]:
        """Return the page of a stream, for `async with`; its state is kept while it is open.

        Raises:
            PageError: If the request has no id of a page; unhandled, it becomes a 403.
        """
        return _Opened(partial(self._opened, c), self._end)

    def of(self, c: Context) -> AbstractAsyncContextManager[Page[State]]:
        """Return the page of an action, for `async with`.

        Actions of one page run one after the other. The page is drawn again at the end.

        Raises:
            PageError: If the request has no id of a page, or that of another session's page;
                unhandled, it becomes a 403.
            MomentError: If this task is inside such a block already.
        """
        return self._acting(c)

    @asynccontextmanager
    async def _acting(self, c: Context) -> AsyncGenerator[Page[State], None]:
        page = await self._begin(c, is_action=True)
        try:
            await page.line.enter()
            try:
                await self._fill(c, page, is_action=True)
                yield page
                if self._save is not None:
                    await awaitable("save", self._save(_key(page), page.state))
            finally:
                page.line.leave()
                page.changed()
        finally:
            self._end(page)

    async def _opened(self, c: Context) -> Page[State]:
        page = await self._begin(c, is_action=False)
        if page.to_refill is None:  # a stream does not wait for actions once the state is ready
            try:
                await self._prepare(c, page)
            except BaseException:
                self._end(page)
                raise
        return page

    async def _prepare(self, c: Context, page: Page[State]) -> None:
        await page.line.enter()
        try:
            await self._fill(c, page, is_action=False)
        finally:
            page.line.leave()

    async def _fill(self, c: Context, page: Page[State], *, is_action: bool) -> None:
        if page.to_refill is None:
            loaded = None
            if self._load is not None:
                loaded = await awaitable("load", self._load(_key(page)))
            page.state = page.state if loaded is None else loaded
            page.to_refill = self._refill.names if loaded is None else frozenset()
        # A subscription without include= sends no signals, and may not ask for them.
        if page.to_refill and c.headers.get(SIGNALS_HEADER) != "include=":
            signals = await c.signals()
            page.state = self._refill.filled(page.state, page.to_refill, signals)
            page.to_refill -= signals.keys()
        if is_action:
            page.to_refill = frozenset()

    async def _begin(self, c: Context, *, is_action: bool) -> Page[State]:
        page_id = await c.page_id()
        if page_id is None:
            raise _missing_error(c)
        owner = self._owner(c) or None
        if not isinstance(owner, str | None):
            raise _owner_error(owner)
        with self._guard:
            self._forget_expired()
            known = self._pages.get(page_id, ())
            # A page that began without a session belongs to the first one from the same address:
            # another one may have begun it in order to see the state.
            own = [page for page in known if page.owner == owner]
            own += [page for page in known if page.owner is None and page.client == c.client]
            page = own[0] if own else None
            if page is None:
                if known and is_action:
                    raise _stolen_error(c)
                page = self._new_page(page_id, owner, owner or c.client)
            self._room.remove(page)
            page.owner = owner  # from now on, if it began without a session
            page.users += 1
            return page

    def _new_page(self, page_id: str, owner: str | None, client: str) -> Page[State]:
        page = Page(self._make(), page_id, owner=owner, client=client, guard=self._guard)
        self._pages[page_id] = (*self._pages.get(page_id, ()), page)
        COUNTERS.page_states += 1
        return page

    def _end(self, page: Page[State]) -> None:
        with self._guard:
            page.users -= 1
            if page.users:
                return
            page.left_at = self._clock()
            going = self._room.add(page)
            if going is not None:
                COUNTERS.page_states_dropped += 1
                self._forget(going)
            self._schedule()

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


class _Opened(Generic[State]):
    """A page while its stream runs.

    Smaller than the generator of an action: there is one for each open page.

    Args:
        begin: Returns the page.
        end: Called with the page at the end.
    """

    __slots__ = ("_begin", "_end", "_page")

    def __init__(
        self, begin: Callable[[], Awaitable[Page[State]]], end: Callable[[Page[State]], None]
    ) -> None:
        self._begin = begin
        self._end = end

    async def __aenter__(self) -> Page[State]:
        self._page = await self._begin()
        return self._page

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end(self._page)


def _session_of(c: Context) -> str | None:
    # Any: as many types as there are frameworks. Starlette's own raises without its middleware.
    session: Any = getattr(c.request, "__dict__", {}).get("session")
    key: object = getattr(session, "session_key", None)
    return key if isinstance(key, str) else None


def _key(page: Page[Any]) -> str:
    """Return the name under which a state is saved; another session has another one."""
    text = f"{page.id} {page.owner or ''}"
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _owner_error(owner: object) -> SettingsError:
    return SettingsError(
        f"cannot use {type(owner).__name__} as the owner of a page",
        where="Pages(owner=…)",
        why="the owner is compared with that of later requests, and named in the key of a state",
        fix="Pages(make, owner=lambda c: str(c.request.user.pk))  (or None if it is unknown)",
    )


def _missing_error(c: Context) -> PageError:
    return PageError(
        "cannot find the page of a request that has no id of a page",
        where=request_line(c.method, c.path),
        why="the browser makes the id, and sends it with the page's requests",
        fix='h.body(data.page_id(), data.init(at.subscribe("/subscribe")), …)  (the id first)',
    )


def _stolen_error(c: Context) -> PageError:
    return PageError(
        "cannot give the state of a page to another session",
        where=request_line(c.method, c.path),
        why="the page belongs to the session that began it",
        fix='w.navigate("")  (which loads the page again, after a login for example)',
    )
