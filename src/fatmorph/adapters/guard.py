"""The same-origin guard for a whole ASGI application, including the framework's own routes.

Handlers of fatmorph always have this guard. Use this module for code that runs before or without a
handler: dependencies, middleware, routes that return JSON, and WebSockets.

Sources: https://asgi.readthedocs.io/en/latest/specs/main.html#middleware,
https://asgi.readthedocs.io/en/latest/specs/www.html#websocket-connection-scope
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from fatmorph.adapters._respond import log_refusal, respond
from fatmorph.adapters.asgi import AsgiConnection, Receive, Scope, Send
from fatmorph.context import Context
from fatmorph.errors import OriginError
from fatmorph.http.origin import WEBSOCKET, check_origin
from fatmorph.settings import Settings
from fatmorph.writer import Writer

__all__ = ("SameOriginGuard",)


class SameOriginGuard:
    """A middleware that refuses actions and WebSockets from other sites with a 403.

    Args:
        app: Any ASGI application.
        allowed_origins: As `Settings.allowed_origins`, for the whole application.
        own_origin: As `Settings.own_origin`.

    Raises:
        SettingsError: If a browser would never send such an origin.

    Example:
        app.add_middleware(SameOriginGuard, allowed_origins={"https://partner.example"})
    """

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        *,
        allowed_origins: Collection[str] = frozenset(),
        own_origin: str | None = None,
    ) -> None:
        self.app = app
        self.settings: Settings = Settings(allowed_origins=allowed_origins, own_origin=own_origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on."""
        if scope["type"] == "http":
            connection = AsgiConnection(scope, receive, send)
            context = connection.context()
            if self._refusal(context) is not None:
                await respond(_never, context, connection, self.settings)  # which refuses it
                return
        elif scope["type"] == "websocket":
            context = _handshake(scope)
            if error := self._refusal(context):
                log_refusal(context, error)
                await send({"type": "websocket.close"})  # before `accept`: the server sends a 403
                return
        await self.app(scope, receive, send)

    def _refusal(self, context: Context) -> OriginError | None:
        try:
            check_origin(
                context.method,
                context.headers,
                self.settings.allowed_origins,
                self.settings.own_origin,
            )
        except OriginError as error:
            return error
        return None


def _handshake(scope: Scope) -> Context:
    headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope.get("headers", ())]
    return Context(method=WEBSOCKET, path=scope.get("path", ""), headers=headers)


async def _never(c: Context, w: Writer) -> None:
    """Handle a refused request; never called."""
