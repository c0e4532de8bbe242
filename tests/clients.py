"""HTTP clients that behave like browsers and networks: they read, stop reading, or vanish.

They use plain sockets, so that a test controls exactly which bytes are sent, and when.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Iterable
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPResponse
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

__all__ = ("WAYS_TO_LEAVE", "Events", "leave", "request", "signals_query", "upload", "written")

HOST = "127.0.0.1"


def signals_query(signals: Any) -> str:
    """Return the query with which the Datastar client sends signals in a GET request."""
    return "datastar=" + quote(json.dumps(signals))


def request(
    port: int,
    path: str,
    method: str = "GET",
    body: bytes | Iterable[bytes] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[HTTPResponse, bytes]:
    """Return a response and its whole body; waits 30 seconds at the most.

    A body of parts is sent in chunks.
    """
    with closing(HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response, response.read()


def upload(port: int, path: str, size: int, *, in_chunks: bool) -> int | None:
    """Send a body of spaces; return the status, or None if the server closed the connection.

    Args:
        port: The server's.
        path: Where it is sent to.
        size: In bytes, a multiple of 64 KiB.
        in_chunks: Whether it is sent in chunks, without a length of the whole.
    """
    part = b" " * 2**16
    framing, frame, end = f"content-length: {size}", part, b""
    if in_chunks:
        framing, frame, end = "transfer-encoding: chunked", b"10000\r\n%s\r\n" % part, b"0\r\n\r\n"
    head = f"POST {path} HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\n"
    with socket.create_connection((HOST, port), timeout=30) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # it has answered, and does not read
            connection.sendall(f"{head}{framing}\r\n\r\n".encode())
            for _ in range(size // len(part)):
                connection.sendall(frame)
            connection.sendall(end)
        with suppress(ConnectionResetError):
            return int(connection.recv(2**16).split()[1])
    return None


def written(
    method: str, path: str, *headers: str, body: bytes = b"", version: str = "1.1"
) -> bytes:
    """Return a request as it goes over the wire; a length is a header like any other."""
    lines = (f"{method} {path} HTTP/{version}", f"host: {HOST}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


WAYS_TO_LEAVE = (
    "at once",
    "by a reset at once",
    "later",
    "by a reset later",
    "by half, then later",
)
# Long enough for a server to begin its answer.
PAUSE_SECONDS = 0.1


async def leave(port: int, *parts: bytes, way: str) -> None:
    """Write the parts of what a client has to say, with pauses between them, and leave.

    Args:
        port: The server's.
        parts: Requests, or pieces of them.
        way: One of `WAYS_TO_LEAVE`.
    """
    _, writer = await asyncio.open_connection(HOST, port)
    with suppress(ConnectionError):  # some servers close the connection first
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0 if way.endswith("at once") else PAUSE_SECONDS)
        if way.startswith("by half"):
            writer.write_eof()
            await asyncio.sleep(PAUSE_SECONDS)
    if way.startswith("by a reset"):
        _reset(writer)
    else:
        writer.close()


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
        page: str | None = None,
        headers: str = "",
    ) -> None:
        self._port = port
        self._request = (
            f"{method} {path} HTTP/1.1\r\nhost: {HOST}\r\ndatastar-request: true\r\n"
            f"content-length: {len(body)}\r\n"
            + ("" if last_event_id is None else f"last-event-id: {last_event_id}\r\n")
            + ("" if page is None else f"fatmorph-page: {page}\r\n")
            + headers
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
        _reset(self._writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    # A linger of zero seconds: https://man7.org/linux/man-pages/man7/socket.7.html
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
