"""An open page in memory: what its user does, and what it shows.

Source: https://data-star.dev/guide/getting_started
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fatmorph.adapters._respond import Handler
from fatmorph.errors import StepError
from fatmorph.testing._browser.engine import Engine
from fatmorph.testing._browser.fields import File
from fatmorph.testing._browser.history import History, Way
from fatmorph.testing._browser.network import Profile
from fatmorph.testing._browser.tab import Skipped, Tab
from fatmorph.testing._browser.user import User
from fatmorph.testing._clock import Clock, clock_of_loop
from fatmorph.testing._events import Event, events_of
from fatmorph.testing._losses import Loss
from fatmorph.testing._query import Finder, Query, node_of, outline_of
from fatmorph.testing._response import BASE_URL, Response, call
from fatmorph.testing._routes import App, Handlers, asgi_application
from fatmorph.testing._server import Request, Server

__all__ = (
    "Event",
    "File",
    "Loss",
    "Page",
    "Query",
    "Response",
    "call",
    "events_of",
    "open_page",
)

# Pages that lead to each other without end.
MAX_NAVIGATIONS = 20
EMPTY_PAGE = "<!doctype html><html><head></head><body></body></html>"


class Page(Finder):
    """An open page; `open_page()` makes it.

    Args:
        profile: The browser that has it open.
        clock: The time of the test.
    """

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self.status: int = 0
        """The status of the page's response."""
        self._profile = profile
        self._clock = clock
        self._next: Request | None = None
        self._history = History()
        self._read_count = 0
        self.server.navigations[self._navigate] = None
        self._show(EMPTY_PAGE, BASE_URL)

    @property
    def url(self) -> str:
        """The address of the page."""
        return self._tab.url

    @property
    def html(self) -> str:
        """The whole page as HTML, as it is now."""
        return self._tab.html

    @property
    def title(self) -> str:
        """The title of the page."""
        return self._tab.title

    @property
    def focused(self) -> Query:
        """The element that has the focus, if there is one."""
        return Query(self._page_tab, "focus", lambda: filter(None, [self._tab.focused]), ("", ""))

    @property
    def outline(self) -> str:
        """The roles, names and ids of the page, one element per line."""
        return outline_of(self._tab)

    @property
    def signals(self) -> dict[str, Any]:  # Any: JSON
        """A copy of the signals."""
        return self._tab.signals.all()

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that the page has received."""
        return tuple(self._engine.events)

    @property
    def lost(self) -> tuple[Loss, ...]:
        """The user's losses by patches: each with its element, its patch and the reason."""
        return tuple(self._engine.losses)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The JavaScript of the page that only a browser can run."""
        return tuple(self._tab.skipped)

    @property
    def console(self) -> tuple[str, ...]:
        """The client's messages in the console, such as one about a patch without a target."""
        return tuple(self._engine.console)

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies of the browser, which a test may change."""
        return self._profile.cookies

    @property
    def server(self) -> Server:
        """The server, to stop it, to let it crash, and to start it again."""
        return self._profile.server

    @property
    def stream_count(self) -> int:
        """How many streams and requests of the page are open, or wait to be sent again."""
        return len(self._engine.fetches)

    async def click(self, target: Query) -> None:
        """Click an element: its handlers run, then the browser's own action."""
        self._user.click(node_of(target))
        await self._end_step()

    async def type(self, target: Query, text: str) -> None:
        """Type at the end of a field, key by key."""
        self._user.type(node_of(target), text)
        await self._end_step()

    async def clear(self, target: Query) -> None:
        """Delete the text of a field."""
        self._user.clear(node_of(target))
        await self._end_step()

    async def press(self, key: str, target: Query | None = None) -> None:
        """Press a key such as `Enter`, on an element or where the focus is."""
        self._user.press_key(key, None if target is None else node_of(target))
        await self._end_step()

    async def choose(self, target: Query, *labels: str) -> None:
        """Choose options of a `<select>` by their labels or their values."""
        self._user.choose(node_of(target), labels)
        await self._end_step()

    async def tick(self, target: Query, *, is_ticked: bool = True) -> None:
        """Tick a checkbox or a radio button, or untick it."""
        self._user.tick(node_of(target), is_ticked=is_ticked)
        await self._end_step()

    async def upload(self, target: Query, *files: File) -> None:
        """Choose files."""
        self._user.upload(node_of(target), files)
        await self._end_step()

    async def focus(self, target: Query | None) -> None:
        """Move the focus to an element, or away from all."""
        self._user.focus(None if target is None else node_of(target))
        await self._end_step()

    async def scroll(self, target: Query, top: float) -> None:
        """Scroll an element to a position."""
        self._user.scroll(node_of(target), top)
        await self._end_step()

    async def reveal(self, target: Query) -> None:
        """Scroll until an element is in view, so that its `data.on_intersect()` runs."""
        self._user.reveal(node_of(target))
        await self._end_step()

    async def fire(self, target: Query, event: str, **properties: Any) -> None:  # Any: JSON
        """Fire any other event, such as `mouseenter`, which bubbles."""
        self._user.fire(node_of(target), event, properties)
        await self._end_step()

    async def goto(self, path: str) -> None:
        """Load another page, as from the address bar."""
        await self._load(Request("GET", self._tab.absolute(path)))
        await self._end_step()

    async def reload(self) -> None:
        """Load the page again."""
        await self._load(self._history.current.request, "same")
        await self._end_step()

    async def back(self) -> None:
        """Go to the address before, as by the back button.

        The page has a `popstate` if it got its address by a script or a live link, and otherwise
        the page of that address is loaded.

        Raises:
            StepError: There is none.
        """
        self._history.wanted -= 1
        await self._end_step()

    async def forward(self) -> None:
        """Go to the address that was left by `back()`.

        Raises:
            StepError: There is none.
        """
        self._history.wanted += 1
        await self._end_step()

    async def settled(self) -> None:
        """Wait until everything that is due has been done, by handlers and by all pages.

        Timers are due when `advance()` lets their time pass.

        Raises:
            StepError: A handler has neither answered nor begun to wait for changes.
            Exception: As a handler raised it.
        """
        self._clock.hold()
        await self._end_step()
        await self.server.settled()
        for navigate in tuple(self.server.navigations):
            await navigate()
        await self._end_step()

    async def advance(self, seconds: float) -> None:
        """Let time pass: debounces, heartbeats, `max_rate` and retries happen in their order.

        Args:
            seconds: By the clock of the test, not in real time.
        """
        await self.settled()
        end = self._clock.time() + seconds
        while (timer := self._clock.next_timer) is not None and timer <= end:
            self._clock.advance(max(timer - self._clock.time(), 0))
            await self.settled()
        self._clock.advance(max(end - self._clock.time(), 0))
        await self.settled()

    async def next_event(self, *, within_seconds: float = 0) -> Event:
        """Return the first event that was not returned before.

        Args:
            within_seconds: How long to wait in real time, for a relay in another process.

        Raises:
            StepError: No event is due.
        """
        begun_at = time.monotonic()
        await self.settled()
        while self._read_count >= len(self._engine.events):
            if time.monotonic() - begun_at >= within_seconds:
                raise StepError(
                    "there is no further event",
                    where=self.url,
                    why=f"the page has received {len(self._engine.events)}, and nothing is due",
                    fix="await page.advance(1)  (if it waits for a debounce or a retry)",
                )
            await self._clock.wait()
            await self.settled()
        self._read_count += 1
        return self._engine.events[self._read_count - 1]

    async def hide(self) -> None:
        """Hide the page, as another tab does: its streams close."""
        self._engine.set_hidden(is_hidden=True)
        await self.settled()

    async def show(self) -> None:
        """Show the page again."""
        self._engine.set_hidden(is_hidden=False)
        await self.settled()

    async def disconnect(self) -> None:
        """Lose the network: streams break off, and requests fail until `connect()`."""
        self._profile.is_online = False
        for fetch in list(self._engine.fetches):
            fetch.lose()
        await self.settled()

    async def connect(self) -> None:
        """Find the network again; the page asks at its next retry."""
        self._profile.is_online = True
        await self.settled()

    @asynccontextmanager
    async def another_tab(self, path: str) -> AsyncGenerator[Page]:
        """Open another page in the same browser, which has the same cookies."""
        async with _opened(self._profile, self._clock, path) as page:
            yield page

    async def close(self) -> None:
        """Close the page, and wait until its handlers have ended."""
        self.server.navigations.pop(self._navigate, None)
        self._engine.close()
        await self.server.settled()

    def _page_tab(self) -> Tab:
        return self._tab

    def _show(self, html: str, url: str) -> None:
        self._tab = Tab(html, url, self._history)
        self._engine = Engine(self._tab, self._profile, self._leave_for)
        self._user = User(self._engine, self._set_next)
        self._read_count = 0
        self._engine.load()

    def _leave_for(self, url: str) -> None:
        self._set_next(Request("GET", self._tab.absolute(url)))

    def _set_next(self, request: Request) -> None:
        self._next = request

    async def _end_step(self) -> None:
        """Load the page that the step leads to, and raise what went wrong."""
        self._clock.hold()
        for _ in range(MAX_NAVIGATIONS):
            if self._engine.problems:
                raise self._engine.problems.pop(0)
            if self._next is None and not self._history.wanted:
                return
            await self._navigate()

    async def _navigate(self) -> None:
        if self._next is not None:
            await self._load(self._next)
            await self._clock.turn()
        elif self._history.wanted:
            await self._travel()

    async def _travel(self) -> None:
        steps, self._history.wanted = self._history.wanted, 0
        before = self._tab.url
        entry = self._history.go(steps)
        if entry is None:
            self._engine.travel(before)
        else:
            await self._load(entry.request, "same")

    async def _load(self, request: Request, way: Way | None = None) -> None:
        self._next = None
        is_replaced = self._tab.takes_over or request.url == self._tab.url
        self._engine.close()
        response = Response()
        journey = self._profile.send(request, response)
        if journey is None:
            raise _no_page_error(request, "there is no connection to the server")
        while not response.is_complete:
            await self.server.settled()
            if not response.is_complete and journey.is_over:
                raise _no_page_error(request, "the response broke off, or is a stream")
        self.status = response.status
        self._history.load(journey.request, way or ("replaced" if is_replaced else "new"))
        self._show(_page_html(response), journey.request.url)


@asynccontextmanager
async def open_page(
    app: App | Handlers | Handler,
    path: str = "/",
    *,
    cookies: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> AsyncGenerator[Page]:
    """Open a page of an application, without a server and without a browser.

    It follows the page's subscription, applies patches as the browser does, and knows what its
    user has typed. Pages of one application may be open at once, each in a browser of its own.
    The time stands still: `page.advance()` lets it pass.

    Args:
        app: An ASGI application; or handlers by their paths.
        path: The page's, with a query if there is one.
        cookies: The cookies that the browser has.
        headers: Sent with every request.

    Raises:
        StepError: The application cannot be run in memory.
        MissingExtraError: turbohtml is not installed.

    Example:
        >>> import asyncio
        >>> from fatmorph import h
        >>> async def home(c, w):
        ...     w.html(h.html(h.head(h.title("Hello")), h.body(h.h1("Hello"))))
        >>> async def main():
        ...     async with open_page({"/": home}) as page:
        ...         return page.get_by_role("heading").text
        >>> asyncio.run(main())
        'Hello'
    """
    clock = clock_of_loop()
    with clock.used():
        server = clock.servers.setdefault(id(app), Server(asgi_application(app), clock))
        profile = Profile(server)
        profile.cookies.update(cookies or {})
        profile.headers.update({name.lower(): text for name, text in (headers or {}).items()})
        try:
            async with server.used(), _opened(profile, clock, path) as page:
                yield page
        finally:
            if not server.is_used:
                clock.servers.pop(id(app), None)


@asynccontextmanager
async def _opened(profile: Profile, clock: Clock, path: str) -> AsyncGenerator[Page]:
    page = Page(profile, clock)
    try:
        await page.goto(path)
        await page.settled()
        yield page
    finally:
        await page.close()


def _page_html(response: Response) -> str:
    if "text/html" in response.headers.get("content-type", "text/html"):
        return response.text
    text = response.text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<!doctype html><html><head></head><body><pre>{text}</pre></body></html>"


def _no_page_error(request: Request, why: str) -> StepError:
    return StepError(
        f"cannot load {request.method} {request.url}",
        where="open_page(app, path)",
        why=why,
        fix='open_page(app, "/")  (the page, whose data-init asks for the stream)',
    )
