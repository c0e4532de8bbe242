"""Codings: negotiation with the client, and streams that can be decoded after every part."""

import gzip
import random
import sys
from collections.abc import Iterator

import brotli
import pytest

from decoders import decoder
from fatmorph import compression
from fatmorph.compression import (
    Compressor,
    Encoding,
    checked_encodings,
    compress,
    negotiate,
    stream_compressor,
)
from fatmorph.errors import MissingExtraError, SettingsError
from machine import installed

ALL: tuple[Encoding, ...] = ("zstd", "br", "gzip")
PLENTY = 64 * 1024 * 1024
each_encoding = pytest.mark.parametrize("encoding", ALL)


def page(changed: int, *, cells: int = 400) -> bytes:
    """Return a page of about 30 kB with randomly coloured cells, one of them changed."""
    colours = random.Random(7).choices(["red", "green", "blue", "teal"], k=cells)
    colours[changed] = "black"
    return "".join(
        f'<div id="cell-{cell}" class="cell" style="background-color: {colour}"></div>'
        for cell, colour in enumerate(colours)
    ).encode()


def opened(encoding: Encoding, max_bytes: int = PLENTY) -> Compressor:
    compressor = stream_compressor(encoding, max_bytes)
    assert compressor is not None
    return compressor


@pytest.fixture
def forgotten_packages() -> Iterator[None]:
    """Clear the cached look-ups of packages before and after the test."""
    finders = [compression._brotli, compression._zstd]
    for finder in finders:
        finder.cache_clear()
    yield
    for finder in finders:
        finder.cache_clear()


@pytest.mark.parametrize(
    ("accept_encoding", "chosen"),
    [
        (None, None),
        ("", None),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZip", "gzip"),
        ("deflate", None),
        ("gzip;q=1.0, br;q=0.9", "gzip"),
        ("gzip ; Q=0.5 , br ; q=0.501", "br"),
        ("*", "zstd"),
        ("*;q=0", None),
        ("zstd;q=0, *", "br"),
        ("gzip;q=0.1, *;q=0", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("identity, gzip", "gzip"),
        ("identity;q=0.5, gzip;q=0.4", None),
        ("identity;q=0, gzip;q=0.001", "gzip"),
        ("identity;q=0", None),
        ("identity;q=0.5, *;q=0.8", "zstd"),
        ("br;q=2, gzip;q=0.5", "gzip"),
        ("br;q=, gzip", "gzip"),
        ("br;level=4, gzip", "gzip"),
        ("br;q=-1", None),
        ("br;q=0.0001", None),
        (",,; ,=,;q=1, gzip ,", "gzip"),
        ("gzip;q=1;q=0", None),
        ("zstd\x00, br\xff, \u2028", None),
    ],
)
def test_the_coding_that_a_client_prefers_is_chosen(
    accept_encoding: str | None, chosen: str | None
) -> None:
    assert negotiate(accept_encoding, ALL) == chosen


def test_the_first_offered_of_equally_preferred_codings_is_chosen() -> None:
    assert negotiate("zstd, br, gzip", ["gzip", "br"]) == "gzip"


def test_a_coding_is_not_chosen_without_an_offer() -> None:
    assert negotiate("gzip", []) is None


@each_encoding
def test_a_compressed_body_is_smaller_and_can_be_decoded(encoding: Encoding) -> None:
    body = page(1)

    compressed = compress(body, encoding)

    assert decoder(encoding)(compressed) == body
    assert len(compressed) < len(body) / 8


@each_encoding
def test_every_part_of_a_stream_can_be_decoded_at_once(encoding: Encoding) -> None:
    compressor = opened(encoding)
    read = decoder(encoding)
    parts = [b"first", b":\n\n", page(1), page(2), b"", b"x", bytes(range(256)) * 1000]

    received = [read(compressor.compress(part)) for part in parts]

    assert received == parts


@each_encoding
def test_a_stream_continues_after_its_memory_was_released(encoding: Encoding) -> None:
    compressor = opened(encoding)
    read = decoder(encoding)
    received = []

    for part in (page(1), b":\n\n", page(2)):
        compressor.release()
        received.append(read(compressor.compress(part)))
        compressor.release()

    assert received == [page(1), b":\n\n", page(2)]


@each_encoding
@pytest.mark.parametrize("is_released", [False, True])
def test_a_finished_stream_is_a_whole_body(encoding: Encoding, *, is_released: bool) -> None:
    compressor = opened(encoding)
    body = b"".join(compressor.compress(page(changed)) for changed in range(3))

    release = compressor.release if is_released else bool
    release()
    body += compressor.finish()

    assert whole(encoding, body) == page(0) + page(1) + page(2)


@each_encoding
def test_a_stream_without_content_has_no_bytes(encoding: Encoding) -> None:
    assert opened(encoding).finish() == b""


@pytest.mark.parametrize(("encoding", "most"), [("zstd", 400), ("br", 100)])
def test_a_page_with_one_changed_cell_costs_a_few_bytes(encoding: Encoding, most: int) -> None:
    compressor = opened(encoding)
    cells = 650  # about 50 kB
    compressor.compress(page(1, cells=cells))

    again = compressor.compress(page(2, cells=cells))

    assert len(again) <= most


@pytest.mark.parametrize("encoding", ["zstd", "br"])
def test_a_repeated_page_is_small_even_in_a_stream_with_a_small_start(
    encoding: Encoding,
) -> None:
    compressor = opened(encoding)
    compressor.compress(b'event: datastar-patch-signals\ndata: signals {"a": 1}\n\n' * 2)
    first = compressor.compress(page(1))

    again = compressor.compress(page(2))

    assert len(again) < len(first) / 5


@each_encoding
@pytest.mark.parametrize("max_bytes", [0, 100_000, 300_000, 1_000_000])
def test_a_page_is_decoded_correctly_with_any_budget(encoding: Encoding, max_bytes: int) -> None:
    compressor = stream_compressor(encoding, max_bytes) or opened(encoding)
    read = decoder(encoding)

    received = [read(compressor.compress(page(changed))) for changed in range(5)]

    assert received == [page(changed) for changed in range(5)]


@pytest.mark.parametrize(("encoding", "least"), [("zstd", 67 * 1024), ("br", 896 * 1024)])
def test_a_coding_is_available_from_a_certain_budget(encoding: Encoding, least: int) -> None:
    available = [stream_compressor(encoding, size) is not None for size in (least - 1, least)]

    assert available == [False, True]


def test_gzip_is_available_with_any_budget() -> None:
    assert stream_compressor("gzip", 0) is not None


@pytest.mark.parametrize("package", ["compression.zstd", "backports.zstd", "zstandard"])
def test_every_package_for_zstd_writes_a_readable_stream(
    package: str, monkeypatch: pytest.MonkeyPatch, forgotten_packages: None
) -> None:
    module = installed(package)
    others = {"compression.zstd", "backports.zstd", "zstandard"} - {package}
    for other in others:
        monkeypatch.setitem(sys.modules, other, None)

    compressor = opened("zstd")
    parts = [compressor.compress(page(changed)) for changed in range(3)]
    compressor.release()
    parts.append(compressor.compress(b":\n\n"))

    assert decoder("zstd")(b"".join(parts)) == page(0) + page(1) + page(2) + b":\n\n"
    assert compression._zstd().args[0] is module


def test_all_installed_codings_are_offered_by_default(
    monkeypatch: pytest.MonkeyPatch, forgotten_packages: None
) -> None:
    everything = checked_encodings(None)
    for package in ("brotli", "compression.zstd", "backports.zstd", "zstandard"):
        monkeypatch.setitem(sys.modules, package, None)
    for finder in (compression._brotli, compression._zstd):
        finder.cache_clear()

    assert (everything, checked_encodings(None)) == (ALL, ("gzip",))


def test_a_coding_without_its_package_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, forgotten_packages: None
) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)

    with pytest.raises(MissingExtraError, match=r'pip install "fatmorph\[brotli\]"'):
        checked_encodings(["br"])


@pytest.mark.parametrize("names", [["deflate"], "gzip", [None]])
def test_an_unknown_coding_is_refused(names: list[Encoding]) -> None:
    with pytest.raises(SettingsError, match="cannot compress with"):
        checked_encodings(names)


def test_the_order_of_codings_is_kept() -> None:
    assert checked_encodings(["gzip", "br"]) == ("gzip", "br")


def whole(encoding: Encoding, body: bytes) -> bytes:
    """Decompress a body that must be complete."""
    if encoding == "gzip":
        return gzip.decompress(body)  # checks length and checksum
    if encoding == "br":
        return brotli.decompress(body)
    return decoder(encoding)(body)
