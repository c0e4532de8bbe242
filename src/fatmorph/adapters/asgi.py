"""Plain ASGI: a handler as an application, for any ASGI server or framework.

Sources: https://asgi.readthedocs.io/en/latest/specs/www.html and, for how a server says that
the client left, https://asgi.readthedocs.io/en/latest/specs/www.html#disconnect-receive-event
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias

from fatmorph.adapters._base import Handler, respond
from fatmorph.context import MAX_BODY_BYTES, MAX_SIGNAL_BYTES, Context
from fatmorph.errors import MomentError
from fatmorph.settings import Settings

__all__ = ("AsgiConnection", "Message", "Receive", "Scope", "Send", "application")

# Any: ASGI's own definition; https://asgi.readthedocs.io/en/latest/specs/main.html#applications
Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

# What is read and thrown away of a body that is too large, so that the client, which reads
# its answer only after it has sent everything, gets to see it.
MAX_DISCARDED_BYTES = 64 * 1024 * 1024
DISCONNECT: Message = {"type": "http.disconnect"}
READ_AGAIN = (
    "await c.request.form()  (a form; request.body() keeps a body, request.stream() does not)"
)


def application(
    handler: Handler, *, settings: Settings | None = None
) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Return an ASGI application that answers every request with one handler.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`.
        settings: What the route allows its clients; by default `Settings()`.

    Example:
        app = application(home)  # uvicorn main:app
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            connection = AsgiConnection(receive, send)
            await respond(handler, connection.context(scope), connection, settings)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})

    return app


class AsgiConnection:
    """One request's `receive` and `send`, as a Transport and as the body of a Context.

    `receive` is the only way to read the body and to learn that the client left, so everything
    that reads goes through here, one message at a time: a handler reads its body while the
    stream waits for the client to leave, and the framework's own request reads it once more.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._scope: Scope = {}
        self._read_again: str | None = None
        self._receiving = asyncio.Lock()
        self._body = bytearray()
        self._received_bytes = 0
        self._passed_bytes = 0
        self._is_discarded = False
        self._is_received = False
        self._is_passed = False
        self._is_closed = False

    def context(
        self, scope: Scope, *, path_params: Mapping[str, Any] | None = None, request: Any = None
    ) -> Context:
        """Return the Context of the request."""
        self._scope = scope
        return Context(
            method=scope["method"],
            path=scope["path"],
            query_string=scope["query_string"].decode("latin-1"),
            headers=[(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]],
            path_params=path_params,
            read_body=self.read_body,
            request=scope if request is None else request,
        )

    def replay_body(self, body: bytes) -> None:
        """Take the whole body, which the framework has received."""
        self._body += body
        self._received_bytes = len(body)
        self._is_received = True

    def lose_body(self, fix: str = READ_AGAIN) -> None:
        """Take note that the framework has received the body, and kept nothing to read again."""
        self._read_again = fix
        self._is_received = True

    async def read_body(self, max_bytes: int) -> bytes | None:
        """Return the whole body, or None if it has more than `max_bytes`.

        Raises:
            MomentError: Somebody has read it before, and it is gone.
            OSError: The client left before the end of it.
        """
        while not self._is_over():
            async with self._receiving:
                if not self._is_over():
                    await self._receive_message(max_bytes)
        if self._is_discarded or len(self._body) > max_bytes:
            return None
        if not self._is_received:
            raise ConnectionResetError("the client left before the end of the body")
        if not self._received_bytes:
            self._check_is_empty()
        return bytes(self._body)

    async def receive(self) -> Message:
        """Receive for the framework's own request object: what we have read comes first."""
        message = self._unpassed_message()
        if message is None:
            async with self._receiving:
                message = self._unpassed_message() or await self._receive_message(MAX_BODY_BYTES)
        self._passed_bytes = self._received_bytes
        self._is_passed = self._is_received
        return message

    def _unpassed_message(self) -> Message | None:
        is_behind = self._passed_bytes < self._received_bytes
        if is_behind and self._is_discarded:
            return DISCONNECT
        if is_behind or (self._is_received and not self._is_passed):
            part = bytes(self._body[self._passed_bytes :])
            return {"type": "http.request", "body": part, "more_body": not self._is_received}
        return DISCONNECT if self._is_closed else None

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Send the status line and the headers."""
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    def send(self, data: bytes, *, more: bool) -> Awaitable[None]:
        """Send a part of the body."""
        return self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def wait_closed(self) -> None:
        """Return when the client is gone."""
        while not self._is_closed:
            async with self._receiving:
                if not self._is_closed:
                    # A stream's body is signals; a larger one is read before `alive`, or not.
                    await self._receive_message(MAX_SIGNAL_BYTES)

    def _check_is_empty(self) -> None:
        lengths = [v for name, v in self._scope.get("headers", ()) if name == b"content-length"]
        # Starlette's middleware passes an empty body on when it has read the real one as a stream.
        if self._read_again is None and not any(length.strip(b"0") for length in lengths):
            return
        raise MomentError(
            "cannot read a body that was read before",
            where=f"{self._scope['method']} {self._scope['path']}",
            why="a parameter, a form, a stream or a middleware has used it up",
            fix=self._read_again or READ_AGAIN,
        )

    def _is_over(self) -> bool:
        is_too_much = self._is_discarded and self._received_bytes > MAX_DISCARDED_BYTES
        return self._is_received or self._is_closed or is_too_much

    async def _receive_message(self, max_bytes: int) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_closed = True
            return message
        body = message.get("body", b"")
        self._received_bytes += len(body)
        self._is_received = not message.get("more_body", False)
        self._is_discarded = self._is_discarded or self._received_bytes > max_bytes
        if self._is_discarded:
            self._body.clear()
        else:
            self._body += body
        return message


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
