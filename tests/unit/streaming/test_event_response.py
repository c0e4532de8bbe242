"""One event for an action: when it is a whole response, and when a stream."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from fatmorph import Context, Writer, h
from fatmorph.adapters import respond
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.errors import MomentError, ResponseEndedError, ResponseStartedError
from fatmorph.testing import MemoryClient
from transports import Source, turns

Handler = Callable[[Context, Writer], Awaitable[None]]

HTML = ("content-type", "text/html; charset=utf-8")
NO_CACHE = ("cache-control", "no-cache")
EVENT = b'event: datastar-patch-elements\ndata: elements <p id="a">1</p>\n\n'


async def answer(handler: Handler, method: str = "GET", **headers: str) -> MemoryClient:
    transport = MemoryClient()
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    await respond(handler, Context(method=method, path="/", headers=named), transport)
    return transport


def content_type(transport: MemoryClient) -> str:
    return dict(transport.headers)["content-type"]


async def test_one_patch_is_a_page_with_a_length() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.cookie("seen", "1")
        w.patch(h.p("1"), selector="#a", mode="inner")

    transport = await answer(handler, datastar_request="true")

    assert (transport.status, transport.body, transport.is_complete) == (200, b"<p>1</p>", True)
    assert transport.headers == [
        HTML,
        ("datastar-selector", "#a"),
        ("datastar-mode", "inner"),
        NO_CACHE,
        ("content-length", "8"),
        ("set-cookie", "seen=1; Path=/; HttpOnly; SameSite=Lax"),
    ]


async def test_one_patch_of_signals_is_json() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.patch_signals({"count": 1}, only_if_missing=True)

    transport = await answer(handler, "POST", datastar_request="true")

    assert transport.body == b'{"count":1}'
    assert transport.headers == [
        ("content-type", "application/json"),
        ("datastar-only-if-missing", "true"),
        NO_CACHE,
        ("content-length", "11"),
    ]


async def two_patches(c: Context, w: Writer) -> None:
    w.patch(h.p("1", id="a"))
    w.patch(h.p("2", id="a"))


async def patch_and_work(c: Context, w: Writer) -> None:
    w.patch(h.p("1", id="a"))
    await turns()


async def patch_and_drain(c: Context, w: Writer) -> None:
    w.patch(h.p("1", id="a"))
    await w.drain()


async def patch_and_stay_alive(c: Context, w: Writer) -> None:
    w.patch(h.p("1", id="a"))
    w.alive()


async def patch_after_alive(c: Context, w: Writer) -> None:
    w.alive()
    w.patch(h.p("1", id="a"))


async def patch_with_an_id(c: Context, w: Writer) -> None:
    w.patch(h.p("1", id="a"), event_id="7")


async def patch_with_a_type(c: Context, w: Writer) -> None:
    w.headers["content-type"] = "text/event-stream"
    w.patch(h.p("1", id="a"))


@pytest.mark.parametrize(
    "handler",
    [
        two_patches,
        patch_and_work,
        patch_and_drain,
        patch_and_stay_alive,
        patch_after_alive,
        patch_with_an_id,
        patch_with_a_type,
    ],
)
async def test_more_than_one_patch_is_a_stream(handler: Handler) -> None:
    transport = await answer(handler, datastar_request="true")

    assert content_type(transport) == "text/event-stream"
    assert (transport.body.count(b"event: "), transport.is_complete) == (
        1 + (handler is two_patches),
        True,
    )


async def one_patch(c: Context, w: Writer) -> None:
    w.patch(h.p("1", id="a"))


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, EVENT),
        ({"datastar_request": "true", "last_event_id": "7"}, EVENT),
        ({"datastar_request": "true", "last_event_id": ""}, EVENT),
    ],
)
async def test_a_client_that_reads_a_stream_gets_one(headers: dict[str, str], body: bytes) -> None:
    transport = await answer(one_patch, **headers)

    assert (content_type(transport), transport.body) == ("text/event-stream", body)


async def test_a_head_is_that_of_a_stream_and_has_no_body() -> None:
    transport = await answer(one_patch, "HEAD", datastar_request="true")

    assert (content_type(transport), transport.body) == ("text/event-stream", b"")


async def test_a_patch_is_sent_while_the_handler_works_on() -> None:
    transport = MemoryClient()
    w = HandledWriter(transport, is_datastar=True)

    w.patch(h.p("1", id="a"))
    await turns()

    assert (transport.body, transport.is_complete) == (EVENT, False)
    await w.finish()


async def test_a_patch_fixes_the_head_at_once() -> None:
    w = HandledWriter(MemoryClient(), is_datastar=True)
    w.patch(h.p("1", id="a"))

    with pytest.raises(ResponseStartedError):
        w.cookie("late", "1")
    assert w.is_started
    await w.finish()


async def test_a_whole_response_is_the_end() -> None:
    w = HandledWriter(MemoryClient(), is_datastar=True)
    w.patch(h.p("1", id="a"))
    await w.finish()

    with pytest.raises(ResponseEndedError):
        w.patch(h.p("2", id="a"))


async def test_nothing_is_sent_for_a_handler_that_fails() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.patch(h.p("1", id="a"))
        raise LookupError("a handler's own error")

    transport = MemoryClient()

    with pytest.raises(LookupError):
        await respond(
            handler,
            Context(method="GET", path="/", headers=[("datastar-request", "true")]),
            transport,
        )
    await turns()
    assert (transport.status, transport.body) == (None, b"")


async def test_a_live_page_is_a_stream() -> None:
    source = Source()

    async def handler(c: Context, w: Writer) -> None:
        await w.live(lambda: h.p("1", id="a"), source)

    transport = MemoryClient()
    context = Context(method="GET", path="/", headers=[("datastar-request", "true")])
    responding = asyncio.create_task(respond(handler, context, transport))
    await turns()
    transport.leave()
    await responding

    assert (content_type(transport), source.is_closed) == ("text/event-stream", True)


async def test_another_thread_is_refused_as_in_a_stream() -> None:
    w = HandledWriter(MemoryClient(), is_datastar=True)

    with pytest.raises(MomentError):
        await asyncio.to_thread(w.patch, h.p(id="a"))
    await w.abort()
