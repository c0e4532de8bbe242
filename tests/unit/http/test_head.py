"""Heads of responses: nothing in them begins another header, attribute or response."""

from typing import Any

import pytest

from fatmorph.errors import ResponseError
from fatmorph.http._head import ResponseHeaders, checked_location, checked_status, cookie_header

COOKIE: dict[str, Any] = {
    "max_age": None,
    "path": "/",
    "domain": None,
    "secure": False,
    "http_only": True,
    "same_site": "lax",
}


def test_headers_are_found_in_any_letter_case() -> None:
    headers = ResponseHeaders()

    headers["X-Trace"] = "7"
    headers["x-trace"] = "8"
    headers["X-Other"] = "9"
    del headers["x-OTHER"]

    assert (dict(headers), headers["X-TRACE"], len(headers)) == ({"x-trace": "8"}, "8", 1)


def test_the_repr_of_headers_shows_no_value() -> None:
    headers = ResponseHeaders()

    headers["x-token"] = "secret"

    assert repr(headers) == "ResponseHeaders(x-token)"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x\r\ny", "1"),
        ("", "1"),
        ("x y", "1"),
        ("é", "1"),
        ("x", "1\r\nset-cookie: a=b"),
        ("x", "1\n"),
        ("x", "\0"),
        ("x", "€"),
        ("Content-Length", "3"),
        ("transfer-encoding", "chunked"),
        ("connection", "close"),
        ("Upgrade", "websocket"),
        ("keep-alive", "timeout=1"),
        ("x", "1\r\n\r\n<script>"),
        ("x", "1\x0b"),
        ("x", "\x7f"),
        ("x", " 1"),
        ("x", "1\t"),
        ("x", " "),
        ("x\n", "1"),
        ("x:", "1"),
        ("\u017f", "1"),
        ("x", "\u010a\u010d"),
        ("x", "\u2028"),
    ],
)
def test_a_header_that_would_break_the_response_is_refused(name: str, value: str) -> None:
    headers = ResponseHeaders()

    with pytest.raises(ResponseError, match="header"):
        headers[name] = value

    assert dict(headers) == {}


@pytest.mark.parametrize("status", [100, 199, 600, -1, "200", None, 200.0])
def test_a_status_is_a_final_one(status: Any) -> None:
    with pytest.raises(ResponseError, match="cannot answer with status"):
        checked_status(status)


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({}, "a=b; Path=/; HttpOnly; SameSite=Lax"),
        ({"secure": True, "same_site": "strict"}, "a=b; Path=/; Secure; HttpOnly; SameSite=Strict"),
        ({"same_site": "none"}, "a=b; Path=/; Secure; HttpOnly; SameSite=None"),
        ({"max_age": 0, "http_only": False}, "a=b; Path=/; Max-Age=0; SameSite=Lax"),
        ({"domain": "example.com"}, "a=b; Path=/; Domain=example.com; HttpOnly; SameSite=Lax"),
    ],
)
def test_a_cookie_is_written_as_browsers_read_it(options: dict[str, Any], header: str) -> None:
    assert cookie_header("a", "b", **COOKIE | options) == header


@pytest.mark.parametrize("name", ["__Host-session", "__Secure-session", "__HoSt-x"])
def test_a_cookie_with_a_prefix_is_written_as_its_name_says(name: str) -> None:
    header = cookie_header(name, "b", **(COOKIE | {"secure": True}))

    assert header == f"{name}=b; Path=/; Secure; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("__Host-a", {}),
        ("__Secure-a", {}),
        ("__HOST-a", {}),
        ("__Host-a", {"secure": True, "domain": "example.com"}),
        ("__Host-a", {"secure": True, "path": "/a"}),
    ],
)
def test_a_cookie_that_its_name_forbids_is_refused(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(ResponseError, match="as its name says"):
        cookie_header(name, "b", **COOKIE | options)


def test_a_cookie_may_be_as_large_as_browsers_keep() -> None:
    cookie_header("a", "b" * 4095, **COOKIE)

    with pytest.raises(ResponseError, match="cannot keep 4097 bytes in the cookie 'a'"):
        cookie_header("a", "b" * 4096, **COOKIE)


@pytest.mark.parametrize("name", ["path", "expires", "Secure"])
def test_a_cookie_may_be_named_like_an_attribute(name: str) -> None:
    assert cookie_header(name, "b", **COOKIE).startswith(f"{name}=b; ")


@pytest.mark.parametrize(
    ("name", "value", "options"),
    [
        ("a b", "", {}),
        ("a=", "", {}),
        ("", "", {}),
        ("a", "\ud800", {}),
        ("a", "", {"path": "/; Domain=evil.example"}),
        ("a", "", {"path": "/\r\n"}),
        ("a", "", {"path": ""}),
        ("a", "", {"path": "a"}),
        ("a", "", {"path": "/é"}),
        ("a", "", {"path": "/a, b=c"}),
        ("a", "", {"domain": "a,b"}),
        ("a", "", {"domain": ""}),
        ("a", "", {"domain": "example.com; Path=/admin"}),
        ("a", "", {"domain": "example.com\n"}),
        ("a\n", "", {}),
        ("a;b", "", {}),
        ("a\tb", "", {}),
        ("é", "", {}),
        ("a", "", {"same_site": "Lax; Secure"}),
    ],
)
def test_a_cookie_that_would_become_another_is_refused(
    name: str, value: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ResponseError, match="of the cookie"):
        cookie_header(name, value, **COOKIE | options)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("/cart?saved=1#top", "/cart?saved=1#top"),
        ("next", "next"),
        ("/räume", "/r%C3%A4ume"),
        ("/a%20b c", "/a%20b%20c"),
        ("/\\evil.example", "/%5Cevil.example"),
        ("/\t/evil.example", "/%09/evil.example"),
        ("/\r\nset-cookie: a=b", "/%0D%0Aset-cookie:%20a=b"),
        ("\\\\evil.example", "%5C%5Cevil.example"),
        ("/%5Cevil.example", "/%5Cevil.example"),
        ("/%2F%2Fevil.example", "/%2F%2Fevil.example"),
        ("/@evil.example", "/@evil.example"),
        (" https://evil.example", "%20https://evil.example"),
        ("\x00//evil.example", "%00//evil.example"),
        ("java\tscript:alert(1)", "java%09script:alert(1)"),
        ("java\nscript:alert(1)", "java%0Ascript:alert(1)"),
        ("\uff48ttps:evil.example", "%EF%BD%88ttps:evil.example"),
        ("\uff0f\uff0fevil.example", "%EF%BC%8F%EF%BC%8Fevil.example"),
        ("/\u2044evil.example", "/%E2%81%84evil.example"),
        ("?next=//evil.example", "?next=//evil.example"),
        ("#//evil.example", "#//evil.example"),
        ("", ""),
    ],
)
def test_a_location_on_this_site_is_encoded(url: str, location: str) -> None:
    assert checked_location(url, external=False) == location


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "//",
        "//\\evil.example",
        "//shop.example@evil.example",
        "https:evil.example",
        "HTTP:evil",
        "https:/evil.example",
        "http:\\\\evil.example",
        "javascript:a()",
        "JaVaScRiPt:a()",
        "data:text/html,a",
        "blob:https://shop.example/7",
        "mailto:a@evil.example",
    ],
)
def test_a_location_on_another_site_has_to_be_asked_for(url: str) -> None:
    with pytest.raises(ResponseError, match="cannot redirect to another site"):
        checked_location(url, external=False)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("http://shop.example/cart?id=1#top", "/cart?id=1#top"),
        ("https://Shop.Example/cart", "/cart"),
        ("http://shop.example", "/"),
        ("http://shop.example?id=1", "/?id=1"),
        ("http://intranet:9196/räume", "/r%C3%A4ume"),
    ],
)
def test_an_absolute_url_of_this_site_becomes_its_path(url: str, location: str) -> None:
    own_hosts = ("shop.example", "intranet:9196", "")

    assert checked_location(url, external=False, own_hosts=own_hosts) == location


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example//evil.example",
        "http://shop.example\\evil.example:80",
        "http://shop.example@evil.example/",
        "http://user@shop.example/",
        "http://shop.example.evil.example/",
        "http://shop.example:8000/",
        "ftp://shop.example/",
        "//shop.example/",
        "http:///evil.example",
        "http:shop.example",
    ],
)
def test_an_absolute_url_of_almost_this_site_leads_elsewhere(url: str) -> None:
    with pytest.raises(ResponseError, match="cannot redirect to another site"):
        checked_location(url, external=False, own_hosts=("shop.example", ""))


def test_a_location_on_another_site_can_be_asked_for() -> None:
    assert checked_location("https://example.com/a b", external=True) == "https://example.com/a%20b"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,a", "https://[a", "//[", "\ud800"]
)
def test_a_location_is_an_http_url(url: str) -> None:
    with pytest.raises(ResponseError, match="cannot redirect to anything but an HTTP URL"):
        checked_location(url, external=True)


def test_a_location_keeps_the_secrets_of_its_query_out_of_the_message() -> None:
    with pytest.raises(ResponseError) as caught:
        checked_location("https://evil.example/?token=secret", external=False)

    assert "secret" not in str(caught.value)
