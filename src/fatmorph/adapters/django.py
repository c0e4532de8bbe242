"""Django: handlers as views, with streams on ASGI and whole responses on WSGI.

Under ASGI the handler runs in a separate task, and Django's own response iterates over the parts
that it writes, so that middleware gets an ordinary response. Under WSGI there are no streams; see
`wsgi`.

Source: https://docs.djangoproject.com/en/stable/topics/async/
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from http.cookies import Morsel
from io import BytesIO
from typing import Any, ParamSpec, TypeVar

from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from fatmorph.adapters._collected_response import collect_response
from fatmorph.adapters._departure import is_whole
from fatmorph.adapters._handler_end import check_handler
from fatmorph.adapters._parsed_form import parsed_pairs, read_before_error
from fatmorph.adapters._pulled_response import Parts, PulledResponse
from fatmorph.adapters._respond import Handler
from fatmorph.adapters.wsgi import PART_BYTES, Environ, Input, body_parts, body_reader
from fatmorph.context import Context, ReadBody, request_line
from fatmorph.errors import HandlerError, short_repr
from fatmorph.http._form_parser import Pairs
from fatmorph.settings import Settings
from fatmorph.threads import ThreadCall, in_thread as in_plain_thread

__all__ = ("endpoint", "in_thread")

P = ParamSpec("P")
T = TypeVar("T")


def endpoint(
    handler: Handler, *, settings: Settings | None = None
) -> Callable[..., Coroutine[Any, Any, HttpResponseBase]]:  # Any: as those of django-stubs
    """Return a view for a handler; a decorator below Django's own.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is Django's
            HttpRequest.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        urlpatterns = [path("", endpoint(home)), path("add", require_POST(endpoint(add)))]
    """
    check_handler(handler)

    @functools.wraps(handler)
    async def respond_to(
        request: HttpRequest | Context, *rest: Any, **path_params: Any
    ) -> Any:  # Any: as below, or the handler's
        if isinstance(request, Context):  # with a Writer, in a test
            return await handler(request, *rest)
        if rest:
            raise _unnamed_error(request, rest)
        context = _context(request, path_params)
        if isinstance(request, WSGIRequest):
            found = await collect_response(handler, context, settings)
            return _with_headers(HttpResponse(found.body, status=found.status), found.headers)
        pulled = PulledResponse(getattr(request, "scope", None))
        status, headers = await pulled.begin(handler, context, settings)
        parts = Parts(pulled)
        if is_whole(status, headers):
            body = b"".join([part async for part in parts])
            return _with_headers(HttpResponse(body, status=status), headers)
        return _with_headers(_StreamedResponse(parts, status), headers)

    return respond_to


def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> ThreadCall[T]:
    """Return a call that runs in a thread, and gives Django's connections back after it.

    It is `fatmorph.in_thread()`, and does before and after the function what Django does before
    and after a request: by default a connection is closed, with `CONN_MAX_AGE` it is kept for the
    next call in its thread as long as it works.

    Args:
        function: A plain function, which may use the ORM.
        args: Its arguments.
        kwargs: Likewise.

    Raises:
        ThreadError: The function is async or a generator, so that it would run in the event loop.

    Example:
        await w.live(in_thread(board_view, board), relay.subscribe(f"board.{board}"))
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return in_plain_thread(run, *args, **kwargs)


class _StreamedResponse(StreamingHttpResponse):
    """A stream that Django closes when it has sent all of it."""

    def __init__(self, parts: Parts, status: int) -> None:
        super().__init__(parts, status=status)
        self._parts = parts

    def __aiter__(self) -> AsyncIterator[bytes]:
        # Django's own takes a handler's TypeError for one of its own, about this iterator.
        content: Any = self.streaming_content  # Any: an iterator of either kind
        return aiter(content) if self.is_async else super().__aiter__()

    def close(self) -> None:
        """Close the response; raise the error of a handler that failed, though it is complete."""
        super().close()
        error = self._parts.take_late_error()
        if error is not None:
            raise error


def _unnamed_error(request: HttpRequest, groups: Sequence[object]) -> HandlerError:
    return HandlerError(
        f"cannot pass {short_repr(groups[0])} of a path to a handler",
        where=request_line(request.method or "GET", request.path),
        why="c.path_params has names, and the group in the path has none",
        fix=r're_path(r"^rooms/(?P<number>\d+)$", endpoint(room))',
    )


def _context(request: HttpRequest, path_params: dict[str, Any]) -> Context:
    return Context(
        method=request.method or "GET",
        path=request.path,
        root_path=request.META.get("SCRIPT_NAME", ""),
        route=request.resolver_match.route if request.resolver_match else "",
        query_string=request.META["QUERY_STRING"],
        headers=request.headers.items(),
        path_params=path_params,
        read_body=_body_reader(request),
        read_parts=lambda: _parts(request),
        parsed_form=lambda: _parsed_form(request),
        request=request,
        client=request.META.get("REMOTE_ADDR"),
    )


def _body_reader(request: HttpRequest) -> ReadBody:
    own: Any = request  # Any: private attributes; Django has no public way to put a body back
    read_chunks: ReadBody | None = None

    async def read_body(max_bytes: int) -> bytes | None:
        nonlocal read_chunks
        stated = request.META.get("CONTENT_LENGTH")
        if int(stated or 0) > max_bytes:
            return None
        # `body` reads to the end, and the length of a chunked body is unknown.
        if not stated and read_chunks is None and not own._read_started:  # noqa: SLF001
            read_chunks = body_reader(*_chunks(request))
        if read_chunks is not None and not hasattr(own, "_body"):
            chunks = await read_chunks(max_bytes)
            if chunks is None:
                return None
            own._stream, own._read_started = BytesIO(chunks), False  # noqa: SLF001
        body = request.body
        return body if len(body) <= max_bytes else None

    return read_body


async def _parts(request: HttpRequest) -> AsyncIterator[bytes]:
    own: Any = request  # Any: private attributes, as above
    if hasattr(own, "_body"):
        yield request.body
    elif own._read_started:  # noqa: SLF001
        fix = "c.request.POST, c.request.FILES  (as the code that has read them)"
        raise read_before_error(request.method or "", request.path, fix)
    elif request.META.get("CONTENT_LENGTH"):
        while part := request.read(PART_BYTES):
            yield part
    else:
        async for part in body_parts(*_chunks(request)):
            yield part


def _parsed_form(request: HttpRequest) -> Pairs | None:
    if not hasattr(request, "_post") or hasattr(request, "_body"):
        return None
    fields = [(name, text) for name, texts in request.POST.lists() for text in texts]
    files = [(name, file) for name, files in request.FILES.lists() for file in files]
    return parsed_pairs([*fields, *files])


def _chunks(request: HttpRequest) -> tuple[Environ, Input]:
    """Return the environ and the input of a chunked body."""
    if isinstance(request, WSGIRequest):
        return request.environ, request.environ["wsgi.input"]
    return {"wsgi.input_terminated": True}, request  # Django has already received it into a file


def _with_headers(
    response: HttpResponseBase, headers: Iterable[tuple[str, str]]
) -> HttpResponseBase:
    del response["content-type"]  # Django's default
    for name, value in headers:
        if name == "set-cookie":
            key, _, rest = value.partition("=")
            response.cookies[key] = cookie = Morsel[str]()
            cookie.set(key, rest, rest)
        else:
            response[name] = value
    return response
