"""Plain ASGI: a handler as an application, for any ASGI server or framework.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from fatmorph.adapters._asgi_messages import Message, Receive, Scope, Send
from fatmorph.adapters._asgi_request import AsgiRequest
from fatmorph.adapters._handler_end import check_handler
from fatmorph.adapters._respond import Handler, respond
from fatmorph.context import Context, ParsedForm
from fatmorph.http._cache_control import own_or_default
from fatmorph.settings import Settings

__all__ = ("ROUTE", "AsgiConnection", "Message", "Receive", "Scope", "Send", "application")

ROUTE = "fatmorph.route"
"""The key of a scope with the pattern of a route, for routers that leave none."""
# Headers of which a response may have several.
COMBINED = frozenset({"set-cookie", "vary"})


def application(
    handler: Handler, *, settings: Settings | None = None
) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Return an ASGI application that answers every request with one handler.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        app = application(home)  # uvicorn main:app
    """
    check_handler(handler)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await AsgiConnection(scope, receive, send).respond(handler, settings)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})

    return app


class AsgiConnection(AsgiRequest):
    """One request's `scope`, `receive` and `send`: its Context, and a Transport.

    Args:
        scope: The server's arguments to the application.
        receive: Likewise; a framework's own request gets this object's method instead.
        send: Likewise.
        headers: Added to the handler's headers, which win, but cookies and Vary are combined.
    """

    __slots__ = ("_headers", "_send")

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, *, headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        super().__init__(scope, receive)
        self._send = send
        self._headers = headers

    def context(self, request: Any = None, parsed_form: ParsedForm | None = None) -> Context:
        """Return the Context of the request; `c.request` is the scope, or the framework's."""
        scope = self.scope
        return Context(
            method=scope["method"],
            path=scope["path"],
            root_path=scope.get("root_path", ""),
            route=_route(scope),
            query_string=scope["query_string"].decode("latin-1"),
            headers=[(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]],
            path_params=scope.get("path_params"),  # where routers leave them
            read_body=self.read_body,
            read_parts=self.read_parts,
            parsed_form=parsed_form,
            request=scope if request is None else request,
            client=(scope.get("client") or ("",))[0],
        )

    def respond(
        self,
        handler: Handler,
        settings: Settings | None,
        request: Any = None,
        parsed_form: ParsedForm | None = None,
    ) -> Awaitable[None]:
        """Run a handler with the framework's `request` and complete its response."""
        return respond(handler, self.context(request, parsed_form), self, settings)

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Send the status line and the headers."""
        own = list(self._headers)
        headers = own_or_default(headers, own)
        written = {name for name, _ in headers} - COMBINED
        added = [header for header in own if header[0].lower() not in written]
        raw = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in (*headers, *added)
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    def send(self, data: bytes, *, more: bool) -> Awaitable[None]:
        """Send a part of the body."""
        # hot: as tests/benchmarks/fan_out.py shows. Checked first, because asyncio silently drops
        # data for a closed connection, and hypercorn waits for ever until it is taken.
        is_closing = self._is_closing
        if self._received.is_disconnected or (is_closing is not None and is_closing()):
            raise ConnectionResetError("the client left")
        return self._send({"type": "http.response.body", "body": data, "more_body": more})


def _route(scope: Scope) -> str:
    """Return the pattern of the router that has found this application, if it leaves one."""
    pattern = scope.get(ROUTE) or scope.get("path_template")  # ours, or Litestar's
    return str(pattern or getattr(scope.get("route"), "path", ""))  # FastAPI's


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
