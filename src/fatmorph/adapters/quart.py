"""Quart: handlers as views.

Quart iterates over a response, ends it after `RESPONSE_TIMEOUT`, and cancels it when the client
leaves. Here a handler runs in a separate task without a time limit, and is notified instead.
A body of usual size is read before the handler runs, so that Quart's own readers can read it too.
A larger body is read when the handler asks for it, and only up to the handler's limit.

Source: https://quart.palletsprojects.com/en/latest/how_to_guides/streaming_response/
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, TypeVar, cast

from quart import Quart, Request, Response, current_app, request
from quart.signals import got_request_exception
from quart.wrappers import base
from quart.wrappers.request import Body
from quart.wrappers.response import ResponseBody
from werkzeug.datastructures import iter_multi_items
from werkzeug.exceptions import RequestEntityTooLarge

from fatmorph.adapters._departure import Departure
from fatmorph.adapters._handler_end import check_handler
from fatmorph.adapters._parsed_form import parsed_pairs, read_before_error
from fatmorph.adapters._pulled_response import Parts, PulledResponse
from fatmorph.adapters._respond import Handler
from fatmorph.context import MAX_BODY_BYTES, Context
from fatmorph.errors import MomentError
from fatmorph.http._form_parser import MAX_DISCARDED_BYTES, MULTIPART, Pairs
from fatmorph.settings import Settings

__all__ = ("endpoint",)

Result = TypeVar("Result")
MAX_WHOLE_FORM_BYTES = 1024 * 1024  # a larger form tells its progress, as files are worth it
# Bodies raise it since Quart 0.23.
CLIENT_LEFT: type[Exception] = getattr(base, "ClientDisconnectedError", ConnectionResetError)

# Since 0.23 an error in a body reaches the server in an exception group, and granian logs only the
# group.
IS_GROUPED = hasattr(Body, "put")


def endpoint(
    handler: Handler, *, settings: Settings | None = None
) -> Callable[..., Awaitable[Response]]:
    """Return a view for a handler; a decorator below Quart's own.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is Quart's
            Request, and `quart.g`, `session` and the others work.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        HandlerError: If the handler is not async.

    Example:
        @app.get("/rooms/<int:number>")
        @endpoint
        async def room(c: Context, w: Writer) -> None:
            w.html(room_view(c.path_params["number"]))
    """
    check_handler(handler)

    @functools.wraps(handler)  # Quart names the view by it
    async def respond_to(*own_arguments: Any, **path_params: Any) -> Any:  # Any: as below
        if own_arguments:  # `c` and `w`, in a test
            return await handler(*own_arguments)
        # The request behind the proxy: https://werkzeug.palletsprojects.com/en/stable/local/
        # Any: Quart's releases declare different types for the proxy.
        own: Request = cast("Any", request)._get_current_object()  # noqa: SLF001
        body = await _usual_body(own)
        app: Quart = cast("Any", current_app)._get_current_object()  # noqa: SLF001
        pulled = PulledResponse(own.scope)
        context = _context(own, body, path_params, pulled)
        status, headers = await pulled.begin(handler, context, settings)
        response = Response(_Body(Parts(pulled), app), status)
        response.headers.clear()  # of Quart's default type
        response.headers.extend(headers)
        response.timeout = None
        return response

    return respond_to


async def _usual_body(own: Request) -> bytes | None:
    """Return the body, or None if it is or may be larger than handlers usually accept."""
    limit, stated = own.max_content_length, own.content_length
    if limit is not None and (stated or 0) > limit:
        own.body = _Discarded(None, None)
        raise RequestEntityTooLarge
    if stated is None and limit is not None and limit <= MAX_BODY_BYTES:
        # Quart 0.23 compares a body without a length with its limit only after the end of it.
        body = await _read(own, limit)
        if body is None:
            raise RequestEntityTooLarge
        return body
    usual = (
        min(MAX_BODY_BYTES, MAX_WHOLE_FORM_BYTES) if own.mimetype == MULTIPART else MAX_BODY_BYTES
    )
    if stated is not None and stated <= usual:
        body = await own.get_data(cache=True, as_text=False, parse_form_data=False)
        _give_back(own, body)
        return body
    return None


def _give_back(own: Request, body: bytes) -> None:
    """Put back a body that was read to its end, so that Quart's own readers can read it."""
    # Since 0.23 such a body accepts no more data, and a form finds nothing in it.
    own.body = own.body_class(None, None)
    own.body.set_result(body)


def _context(
    own: Request, body: bytes | None, path_params: dict[str, Any], departure: Departure
) -> Context:
    is_cut = False

    async def read_body(max_bytes: int) -> bytes | None:
        nonlocal body, is_cut
        if body is None and not is_cut:
            body = await _unless_left(departure, _read(own, max_bytes))
            is_cut = body is None
        return None if body is None or len(body) > max_bytes else body

    async def read_parts() -> AsyncIterator[bytes]:
        if body is not None:
            yield body
            return
        async for part in _parts(own, departure):
            yield part

    return Context(
        method=own.method,
        path=own.path,
        root_path=own.root_path,
        route=own.url_rule.rule if own.url_rule else "",
        query_string=own.query_string.decode("latin-1"),
        headers=own.headers.items(),
        path_params=path_params,
        read_body=read_body,
        read_parts=read_parts,
        parsed_form=lambda: _parsed_form(own),
        request=own,
        client=own.remote_addr,
    )


async def _read(own: Request, max_bytes: int) -> bytes | None:
    """Return the body, or discard it and return None if it has more bytes."""
    body = bytearray()
    received, stated = 0, own.content_length or 0
    async with asyncio.timeout(own.body_timeout):
        async for part in own.body:
            received += len(part)
            if max(received, stated) <= max_bytes:
                body += part
            elif received > MAX_DISCARDED_BYTES:
                break
    if max(received, stated) > max_bytes:
        own.body = _Discarded(None, None)
        return None
    if received < stated:  # a client that leaves would have cancelled this
        raise _read_before(own)
    _give_back(own, bytes(body))
    return bytes(body)


async def _unless_left(departure: Departure, reading: Coroutine[Any, Any, Result]) -> Result:
    """Return what was read; an OSError means that the client left.

    Quart cancels its own task when the client leaves, and the handler runs in another one.
    """
    try:
        return await departure.unless_left(reading)
    except CLIENT_LEFT as error:
        raise ConnectionResetError("the client left") from error


async def _parts(own: Request, departure: Departure) -> AsyncIterator[bytes]:
    """Yield the parts of the body, each within Quart's time limit."""
    received, parts = 0, aiter(own.body)

    async def next_part() -> bytes:
        async with asyncio.timeout(own.body_timeout):
            return await anext(parts)

    while True:
        try:
            part = await _unless_left(departure, next_part())
        except StopAsyncIteration:
            break
        received += len(part)
        yield part
    if received < (own.content_length or 0):  # a client that leaves would have cancelled this
        raise _read_before(own)


def _read_before(own: Request) -> MomentError:
    return read_before_error(own.method, own.path, "await c.request.form  (or read c.body() first)")


def _parsed_form(own: Any) -> Pairs | None:  # Any: private attributes; `form` would parse it
    if own._form is None:  # noqa: SLF001
        return None
    return parsed_pairs([*iter_multi_items(own._form), *iter_multi_items(own._files)])  # noqa: SLF001


class _Discarded(Body):
    """A body that was refused: nothing is kept of the rest, which Quart still receives."""

    def append(self, data: bytes) -> None:
        """Drop a part, as Quart before 0.23 gives it."""

    async def put(self, data: bytes) -> None:
        """Drop a part, as Quart since 0.23 gives it."""


class _Body(ResponseBody):
    """The body of a Quart response, which closes its parts however it ends."""

    def __init__(self, parts: Parts, app: Quart) -> None:
        self.parts = parts
        self.app = app

    async def __aenter__(self) -> Parts:
        return self.parts

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, _: object
    ) -> None:
        self.parts.close()
        error = self.parts.take_late_error()
        if error is None and IS_GROUPED and isinstance(raised, Exception):
            error = raised
        if error is not None:
            await _report(self.app, error)
        if kind is asyncio.CancelledError:
            _stop_receiving()


async def _report(app: Quart, error: BaseException) -> None:
    """Report an error as Quart does with errors of views: it is too late for a 500."""
    sync_wrapper: Any = app.ensure_async  # Any: as Quart itself passes it
    await got_request_exception.send_async(app, _sync_wrapper=sync_wrapper, exception=error)
    # Quart.log_exception() takes other arguments since 0.23.
    app.logger.error("Exception after the head of a response", exc_info=error)


def _stop_receiving() -> None:
    """Cancel the sibling task, which waits for messages from the client.

    Since Quart 0.23 a request lasts until both tasks have ended, and the client of an incomplete
    response may stay connected.
    """
    task = asyncio.current_task()
    # Private, but there is no public way from a task to its group.
    for callback, _ in getattr(task, "_callbacks", None) or ():
        group = getattr(callback, "__self__", None)
        if isinstance(group, asyncio.TaskGroup):
            for sibling in group._tasks - {task}:  # noqa: SLF001
                sibling.cancel()
