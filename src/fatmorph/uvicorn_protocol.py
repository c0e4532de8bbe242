"""uvicorn's HTTP protocol, with connections that end reliably when their clients are gone.

It drops, on Linux, the connection of a client that reads nothing, and it reports to every request
that the client left, not only to the newest one.

Source: https://www.uvicorn.org/settings/#implementation
"""

from __future__ import annotations

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from fatmorph._servers.uvicorn import ReliableConnection

__all__ = ("Protocol",)


class Protocol(ReliableConnection, AutoHTTPProtocol):  # type: ignore[misc,valid-type] # one of two
    """The HTTP protocol that `serve()` passes to uvicorn: `uvicorn.run(app, http=Protocol)`.

    Source: https://www.uvicorn.org/settings/#implementation
    """
