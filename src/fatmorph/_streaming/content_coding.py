"""Content codings: which responses are compressed, and how their headers change.

Each response has one object, which converts its head and then its body, part by part.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.4
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from fatmorph._streaming.limits import Limits
from fatmorph.compression import Compressor, Encoding, compress, negotiate, stream_compressor
from fatmorph.counters import Traffic

__all__ = ("ContentCoding", "Header")

Header: TypeAlias = tuple[str, str]

# Smaller bodies fit into one packet with their headers.
LEAST_BODY_BYTES = 1024
# Types of text; most other types are compressed already.
COMPRESSIBLE_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
COMPRESSIBLE_SUFFIXES = ("+json", "+xml")
# The compressor of a stream frees its memory after so long without an event.
SILENT_SECONDS = 10.0


class ContentCoding:
    """The compression of one response, and the headers that describe it.

    Args:
        limits: Which codings are offered, and how much memory a stream may use.
        accept_encoding: The request's header; None if it has none.
        traffic: The numbers of the response.
    """

    __slots__ = (
        "_accept_encoding",
        "_compressor",
        "_limits",
        "_silence_timer",
        "_traffic",
        "head",
        "name",
    )

    def __init__(self, limits: Limits, accept_encoding: str | None, traffic: Traffic) -> None:
        self._limits = limits
        self._accept_encoding = accept_encoding
        self._traffic = traffic
        self._compressor: Compressor | None = None
        self._silence_timer: asyncio.TimerHandle | None = None
        self.name: str = ""
        """The content coding of a stream; empty if it is sent as it is."""
        self.head: tuple[int, Sequence[Header]] | None = None
        """The status and headers that are still to be sent."""

    @property
    def is_streaming(self) -> bool:
        """Whether a stream is being compressed."""
        return self._compressor is not None

    def start(
        self, chunks: list[bytes], *, is_complete: bool
    ) -> tuple[int, Sequence[Header], list[bytes]]:
        """Return the head as it is sent, and the body, which is compressed now if it is complete.

        Args:
            chunks: The body so far.
            is_complete: Whether this is the whole body.
        """
        status, headers = self.head or (200, ())
        self.head = None
        if self._traffic.is_stream:
            headers = self.stream_head(headers)
        elif is_complete:
            headers, body = self.whole(headers, b"".join(chunks))
            chunks = [body]
        return status, headers, chunks

    def add(self, data: bytes, *, is_last: bool) -> bytes:
        """Return a part of a body as it is sent; the receiver can decode all of `data` from it."""
        if self._compressor is None:
            return data
        if self._silence_timer is None:
            self._expect_silence(SILENT_SECONDS)
        sent = self._compressor.compress(data) if data else b""
        return sent + self._compressor.finish() if is_last else sent

    def pause(self) -> None:
        """Free the memory of the compressor until there is more to send."""
        if self._compressor is not None:
            self._compressor.release()

    def close(self) -> None:
        """Free the memory of the compressor."""
        self._compressor = None
        if self._silence_timer is not None:
            self._silence_timer.cancel()

    def stream_head(self, headers: Sequence[Header]) -> Sequence[Header]:
        """Return the headers of a stream of events; `add()` then converts its body."""
        headers = _with_member(headers, "cache-control", "no-transform")
        if not self._limits.compression or _is_coded(headers):
            return headers
        compressors: dict[Encoding, Compressor] = {}
        for encoding in self._limits.compression:
            compressor = stream_compressor(encoding, self._limits.max_compression_bytes)
            if compressor is not None:
                compressors[encoding] = compressor
        headers = _with_member(headers, "vary", "accept-encoding")
        chosen = negotiate(self._accept_encoding, compressors)
        if chosen is None:
            return headers
        self._compressor = compressors[chosen]
        self.name = chosen
        return [*headers, ("content-encoding", chosen)]

    def whole(self, headers: Sequence[Header], body: bytes) -> tuple[Sequence[Header], bytes]:
        """Return headers and body of a whole response as they are sent.

        Args:
            headers: The headers, including the body's length.
            body: Empty for a response to HEAD; the length is then left out, because it is known
                only after compression.
        """
        if not self._limits.compression or not _is_compressible(headers):
            return headers, body
        headers = _with_member(headers, "vary", "accept-encoding")
        chosen = negotiate(self._accept_encoding, self._limits.compression)
        if chosen is None:
            return headers, body
        kept = [_weakened(header) for header in headers if header[0] != "content-length"]
        kept.append(("content-encoding", chosen))
        if not body:
            return kept, body
        compressed = compress(body, chosen)
        return [*kept, ("content-length", str(len(compressed)))], compressed

    def _expect_silence(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._silence_timer = loop.call_later(seconds, self._pause_if_silent)

    def _pause_if_silent(self) -> None:
        self._silence_timer = None
        silence = asyncio.get_running_loop().time() - self._traffic.last_event
        if silence < SILENT_SECONDS:
            self._expect_silence(SILENT_SECONDS - silence)
        else:
            self.pause()


def _is_coded(headers: Iterable[Header]) -> bool:
    return any(name == "content-encoding" for name, _ in headers)


def _is_compressible(headers: Sequence[Header]) -> bool:
    values = dict(headers)
    media_type = values.get("content-type", "").partition(";")[0].strip().lower()
    is_text = media_type.startswith(COMPRESSIBLE_TYPES) or media_type.endswith(
        COMPRESSIBLE_SUFFIXES
    )
    is_large = int(values.get("content-length", 0)) >= LEAST_BODY_BYTES
    # A range counts the bytes of one coding: https://www.rfc-editor.org/rfc/rfc9110#section-14.4
    return is_text and is_large and not _is_coded(headers) and "content-range" not in values


def _with_member(headers: Iterable[Header], name: str, member: str) -> list[Header]:
    """Return the headers with `member` added to the list in the header `name`."""
    found = {key: value for key, value in headers if key == name}.get(name)
    if found is None:
        return [*headers, (name, member)]
    members = {item.strip().lower() for item in found.split(",")}
    merged = found if members & {member, "*"} else f"{found}, {member}"
    return [(key, merged if key == name else value) for key, value in headers]


def _weakened(header: Header) -> Header:
    """Return the header with a strong entity tag made weak, as all codings of a body have it.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3
    """
    name, value = header
    is_strong = name == "etag" and not value.startswith("W/")
    return (name, f"W/{value}") if is_strong else header
