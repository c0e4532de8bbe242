"""Shown tasks: a live page with slow parts is drawn again when they are there."""

import asyncio
import concurrent.futures
import gc
import logging
import re
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from typing import Any

import pytest

from fatmorph import Context, Relay, Writer, at, data, h, in_thread, pending
from fatmorph.adapters import respond
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.errors import MomentError
from fatmorph.markup._element import Element
from fatmorph.testing import MemoryClient, open_page
from fatmorph.writer import View
from transports import Clock, Source, turns

WAITING = "Counting"


class Stream:
    """A stream of a live page, and the text of each page that came."""

    def __init__(self, view: View, *sources: Any, **options: Any) -> None:
        self.client = MemoryClient()
        self.handler = asyncio.create_task(self._handle(view, sources, options))

    @property
    def pages(self) -> list[str]:
        return re.findall(r"data: elements <main[^>]*>(.*)</main>", self.client.body.decode())

    async def leave(self) -> None:
        self.client.leave()
        await self.handler

    async def _handle(self, view: View, sources: Any, options: Any) -> None:
        writer = HandledWriter(self.client)
        try:
            await writer.live(view, *sources, **options)
        finally:
            await writer.finish()


class OwnSource:
    """A source with the methods of the protocol and no others."""

    def __init__(self) -> None:
        self.changed_at = 0
        self.queue: asyncio.Queue[None] = asyncio.Queue()
        self.is_closed = False

    def skip(self) -> int:
        return 0

    def __aiter__(self) -> "OwnSource":
        return self

    async def __anext__(self) -> None:
        await self.queue.get()

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.close()


@pytest.fixture
def relay() -> Relay[None]:
    return Relay()


@pytest.fixture
async def report() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


def view_of(*tasks: Any, **options: Any) -> Callable[[], Element]:
    return lambda: h.main([pending(task, WAITING, **options) for task in tasks], id="main")


async def test_a_page_shows_a_placeholder_at_once_and_the_value_when_it_is_there(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    stream = Stream(view_of(report), relay.subscribe("*"))
    await turns()
    at_once = stream.pages

    report.set_result(h.b("7"))
    await turns()
    await stream.leave()

    assert (at_once, stream.pages) == ([WAITING], [WAITING, "<b>7</b>"])


async def test_each_of_several_parts_is_shown_when_it_is_there(relay: Relay[None]) -> None:
    loop = asyncio.get_running_loop()
    first, second = loop.create_future(), loop.create_future()
    stream = Stream(view_of(first, second), relay.subscribe("*"))
    await turns()

    second.set_result("2")
    await turns()
    first.set_result("1")
    await turns()
    await stream.leave()

    assert stream.pages == [WAITING + WAITING, WAITING + "2", "12"]


async def test_parts_that_end_together_make_one_page(relay: Relay[None]) -> None:
    loop = asyncio.get_running_loop()
    tasks = [loop.create_future() for _ in range(3)]
    stream = Stream(view_of(*tasks), relay.subscribe("*"))
    await turns()

    for number, task in enumerate(tasks):
        task.set_result(str(number))
    await turns()
    await stream.leave()

    assert stream.pages == [WAITING * 3, "012"]


async def test_a_change_of_the_source_is_still_a_new_page(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    texts = ["a"]
    stream = Stream(
        lambda: h.main(texts[-1], pending(report, WAITING), id="main"), relay.subscribe("*")
    )
    await turns()

    texts.append("b")
    relay.publish("text", None)
    await turns()
    report.set_result("7")
    await turns()
    texts.append("c")
    relay.publish("text", None)
    await turns()
    await stream.leave()

    assert stream.pages == ["a" + WAITING, "b" + WAITING, "b7", "c7"]


async def test_a_task_that_ends_while_its_page_is_drawn_is_shown(relay: Relay[None]) -> None:
    report = asyncio.get_running_loop().create_future()
    may_end = asyncio.Event()

    async def slow_view() -> Element:
        page = view_of(report)()
        await may_end.wait()
        return page

    stream = Stream(slow_view, relay.subscribe("*"))
    await turns()
    report.set_result("7")
    await turns()
    may_end.set()
    await turns()
    await stream.leave()

    assert stream.pages == [WAITING, "7"]


async def test_a_value_that_follows_another_task_is_shown_too(relay: Relay[None]) -> None:
    loop = asyncio.get_running_loop()
    tasks = [loop.create_future(), loop.create_future()]

    def view() -> Element:
        return view_of(tasks[int(tasks[0].done())])()

    stream = Stream(view, relay.subscribe("*"))
    await turns()

    tasks[0].set_result("1")
    await turns()
    tasks[1].set_result("2")
    await turns()
    await stream.leave()

    assert stream.pages == [WAITING, "2"]


@pytest.mark.parametrize("make", [Source, OwnSource])
async def test_any_source_can_be_waited_for_together_with_a_task(
    make: Callable[[], Any], report: asyncio.Future[Any]
) -> None:
    source, texts = make(), ["a"]
    stream = Stream(lambda: h.main(texts[-1], pending(report, WAITING), id="main"), source)
    await turns()

    report.set_result("7")
    await turns()
    texts.append("b")
    source.queue.put_nowait("b")
    await turns()
    await stream.leave()

    assert (stream.pages, source.is_closed) == (["a" + WAITING, "a7", "b7"], True)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_end_of_the_source_ends_a_page_that_waits_for_a_task(
    report: asyncio.Future[Any],
) -> None:
    async def steps() -> AsyncIterator[None]:
        yield

    stream = Stream(view_of(report), steps())
    await turns(20)

    assert (stream.handler.done(), report.cancelled()) == (True, True)


async def test_without_a_source_the_rate_decides_when_a_value_is_shown(
    report: asyncio.Future[Any], clock: Clock
) -> None:
    stream = Stream(view_of(report), max_rate=1)
    await turns()

    report.set_result("7")
    await turns()
    at_once = stream.pages
    clock.advance(1)
    await turns()
    await stream.leave()

    assert (at_once, stream.pages) == ([WAITING], [WAITING, "7"])


async def test_the_most_pages_per_second_are_not_exceeded_for_a_value(
    report: asyncio.Future[Any], relay: Relay[None], clock: Clock
) -> None:
    stream = Stream(view_of(report), relay.subscribe("*"), max_rate=1)
    await turns()

    report.set_result("7")
    await turns()
    at_once = stream.pages
    clock.advance(1)
    await turns()
    await stream.leave()

    assert (at_once, stream.pages) == ([WAITING], [WAITING, "7"])


async def test_a_value_equal_to_its_placeholder_is_not_sent(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    stream = Stream(view_of(report), relay.subscribe("*"))
    await turns()

    report.set_result(WAITING)
    await turns()
    await stream.leave()

    assert stream.pages == [WAITING]


async def test_all_pages_that_wait_for_one_task_show_its_value(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    streams = [Stream(view_of(report), relay.subscribe("*")) for _ in range(3)]
    await turns()

    report.set_result("7")
    await turns()
    for stream in streams:
        await stream.leave()

    assert [stream.pages for stream in streams] == [[WAITING, "7"]] * 3


async def test_a_shared_page_is_drawn_once_when_a_value_is_there(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    drawn = []

    def view() -> Element:
        drawn.append(report.done())
        return view_of(report)()

    streams = [Stream(view, relay.subscribe("*"), key="board") for _ in range(3)]
    await turns()

    report.set_result("7")
    await turns()
    for stream in streams:
        await stream.leave()

    assert [stream.pages for stream in streams] == [[WAITING, "7"]] * 3
    assert drawn.count(True) == 1


async def test_a_stream_that_did_not_draw_its_shared_page_waits_for_the_task_too(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    is_shown = [False]

    def view() -> Element:
        return view_of(report)() if is_shown[0] else h.main("empty", id="main")

    streams = [Stream(view, relay.subscribe("*"), key="board") for _ in range(2)]
    await turns()
    is_shown[0] = True
    relay.publish("shown", None)
    await turns()

    report.set_result("7")
    await turns()
    for stream in streams:
        await stream.leave()

    assert [stream.pages for stream in streams] == [["empty", WAITING, "7"]] * 2


async def test_a_view_in_a_thread_waits_for_a_task(report: asyncio.Future[Any]) -> None:
    async def live(c: Context, w: Writer) -> None:
        await w.live(in_thread(view_of(report)), Relay[None]().subscribe("*"))

    async with open_page(handlers_with(live), "/") as page:
        before = page.get_by_id("main").text
        report.set_result("7")
        await page.settled()

        assert (before, page.get_by_id("main").text) == (WAITING, "7")


async def test_a_test_waits_for_a_task_that_waits_for_a_thread() -> None:
    async def live(c: Context, w: Writer) -> None:
        report = asyncio.ensure_future(in_thread(lambda: "7"))
        await w.live(view_of(report), Relay[None]().subscribe("*"))

    async with open_page(handlers_with(live), "/") as page:
        await page.settled()

        assert page.get_by_id("main").text == "7"


async def test_a_future_of_a_thread_is_shown(relay: Relay[None]) -> None:
    report: concurrent.futures.Future[str] = concurrent.futures.Future()
    stream = Stream(view_of(report), relay.subscribe("*"))
    await turns()

    await asyncio.to_thread(report.set_result, "7")
    await turns()
    await stream.leave()

    assert stream.pages == [WAITING, "7"]


async def test_the_last_stream_that_waits_for_a_task_cancels_it(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    first, second = (Stream(view_of(report), relay.subscribe("*")) for _ in range(2))
    await turns()

    await first.leave()
    after_one = report.cancelled()
    await second.leave()

    assert (after_one, report.cancelled()) == (False, True)


async def test_a_task_that_the_page_shows_no_longer_ends_with_the_stream(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    shown = [report]
    stream = Stream(
        lambda: h.main([pending(task, WAITING) for task in shown], id="main"), relay.subscribe("*")
    )
    await turns()

    shown.clear()
    relay.publish("shown", None)
    await turns()
    while_open = report.cancelled()
    await stream.leave()

    assert (while_open, report.cancelled()) == (False, True)


async def test_a_task_that_only_a_whole_page_has_shown_goes_on(
    report: asyncio.Future[Any],
) -> None:
    client = MemoryClient()

    async def home(c: Context, w: Writer) -> None:
        w.html(view_of(report)())

    await respond(home, Context(method="GET", path="/"), client)

    assert (client.body.decode(), report.done()) == (str(view_of(report)()), False)


async def test_a_view_that_fails_cancels_the_tasks_of_its_page(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    broken = [False]

    def view() -> Element:
        return h.main(1 / 0) if broken[0] else view_of(report)()

    stream = Stream(view, relay.subscribe("*"))
    await turns()
    broken[0] = True
    relay.publish("broken", None)
    await turns()

    with pytest.raises(ZeroDivisionError):
        await stream.handler
    assert report.cancelled()


async def test_a_first_draw_that_fails_cancels_the_tasks_that_it_has_seen(
    report: asyncio.Future[Any],
) -> None:
    def view() -> Element:
        return h.main(pending(report, WAITING), 1 / 0)

    stream = Stream(view, max_rate=1)

    with pytest.raises(ZeroDivisionError):
        await stream.handler
    assert report.cancelled()


async def test_nothing_of_a_stream_is_left_on_a_future_that_cannot_be_cancelled(
    relay: Relay[None],
) -> None:
    report: concurrent.futures.Future[str] = concurrent.futures.Future()
    report.set_running_or_notify_cancel()
    stream = Stream(view_of(report), relay.subscribe("*"))
    await turns()
    left = weakref.ref(stream.client)

    await stream.leave()
    del stream
    gc.collect()

    assert (left(), report.done()) == (None, False)


async def test_a_future_that_could_not_be_cancelled_is_shown_by_a_later_stream(
    relay: Relay[None],
) -> None:
    report: concurrent.futures.Future[str] = concurrent.futures.Future()
    report.set_running_or_notify_cancel()
    first = Stream(view_of(report), relay.subscribe("*"))
    await turns()
    await first.leave()

    second = Stream(view_of(report), relay.subscribe("*"))
    await turns()
    await asyncio.to_thread(report.set_result, "7")
    await turns()
    await second.leave()

    assert (first.pages, second.pages) == ([WAITING], [WAITING, "7"])


async def test_many_draws_leave_one_callback_on_a_task(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    streams = [Stream(view_of(report), relay.subscribe("*")) for _ in range(3)]
    await turns()

    for _ in range(5):
        relay.publish("again", None)
        await turns()
    callbacks = report._callbacks
    for stream in streams:
        await stream.leave()

    assert len(callbacks) == 1


async def test_a_task_of_another_event_loop_is_refused(relay: Relay[None]) -> None:
    with closing(asyncio.new_event_loop()) as other:
        stream = Stream(view_of(other.create_future()), relay.subscribe("*"))

        with pytest.raises(MomentError, match="another event loop"):
            await stream.handler


@pytest.mark.parametrize("key", [None, "board"])
async def test_a_view_that_starts_a_task_in_each_draw_is_refused(
    relay: Relay[None], key: str | None
) -> None:
    begun = []

    async def load_report() -> str:
        begun.append("7")
        return "7"

    stream = Stream(
        lambda: h.main(pending(asyncio.create_task(load_report()), WAITING), id="main"),
        relay.subscribe("*"),
        key=key,
    )

    with pytest.raises(MomentError, match="starts again"):
        await stream.handler
    assert len(begun) < 20


async def test_a_view_may_go_on_from_one_task_to_the_next(relay: Relay[None]) -> None:
    steps: list[asyncio.Task[str]] = []

    async def step() -> str:
        if len(steps) < 30:
            steps.append(asyncio.create_task(step()))
        return str(len(steps))

    steps.append(asyncio.create_task(step()))
    stream = Stream(
        lambda: h.main(pending(steps[-1], f"step {len(steps)}"), id="main"), relay.subscribe("*")
    )
    await turns(200)
    await stream.leave()

    assert stream.pages[-1] == "30"


async def test_a_view_may_start_a_task_that_it_keeps(relay: Relay[None]) -> None:
    state: list[asyncio.Task[str]] = []

    async def load_report() -> str:
        return "7"

    def view() -> Element:
        if not state:
            state.append(asyncio.create_task(load_report()))
        return view_of(state[0])()

    stream = Stream(view, relay.subscribe("*"))
    await turns()
    for _ in range(20):
        relay.publish("again", None)
        await turns()
    await stream.leave()

    assert stream.pages == [WAITING, "7"]


async def test_an_error_of_a_task_ends_the_stream_as_one_of_the_view(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    stream = Stream(view_of(report), relay.subscribe("*"))
    await turns()

    report.set_exception(LookupError("no report"))
    await turns()

    with pytest.raises(LookupError, match="no report"):
        await stream.handler


async def test_a_fallback_is_shown_instead_of_an_error_which_is_logged_once(
    report: asyncio.Future[Any],
    relay: Relay[None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    streams = [
        Stream(view_of(report, fallback=h.i("no figures")), relay.subscribe("*")) for _ in range(2)
    ]
    await turns()

    with caplog.at_level(logging.ERROR, "fatmorph.tasks"):
        report.set_exception(LookupError("no report"))
        await turns()
    for stream in streams:
        await stream.leave()

    assert [stream.pages for stream in streams] == [[WAITING, "<i>no figures</i>"]] * 2
    assert [record.getMessage() for record in caplog.records] == [
        "a task failed, and its pages show a fallback"
    ]


async def test_in_development_an_error_is_shown_in_the_page_in_spite_of_a_fallback(
    report: asyncio.Future[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FATMORPH_DEV", "1")
    client = MemoryClient()

    async def live(c: Context, w: Writer) -> None:
        await w.live(view_of(report, fallback="no figures"), Relay[None]().subscribe("*"))

    headers = [("datastar-request", "true"), ("fatmorph-page", "k3j2")]
    context = Context(method="GET", path="/", headers=headers)
    handler = asyncio.create_task(respond(live, context, client))
    await turns()
    report.set_exception(LookupError("no report"))
    await turns(20)
    client.leave()
    with pytest.raises(LookupError):
        await handler

    assert b'<aside id="fatmorph-error"' in client.body
    assert b"LookupError: no report" in client.body


async def test_a_task_that_was_cancelled_is_an_error_of_the_view(
    report: asyncio.Future[Any], relay: Relay[None]
) -> None:
    stream = Stream(view_of(report), relay.subscribe("*"))
    await turns()

    report.cancel()
    await turns()

    with pytest.raises(MomentError, match="was cancelled"):
        await stream.handler


def handlers_with(live: Callable[[Context, Writer], Any]) -> dict[str, Any]:
    """Return handlers of a page whose stream is `live`."""

    async def home(c: Context, w: Writer) -> None:
        w.html(h.html(h.body(data.init(at.subscribe("/live")), h.main(id="main"))))

    return {"/": home, "/live": live}


async def test_a_page_that_returns_while_its_task_cleans_up_starts_another_one() -> None:
    tasks: list[asyncio.Task[str]] = []

    is_counted, is_closed = asyncio.Event(), asyncio.Event()

    async def load_report() -> str:
        try:
            await is_counted.wait()
        finally:
            await is_closed.wait()
        return "7 orders"

    def view() -> Element:
        shown = pending(tasks[-1], "…") if tasks else "…"
        body = h.body(data.init(at.subscribe("/live")), h.p({"id": "report"}, shown))
        return h.html(h.head(h.title("Report")), body)

    async def home(c: Context, w: Writer) -> None:
        w.html(view())

    async def live(c: Context, w: Writer) -> None:
        if not tasks or tasks[-1].cancelling():
            tasks.append(asyncio.create_task(load_report()))
        await w.live(view, Relay[None]().subscribe("*"))

    async with open_page({"/": home, "/live": live}) as page:
        await page.hide()
        is_ending = not tasks[0].done()
        await page.show()
        is_closed.set()
        is_counted.set()
        await page.settled()

        shown = page.get_by_id("report").text
        assert (is_ending, tasks[0].cancelled(), shown) == (True, True, "7 orders")
