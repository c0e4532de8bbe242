"""Plain ASGI: a handler as an application, for any ASGI server or framework.

Sources: https://asgi.readthedocs.io/en/latest/specs/www.html and, for how a server says that
the client left, https://asgi.readthedocs.io/en/latest/specs/www.html#disconnect-receive-event
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias

from fatmorph.adapters._base import Handler, respond
from fatmorph.context import Context
from fatmorph.stream import Limits

__all__ = ("AsgiConnection", "Receive", "Scope", "Send", "application")

# Any: ASGI's own definition; https://asgi.readthedocs.io/en/latest/specs/main.html#applications
Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

# What is read and thrown away of a body that is too large, so that the client, which reads
# its answer only after it has sent everything, gets to see it.
MAX_DISCARDED_BYTES = 64 * 1024 * 1024


def application(
    handler: Handler, *, limits: Limits | None = None
) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Return an ASGI application that answers every request with one handler.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`.
        limits: When a client that does not read is given up.

    Example:
        app = application(home)  # uvicorn main:app
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            connection = AsgiConnection(receive, send)
            await respond(handler, connection.context(scope), connection, limits)

    return app


class AsgiConnection:
    """One request's `receive` and `send`, as a Transport and as the body of a Context.

    `receive` is the only way to read the body and to learn that the client left, so everything
    that reads goes through here.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._body = bytearray()
        self._discarded_bytes = 0
        self._is_body_read = False
        self._is_closed = False
        self._is_replayed = False
        self._reading = asyncio.Lock()

    def context(
        self, scope: Scope, *, path_params: Mapping[str, Any] | None = None, request: Any = None
    ) -> Context:
        """Return the Context of the request."""
        return Context(
            method=scope["method"],
            path=scope["path"],
            query_string=scope["query_string"].decode("latin-1"),
            headers=[(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]],
            path_params=path_params,
            read_body=self.read_body,
            request=scope if request is None else request,
        )

    async def read_body(self, max_bytes: int) -> bytes | None:
        """Return the whole body, or None if it has more than `max_bytes`."""
        async with self._reading:
            while not self._is_body_read and not self._is_closed:
                await self._read_message(max_bytes)
        return None if self._discarded_bytes else bytes(self._body)

    async def receive(self) -> Message:
        """Receive for the framework's own request object: a body read by us comes first."""
        if self._is_body_read and not self._is_replayed:
            self._is_replayed = True
            return {"type": "http.request", "body": bytes(self._body), "more_body": False}
        message = await self._receive()
        if message["type"] == "http.request":
            self._body += message.get("body", b"")
            self._is_body_read = not message.get("more_body", False)
            self._is_replayed = True
        return message

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Send the status line and the headers."""
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def send(self, data: bytes, *, more: bool) -> None:
        """Send a part of the body."""
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def wait_closed(self) -> None:
        """Return when the client is gone."""
        async with self._reading:
            while not self._is_closed:
                await self._read_message(MAX_DISCARDED_BYTES)

    async def _read_message(self, max_bytes: int) -> None:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_closed = True
            return
        self._body += message.get("body", b"")
        self._is_body_read = not message.get("more_body", False)
        if len(self._body) > max_bytes:
            self._discarded_bytes += len(self._body)
            self._body.clear()
        if self._discarded_bytes > MAX_DISCARDED_BYTES:
            self._is_body_read = True


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
