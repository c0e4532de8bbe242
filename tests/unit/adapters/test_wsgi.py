"""WSGI: a handler as an application, with whole responses; a stream is an error."""

from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from bodies import EndlessInput
from fatmorph import Context, Relay, Writer, h
from fatmorph._streaming.event_response import UNSUBSCRIBE
from fatmorph.adapters import Handler, collect_response
from fatmorph.adapters.wsgi import application
from fatmorph.errors import BodyError, MomentError
from transports import turns


def answered(handler: Handler, body: bytes = b"", **environ: Any) -> tuple[str, Any, bytes]:
    """Return status line, headers and body; the standard library's validator checks them."""
    given = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)), "QUERY_STRING": ""}
    environ = given | environ
    setup_testing_defaults(environ)
    started: list[Any] = []
    parts = validator(application(handler))(environ, lambda *args: started.extend(args))
    content = b"".join(parts)
    parts.close()
    return started[0], started[1], content


def test_a_page_is_answered_with_its_headers_and_cookies() -> None:
    async def home(c: Context, w: Writer) -> None:
        w.cookie("a", "1")
        w.cookie("b", "2")
        w.html(h.p("é"))

    status, headers, body = answered(home)

    assert (status, body) == ("200 OK", "<p>é</p>".encode())
    assert headers == [
        ("content-type", "text/html; charset=utf-8"),
        ("content-length", "9"),
        ("cache-control", "max-age=0, private, must-revalidate"),
        ("set-cookie", "a=1; Path=/; HttpOnly; SameSite=Lax"),
        ("set-cookie", "b=2; Path=/; HttpOnly; SameSite=Lax"),
    ]


async def test_a_handler_can_run_in_a_thread_that_has_an_event_loop() -> None:
    async def home(c: Context, w: Writer) -> None:
        w.text("hello")

    assert answered(home)[2] == b"hello"


@pytest.mark.parametrize(
    ("number", "line"), [(404, "404 Not Found"), (299, "299 Status")], ids=["known", "own"]
)
def test_a_status_has_its_phrase(number: int, line: str) -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.text("", status=number)

    assert answered(handler)[0] == line


def test_the_context_is_read_from_the_environ() -> None:
    async def show(c: Context, w: Writer) -> None:
        w.json(
            [c.method, c.path, c.query["tag"], c.headers["content-type"], c.cookies, len(c.request)]
        )

    _, _, body = answered(
        show,
        b"{}",
        REQUEST_METHOD="POST",
        SCRIPT_NAME="/shop",
        PATH_INFO="/caf\xc3\xa9",  # UTF-8, read as Latin-1
        QUERY_STRING="tag=a%20b",
        CONTENT_TYPE="application/json",
        HTTP_COOKIE="session=1",
    )

    assert body.startswith('["POST","/shop/café","a b","application/json",{"session":"1"}'.encode())


def test_signals_are_received_and_events_returned() -> None:
    async def greet(c: Context, w: Writer) -> None:
        w.patch_signals({"hello": (await c.signals())["name"]})
        await w.drain()
        w.patch_signals({"again": (await c.signals())["name"]})

    _, headers, body = answered(greet, b'{"name": "Ada"}', REQUEST_METHOD="POST")

    assert ("content-type", "text/event-stream") in headers
    assert body == (
        b'event: datastar-patch-signals\ndata: signals {"hello":"Ada"}\n\n'
        b'event: datastar-patch-signals\ndata: signals {"again":"Ada"}\n\n'
    )


async def read(c: Context, w: Writer) -> None:
    w.json(len(await c.body(max_bytes=3)))


@pytest.mark.parametrize(
    ("body", "environ", "answer"),
    [
        (b"abc", {}, ("200", b"3")),
        (b"abcd", {}, ("413", b"c")),
        (b"abc", {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, ("200", b"3")),
        (b"abcd", {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, ("413", b"c")),
        (b"abc", {"CONTENT_LENGTH": ""}, ("200", b"0")),
    ],
    ids=["fits", "too large", "chunks fit", "chunks too large", "no length, no end"],
)
def test_a_body_is_read_up_to_its_end_and_the_limit(
    body: bytes, environ: dict[str, Any], answer: tuple[str, bytes]
) -> None:
    status, _, content = answered(read, body, REQUEST_METHOD="POST", **environ)

    assert (status[:3], content[:1]) == answer


async def read_twice(c: Context, w: Writer) -> None:
    outcomes: list[object] = []
    for max_bytes in (3, 1_000_000):
        try:
            outcomes.append(len(await c.body(max_bytes=max_bytes)))
        except BodyError as error:
            outcomes.append(error.what)
    w.json(outcomes)


@pytest.mark.parametrize(
    ("environ", "read_bytes"),
    [
        ({"CONTENT_LENGTH": str(150 * 2**20)}, 0),
        ({"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, 4),
        ({"CONTENT_LENGTH": ""}, 0),
    ],
    ids=["length", "chunks", "no end"],
)
def test_a_body_that_is_too_large_is_read_one_byte_past_the_limit_at_most(
    environ: dict[str, Any], read_bytes: int
) -> None:
    body = EndlessInput()

    application(read)({"REQUEST_METHOD": "POST", "wsgi.input": body, **environ}, lambda *_: None)

    assert body.read_bytes == read_bytes


@pytest.mark.parametrize(
    ("body", "environ", "outcomes"),
    [
        (b"abc", {}, "[3,3]"),
        (b"abcd", {}, '["cannot read a body of more than 3 bytes",4]'),
        (b"abc", {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, "[3,3]"),
        (
            b"abcdefgh",
            {"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
            '["cannot read a body of more than 3 bytes","cannot read a body of more than 3 bytes"]',
        ),
    ],
    ids=["fits", "too large for the first", "chunks fit", "chunks are gone"],
)
def test_a_second_reader_gets_the_whole_body_or_none(
    body: bytes, environ: dict[str, Any], outcomes: str
) -> None:
    _, _, content = answered(read_twice, body, REQUEST_METHOD="POST", **environ)

    assert content.decode() == outcomes


def test_an_incomplete_body_is_refused() -> None:
    async def handler(c: Context, w: Writer) -> None:
        await c.body()

    status, _, body = answered(handler, b"half", REQUEST_METHOD="POST", CONTENT_LENGTH="100")

    assert (status[:3], body.partition(b"\n")[0]) == (
        "413",
        b"cannot read a body whose end was never sent",
    )


async def alive(c: Context, w: Writer) -> None:
    w.patch_signals({"joined": True})
    async for _ in w.alive(Relay[str]().subscribe("*")):
        pass
    c.request.append("cleaned up")


async def ask(c: Context, w: Writer) -> None:
    assert not w.is_closed
    await turns()
    assert w.is_closed
    c.request.append("cleaned up")


@pytest.mark.parametrize("handler", [alive, ask])
async def test_a_stream_is_an_error_after_its_clean_up(handler: Handler) -> None:
    steps: list[str] = []

    with pytest.raises(MomentError, match="cannot keep a stream open for <function") as caught:
        await collect_response(handler, Context(method="GET", path="/news", request=steps))

    assert steps == ["cleaned up"]
    assert caught.value.where == "GET /news, on WSGI: w.alive(…), w.live(…), w.is_closed"


async def test_a_subscription_is_logged_once_and_ended_for_good(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def news(c: Context, w: Writer) -> None:
        await w.live(lambda: h.p("news", id="news"), max_rate=1)

    headers = [("datastar-request", "true"), ("fatmorph-page", "k3j2"), ("accept-encoding", "gzip")]
    requests = [Context(method="GET", path="/news", headers=headers) for _ in range(2)]

    responses = [await collect_response(news, request) for request in requests]

    for found in responses:
        assert (found.status, found.headers, found.body) == (
            200,
            [("content-type", "text/event-stream"), ("cache-control", "no-store")],
            UNSUBSCRIBE,
        )
    [record] = caplog.records
    assert record.levelname == "ERROR"
    assert record.getMessage().startswith("cannot keep a stream open for <function")


async def test_a_page_that_is_unsubscribed_gets_a_204() -> None:
    headers = [("fatmorph-page", "k3j2"), ("last-event-id", "fatmorph:unsubscribed")]

    found = await collect_response(alive, Context(method="GET", path="/", headers=headers))

    assert (found.status, found.body) == (204, b"")


async def test_an_error_of_the_handler_is_raised_to_the_framework() -> None:
    async def handler(c: Context, w: Writer) -> None:
        raise LookupError("its own")

    with pytest.raises(LookupError, match="its own"):
        await collect_response(handler, Context(method="GET", path="/"))
