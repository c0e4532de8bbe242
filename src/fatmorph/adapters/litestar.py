"""Litestar: handlers as route handlers, and streams returned by them.

Dependencies work in both; those that `yield` are closed before a response begins, as for every
response of Litestar's. Its status for a POST, 201, is not taken: Datastar ignores all but 200.

Source: https://docs.litestar.dev/latest/usage/responses.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from litestar.background_tasks import BackgroundTask, BackgroundTasks
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.response import Response
from litestar.types import Empty, ResponseCookies, ResponseHeaders
from litestar.utils.scope.state import ScopeState

from fatmorph.adapters._base import Handler, respond
from fatmorph.adapters._endpoint import InjectedHandler, injected, with_headers
from fatmorph.adapters.asgi import AsgiConnection, Receive, Scope, Send
from fatmorph.settings import Settings

__all__ = ("WriterResponse", "endpoint")


class WriterResponse(Response[None]):
    """A response that a handler writes.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is a Request of
            Litestar's.
        headers: Added to the handler's, as are those that Litestar's layers declare.
        cookies: Likewise.
        background: Run when the response is over.
        settings: What the route allows its clients; by default `Settings()`.

    Example:
        @get("/subscribe")
        async def subscribe(user: NamedDependency[User]) -> WriterResponse:
            async def stream(c: Context, w: Writer) -> None:
                w.patch(home_view(user))

            return WriterResponse(stream)
    """

    __slots__ = ("handler", "settings")

    def __init__(
        self,
        handler: Handler,
        *,
        headers: ResponseHeaders | None = None,
        cookies: ResponseCookies | None = None,
        background: BackgroundTask | BackgroundTasks | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(None, headers=headers, cookies=cookies, background=background)
        self.handler = handler
        self.settings = settings

    def to_asgi_response(
        self,
        app: Any,  # noqa: ARG002 - Litestar passes it
        request: Any,
        *,
        background: BackgroundTask | BackgroundTasks | None = None,
        cookies: Iterable[Cookie] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Any:
        """Return the ASGI application that answers; Litestar calls it."""
        raw = _raw({**(headers or {}), **self.headers}, (*(cookies or ()), *self.cookies))

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            connection = AsgiConnection(receive, with_headers(send, raw))
            context = connection.context(
                scope,
                path_params=scope["path_params"],
                request=_own_request(connection, request, scope, send),
            )
            await respond(self.handler, context, connection, self.settings)
            if task := self.background or background:
                await task()

        return answer


def endpoint(
    handler: InjectedHandler, *, settings: Settings | None = None
) -> Callable[..., Awaitable[WriterResponse]]:
    """Return a function for a handler that Litestar's decorators take.

    Args:
        handler: `async def handler(c: Context, w: Writer, …) -> None`; its further parameters
            are Litestar's: of the path, of the query, dependencies, `data`.
        settings: What the route allows its clients; by default `Settings()`.

    Example:
        @get("/rooms/{number:int}")
        @endpoint
        async def room(c: Context, w: Writer, number: FromPath[int]) -> None:
            w.html(room_view(number))
    """

    def respond_with(handle: Handler) -> WriterResponse:
        return WriterResponse(handle, settings=settings)

    return injected(handler, respond_with, WriterResponse)


def _own_request(connection: AsgiConnection, request: Any, scope: Any, send: Send) -> Any:
    """Return what the handler reads by, and tell the connection what has been read."""
    state = ScopeState.from_scope(scope)
    if state.body is not Empty:
        connection.replay_body(state.body)
    # Litestar keeps the fields of a form whose parts came with files, and nothing else of it.
    elif not request.is_connected or (
        state.form is not Empty and request.content_type[0] == RequestEncodingType.MULTI_PART
    ):
        connection.lose_body()
        return request
    return type(request)(scope, connection.receive, send)


def _raw(headers: Mapping[str, str], cookies: Iterable[Cookie]) -> list[tuple[bytes, bytes]]:
    raw = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    ]
    last = {cookie.key: cookie for cookie in cookies if not cookie.documentation_only}
    return raw + [cookie.to_encoded_header() for cookie in last.values()]
