"""A load generator: opens many streams on one server and reads them as fast as one core can.

It recognizes only the end of an event, which never occurs inside one. To wait for one event per
stream, it is enough to look at the last bytes received. With an encoding, the chunks are decoded,
at the expense of the reader and not of the server.
"""

from __future__ import annotations

import select
import socket
import time
import zlib
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

__all__ = ("DECODERS", "Load")

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 60
# With many streams the reader polls instead of waiting for each event. Otherwise the server would
# pay for waking the reader, which does not happen with readers on other machines.
NAP_SECONDS = 0.0005
MANY_STREAMS = 500
KEPT_ALIVE_SECONDS = 1  # servers close a connection that is idle for five
BUFFER_BYTES = 1024 * 1024
END = b"\n\n"
CHUNKED_END = b"\n\n\r\n"


class Load:
    """Streams of one server, and a connection that requests changes.

    Args:
        port: The port of a server on this machine.
        encoding: The encoding to accept, one of `DECODERS`; None for plain bytes.
    """

    def __init__(self, port: int, encoding: str | None = None) -> None:
        self.received_bytes = 0
        self._port = port
        self._encoding = encoding
        self._buffer = bytearray(BUFFER_BYTES)
        self._poll = select.epoll()
        self._streams: dict[int, _Stream] = {}
        self._changes = socket.socket()
        self._changed = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for stream in self._streams.values():
            stream.socket.close()
        self._poll.close()
        self._changes.close()

    def open(self, count: int) -> None:
        """Open streams until there are `count`, and wait for the first event of each."""
        opened = [self._open(number) for number in range(len(self._streams), count)]
        self._receive(len(opened))

    def change(self) -> list[float]:
        """Request a change; return the seconds until each stream had its event."""
        if time.perf_counter() - self._changed > KEPT_ALIVE_SECONDS:
            self._changes.close()
            self._changes = socket.create_connection((HOST, self._port))
        self._changed = begin = time.perf_counter()
        self._changes.sendall(b"POST /change HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")
        times = self._receive(len(self._streams))
        if not self._changes.recv(4096).startswith(b"HTTP/1.1 204"):
            raise SystemExit("the server could not change anything")
        return [seconds - begin for seconds in times]

    def _open(self, number: int) -> _Stream:
        connection = socket.create_connection((HOST, self._port))
        accepted = f"accept-encoding: {self._encoding}\r\n" if self._encoding else ""
        connection.sendall(
            f"GET /stream?user=user-{number} HTTP/1.1\r\nhost: a\r\n{accepted}\r\n".encode()
        )
        stream = _Stream(connection, self._encoding)
        self._streams[connection.fileno()] = stream
        self._poll.register(connection, select.EPOLLIN)
        return stream

    def _receive(self, count: int) -> list[float]:
        times: list[float] = []
        # Local names, because this loop must be faster than any server.
        streams, buffer = self._streams, self._buffer
        while len(times) < count:
            ready = self._wait()
            if not ready:
                raise SystemExit(f"only {len(times)} of {count} streams got their event")
            for number, _ in ready:
                stream = streams[number]
                size = stream.socket.recv_into(buffer)
                if not size:
                    raise SystemExit("the server closed a stream")
                self.received_bytes += size
                if stream.is_end(buffer, size):
                    times.append(time.perf_counter())
        return times

    def _wait(self) -> list[tuple[int, int]]:
        """Return the readable streams, as epoll does; an empty list after a timeout."""
        if len(self._streams) < MANY_STREAMS:
            return self._poll.poll(TIMEOUT_SECONDS)
        deadline = time.perf_counter() + TIMEOUT_SECONDS
        while not (ready := self._poll.poll(0)) and time.perf_counter() < deadline:
            time.sleep(NAP_SECONDS)
        return ready


class _Stream:
    """A connection, and the bytes that end an event on it."""

    def __init__(self, connection: socket.socket, encoding: str | None) -> None:
        self.socket = connection
        self.is_end: Callable[[bytearray, int], bool] = self._is_end_of_head
        self._encoding = encoding
        self._head = b""
        self._tail = b""
        self._end = END
        self._undecoded = b""
        self._decode: Callable[[bytes], bytes] = bytes

    def _is_end_of_head(self, buffer: bytearray, size: int) -> bool:
        self._head += buffer[:size]
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the server answered {head[:200]!r}")
        fields = head.lower().split(b"\r\n")
        if b"transfer-encoding: chunked" in fields:
            self._end = CHUNKED_END
        if self._encoding is None:
            self.is_end = self._is_end_of_event
        elif f"content-encoding: {self._encoding}".encode() in fields:
            self._decode = DECODERS[self._encoding]()
            self.is_end = self._is_end_of_decoded_event
        else:
            raise SystemExit(f"the server does not send {self._encoding}")
        self._head = b""
        return bool(rest) and self.is_end(bytearray(rest), len(rest))

    def _is_end_of_event(self, buffer: bytearray, size: int) -> bool:
        end = self._end
        if buffer.endswith(end, 0, size) if size >= len(end) else False:
            return True
        self._tail = (self._tail + buffer[max(0, size - len(end)) : size])[-len(end) :]
        return self._tail == end

    def _is_end_of_decoded_event(self, buffer: bytearray, size: int) -> bool:
        self._undecoded += buffer[:size]
        is_end = False
        while True:
            digits, line_end, rest = self._undecoded.partition(b"\r\n")
            length = int(digits, 16) if line_end else 0
            if not line_end or len(rest) < length + 2:
                return is_end
            is_end = self._decode(rest[:length]).endswith(END)
            self._undecoded = rest[length + 2 :]


def _brotli() -> Any:
    import brotli

    process = brotli.Decompressor().process

    def decode(data: bytes) -> bytes:
        # Since brotli 1.2, a call returns at most 32 kB.
        parts = [process(data)]
        while parts[-1]:
            parts.append(process(b""))
        return b"".join(parts)

    return decode


def _zstd() -> Any:
    from backports import zstd

    return zstd.ZstdDecompressor().decompress


def _gzip() -> Any:
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress


DECODERS = {"br": _brotli, "zstd": _zstd, "gzip": _gzip}
