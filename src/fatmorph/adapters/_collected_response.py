"""Whole responses for frameworks without streams: they are complete when the handler returns."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from fatmorph._functions import full_name, unwrapped
from fatmorph._log import Log
from fatmorph._streaming.event_response import UNSUBSCRIBE
from fatmorph.adapters._respond import Handler, respond
from fatmorph.context import Context, request_line
from fatmorph.errors import MomentError, short_repr
from fatmorph.http._cache_control import NO_STORE
from fatmorph.http._subscription import page_mark
from fatmorph.relay._reader import LOOP_ENDS_WITH_REQUEST
from fatmorph.settings import Settings

__all__ = ("CollectedResponse", "collect_response", "collect_response_in_thread")


logger = Log("fatmorph.adapters")

# Once for each handler: as many as the program has.
_logged: set[str] = set()


class CollectedResponse:
    """A whole response for any framework: everything that the handler wrote before it returned."""

    def __init__(self) -> None:
        self.status: int = 0
        self.headers: list[tuple[str, str]] = []
        self.body: bytes = b""
        self.is_stream: bool = False
        """Whether the handler waited for the client to leave, which cannot be noticed here."""

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Keep the status and the headers."""
        self.status = status
        self.headers = list(headers)

    async def send(self, data: bytes, *, more: bool) -> None:  # noqa: ARG002 - all parts are kept
        """Keep a part of the body."""
        self.body += data

    async def wait_closed(self) -> None:
        """End the stream at once, so that its handler cleans up and returns."""
        self.is_stream = True

    def unsubscribe(self) -> None:
        """Respond to a page's subscription instead, so that it does not ask again."""
        self.headers = [("content-type", "text/event-stream"), NO_STORE]
        self.body = UNSUBSCRIBE


async def collect_response(
    handler: Handler, context: Context, settings: Settings | None = None
) -> CollectedResponse:
    """Run a handler and return its whole response, for a framework that has no adapter.

    A page asks for the stream of its subscription again after each error. So an open stream that a
    subscription asks for is logged once, as an error, and the page is unsubscribed.

    Args:
        handler: `async def handler(c: Context, w: Writer) -> None`.
        context: The request.
        settings: The limits and the policies of the route; by default `Settings()`.

    Raises:
        MomentError: If the handler asked for an open stream, but not for a subscription.

    Example:
        found = asyncio.run(collect_response(home, Context(method="GET", path="/")))
        return found.status, found.headers, found.body
    """
    found = CollectedResponse()
    token = LOOP_ENDS_WITH_REQUEST.set(True)
    try:
        await respond(handler, context, found, settings)
    finally:
        LOOP_ENDS_WITH_REQUEST.reset(token)
    if not found.is_stream:
        return found
    error = _stream_error(handler, context)
    if page_mark(context.headers) is None:
        raise error
    _log_once(handler, error)
    found.unsubscribe()
    return found


def collect_response_in_thread(
    handler: Handler, context: Context, settings: Settings | None
) -> CollectedResponse:
    """Return the result of `collect_response()` to synchronous code, by a separate event loop."""
    found = collect_response(handler, context, settings)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(found)
    # A notebook or an asynchronous test already runs a loop in this thread.
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(copy_context().run, asyncio.run, found).result()


def _log_once(handler: Handler, error: MomentError) -> None:
    name = full_name(unwrapped(handler))
    if name not in _logged:
        _logged.add(name)
        logger.error("%s  (the page is unsubscribed; logged once per handler)", error)


def _stream_error(handler: Handler, context: Context) -> MomentError:
    return MomentError(
        f"cannot keep a stream open for {short_repr(handler)}",
        where=f"{request_line(context.method, context.path)}, on WSGI: w.alive(…), w.live(…), "
        "w.is_closed",
        why="a WSGI server holds a thread for each open response, and cannot tell when its "
        "client leaves",
        fix="w.patch(view)  (then return; to make the page ask again: "
        "data.on_interval(at.get('/news'), duration='5s'); or serve the handler by ASGI)",
    )
