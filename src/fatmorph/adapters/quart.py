"""Quart: handlers as views.

Quart pulls a response part by part, ends it after `RESPONSE_TIMEOUT`, and cancels it when the
client leaves. Here a handler runs in a task of its own, as long as it likes, and is told.
Requests are read whole before it runs: Quart holds them in memory in any case.

Source: https://quart.palletsprojects.com/en/latest/how_to_guides/streaming_response/
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any, cast

from quart import Request, Response, request
from quart.wrappers.response import ResponseBody

from fatmorph.adapters._base import Handler
from fatmorph.adapters._exchange import Exchange
from fatmorph.context import Context
from fatmorph.settings import Settings

__all__ = ("endpoint",)


def endpoint(
    handler: Handler, *, settings: Settings | None = None
) -> Callable[..., Awaitable[Response]]:
    """Return a view for a handler; a decorator below Quart's own.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`; `c.request` is Quart's
            Request, and `quart.g`, `session` and the others work.
        settings: What the route allows its clients; by default `Settings()`.

    Example:
        @app.get("/rooms/<int:number>")
        @endpoint
        async def room(c: Context, w: Writer) -> None:
            w.html(room_view(c.path_params["number"]))
    """

    @functools.wraps(handler)  # Quart names the view by it
    async def respond_to(**path_params: Any) -> Response:
        body = await request.get_data(cache=True, as_text=False, parse_form_data=False)
        # What the proxy stands for: https://werkzeug.palletsprojects.com/en/stable/local/
        # Any: Quart's releases type the proxy in different ways.
        own: Request = cast("Any", request)._get_current_object()  # noqa: SLF001
        exchange = Exchange()
        status, headers = await exchange.begin(handler, _context(own, body, path_params), settings)
        response = Response(_Body(exchange), status)
        response.headers.clear()  # of Quart's default type
        response.headers.extend(headers)
        response.timeout = None
        return response

    return respond_to


def _context(own: Request, body: bytes, path_params: dict[str, Any]) -> Context:
    async def read_body(max_bytes: int) -> bytes | None:
        return None if len(body) > max_bytes else body

    return Context(
        method=own.method,
        path=own.path,
        query_string=own.query_string.decode("latin-1"),
        headers=own.headers.items(),
        path_params=path_params,
        read_body=read_body,
        request=own,
    )


class _Body(ResponseBody):
    """An exchange as Quart's body, which tells when it is over in whatever way."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    async def __aenter__(self) -> Exchange:
        return self.exchange

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.exchange.leave()
        if kind is asyncio.CancelledError:
            _stop_receiving()


def _stop_receiving() -> None:
    """Cancel the task beside this one, which waits for messages of the client.

    Since Quart 0.23 a request lasts until both have ended, and when a response breaks off, the
    client is still there.
    """
    task = asyncio.current_task()
    # Private, but nothing public leads from a task to its group.
    for callback, _ in getattr(task, "_callbacks", None) or ():
        group = getattr(callback, "__self__", None)
        if isinstance(group, asyncio.TaskGroup):
            for sibling in group._tasks - {task}:  # noqa: SLF001
                sibling.cancel()
