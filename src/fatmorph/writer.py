"""The Writer: answer a request with one whole response, or with a stream of patches.

All writes are synchronous and ordered, as in asyncio's StreamWriter; `drain()` waits for the
socket. Whole responses and streams exclude each other, and nothing can be changed after the
first byte: a call at the wrong moment says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, TypeVar, overload

import msgspec

from fatmorph.alive import Alive
from fatmorph.datastar import events
from fatmorph.datastar.events import Namespace, PatchMode
from fatmorph.errors import ResponseEndedError, ResponseError, encoding_error
from fatmorph.markup.element import Element
from fatmorph.markup.render import render_bytes
from fatmorph.response import (
    ResponseHeaders,
    SameSite,
    checked_location,
    checked_status,
    cookie_header,
    started_error,
)
from fatmorph.settings import Settings
from fatmorph.stream import Stream, Transport
from fatmorph.types import HasHtml, SignalValue

__all__ = ("Writer",)

T = TypeVar("T")

STREAM_HEADERS = (
    ("content-type", "text/event-stream"),
    ("cache-control", "no-cache"),
    # Asks nginx and its relatives to pass every event on at once.
    ("x-accel-buffering", "no"),
)
# https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1
STATUSES_WITHOUT_BODY = frozenset({204, 304})
HEARTBEAT_SECONDS = 15.0  # proxies commonly close what is silent for 30 or 60 seconds


class Writer:
    """The answer to one request.

    Adapters make it; a handler writes either one whole response (`html`, `text`, `json`,
    `empty`, `redirect`) or any number of events (`patch`, `patch_signals`, …).

    Args:
        transport: The connection to the client.
        is_datastar: Whether a Datastar action asked.
        is_head: Whether only the head of the response is wanted.
        settings: What the route allows its clients; by default `Settings()`.
        accept_encoding: The request's `accept-encoding`; None if it has none.
        last_event_id: The request's `last-event-id`; None if it has none.

    Raises:
        MomentError: No event loop of asyncio is running.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        is_datastar: bool = False,
        is_head: bool = False,
        settings: Settings | None = None,
        accept_encoding: str | None = None,
        last_event_id: str | None = None,
    ) -> None:
        self._stream = Stream(transport, settings or Settings(), accept_encoding)
        self._is_datastar = is_datastar
        self._is_head = is_head
        self._last_event_id = last_event_id
        self._headers = ResponseHeaders()
        self._cookies: list[str] = []
        self._status: int | None = None
        self._is_streaming = False

    @property
    def headers(self) -> ResponseHeaders:
        """The headers of the response, before its first byte."""
        return self._headers

    @property
    def status(self) -> int:
        """The status of the response; 200 unless set. Streams of events are always 200."""
        return 200 if self._status is None else self._status

    @status.setter
    def status(self, status: int) -> None:
        if self._stream.is_started:
            raise started_error("change the status")
        self._status = checked_status(status)

    @property
    def is_started(self) -> bool:
        """Whether status and headers are fixed."""
        return self._stream.is_started

    @property
    def is_closed(self) -> bool:
        """Whether the client left, was cut, or the server stops; asked first, it begins to look."""
        self._stream.watch()
        return self._stream.is_ended

    def cookie(
        self,
        name: str,
        value: str,
        *,
        max_age: int | None = None,
        path: str = "/",
        domain: str | None = None,
        secure: bool = False,
        http_only: bool = True,
        same_site: SameSite = "lax",
    ) -> None:
        """Set a cookie; `max_age=0` removes it.

        Args:
            name: A token: letters, digits, `-`, `_` and a few more.
            value: Any text; what a cookie cannot hold is percent-encoded, and `c.cookies`
                decodes it.
            max_age: Seconds to keep it; None until the browser closes.
            path: Where below it is sent.
            domain: None for this host alone.
            secure: Over HTTPS only; required by `same_site="none"`.
            http_only: Hidden from JavaScript.
            same_site: Whether other sites' requests carry it.

        Raises:
            ResponseError: A part that would begin another attribute or header.
            ResponseStartedError: The first byte is written.

        Source: https://www.rfc-editor.org/rfc/rfc6265#section-4.1
        """
        if self._stream.is_started:
            raise started_error(f"set the cookie {name}")
        self._cookies.append(
            cookie_header(
                name,
                value,
                max_age=max_age,
                path=path,
                domain=domain,
                secure=secure,
                http_only=http_only,
                same_site=same_site,
            )
        )

    def html(self, view: Element | HasHtml, status: int | None = None) -> None:
        """Answer with a page.

        Args:
            view: A full page or any elements.
            status: 200 if neither this nor `w.status` says otherwise.

        Raises:
            ResponseStartedError: Something was written before.
            EncodingError: Text with a lone surrogate.
        """
        self._whole(render_bytes(view), "text/html; charset=utf-8", status)

    def text(self, text: str, status: int | None = None) -> None:
        """Answer with plain text.

        Raises:
            ResponseStartedError: Something was written before.
            EncodingError: Text with a lone surrogate.
        """
        try:
            body = text.encode()
        except UnicodeEncodeError:
            raise encoding_error("w.text(…)", text) from None
        self._whole(body, "text/plain; charset=utf-8", status)

    def json(self, value: Any, status: int | None = None) -> None:
        """Answer with JSON.

        Args:
            value: Anything that msgspec encodes: dataclasses, Structs, dates, UUIDs too.
            status: 200 if neither this nor `w.status` says otherwise.

        Raises:
            ResponseStartedError: Something was written before.
        """
        self._whole(msgspec.json.encode(value), "application/json", status)

    def empty(self, status: int = 204) -> None:
        """Answer without content.

        Raises:
            ResponseStartedError: Something was written before.
        """
        self._whole(b"", None, status)

    def redirect(self, url: str, status: int = 303, *, external: bool = False) -> None:
        """Send the browser to another page.

        Asked by a Datastar action, the page navigates; otherwise the response is a redirect.

        Args:
            url: A path on this site, such as `/cart?saved=1`.
            status: 303, or another redirect; of no matter to a Datastar action.
            external: Whether `url` may lead to another site. Never with what a user sent.

        Raises:
            ResponseError: `url` leads elsewhere and `external` is false, or is no HTTP URL.
            ResponseStartedError: Something was written before.
        """
        location = checked_location(url, external=external)
        if self._is_datastar:
            self.navigate(location)
            self._stream.write(b"", is_last=True)
        else:
            self._headers["location"] = location
            self._whole(b"", None, status)

    def patch(
        self,
        view: Element | HasHtml,
        *,
        selector: str | None = None,
        mode: PatchMode = "outer",
        namespace: Namespace = "html",
        view_transition: bool = False,
        view_transition_selector: str | None = None,
        event_id: str | None = None,
        retry_ms: int | None = None,
    ) -> None:
        """Patch the page: a full page (a fat morph) or any elements.

        Args:
            view: A full page, or elements with ids; an object with `__html__` is trusted
                (UNESCAPED).
            selector: CSS selector of the targets; None finds them by the elements' ids.
            mode: What to do with the elements; `outer` morphs.
            namespace: `svg` or `mathml` for a fragment of these.
            view_transition: Whether to animate; see `events.patch_elements()`.
            view_transition_selector: The element whose transition is used.
            event_id: Comes back as `c.last_event_id` when the client connects again.
            retry_ms: New interval before it does.

        Raises:
            EventError: A field that the client would ignore or choke on.
            ResponseEndedError: A whole response was written before.
        """
        self._event(
            events.patch_elements(
                view,
                selector=selector,
                mode=mode,
                namespace=namespace,
                view_transition=view_transition,
                view_transition_selector=view_transition_selector,
                event_id=event_id,
                retry_ms=retry_ms,
            )
        )

    def patch_signals(
        self,
        signals: Mapping[str, SignalValue],
        *,
        only_if_missing: bool = False,
        event_id: str | None = None,
        retry_ms: int | None = None,
    ) -> None:
        """Change signals of the page; None removes one.

        Args:
            signals: Name → value; nested mappings for nested signals.
            only_if_missing: Whether to leave those alone that exist.
            event_id: Comes back as `c.last_event_id` when the client connects again.
            retry_ms: New interval before it does.

        Raises:
            EventError: Signals that the client could not read.
            ResponseEndedError: A whole response was written before.
        """
        self._event(
            events.patch_signals(
                signals, only_if_missing=only_if_missing, event_id=event_id, retry_ms=retry_ms
            )
        )

    def remove(self, selector: str, *, view_transition: bool = False) -> None:
        """Remove every element that matches a CSS selector.

        Raises:
            EventError: A selector with a line break.
            ResponseEndedError: A whole response was written before.
        """
        self._event(events.remove_elements(selector, view_transition=view_transition))

    def execute(self, script: str) -> None:
        """Run JavaScript in the page, once; it is written UNESCAPED.

        Args:
            script: The script; write values into it with `js(value)`.

        Raises:
            RawTextError: Text that would end the script element early.
            ResponseEndedError: A whole response was written before.
        """
        self._event(events.execute_script(script))

    def navigate(self, url: str) -> None:
        """Open another page in the browser.

        Raises:
            EventError: A URL that would run as a script.
            ResponseEndedError: A whole response was written before.
        """
        self._event(events.navigate(url))

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

        It ends normally, so what stands behind it is clean-up that always runs. Before each
        item it waits until the socket has taken what was written. It interrupts its own wait
        only: code in the body of the loop is never cut short by a client that leaves. Use
        `async with w.alive():` for a body that shall be.

        Args:
            source: An async iterable, such as `relay.subscribe("*")`; it is closed at the end.
                Without one, the loop runs as often as `max_rate` says.
            heartbeat: Seconds of silence after which a comment is sent, so that proxies keep
                the connection and a dead one is noticed; None for never.
            max_rate: Items per second at the most; later ones wait in the source.

        Raises:
            ResponseEndedError: A whole response was written before.

        Example:
            async for subject, data in w.alive(relay.subscribe("room.1.*")):
                w.patch(room_view(1))
        """
        self._start_stream()  # the client learns at once that the stream is open
        if self._is_head:
            self._stream.stop()
        return Alive(self._stream, source, heartbeat=heartbeat, max_rate=max_rate)

    async def drain(self) -> None:
        """Wait until the socket has taken what was written, or the client is gone."""
        await self._stream.drain()

    async def finish(self) -> None:
        """Complete the response; adapters call it when the handler has returned.

        A handler that wrote nothing has nothing to say: 204.
        """
        try:
            await self._stream.release()
            if not self._stream.is_started:
                self.empty(204 if self._status is None else self._status)
        finally:
            await self._stream.finish()

    async def abort(self) -> None:
        """Leave nothing running after a handler failed; adapters call it."""
        try:
            await self._stream.release()
        finally:
            self._stream.close()

    def take_back_cancellation(self) -> bool:
        """Return whether only the server's stop cancelled the handler; for adapters."""
        return self._stream.take_back_cancellation()

    def _event(self, event: bytes) -> None:
        self._start_stream()
        if not self._is_head:
            self._stream.write(event)

    def _start_stream(self) -> None:
        if self._is_streaming and not self._stream.is_complete:
            return
        if self._stream.is_started:
            raise ResponseEndedError(
                "cannot write an event after the response is complete",
                why="a response is one whole page or a stream of events, never both",
                fix="w.patch(page)  (instead of w.html(page) before it)",
            )
        if self.status != 200:
            raise ResponseError(
                f"cannot stream events with status {self.status}",
                where="w.status",
                why="Datastar ignores the body of every response but a 200",
                fix="w.patch(error_view(…))  (with status 200)",
            )
        self._is_streaming = True
        self._start(200, STREAM_HEADERS)

    def _whole(self, body: bytes, content_type: str | None, status: int | None) -> None:
        if self._stream.is_started:
            raise started_error("write a whole response")
        status = self.status if status is None else checked_status(status)
        headers = [] if content_type is None else [("content-type", content_type)]
        if status not in STATUSES_WITHOUT_BODY:
            headers.append(("content-length", str(len(body))))
        elif body:
            raise ResponseError(
                f"cannot send content with status {status}",
                where="w.status",
                why="a 204 or a 304 ends with its headers",
                fix=f"w.empty({status})",
            )
        self._start(status, headers)
        self._stream.write(b"" if self._is_head else body, is_last=True)

    def _start(self, status: int, defaults: Iterable[tuple[str, str]]) -> None:
        self._headers.fix()
        headers = [(name, value) for name, value in defaults if name not in self._headers]
        headers.extend(self._headers.items())
        headers.extend(("set-cookie", cookie) for cookie in self._cookies)
        self._stream.start(status, headers)
