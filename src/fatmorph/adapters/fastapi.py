"""FastAPI: handlers as path operations, and streams returned by them.

Dependencies work in both; those with `yield` stay open until the stream has ended, which
FastAPI does since 0.118.

Source: https://fastapi.tiangolo.com/advanced/custom-response/
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from fastapi import Depends
from fastapi.requests import Request
from fastapi.responses import Response
from starlette.background import BackgroundTask
from starlette.types import Receive, Scope, Send

from fatmorph.adapters._base import Handler
from fatmorph.adapters._endpoint import InjectedHandler, injected
from fatmorph.adapters.asgi import AsgiConnection
from fatmorph.context import Context
from fatmorph.settings import Settings
from fatmorph.writer import Writer

__all__ = ("WriterResponse", "endpoint")

WITH_REQUEST = "WriterResponse(stream, request=request)  (with request: Request in the route)"


class WriterResponse(Response):
    """A response that a handler writes.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is FastAPI's
            Request.
        status_code: The initial value of `w.status`.
        headers: Added to the handler's headers, together with cookies of `set_cookie()`.
        background: Run after the response, like FastAPI's BackgroundTasks.
        request: The Request of the route; with it, the handler can read the body even if the
            route or a dependency has read it.
        settings: The limits and the policies of the route; by default `Settings()`.

    Example:
        @app.get("/subscribe")
        async def subscribe(user: Annotated[User, Depends(current_user)]) -> WriterResponse:
            async def stream(c: Context, w: Writer) -> None:
                w.patch(home_view(user))

            return WriterResponse(stream)
    """

    def __init__(
        self,
        handler: Handler,
        *,
        status_code: int = 200,  # FastAPI reads the default for its schema
        headers: Mapping[str, str] | None = None,
        background: BackgroundTask | None = None,
        request: Request | None = None,
        settings: Settings | None = None,
    ) -> None:
        # Not `super().__init__()`, which would create a body with a length and a type.
        self.handler = handler
        self.status_code = status_code
        self.background = background
        self.request = request
        self.settings = settings
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to the request."""
        connection = AsgiConnection(scope, receive, send, headers=self.headers.items())
        await connection.respond(self._handle, self.settings, self._request(connection))
        if self.background is not None:
            await self.background()

    def _request(self, connection: AsgiConnection) -> Request:
        """Return the handler's Request; a body that was already read goes to the connection."""
        # Private, but Starlette has no public way to ask without waiting for a body.
        if self.request is not None and getattr(self.request, "_stream_consumed", False):
            connection.take_body(getattr(self.request, "_body", None))
            return self.request
        route = connection.scope.get("route")
        if self.request is None and getattr(route, "body_field", None) is not None:
            connection.take_body(None, fix=WITH_REQUEST)
        return Request(connection.scope, connection.receive)

    async def _handle(self, c: Context, w: Writer) -> None:
        if self.status_code != 200:  # 200 is the default, and without content it becomes a 204
            w.status = self.status_code
        await self.handler(c, w)


def endpoint(
    handler: InjectedHandler, *, settings: Settings | None = None
) -> Callable[..., Awaitable[WriterResponse]]:
    """Return a path operation function for a handler; a decorator below FastAPI's own.

    Args:
        handler: `async def handler(c: Context, w: Writer, …) -> None`; its further parameters
            are FastAPI's: path parameters, query parameters and dependencies.
        settings: The limits and the policies of the route; by default `Settings()`.

    Example:
        @app.get("/rooms/{number}")
        @endpoint
        async def room(c: Context, w: Writer, number: int) -> None:
            w.html(room_view(number))
    """
    own_request = Annotated[Request, Depends(_own_request)]
    return injected(handler, WriterResponse, settings, request=own_request)


# A dependency, because a Request parameter of our own could replace one of the handler's.
async def _own_request(request: Request) -> Request:
    return request
