"""Behaviour that is the same in every framework and on every server."""

import asyncio
import itertools
import json
import re
import signal
import socket
from contextlib import AsyncExitStack, suppress
from http.client import HTTPResponse
from typing import Any
from urllib.parse import quote

import pytest

from bodies import MULTIPART, multipart
from clients import WAYS_TO_LEAVE, Events, leave, request, signals_query, upload, written
from integrations.adapters.registry import Combination
from servers import Server

NOTHING_LEFT = {"open": 0, "subscriptions": 0, "filters": 0, "objects": [1, 1, 0]}
FAT_PAGE = "<!doctype html><html><head><title>Fat</title></head><body></body></html>"
STREAMS = 20
# The program on plain ASGI has one handler for all paths.
LINGERING = r"the handler (?:linger|answer) \(\S+\.py:\d+\) .* it waits at \S+handlers.py:\d+;"
LAST_CHUNK = b"0\r\n\r\n"

GET = written("GET", "/beat")
# The bytes that clients had sent when they left.
SAID = {
    "a request": [GET],
    "half the head of a request": [GET[:20]],
    "a request whose body is read": [written("POST", "/beat", "content-length: 2", body=b"{}")],
    "half a body": [written("POST", "/beat", "content-length: 9999", body=b"{}")],
    "half a large body": [written("POST", "/upload", "content-length: 999999", body=b"{}" * 9999)],
    "half a body in chunks": [
        written("POST", "/beat", "transfer-encoding: chunked", body=b"2\r\n{"),
    ],
    "that only the head is wanted": [written("HEAD", "/beat")],
    "that the connection is to be closed": [written("GET", "/beat", "connection: close")],
    "a request of HTTP/1.0": [written("GET", "/beat", version="1.0")],
}

# Ends of a handler that are not ordinary exceptions.
ENDS = (
    "a task that another cancelled",
    "the end of an iteration",
    "an exit",
    "a generator's exit",
    "a group of exits",
    "an own kind",
)


async def logged(server: Server, printed: int, text: str) -> bool:
    """Return whether the server prints a text within thirty seconds; `printed` is not looked at."""
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            while text not in server.output()[printed:]:
                await asyncio.to_thread(request, server.port, "/left-over")
    return text in server.output()[printed:]


async def settled(server: Server, **expected: Any) -> dict[str, Any]:
    """Return what is left as soon as it is as expected, or the last look after thirty seconds."""
    found: dict[str, Any] = {}
    try:
        async with asyncio.timeout(30):
            while found != expected:
                _, body = await asyncio.to_thread(request, server.port, "/left-over")
                found = {name: json.loads(body)[name] for name in expected}
    except TimeoutError:
        pass
    return found


async def printed(server: Server, pattern: str) -> bool:
    """Return whether the server prints a text that matches, within thirty seconds."""
    try:
        async with asyncio.timeout(30):
            while not re.search(pattern, server.output()):
                await asyncio.to_thread(request, server.port, "/left-over")
    except TimeoutError:
        return False
    return True


def test_a_page_comes_whole_with_its_headers(server: Server) -> None:
    response, body = request(server.port, "/page?name=Ada")

    assert (response.status, response.getheader("content-type")) == (
        200,
        "text/html; charset=utf-8",
    )
    assert (response.getheader("x-trace"), response.getheader("content-length")) == ("7", "89")
    assert body == (
        b"<!doctype html><html><head><title>Page</title></head><body><p>Hello Ada</p></body></html>"
    )


def test_every_cookie_of_a_response_is_set(server: Server) -> None:
    response, _ = request(server.port, "/page")

    assert response.msg.get_all("set-cookie") == [
        "session=%C3%A9; Path=/; Max-Age=60; HttpOnly; SameSite=Lax",
        "theme=dark; Path=/; HttpOnly; SameSite=Lax",
    ]


@pytest.mark.parametrize("path", ["/page?name=Ada", "/subscribe"])
def test_head_is_answered_without_a_body(server: Server, path: str) -> None:
    response, body = request(server.port, path, "HEAD")

    assert (response.status, body) == (200, b"")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_the_request_is_the_same_to_every_handler(
    server: Server, combination: Combination, method: str
) -> None:
    headers = {"x-letters": "abc", "cookie": "session=%C3%A9; theme=dark"}

    _, body = request(server.port, "/request?tag=a&tag=b%20c", method, headers=headers)

    assert json.loads(body) == {
        "method": method,
        "path": "/request",
        "query": ["a", "b c"],
        "header": "abc",
        "cookies": {"session": "é", "theme": "dark"},
        "request": combination.framework.request,
    }


def test_parameters_of_the_path_are_the_routers_own(server: Server) -> None:
    found, body = request(server.port, "/rooms/7")
    not_found, _ = request(server.port, "/rooms/seven")

    assert (found.status, json.loads(body), not_found.status) == (200, {"number": 7}, 404)


def test_another_method_is_refused(server: Server) -> None:
    response, _ = request(server.port, "/publish")

    assert response.status == 405


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST", "PUT", "PATCH"])
def test_signals_come_with_every_method_and_events_go_back(server: Server, method: str) -> None:
    signals = {"name": "Ada"}
    query, content = {
        "GET": (signals_query(signals), None),
        "DELETE": (signals_query(signals), None),
    }.get(method, ("", json.dumps(signals).encode()))

    response, body = request(server.port, f"/signals?{query}", method, content)

    assert (response.status, response.getheader("content-type")) == (200, "text/event-stream")
    assert body == b'event: datastar-patch-signals\ndata: signals {"hello":"Ada"}\n\n'


@pytest.mark.parametrize(
    "body", [b"{", b"[1]", b'{"name": 1}', b"[" * 100_000], ids=["syntax", "array", "type", "deep"]
)
def test_bad_signals_are_a_400_and_the_server_serves_on(server: Server, body: bytes) -> None:
    response, content = request(server.port, "/signals", "POST", body)
    _, next_content = request(server.port, "/signals", "POST", b'{"name": "Ada"}')

    assert (response.status, response.getheader("content-type")) == (
        400,
        "text/plain; charset=utf-8",
    )
    assert response.getheader("x-content-type-options") == "nosniff"
    assert (content[:12], content.count(b"\n")) == (b"cannot read ", 0)
    assert b'"hello":"Ada"' in next_content


def test_a_large_body_arrives_and_a_larger_one_is_a_413(server: Server) -> None:
    _, body = request(server.port, "/upload", "POST", b"x" * 2_000_000)
    response, _ = request(server.port, "/upload", "POST", b"x" * 2_000_001)

    assert (body, response.status) == (b"2000000", 413)


def test_a_body_in_chunks_arrives_and_a_larger_one_is_a_413(server: Server) -> None:
    _, body = request(server.port, "/upload", "POST", iter([b"x" * 1_000_000] * 2))
    status = upload(server.port, "/upload", 2**21, in_chunks=True)

    assert (body, status) == (b"2000000", 413)


@pytest.mark.parametrize("in_chunks", [False, True], ids=["length", "chunks"])
def test_a_body_that_is_too_large_is_not_held_in_memory(server: Server, *, in_chunks: bool) -> None:
    request(server.port, "/signals", "POST", b"{}")  # what the first request loads
    before = server.peak_memory_bytes()

    status = upload(server.port, "/signals", 2**26, in_chunks=in_chunks)

    assert status in {413, None}, "the client that does not stop sending may not see the answer"
    assert server.peak_memory_bytes() - before < 2**25
    assert request(server.port, "/signals", "POST", b"{}")[0].status == 200


ODD_FIELDS = [("_charset_", "utf-16"), ("tags[]", "a"), ("__class__", "b"), ("a.b[c]", "")]
X_9K = b"x" * 9000
FIELDS = [("name", "Ada"), ("count", ""), ("tags", "a"), ("tags", "b"), ("is_gift", "on")]


def test_a_form_becomes_an_object(server: Server) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    sent = b"name=Ada&count=&tags=a&tags=b&is_gift=on"

    _, posted = request(server.port, "/form", "POST", sent, headers)
    _, asked = request(server.port, f"/form?{sent.decode()}")

    assert json.loads(posted) == json.loads(asked) == ["Ada", None, ["a", "b"], True, []]


def test_a_form_with_a_file_becomes_an_object(server: Server) -> None:
    body = multipart(FIELDS, [("photo", r"C:\é.png", "image/png", b"1234567")])

    _, found = request(server.port, "/form", "POST", body, {"content-type": MULTIPART})

    photo = ["é.png", "image/png", 7, "1234"]
    assert json.loads(found) == ["Ada", None, ["a", "b"], True, photo]


def test_every_error_of_a_form_is_told_at_once(server: Server) -> None:
    body = multipart([("name", "A"), ("count", "two")])

    _, found = request(server.port, "/form", "POST", body, {"content-type": MULTIPART})

    assert json.loads(found) == {
        "errors": {
            "name": "must be at least 2 characters long",
            "count": "must be a whole number",
        },
        "values": {"name": "A", "count": "two"},
    }


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (multipart(FIELDS)[:-9], MULTIPART, 400),
        (multipart([("name", "A\0")]), MULTIPART, 400),
        (b'{"name": "Ada"}', "application/json", 415),
        (multipart([("name", "a")] * 11), MULTIPART, 413),
        (multipart(files=[("photo", "a.png", "image/png", b"1")] * 3), MULTIPART, 413),
        (multipart([("name", "a" * 2**21)]), MULTIPART, 413),
        (b"&".join([b"name=a"] * 11), "application/x-www-form-urlencoded", 413),
        (multipart([("name", "a")] * 100_000), MULTIPART, 413),
        (
            multipart([("name", "a")]).replace(b"form-data;", b"form-data; x=" + X_9K),
            MULTIPART,
            400,
        ),
        (multipart([("name", "a")]).replace(b'name="name"', b"x=1"), MULTIPART, 400),
        (multipart([("name", "a")]).replace(b'"name"', b'"\xff"'), MULTIPART, 400),
        (multipart(files=[("photo", "a\0.png", "image/png", b"1")]), MULTIPART, 400),
        (multipart([("n" * 2000, "a")]), MULTIPART, 413),
        (b"name=%FF", "application/x-www-form-urlencoded", 400),
        (b"name=%00", "application/x-www-form-urlencoded", 400),
        (b"name=a", "application/x-www-form-urlencoded; charset=utf-16", 415),
    ],
    ids=[
        "end",
        "nul",
        "type",
        "fields",
        "files",
        "text",
        "urlencoded",
        "many fields",
        "header",
        "no name",
        "name",
        "nul in a file's name",
        "long name",
        "urlencoded bytes",
        "urlencoded nul",
        "charset",
    ],
)
def test_a_hostile_form_is_refused_and_the_server_serves_on(
    server: Server, body: bytes, content_type: str, status: int
) -> None:
    response, content = request(server.port, "/form", "POST", body, {"content-type": content_type})
    _, next_content = request(
        server.port, "/form", "POST", multipart(FIELDS), {"content-type": MULTIPART}
    )

    assert (response.status, content[:12]) == (status, b"cannot read ")
    assert json.loads(next_content)[0] == "Ada"


def test_an_odd_form_is_read_alike_everywhere(server: Server) -> None:
    sent = multipart(
        [*ODD_FIELDS, ("name", "Ada"), ("tags", "x"), ("tags", "x"), ("count", " 7 ")],
        [
            ("photo", "", "application/octet-stream", b""),
            ("photo", "../../etc/passwd\\..\\é.png", "IMAGE/PNG; x=1", b"--\r\n--"),
        ],
    )

    _, found = request(server.port, "/form", "POST", sent, {"content-type": MULTIPART})

    photo = ["é.png", "image/png", 6, "--\r\n"]
    assert json.loads(found) == ["Ada", 7, ["x", "x"], False, photo]


@pytest.mark.parametrize("length", ["99999999999999999999", "1" * 5000])
def test_a_length_that_is_a_lie_leaves_the_server_serving(server: Server, length: str) -> None:
    headers = "content-type: application/x-www-form-urlencoded", f"content-length: {length}"

    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(written("POST", "/form", *headers, body=b"name=Ada"))
        connection.shutdown(socket.SHUT_WR)

    response, _ = request(server.port, "/form?name=Ada&count=")
    assert response.status == 200


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=other"])
def test_a_form_without_its_boundary_is_refused(server: Server, boundary: str) -> None:
    headers = {"content-type": f"multipart/form-data{boundary}"}

    response, _ = request(server.port, "/form", "POST", multipart(FIELDS), headers)

    assert response.status == 400


def test_a_large_file_is_not_held_in_memory(server: Server) -> None:
    request(server.port, "/form", "POST", multipart(FIELDS), {"content-type": MULTIPART})
    before = server.peak_memory_bytes()
    body = multipart(FIELDS, [("photo", "a.png", "image/png", b"x" * 50_000_000)])

    _, found = request(server.port, "/form", "POST", body, {"content-type": MULTIPART})

    assert json.loads(found)[-1] == ["a.png", "image/png", 50_000_000, "xxxx"]
    assert server.peak_memory_bytes() - before < 2**24


def test_the_progress_of_a_form_is_told_while_it_arrives(server: Server) -> None:
    body = multipart(files=[("photo", "a.png", "image/png", b"x" * 2**21)])
    headers = f"content-type: {MULTIPART}", f"content-length: {len(body)}"
    printed = len(server.output())

    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(written("POST", "/form-progress", *headers, body=body[: 2**20]))
        is_told = server.prints("a part has arrived", after=printed)
        connection.sendall(body[2**20 :])
        response = HTTPResponse(connection)
        response.begin()
        told = json.loads(response.read())

    received = [size for size, _ in told]
    assert (is_told, received == sorted(set(received))) == (True, True)
    assert (received[0] < len(body), told[-1]) == (True, [len(body), len(body)])
    assert {total for _, total in told} == {len(body)}


def test_a_form_that_is_too_large_is_a_413(server: Server) -> None:
    body = multipart(FIELDS, [("photo", "a.png", "image/png", b"x" * 2**26)])

    response, _ = request(server.port, "/form", "POST", body, {"content-type": MULTIPART})

    assert response.status == 413


def test_files_are_closed_however_the_handler_ends(server: Server) -> None:
    body = multipart(FIELDS, [("photo", "a.png", "image/png", b"1" * 2**21)])
    headers = {"content-type": MULTIPART}
    [before, _] = json.loads(request(server.port, "/open-uploads")[1])

    request(server.port, "/form", "POST", body, headers)
    response, _ = request(server.port, "/fail-with-form", "POST", body, headers)

    _, found = request(server.port, "/open-uploads")
    assert (response.status, json.loads(found)) == (500, [before + 2, 0])


def test_every_mode_of_a_patch_goes_over_the_wire(server: Server) -> None:
    _, body = request(server.port, "/modes")

    assert body.decode().split("\n\n") == [
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


def test_a_redirect_is_one_for_browsers_and_an_event_for_datastar(server: Server) -> None:
    plain, _ = request(server.port, "/redirect")
    asked, body = request(server.port, "/redirect", "POST", b"", {"datastar-request": "true"})

    assert (plain.status, plain.getheader("location")) == (303, "/page?name=Ada")
    assert (asked.status, b"window.location = '/page?name=Ada'" in body) == (200, True)


def test_a_redirect_to_an_absolute_url_of_the_same_host_is_one_to_its_path(server: Server) -> None:
    response, _ = request(server.port, "/redirect-absolutely")

    assert (response.status, response.getheader("location")) == (303, "/page?name=Ada")


def test_an_application_without_a_prefix_writes_paths_as_they_are(server: Server) -> None:
    _, body = request(server.port, "/where")

    assert json.loads(body) == ["", "/where", "/page?name=Ada"]


def test_a_prefix_is_in_the_path_and_in_the_urls_of_a_page(server: Server) -> None:
    response, body = request(server.port, "/prefix/where")

    assert (response.status, json.loads(body)) == (
        200,
        ["/prefix", "/prefix/where", "/prefix/page?name=Ada"],
    )


def test_the_route_is_the_pattern_of_the_router(server: Server) -> None:
    _, body = request(server.port, "/route")

    assert body.strip(b"/") == b"route"  # Django's patterns do not begin with a slash


def test_a_form_is_answered_with_and_without_javascript(server: Server) -> None:
    plain = {"content-type": "application/x-www-form-urlencoded"}
    asked = {**plain, "datastar-request": "true"}

    pages = [request(server.port, "/sign", "POST", b"name=", kind)[1] for kind in (plain, asked)]
    sent, _ = request(server.port, "/sign", "POST", b"name=%C3%A4", plain)
    _, event = request(server.port, "/sign", "POST", b"name=%C3%A4", asked)

    assert pages[0] == pages[1]
    assert b'<p id="error">Say a name.</p>' in pages[0]
    assert (sent.status, sent.getheader("location")) == (303, "/page?name=%C3%A4")
    assert b"new URL('?name=%C3%A4', document.baseURI)" in event


def test_a_handler_that_writes_nothing_is_a_204(server: Server) -> None:
    response, body = request(server.port, "/nothing", "POST", b"")

    assert (response.status, body) == (204, b"")


def test_an_error_of_a_handler_is_a_500(server: Server) -> None:
    response, _ = request(server.port, "/fail")

    assert response.status == 500


async def test_an_error_within_a_stream_breaks_it_off(server: Server) -> None:
    async with Events(server.port, "/fail-late") as events:
        received = await events.end()

    assert b'{"half":true}' in received
    assert not received.endswith(b"0\r\n\r\n"), "a complete response would end the page's retries"


async def test_an_error_within_a_stream_tells_the_page_when_to_ask_again(server: Server) -> None:
    async with Events(server.port, "/fail-late", page="fails") as events:
        received = await events.end()

    [wait] = re.findall(rb"retry: ([0-9]+)\n\n", received)
    assert 800 <= int(wait) <= 10_000


async def test_a_newer_stream_of_a_page_silences_the_older_one(server: Server) -> None:
    async with (
        Events(server.port, f"/subscribe?{signals_query({'name': 'older'})}", page="k3j2") as older,
        AsyncExitStack() as stack,
    ):
        await older.until(b"older")
        newer = Events(server.port, f"/subscribe?{signals_query({'name': 'newer'})}", page="k3j2")
        await stack.enter_async_context(newer)
        await newer.until(b"newer")
        assert await printed(server, "cleaned up older")
        _, reached = await asyncio.to_thread(request, server.port, "/publish?text=hello", "POST")
        await newer.until(b"hello")

        left = await settled(server, open=2, subscriptions=1)
        assert (json.loads(reached), left) == (1, {"open": 2, "subscriptions": 1})
        assert b"hello" not in older.received
    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT


@pytest.mark.parametrize("by", ENDS)
async def test_a_handler_that_ends_by_anything_else_is_a_500_too(server: Server, by: str) -> None:
    printed = len(server.output())

    response, _ = await asyncio.to_thread(request, server.port, "/end?by=" + quote(by))

    assert response.status == 500
    assert await logged(server, printed, "HandlerError")
    assert request(server.port, "/page")[0].status == 200


@pytest.mark.parametrize("by", ENDS)
@pytest.mark.parametrize("path", ["/end-late", "/end-view"], ids=["handler", "view"])
async def test_an_end_by_anything_else_within_a_stream_breaks_it_off(
    server: Server, path: str, by: str
) -> None:
    printed = len(server.output())

    async with Events(server.port, f"{path}?by={quote(by)}") as events:
        received = await events.end()

    assert b"half" in received
    assert not received.endswith(LAST_CHUNK), "a complete response would end the page's retries"
    assert await logged(server, printed, "HandlerError")
    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT


async def test_a_handler_whose_task_is_cancelled_is_a_500_too(server: Server) -> None:
    query = "by=" + quote("its own task cancelled")

    response, _ = await asyncio.to_thread(request, server.port, f"/end?{query}")

    assert response.status == 500


async def test_a_cancelled_task_within_a_stream_breaks_it_off(server: Server) -> None:
    query = "by=" + quote("its own task cancelled")

    async with Events(server.port, f"/end-late?{query}") as events:
        received = await events.end()

    assert not received.endswith(LAST_CHUNK), "a complete response would end the page's retries"
    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_an_action_that_fails_after_its_first_event_is_completed(
    server: Server, method: str
) -> None:
    """Datastar repeats an action whose response breaks off, which could order twice."""
    printed = len(server.output())

    async with Events(server.port, "/fail-late", method) as events:
        received = await events.until(LAST_CHUNK)

    assert b'{"half":true}' in received
    assert await logged(server, printed, "a handler's own error")


@pytest.mark.parametrize("by", ENDS)
async def test_an_action_that_ends_by_anything_else_is_completed(server: Server, by: str) -> None:
    printed = len(server.output())

    async with Events(server.port, "/end-late?by=" + quote(by), "POST") as events:
        await events.until(LAST_CHUNK)

    assert await logged(server, printed, "HandlerError")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_that_was_unsubscribed_is_answered_with_a_204(server: Server, method: str) -> None:
    printed = len(server.output())

    first, body = request(server.port, "/finish-job", method)
    event_id = body.rpartition(b"id: ")[2].decode().strip()
    second, rest = request(server.port, "/finish-job", method, headers={"last-event-id": event_id})

    assert (first.status, second.status, rest) == (200, 204, b"")
    assert b'<p id="job">done</p>' in body
    assert second.getheader("cache-control") == "no-store"
    assert server.output()[printed:].count("runs finish_job") == 1


@pytest.mark.parametrize(
    ("method", "path", "kept"),
    [
        ("GET", "/finish-job", "no-store"),
        ("HEAD", "/subscribe", "no-store"),
        ("POST", "/finish-job", "no-cache"),
    ],
)
def test_no_browser_keeps_a_stream_that_a_get_asked_for(
    server: Server, method: str, path: str, kept: str
) -> None:
    response, _ = request(server.port, path, method)

    assert response.getheader("cache-control") == f"{kept}, no-transform"


async def test_a_handler_that_returns_something_is_a_500_that_says_what_to_write(
    server: Server,
) -> None:
    printed = len(server.output())

    response, _ = await asyncio.to_thread(request, server.port, "/give-back")

    assert response.status == 500
    assert await logged(server, printed, "w.html(view)")


async def test_events_arrive_one_by_one_while_the_stream_is_open(server: Server) -> None:
    async with Events(server.port, "/subscribe", "POST", b'{"name":"reader"}') as events:
        await events.until(b'"joined":"reader"')
        for text in (b"one", b"two"):
            await asyncio.to_thread(request, server.port, f"/publish?text={text.decode()}", "POST")
            await events.until(b'{"news":"%s"}' % text)

        assert events.received.startswith(b"HTTP/1.1 200 ")


async def test_a_client_that_leaves_an_idle_stream_is_cleaned_up(server: Server) -> None:
    async with Events(server.port, "/subscribe?" + signals_query({"name": "idle"})) as events:
        await events.until(b'"joined":"idle"')
        events.vanish()

    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT
    assert "cleaned up idle\n" in server.output()


async def test_a_client_that_leaves_while_it_is_written_to_is_cleaned_up(server: Server) -> None:
    async with Events(server.port, "/flood") as events:
        await events.until(b'"flood":"xxx')
        events.vanish()

    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT
    assert "cleaned up flood\n" in server.output()


async def test_a_handler_that_runs_on_after_its_client_left_is_logged(server: Server) -> None:
    async with Events(server.port, "/linger") as events:
        await events.until(b'"lingering":true')
        events.vanish()

    assert await printed(server, LINGERING)
    await asyncio.to_thread(request, server.port, "/release", "POST")
    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT


async def test_clients_that_leave_at_odd_moments_leave_nothing_and_no_errors(
    server: Server,
) -> None:
    printed = len(server.output())

    async with asyncio.TaskGroup() as clients:
        for parts, way in itertools.product(SAID.values(), WAYS_TO_LEAVE):
            clients.create_task(leave(server.port, *parts, way=way))

    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT
    output = server.output()[printed:]
    assert [word for word in ("Traceback", "ERROR", "cut a stream") if word in output] == []


async def test_clients_that_leave_within_their_second_request_leave_nothing(
    server: Server,
) -> None:
    async with asyncio.TaskGroup() as clients:
        for way in WAYS_TO_LEAVE:
            clients.create_task(leave(server.port, GET, GET[:20], way=way))

    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT


async def test_clients_that_leave_when_they_are_asked_for_a_body_leave_nothing(
    server: Server,
) -> None:
    announced = written("POST", "/beat", "expect: 100-continue", "content-length: 2")

    async with asyncio.TaskGroup() as clients:
        for way in WAYS_TO_LEAVE:
            clients.create_task(leave(server.port, announced, way=way))

    assert await settled(server, **NOTHING_LEFT) == NOTHING_LEFT


async def test_a_browser_with_more_than_four_streams_is_logged_once(own_server: Server) -> None:
    path = "/subscribe?" + signals_query({"name": "tab"})

    async with AsyncExitStack() as stack:
        for number in range(6):
            events = Events(own_server.port, path, page=f"tab{number}")
            await stack.enter_async_context(events)
            await events.until(b'"joined":"tab"')
        assert await printed(own_server, "a browser has 5 streams over HTTP/1.1")

    assert own_server.output().count("a browser has") == 1


async def test_a_stopping_server_ends_its_streams_and_exits(own_server: Server) -> None:
    path = "/subscribe?" + signals_query({"name": "painter"})

    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(Events(own_server.port, path)) for _ in range(STREAMS)
        ]
        for events in streams:
            await events.until(b'"joined":"painter"')
        await asyncio.to_thread(own_server.stop, signal.SIGTERM)
        ends = {(await events.end())[-5:] for events in streams}

    assert own_server.output().count("cleaned up painter\n") == STREAMS
    assert b"0\r\n\r\n" not in ends, "a complete response would end the page's retries"


async def test_a_stopping_server_cancels_a_handler_that_waits_elsewhere(
    own_server: Server,
) -> None:
    async with Events(own_server.port, "/wait") as events:
        await events.until(b'"waiting":true')
        await asyncio.to_thread(own_server.stop, signal.SIGTERM)

    assert own_server.output().count("cleaned up wait\n") == 1


async def test_an_action_redraws_its_own_page_only_and_no_other_session_can_act_for_it(
    server: Server,
) -> None:
    ada = "fatmorph-state: 1-2-3-4\r\ncookie: user=ada\r\n"
    eve = "fatmorph-state: 1-2-3-4\r\ncookie: user=eve\r\n"
    own = {"fatmorph-state": "1-2-3-4", "cookie": "user=ada"}

    async with (
        Events(server.port, "/follow-tab", headers=ada) as mine,
        Events(server.port, "/follow-tab", headers=eve) as stolen,
    ):
        for stream in (mine, stolen):
            await stream.until(b"nothing")
        answers = [
            await asyncio.to_thread(request, server.port, path, "POST", b"", headers)
            for path, headers in (
                ("/search-tab?query=tea", own),
                ("/search-tab?query=coffee", {**own, "cookie": "user=bob"}),
                ("/search-tab?query=coffee", {**own, "sec-fetch-site": "cross-site"}),
                ("/search-tab?query=coffee", {"cookie": "user=ada"}),
            )
        ]
        await mine.until(b"tea")

    assert [response.status for response, _ in answers] == [200, 403, 403, 403]
    assert answers[0][1] == b"true"
    assert (b"coffee" in mine.received, b"tea" in stolen.received) == (False, False)


async def test_a_key_ends_its_streams_completely_and_no_others(own_server: Server) -> None:
    async with (
        Events(own_server.port, "/follow-session?session=ada") as first,
        Events(own_server.port, "/follow-session?session=ada") as second,
        Events(own_server.port, "/follow-session?session=bob") as other,
    ):
        for stream, session in ((first, b"ada"), (second, b"ada"), (other, b"bob")):
            await stream.until(session)

        _, body = await asyncio.to_thread(
            request, own_server.port, "/end-session?session=ada", "POST", b""
        )
        for stream in (first, second):
            await stream.until(LAST_CHUNK)

        found = await settled(
            own_server, open=1, subscriptions=1, cleaned_up=["session ada", "session ada"]
        )
    assert (json.loads(body)[0], LAST_CHUNK in other.received) == (2, False)
    assert found == {"open": 1, "subscriptions": 1, "cleaned_up": ["session ada"] * 2}


async def test_a_query_in_a_thread_does_not_stop_other_requests(server: Server) -> None:
    answers = await asyncio.gather(
        *(
            asyncio.to_thread(request, server.port, f"/query?reader={name}")
            for name in ("ada", "bob")
        )
    )

    assert [(answer.status, body) for answer, body in answers] == [(200, b"ada"), (200, b"bob")]
