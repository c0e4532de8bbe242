"""Slow draws: which views are logged, and what they are measured by."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from fatmorph import Element, h, in_thread
from fatmorph._streaming import slow_draws
from fatmorph._streaming.slow_draws import watched
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.testing import MemoryClient
from fatmorph.writer import View


class Clock:
    """The time, which passes only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def pass_time(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(slow_draws, "perf_counter", clock)
    monkeypatch.setattr(slow_draws, "_logged", {})
    return clock


def ignore(seconds: float) -> None:
    """Take the time of a draw."""


def message(view: Callable[..., object], milliseconds: int) -> str:
    code = view.__code__
    return (
        f"the view {view.__qualname__} ({__file__}:{code.co_firstlineno}) held the event loop for "
        f"{milliseconds} ms, and every other page waited; draw it in a thread: "
        "w.live(in_thread(view), …)"
    )


async def test_a_view_that_holds_the_event_loop_is_logged_with_its_line(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def view() -> Element:
        clock.pass_time(0.06)
        return h.p("slow")

    drawn = await watched(view, ignore)()

    assert (drawn, caplog.messages) == (h.p("slow"), [message(view, 60)])


async def test_a_view_is_logged_once(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    def view() -> Element:
        clock.pass_time(0.06)
        return h.p("slow")

    for _ in range(3):
        await watched(partial(view), ignore)()

    assert caplog.messages == [message(view, 60)]


async def test_a_quick_view_is_not_logged(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    def view() -> Element:
        clock.pass_time(0.05)
        return h.p("quick")

    await watched(view, ignore)()

    assert caplog.messages == []


async def test_an_async_view_is_measured_from_one_wait_to_the_next(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async def patient() -> Element:
        for _ in range(10):
            clock.pass_time(0.04)
            await asyncio.sleep(0)
        return h.p("patient")

    async def blocking() -> Element:
        await asyncio.sleep(0)
        clock.pass_time(0.07)
        await asyncio.sleep(0)
        return h.p("blocking")

    drawn = [await watched(patient, ignore)(), await watched(blocking, ignore)()]

    assert (drawn, caplog.messages) == (
        [h.p("patient"), h.p("blocking")],
        [message(blocking, 70)],
    )


async def test_the_error_of_a_view_passes_through() -> None:
    async def view() -> Element:
        await asyncio.sleep(0)
        raise LookupError("no such row")

    with pytest.raises(LookupError, match="no such row"):
        await watched(view, ignore)()


async def test_a_view_is_cancelled_where_it_waits_and_can_clean_up() -> None:
    seen: list[str] = []

    async def view() -> Element:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            seen.append("cleaned up")
            raise
        return h.p()

    drawing = asyncio.ensure_future(watched(view, ignore)())
    await asyncio.sleep(0)
    drawing.cancel()
    await asyncio.wait([drawing])

    assert (drawing.cancelled(), seen) == (True, ["cleaned up"])


async def test_the_time_of_a_draw_includes_its_waits(clock: Clock) -> None:
    noted: list[float] = []

    async def view() -> Element:
        clock.pass_time(0.01)
        await asyncio.sleep(0)
        clock.pass_time(0.02)
        return h.p()

    await watched(view, noted.append)()

    assert noted == [pytest.approx(0.03)]


async def test_a_view_that_is_never_resumed_can_be_closed() -> None:
    async def view() -> Element:
        await asyncio.sleep(0)
        return h.p()

    drawing = watched(view, ignore)()
    drawing.send(None)  # type: ignore[attr-defined] # it is a coroutine

    assert drawing.close() is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("development", "count"), [("1", 1), ("0", 0)], ids=["development", "production"]
)
async def test_only_development_measures(
    development: str,
    count: int,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FATMORPH_DEV", development)

    def view() -> Element:
        clock.pass_time(0.06)
        return h.p("slow", id="a")

    await first_page(view)

    assert len(caplog.messages) == count


async def test_a_view_in_a_thread_holds_no_loop(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await first_page(in_thread(lambda: h.p("slow", id="a")))

    assert caplog.messages == []


async def first_page(view: View) -> None:
    """Draw the first page of a stream."""
    client = MemoryClient()
    w = HandledWriter(client)
    stream = asyncio.create_task(w.live(view, max_rate=1))
    async with asyncio.timeout(10):
        while b"slow" not in client.body:
            await asyncio.to_thread(lambda: None)
    client.leave()
    await stream
    await w.finish()
