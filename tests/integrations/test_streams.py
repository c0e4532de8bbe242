"""Pages and streams over real sockets: the bytes on the wire, and the clean-up."""

import asyncio
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients import HOST, Events, request, signals_query
from servers import Server, running

FOLDER = Path(__file__).parent
NOTHING_LEFT = {"tasks": 3, "subscriptions": 0, "objects": [1, 1, 0]}
DEEP = b'{"cart":' * 100_000


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return the module's server, which must survive all of its tests."""
    command = [sys.executable, "stream_app.py", "{port}"]
    with running(command, cwd=FOLDER) as server:
        yield server
        assert "Traceback" not in server.output().replace(EXPECTED_TRACEBACK, "")


FAT_PAGE = "<!doctype html><html><head><title>Fat</title></head><body></body></html>"
CUT = {
    "/flood": "cut a stream: nothing was read for 0.3 seconds (",
    "/burst": "cut a stream: too much was waiting to be read (",
}
# One handler fails on purpose, and uvicorn logs its error.
EXPECTED_TRACEBACK = "Exception in ASGI application\nTraceback"


def left_over(server: Server) -> dict[str, Any]:
    _, body = request(server.port, "/left-over")
    return json.loads(body)


async def settled(server: Server, **expected: Any) -> dict[str, Any]:
    """Wait up to thirty seconds until the server's leftovers are as expected; return them."""
    async with asyncio.timeout(30):
        while True:
            found = await asyncio.to_thread(left_over, server)
            found = {name: found[name] for name in expected}
            if found == expected:
                return found


def test_a_page_arrives_with_its_headers_and_cookies(server: Server) -> None:
    response, body = request(server.port, "/page?name=Ada")

    assert (response.status, response.getheader("content-type")) == (
        200,
        "text/html; charset=utf-8",
    )
    assert response.getheader("x-trace") == "7"
    assert response.getheader("set-cookie") == (
        "session=%C3%A9; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
    )
    assert body == (
        b"<!doctype html><html><head><title>Page</title></head><body><p>Hello Ada</p></body></html>"
    )


def test_the_response_to_head_has_a_pages_length_and_no_body(server: Server) -> None:
    response, body = request(server.port, "/page", "HEAD")

    assert (response.status, response.getheader("content-length"), body) == (200, "86", b"")


def test_the_response_to_head_for_a_stream_ends_at_once(server: Server) -> None:
    response, body = request(server.port, "/subscribe", "HEAD")

    assert (response.status, response.getheader("content-type"), body) == (
        200,
        "text/event-stream",
        b"",
    )


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_signals_are_received_and_returned_with_every_method(server: Server, method: str) -> None:
    signals = {"name": "Ada", "cart": {"items": [{"count": 1}]}}
    in_query = method != "POST"

    response, body = request(
        server.port,
        "/echo?" + (signals_query(signals) if in_query else ""),
        method,
        None if in_query else json.dumps(signals).encode(),
        {"cookie": "session=%C3%A9", "datastar-request": "true"},
    )

    assert (response.status, response.getheader("content-type")) == (200, "application/json")
    assert body.decode() == '{"hello":"Ada","cookie":"é"}'


def test_a_patch_is_sent_in_every_mode(server: Server) -> None:
    _, body = request(server.port, "/modes")

    events = body.decode().split("\n\n")
    assert events == [
        "event: datastar-patch-elements\ndata: selector #target\n"
        f'{line}data: elements <p id="a">{mode}</p>'
        for mode, line in [
            ("outer", ""),
            *(
                (mode, f"data: mode {mode}\n")
                for mode in ("inner", "replace", "prepend", "append", "before", "after")
            ),
        ]
    ] + [
        "event: datastar-patch-elements\ndata: elements " + FAT_PAGE,
        "event: datastar-patch-elements\ndata: selector #gone\ndata: mode remove",
        "",
    ]


def test_a_redirect_is_a_303_for_browsers_and_a_script_for_datastar(server: Server) -> None:
    plain, _ = request(server.port, "/redirect")
    asked, body = request(server.port, "/redirect", "POST", b"", {"datastar-request": "true"})

    assert (plain.status, plain.getheader("location")) == (303, "/page?name=Ada")
    assert (asked.status, asked.getheader("datastar-selector")) == (200, "body")
    assert b"window.location = '/page?name=Ada'" in body


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"{", "cannot read signals that are not JSON"),
        (b'{"name": "\xff"}', "cannot read signals that are not JSON"),
        (b"[1]", "cannot read signals that are not an object"),
        (b'"secret"', "cannot read signals that are not an object"),
        (b'{"name": 1}', "cannot read the signal name"),
        (
            b'{"cart": {"items": [{"count": "secret"}]}}',
            "cannot read the signal cart.items[0].count",
        ),
        (DEEP, "cannot read signals nested more than 64 deep"),
        (b'{"other":' + b"[" * 100_000, "cannot read signals nested more than 64 deep"),
    ],
    ids=["syntax", "utf-8", "array", "scalar", "type", "nested", "deep", "skipped"],
)
def test_bad_signals_are_a_400_and_the_server_continues(
    server: Server, body: bytes, what: str
) -> None:
    response, content = request(server.port, "/echo", "POST", body)
    _, next_content = request(server.port, "/echo", "POST", b'{"name": "Ada"}')

    assert (response.status, response.getheader("content-type")) == (
        400,
        "text/plain; charset=utf-8",
    )
    assert content.decode().startswith(what)
    assert b"secret" not in content
    assert b'"hello":"Ada"' in next_content


def test_signals_that_are_too_large_are_a_413_and_the_server_continues(server: Server) -> None:
    response, content = request(server.port, "/echo", "POST", b" " * 10_000_000)
    _, next_content = request(server.port, "/echo", "POST", b'{"name": "Ada"}')

    assert response.status == 413
    assert content.decode().startswith("cannot read signals of more than 1048576 bytes")
    assert b'"hello":"Ada"' in next_content


@pytest.mark.parametrize(
    "query", ["datastar=%7B", "datastar=%5B1%5D", "datastar=%FF", "datastar=" + "%5B" * 10_000]
)
def test_bad_signals_in_a_query_are_a_400(server: Server, query: str) -> None:
    response, _ = request(server.port, "/echo?" + query)

    assert response.status == 400


def test_a_body_that_is_too_large_is_a_413(server: Server) -> None:
    response, body = request(server.port, "/upload", "POST", b"x" * 10_000_000)

    assert response.status == 413
    assert body.startswith(b"cannot read a body of more than 2000000 bytes")


def test_a_large_body_arrives(server: Server) -> None:
    _, body = request(server.port, "/upload", "POST", b"x" * 2_000_000)

    assert body == b"2000000"


async def test_signals_are_read_while_the_stream_waits_for_its_end(server: Server) -> None:
    async with Events(server.port, "/read-late", "POST", b'{"name":"late"}') as events:
        await events.until(b'{"hello":"late"}')

        assert b"200 OK" in events.received


async def test_a_stream_receives_published_messages_until_its_client_leaves(server: Server) -> None:
    path = "/subscribe?" + signals_query({"name": "first"})
    async with Events(server.port, path) as events:
        await events.until(b'"joined":"first"')
        await asyncio.to_thread(request, server.port, "/publish?text=hello", "POST")
        await events.until(b'{"news":"hello"}')
        events.vanish()

    await settled(server, **NOTHING_LEFT)
    assert "cleaned up first\n" in server.output()


async def test_a_stream_that_the_client_closes_normally_is_cleaned_up(server: Server) -> None:
    async with Events(server.port, "/subscribe", "POST", b'{"name":"polite"}') as events:
        await events.until(b'"joined":"polite"')

    await settled(server, **NOTHING_LEFT)
    assert "cleaned up polite\n" in server.output()


async def test_a_client_that_vanishes_during_a_write_is_cleaned_up(server: Server) -> None:
    async with Events(server.port, "/flood") as events:
        await events.until(b'"flood":"xxx')
        events.vanish()

    await settled(server, **NOTHING_LEFT)
    assert "cleaned up flood\n" in server.output()


@pytest.mark.parametrize("path", ["/flood", "/burst"])
async def test_a_client_that_never_reads_is_cut(server: Server, path: str) -> None:
    with socket.create_connection((HOST, server.port)) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())

        found = await settled(server, **NOTHING_LEFT)

    assert found == NOTHING_LEFT
    assert CUT[path] in server.output()


async def test_a_failing_handler_cuts_its_stream(server: Server) -> None:
    async with Events(server.port, "/fail") as events:
        received = await events.end()

    assert b'{"half":true}' in received
    assert not received.endswith(b"0\r\n\r\n")
    assert "LookupError: a handler's own error" in server.output()


async def test_a_client_that_reconnects_a_thousand_times_is_cleaned_up(server: Server) -> None:
    path = "/subscribe?" + signals_query({"name": "again"})

    for _ in range(1000):
        async with Events(server.port, path) as events:
            await events.until(b'"joined":"again"')
            events.vanish()

    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT
