"""Laws that hold for any request: the target of a redirect, the head of a response, who may act.

Other libraries judge: Ada reads URLs as browsers do, `h11` reads heads as servers do.
"""

import datetime
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

import h11
import msgspec
import pydantic
import pytest
from hypothesis import example, given, strategies as st

from fatmorph.errors import OriginError, ResponseError, SignalsError
from fatmorph.http._head import ResponseHeaders, checked_location, cookie_header
from fatmorph.http._signal_limits import MAX_EQUAL_HASHES, checked_size
from fatmorph.http._signals import decoded_signals
from fatmorph.http.origin import check_origin
from machine import installed

PAGES = ["https://shop.example/", "https://shop.example/a/b?c=d#e", "http://127.0.0.1:8000/a"]

# Pieces that URL parsers disagree about, in any order.
PIECES = [
    "/", "\\", "//", "\t", "\n", "\r", "\0", " ", ".", "..", ":", "@", "?", "#", "%", "%2f", "%5c",
    "[", "]", ";", "&", "https:", "http:", "HTTPS:", "javascript:", "data:", "blob:", "file:",
    "evil.example", "shop.example", "user", "a", "é",
    "\uff0f", "\u2044", "\u3002", "\uff1a", "\u2028", "\ufeff", "\x85",
]  # fmt: skip
addresses = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
texts = st.one_of(st.text(), st.text(st.characters(max_codepoint=0x17F)))


def accepted(function: Any, *arguments: Any, **options: Any) -> Any:
    """Return what a function returns, or None where it refuses with an error of ours."""
    try:
        return function(*arguments, **options)
    except (ResponseError, SignalsError):
        return None


def opened(location: str | None, page: str) -> Any:  # Any: the type of a package
    """Return where a browser is that was sent from a page to a location: there, or nowhere."""
    url: Any = installed("ada_url").URL
    try:
        return url(page if location is None else location, page)
    except ValueError:
        return url(page)


@given(addresses, st.sampled_from(PAGES))
@example("/\\evil.example", PAGES[0])
@example("\t//evil.example", PAGES[0])
@example(".//evil.example", PAGES[0])
@example("/..//evil.example", PAGES[1])
def test_a_redirect_that_was_not_asked_to_leave_stays(address: str, page: str) -> None:
    location = accepted(checked_location, address, external=False)

    assert opened(location, page).origin == opened(page, page).origin


@given(addresses, st.sampled_from(PAGES))
def test_a_redirect_leads_to_a_page_and_never_to_code(address: str, page: str) -> None:
    location = accepted(checked_location, address, external=True)

    assert opened(location, page).protocol in ("http:", "https:")


def head(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return the headers that a peer reads when these are written without any further check."""
    lines = b"".join(b"%s: %s\r\n" % (n.encode("latin-1"), v.encode("latin-1")) for n, v in headers)
    peer = h11.Connection(h11.CLIENT)
    peer.send(h11.Request(method="GET", target="/", headers=[("host", "shop.example")]))
    peer.receive_data(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n")
    response = peer.next_event()
    assert isinstance(response, h11.Response)
    assert peer.trailing_data[0] == b""
    return [(bytes(name), bytes(value)) for name, value in response.headers]


@given(st.dictionaries(texts, texts, max_size=3))
@example({"x": "1\r\nset-cookie: a=b"})
@example({"x": " "})
def test_a_head_is_read_as_it_was_written(values: dict[str, str]) -> None:
    headers = ResponseHeaders()

    for name, value in values.items():
        accepted(headers.__setitem__, name, value)

    expected = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers.items()]
    assert head(list(headers.items())) == expected


@given(texts, texts, texts, st.none() | texts)
@example("a", "b; Domain=evil.example", "/", None)
def test_a_cookie_is_one_cookie_with_the_attributes_that_were_given(
    name: str, value: str, path: str, domain: str | None
) -> None:
    header = accepted(
        cookie_header,
        name,
        value,
        max_age=60,
        path=path,
        domain=domain,
        secure=True,
        http_only=True,
        same_site="strict",
    )

    parts = header.split(";") if header else []
    names = [part.partition("=")[0].strip() for part in parts]
    expected = [name, "Path", *(["Domain"] if domain is not None else []), "Max-Age", "Secure"]
    assert names == ([] if header is None else [*expected, "HttpOnly", "SameSite"])
    assert header is None or head([("set-cookie", header)]) == [(b"set-cookie", header.encode())]


hosts = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,9}[a-z0-9])?(\.[a-z]{2,6}){0,2}", fullmatch=True)
ports = st.none() | st.integers(1, 65535)
DEFAULT_PORTS = {"http": 80, "https": 443}


def is_taken(headers: dict[str, str]) -> bool:
    try:
        check_origin("POST", headers, ())
    except OriginError:
        return False
    return True


@given(st.sampled_from(["http", "https"]), hosts, ports, hosts, ports)
def test_host_and_port_decide_if_the_browser_sends_no_fetch_metadata(
    scheme: str, host: str, port: int | None, other_host: str, other_port: int | None
) -> None:
    def address(name: str, number: int | None) -> str:
        return name if number is None else f"{name}:{number}"

    headers = {
        "origin": f"{scheme}://{address(other_host, other_port)}",
        "host": address(host, port),
    }
    is_same = (host, port or DEFAULT_PORTS[scheme]) == (
        other_host,
        other_port or DEFAULT_PORTS[scheme],
    )

    assert is_taken(headers) is is_same
    assert is_taken(headers | {"origin": f"{scheme}://{headers['host']}"})


@given(st.text(), st.text(), st.text())
def test_a_browser_that_says_cross_site_is_believed(method: str, origin: str, host: str) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": origin, "host": host}

    with pytest.raises(OriginError):
        check_origin(method, headers | {"datastar-request": "true"}, {"https://partner.example"})


MODULUS = 2**61 - 1
SPELLINGS: list[Callable[[int], str]] = [
    str,
    "+{}".format,
    " {}\n".format,
    "0{}".format,
    "{:_}".format,
    "{}.0".format,
    "{}e0".format,
    lambda number: f"{str(number)[:-7]}.{str(number)[-7:]}e7",
    lambda number: "".join(chr(0x0966 + int(digit)) for digit in str(number)),
]


@given(
    st.integers(0, MODULUS - 1),
    st.sets(st.integers(10, 10**30), min_size=MAX_EQUAL_HASHES + 1, max_size=40),
    st.data(),
)
def test_numbers_of_one_hash_are_refused_however_they_are_spelt(
    rest: int, factors: set[int], data: st.DataObject
) -> None:
    numbers = [rest + factor * MODULUS for factor in factors]
    texts = [data.draw(st.sampled_from(SPELLINGS))(number) for number in numbers]

    assert {hash(Decimal(text)) for text in texts} == {hash(numbers[0])}
    assert accepted(checked_size, json.dumps(texts).encode()) is None
    assert accepted(checked_size, json.dumps(dict.fromkeys(texts)).encode()) is None


class Tree(pydantic.BaseModel, extra="forbid"):
    """A shape with a little of everything."""

    names: list[str] = []
    counts: dict[str, int] = {}
    ids: set[uuid.UUID] = set()
    trees: "dict[str, Tree] | None" = None
    parts: tuple[int, datetime.datetime] | None = None


class Struct(msgspec.Struct, forbid_unknown_fields=True):
    """The same for msgspec."""

    names: list[str] = []
    counts: dict[int, int] = {}
    ids: set[uuid.UUID] = set()
    trees: "dict[str, Struct] | None" = None
    color: Literal["red"] = "red"


SECRETS = ["hunter2", "hunter2\nERROR: b", "` - at `$.hunter2", "hunter2.names", "[hunter2]"]
secrets = st.sampled_from(SECRETS)
hostile = st.recursive(
    secrets | st.integers() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(secrets | st.sampled_from([*Struct.__struct_fields__, "parts"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(secrets | st.sampled_from([*Struct.__struct_fields__, "parts"]), hostile))
def test_a_message_quotes_nothing_that_was_sent(signals: dict[str, Any]) -> None:
    messages: list[str] = []
    for shape in (Tree, Struct, dict[str, dict[str, int]]):
        try:
            decoded_signals(json.dumps(signals).encode(), shape)
        except SignalsError as error:
            messages.append(str(error))

    assert "hunter2" not in "".join(messages)


json_bytes = st.lists(
    st.sampled_from(
        [b"{", b"}", b"[", b"]", b'"', b"\\", b":", b",", b"1", b"\xff", b'"a":', b" "]
    ),
    max_size=40,
).map(b"".join)


@given(st.binary() | json_bytes)
def test_signals_are_an_object_or_an_error_of_ours(raw: bytes) -> None:
    signals = accepted(decoded_signals, raw, dict)

    assert signals is None or type(signals) is dict
