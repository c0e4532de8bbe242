"""Litestar: handlers as route handlers, and streams returned by them.

Dependencies work in both; those that `yield` are closed before the response starts, as with every
Litestar response. Litestar's default status for a POST, 201, is not used, because Datastar ignores
every status but 200.

Source: https://docs.litestar.dev/latest/usage/responses.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, cast

from litestar.background_tasks import BackgroundTask, BackgroundTasks
from litestar.datastructures import Cookie, FormMultiDict
from litestar.response import Response
from litestar.types import Empty, ResponseCookies, ResponseHeaders
from litestar.utils.scope.state import ScopeState

from fatmorph.adapters._injection import InjectedHandler, injected
from fatmorph.adapters._parsed_form import parsed_pairs
from fatmorph.adapters._respond import Handler
from fatmorph.adapters.asgi import AsgiConnection, Receive, Scope, Send
from fatmorph.context import ParsedForm
from fatmorph.settings import Settings

__all__ = ("WriterResponse", "endpoint")


class WriterResponse(Response[None]):
    """A response that a handler writes.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is Litestar's
            Request.
        headers: Added to the handler's headers, together with those of Litestar's layers.
        cookies: Likewise.
        background: Run after the response.
        settings: The limits and the policies of the route; by default `Settings()`.

    Example:
        @get("/subscribe")
        async def subscribe(user: NamedDependency[User]) -> WriterResponse:
            async def stream(c: Context, w: Writer) -> None:
                w.patch(home_view(user))

            return WriterResponse(stream)
    """

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
        """Return the ASGI application that responds; Litestar calls this."""
        added = _added({**(headers or {}), **self.headers}, (*(cookies or ()), *self.cookies))

        async def respond_to(scope: Scope, receive: Receive, send: Send) -> None:
            connection = AsgiConnection(scope, receive, send, headers=added)
            own_request = _own_request(connection, request, send)
            try:
                form = _parsed_form(request)
                await connection.respond(self.handler, self.settings, own_request, form)
            except Exception:
                # Litestar does not log it, but raises its own error, and granian logs that alone.
                logger = request.app.logger
                if ScopeState.from_scope(request.scope).response_started and logger is not None:
                    logger.exception("Exception after the head of a response")
                raise
            if task := self.background or background:
                await task()

        return respond_to


def endpoint(
    handler: InjectedHandler, *, settings: Settings | None = None
) -> Callable[..., Awaitable[WriterResponse]]:
    """Return a function for a handler; a decorator below Litestar's own.

    Args:
        handler: `async def handler(c: Context, w: Writer, …) -> None`; its further parameters
            are Litestar's: path parameters, query parameters, dependencies and `data`.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        @get("/rooms/{number:int}")
        @endpoint
        async def room(c: Context, w: Writer, number: FromPath[int]) -> None:
            w.html(room_view(number))
    """
    return injected(handler, WriterResponse, settings)


def _own_request(connection: AsgiConnection, request: Any, send: Send) -> Any:
    """Return the handler's Request; a body that was already read goes to the connection."""
    state = ScopeState.from_scope(request.scope)
    if state.body is not Empty:
        connection.take_body(state.body)
    # Litestar keeps only the parsed fields of a multipart form.
    elif not request.is_connected or (
        state.form is not Empty and request.content_type[0] == "multipart/form-data"
    ):
        connection.take_body(None)
        return request
    return type(request)(connection.scope, connection.receive, send)


def _parsed_form(request: Any) -> ParsedForm:
    def pairs() -> Any:
        form = ScopeState.from_scope(request.scope).form
        if form is Empty:
            return None
        return parsed_pairs(FormMultiDict.from_form_data(cast("Any", form)).items())

    return pairs


def _added(headers: Mapping[str, str], cookies: Iterable[Cookie]) -> list[tuple[str, str]]:
    last = {cookie.key: cookie for cookie in cookies if not cookie.documentation_only}
    set_cookies = [("set-cookie", cookie.to_header(header="").strip()) for cookie in last.values()]
    return [*headers.items(), *set_cookies]
