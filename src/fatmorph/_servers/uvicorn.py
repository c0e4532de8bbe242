"""uvicorn: its limit of requests, its log of incomplete responses, and clients that left.

Sources: https://www.uvicorn.org/settings/#resource-limits,
https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2 (pipelining),
https://www.rfc-editor.org/rfc/rfc5482 and
https://man7.org/linux/man-pages/man7/tcp.7.html (TCP_USER_TIMEOUT)
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from fatmorph._servers.contract import IncompleteLog, ServerCoroutine, is_closed

__all__ = ("COROUTINES", "INCOMPLETE", "ReliableConnection", "closing_check")

# Longer than the default limit of a stream, so that the log first shows why it was cut, and long
# enough for a client with a short network failure.
MAX_UNTAKEN_SECONDS = 120
# None where the system has no such option.
USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)


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


def _is_stopping(server: Any) -> bool:
    return bool(getattr(server, "should_exit", False)) or is_closed(server)


INCOMPLETE = IncompleteLog(
    "uvicorn",
    "uvicorn.error",
    "ASGI callable returned without completing response.",
)
COROUTINES = (ServerCoroutine("uvicorn.server", "self", _is_stopping),)
