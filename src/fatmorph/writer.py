"""The Writer: answer a request with one whole response, or with a stream of patches.

All writes are synchronous and ordered, as in asyncio's StreamWriter; `drain()` waits for the
socket. Whole responses and streams exclude each other, and nothing can be changed after the
first byte: a call at the wrong moment says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Hashable, Iterable, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Any, TypeVar, overload

from fatmorph.alive import Alive
from fatmorph.counters import COUNTERS
from fatmorph.datastar import events
from fatmorph.datastar.answers import whole_answer
from fatmorph.datastar.events import Namespace, PatchMode
from fatmorph.datastar.shared import keep_event, kept_event
from fatmorph.errors import ResponseEndedError, ResponseError
from fatmorph.live import Live, View
from fatmorph.markup.element import Element
from fatmorph.morph.development import new_patch_checker
from fatmorph.responder import Responder
from fatmorph.response import checked_location
from fatmorph.settings import Settings
from fatmorph.stream import Stream
from fatmorph.transport import Transport
from fatmorph.types import HasHtml, SignalValue

__all__ = ("Writer",)

T = TypeVar("T")

NO_CACHE = ("cache-control", "no-cache")
STREAM_HEADERS = (
    ("content-type", "text/event-stream"),
    NO_CACHE,
    # Asks nginx and its relatives to pass every event on at once.
    ("x-accel-buffering", "no"),
)
HEARTBEAT_SECONDS = 15.0  # proxies commonly close what is silent for 30 or 60 seconds


class Writer(Responder):
    """The answer to one request.

    Adapters make it; a handler writes either one whole response (`html`, `text`, `json`,
    `empty`, `redirect`) or any number of events (`patch`, `patch_signals`, …). One event for a
    Datastar action is sent as a whole response too, where the client does the same with it.

    Args:
        transport: The connection to the client.
        is_datastar: Whether a Datastar action asked.
        is_head: Whether only the head of the response is wanted.
        settings: What the route allows its clients; by default `Settings()`.
        accept_encoding: The request's `accept-encoding`; None if it has none.
        last_event_id: The request's `last-event-id`; None if it has none.
        is_repeatable: Whether the client may send the request again, as it may a GET.
        nonce: Of the page, as `Context.nonce`; empty if unknown.

    Raises:
        MomentError: No event loop of asyncio is running.
    """

    __slots__ = (
        "_held",
        "_is_datastar",
        "_is_streaming",
        "_last_event_id",
        "_patch_checker",
        "_release_handle",
    )

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
    ) -> None:
        settings = settings or Settings()
        stream = Stream(transport, settings, accept_encoding, is_repeatable=is_repeatable)
        # The answer to an action is not a document: the policy of its page stays in force.
        policy = None if is_datastar else settings.content_security_policy
        super().__init__(stream, is_head=is_head, policy=policy, nonce=nonce)
        self._is_datastar = is_datastar
        self._last_event_id = last_event_id
        self._is_streaming = False
        self._held: bytes | None = None
        self._release_handle: asyncio.Handle | None = None
        self._patch_checker = new_patch_checker()  # None but in development

    def redirect(
        self, url: str, status: int = 303, *, external: bool = False, nonce: str | None = None
    ) -> None:
        """Send the browser to another page.

        Asked by a Datastar action, the page navigates; otherwise the response is a redirect.

        Args:
            url: A path on this site, such as `/cart?saved=1`.
            status: 303, or another redirect; of no matter to a Datastar action.
            external: Whether `url` may lead to another site. Never with what a user sent.
            nonce: As for `navigate()`; of no matter but to a Datastar action.

        Raises:
            EventError: A nonce that no policy could name.
            ResponseError: `url` leads elsewhere and `external` is false, or is no HTTP URL.
            ResponseStartedError: Something was written before.
        """
        location = checked_location(url, external=external)
        if self._is_datastar:
            self.navigate(location, nonce=nonce)
            self._answer_held()
            if not self._stream.is_complete:
                self._stream.write(b"", is_last=True)
        else:
            self._headers["location"] = location
            self._whole(b"", None, status)

    def patch(
        self,
        view: Element | HasHtml,
        *,
        only: str | Iterable[str] | None = None,
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
            only: Send these regions of the view, by their ids: `#cart`, or several.
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
        # hot: as tests/benchmarks/fan_out.py shows.
        is_plain = (
            only is selector is view_transition_selector is event_id is None
            and retry_ms is None
            and mode == "outer"
            and namespace == "html"
            and not view_transition
        )
        event = kept_event(view) if is_plain else None
        if event is None:
            begun_at = perf_counter()
            event = events.patch_elements(
                view,
                only=only,
                selector=selector,
                mode=mode,
                namespace=namespace,
                view_transition=view_transition,
                view_transition_selector=view_transition_selector,
                event_id=event_id,
                retry_ms=retry_ms,
            )
            COUNTERS.render_seconds += perf_counter() - begun_at
            if is_plain:
                keep_event(view, event)
        self._event(event)
        if self._patch_checker is not None:
            is_part = selector is not None or only is not None
            self._patch_checker.check(view, has_targets=is_part, namespace=namespace)

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

    def execute(self, script: str, *, nonce: str | None = None) -> None:
        """Run JavaScript in the page, once; it is written UNESCAPED.

        Args:
            script: The script; write values into it with `js(value)`.
            nonce: The nonce in the Content-Security-Policy of the page that runs it; None for
                the one that the page sent along, if any.

        Raises:
            EventError: A nonce that no policy could name.
            RawTextError: Text that would end the script element early.
            ResponseEndedError: A whole response was written before.
        """
        self._event(events.execute_script(script, nonce=self._script_nonce(nonce)))

    def navigate(self, url: str, *, nonce: str | None = None) -> None:
        """Open another page in the browser.

        Args:
            url: Absolute, or relative to the page; "" loads the page again.
            nonce: As for `execute()`: it is a script that opens the page.

        Raises:
            EventError: A URL that would run as a script, or a nonce that no policy could name.
            ResponseEndedError: A whole response was written before.
        """
        self._event(events.navigate(url, nonce=self._script_nonce(nonce)))

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
        self._open_stream()
        return Alive(self._stream, source, heartbeat=heartbeat, max_rate=max_rate)

    async def live(
        self,
        view: View,
        source: AsyncIterable[object] | None = None,
        *,
        key: Hashable = None,
        only: str | Iterable[str] | None = None,
        heartbeat: float | None = HEARTBEAT_SECONDS,
        max_rate: float | None = None,
    ) -> None:
        """Send a page at once and after every change, until the client or the server ends it.

        Changes that come while a page is drawn, sent or held back by `max_rate` become one
        page. A page equal to the last one sent is not sent again, nor is the first one, if it
        is what the browser got before it connected again.

        Args:
            view: Returns the page; a function without parameters, plain or async.
            source: Tells of changes by its items, whatever they are, such as
                `relay.subscribe("*", latest=True)`; it is closed at the end. Without one, the
                view is asked as often as `max_rate` says.
            key: The same for all streams whose views return the same page at the same time: a
                change is then drawn once for all of them. Everything that the page depends on
                belongs in it; what is missing shows one user the page of another. Nonces need
                not: pages that sent different ones share nothing.
            only: Send these regions of the page alone: `#cart`, or several.
            heartbeat: As for `alive()`.
            max_rate: Pages per second at the most.

        Raises:
            ResponseError: Neither a source nor a rate, or a key that is not hashable.
            ResponseEndedError: A whole response was written before.

        Example:
            await w.live(lambda: room_view(1), relay.subscribe("room.1.*", latest=True))
        """
        # What was written before the page may have changed it in the browser.
        last_id = None if self._is_started else self._last_event_id
        self._open_stream()
        live = Live(
            self._stream,
            view,
            source,
            key=key,
            only=only,
            last_id=last_id,
            nonce=self._nonce,
            heartbeat=heartbeat,
            max_rate=max_rate,
            patch_checker=self._patch_checker,
        )
        await live.run()

    async def drain(self) -> None:
        """Wait until the socket has taken what was written, or the client is gone."""
        self._release_held()
        await self._stream.drain()

    async def finish(self) -> None:
        """Complete the response; adapters call it when the handler has returned.

        A handler that wrote nothing has nothing to say: 204.
        """
        try:
            await self._stream.release()
            self._answer_held()
            if not self._is_started:
                self.empty(204 if self._status is None else self._status)
        finally:
            await self._stream.finish()

    async def abort(self) -> None:
        """Leave nothing running after a handler failed; adapters call it."""
        try:
            self._take_held()
            await self._stream.release()
        finally:
            self._stream.close()

    @property
    def is_broken_off(self) -> bool:
        """Whether the response was left incomplete on purpose; for adapters."""
        return self._stream.is_broken_off

    def take_back_cancellation(self) -> bool:
        """Return whether only the server's stop cancelled the handler; for adapters."""
        return self._stream.take_back_cancellation()

    def _event(self, event: bytes) -> None:
        # hot: as tests/benchmarks/fan_out.py shows.
        stream = self._stream
        if not self._is_streaming or stream.is_complete:
            if not self._is_streaming and self._hold(event):
                return
            self._start_stream()
        if not self._is_head:
            stream.write(event)

    def _script_nonce(self, nonce: str | None) -> str | None:
        return (self._nonce if nonce is None else nonce) or None

    def _hold(self, event: bytes) -> bool:
        """Keep the first event of an action for this turn of the event loop, if that is it.

        A client that sends the last event's id reads a stream that it means to go on with.
        """
        if not self._is_datastar or self._is_started or self._is_head:
            return False
        if self._last_event_id is not None or "content-type" in self._headers:
            return False
        self._check_stream_status()
        with suppress(RuntimeError):  # another thread: the stream says what is wrong
            self._release_handle = asyncio.get_running_loop().call_soon(self._release_held)
            self._held = event
            self._fix_head()
        return self._held is not None

    def _take_held(self) -> bytes | None:
        if self._release_handle is not None:
            self._release_handle.cancel()
            self._release_handle = None
        held, self._held = self._held, None
        return held

    def _release_held(self) -> None:
        """Begin a stream with the event that was held."""
        held = self._take_held()
        if held is not None:
            self._is_streaming = True
            self._start(200, STREAM_HEADERS)
            self._stream.write(held)

    def _answer_held(self) -> None:
        """Answer with the event that was held, and no other will come."""
        answer = None if self._held is None else whole_answer(self._held)
        if answer is None:
            self._release_held()
            return
        self._take_held()
        length = ("content-length", str(len(answer.body)))
        self._start(200, [*answer.headers, NO_CACHE, length])
        self._stream.write(answer.body, is_last=True)

    def _open_stream(self) -> None:
        self._start_stream()  # the client learns at once that the stream is open
        if self._is_head:
            self._stream.stop()

    def _start_stream(self) -> None:
        if not self._is_streaming:
            self._release_held()
        if self._is_streaming and not self._stream.is_complete:
            return
        if self._is_started:
            raise ResponseEndedError(
                "cannot write an event after the response is complete",
                why="a response is one whole page or a stream of events, never both",
                fix="w.patch(page)  (instead of w.html(page) before it)",
            )
        self._check_stream_status()
        self._is_streaming = True
        self._start(200, STREAM_HEADERS)

    def _check_stream_status(self) -> None:
        if self.status != 200:
            raise ResponseError(
                f"cannot stream events with status {self.status}",
                where="w.status",
                why="Datastar ignores the body of every response but a 200",
                fix="w.patch(error_view(…))  (with status 200)",
            )
