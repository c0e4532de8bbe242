"""Requests: their parts, their signals, and how bad ones are refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypedDict
from urllib.parse import quote

import msgspec
import pydantic
import pytest

from fatmorph._log import Limit
from fatmorph.context import MAX_SIGNAL_BYTES, Context, Headers, Query
from fatmorph.errors import BodyError, ResponseError, SignalsError


@dataclass
class Item:
    count: int


@dataclass
class Cart:
    items: list[Item] = field(default_factory=list)


@dataclass
class DataclassSignals:
    cart: Cart = field(default_factory=Cart)
    user_id: str = ""


class StructSignals(msgspec.Struct):
    cart: Cart = msgspec.field(default_factory=Cart)
    user_id: str = ""


class TypedDictSignals(TypedDict, total=False):
    cart: Cart
    user_id: str


class PydanticItem(pydantic.BaseModel):
    count: int


class PydanticCart(pydantic.BaseModel):
    items: list[PydanticItem] = []


class PydanticSignals(pydantic.BaseModel):
    cart: PydanticCart = PydanticCart()
    user_id: str = ""


SHAPES = [DataclassSignals, StructSignals, TypedDictSignals, PydanticSignals]
shapes = pytest.mark.parametrize("shape", SHAPES)


def get(query_string: str = "", **headers: str) -> Context:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Context(method="GET", path="/cart", query_string=query_string, headers=named)


def post(
    body: bytes | None,
    content_type: str = "application/json",
    headers: Sequence[tuple[str, str]] = (),
) -> Context:
    async def read_body(max_bytes: int) -> bytes | None:
        return None if body is None or len(body) > max_bytes else body

    return Context(
        method="POST",
        path="/cart",
        headers=[("content-type", content_type), *headers],
        read_body=read_body,
    )


def test_headers_are_found_in_any_letter_case() -> None:
    headers = Headers([("X-Trace", "7"), ("accept", "a"), ("Accept", "b")])

    assert dict(headers) == {"x-trace": "7", "accept": "a, b"}
    assert headers["X-TRACE"] == "7"


def test_cookies_in_two_headers_are_joined_as_cookies() -> None:
    context = Context(method="GET", path="/", headers=[("cookie", "a=1"), ("cookie", "b=2; a=3")])

    assert dict(context.cookies) == {"a": "1", "b": "2"}


def test_a_cookie_is_decoded_as_the_writer_encodes_it() -> None:
    context = get(cookie='session=%C3%A9%201; quoted="x"; junk; empty=')

    assert dict(context.cookies) == {"session": "é 1", "quoted": "x", "empty": ""}


def test_a_page_has_one_nonce_and_every_page_a_different_one() -> None:
    page, other = get(), get()

    assert len({page.nonce, page.nonce, other.nonce}) == 2


def test_an_action_has_the_nonce_of_its_page() -> None:
    context = get(datastar_request="true", fatmorph_nonce="AbCd/+_-==")

    assert context.nonce == "AbCd/+_-=="


@pytest.mark.parametrize("sent", ["", "a b", 'a"b', "a, b", "a=b", "<", "é", "n0nce'", "a==="])
def test_a_value_that_is_invalid_in_a_policy_is_not_a_nonce(sent: str) -> None:
    assert get(datastar_request="true", fatmorph_nonce=sent).nonce == ""


def test_an_action_has_an_empty_nonce_if_its_page_sent_none() -> None:
    assert get(datastar_request="true").nonce == ""


def test_a_page_ignores_a_nonce_in_its_request() -> None:
    assert get(fatmorph_nonce="n0nce").nonce != "n0nce"


@pytest.mark.parametrize("space", ["\x85", "\xa0", "\x1f", "\v", "\f", "Â\xa0"])
def test_a_cookie_after_unusual_white_space_is_another_cookie(space: str) -> None:
    context = get(cookie=f"{space}__Host-session=evil; __Host-session=mine;\t a=1 ")

    assert dict(context.cookies) == {
        f"{space}__Host-session": "evil",
        "__Host-session": "mine",
        "a": "1",
    }


def test_a_query_gives_the_first_value_of_a_name_and_all_of_them() -> None:
    query = Query("cell=3&cell=4&empty=&caf%C3%A9=a+b")

    assert dict(query) == {"cell": "3", "empty": "", "café": "a b"}
    assert (query.get_all("cell"), query.get_all("none")) == (["3", "4"], [])


@pytest.mark.parametrize(
    "shown",
    [
        Headers([("authorization", "secret")]),
        Query("token=secret"),
        get("token=secret", authorization="secret"),
    ],
)
def test_a_repr_shows_no_value(shown: object) -> None:
    assert "secret" not in repr(shown)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (Headers([("a\nERROR: b", "")]), r"Headers(a\nerror: b)"),
        (Query("a%0AERROR:+b"), r"Query(a\nERROR: b)"),
        (Context(method="GET", path="/a\nERROR: b"), "<Context GET /a%0AERROR:%20b>"),
    ],
)
def test_a_repr_is_always_one_line(shown: object, expected: str) -> None:
    assert repr(shown) == expected


def test_a_request_says_whether_datastar_made_it_and_what_it_saw_last() -> None:
    plain, asked = get(), get(datastar_request="true", last_event_id="7")

    assert [(c.is_datastar, c.last_event_id) for c in (plain, asked)] == [
        (False, None),
        (True, "7"),
    ]


def test_values_of_ones_own_are_kept_for_the_request() -> None:
    context = get()

    context["user"] = "Ada"

    assert (context["user"], "user" in context, "other" in context) == ("Ada", True, False)


async def test_a_body_is_read_as_a_whole() -> None:
    assert await post(b"abc").body() == b"abc"
    assert await get().body() == b""


async def test_a_body_that_is_too_large_names_the_limit() -> None:
    with pytest.raises(BodyError, match="cannot read a body of more than 2 bytes"):
        await post(b"abc").body(max_bytes=2)


async def test_a_body_refused_once_names_the_first_limit_again() -> None:
    context = post(None)

    with pytest.raises(SignalsError):
        await context.signals()

    with pytest.raises(BodyError, match=f"of more than {MAX_SIGNAL_BYTES} bytes"):
        await context.body()


async def test_an_incomplete_body_is_refused() -> None:
    async def read_body(max_bytes: int) -> bytes:
        raise ConnectionResetError

    context = Context(method="POST", path="/", read_body=read_body)

    with pytest.raises(BodyError, match="whose end was never sent"):
        await context.body()


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD"])
async def test_signals_are_in_the_query_of_a_request_without_body(method: str) -> None:
    context = Context(method=method, path="/", query_string="a=1&datastar=%7B%22n%22%3A+1%7D")

    assert await context.signals() == {"n": 1}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_signals_are_the_body_of_a_request_with_one(method: str) -> None:
    context = post(b'{"n": 1}')
    context.method = method

    assert await context.signals() == {"n": 1}


@pytest.mark.parametrize(
    "context",
    [
        get(),
        get("datastar="),
        get("cell=3"),
        post(b""),
        post(b"cell=3", "application/x-www-form-urlencoded"),
        post(b"--a", "multipart/form-data; boundary=a"),
    ],
)
async def test_a_request_without_signals_has_none(context: Context) -> None:
    assert await context.signals() == {}
    assert await context.signals(DataclassSignals) == DataclassSignals()


async def test_the_first_of_two_parameters_has_the_signals() -> None:
    assert await get("datastar={%22n%22:1}&datastar={%22n%22:2}").signals() == {"n": 1}


@shapes
async def test_signals_take_the_requested_shape(shape: Any) -> None:
    raw = b'{"cart": {"items": [{"count": 1}]}, "user_id": "u1", "other": [1]}'

    signals = await post(raw).signals(shape)

    found = signals if isinstance(signals, Mapping) else vars_of(signals)
    assert (found["user_id"], found["cart"].items[0].count) == ("u1", 1)


def vars_of(value: object) -> dict[str, Any]:
    return {name: getattr(value, name) for name in ("user_id", "cart")}


@shapes
@pytest.mark.parametrize(
    ("raw", "signal"),
    [
        (b'{"cart": {"items": [{"count": "secret"}]}}', "cart.items[0].count"),
        (b'{"cart": {"items": [{}]}}', "cart.items[0].count"),
        (b'{"cart": ["secret"]}', "cart"),
        (b'{"user_id": {"secret": 1}}', "user_id"),
    ],
)
async def test_a_signal_of_the_wrong_type_is_named_without_its_value(
    shape: Any, raw: bytes, signal: str
) -> None:
    with pytest.raises(SignalsError) as caught:
        await post(raw).signals(shape)

    assert caught.value.what == f"cannot read the signal {signal}"
    assert "secret" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)


@shapes
@pytest.mark.parametrize("raw", [b"[1]", b"1", b'"secret"', b"null", b"true"])
async def test_signals_that_are_not_an_object_are_refused(shape: Any, raw: bytes) -> None:
    with pytest.raises(SignalsError, match="cannot read signals that are not an object"):
        await post(raw).signals(shape)


@pytest.mark.parametrize("shape", [dict, *SHAPES])
@pytest.mark.parametrize(
    "raw", [b"{", b"{'a': 1}", b"secret", b"\xff\xfe", b'{"user_id": "\xff"}', b'{"user_id": NaN}']
)
async def test_signals_that_are_not_json_are_refused(shape: Any, raw: bytes) -> None:
    with pytest.raises(SignalsError, match="cannot read signals that are not JSON") as caught:
        await post(raw).signals(shape)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("shape", [dict, *SHAPES])
@pytest.mark.parametrize(
    "raw", [b'{"a":' * 100_000, b'{"cart":' + b"[" * 100_000, b'{"a":' + b"[" * 100_000]
)
async def test_signals_nested_without_end_are_refused(shape: Any, raw: bytes) -> None:
    with pytest.raises(SignalsError):
        await post(raw).signals(shape)


async def test_signals_in_a_query_are_refused_rather_than_changed() -> None:
    with pytest.raises(SignalsError, match="cannot read signals that are not JSON"):
        await get("datastar=" + quote('{"a": "') + "%FF" + quote('"}')).signals()


@pytest.mark.parametrize(
    "context",
    [post(b" " * (MAX_SIGNAL_BYTES + 1)), get("datastar=" + "a" * (MAX_SIGNAL_BYTES + 1))],
)
async def test_signals_that_are_too_large_name_the_limit(context: Context) -> None:
    with pytest.raises(SignalsError, match=f"of more than {MAX_SIGNAL_BYTES} bytes") as caught:
        await context.signals()

    assert caught.value.status == 413


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"color": "secret"}', "invalid enum value"),
        (b'{"sizes": {"secret": "L"}}', "expected `int`, got `str`"),
        (b'{"sizes": {"a": 1e400}}', "number out of range"),
    ],
)
async def test_a_message_quotes_no_value_of_a_closed_set_or_key(raw: bytes, why: str) -> None:
    class Signals(TypedDict, total=False):
        color: Literal["red"]
        sizes: dict[str, int]

    with pytest.raises(SignalsError) as caught:
        await post(raw).signals(Signals)

    assert (caught.value.why, "secret" in str(caught.value)) == (why, False)


async def test_a_type_that_cannot_be_decoded_is_an_error_of_the_program() -> None:
    with pytest.raises(TypeError):
        await post(b"{}").signals(complex | range)  # type: ignore[call-overload]


@shapes
async def test_half_a_surrogate_pair_becomes_the_replacement_character(shape: Any) -> None:
    raw = rb'{"user_id": "\ud83d, \ude00, \ud83d\ud83d\ude00\ude00, \\ud83d, \uD83D\n"}'

    signals = await post(raw).signals(shape)

    found = signals if isinstance(signals, Mapping) else vars_of(signals)
    assert found["user_id"] == "\ufffd, \ufffd, \ufffd\U0001f600\ufffd, \\ud83d, \ufffd\n"


async def test_half_a_surrogate_pair_in_a_query_and_in_a_name_is_replaced() -> None:
    context = get("datastar=" + quote(r'{"\udead": ["\ud83d"]}'))

    assert await context.signals() == {"\ufffd": ["\ufffd"]}


class AliasedSignals(pydantic.BaseModel):
    user: str = pydantic.Field("", alias="user_id")


class RenamedSignals(msgspec.Struct, rename="camel"):
    user_id: str = ""


@dataclass
class LocalSignals:
    name: str = ""
    _open: bool = False


@dataclass
class CountingSignals:
    count: ClassVar[int] = 0
    user_id: str = ""


@pytest.mark.parametrize(
    ("include", "query", "shape"),
    [
        ("%5E(cart%7Cuser_id)%24", "", DataclassSignals),
        ("cart%7Cuser_id", "", TypedDictSignals),
        (".", "", PydanticSignals),
        ("%5Euser", "", AliasedSignals),
        ("%5EuserId%24", "", RenamedSignals),
        ("%5Euser_id%24", "", CountingSignals),
        ("%5Euser_id%5C.name%24", "", CountingSignals),
        ("(%3F%3C%3D%5Cp%7BL%7D)x", "", CountingSignals),
        ("", "datastar={%22user_id%22:%22%22}", CountingSignals),
        ("%5Ea%24", "", dict),
        ("%5Ename%24", "", LocalSignals),
    ],
    ids=[
        *("named", "unanchored", "all", "an alias", "renamed", "beside a class variable"),
        *("a part of one", "a pattern of JavaScript", "sent all the same", "a dict"),
        "a local signal",
    ],
)
async def test_a_stream_reads_the_signals_that_its_page_includes(
    include: str, query: str, shape: Any
) -> None:
    context = get(query, Fatmorph_Signals=f"include={include}")

    assert await context.signals(shape) == await get(query).signals(shape)


@pytest.mark.parametrize(
    ("include", "shape", "missing", "line"),
    [
        ("", DataclassSignals, "the signal cart", "^(cart|user_id)$"),
        ("%5Euser_id%24", StructSignals, "the signal cart", "^(cart|user_id)$"),
        ("%5Ecart%24", PydanticSignals, "the signal user_id", "^(cart|user_id)$"),
        ("%5Ecart%24", AliasedSignals, "the signal user_id", "^user_id$"),
        ("", dict, "any signals", "^name$"),
    ],
)
async def test_a_stream_that_reads_signals_its_page_does_not_send_is_refused(
    include: str, shape: Any, missing: str, line: str
) -> None:
    context = get("datastar={}", Fatmorph_Signals=f"include={include}")

    with pytest.raises(SignalsError) as caught:
        await context.signals(shape)

    assert (caught.value.what, caught.value.fix) == (
        f"cannot read {missing}, which the page's stream does not send",
        f"at.subscribe('/cart', include=\"{line}\")",
    )


async def test_signals_that_are_too_deep_for_a_stream_are_refused() -> None:
    context = get('datastar={"cart":' + "[" * 100_000, Fatmorph_Signals="include=.")

    with pytest.raises(SignalsError, match="deep"):
        await context.signals(DataclassSignals)


async def test_a_request_that_is_not_marked_reads_signals_as_ever() -> None:
    assert await get("datastar={}").signals(DataclassSignals) == DataclassSignals()


IN_SIGNALS = b'{"a": 1, "fatmorph_page": "1-2-3-4"}'


@pytest.mark.parametrize(
    ("headers", "body", "page_id"),
    [
        ([("fatmorph-state", "1-2-3-4")], b"{}", "1-2-3-4"),
        ([], IN_SIGNALS, "1-2-3-4"),
        ([("fatmorph-state", "")], IN_SIGNALS, None),
        ([], b'{"fatmorph_page":""}', None),
        ([], b'{"text":",\\"fatmorph_page\\":\\"1-2-3-4\\""}', None),
        ([], b"", None),
        ([], b'{"fatmorph_page": "5-6-7-8", "fatmorph_page": "1-2-3-4"}', "1-2-3-4"),
        ([], b'{"user": {"fatmorph_page": "5-6-7-8"}, "fatmorph_page": "1-2-3-4"}', "1-2-3-4"),
        ([], b'{"typed": "\\ud83d", "fatmorph_page": "1-2-3-4"}', "1-2-3-4"),
        ([], b'{"user": {"fatmorph_page": "1-2-3-4"}}', None),
        ([], b'[{"fatmorph_page": "1-2-3-4"}]', None),
        ([], b'{"fatmorph_page": null}', None),
        ([], b'{"fatmorph_page": ["1-2-3-4"]}', None),
        ([], b'{"fatmorph_page": {"fatmorph_page": "1-2-3-4"}}', None),
        ([], b'{"fatmorph_page": 1}', None),
        ([], b'{"fatmorph_page": "1-2-3-' + b"4" * 10_000 + b'"}', None),
        ([], b'{"fatmorph_page": "1-2-3-4"', None),
        ([], b'{"fatmorph_page": ' + b"[" * 100_000, None),
        ([], b'{"fatmorph_page": "\xff"}', None),
        ([("fatmorph-state", "1-2-3-" + "4" * 10_000)], b"{}", None),
        ([("fatmorph-state", "\u0661-2-3-4")], b"{}", None),
        ([("fatmorph-state", "1-2-3-4"), ("fatmorph-state", "5-6-7-8")], b"{}", None),
    ],
)
async def test_the_id_of_the_page_is_in_a_header_or_among_the_signals(
    headers: list[tuple[str, str]], body: bytes, page_id: str | None
) -> None:
    context = post(body, headers=headers)

    assert await context.page_id() == page_id


@pytest.mark.parametrize(
    ("body", "signals"),
    [
        (IN_SIGNALS, {"a": 1}),
        (b'{"fatmorph_page":"1-2-3-4","a":1}', {"a": 1}),
        (b'{"a":1,"fatmorph_page":"","b":2}', {"a": 1, "b": 2}),
        (b'{"fatmorph_page":"1-2-3-4"}', {}),
        (b'{"fatmorph_page":null,"a":1}', {"a": 1}),
        (b'{"a":{"fatmorph_page":"1-2-3-4"}}', {"a": {"fatmorph_page": "1-2-3-4"}}),
        (b'{"fatmorph_page":"1","a":"\\ud83d"}', {"a": "\ufffd"}),
        (
            b'{"fatmorph_page":"1","a":1.50,"b":12345678901234567890}',
            {"a": 1.5, "b": 12345678901234567890},
        ),
        (b'{"a":",\\"fatmorph_page\\":\\"1\\""}', {"a": ',"fatmorph_page":"1"'}),
    ],
)
async def test_the_id_of_the_page_is_not_among_the_signals_of_a_handler(
    body: bytes, signals: dict[str, object]
) -> None:
    assert await post(body).signals() == signals


@pytest.mark.parametrize("path", ["/cart", "/shop/cart"])
def test_the_path_has_the_prefix_whether_a_server_includes_it_or_not(path: str) -> None:
    context = Context(method="GET", path=path, root_path="/shop")

    assert (context.root_path, context.path) == ("/shop", "/shop/cart")


def test_a_path_that_begins_like_the_prefix_is_not_below_it() -> None:
    context = Context(method="GET", path="/shopping", root_path="/shop/")

    assert (context.root_path, context.path) == ("/shop", "/shop/shopping")


def test_a_url_is_below_the_prefix() -> None:
    context = Context(method="GET", path="/", root_path="/räume")

    assert context.url("/cart?saved=1#top") == "/r%C3%A4ume/cart?saved=1#top"
    assert Context(method="GET", path="/").url("/cart") == "/cart"


@pytest.mark.parametrize(
    "path",
    [
        *("", "cart", "//evil.example", "/\\evil.example", "https://a.b/"),
        # Browsers drop tabs and line ends.
        *("/\t/evil.example", "/\r\n\\evil.example"),
    ],
)
def test_a_url_is_that_of_a_path_of_the_application(path: str) -> None:
    context = Context(method="GET", path="/")

    with pytest.raises(ResponseError, match="cannot put a prefix before"):
        context.url(path)


def test_a_prefix_with_two_slashes_leads_to_no_other_site() -> None:
    context = Context(method="GET", path="/", root_path="//evil.example")

    assert context.url("/cart") == "/.//evil.example/cart"


@pytest.mark.parametrize("path", [None, b"/cart", 7])
def test_a_path_that_is_not_text_is_a_type_error(path: Any) -> None:
    with pytest.raises(TypeError, match=f"cannot put a prefix before {type(path).__name__}"):
        Context(method="GET", path="/").url(path)


def test_a_prefix_without_a_slash_gets_it_and_is_logged_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fatmorph.http._root_path._limit", Limit(1))

    contexts = [Context(method="GET", path="shop/cart", root_path="shop") for _ in range(3)]

    assert {(c.root_path, c.path, c.url("/pay")) for c in contexts} == {
        ("/shop", "/shop/cart", "/shop/pay")
    }
    (message,) = caplog.messages
    assert message == (
        "the prefix shop does not begin with a slash, so URLs of the framework are wrong: start "
        "the server with --root-path /shop"
    )
