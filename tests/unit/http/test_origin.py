"""The same-origin guard: which requests may act, according to their headers."""

from collections.abc import Collection

import pytest

from fatmorph.errors import OriginError, SettingsError
from fatmorph.http.origin import WEBSOCKET, check_origin, checked_origins
from fatmorph.settings import Settings

PARTNER = frozenset({"https://partner.example"})

SAME = "https://shop.example"
OTHER = "https://evil.example"


def is_taken(
    method: str,
    headers: dict[str, str],
    allowed_origins: frozenset[str] = frozenset(),
    own_origin: str | None = None,
) -> bool:
    try:
        check_origin(method, {"host": "shop.example"} | headers, allowed_origins, own_origin)
    except OriginError:
        return False
    return True


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_request_that_only_reads_may_come_from_anywhere(method: str) -> None:
    assert is_taken(method, {"sec-fetch-site": "cross-site", "origin": OTHER})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE", "get", ""])
def test_everything_else_is_an_action(method: str) -> None:
    assert not is_taken(method, {"sec-fetch-site": "cross-site"})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_request_of_datastar_is_an_action_by_any_method(method: str) -> None:
    asked = {"datastar-request": "true"}

    assert is_taken(method, asked | {"sec-fetch-site": "same-origin"})
    assert not is_taken(method, asked | {"sec-fetch-site": "cross-site"})


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        (WEBSOCKET, {}),
        ("GET", {"upgrade": "websocket"}),
        ("GET", {"upgrade": "h2c, WebSocket"}),
        ("CONNECT", {}),
    ],
)
def test_the_handshake_of_a_websocket_is_an_action(method: str, headers: dict[str, str]) -> None:
    assert is_taken(method, headers | {"origin": SAME})
    assert is_taken(method, headers)
    assert not is_taken(method, headers | {"origin": OTHER})
    assert not is_taken(method, headers | {"sec-fetch-site": "cross-site"})


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("same-origin", True),
        ("none", True),
        ("same-site", False),
        ("cross-site", False),
        ("Same-Origin", False),
        ("same-origin, cross-site", False),
        ("same-origin;x", False),
        ("unknown", False),
    ],
)
@pytest.mark.parametrize("origin", [SAME, OTHER, "null"])
def test_sec_fetch_site_decides_if_the_browser_sends_it(
    site: str, origin: str, *, expected: bool
) -> None:
    assert is_taken("POST", {"sec-fetch-site": site, "origin": origin}) is expected


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": ""}, {"sec-fetch-site": ""}, {"host": ""}, {"referer": OTHER}],
)
def test_a_client_that_is_not_a_browser_may_act(headers: dict[str, str]) -> None:
    assert is_taken("POST", headers)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://shop.example", "shop.example"),
        ("http://shop.example", "shop.example"),
        ("https://shop.example", "shop.example:443"),
        ("http://shop.example", "shop.example:80"),
        ("https://shop.example:443", "shop.example"),
        ("HTTPS://Shop.Example", "sHOP.eXAMPLE"),
        ("http://localhost:8000", "localhost:8000"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("http://[2001:DB8::1]", "[2001:db8::1]"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_an_older_browser_s_page_of_the_same_host_may_act(origin: str, host: str) -> None:
    assert is_taken("POST", {"origin": origin, "host": host})


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("null", "shop.example"),
        ("null", "null"),
        ("https://evil.example", "shop.example"),
        ("https://shop.example.evil.example", "shop.example"),
        ("https://evil.example/shop.example", "shop.example"),
        ("https://shop.example@evil.example", "shop.example"),
        ("https://evil.example\\@shop.example", "shop.example"),
        ("https://evilshop.example", "shop.example"),
        ("https://shop.example:8443", "shop.example"),
        ("http://shop.example:443", "shop.example"),
        ("https://shop.example:80", "shop.example"),
        ("https://shop.example", "shop.example:80"),
        ("http://localhost:3000", "localhost:8000"),
        ("http://localhost:8000", "127.0.0.1:8000"),
        ("http://[::1]:8000", "::1:8000"),
        ("http://[::2]:8000", "[::1]:8000"),
        ("https://shop.example, https://evil.example", "shop.example"),
        ("https://shop.example", "shop.example, evil.example"),
        ("https://shop.example", ""),
        ("https://", ""),
        ("shop.example", "shop.example"),
        ("//shop.example", "shop.example"),
        ("capacitor://localhost", "localhost"),
        ("https://shop.example\n", "shop.example"),
        ("https://shop.example/", "shop.example"),
        ("https://shop.example:", "shop.example"),
    ],
)
def test_an_older_browser_s_page_of_another_host_may_not(origin: str, host: str) -> None:
    assert not is_taken("POST", {"origin": origin, "host": host})


def test_an_origin_without_a_host_to_compare_is_refused() -> None:
    with pytest.raises(OriginError):
        check_origin("POST", {"origin": SAME}, set())


@pytest.mark.parametrize("site", [{}, {"sec-fetch-site": "cross-site"}])
@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://partner.example", True),
        ("https://PARTNER.example", True),
        ("http://partner.example", False),
        ("https://partner.example:8443", False),
        ("https://sub.partner.example", False),
        ("https://partner.example.evil.example", False),
        ("null", False),
    ],
)
def test_only_a_site_that_is_allowed_may_act(
    site: dict[str, str], origin: str, *, expected: bool
) -> None:
    assert is_taken("POST", site | {"origin": origin}, PARTNER) is expected


@pytest.mark.parametrize("origin", ["https://partner.example", "null", "anything"])
def test_a_star_allows_every_site(origin: str) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": origin}

    assert is_taken("POST", headers, frozenset({"*"}))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"origin": SAME, "host": "upstream:8000"}, True),
        ({"origin": SAME, "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({}, True),
        ({"origin": "https://partner.example", "sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://shop.example"}, False),
        ({"origin": "null"}, False),
        # DNS rebinding: a page of another name that points here.
        ({"origin": OTHER, "host": "evil.example", "sec-fetch-site": "same-origin"}, False),
    ],
)
def test_a_site_that_knows_its_origin_does_not_ask_the_host(
    headers: dict[str, str], *, expected: bool
) -> None:
    assert is_taken("POST", headers, PARTNER, own_origin=SAME) is expected


@pytest.mark.parametrize(
    ("origin", "host", "fix"),
    [
        # A proxy that passes on the name without its port, or its own name of the server.
        ("http://intranet:9196", "intranet", "proxy_set_header Host $http_host;  (in nginx, "),
        ("https://a.example:8443", "a.example", "proxy_set_header Host $http_host;  (in nginx, "),
        ("https://a.example", "app", "proxy_set_header Host $http_host;  (in nginx, "),
        ("https://a.example", "127.0.0.1:8000", "proxy_set_header Host $http_host;  (in nginx, "),
        ("https://a.example", "[::1]:8000", "proxy_set_header Host $http_host;  (in nginx, "),
        ("https://a.example", "10.0.0.7", "proxy_set_header Host $http_host;  (in nginx, "),
        (OTHER, "shop.example", "settings=Settings(allowed_origins={'https://evil.example'})  (or"),
    ],
)
def test_the_first_fix_is_the_proxy_if_it_has_changed_the_host(
    origin: str, host: str, fix: str
) -> None:
    with pytest.raises(OriginError) as caught:
        check_origin("POST", {"origin": origin, "host": host}, ())

    assert caught.value.fix is not None
    assert caught.value.fix.startswith(fix)


def test_a_refusal_by_the_own_origin_does_not_blame_the_host() -> None:
    with pytest.raises(OriginError) as caught:
        check_origin("POST", {"origin": OTHER, "host": "app"}, (), SAME)

    allowed = "settings=Settings(allowed_origins={'https://evil.example'})"
    assert caught.value.fix == f"{allowed}  (if you trust it)"


@pytest.mark.parametrize(
    ("origin", "better"),
    [
        ("https://board.example/", "https://board.example"),
        ("https://Board.example", "https://board.example"),
        ("board.example", "https://board.example"),
        ("null", "https://board.example"),
        ("", "https://board.example"),
    ],
)
def test_an_own_origin_that_no_browser_sends_is_refused(origin: str, better: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(own_origin=origin)

    assert caught.value.fix == f"Settings(own_origin={better!r})"


@pytest.mark.parametrize(
    "origins",
    [
        frozenset[str](),
        ["https://partner.example", "http://localhost:3000", "http://[::1]:3000"],
        ("capacitor://localhost", "*"),
    ],
)
def test_settings_keep_origins_as_browsers_write_them(origins: Collection[str]) -> None:
    assert Settings(allowed_origins=origins).allowed_origins == frozenset(origins)


@pytest.mark.parametrize(
    ("origin", "better"),
    [
        ("https://partner.example/", "https://partner.example"),
        ("https://partner.example/path", "https://partner.example"),
        ("https://Partner.example", "https://partner.example"),
        ("https://partner.example:443", "https://partner.example"),
        ("http://partner.example:80", "http://partner.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("partner.example", "https://partner.example"),
        ("https://*.partner.example", "https://partner.example"),
        ("https://user@partner.example", "https://partner.example"),
        ("https://" + "ü" * 70 + ".example", "https://partner.example"),
        ("", "https://partner.example"),
        (7, "https://partner.example"),
        ("null", "*"),
    ],
)
def test_an_origin_that_would_have_no_effect_is_refused(origin: str, better: str) -> None:
    with pytest.raises(SettingsError) as caught:
        checked_origins({origin})

    assert caught.value.fix == f"Settings(allowed_origins={{{better!r}}})"


def test_a_single_text_is_not_a_set_of_origins() -> None:
    with pytest.raises(SettingsError, match="cannot allow the origin"):
        Settings(allowed_origins="https://partner.example")
