"""Which responses are compressed, and what their headers say then."""

import zlib

import pytest

from fatmorph._streaming.content_coding import ContentCoding, Header
from fatmorph.counters import Traffic
from fatmorph.settings import Settings

PAGE = b"<p>hello</p>" * 200
HTML: Header = ("content-type", "text/html; charset=utf-8")
STREAM: Header = ("content-type", "text/event-stream")
NO_CACHE: Header = ("cache-control", "no-cache")
GZIP = Settings(compression=["gzip"])


def whole(
    *headers: Header,
    body: bytes = PAGE,
    accept_encoding: str | None = "gzip",
    settings: Settings = GZIP,
) -> tuple[list[Header], bytes]:
    length = ("content-length", str(len(body)))
    coded, sent = ContentCoding(settings, accept_encoding, Traffic(0.0)).whole(
        [*headers, length], body
    )
    return list(coded), sent


def unzipped(data: bytes) -> bytes:
    return zlib.decompress(data, zlib.MAX_WBITS | 16)


def test_a_page_is_compressed_and_says_its_new_length() -> None:
    headers, body = whole(HTML)

    assert headers == [
        HTML,
        ("vary", "accept-encoding"),
        ("content-encoding", "gzip"),
        ("content-length", str(len(body))),
    ]
    assert unzipped(body) == PAGE


def test_a_page_that_is_sent_as_it_is_still_says_that_it_varies() -> None:
    length = ("content-length", str(len(PAGE)))

    assert whole(HTML, accept_encoding=None) == ([HTML, length, ("vary", "accept-encoding")], PAGE)


def test_a_head_alone_says_what_the_body_would_have_but_not_its_length() -> None:
    length = ("content-length", str(len(PAGE)))

    headers, body = ContentCoding(GZIP, "gzip", Traffic(0.0)).whole([HTML, length], b"")

    assert (headers, body) == (
        [HTML, ("vary", "accept-encoding"), ("content-encoding", "gzip")],
        b"",
    )


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([HTML], b"x" * 1023),
        ([HTML], b""),
        ([("content-type", "image/png")], PAGE),
        ([], PAGE),
        ([HTML, ("content-encoding", "br")], PAGE),
        ([HTML, ("content-range", "bytes 0-2399/9000")], PAGE),
    ],
    ids=["small", "empty", "image", "untyped", "coded", "range"],
)
def test_a_response_that_compression_would_not_help_is_left_alone(
    headers: list[Header], body: bytes
) -> None:
    length = ("content-length", str(len(body)))

    assert whole(*headers, body=body) == ([*headers, length], body)


def test_a_response_without_a_length_is_left_alone() -> None:
    assert ContentCoding(GZIP, "gzip", Traffic(0.0)).whole([("etag", '"1"')], b"") == (
        [("etag", '"1"')],
        b"",
    )


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "TEXT/HTML", "application/json", "application/ld+json", "image/svg+xml"],
)
def test_every_text_is_compressed(media_type: str) -> None:
    _, body = whole(("content-type", media_type))

    assert unzipped(body) == PAGE


@pytest.mark.parametrize(
    ("vary", "merged"),
    [
        ("cookie", "cookie, accept-encoding"),
        ("Cookie, Accept-Encoding", "Cookie, Accept-Encoding"),
        ("*", "*"),
    ],
)
def test_the_other_headers_that_a_response_varies_by_are_kept(vary: str, merged: str) -> None:
    headers, _ = whole(HTML, ("vary", vary))

    assert ("vary", merged) in headers
    assert [name for name, _ in headers].count("vary") == 1


@pytest.mark.parametrize(("tag", "shared"), [('"a"', 'W/"a"'), ('W/"a"', 'W/"a"')])
def test_a_strong_tag_becomes_weak_because_it_names_other_bytes(tag: str, shared: str) -> None:
    headers, _ = whole(HTML, ("etag", tag))

    assert ("etag", shared) in headers


def test_cookies_are_kept_each() -> None:
    cookies = [("set-cookie", "a=1"), ("set-cookie", "b=2")]

    headers, _ = whole(HTML, *cookies)

    assert [header for header in headers if header[0] == "set-cookie"] == cookies


async def test_a_stream_is_compressed_part_by_part() -> None:
    coding = ContentCoding(GZIP, "gzip", Traffic(0.0))
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)

    headers = coding.stream_head([STREAM, NO_CACHE])
    first = reader.decompress(coding.add(b"a", is_last=False))
    last = reader.decompress(coding.add(b"b", is_last=True))

    assert headers == [
        STREAM,
        ("cache-control", "no-cache, no-transform"),
        ("vary", "accept-encoding"),
        ("content-encoding", "gzip"),
    ]
    assert (first, last, reader.eof) == (b"a", b"b", True)


async def test_a_stream_that_ends_without_a_last_word_is_complete() -> None:
    coding = ContentCoding(GZIP, "gzip", Traffic(0.0))
    coding.stream_head([STREAM])
    body = coding.add(b"a", is_last=False)

    body += coding.add(b"", is_last=True)

    assert unzipped(body) == b"a"


async def test_the_head_of_a_stream_has_no_body() -> None:
    coding = ContentCoding(GZIP, "gzip", Traffic(0.0))
    coding.stream_head([STREAM])

    assert coding.add(b"", is_last=True) == b""


@pytest.mark.parametrize(
    ("headers", "settings", "accept_encoding", "expected"),
    [
        (
            [STREAM],
            GZIP,
            None,
            [STREAM, ("cache-control", "no-transform"), ("vary", "accept-encoding")],
        ),
        (
            [STREAM, ("cache-control", "no-store, no-transform")],
            Settings(compression=()),
            "gzip",
            [STREAM, ("cache-control", "no-store, no-transform")],
        ),
        (
            [STREAM, ("content-encoding", "identity")],
            GZIP,
            "gzip",
            [STREAM, ("content-encoding", "identity"), ("cache-control", "no-transform")],
        ),
    ],
    ids=["not accepted", "switched off", "coded by the handler"],
)
async def test_a_stream_is_sent_as_it_is(
    headers: list[Header],
    settings: Settings,
    accept_encoding: str | None,
    expected: list[Header],
) -> None:
    coding = ContentCoding(settings, accept_encoding, Traffic(0.0))

    head = coding.stream_head(headers)
    coding.pause()

    assert (head, coding.add(b"a", is_last=True)) == (expected, b"a")


def test_a_coding_that_needs_more_memory_than_allowed_is_not_offered() -> None:
    settings = Settings(compression=["br", "gzip"], max_compression_bytes=300_000)

    headers = ContentCoding(settings, "br, gzip", Traffic(0.0)).stream_head([STREAM])

    assert ("content-encoding", "gzip") in headers


def test_a_closed_coding_compresses_no_more() -> None:
    coding = ContentCoding(GZIP, "gzip", Traffic(0.0))
    coding.stream_head([STREAM])

    coding.close()

    assert not coding.is_streaming
