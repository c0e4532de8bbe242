"""The Writer: respond to a request with one whole response, or with a stream of patches.

All writes are synchronous and ordered, as in asyncio's StreamWriter; `drain()` waits for the
socket. A response is either whole or a stream, and its head is fixed with the first byte: a call
at the wrong moment raises an error.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Hashable, Iterable
from functools import partial
from inspect import isawaitable
from time import perf_counter
from typing import Any, TypeAlias, TypeVar, cast, overload

from fatmorph._commands import CommandWriter
from fatmorph._streaming.alive import Alive
from fatmorph._streaming.live import Live, check_view
from fatmorph._streaming.retries import Retries
from fatmorph._streaming.shared_page import Page, shared_page
from fatmorph._streaming.slow_draws import watched
from fatmorph._streaming.stream import Stream
from fatmorph._thin_pages import ThinPages
from fatmorph.datastar._drawing import draw, draw_kept
from fatmorph.datastar.events._elements import (
    PatchOptions,
    elements_event,
    patch_elements,
)
from fatmorph.datastar.events._event import identified
from fatmorph.datastar.events._scripts import navigation_event
from fatmorph.errors import EventError
from fatmorph.http._content_security_policy import policy_headers
from fatmorph.http._head import checked_location
from fatmorph.markup._element import Element
from fatmorph.markup._render import render_bytes
from fatmorph.morph._development import new_patch_checker, shows_errors
from fatmorph.settings import Settings
from fatmorph.threads import ThreadCall
from fatmorph.transport import Transport
from fatmorph.types import ElementNamespace, HasHtml, PatchMode

__all__ = ("View", "Writer")

T = TypeVar("T")
Drawn = TypeVar("Drawn")

View: TypeAlias = Callable[[], Element | HasHtml | Awaitable[Element | HasHtml]]
"""A function without parameters, plain or async, that returns a page."""

HEARTBEAT_SECONDS = 15.0  # proxies commonly close a silent connection after 30 or 60 seconds


class Writer(CommandWriter):
    """The response to one request.

    Adapters make it. A handler writes either one whole response (`html`, `text`, `json`, `empty`,
    `redirect`) or any number of events (`patch`, `patch_signals`, …). A single event in response to
    a Datastar action is also sent as a whole response, if the client treats both alike.

    Args:
        transport: The connection to the client.
        is_datastar: Whether a Datastar action made the request.
        is_head: Whether the request is a HEAD, which gets no body.
        settings: The limits and the policies of the route; by default `Settings()`.
        accept_encoding: The request's `accept-encoding`; None if it has none.
        last_event_id: The request's `last-event-id`; None if it has none.
        is_repeatable: Whether the client may repeat the request, as with a GET.
        nonce: The nonce of the page, as `Context.nonce`; empty if unknown.
        host: The request's `host`, to which `redirect()` may lead by an absolute URL.

    Raises:
        MomentError: If no asyncio event loop is running.
    """

    __slots__ = ("_is_thin", "_patch_checker", "_thin_pages")

    def __init__(
        self,
        transport: Transport,
        *,
        is_datastar: bool = False,
        is_head: bool = False,
        settings: Settings | None = None,
        accept_encoding: str | None = None,
        last_event_id: str | None = None,
        is_repeatable: bool = False,
        nonce: str = "",
        host: str = "",
        retries: Retries | None = None,
    ) -> None:
        settings = settings or Settings()
        stream = self._stream_class(retries)(
            transport, settings, accept_encoding, is_repeatable=is_repeatable, retries=retries
        )
        # The response to an action is not a document: the policy of its page stays in force.
        policy = None if is_datastar else settings.content_security_policy
        super().__init__(
            stream,
            is_datastar=is_datastar,
            is_subscription=retries is not None and retries.page_id is not None,
            is_head=is_head,
            is_repeatable=is_repeatable,
            last_event_id=last_event_id,
            cache_control=settings.cache_control,
            own_hosts=(host, (settings.own_origin or "").partition("://")[2]),
            policy=policy,
            nonce=nonce,
        )
        self._is_thin = settings.thin
        self._patch_checker = new_patch_checker()  # None outside of development
        self._thin_pages: ThinPages | None = None  # before the first one

    def html(self, view: Element | HasHtml, status: int | None = None) -> None:
        """Respond with a page, with the Content-Security-Policy of the settings.

        Args:
            view: A full page or any elements.
            status: The status; by default `w.status`, which is 200 unless set.

        Raises:
            ResponseStartedError: If something was written before.
            ResponseError: If the page has a nonce, and `w.headers` let shared caches keep it.
            EncodingError: If a text contains a lone surrogate.
        """
        headers = [] if self._policy is None else policy_headers(self._policy, self._nonce)
        # Checked here too: a page that cannot open its stream is never patched.
        html = draw(view, render_bytes, patch_checker=self._patch_checker, has_targets=True)
        self._whole(html, "text/html; charset=utf-8", status, headers)

    def redirect(
        self, url: str, status: int = 303, *, external: bool = False, nonce: str | None = None
    ) -> None:
        """Send the browser to another page.

        In response to a Datastar action, the page navigates; otherwise the response is a redirect.

        Args:
            url: A path on this site, such as `/cart?saved=1`, or an absolute URL with the host of
                the request, such as that of `request.url_for()`, of which the path is sent.
            status: 303, or another redirect; a Datastar action ignores it.
            external: Whether `url` may lead to another site; never pass True with a URL that came
                from a user.
            nonce: As for `navigate()`; only a Datastar action needs it.

        Raises:
            EventError: If the nonce could not be part of a policy.
            ResponseError: If `url` leads to another site and `external` is false, or it is not an
                HTTP URL.
            ResponseStartedError: If something was written before.
        """
        location = checked_location(url, external=external, own_hosts=self._own_hosts)
        self._stream.check_loop()
        if self._is_datastar:
            # The page leaves, so its stream is not to be asked for again.
            self._is_subscription, self._last_event_id = False, None
            nonce = self._script_nonce(nonce)
            self._send(navigation_event(location, nonce=nonce, is_redirect=True))
            self._respond_with_held()
            if not self._stream.is_complete:
                self._stream.complete()
        else:
            self._headers["location"] = location
            self._whole(b"", None, status)

    def patch(
        self,
        view: Element | HasHtml,
        *,
        thin: bool = False,
        only: str | Iterable[str] | None = None,
        selector: str | None = None,
        mode: PatchMode = "outer",
        namespace: ElementNamespace = "html",
        view_transition: bool = False,
        view_transition_selector: str | None = None,
        event_id: str | None = None,
        retry_ms: int | None = None,
    ) -> None:
        """Patch the page: a full page (a fat morph) or any elements.

        Args:
            view: A full page, or elements with ids; an object with `__html__` is trusted
                (UNESCAPED).
            thin: Whether to send only the parts of a page that have changed since the last one of
                this stream; with no other option.
            only: Send only these regions of the view, by id: `#cart`, or several.
            selector: CSS selector of the targets; None finds them by the elements' ids.
            mode: How the client applies the elements; `outer` morphs.
            namespace: `svg` or `mathml` for a fragment in one of these.
            view_transition: Whether to animate; see `events.patch_elements()`.
            view_transition_selector: The element whose transition is used.
            event_id: Returned as `c.last_event_id` when the client connects again.
            retry_ms: The client's new interval before it connects again.

        Raises:
            EventError: If the client would ignore a field, or fail on it.
            ResponseEndedError: If a whole response was written before.
        """
        # hot: as tests/benchmarks/fan_out.py shows.
        is_plain = (
            only is selector is view_transition_selector is event_id is None
            and retry_ms is None
            and mode == "outer"
            and namespace == "html"
            and not view_transition
        )
        if thin:
            self._patch_thin(view, has_options=not is_plain)
            return
        if is_plain and (self._is_streaming or not self._can_hold()):
            self._write(draw_kept(view, patch_checker=self._patch_checker))
            return
        options = PatchOptions(
            only=only,
            selector=selector,
            mode=mode,
            namespace=namespace,
            view_transition=view_transition,
            view_transition_selector=view_transition_selector,
        )
        write = partial(elements_event, event_id=event_id, retry_ms=retry_ms, **options)
        has_targets = selector is not None or only is not None
        self._send(self._draw(view, write, has_targets=has_targets, namespace=namespace))

    @overload
    def alive(
        self,
        source: None = None,
        *,
        heartbeat: float | None = HEARTBEAT_SECONDS,
        max_rate: float | None = None,
    ) -> Alive[None]: ...
    @overload
    def alive(
        self,
        source: AsyncIterable[T],
        *,
        heartbeat: float | None = HEARTBEAT_SECONDS,
        max_rate: float | None = None,
    ) -> Alive[T]: ...
    def alive(
        self,
        source: AsyncIterable[Any] | None = None,
        *,
        heartbeat: float | None = HEARTBEAT_SECONDS,
        max_rate: float | None = None,
    ) -> Alive[Any]:
        """Return a loop over `source` that ends when the client leaves or the server stops.

        It ends normally, so the code after the loop always runs. Before each item, it waits until
        the socket has taken everything written. Only this wait is interrupted: a departing client
        never interrupts the body of the loop. Use `async with w.alive():` for a body that should
        be interrupted.

        Args:
            source: An async iterable, such as `relay.subscribe("*")`; it is closed at the end.
                Without one, the loop runs at `max_rate`.
            heartbeat: Seconds of silence after which a comment is sent, so that proxies keep
                the connection open and a dead one is noticed; None for never.
            max_rate: The most items per second; later ones wait in the source.

        Raises:
            ResponseEndedError: If a whole response was written before.

        Example:
            async for subject, data in w.alive(relay.subscribe("room.1.*")):
                w.patch(room_view(1))
        """
        self._open_stream(source)
        return Alive(self._stream, source, heartbeat=heartbeat, max_rate=max_rate)

    async def live(
        self,
        view: View,
        *sources: AsyncIterable[object] | None,
        key: Hashable = None,
        thin: bool | None = None,
        only: str | Iterable[str] | None = None,
        heartbeat: float | None = HEARTBEAT_SECONDS,
        max_rate: float | None = None,
    ) -> None:
        """Send a page at once and after every change, until the client or the server ends it.

        Changes that arrive while a page is drawn, sent or delayed by `max_rate` are combined into
        one page. A page equal to the last one is not sent again. Neither is the first page, if the
        browser already has it from an earlier connection.

        Args:
            view: Returns the page; a function without parameters, plain or async.
            *sources: Each yields an item for each change, as `relay.subscribe("*", latest=True)`
                does; the values are ignored, and all are closed at the end, which is that of the
                first one that ends. None is skipped; without any, `max_rate` says when to draw.
            key: Equal for all streams whose views return the same page at the same time, which is
                then drawn once for all of them. Include everything that the page depends on:
                otherwise one user sees another user's page. Nonces need not be included.
            thin: Whether to send only the parts of a page that have changed, after the first one;
                by default as in the settings. Regions are always sent whole.
            only: Send only these regions of the page: `#cart`, or several.
            heartbeat: As for `alive()`.
            max_rate: The most pages per second.

        Raises:
            ResponseError: If the view, a source, the rate or the key cannot be used.
            ResponseEndedError: If a whole response was written before.

        Example:
            await w.live(lambda: room_view(1), relay.subscribe("room.1.*", latest=True))
        """
        check_view(view)
        call: object = view
        if isinstance(call, ThreadCall):
            call.is_used = True  # even if the stream ends before its first page
        # Earlier events may have changed the page in the browser, and it may show an error.
        last_id = None if self._is_started or shows_errors() else self._last_event_id
        self._open_stream(*sources)
        regions = only if only is None or isinstance(only, str) else tuple(only)
        is_thin = only is None and (self._is_thin if thin is None else thin)
        checker = self._patch_checker
        drawing = view if checker is None else watched(view, checker.note_seconds)
        live = Live(
            self._stream,
            partial(self._draw_page, drawing, regions, is_thin=is_thin),
            [source for source in sources if source is not None],
            shared=None
            if key is None
            else shared_page(view, regions, key, self._nonce, is_thin=is_thin),
            last_id=last_id,
            thin_event=self._thin_events(last_id) if is_thin else None,
            heartbeat=heartbeat,
            max_rate=max_rate,
        )
        await live.run()

    def _stream_class(self, retries: Retries | None) -> type[Stream]:  # noqa: ARG002 - overridden
        return Stream

    def _draw(
        self,
        view: Element | HasHtml,
        write: Callable[[Element | HasHtml], Drawn],
        *,
        has_targets: bool,
        namespace: ElementNamespace = "html",
    ) -> Drawn:
        return draw(
            view,
            write,
            patch_checker=self._patch_checker,
            has_targets=has_targets,
            namespace=namespace,
        )

    def _patch_thin(self, view: Element | HasHtml, *, has_options: bool) -> None:
        if has_options:
            raise _thin_error()
        self._start_stream()
        if self._thin_pages is None:
            self._thin_pages = ThinPages(self._stream)
        if event := self._draw(view, self._thin_pages.event, has_targets=False):
            self._write(event)

    def _thin_events(self, last_id: str | None) -> Callable[[object], bytes]:
        pages = ThinPages(self._stream, is_named=True, last_id=last_id)
        # patch_elements() refuses everything that is not a view.
        events = partial(draw, write=pages.event, patch_checker=self._patch_checker)
        return cast("Callable[[object], bytes]", events)

    async def _draw_page(
        self, view: View, only: str | tuple[str, ...] | None, *, is_thin: bool
    ) -> Page:
        begun_at = perf_counter()
        drawn = view()
        # An element first: isawaitable() asks an abstract class.
        page = await drawn if not isinstance(drawn, Element) and isawaitable(drawn) else drawn
        if is_thin:
            self._stream.note_draw(perf_counter() - begun_at)  # the event belongs to each stream
            return Page(b"", "", view=page)
        # isawaitable() does not narrow the type of the other views.
        write = partial(patch_elements, only=only, event_id="")
        event = self._draw(cast("Element", page), write, has_targets=only is not None)
        identified_event = identified(event)
        self._stream.note_draw(perf_counter() - begun_at)
        return Page(*identified_event)


def _thin_error() -> EventError:
    return EventError(
        "cannot send a thin patch with other options",
        where="w.patch(page, thin=True)",
        why="it is as many events as the page needs, each with a target and a mode of its own",
        fix="w.patch(page, thin=True)",
    )
