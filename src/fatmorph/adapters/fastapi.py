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
        status_code: What `w.status` begins with.
        headers: Added to the handler's, as is what `set_cookie()` sets.
        background: Run when the response is over; FastAPI's BackgroundTasks are too.
        request: What FastAPI gives the route; the handler then finds the body even if the route
            or a dependency has read it.
        settings: What the route allows its clients; by default `Settings()`.

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
        # Not the base's, which would make a body, and a length and a type for it.
        self.handler = handler
        self.status_code = status_code
        self.background = background
        self.request = request
        self.settings = settings
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        connection = AsgiConnection(scope, receive, send, headers=self.headers.items())
        await connection.respond(self._handle, self.settings, self._request(connection))
        if self.background is not None:
            await self.background()

    def _request(self, connection: AsgiConnection) -> Request:
        """Return what the handler reads by, and tell the connection what has been read."""
        # Private, but Starlette has no other way to ask without waiting for a body to come.
        if self.request is not None and getattr(self.request, "_stream_consumed", False):
            connection.take_body(getattr(self.request, "_body", None))
            return self.request
        route = connection.scope.get("route")
        if self.request is None and getattr(route, "body_field", None) is not None:
            connection.take_body(None, fix=WITH_REQUEST)
        return Request(connection.scope, connection.receive)

    async def _handle(self, c: Context, w: Writer) -> None:
        if self.status_code != 200:  # 200 is what a handler that says nothing has; it is a 204
            w.status = self.status_code
        await self.handler(c, w)


def endpoint(
    handler: InjectedHandler, *, settings: Settings | None = None
) -> Callable[..., Awaitable[WriterResponse]]:
    """Return a path operation function for a handler; a decorator below FastAPI's own.

    Args:
        handler: `async def handler(c: Context, w: Writer, …) -> None`; its further parameters
            are FastAPI's: of the path, of the query, dependencies.
        settings: What the route allows its clients; by default `Settings()`.

    Example:
        @app.get("/rooms/{number}")
        @endpoint
        async def room(c: Context, w: Writer, number: int) -> None:
            w.html(room_view(number))
    """
    own_request = Annotated[Request, Depends(_own_request)]
    return injected(handler, WriterResponse, settings, request=own_request)


# A dependency: a function's own Request would take the place of another one of the handler's.
async def _own_request(request: Request) -> Request:
    return request
