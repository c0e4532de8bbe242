"""The clients of a soak: raw connections that read well, badly, or not at all."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Self

__all__ = ("DECODERS", "Connection", "exchange", "get", "page_of", "resident_kilobytes")

HOST = "127.0.0.1"
READ_BYTES = 64 * 1024
ELEMENTS = b"data: elements "


class _Frames:
    """A decoder of Zstandard data, which has any number of frames: RFC 8878, section 3."""

    def __init__(self) -> None:
        name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
        self._new = import_module(name).ZstdDecompressor
        self._decoder = self._new()

    def decode(self, data: bytes) -> bytes:
        decoded = b""
        while data:
            if self._decoder.eof:
                self._decoder = self._new()
            decoded += self._decoder.decompress(data)
            data = self._decoder.unused_data
        return decoded


# Any: the decoders of four libraries, each from bytes to bytes.
DECODERS: dict[str, Callable[[], Any]] = {
    "identity": lambda: bytes,
    "gzip": lambda: zlib.decompressobj(16 + zlib.MAX_WBITS).decompress,
    "br": lambda: import_module("brotli").Decompressor().process,
    "zstd": lambda: _Frames().decode,
}


class Connection:
    """One request on its own connection, and its chunked answer as it arrives.

    Args:
        port: The port of a server on this machine.
        path: The path, with its query.
        encoding: The encoding to accept, one of `DECODERS`.
        buffer_bytes: How many bytes are taken from the socket before they are read.
        last_id: The id of the last event, as a client that comes back has it; empty for none.
    """

    def __init__(
        self,
        port: int,
        path: str,
        *,
        encoding: str = "identity",
        buffer_bytes: int = READ_BYTES,
        last_id: str = "",
    ) -> None:
        self._port = port
        self._encoding = encoding
        self._buffer_bytes = buffer_bytes
        known = f"last-event-id: {last_id}\r\n" if last_id else ""
        self._head = (
            f"GET {path} HTTP/1.1\r\nhost: {HOST}:{port}\r\naccept-encoding: {encoding}\r\n"
            "datastar-request: true\r\nsec-fetch-site: same-origin\r\n"
            f"{known}\r\n"
        ).encode()
        self._raw = bytearray()
        self._chunk_left = 0
        self._decode: Any = bytes

    async def __aenter__(self) -> Self:
        sock = socket.socket()
        sock.setblocking(False)
        # Set before connecting, otherwise the window is already larger.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer_bytes)
        await asyncio.get_running_loop().sock_connect(sock, (HOST, self._port))
        self._reader, self._writer = await asyncio.open_connection(
            sock=sock, limit=self._buffer_bytes
        )
        self._writer.write(self._head)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.transport.abort()

    async def open(self) -> None:
        """Read the head of the answer.

        Raises:
            ConnectionError: The status is not 200.
        """
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise ConnectionError(f"the server answered {head[:100]!r}")
        if self._encoding != "identity" and b"content-encoding: " in head:
            self._decode = DECODERS[self._encoding]()

    async def parts(
        self, *, size: int = READ_BYTES, pause_seconds: float = 0
    ) -> AsyncIterator[bytes]:
        """Yield the decoded parts until the server ends the connection."""
        while raw := await self._reader.read(size):
            self._raw += raw
            if part := b"".join(map(self._decode, self._chunks())):
                yield part
            if pause_seconds:
                await asyncio.sleep(pause_seconds)

    async def events(
        self, *, size: int = READ_BYTES, pause_seconds: float = 0
    ) -> AsyncIterator[bytes]:
        """Yield every event, without its blank line."""
        rest = b""
        async for part in self.parts(size=size, pause_seconds=pause_seconds):
            *events, rest = (rest + part).split(b"\n\n")
            for event in events:
                yield event

    async def end(self) -> None:
        """Read and discard everything until the server ends the connection."""
        while await self._reader.read(READ_BYTES):
            pass

    def half_close(self) -> None:
        """End the sending direction, and keep listening."""
        self._writer.write_eof()

    def vanish(self) -> None:
        """Reset the connection, as a killed process does."""
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        self._writer.transport.abort()

    def _chunks(self) -> list[bytes]:
        """Return the content of the chunks received so far, without the lines between them."""
        found: list[bytes] = []
        raw = self._raw
        while raw:
            if self._chunk_left == 0:
                end = raw.find(b"\r\n")
                if end < 0:
                    break
                self._chunk_left = int(raw[:end], 16) + 2  # with the line end after the data
                del raw[: end + 2]
            part = bytes(raw[: self._chunk_left])
            del raw[: self._chunk_left]
            content = max(0, self._chunk_left - 2)
            self._chunk_left -= len(part)
            found.append(part[:content])
        return found


def page_of(event: bytes) -> bytes:
    """Return the HTML that an event patches."""
    lines = (line for line in event.split(b"\n") if line.startswith(ELEMENTS))
    return b"\n".join(line.removeprefix(ELEMENTS) for line in lines)


def get(path: str) -> bytes:
    """Return a request whose connection ends after the answer."""
    return f"GET {path} HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n".encode()


def resident_kilobytes(process: int) -> int:
    """Return the resident memory of a process."""
    # https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(text.partition("VmRSS:")[2].split()[0])


async def exchange(port: int, request: bytes) -> tuple[int, bytes]:
    """Send arbitrary bytes; return the status and the body of the answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        return int(head.split()[1]), body
    finally:
        writer.transport.abort()
