"""Flask: handlers as view functions, with whole responses; see `wsgi`.

Source: https://flask.palletsprojects.com/en/stable/views/
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from typing import Any, cast

from flask import Request, Response, request as current_request
from werkzeug.datastructures import iter_multi_items
from werkzeug.local import LocalProxy

from fatmorph.adapters._collected_response import collect_response_in_thread
from fatmorph.adapters._handler_end import check_handler
from fatmorph.adapters._parsed_form import parsed_pairs
from fatmorph.adapters._respond import Handler
from fatmorph.adapters.wsgi import body_parts, body_reader
from fatmorph.context import Context, ReadBody
from fatmorph.http._form_parser import Pairs
from fatmorph.settings import Settings

__all__ = ("endpoint",)


def endpoint(handler: Handler, *, settings: Settings | None = None) -> Callable[..., Response]:
    """Return a view function for a handler; a decorator below Flask's own.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is Flask's
            Request.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.
        MomentError: If it asked for an open stream, when it has returned.

    Example:
        @app.get("/rooms/<int:number>")
        @endpoint
        async def room(c: Context, w: Writer) -> None:
            w.html(room_view(c.path_params["number"]))
    """
    check_handler(handler)

    @functools.wraps(handler)
    def respond_to(*own_arguments: Any, **path_params: Any) -> Any:  # Any: as below
        if own_arguments:  # `c` and `w`, in a test
            return handler(*own_arguments)
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

    async def read_parts() -> AsyncIterator[bytes]:
        if "_cached_data" in vars(request):
            yield request.get_data()
            return
        async for part in body_parts(request.environ, request.stream):
            yield part

    return Context(
        method=request.method,
        path=request.root_path + request.path,
        root_path=request.root_path,
        route=request.url_rule.rule if request.url_rule else "",
        query_string=request.query_string.decode("latin-1"),
        headers=request.headers.items(),
        path_params=path_params,
        read_body=read_body,
        read_parts=read_parts,
        parsed_form=lambda: _parsed_form(request),
        request=request,
        client=request.remote_addr,
    )


def _parsed_form(request: Request) -> Pairs | None:
    if "form" not in vars(request):  # the value of a property that is set when a form is parsed
        return None
    return parsed_pairs([*iter_multi_items(request.form), *iter_multi_items(request.files)])
