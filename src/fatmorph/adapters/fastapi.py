"""FastAPI: handlers as path operations, and streams returned by them.

Dependencies work in both; those with `yield` stay open until the stream has ended, which
FastAPI does since 0.118. Those of `scope="function"`, since 0.121, are open while their function
runs, and that is the handler.

Sources: https://fastapi.tiangolo.com/advanced/custom-response/,
https://fastapi.tiangolo.com/tutorial/dependencies/dependencies-with-yield/
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from typing import Annotated, Any

from fastapi import Depends
from fastapi.datastructures import DefaultPlaceholder
from fastapi.requests import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.background import BackgroundTask
from starlette.types import Receive, Scope, Send

from fatmorph.adapters._handler_end import called, check_returned
from fatmorph.adapters._injection import InjectedHandler, injected
from fatmorph.adapters._respond import Handler
from fatmorph.adapters.asgi import AsgiConnection
from fatmorph.adapters.starlette import parsed_form
from fatmorph.context import Context
from fatmorph.settings import Settings
from fatmorph.writer import Writer

__all__ = ("HandlerRoute", "WriterResponse", "endpoint")

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
        merged: The Response that FastAPI gives to dependencies; its status, headers and cookies
            are added, and the status of the route.
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
        merged: Response | None = None,
        settings: Settings | None = None,
    ) -> None:
        # Not `super().__init__()`, which would create a body with a length and a type.
        self.handler = handler
        self.status_code = status_code
        self.background = background
        self.request = request
        self.merged = merged
        self.settings = settings
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to the request."""
        headers = _MergedHeaders(self, self.merged)
        connection = AsgiConnection(scope, receive, send, headers=headers)

        @functools.wraps(self.handler)  # so that its failures are counted, and not all routes'
        async def handle(c: Context, w: Writer) -> None:
            await self._handle(c, w)

        request = self._request(connection)
        await connection.respond(handle, self.settings, request, parsed_form(request))
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
        status = self._status(c)
        if status != 200:  # 200 is the default, and without content it becomes a 204
            w.status = status
        check_returned(c, await called(self.handler, c, w))
        late = self._status(c)
        if late != status:
            w.status = late  # or raise, if it is too late

    def _status(self, c: Context) -> int:
        """Return the status that a dependency, the route, or the maker of this response wants."""
        if self.merged is None:
            return self.status_code
        route = c.request.scope.get("route")
        return self.merged.status_code or getattr(route, "status_code", None) or self.status_code


def endpoint(
    handler: InjectedHandler, *, settings: Settings | None = None
) -> Callable[..., Awaitable[WriterResponse]]:
    """Return a path operation function for a handler; a decorator below FastAPI's own.

    Args:
        handler: `async def handler(c: Context, w: Writer, …) -> None`; its further parameters
            are FastAPI's: path parameters, query parameters and dependencies.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        @app.get("/rooms/{number}")
        @endpoint
        async def room(c: Context, w: Writer, number: int) -> None:
            w.html(room_view(number))
    """
    return injected(
        handler,
        _HandlerResponse,
        settings,
        request=Annotated[Request, Depends(_own_request)],
        merged=Annotated[Response, Depends(_own_response)],
    )


class HandlerRoute(APIRoute):
    """The route of a router whose functions are handlers, which then need no `endpoint()`.

    A function whose annotation says that it returns a `WriterResponse` stays as it is. The schema
    of the routes promises no JSON.

    Args:
        path: As for FastAPI's own route, which makes it.
        endpoint: A handler, with further parameters of FastAPI's.
        options: As for FastAPI's own route.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        pages = APIRouter(route_class=HandlerRoute)

        @pages.get("/rooms/{number}")
        async def room(c: Context, w: Writer, number: int) -> None:
            w.html(room_view(number))

        app.include_router(pages)
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],  # Any: whatever FastAPI accepts
        **options: Any,  # Any: FastAPI's own
    ) -> None:
        if isinstance(options.get("response_class"), DefaultPlaceholder | None):
            options["response_class"] = WriterResponse
        super().__init__(path, _as_operation(endpoint), **options)


def _as_operation(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a handler as a path operation function, which another function is already."""
    returned = inspect.signature(function).return_annotation
    is_response = isinstance(returned, type) and issubclass(returned, WriterResponse)
    is_operation = is_response or returned == WriterResponse.__name__  # as text, if so imported
    return function if is_operation else endpoint(function)


class _HandlerResponse(WriterResponse):
    """The response of a handler that is itself the path operation function.

    FastAPI closes the dependencies of `scope="function"` when the path operation function has
    returned, which here only makes this response. So they are taken out of its reach.
    """

    def __init__(
        self, handler: Handler, *, request: Request, merged: Response, settings: Settings | None
    ) -> None:
        super().__init__(handler, request=request, merged=merged, settings=settings)
        self._dependencies = AsyncExitStack()
        # Private, but there is no public way to them; FastAPI before 0.121 has none.
        stack = request.scope.get("fastapi_function_astack")
        if stack is not None:
            self._dependencies = stack.pop_all()
            # A response that a middleware or an error replaces never runs its handler.
            request.scope["fastapi_inner_astack"].push_async_exit(self._dependencies)

    async def _handle(self, c: Context, w: Writer) -> None:
        error: BaseException | None = None
        try:
            async with self._dependencies:
                try:
                    await super()._handle(c, w)
                except BaseException as raised:
                    error = raised
                    raise
            if error is not None:
                raise error  # a dependency did not raise it again
        finally:
            del error  # its traceback holds this frame


class _MergedHeaders:
    """The headers that are added to a response, with those that its handler adds late."""

    def __init__(self, *responses: Response | None) -> None:
        self._responses = [response for response in responses if response is not None]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for response in self._responses:
            yield from response.headers.items()


# Dependencies, because parameters with these types would replace those of the handler.
async def _own_request(request: Request) -> Request:
    return request


async def _own_response(response: Response) -> Response:
    return response
