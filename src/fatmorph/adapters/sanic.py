"""Sanic: handlers for its own server.

Sanic cancels a handler when its client leaves; our handlers are notified instead, and clean up.
Sanic closes a connection after `RESPONSE_TIMEOUT` seconds without output, by default 60; the
heartbeat of `w.alive()` is sent earlier.

Source: https://sanic.dev/en/guide/advanced/streaming.html
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from typing import Any, cast
from urllib.parse import unquote

from sanic.compat import Header
from sanic.exceptions import RequestCancelled
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse

from fatmorph.adapters._departure import Departure, is_whole, respond_shielded
from fatmorph.adapters._handler_end import check_handler
from fatmorph.adapters._respond import Handler
from fatmorph.context import Context
from fatmorph.http._form_parser import MAX_DISCARDED_BYTES
from fatmorph.settings import Settings
from fatmorph.shutdown import is_stopping

__all__ = ("endpoint",)


def endpoint(
    handler: Handler, *, settings: Settings | None = None
) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return a Sanic handler for a fatmorph handler; a decorator below Sanic's own.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is Sanic's
            Request.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        @app.get("/rooms/<number:int>")
        @endpoint
        async def room(c: Context, w: Writer) -> None:
            w.html(room_view(c.path_params["number"]))
    """
    check_handler(handler)

    @functools.wraps(handler)
    async def respond_to(request: Request | Context, *rest: Any, **path_params: Any) -> None:
        if isinstance(request, Context):  # with a Writer, in a test
            return await handler(request, *rest)
        connection = _Connection(request)
        try:
            await respond_shielded(handler, _context(request, path_params), connection, settings)
        finally:
            connection.end()

    return respond_to


def _context(request: Request, path_params: dict[str, Any]) -> Context:
    is_cut = False

    async def read_body(max_bytes: int) -> bytes | None:
        nonlocal is_cut
        if not request.body and not is_cut:
            body = await _read(request, max_bytes)
            is_cut = body is None
            request.body = body or b""
        return None if is_cut or len(request.body) > max_bytes else request.body

    return Context(
        method=request.method,
        path=unquote(request.path),
        root_path=_root_path(request),
        route=request.uri_template or "",
        query_string=request.query_string,
        headers=cast("Iterable[tuple[str, str]]", request.headers.items()),
        path_params=path_params,
        read_body=read_body,
        read_parts=lambda: _parts(request),
        request=request,
        client=request.ip,
    )


def _root_path(request: Request) -> str:
    """Return the prefix that a proxy has removed, if Sanic's configuration trusts the proxy.

    Source: https://sanic.dev/en/guide/advanced/proxy-headers.html (`x-forwarded-path`)
    """
    path = unquote(request.path)
    asked = str(request.forwarded.get("path", ""))
    # nginx's `$request_uri` has the query. A question mark that was encoded is a part of the path.
    for candidate in (asked.partition("?")[0], asked):
        if candidate.endswith(path):
            return candidate.removesuffix(path)
    return ""


async def _read(request: Request, max_bytes: int) -> bytes | None:
    """Return the body of a route with `stream=True`, or discard it if it has more bytes."""
    body, received = bytearray(), 0
    async for part in _parts(request):
        received += len(part)
        if received <= max_bytes:
            body += part
        elif received > MAX_DISCARDED_BYTES:
            break
    return bytes(body) if received <= max_bytes else None


async def _parts(request: Request) -> AsyncIterator[bytes]:
    """Yield the parts of a body, which Sanic has read unless the route has `stream=True`."""
    if request.body:
        yield request.body
    elif request.stream is not None:
        stream: Any = request.stream  # Any: it has no declared type for its parts
        async for part in stream:
            yield part


class _Connection(Departure):
    """A Transport over Sanic's response."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self._request = request
        self._response: BaseHTTPResponse
        self._is_open = False

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Send the status line and the headers."""
        response = HTTPResponse(status=status, headers=Header(headers))
        # The cast: it is this response, or a middleware's replacement.
        self._response = cast("BaseHTTPResponse", await self._request.respond(response))
        self._is_open = True
        if not is_whole(status, headers):
            try:
                await self._send(b"", is_last=False)  # Sanic sends the head with the first part
            finally:
                if self._request.method == "HEAD":
                    # Sanic's response would await `stream.send()`, which is not a coroutine here.
                    stream: Any = self._request.stream  # Any: the stream of Sanic's own server
                    stream.send(b"", True)
                    self._is_open = False

    async def send(self, data: bytes, *, more: bool) -> None:
        """Send a part of the body, unless the request is a HEAD."""
        if self._is_open:
            await self._send(data, is_last=not more)
            self._is_open = more

    async def _send(self, data: bytes, *, is_last: bool) -> None:
        try:
            await self._response.send(data, end_stream=is_last)
        except RequestCancelled as error:
            raise ConnectionResetError("the client left") from error

    def end(self) -> None:
        """Close the connection of an incomplete response, which Sanic would complete."""
        # A stopping server closes the idle connections only once, so later ones are closed here.
        if self._is_open or is_stopping():
            self._request.transport.close()
