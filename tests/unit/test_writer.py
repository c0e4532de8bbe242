"""The Writer: whole responses, streams of events, and what is refused at the wrong moment."""

import asyncio
import logging
from collections import UserString
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature

import pytest
from markupsafe import Markup

from fatmorph import Signal, Signals, h, signal
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.datastar import events
from fatmorph.datastar.events import patch_elements
from fatmorph.errors import (
    EncodingError,
    EventError,
    ResponseEndedError,
    ResponseError,
    ResponseStartedError,
)
from fatmorph.testing import MemoryClient
from fatmorph.writer import Writer
from transports import Clock, turns

STREAM_HEADERS = [
    ("content-type", "text/event-stream"),
    ("cache-control", "no-cache, no-transform"),
    ("x-accel-buffering", "no"),
    ("vary", "accept-encoding"),
]


class Owner(Signals):
    name: Signal[str] = signal("")


class Cart(Signals):
    note: Signal[str] = signal("")
    owner: Signal[Owner] = signal(Owner())
    prices: Signal[dict[str, int]] = signal({"tea": 2})
    sizes: Signal[list[int]] = signal([1])
    chosen: Signal[int | None] = signal(None)
    _open: Signal[bool] = signal(False)


@dataclass
class Paint:
    cell: int
    color: str


PRIVATE = ("cache-control", "max-age=0, private, must-revalidate")


@pytest.mark.parametrize(
    ("write", "status", "headers", "body"),
    [
        (
            lambda w: w.html(h.p("é")),
            200,
            [("content-type", "text/html; charset=utf-8"), ("content-length", "9"), PRIVATE],
            "<p>é</p>".encode(),
        ),
        (
            lambda w: w.html(h.html(h.body()), 404),
            404,
            [("content-type", "text/html; charset=utf-8"), ("content-length", "41"), PRIVATE],
            b"<!doctype html><html><body></body></html>",
        ),
        (
            lambda w: w.text("a < b"),
            200,
            [("content-type", "text/plain; charset=utf-8"), ("content-length", "5"), PRIVATE],
            b"a < b",
        ),
        (
            lambda w: w.json(Paint(3, "red"), 201),
            201,
            [("content-type", "application/json"), ("content-length", "24"), PRIVATE],
            b'{"cell":3,"color":"red"}',
        ),
        (
            lambda w: w.json({"name": UserString("Ada")}),
            200,
            [("content-type", "application/json"), ("content-length", "14"), PRIVATE],
            b'{"name":"Ada"}',
        ),
        (lambda w: w.empty(), 204, [], b""),
        (lambda w: w.empty(304), 304, [], b""),
        (lambda w: w.empty(200), 200, [("content-length", "0")], b""),
        (
            lambda w: w.redirect("/cart?saved=1"),
            303,
            [("content-length", "0"), ("location", "/cart?saved=1")],
            b"",
        ),
    ],
)
async def test_a_whole_response_has_its_type_and_its_length(
    write: Callable[[Writer], None], status: int, headers: list[tuple[str, str]], body: bytes
) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    write(writer)
    await writer.finish()

    assert (transport.status, transport.headers, transport.body) == (status, headers, body)
    assert transport.is_complete


async def test_a_handler_that_writes_nothing_answers_204() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    await writer.finish()

    assert (transport.status, transport.headers, transport.body) == (204, [], b"")


async def test_a_handler_that_sets_only_the_status_answers_with_it() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    writer.status = 404
    await writer.finish()

    assert (transport.status, transport.body) == (404, b"")


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (Cart(note="a"), b'{"note":"a"}'),
        (Cart(owner=Owner(name="Ada")), b'{"owner":{"name":"Ada"}}'),
        (Cart(prices={"tea": 2, "milk": 1}), b'{"prices":{"milk":1}}'),
        (Cart(prices={}), b'{"prices":{"tea":null}}'),
        (Cart(sizes=[1, 2]), b'{"sizes":[1,2]}'),
        (Cart(sizes=[True]), b'{"sizes":[true]}'),
        (Cart(chosen=3), b'{"chosen":3}'),
        (Cart(_open=True), b'{"_open":true}'),
        (Cart(note="a", chosen=3), b'{"note":"a","chosen":3}'),
    ],
)
async def test_only_the_signals_that_have_changed_are_sent(now: Cart, changes: bytes) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    writer.patch_signals(now, since=Cart())
    await writer.finish()

    assert transport.body == b"event: datastar-patch-signals\ndata: signals %b\n\n" % changes


async def test_signals_that_have_not_changed_are_not_sent() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    writer.patch_signals(Cart(chosen=None), since=Cart())
    await writer.finish()

    assert (transport.status, transport.body) == (204, b"")


async def test_an_event_id_is_sent_without_a_change() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    writer.patch_signals(Cart(), since=Cart(), event_id="7")
    await writer.finish()

    assert transport.body == b"event: datastar-patch-signals\nid: 7\ndata: signals {}\n\n"


async def test_a_value_of_none_removes_the_signal() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    writer.patch_signals(Cart(), since=Cart(chosen=3))
    await writer.finish()

    assert transport.body == b'event: datastar-patch-signals\ndata: signals {"chosen":null}\n\n'


@pytest.mark.parametrize("now", [Owner(), {"note": "a"}, Paint(1, "red")])
async def test_signals_of_another_class_are_not_compared(now: object) -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(EventError, match=f"cannot compare {type(now).__name__} with Cart"):
        writer.patch_signals(now, since=Cart())  # type: ignore[arg-type]


async def test_events_are_a_stream_in_the_order_of_their_writing() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    writer.patch(h.p("1", id="a"))
    writer.patch(h.li("2"), selector="#list", mode="append", event_id="7", retry_ms=250)
    writer.patch_signals({"count": 2}, only_if_missing=True)
    writer.remove("#old")
    await writer.finish()

    assert (transport.status, transport.headers) == (200, STREAM_HEADERS)
    assert transport.body.decode() == (
        'event: datastar-patch-elements\ndata: elements <p id="a">1</p>\n\n'
        "event: datastar-patch-elements\nid: 7\nretry: 250\n"
        "data: selector #list\ndata: mode append\ndata: elements <li>2</li>\n\n"
        "event: datastar-patch-signals\n"
        'data: onlyIfMissing true\ndata: signals {"count":2}\n\n'
        "event: datastar-patch-elements\ndata: selector #old\ndata: mode remove\n\n"
    )


@pytest.mark.parametrize(
    ("write", "script"),
    [
        (lambda w: w.execute("alert(1)"), "alert(1)"),
        (lambda w: w.navigate("/next"), "'/next'"),
        (lambda w: w.push_url("/next"), "history.pushState("),
        (lambda w: w.replace_url("/next"), "history.replaceState("),
    ],
)
async def test_a_script_is_an_event(write: Callable[[Writer], None], script: str) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    write(writer)
    await writer.finish()

    assert transport.headers == STREAM_HEADERS
    assert "<script" in transport.body.decode()
    assert script in transport.body.decode()


@pytest.mark.parametrize(
    "write",
    [
        lambda w: w.execute("alert(1)", nonce="n0nce"),
        lambda w: w.navigate("/next", nonce="n0nce"),
        lambda w: w.push_url("/next", nonce="n0nce"),
        lambda w: w.replace_url("/next", nonce="n0nce"),
        lambda w: w.redirect("/next", nonce="n0nce"),
    ],
)
async def test_a_script_carries_the_nonce_of_its_page(write: Callable[[Writer], None]) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport, is_datastar=True)

    write(writer)
    await writer.finish()

    start = b'<script data-effect="el.remove()" nonce="n0nce" data-preserve-attr="nonce">'
    assert start in transport.body


@pytest.mark.parametrize(
    ("method", "event"),
    [
        (Writer.patch, events.patch_elements),
        (Writer.remove, events.remove_elements),
        (Writer.execute, events.execute_script),
        (Writer.patch_signals, events.patch_signals),
    ],
)
def test_a_writer_takes_all_options_of_an_event(
    method: Callable[..., None], event: Callable[..., bytes]
) -> None:
    assert signature(event).parameters.keys() <= signature(method).parameters.keys()


@pytest.mark.parametrize(
    ("write", "event"),
    [
        (
            lambda w: w.remove(
                "#a",
                view_transition=True,
                view_transition_selector="#b",
                event_id="7",
                retry_ms=500,
            ),
            events.remove_elements(
                "#a",
                view_transition=True,
                view_transition_selector="#b",
                event_id="7",
                retry_ms=500,
            ),
        ),
        (
            lambda w: w.execute(
                "run()",
                auto_remove=False,
                attributes={"type": "module"},
                event_id="7",
                retry_ms=500,
            ),
            events.execute_script(
                "run()",
                auto_remove=False,
                attributes={"type": "module"},
                event_id="7",
                retry_ms=500,
            ),
        ),
        (lambda w: w.patch_signals('{"a":1}'), events.patch_signals('{"a":1}')),
    ],
)
async def test_options_of_an_event_are_written(
    write: Callable[[Writer], None], event: bytes
) -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    write(writer)
    await writer.finish()

    assert transport.body == event


async def test_a_nonce_among_the_attributes_of_a_script_replaces_that_of_the_page() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport, nonce="n0nce")

    writer.execute("run()", attributes={"nonce": "other"})
    await writer.finish()

    assert b'nonce="other"' in transport.body


async def test_alive_opens_the_response_before_anything_is_written() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    async with writer.alive():
        await turns()

        assert (transport.status, transport.headers) == (200, STREAM_HEADERS)


async def test_headers_and_cookies_are_sent_with_the_response() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    writer.headers["X-Trace"] = "7"
    writer.headers["Cache-Control"] = "no-store"
    writer.cookie("session", "é 1", max_age=3600)
    writer.cookie("theme", "", max_age=0, path="/shop", domain="example.com", http_only=False)
    writer.patch_signals({})
    await writer.finish()

    assert transport.headers == [
        ("content-type", "text/event-stream"),
        ("x-accel-buffering", "no"),
        ("x-trace", "7"),
        ("cache-control", "no-store, no-transform"),
        ("set-cookie", "session=%C3%A9%201; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"),
        ("set-cookie", "theme=; Path=/shop; Domain=example.com; Max-Age=0; SameSite=Lax"),
        ("vary", "accept-encoding"),
    ]


async def test_a_redirect_asked_by_datastar_navigates_and_ends_the_response() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport, is_datastar=True)

    writer.redirect("/next")
    with pytest.raises(ResponseEndedError):
        writer.patch(h.p(id="a"))
    await writer.finish()

    assert (transport.status, transport.headers[0]) == (
        200,
        ("content-type", "text/html; charset=utf-8"),
    )
    assert "'/next'" in transport.body.decode()
    assert transport.is_complete


@pytest.mark.parametrize(
    "change",
    [
        lambda w: setattr(w, "status", 404),
        lambda w: w.headers.__setitem__("x-trace", "7"),
        lambda w: w.headers.__delitem__("x-trace"),
        lambda w: w.cookie("a", "b"),
        lambda w: w.html(h.p()),
        lambda w: w.redirect("/"),
        lambda w: w.empty(),
    ],
)
@pytest.mark.parametrize(
    "begin", [lambda w: w.patch_signals({}), lambda w: w.text("a"), lambda w: w.alive()]
)
async def test_nothing_of_the_head_can_be_changed_after_the_first_byte(
    begin: Callable[[Writer], None], change: Callable[[Writer], None]
) -> None:
    writer = HandledWriter(MemoryClient())
    begin(writer)

    with pytest.raises(ResponseStartedError, match="after the response has started"):
        change(writer)

    await writer.finish()


async def test_an_event_cannot_follow_a_whole_response() -> None:
    writer = HandledWriter(MemoryClient())
    writer.html(h.p())

    with pytest.raises(ResponseEndedError):
        writer.patch(h.p(id="a"))

    await writer.finish()


async def test_an_event_cannot_follow_the_end_of_its_handler() -> None:
    writer = HandledWriter(MemoryClient())
    writer.patch_signals({})
    await writer.finish()

    with pytest.raises(ResponseEndedError):
        writer.patch_signals({})


async def test_a_stream_with_another_status_is_refused() -> None:
    writer = HandledWriter(MemoryClient())
    writer.status = 422

    with pytest.raises(ResponseError, match="cannot stream events with status 422"):
        writer.patch(h.p(id="a"))


@pytest.mark.parametrize("status", [204, 304])
async def test_a_status_without_content_refuses_content(status: int) -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(ResponseError, match=f"cannot send content with status {status}"):
        writer.html(h.p(), status)


async def test_text_with_half_a_character_is_refused() -> None:
    writer = HandledWriter(MemoryClient())

    with pytest.raises(EncodingError):
        writer.text("\ud800")


async def test_a_view_that_cannot_be_rendered_leaves_the_response_unbegun() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)

    with pytest.raises(EncodingError):
        writer.html(h.p("\ud800"))
    writer.html(h.p("sorry"), 500)
    await writer.finish()

    assert (transport.status, transport.body) == (500, b"<p>sorry</p>")


async def test_the_head_of_a_whole_response_is_that_of_its_get() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport, is_head=True)

    writer.text("hello")
    await writer.finish()

    assert dict(transport.headers)["content-length"] == "5"
    assert (transport.body, transport.is_complete) == (b"", True)


async def test_the_head_of_a_stream_ends_at_once() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport, is_head=True)

    writer.patch_signals({})
    async for _ in writer.alive():
        pass
    async with writer.alive():
        await asyncio.Future()
    await writer.finish()

    kept = ("cache-control", "no-store, no-transform")  # as for a GET
    assert transport.headers == [STREAM_HEADERS[0], kept, *STREAM_HEADERS[2:]]
    assert (transport.body, transport.is_complete) == (b"", True)


async def test_the_head_of_a_stream_is_neither_cut_nor_the_end_of_a_server(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    transport = MemoryClient()
    writer = HandledWriter(transport, is_head=True)
    async for _ in writer.alive():
        pass
    transport.stop_reading()

    finishing = asyncio.create_task(writer.finish())
    await turns()
    clock.advance(1)
    await turns()
    transport.read_on()
    await finishing

    assert transport.is_complete
    assert caplog.messages == [
        "stream ended: complete after 1.0 s, 0 events, 0 bytes written, 0 sent"
    ]


async def test_is_closed_tells_a_loop_without_alive_when_to_end() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    count = 0

    while not writer.is_closed:
        count += 1
        writer.patch_signals({"count": count})
        await writer.drain()
        transport.leave()
        await turns()

    assert count == 1
    await writer.abort()


async def test_writes_after_the_client_left_are_dropped() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    async for _ in writer.alive():
        transport.leave()
        await turns()

    writer.patch_signals({"goodbye": True})
    await writer.finish()

    assert (transport.body, transport.is_complete) == (b"", False)


async def test_a_failed_handler_leaves_its_response_incomplete() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    writer.patch_signals({})
    await turns()

    await writer.abort()
    await turns()

    assert not transport.is_complete
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_every_view_is_patched_by_its_own_event_however_often_it_comes() -> None:
    transport = MemoryClient()
    writer = HandledWriter(transport)
    pages = [h.p("1", id="n"), h.p("2", id="n")]

    for number in (0, 0, 0, 1, 1, 0):
        writer.patch(pages[number])
    writer.patch(pages[0], mode="replace")
    await writer.finish()

    events = [patch_elements(pages[number]) for number in (0, 0, 0, 1, 1, 0)]
    assert transport.body == b"".join([*events, patch_elements(pages[0], mode="replace")])


async def test_trusted_html_is_asked_each_time() -> None:
    class Counting:
        count = 0

        def __html__(self) -> str:
            self.count += 1
            return Markup("<p id=n>{}</p>").format(self.count)

    transport = MemoryClient()
    writer = HandledWriter(transport)
    counting = Counting()

    for _ in range(3):
        writer.patch(counting)
    await writer.finish()

    events = [patch_elements(Markup(f"<p id=n>{number}</p>")) for number in (1, 2, 3)]
    assert transport.body == b"".join(events)
