"""The half of a Writer that responds with events: a stream, or one event as a whole response.

A single event in response to a Datastar action is sent as a whole response, if the client treats
both alike. So the first event is held until the handler returns, writes another event, drains, or
lets the event loop turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Protocol

from fatmorph._streaming.lifetime import Ending
from fatmorph._streaming.stream import Stream
from fatmorph._streaming.whole_response import Responder
from fatmorph.errors import ResponseEndedError, ResponseError
from fatmorph.http._cache_control import NO_CACHE, NO_STORE
from fatmorph.http._head import completed_error
from fatmorph.http._last_event_id import UNSUBSCRIBED_ID

__all__ = ("UNSUBSCRIBE", "EventResponder")

# An id for the client: it comes back with the next request of the same action.
UNSUBSCRIBED = f"id: {UNSUBSCRIBED_ID}\n\n".encode()
# Events for `connection_state()`: the client passes on every event whose name starts with datastar.
OPENED = b"event: datastar-open\n\n"
UNSUBSCRIBE = b"event: datastar-unsubscribe\n" + UNSUBSCRIBED
"""The event after which a page asks for its stream once, and gets a 204."""
EVENTS = ("content-type", "text/event-stream")
# nginx and compatible proxies then pass on every event at once.
UNBUFFERED = ("x-accel-buffering", "no")
STREAM_HEADERS = (EVENTS, NO_CACHE, UNBUFFERED)
GET_STREAM_HEADERS = (EVENTS, NO_STORE, UNBUFFERED)


class WholeEvent(Protocol):
    """One event as a whole response."""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Return the headers, content type first."""
        ...

    @property
    def body(self) -> bytes:
        """Return the body."""
        ...


class Event(Protocol):
    """An event for the Datastar client, before it is framed."""

    def framed(self) -> bytes:
        """Return the event in the format of an event stream."""
        ...

    def whole(self) -> WholeEvent | None:
        """Return the event as a whole response, or None if only an event can express it."""
        ...


class EventResponder(Responder):
    """The half of a Writer that responds with events.

    Args:
        stream: The body of the response.
        is_datastar: Whether a Datastar action made the request.
        is_subscription: Whether it is a page's stream, which is asked for again when it ends.
        is_head: Whether the request is a HEAD, which gets no body.
        is_repeatable: Whether the client may repeat the request, as with a GET.
        last_event_id: The request's `last-event-id`; None if it has none.
        cache_control: The `cache-control` of whole responses; None for no header.
        own_hosts: The hosts of this site, to which an absolute URL may lead.
        policy: The Content-Security-Policy of pages; None for none.
        nonce: The nonce of the page, for its policy and its scripts; empty for none.
    """

    __slots__ = (
        "_held",
        "_held_handle",
        "_is_datastar",
        "_is_streaming",
        "_is_subscription",
        "_last_event_id",
        "_stream_headers",
    )

    def __init__(
        self,
        stream: Stream,
        *,
        is_datastar: bool,
        is_subscription: bool,
        is_head: bool,
        is_repeatable: bool,
        last_event_id: str | None,
        cache_control: str | None,
        own_hosts: Collection[str],
        policy: str | None,
        nonce: str,
    ) -> None:
        super().__init__(
            stream,
            is_head=is_head,
            cache_control=cache_control,
            own_hosts=own_hosts,
            policy=policy,
            nonce=nonce,
        )
        self._is_datastar = is_datastar
        self._is_subscription = is_subscription
        self._stream_headers = GET_STREAM_HEADERS if is_repeatable or is_head else STREAM_HEADERS
        self._last_event_id: str | None = last_event_id
        self._is_streaming = False
        self._held: Event | None = None
        self._held_handle: asyncio.Handle | None = None

    async def drain(self) -> None:
        """Wait until the socket has taken everything written, or the client is gone."""
        self._stream.check_loop()
        self._stream_held()
        await self._stream.drain()

    def unsubscribe(self) -> None:
        """End the page's subscription for good: complete the response, and keep the page away.

        A page connects again after every other end of its stream. After this one it does so once,
        and gets a 204 before any handler runs. It keeps what it shows, and subscribes again when
        it is loaded again. If the client left or the server stops, nothing happens: the page will
        connect again, and the handler decides then.

        Raises:
            ResponseEndedError: The response is already complete.
            ResponseError: The status is not 200.

        Example:
            async for step in w.alive(job.steps()):
                w.patch(progress_view(step))
            w.unsubscribe()
        """
        self._start_stream()
        if not self._stream.is_ended:
            event = UNSUBSCRIBE if self._is_subscription else UNSUBSCRIBED
            self._stream.complete(b"" if self._is_head else event)
            self._stream.end(Ending.COMPLETE)

    def end_by_key(self, together: int = 1) -> None:
        """End the loops of the handler; `fatmorph.Streams` calls this.

        Args:
            together: How many streams end at this moment.
        """
        self._stream.end_by_key(together)

    def _send(self, event: Event) -> None:
        if not self._hold(event):
            self._write(event.framed())

    def _write(self, event: bytes) -> None:
        # hot: as tests/benchmarks/fan_out.py shows.
        stream = self._stream
        if not self._is_streaming:
            self._start_stream()
        is_written = not self._is_head and stream.write(event)
        if not is_written and stream.is_complete:
            raise completed_error()

    def _can_hold(self) -> bool:
        """Return whether the next event may become the whole response to an action.

        A subscription gets a stream, because a whole response would end it for good. So does a
        client that sends the id of its last event, because it is resuming a stream.
        """
        return (
            self._is_datastar
            and not self._is_started
            and not self._is_head
            and self._last_event_id is None
            and not self._is_subscription
            and "content-type" not in self._headers
        )

    def _hold(self, event: Event) -> bool:
        """Hold the event for this turn of the event loop, if it may be the only one."""
        if not self._can_hold():
            return False
        self._stream.check_loop()
        self._check_stream_status()
        self._held_handle = asyncio.get_running_loop().call_soon(self._stream_held)
        self._held = event
        self._fix_head()
        return True

    def _take_held(self) -> Event | None:
        if self._held_handle is not None:
            self._held_handle.cancel()
            self._held_handle = None
        held, self._held = self._held, None
        return held

    def _stream_held(self) -> None:
        """Start a stream with the held event."""
        held = self._take_held()
        if held is not None:
            self._is_streaming = True
            self._start(200, self._stream_headers)
            self._stream.write(held.framed())

    def _respond_with_held(self) -> None:
        """Send the held event as the whole response: no other event will follow."""
        answer = None if self._held is None else self._held.whole()
        if answer is None:
            self._stream_held()
            return
        self._take_held()
        length = ("content-length", str(len(answer.body)))
        self._start(200, [*answer.headers, NO_CACHE, length])
        self._stream.complete(answer.body)

    def _open_stream(self, *_sources: object) -> None:
        self._start_stream()  # the client learns at once that the stream is open
        if self._is_head:
            self._stream.end(Ending.COMPLETE)

    def _start_stream(self) -> None:
        self._stream.check_loop()
        if not self._is_streaming:
            self._stream_held()
        if self._is_streaming:
            if self._stream.is_complete:
                raise completed_error()
            return
        if self._is_started:
            raise ResponseEndedError(
                "cannot write an event after the response is complete",
                why="a response is one whole page or a stream of events, never both",
                fix="w.patch(page)  (instead of w.html(page) before it)",
            )
        self._check_stream_status()
        self._is_streaming = True
        self._start(200, self._stream_headers)
        if self._is_subscription and not self._is_head:
            self._stream.write(OPENED, is_event=False)

    def _check_stream_status(self) -> None:
        if self.status != 200:
            raise ResponseError(
                f"cannot stream events with status {self.status}",
                where="w.status",
                why="Datastar ignores the body of every response with a status other than 200",
                fix="w.patch(error_view(…))  (with status 200)",
            )
