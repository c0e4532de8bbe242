"""uvicorn's protocol for HTTP, on connections that end when their clients do.

A server that closes a connection first delivers what it has buffered. A peer that confirms its
connection and reads nothing keeps it open as long as it likes, and an ASGI application has no
way to say that it should be dropped. Linux has: it gives a connection up when data has been
waiting for so long. Idle connections wait for nothing, so they are left alone.

A client may send a second request while the first is answered. uvicorn then tells the second
alone that the client left; here every request is told.

Sources: https://www.rfc-editor.org/rfc/rfc5482 and
https://man7.org/linux/man-pages/man7/tcp.7.html (TCP_USER_TIMEOUT),
https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2 (pipelining)
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

__all__ = ("Protocol",)

# Longer than any stream waits by default, so that the log tells first why it was cut; long enough
# for a page that is out of reach for a moment to get what was sent to it.
MAX_UNTAKEN_SECONDS = 120
# None where the system has no such option.
USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)


class Protocol(AutoHTTPProtocol):  # type: ignore[misc,valid-type] # one of two classes
    """What `serve()` runs uvicorn with: `uvicorn.run(app, http=Protocol)`.

    Source: https://www.uvicorn.org/settings/#implementation
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
        """End a connection; uvicorn calls it."""
        for cycle in self._earlier:
            cycle.disconnected = not cycle.response_complete
            cycle.message_event.set()
        super().connection_lost(exc)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a connection; uvicorn calls it."""
        if USER_TIMEOUT is not None:
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.IPPROTO_TCP, USER_TIMEOUT, MAX_UNTAKEN_SECONDS * 1000)
        super().connection_made(transport)
