"""aiohttp: handlers for its own server.

aiohttp does not notify a handler that its client left, unless the server was started with
`handler_cancellation=True`. Without that option, the connection of an open stream is checked once
a second.

Source: https://docs.aiohttp.org/en/stable/web_advanced.html#web-handler-cancellation
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import unquote

from aiohttp import StreamReader, web
from multidict import CIMultiDict

from fatmorph.adapters._departure import Departure, respond_shielded
from fatmorph.adapters._handler_end import check_handler
from fatmorph.adapters._parsed_form import parsed_pairs, read_before_error
from fatmorph.adapters._respond import Handler
from fatmorph.context import Context, ReadBody
from fatmorph.http._form_parser import Pairs
from fatmorph.settings import Settings

__all__ = ("endpoint",)

# A thousand idle streams that check once a second use about one percent of a core.
LOOK_SECONDS = 1.0
PART_BYTES = 64 * 1024  # read from a body at once


def endpoint(
    handler: Handler, *, settings: Settings | None = None
) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Return an aiohttp handler for a fatmorph handler; a decorator below aiohttp's own.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is aiohttp's
            Request, `c.path_params` its `match_info`.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        app.add_routes([web.get("/", endpoint(home)), web.post("/add", endpoint(add))])
    """
    check_handler(handler)

    @functools.wraps(handler)
    async def respond_to(request: web.Request | Context, *rest: Any) -> Any:  # Any: as below
        if isinstance(request, Context):  # with a Writer, in a test
            return await handler(request, *rest)
        connection = _Connection(request)
        await respond_shielded(handler, _context(request), connection, settings)
        return connection.ended_response()

    return respond_to


def _context(request: web.Request) -> Context:
    return Context(
        method=request.method,
        path=request.path,
        root_path=_root_path(request),
        route=_route(request),
        query_string=request.raw_path.partition("?")[2],
        headers=request.headers.items(),
        path_params=request.match_info,
        read_body=_body_reader(request),
        read_parts=lambda: _parts(request),
        parsed_form=lambda: _parsed_form(request),
        request=request,
        client=request.remote,
    )


def _root_path(request: web.Request) -> str:
    """Return the prefix of the sub-application that answers; empty for the main one."""
    apps = request.match_info.apps
    for app, parent in zip(apps[:0:-1], apps[-2::-1], strict=True):
        for resource in parent.router.resources():
            info = resource.get_info()
            # One for a host has a rule in its place, and the prefix of its parent.
            if info.get("app") is app and (prefix := info.get("prefix")):
                return unquote(prefix)
    return ""


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical


def _body_reader(request: web.Request) -> ReadBody:
    is_cut = False

    async def read_body(max_bytes: int) -> bytes | None:
        nonlocal is_cut
        if is_cut or (request.content_length or 0) > max_bytes:
            return None
        # `read()` stops only at aiohttp's limit. The length of a chunked or compressed body is
        # unknown.
        if request.can_read_body and not 0 < request.client_max_size <= max_bytes:
            body = await _read(request.content, max_bytes)
            is_cut = body is None
            # Private, but aiohttp has no public way to put a body back.
            request._read_bytes = body  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            return body
        body = await request.read()
        return body if len(body) <= max_bytes else None

    return read_body


async def _parts(request: web.Request) -> AsyncIterator[bytes]:
    # Private, as above: a body that was read is kept, and `read()` would read one up to a limit.
    kept = request._read_bytes  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    if kept is not None:
        yield kept
        return
    received = 0
    while part := await request.content.readany():
        received += len(part)
        yield part
    if received < (request.content_length or 0) and "content-encoding" not in request.headers:
        fix = "await c.request.post()  (it is kept), or await c.form() first"
        raise read_before_error(request.method, request.path, fix)


def _parsed_form(request: web.Request) -> Pairs | None:
    form = request._post  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    return None if form is None else parsed_pairs(form.items())


async def _read(stream: StreamReader, max_bytes: int) -> bytes | None:
    body = bytearray()
    while part := await stream.read(min(PART_BYTES, max_bytes + 1 - len(body))):
        body += part
        if len(body) > max_bytes:
            return None
    return bytes(body)


class _Connection(Departure):
    """A Transport over aiohttp's response."""

    def __init__(self, request: web.Request) -> None:
        super().__init__()
        self._request = request
        self._response = web.StreamResponse()
        self._is_complete = False

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Send the status line and the headers."""
        self._response = web.StreamResponse(status=status, headers=CIMultiDict(headers))
        await self._response.prepare(self._request)

    async def send(self, data: bytes, *, more: bool) -> None:
        """Send a part of the body."""
        if data:
            await self._response.write(data)
        if not more:
            await self._response.write_eof()
            self._is_complete = True

    async def wait_closed(self) -> None:
        """Return when the client is gone."""
        while not self.is_left and self._request.transport is not None:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await super().wait_closed()
            except TimeoutError:
                continue

    def ended_response(self) -> web.StreamResponse:
        """Return the response; if it is incomplete, its connection is closed first."""
        if not self._is_complete and self._request.transport is not None:
            self._request.transport.close()
        return self._response
