"""Content codings: which responses are compressed, and how their headers change.

One object per response converts the head and then the body, part by part.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.4
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from fatmorph.compression import Compressor, Encoding, compress, negotiate, stream_compressor
from fatmorph.settings import Settings

__all__ = ("ContentCoding", "Header")

Header: TypeAlias = tuple[str, str]

# Smaller bodies fit into one packet with their headers.
LEAST_BODY_BYTES = 1024
# Types of text; most other types are compressed already.
COMPRESSIBLE_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
COMPRESSIBLE_SUFFIXES = ("+json", "+xml")


class ContentCoding:
    """The content coding of one response, if any.

    Args:
        settings: Which codings are offered, and how much memory a stream may take.
        accept_encoding: The request's header; None if it has none.
    """

    __slots__ = ("_accept_encoding", "_compressor", "_settings")

    def __init__(self, settings: Settings, accept_encoding: str | None) -> None:
        self._settings = settings
        self._accept_encoding = accept_encoding
        self._compressor: Compressor | None = None

    @property
    def is_streaming(self) -> bool:
        """Whether a stream is being compressed."""
        return self._compressor is not None

    def stream_head(self, headers: Sequence[Header]) -> Sequence[Header]:
        """Return the headers of a stream of events, whose body goes through `add()`."""
        headers = _with_member(headers, "cache-control", "no-transform")
        if not self._settings.compression or _is_coded(headers):
            return headers
        compressors: dict[Encoding, Compressor] = {}
        for encoding in self._settings.compression:
            compressor = stream_compressor(encoding, self._settings.max_compression_bytes)
            if compressor is not None:
                compressors[encoding] = compressor
        headers = _with_member(headers, "vary", "accept-encoding")
        chosen = negotiate(self._accept_encoding, compressors)
        if chosen is None:
            return headers
        self._compressor = compressors[chosen]
        return [*headers, ("content-encoding", chosen)]

    def add(self, data: bytes, *, is_last: bool) -> bytes:
        """Return a part of a stream as it is sent; the client can decode all of `data` from it."""
        if self._compressor is None:
            return data
        sent = self._compressor.compress(data) if data else b""
        return sent + self._compressor.finish() if is_last else sent

    def release(self) -> None:
        """Free the memory of an idle stream until there is more to send."""
        if self._compressor is not None:
            self._compressor.release()

    def close(self) -> None:
        """Free the memory of a stream that has ended."""
        self._compressor = None

    def whole(self, headers: Sequence[Header], body: bytes) -> tuple[Sequence[Header], bytes]:
        """Return headers and body of a whole response as they are sent.

        Args:
            headers: With the body's length.
            body: Empty if only the head is wanted; the length, which is only known after
                compression, is then omitted.
        """
        if not self._settings.compression or not _is_compressible(headers):
            return headers, body
        headers = _with_member(headers, "vary", "accept-encoding")
        chosen = negotiate(self._accept_encoding, self._settings.compression)
        if chosen is None:
            return headers, body
        kept = [_weakened(header) for header in headers if header[0] != "content-length"]
        kept.append(("content-encoding", chosen))
        if not body:
            return kept, body
        compressed = compress(body, chosen)
        return [*kept, ("content-length", str(len(compressed)))], compressed


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
    """Return headers in which the list `name` has `member`."""
    found = {key: value for key, value in headers if key == name}.get(name)
    if found is None:
        return [*headers, (name, member)]
    members = {item.strip().lower() for item in found.split(",")}
    merged = found if members & {member, "*"} else f"{found}, {member}"
    return [(key, merged if key == name else value) for key, value in headers]


def _weakened(header: Header) -> Header:
    """Return an entity tag that is shared by all codings of a body.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3
    """
    name, value = header
    is_strong = name == "etag" and not value.startswith("W/")
    return (name, f"W/{value}") if is_strong else header
