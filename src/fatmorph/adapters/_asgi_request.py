"""An ASGI request: its body, and its client's departure.

Both arrive only through `receive`, so all readers share this object, which receives one message at
a time: a handler reads the body while the stream waits for the client to leave, and the
framework's own request may read the body again.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html#disconnect-receive-event
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from fatmorph._servers.uvicorn import closing_check
from fatmorph.adapters._asgi_messages import Message, Receive, Received, Scope
from fatmorph.adapters._parsed_form import read_before_error
from fatmorph.context import MAX_BODY_BYTES, MAX_SIGNAL_BYTES
from fatmorph.errors import MomentError
from fatmorph.http._form_parser import MAX_DISCARDED_BYTES

__all__ = ("AsgiRequest",)

READ_AGAIN = (
    "await c.request.form()  (a form; request.body() keeps a body, request.stream() does not)"
)


class AsgiRequest:
    """One request's `scope` and `receive`."""

    __slots__ = (
        "__weakref__",
        "_is_closing",
        "_read_again",
        "_receive",
        "_received",
        "_receiving",
        "scope",
    )

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope: Scope = scope
        self._receive = receive
        self._receiving = asyncio.Lock()
        self._received = Received()
        self._read_again: str | None = None
        self._is_closing = closing_check(receive)

    @property
    def is_left(self) -> bool:
        """Whether the client is known to be gone."""
        is_closing = self._is_closing is not None and self._is_closing()
        return is_closing or self._received.is_disconnected

    def take_body(self, body: bytes | None, *, fix: str = READ_AGAIN) -> None:
        """Take over the whole body, which the framework has received.

        Args:
            body: The body; None if the framework has not kept it.
            fix: The code that reads the body instead, for the error if it was not kept.
        """
        message = {"type": "http.request", "body": body or b""}
        self._received.take(message, max_bytes=len(message["body"]))
        self._read_again = fix if body is None else None

    async def read_body(self, max_bytes: int) -> bytes | None:
        """Return the whole body, or None if it has more than `max_bytes`.

        Raises:
            MomentError: If other code has read the body, and did not keep it.
            OSError: If the client left before the end of the body.
        """
        received = self._received
        if self._stated_bytes() > max_bytes and not received.is_complete:
            received.discard()
        await self._receive_until(self._is_over, max_bytes)
        if received.is_discarded or len(received.body) > max_bytes:
            return None
        if not received.is_complete:
            raise ConnectionResetError("the client left before the end of the body")
        if not received.body_bytes:
            self._check_is_empty()
        return bytes(received.body)

    async def read_parts(self) -> AsyncIterator[bytes]:
        """Yield the parts of the body, without keeping them.

        No other reader receives a message until this one has ended.

        Raises:
            MomentError: If other code has read the body, and did not keep it.
            OSError: If the client left before the end of the body.
        """
        async with self._receiving:
            received = self._received
            if received.is_discarded:
                raise self._read_before_error()
            yield bytes(received.body)
            if not received.is_complete:
                received.discard()
            while not received.is_complete:
                if received.is_disconnected:
                    raise ConnectionResetError("the client left before the end of the body")
                message = await self._receive_message(0)
                yield message.get("body", b"")
            if not received.body_bytes:
                self._check_is_empty()

    async def receive(self) -> Message:
        """Receive for the framework's own request; it first gets everything that we have read."""
        message = self._received.unpassed()
        if message is None:
            async with self._receiving:
                message = self._received.unpassed() or await self._receive_message(MAX_BODY_BYTES)
        self._received.note_passed()
        return message

    async def wait_closed(self) -> None:
        """Return when the client is gone."""
        # The body of a stream's request contains signals; handlers read larger ones before
        # `alive()`, or never.
        await self._receive_until(lambda: self._received.is_disconnected, MAX_SIGNAL_BYTES)

    def _is_over(self) -> bool:
        received = self._received
        is_too_much = received.is_discarded and received.body_bytes > MAX_DISCARDED_BYTES
        return received.is_complete or received.is_disconnected or is_too_much

    async def _receive_until(self, is_over: Callable[[], bool], max_bytes: int) -> None:
        while not is_over():
            async with self._receiving:
                if not is_over():
                    await self._receive_message(max_bytes)

    async def _receive_message(self, max_bytes: int) -> Message:
        message = await self._receive()
        self._received.take(message, max_bytes)
        return message

    def _stated_bytes(self) -> int:
        lengths = [v for name, v in self.scope["headers"] if name == b"content-length"]
        return max((int(length) for length in lengths if length.isdigit()), default=0)

    def _check_is_empty(self) -> None:
        # Starlette's middleware passes on an empty body after it has read the real one as a stream.
        if self._read_again is not None or self._stated_bytes():
            raise self._read_before_error()

    def _read_before_error(self) -> MomentError:
        fix = self._read_again or READ_AGAIN
        return read_before_error(self.scope["method"], self.scope["path"], fix)
