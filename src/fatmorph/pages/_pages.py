"""The state of all open pages of this process.

With a relay, another process finds it, too: see `_neighbours`.

A page is found by the id that its browser made, and belongs to the session that began it, if the
session is known. Another session never reaches it: an action with a stolen id is refused, and a
stream with a stolen id gets a state of its own.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from hashlib import blake2b
from types import TracebackType
from typing import Any, Generic, TypeVar

from fatmorph.context import Context, request_line
from fatmorph.errors import MomentError, PageError, SettingsError
from fatmorph.http._subscription import SIGNALS_HEADER
from fatmorph.pages._arguments import awaitable, check_function, check_number, check_relay
from fatmorph.pages._messages import PageMessage
from fatmorph.pages._neighbours import BorrowedPage, Neighbours
from fatmorph.pages._page import Page, Visitor, stolen_error
from fatmorph.pages._refill import Refill
from fatmorph.pages._room import Room
from fatmorph.pages._states import States
from fatmorph.relay._reader import LOOP_ENDS_WITH_REQUEST
from fatmorph.relay._relay import Relay

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
        relay: Connects the processes of the application, so that an action in one of them finds
            the page of a stream in another one; None if there is one process.
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
        relay: Relay[PageMessage] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        check_function("make", make, "Pages(Tab)  (the class, or a function that returns a state)")
        if owner is not None:
            check_function("owner", owner, 'Pages(Tab, owner=lambda c: c.cookies.get("session"))')
        check_number("keep_seconds", keep_seconds)
        check_number("max_left", max_left, is_whole=True)
        self._refill = Refill(make, refill)
        self._owner = owner or _session_of
        self._make = make
        self._load, self._save = load, save
        self._states = States[State](Room(max_left), keep_seconds, clock)
        self._neighbours = (
            None if relay is None else Neighbours(check_relay(relay), self._states, self._make)
        )

    def __len__(self) -> int:
        """Return how many states there are, of open pages and of those that were left."""
        return len(self._states)

    def open(self, c: Context) -> AbstractAsyncContextManager[Page[State]]:
        """Return the page of a stream, for `async with`; its state is kept while it is open.

        Raises:
            PageError: If the request has no id of a page; unhandled, it becomes a 403.
            MomentError: If there is a relay, and the request came by WSGI, which has no streams.
        """
        return _Opened(partial(self._opened, c), self._states.end)

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
        page = await self._begin_action(c)
        is_done = False
        try:
            await self._fill(c, page, is_action=True)
            yield page
            if self._save is not None:
                await awaitable("save", self._save(_key(page), page.state))
            is_done = True
        finally:
            await self._end_action(page, is_done=is_done)

    async def _begin_action(self, c: Context) -> Page[State]:
        """Return the page when it is the action's turn."""
        visitor = await self._visitor(c)
        while True:
            page = self._states.find(visitor)
            if page is None and self._neighbours is not None:
                self._neighbours.listen()
                if (borrowed := await self._neighbours.borrow(visitor)) is not None:
                    return borrowed
                page = self._states.find(visitor)  # it may have begun here meanwhile
            if page is None:
                page = self._new(visitor, c, is_action=True)
            try:
                await page.line.enter()
            except BaseException:
                self._states.end(page)
                raise
            if not page.is_moved:
                page.was_changed = True
                return page
            page.line.leave()  # to another process, while this action waited: it is asked now
            self._states.end(page)

    async def _end_action(self, page: Page[State], *, is_done: bool) -> None:
        if isinstance(page, BorrowedPage):
            if self._neighbours is not None:
                await self._neighbours.give_back(page, is_waiting=is_done)
            return
        page.line.leave()
        page.changed()
        self._states.end(page)
        if is_done and self._neighbours is not None:
            self._neighbours.check(page.state)

    async def _opened(self, c: Context) -> Page[State]:
        visitor = await self._visitor(c)
        if self._neighbours is not None:
            if LOOP_ENDS_WITH_REQUEST.get():
                raise _no_stream_error(c)
            self._neighbours.listen()
        page = self._states.find(visitor)
        is_new = page is None
        if page is None:
            page = self._new(visitor, c, is_action=False)
        try:
            if (
                page.to_refill is None
            ):  # a stream does not wait for actions of a state that is ready
                await self._prepare(c, page, visitor if is_new else None)
            if not is_new and self._neighbours is not None:
                self._neighbours.announce(page, visitor, is_new=False)
        except BaseException:
            self._states.end(page)
            raise
        return page

    def _new(self, visitor: Visitor, c: Context, *, is_action: bool) -> Page[State]:
        if is_action and self._states.has(visitor.page_id):
            raise stolen_error(request_line(c.method, c.path))
        state = self._make()
        if self._neighbours is not None:
            self._neighbours.check(state)
        return self._states.add(state, visitor)

    async def _prepare(self, c: Context, page: Page[State], new: Visitor | None) -> None:
        await page.line.enter()
        try:
            await self._fill(c, page, is_action=False)
        except BaseException:
            page.line.leave()
            raise
        if new is None or self._neighbours is None:
            page.line.leave()
        else:
            self._neighbours.announce(page, new, is_new=True)

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

    async def _visitor(self, c: Context) -> Visitor:
        page_id = await c.page_id()
        if page_id is None:
            raise _missing_error(c)
        owner = self._owner(c) or None
        if not isinstance(owner, str | None):
            raise _owner_error(owner)
        return Visitor(page_id, owner, c.client)


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


def _no_stream_error(c: Context) -> MomentError:
    return MomentError(
        "cannot open a page for its stream on WSGI",
        where=f"{request_line(c.method, c.path)}, on WSGI: pages.open(c)",
        why="WSGI has no streams, and the state would leave the process of the page's stream",
        fix="async with pages.of(c) as page: …  (in an action; or serve the handler by ASGI)",
    )
