"""Attacks over real sockets: requests of a hostile client or page, and their results."""

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from clients import HOST, request
from fatmorph.context import MAX_SIGNAL_BYTES
from machine import installed
from servers import Server, running

FOLDER = Path(__file__).parent
PARTNER = "https://partner.example"
# https://docs.python.org/3/library/stdtypes.html#hashing-of-numeric-types
COLLIDING = b",".join(b'"%d"' % (10**25 + number * (2**61 - 1)) for number in range(1_000))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running([sys.executable, "security_app.py", "{port}"], cwd=FOLDER) as server:
        yield server


def count(server: Server) -> int:
    return int(request(server.port, "/count")[1])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_request_from_another_site_is_refused(
    server: Server, method: str, headers: dict[str, str]
) -> None:
    before = count(server)

    response, body = request(server.port, "/act", method, headers=headers)

    assert (response.status, count(server)) == (403, before)
    assert body.startswith(f"cannot take {method} from ".encode())
    assert f"{method} /act: cannot take {method} from " in server.output()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("site", ["same-origin", "none", ""])
def test_requests_from_the_same_site_and_from_programs_are_accepted(
    server: Server, method: str, site: str
) -> None:
    origin = {"Origin": server.base_url} if site != "none" else {}

    response, body = request(server.port, "/act", method, headers={"Sec-Fetch-Site": site} | origin)

    assert (response.status, body) == (200, b"acted")


def test_a_site_allowed_by_one_route_is_refused_by_others(server: Server) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": PARTNER}

    statuses = [
        request(server.port, path, "POST", headers=headers)[0].status
        for path in ("/partner", "/act")
    ]

    assert statuses == [200, 403]


@pytest.mark.parametrize(("asked", "status"), [({}, 200), ({"Datastar-Request": "true"}, 403)])
def test_another_site_can_link_here_but_not_send_datastar_requests(
    server: Server, asked: dict[str, str], status: int
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"} | asked

    assert request(server.port, "/act", headers=headers)[0].status == status


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        (b'{"a":' * 150_000, 400, b"cannot read signals nested more than 64 deep"),
        (b"[" * 1_000_000, 400, b"cannot read signals nested more than 64 deep"),
        (b'{"a":[' + b"1," * 400_000, 400, b"cannot read signals of more than 10000 values"),
        (b'{"a":' + b"9" * 900_000 + b"}", 400, b"cannot read signals with a number of more than"),
        (b" " * (MAX_SIGNAL_BYTES + 1), 413, b"cannot read signals of more than 1048576 bytes"),
        (b'{"ids":[%s]}' % COLLIDING, 400, b"cannot read signals with more than 16 numbers of one"),
        (b"[1]", 400, b"cannot read signals that are not an object"),
        (b'{"a":"\xff"}', 400, b"cannot read signals that are not JSON"),
    ],
)
def test_expensive_signals_are_refused_with_a_reason(
    server: Server, body: bytes, status: int, what: bytes
) -> None:
    response, answer = request(server.port, "/signals", "POST", body)

    assert (response.status, answer.startswith(what)) == (status, True)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\r\n/evil.example",
        "\x00//evil.example",
        "\u00a0//evil.example",
        "https:evil.example",
        "https:\\evil.example",
        "//user@evil.example",
        "https://127.0.0.1@evil.example",
        "\uff0f\uff0fevil.example",
        "java\tscript:alert(1)",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
    ],
)
@pytest.mark.parametrize("asked", [{}, {"Datastar-Request": "true"}])
def test_a_redirect_to_a_url_from_a_client_stays_on_the_site(
    server: Server, target: str, asked: dict[str, str]
) -> None:
    path = "/after-login?" + urlencode({"next": target})

    response, body = request(server.port, path, headers=asked)

    _, _, rest = body.decode().partition("window.location = '")
    location = response.getheader("location") or rest.partition("'")[0]
    opened = installed("ada_url").URL(location, server.base_url)
    assert opened.origin == server.base_url
    assert (response.status in (200, 303)) == bool(location)


@pytest.mark.parametrize(
    ("path", "parameter", "status"),
    [("/download", "name", 500), ("/remember", "name", 200), ("/select", "selector", 500)],
)
@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u010d\u010a", "\u2028"])
def test_a_line_break_in_a_value_starts_no_header_or_event(
    server: Server, path: str, parameter: str, status: int, line_break: str
) -> None:
    value = f"a{line_break}set-cookie: evil=1{line_break}{line_break}event: evil"

    response, body = request(server.port, f"{path}?{parameter}={quote(value)}")

    names = [cookie.partition("=")[0] for cookie in response.headers.get_all("set-cookie", [])]
    assert set(names) <= {"name"}
    assert b"\nevent: evil" not in body
    assert response.status in (200, status)


def test_a_line_break_in_text_stays_in_the_text(server: Server) -> None:
    text = "a\n\nevent: datastar-patch-signals\ndata: signals {}\r\n<script>"

    _, body = request(server.port, f"/greet?name={quote(text)}")

    assert body.decode().splitlines() == [
        "event: datastar-patch-elements",
        'data: elements <p id="name">a',
        "data: elements ",
        "data: elements event: datastar-patch-signals",
        "data: elements data: signals {}",
        "data: elements &lt;script&gt;</p>",
        "",
    ]


def test_the_server_still_works_after_the_attacks(server: Server) -> None:
    response, body = request(server.port, "/signals", "POST", b'{"a": 1}', {"Host": HOST})

    assert (response.status, body) == (200, b'{"a":1}')
