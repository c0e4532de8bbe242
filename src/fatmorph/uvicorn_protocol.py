"""uvicorn's protocol for HTTP, on connections that do not wait for a dead peer for ever.

A server that closes a connection first delivers what it has buffered. A peer that confirms its
connection and reads nothing keeps it open as long as it likes, and an ASGI application has no
way to say that it should be dropped. Linux has: it gives a connection up when data has been
waiting for so long. Idle connections wait for nothing, so they are left alone.

Sources: https://www.rfc-editor.org/rfc/rfc5482 and
https://man7.org/linux/man-pages/man7/tcp.7.html (TCP_USER_TIMEOUT)
"""

from __future__ import annotations

import asyncio
import socket

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

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a connection; uvicorn calls it."""
        if USER_TIMEOUT is not None:
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.IPPROTO_TCP, USER_TIMEOUT, MAX_UNTAKEN_SECONDS * 1000)
        super().connection_made(transport)
