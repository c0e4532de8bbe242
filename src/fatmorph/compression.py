"""Compression: choose a coding, and compress a whole body or a stream; values in, bytes out.

A stream's compressor remembers its input, so a page that is nearly the last one costs a few
dozen bytes. Its output can be decoded at once, up to the last byte of its input.
The module `content_coding` decides which responses are compressed.

Sources: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 (choosing),
https://www.rfc-editor.org/rfc/rfc1952 (gzip), https://www.rfc-editor.org/rfc/rfc7932 (Brotli),
https://www.rfc-editor.org/rfc/rfc8878 (zstd).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from functools import cache, partial
from importlib import import_module
from typing import Any, Literal, Protocol, TypeAlias, get_args

from fatmorph.errors import MissingExtraError, SettingsError, short_repr

__all__ = (
    "Compressor",
    "Encoding",
    "checked_encodings",
    "compress",
    "negotiate",
    "stream_compressor",
)

# In order of preference: docs/explanation/compression.md has the figures.
Encoding: TypeAlias = Literal["zstd", "br", "gzip"]

# https://www.rfc-editor.org/rfc/rfc9110#quality.values
WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
ALIASES = {"x-gzip": "gzip"}  # https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3

# Levels and windows follow from the same figures.
GZIP_LEVEL = 1
GZIP_WINDOW_BYTES = 2**15
GZIP_MEMORY_BYTES = 268 * 1024
# No name, no time, "unknown" system: https://www.rfc-editor.org/rfc/rfc1952#page-5
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

BROTLI_QUALITY = 4  # lower: a changed page has five times the bytes; higher: too slow
BROTLI_WINDOW_LOGS = range(16, 25)
BROTLI_TABLE_BYTES = 768 * 1024
BROTLI_WINDOW_GAP_BYTES = 16  # https://www.rfc-editor.org/rfc/rfc7932#section-9.1

ZSTD_LEVEL = 1
ZSTD_WINDOW_LOGS = range(10, 24)  # 8 MiB: https://www.rfc-editor.org/rfc/rfc9659#section-3
ZSTD_BLOCK_BYTES = 128 * 1024
ZSTD_TABLE_BYTES = 64 * 1024
ZSTD_PAGES = 4  # level 1 finds a page best in a window of several pages
ZSTD_LEAST_WINDOW_BYTES = 32 * 1024  # some hundred patches of signals

# Smaller data is a heartbeat or a signal: not worth its own window.
SMALL_BYTES = 64


class Compressor(Protocol):
    """One compressed stream, from its first byte to its last."""

    def compress(self, data: bytes) -> bytes:
        """Return bytes from which a decoder gets all of `data`, now."""
        ...

    def release(self) -> None:
        """Free the memory until there is more to compress, if the coding allows it."""
        ...

    def finish(self) -> bytes:
        """Return the bytes that complete the stream; nothing can be compressed after them."""
        ...


def negotiate(accept_encoding: str | None, offered: Iterable[Encoding]) -> Encoding | None:
    """Return the coding that a client prefers; None to leave the body uncompressed.

    Malformed parts of the header are ignored. An uncompressed body is preferred to codings with
    a lower weight, and is sent if nothing else is acceptable, even with `identity;q=0`.

    Args:
        accept_encoding: The header; None if the request has none.
        offered: Our codings; the first of those with the same weight is taken.

    Example:
        >>> negotiate("gzip, br;q=0.9", ["br", "gzip"])
        'gzip'

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
    """
    weights = _weights(accept_encoding or "")
    default = weights.get("*", 0.0)
    best = None
    best_weight = weights.get("identity", 0.0)
    for encoding in offered:
        weight = weights.get(encoding, default)
        if weight > best_weight or (best is None and weight == best_weight > 0):
            best, best_weight = encoding, weight
    return best


def checked_encodings(encodings: Iterable[Encoding] | None) -> tuple[Encoding, ...]:
    """Return codings that can be offered, in their order of preference.

    Args:
        encodings: None for all that are installed; empty to compress nothing.

    Raises:
        SettingsError: A name is not a coding.
        MissingExtraError: The package of a coding is not installed.

    Example:
        >>> checked_encodings(["gzip"])
        ('gzip',)
    """
    if encodings is None:
        return tuple(encoding for encoding in get_args(Encoding) if _is_installed(encoding))
    names = tuple(encodings)
    for name in names:
        if name not in get_args(Encoding):
            raise SettingsError(
                f"cannot compress with {short_repr(name)}",
                where="Settings(compression=…)",
                why="browsers decode zstd, br (Brotli) and gzip",
                fix='Settings(compression=("zstd", "br", "gzip"))',
            )
        if not _is_installed(name):
            extra = {"br": "brotli"}.get(name, name)
            raise MissingExtraError(
                f"cannot compress with {short_repr(name)} without its package",
                where="Settings(compression=…)",
                why="only gzip comes with every Python",
                fix=f'pip install "fatmorph[{extra}]"',
            )
    return names


def compress(body: bytes, encoding: Encoding) -> bytes:
    """Return a whole body in a coding of `checked_encodings()`.

    Example:
        >>> import gzip
        >>> gzip.decompress(compress(b"hello", "gzip"))
        b'hello'
    """
    if encoding == "br":
        return bytes(_brotli().compress(body, quality=BROTLI_QUALITY))
    if encoding == "zstd":
        return _ZstdStream(ZSTD_WINDOW_LOGS[-1]).whole(body)
    return zlib.compress(body, GZIP_LEVEL, zlib.MAX_WBITS | 16)


def stream_compressor(encoding: Encoding, max_bytes: int) -> Compressor | None:
    """Return a compressor for one stream, or None if its memory is too small for this coding.

    It allocates memory on first use, as much as the first page needs.

    Args:
        encoding: One of `checked_encodings()`.
        max_bytes: Approximate limit of its memory; a page that needs more is compressed worse.
    """
    if encoding == "br":
        return _stream(_BrotliStream, BROTLI_WINDOW_LOGS, _brotli_bytes, max_bytes)
    if encoding == "zstd":
        return _stream(_ZstdStream, ZSTD_WINDOW_LOGS, _zstd_bytes, max_bytes)
    return _GzipStream(keeps_window=max_bytes >= GZIP_MEMORY_BYTES)


def _weights(accept_encoding: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for item in accept_encoding.lower().split(","):
        name, semicolon, parameter = item.partition(";")
        name = name.strip()
        weight = WEIGHT.fullmatch(parameter.strip()) if semicolon else None
        if weight is not None or not semicolon:
            weights[ALIASES.get(name, name)] = float(weight[1]) if weight else 1.0
    return weights


def _stream(
    make: Callable[[int], Compressor],
    window_logs: range,
    memory_bytes: Callable[[int], int],
    max_bytes: int,
) -> Compressor | None:
    affordable = [log for log in window_logs if memory_bytes(log) <= max_bytes]
    return make(affordable[-1]) if affordable else None


def _brotli_bytes(window_log: int) -> int:
    return BROTLI_TABLE_BYTES + (2 << window_log)


def _zstd_bytes(window_log: int) -> int:
    window_bytes = 1 << window_log
    return ZSTD_TABLE_BYTES + window_bytes + 2 * min(window_bytes, ZSTD_BLOCK_BYTES)


def _window_log(size: int, window_logs: range, max_window_log: int) -> int:
    """Return the smallest window that holds `size` bytes, if there is one."""
    return min(max(size.bit_length(), window_logs[0]), max_window_log)


class _GzipStream:
    """A gzip member, each part of which may come from a new deflater.

    After a flush, the next part begins at a whole byte and need not refer to earlier ones, so
    a deflater that is not worth its memory can be discarded without ending the member.
    """

    __slots__ = ("_checksum", "_deflater", "_is_begun", "_keeps_window", "_size")

    def __init__(self, *, keeps_window: bool) -> None:
        self._keeps_window = keeps_window
        self._deflater: Any = None  # Any: zlib does not export its type
        self._is_begun = False
        self._checksum = 0
        self._size = 0

    def compress(self, data: bytes) -> bytes:
        header = b"" if self._is_begun else GZIP_HEADER
        self._is_begun = True
        self._checksum = zlib.crc32(data, self._checksum)
        self._size += len(data)
        is_small = len(data) < SMALL_BYTES
        deflater = self._deflater or _deflater(window_log=9 if is_small else zlib.MAX_WBITS)
        if self._keeps_window and not is_small:
            self._deflater = deflater
        if len(data) >= GZIP_WINDOW_BYTES:
            self._deflater = None  # the window has moved past everything that could repeat
        return header + bytes(deflater.compress(data) + deflater.flush(zlib.Z_SYNC_FLUSH))

    def release(self) -> None:
        self._deflater = None

    def finish(self) -> bytes:
        if not self._is_begun:
            return b""  # a response without a body, as to HEAD
        end = _deflater(window_log=9).flush(zlib.Z_FINISH)
        size = (self._size & 0xFFFFFFFF).to_bytes(4, "little")
        return bytes(end) + self._checksum.to_bytes(4, "little") + size


def _deflater(*, window_log: int) -> Any:
    memory_level = 1 if window_log == 9 else 8
    return zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, -window_log, memory_level)


class _BrotliStream:
    """A Brotli stream; its window is chosen once, and its memory is kept to the end."""

    __slots__ = ("_compressor", "_max_window_log")

    def __init__(self, max_window_log: int) -> None:
        self._max_window_log = max_window_log
        self._compressor: Any = None  # Any: an optional dependency without types

    def compress(self, data: bytes) -> bytes:
        if self._compressor is None:
            # If a stream begins with small data, the size of its page is unknown. The unused
            # part of a window takes no memory.
            size = len(data) * 5 // 4 + BROTLI_WINDOW_GAP_BYTES if len(data) > 1024 else 2**24
            self._compressor = _brotli().Compressor(
                quality=BROTLI_QUALITY,
                lgwin=_window_log(size, BROTLI_WINDOW_LOGS, self._max_window_log),
            )
        return bytes(self._compressor.process(data) + self._compressor.flush())

    def release(self) -> None:
        """Do nothing: a Brotli stream cannot continue with another compressor."""

    def finish(self) -> bytes:
        return b"" if self._compressor is None else bytes(self._compressor.finish())


class _ZstdStream:
    """Consecutive zstd frames; a new one begins when the window is too small.

    `release()` ends a frame; the bytes that end it are sent with the next data.
    """

    __slots__ = ("_compressor", "_end", "_max_window_log", "_window_log")

    def __init__(self, max_window_log: int) -> None:
        self._max_window_log = max_window_log
        self._window_log = 0
        self._compressor: Any = None  # Any: one of several optional dependencies
        self._end = b""

    def compress(self, data: bytes) -> bytes:
        if self._compressor is None and len(data) < SMALL_BYTES:
            return self._taken_end() + self.whole(data)
        size = max(ZSTD_PAGES * len(data), ZSTD_LEAST_WINDOW_BYTES)
        wanted = _window_log(size, ZSTD_WINDOW_LOGS, self._max_window_log)
        is_outgrown = len(data) > 1 << self._window_log and wanted > self._window_log
        if self._compressor is None or is_outgrown:
            self.release()
            self._window_log = wanted
            self._compressor = _zstd()(self._window_log)
        return self._taken_end() + bytes(self._compressor.flushed(data))

    def whole(self, data: bytes) -> bytes:
        """Return a separate frame."""
        log = _window_log(len(data), ZSTD_WINDOW_LOGS, self._max_window_log)
        return bytes(_zstd()(log).finished(data))

    def release(self) -> None:
        if self._compressor is not None:
            self._end += bytes(self._compressor.finished(b""))
            self._compressor = None

    def finish(self) -> bytes:
        self.release()
        return self._taken_end()

    def _taken_end(self) -> bytes:
        end, self._end = self._end, b""
        return end


def _is_installed(encoding: Encoding) -> bool:
    packages = {"br": _brotli, "zstd": _zstd}
    return encoding not in packages or packages[encoding]() is not None


@cache
def _brotli() -> Any:  # Any: an optional dependency without types
    return _optional("brotli")


@cache
def _zstd() -> Any:
    """Return a function that makes a frame for a window log, or None."""
    standard = _optional("compression.zstd") or _optional("backports.zstd")
    if standard is not None:
        return partial(_StandardFrame, standard)
    zstandard = _optional("zstandard")
    return None if zstandard is None else partial(_ZstandardFrame, zstandard)


def _optional(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


class _StandardFrame:
    """A frame made by `compression.zstd` of Python 3.14, or by its backport."""

    __slots__ = ("_compressor",)

    def __init__(self, zstd: Any, window_log: int) -> None:
        parameter = zstd.CompressionParameter
        options = {parameter.compression_level: ZSTD_LEVEL, parameter.window_log: window_log}
        self._compressor = zstd.ZstdCompressor(options=options)

    def flushed(self, data: bytes) -> bytes:
        return bytes(self._compressor.compress(data, self._compressor.FLUSH_BLOCK))

    def finished(self, data: bytes) -> bytes:
        return bytes(self._compressor.compress(data, self._compressor.FLUSH_FRAME))


class _ZstandardFrame:
    """A frame made by the package `zstandard`."""

    __slots__ = ("_compressor", "_flush_block")

    def __init__(self, zstandard: Any, window_log: int) -> None:
        parameters = zstandard.ZstdCompressionParameters.from_level(
            ZSTD_LEVEL, window_log=window_log
        )
        compressor = zstandard.ZstdCompressor(compression_params=parameters)
        self._compressor = compressor.compressobj()
        self._flush_block = zstandard.COMPRESSOBJ_FLUSH_BLOCK

    def flushed(self, data: bytes) -> bytes:
        return bytes(self._compressor.compress(data) + self._compressor.flush(self._flush_block))

    def finished(self, data: bytes) -> bytes:
        return bytes(self._compressor.compress(data) + self._compressor.flush())
