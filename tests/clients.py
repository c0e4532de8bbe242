"""HTTP clients that behave like browsers and networks: they read, stop reading, or vanish.

They use plain sockets, so that a test controls exactly which bytes are sent, and when.
"""

import asyncio
import json
import socket
import struct
from http.client import HTTPConnection, HTTPResponse
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

__all__ = ("Events", "request", "signals_query")

HOST = "127.0.0.1"


def signals_query(signals: Any) -> str:
    """Return the query with which the Datastar client sends signals in a GET request."""
    return "datastar=" + quote(json.dumps(signals))


def request(
    port: int,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[HTTPResponse, bytes]:
    """Return a response and its whole body, with a timeout of 30 seconds."""
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


class Events:
    """A stream of events that is read step by step.

    async with Events(port, "/subscribe") as events:
        await events.until(b"joined")
        events.vanish()
    """

    def __init__(
        self,
        port: int,
        path: str,
        method: str = "GET",
        body: bytes = b"",
        read_limit: int = 2**16,
        last_event_id: str | None = None,
    ) -> None:
        self._port = port
        self._request = (
            f"{method} {path} HTTP/1.1\r\nhost: {HOST}\r\ndatastar-request: true\r\n"
            f"content-length: {len(body)}\r\n"
            + ("" if last_event_id is None else f"last-event-id: {last_event_id}\r\n")
            + "\r\n"
        ).encode() + body
        self._read_limit = read_limit
        self.received = b""

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(
            HOST, self._port, limit=self._read_limit
        )
        self._writer.write(self._request)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._writer.transport.abort()

    async def until(self, text: bytes) -> bytes:
        """Read until a text has arrived; return everything received so far."""
        async with asyncio.timeout(30):
            while text not in self.received:
                part = await self._reader.read(2**16)
                assert part, f"the stream ended without {text!r}: {self.received[-500:]!r}"
                self.received += part
        return self.received

    async def end(self) -> bytes:
        """Read to the end of the connection; return everything received."""
        async with asyncio.timeout(30):
            self.received += await self._reader.read()
        return self.received

    def vanish(self) -> None:
        """Reset the connection, as a killed process does."""
        # A linger of zero seconds: https://man7.org/linux/man-pages/man7/socket.7.html
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        self._writer.transport.abort()
