"""uvicorn: its limit of requests, its log of incomplete responses, and clients that left.

Sources: https://www.uvicorn.org/settings/#resource-limits,
https://docs.python.org/3/library/logging.html#filter-objects,
https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2 (pipelining),
https://www.rfc-editor.org/rfc/rfc5482 and
https://man7.org/linux/man-pages/man7/tcp.7.html (TCP_USER_TIMEOUT)
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from fatmorph._servers.contract import ServerCoroutine, is_closed

__all__ = ("COROUTINES", "ReliableConnection", "closing_check", "leave_incomplete")

INCOMPLETE = "ASGI callable returned without completing response."
# The key of the mark; a server makes a scope for each request.
MARK = "fatmorph.incomplete"
# Longer than the default limit of a stream, so that the log first shows why it was cut, and long
# enough for a client with a short network failure.
MAX_UNTAKEN_SECONDS = 120
# None where the system has no such option.
USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)

logger = logging.getLogger("uvicorn.error")


def leave_incomplete(transport: object) -> None:
    """Stop uvicorn from logging that the response of this transport is incomplete.

    The client left, or the server stopped before the end of the response. uvicorn does not know
    the reason and logs an error. A filter on its logger removes that line for these responses
    alone: they have a mark in their scope, and the filter exists only while there are marks.
    """
    scope = getattr(transport, "scope", None)
    if "uvicorn" in sys.modules and isinstance(scope, dict):
        scope[MARK] = _Mark()


def closing_check(receive: object) -> Callable[[], bool] | None:
    """Return the function that shows whether the connection of a request closes, if there is one.

    uvicorn reports a departed client only to the newest request of a connection, not to earlier
    ones that are still open. But the object of `receive` has the transport.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    is_closing: Callable[[], bool] | None = getattr(transport, "is_closing", None)
    return is_closing


class ReliableConnection(asyncio.Protocol):
    """The part of an HTTP protocol that ends its requests when their client is gone.

    A client may send a second request before the first response is complete. uvicorn then notifies
    only the second request that the client left; this class notifies all of them.

    A server that closes a connection first delivers its buffered data. A peer that acknowledges
    packets but reads nothing can keep the connection open for ever, and an ASGI application cannot
    drop it. Linux can: it closes a connection on which data has been waiting for a given time. Idle
    connections have no waiting data, so they are not affected.
    """

    _newest: Any = None  # a RequestResponseCycle, of one of two modules
    _earlier: tuple[Any, ...] = ()

    @property
    def cycle(self) -> Any:
        """The newest request of the connection, and its response; uvicorn sets it."""
        return self._newest

    @cycle.setter
    def cycle(self, cycle: Any) -> None:
        known = (*self._earlier, self._newest)
        self._earlier = tuple(c for c in known if c is not None and not c.response_complete)
        self._newest = cycle

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection; uvicorn calls this."""
        for cycle in self._earlier:
            cycle.disconnected = not cycle.response_complete
            cycle.message_event.set()
        super().connection_lost(exc)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a connection; uvicorn calls this."""
        if USER_TIMEOUT is not None:
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.IPPROTO_TCP, USER_TIMEOUT, MAX_UNTAKEN_SECONDS * 1000)
        super().connection_made(transport)


class _Mark:
    """The mark of one scope, which uvicorn drops after logging."""

    count = 0
    # Re-entrant: the garbage collector may free a mark while another one is made.
    lock = threading.RLock()

    def __init__(self) -> None:
        with _Mark.lock:
            _Mark.count += 1
            logger.addFilter(_is_unexpected)

    def __del__(self) -> None:
        with _Mark.lock:
            _Mark.count -= 1
            if _Mark.count == 0:
                logger.removeFilter(_is_unexpected)


def _is_unexpected(record: logging.LogRecord) -> bool:
    """Return whether to log; uvicorn's task runs a method of the object that has the scope."""
    return record.msg != INCOMPLETE or MARK not in getattr(_runner(), "scope", ())


def _runner() -> object:
    """Return the object whose method the running task executes, if it is a method."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs in this thread
        return None
    frame = None if task is None else getattr(task.get_coro(), "cr_frame", None)
    return None if frame is None else frame.f_locals.get("self")


def _is_stopping(server: Any) -> bool:
    return bool(getattr(server, "should_exit", False)) or is_closed(server)


COROUTINES = (ServerCoroutine("uvicorn.server", "self", _is_stopping),)
