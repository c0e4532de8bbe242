"""Flask: handlers as view functions, with whole responses; see `wsgi`.

Source: https://flask.palletsprojects.com/en/stable/views/
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from io import BytesIO
from typing import Any, cast

from flask import Request, Response, request as current_request
from werkzeug.local import LocalProxy

from fatmorph.adapters._collected_response import collect_response_in_thread
from fatmorph.adapters._respond import Handler
from fatmorph.adapters.wsgi import body_reader
from fatmorph.context import Context, ReadBody
from fatmorph.settings import Settings

__all__ = ("endpoint",)


def endpoint(handler: Handler, *, settings: Settings | None = None) -> Callable[..., Response]:
    """Return a view function for a handler; a decorator below Flask's own.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is Flask's
            Request.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        MomentError: If the handler asked for an open stream.

    Example:
        @app.get("/rooms/<int:number>")
        @endpoint
        async def room(c: Context, w: Writer) -> None:
            w.html(room_view(c.path_params["number"]))
    """

    @functools.wraps(handler)
    def respond_to(**path_params: Any) -> Response:
        # Documented in spite of its name. The cast: Flask declares its proxy as a Request.
        proxy = cast("LocalProxy[Request]", current_request)
        request = proxy._get_current_object()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        found = collect_response_in_thread(handler, _context(request, path_params), settings)
        return Response(found.body, found.status, found.headers)

    return respond_to


def _context(request: Request, path_params: dict[str, Any]) -> Context:
    read_chunks: ReadBody | None = None

    async def read_body(max_bytes: int) -> bytes | None:
        nonlocal read_chunks
        if (request.content_length or 0) > max_bytes:
            return None
        # `get_data()` reads to the end, and the length of a chunked body is unknown.
        if request.content_length is None and "_cached_data" not in vars(request):
            read_chunks = read_chunks or body_reader(request.environ, request.stream)
            body = await read_chunks(max_bytes)
            if body is None:
                return None
            vars(request)["stream"] = BytesIO(body)  # the value of its cached property
        body = request.get_data()
        return body if len(body) <= max_bytes else None

    return Context(
        method=request.method,
        path=request.root_path + request.path,
        query_string=request.query_string.decode("latin-1"),
        headers=request.headers.items(),
        path_params=path_params,
        read_body=read_body,
        request=request,
    )
