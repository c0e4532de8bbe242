"""ASGI: one `receive` serves the body, the disconnect, and the framework's own request."""

import asyncio
from collections import deque
from collections.abc import MutableMapping
from typing import Any

import pytest

from fatmorph.adapters import _asgi_request
from fatmorph.adapters.asgi import AsgiConnection, application
from fatmorph.context import Context
from fatmorph.errors import BodyError, MomentError
from fatmorph.writer import Writer
from transports import Source, turns

DISCONNECT = {"type": "http.disconnect"}


class Server:
    """The server's side of one request; after its messages it waits until more are added."""

    def __init__(self, *messages: MutableMapping[str, Any]) -> None:
        self.messages = deque(messages)
        self.sent: list[MutableMapping[str, Any]] = []
        self.receiving = 0
        self._has_more = asyncio.Event()

    def add(self, message: MutableMapping[str, Any]) -> None:
        self.messages.append(message)
        self._has_more.set()

    async def receive(self) -> MutableMapping[str, Any]:
        self.receiving += 1
        assert self.receiving == 1, "receive() is called one at a time"
        try:
            while not self.messages:
                self._has_more.clear()
                await self._has_more.wait()
            return self.messages.popleft()
        finally:
            self.receiving -= 1

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.sent.append(message)


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/räume",
    "query_string": b"a=%C3%A9",
    "headers": [(b"x-trace", b"7")],
}


def connected(*messages: dict[str, Any], **scope: Any) -> tuple[Server, AsgiConnection]:
    server = Server(*messages)
    return server, AsgiConnection(SCOPE | scope, server.receive, server.send)


async def test_a_scope_becomes_a_context() -> None:
    _, connection = connected(path_params={"room": 1})

    context = connection.context()

    assert (context.method, context.path, dict(context.query)) == ("GET", "/räume", {"a": "é"})
    assert (dict(context.headers), context.path_params) == ({"x-trace": "7"}, {"room": 1})
    assert context.request is connection.scope


async def test_the_parts_of_a_body_are_joined_for_every_read() -> None:
    _, connection = connected(part(b"ab", more=True), part(b"c"))

    assert [await connection.read_body(10), await connection.read_body(10)] == [b"abc", b"abc"]


async def test_a_body_that_is_too_large_is_read_completely_and_discarded() -> None:
    server, connection = connected(*[part(b"abc", more=True)] * 9, part(b"d"))

    assert await connection.read_body(2) is None
    assert await connection.read_body(1000) is None
    assert not server.messages


async def test_a_body_whose_stated_length_is_too_large_is_not_kept() -> None:
    server, connection = connected(
        *[part(b"abc", more=True)] * 3, part(b"d"), headers=[(b"content-length", b"10")]
    )

    assert await connection.read_body(9) is None
    assert await connection.read_body(1000) is None
    assert not server.messages


async def test_a_body_that_the_framework_has_kept_stays_whatever_its_length() -> None:
    _, connection = connected(headers=[(b"content-length", b"10")])

    connection.take_body(b"0123456789")

    assert [await connection.read_body(9), await connection.read_body(10)] == [None, b"0123456789"]


async def test_a_body_in_one_part_is_not_copied() -> None:
    body = b"abc" * 1000
    _, connection = connected(part(body))

    assert await connection.read_body(10_000) is body


async def test_a_body_too_large_for_one_reader_is_available_to_another() -> None:
    _, connection = connected(part(b"abc"))

    assert await connection.read_body(3) == b"abc"
    assert await connection.read_body(2) is None
    assert await connection.read_body(3) == b"abc"


async def test_reading_an_endless_body_stops_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_asgi_request, "MAX_DISCARDED_BYTES", 10)
    server, connection = connected(*[part(b"abc", more=True)] * 9)

    assert await connection.read_body(2) is None
    assert len(server.messages) == 5


async def test_a_body_without_its_end_raises_a_connection_error() -> None:
    _, connection = connected(part(b"half", more=True), DISCONNECT)

    with pytest.raises(ConnectionError):
        await connection.read_body(10)


async def test_a_body_read_by_the_framework_is_available_to_all_readers() -> None:
    _, connection = connected(DISCONNECT)

    connection.take_body(b"abc")

    assert [await connection.read_body(3), await connection.read_body(2)] == [b"abc", None]
    assert [await connection.receive(), await connection.receive()] == [part(b"abc"), DISCONNECT]


@pytest.mark.parametrize("method", ["body", "signals"])
async def test_reading_a_consumed_body_is_an_error_at_once(method: str) -> None:
    _, connection = connected(method="POST")
    context = connection.context()

    connection.take_body(None)

    with pytest.raises(MomentError) as caught:
        await getattr(context, method)()
    assert str(caught.value) == (
        "cannot read a body that was read before\n"
        "  where: POST /räume\n"
        "  why:   a parameter, a form, a stream or a middleware has used it up\n"
        "  fix:   await c.request.form()  "
        "(a form; request.body() keeps a body, request.stream() does not)"
    )


async def test_an_empty_body_with_a_content_length_was_read_before() -> None:
    _, connection = connected(part(b""), headers=[(b"content-length", b"7")])
    context = connection.context()

    with pytest.raises(MomentError, match="cannot read a body that was read before"):
        await context.body()


@pytest.mark.parametrize("headers", [[], [(b"content-length", b"0")]])
async def test_a_request_without_a_body_has_an_empty_body(
    headers: list[tuple[bytes, bytes]],
) -> None:
    _, connection = connected(part(b""), headers=headers)
    context = connection.context()

    assert await context.body() == b""


async def test_a_body_can_be_read_while_the_stream_waits_for_the_disconnect() -> None:
    server, connection = connected()
    closing = asyncio.create_task(connection.wait_closed())
    await turns()
    reading = asyncio.create_task(connection.read_body(10))
    await turns()

    server.add(part(b"ab", more=True))
    await turns()
    server.add(part(b"c"))
    await turns()
    was_closed = closing.done()
    server.add(DISCONNECT)
    await closing

    assert (reading.done(), was_closed) == (True, False)
    assert await reading == b"abc"


async def test_a_body_can_be_read_after_the_client_left() -> None:
    _, connection = connected(part(b"abc"), DISCONNECT)

    await connection.wait_closed()

    assert await connection.read_body(10) == b"abc"


async def test_a_stream_does_not_keep_a_large_unread_body(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_asgi_request, "MAX_SIGNAL_BYTES", 2)
    _, connection = connected(part(b"abc"), DISCONNECT)

    await connection.wait_closed()

    assert await connection.read_body(10) is None


async def test_the_framework_can_read_a_body_that_was_read_before() -> None:
    _, connection = connected(part(b"ab", more=True), part(b"c"), DISCONNECT)
    await connection.read_body(10)

    messages = [await connection.receive(), await connection.receive()]

    assert messages == [part(b"abc"), DISCONNECT]


async def test_a_body_that_the_framework_has_read_can_be_read_again() -> None:
    _, connection = connected(part(b"ab", more=True), part(b"c"))

    messages = [await connection.receive(), await connection.receive()]

    assert messages == [part(b"ab", more=True), part(b"c")]
    assert await connection.read_body(10) == b"abc"


async def test_the_framework_continues_to_read_where_it_stopped() -> None:
    _, connection = connected(part(b"ab", more=True), part(b"c", more=True), part(b"d"), DISCONNECT)

    first = await connection.receive()
    body = await connection.read_body(10)
    rest = [await connection.receive(), await connection.receive()]

    assert (first, body, rest) == (part(b"ab", more=True), b"abcd", [part(b"cd"), DISCONNECT])


async def test_the_framework_does_not_receive_a_discarded_body() -> None:
    _, connection = connected(part(b"abc"))
    await connection.read_body(2)

    assert await connection.receive() == DISCONNECT


async def test_the_framework_can_read_a_body_that_is_too_large_to_keep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_asgi_request, "MAX_BODY_BYTES", 3)
    _, connection = connected(part(b"ab", more=True), part(b"cd", more=True), part(b"e"))

    messages = [await connection.receive() for _ in range(3)]

    assert messages == [part(b"ab", more=True), part(b"cd", more=True), part(b"e")]
    assert await connection.read_body(10) is None


async def test_the_framework_and_a_stream_both_see_the_client_leave() -> None:
    server, connection = connected(part(b""))
    closing = asyncio.create_task(connection.wait_closed())
    await turns()
    first = await connection.receive()
    receiving = asyncio.create_task(connection.receive())
    await turns()

    server.add(DISCONNECT)
    await closing

    assert (first, await receiving) == (part(b""), DISCONNECT)


async def test_an_application_answers_every_request_with_its_handler() -> None:
    async def hello(c: Context, w: Writer) -> None:
        w.text("hello " + (await c.body()).decode())

    server = Server(part(b"Ada"))
    await application(hello)(SCOPE | {"method": "POST"}, server.receive, server.send)

    assert server.sent == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"9"),
                (b"cache-control", b"max-age=0, private, must-revalidate"),
            ],
        },
        {"type": "http.response.body", "body": b"hello Ada", "more_body": False},
    ]


async def test_an_application_takes_part_in_the_lifespan() -> None:
    server = Server({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    await application(_never)({"type": "lifespan"}, server.receive, server.send)

    assert server.sent == [
        {"type": "lifespan.startup.complete"},
        {"type": "lifespan.shutdown.complete"},
    ]


async def test_an_application_closes_a_websocket() -> None:
    server = Server({"type": "websocket.connect"})

    await application(_never)({"type": "websocket"}, server.receive, server.send)

    assert server.sent == [{"type": "websocket.close"}]


async def test_a_client_that_leaves_before_the_end_of_its_body_raises_a_body_error() -> None:
    _, connection = connected(part(b"half", more=True), DISCONNECT, method="POST")
    context = connection.context()

    with pytest.raises(BodyError, match="whose end was never sent"):
        await context.signals()


async def _never(c: Context, w: Writer) -> None:
    raise AssertionError


class Connection:
    """The state that a server keeps of a connection."""

    is_closed = False

    def is_closing(self) -> bool:
        return self.is_closed


class UvicornServer(Server):
    """The server's side of a request that is not the last one of its connection."""

    def __init__(self) -> None:
        super().__init__()
        self.transport = Connection()


async def test_a_connection_that_closed_without_a_message_is_a_client_that_left() -> None:
    server = UvicornServer()
    connection = AsgiConnection(dict(SCOPE), server.receive, server.send)
    await connection.send(b"a", more=True)
    was_left = connection.is_left

    server.transport.is_closed = True
    with pytest.raises(ConnectionResetError):
        await connection.send(b"b", more=True)

    assert (was_left, connection.is_left) == (False, True)
    assert [message["body"] for message in server.sent] == [b"a"]


async def test_nothing_is_sent_to_a_client_that_is_known_to_have_left() -> None:
    server, connection = connected(part(b"half", more=True), DISCONNECT)
    with pytest.raises(ConnectionError):
        await connection.read_body(10)

    with pytest.raises(ConnectionResetError):
        await connection.send(b"never read", more=False)

    assert (connection.is_left, server.sent) == (True, [])


async def test_a_handler_on_a_closed_connection_cleans_up(caplog: pytest.LogCaptureFixture) -> None:
    """uvicorn on uvloop raises, on asyncio nothing happens: nothing else says that it is over."""
    server = UvicornServer()
    steps = []

    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive(Source("first", "second")):
            w.patch_signals({"a": 1})
            await w.drain()
            server.transport.is_closed = True
        steps.append("cleaned up")

    await AsgiConnection(dict(SCOPE), server.receive, server.send).respond(handler, None)

    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert (steps, errors) == (["cleaned up"], [])
