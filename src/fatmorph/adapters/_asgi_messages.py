"""ASGI's messages: their types, and the state of one request's messages.

Sources: https://asgi.readthedocs.io/en/latest/specs/main.html#applications and
https://asgi.readthedocs.io/en/latest/specs/www.html#request-receive-event
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

__all__ = ("Message", "Receive", "Received", "Scope", "Send")

# Any: ASGI's own definition.
Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

DISCONNECT: Message = {"type": "http.disconnect"}


class Received:
    """The received part of one request, for a reader of its body and a reader of its messages."""

    def __init__(self) -> None:
        self.body: bytes | bytearray = b""
        self.body_bytes = 0
        self.is_discarded = False
        self.is_complete = False
        self.is_disconnected = False
        self._passed_bytes = 0
        self._is_passed = False

    def take(self, message: Message, max_bytes: int) -> None:
        """Record a message; a body longer than `max_bytes` is discarded."""
        if message["type"] == "http.disconnect":
            self.is_disconnected = True
            return
        part = message.get("body", b"")
        self.body_bytes += len(part)
        self.is_complete = not message.get("more_body", False)
        if self.is_discarded or self.body_bytes > max_bytes:
            self.discard()
        elif self.body:
            self.body = self.body if isinstance(self.body, bytearray) else bytearray(self.body)
            self.body += part
        else:
            self.body = bytes(part)  # most bodies have one part, which is not copied

    def discard(self) -> None:
        """Discard the body: the parts received so far, and all later ones."""
        self.is_discarded = True
        self.body = b""

    def unpassed(self) -> Message | None:
        """Return everything that the reader of messages has not got yet, as one message."""
        is_behind = self._passed_bytes < self.body_bytes
        if is_behind and self.is_discarded:
            return DISCONNECT
        if is_behind or (self.is_complete and not self._is_passed):
            part = bytes(self.body[self._passed_bytes :])
            return {"type": "http.request", "body": part, "more_body": not self.is_complete}
        return DISCONNECT if self.is_disconnected else None

    def note_passed(self) -> None:
        """Note that the reader of messages has got everything."""
        self._passed_bytes = self.body_bytes
        self._is_passed = self.is_complete
