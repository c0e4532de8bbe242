"""The drawer in development: the figures that a page gets about its own stream."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from zlib import MAX_WBITS, decompressobj

import pytest

from fatmorph import Context, Element, Writer, counters, data, h
from fatmorph._streaming import slow_draws
from fatmorph.adapters import respond
from fatmorph.adapters._drawer import LEAST_SECONDS, lost_by
from fatmorph.adapters._drawer_element import MAX_ROWS
from fatmorph.datastar.events import patch_elements
from fatmorph.testing import MemoryClient
from transports import Clock, turns

PAGE = [("datastar-request", "true"), ("fatmorph-page", "k3j2")]
DRAWER = b"fatmorph-drawer"
FIGURES = "event: datastar-fatmorph-drawer\ndata: figures "


@pytest.fixture
def development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATMORPH_DEV", "1")
    monkeypatch.setenv("FATMORPH_OVERLAY", "1")
    monkeypatch.setattr(counters, "_open", set())  # without those of other tests


def page_view(*children: Element) -> Element:
    return h.html({"lang": "en"}, h.head(h.title("Tiles")), h.body(*children))


def lines_of(count: int) -> Element:
    return page_view(h.ul([h.li({"id": f"row{number}"}, number) for number in range(count)]))


class Stream:
    """A page's stream, to which a test writes."""

    def __init__(self, client: MemoryClient, clock: Clock) -> None:
        self.client = client
        self.clock = clock
        self.writer: Writer | None = None
        self.task: asyncio.Task[None] | None = None

    async def handle(self, c: Context, w: Writer) -> None:
        self.writer = w
        async for _ in w.alive(heartbeat=None):
            pass

    async def write(self, *views: Element) -> None:
        """Write views, each in a turn of its own, and let the drawer report them."""
        assert self.writer is not None
        for view in views:
            self.writer.patch(view)
            await turns()
        await self.report()

    async def report(self) -> None:
        self.clock.advance(LEAST_SECONDS)
        await turns()

    def text(self) -> str:
        """Return what was sent, before compression."""
        body, is_gzip = self.client.body, ("content-encoding", "gzip") in self.client.headers
        return (decompressobj(MAX_WBITS | 16).decompress(body) if is_gzip else body).decode()

    def reports(self) -> list[dict[str, Any]]:
        """Return all figures that were sent."""
        events = self.text().split("\n\n")
        found = [event for event in events if event.startswith(FIGURES)]
        return [json.loads(event.removeprefix(FIGURES)) for event in found]


Handler = Callable[[Context, Writer], Awaitable[None]]
Open = Callable[..., Coroutine[Any, Any, Stream]]


@pytest.fixture
async def open_stream(clock: Clock) -> Any:
    opened: list[Stream] = []

    async def open_page(
        headers: list[tuple[str, str]] = PAGE, handler: Handler | None = None
    ) -> Stream:
        stream = Stream(MemoryClient(), clock)
        context = Context(method="GET", path="/tiles", headers=headers)
        stream.task = asyncio.create_task(respond(handler or stream.handle, context, stream.client))
        opened.append(stream)
        await turns()
        return stream

    yield open_page

    for stream in opened:
        stream.client.leave()
        await stream.task


@pytest.mark.usefixtures("development")
async def test_a_stream_reports_its_patches_after_they_were_sent(open_stream: Open) -> None:
    stream = await open_stream()
    before = len(stream.client.body)
    view = lines_of(3)

    await stream.write(view)

    [report] = stream.reports()
    size = len(patch_elements(view))
    [row] = report["patches"]
    assert row.pop("ms") >= 0
    assert row == {"by": "stream", "kind": "page", "bytes": size, "sent": size}
    assert (report["findings"], report["lost"]) == ([], [])
    assert stream.client.body[before:].startswith(patch_elements(view))
    [counted] = report["streams"]
    assert (counted["page"].rpartition(".")[2], counted["events"]) == ("handle", 1)


@pytest.mark.usefixtures("development")
async def test_compressed_bytes_are_those_on_the_wire(open_stream: Open) -> None:
    stream = await open_stream([*PAGE, ("accept-encoding", "gzip")])
    before = len(stream.client.body)
    assert stream.writer is not None

    stream.writer.patch(lines_of(300))
    await turns()
    sent = len(stream.client.body) - before
    await stream.report()

    [report] = stream.reports()
    assert [row["sent"] for row in report["patches"]] == [sent]
    assert 0 < sent < len(patch_elements(lines_of(300)))


@pytest.mark.usefixtures("development")
async def test_patches_that_were_sent_together_count_as_the_last_of_them(
    open_stream: Open,
) -> None:
    stream = await open_stream()
    assert stream.writer is not None

    stream.writer.patch(h.p({"id": "a"}, "one"))
    stream.writer.patch_signals({"basket": 3})
    await turns()
    await stream.report()

    [report] = stream.reports()
    sizes = [row["bytes"] for row in report["patches"]]
    assert [(row["kind"], row["sent"]) for row in report["patches"]] == [
        ("elements", None),
        ("signals", sum(sizes)),
    ]
    assert report["patches"][1]["ms"] is None


@pytest.mark.usefixtures("development")
async def test_a_burst_is_reported_once_with_its_newest_patches(open_stream: Open) -> None:
    stream = await open_stream()

    await stream.write(*(h.p({"id": "a"}, number) for number in range(MAX_ROWS + 5)))

    [report] = stream.reports()
    assert len(report["patches"]) == MAX_ROWS
    assert stream.writer is not None


@pytest.mark.usefixtures("development")
async def test_a_silent_stream_reports_nothing(open_stream: Open) -> None:
    stream = await open_stream()
    await stream.write(lines_of(1))
    before = stream.client.body

    await stream.report()
    await stream.report()

    assert stream.client.body == before


@pytest.mark.usefixtures("development")
async def test_the_drawer_is_in_no_counter(open_stream: Open) -> None:
    start = counters.snapshot()
    stream = await open_stream()
    opened = counters.snapshot()

    await stream.write(lines_of(3), lines_of(4))

    size = len(patch_elements(lines_of(3))) + len(patch_elements(lines_of(4)))
    now = counters.snapshot()
    assert opened.bytes_written - start.bytes_written < len(DRAWER) * 200
    assert (now.events - opened.events, now.bytes_written - opened.bytes_written) == (2, size)
    assert now.bytes_sent - opened.bytes_sent == size


@pytest.mark.usefixtures("development")
async def test_a_client_that_reads_slowly_gets_its_figures_later(open_stream: Open) -> None:
    stream = await open_stream()
    assert stream.writer is not None
    stream.client.stop_reading()
    stream.writer.patch(lines_of(3))
    await turns()
    await stream.report()
    unread = stream.reports()

    stream.client.read_on()
    await turns()
    await stream.report()

    assert unread == []
    assert len(stream.reports()) == 1


@pytest.mark.usefixtures("development")
async def test_the_findings_of_the_last_page_are_reported_to_every_stream(
    open_stream: Open,
) -> None:
    view = page_view(h.p({"id": "twice"}), h.b({"id": "twice"}))
    streams = [await open_stream(), await open_stream([*PAGE[:1], ("fatmorph-page", "other")])]

    for stream in streams:
        await stream.write(view)

    for stream in streams:
        assert stream.reports()[-1]["findings"][0].startswith("error duplicate-id")
    for stream in streams:
        await stream.write(page_view(h.p({"id": "twice"})))
        assert stream.reports()[-1]["findings"] == []


@pytest.mark.usefixtures("development")
async def test_the_elements_that_the_last_patch_has_removed_are_reported(open_stream: Open) -> None:
    stream = await open_stream()

    await stream.write(lines_of(4))
    await stream.write(lines_of(3))

    assert [report["lost"] for report in stream.reports()] == [
        [],
        ["removed: html > body > ul > li#row3"],
    ]


@pytest.mark.usefixtures("development")
async def test_the_time_to_draw_a_live_page_includes_its_view(
    open_stream: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = Clock()
    monkeypatch.setattr(slow_draws, "perf_counter", time)

    def view() -> Element:
        time.advance(0.02)
        return lines_of(2)

    async def handler(c: Context, w: Writer) -> None:
        await w.live(view, max_rate=1)

    stream = await open_stream(handler=handler)
    await stream.report()

    [report] = stream.reports()
    [row] = report["patches"]
    assert 20 <= row["ms"] < 1000


@pytest.mark.parametrize(
    "variables",
    [{}, {"FATMORPH_DEV": "0"}, {"FATMORPH_DEV": "1", "FATMORPH_OVERLAY": "0"}],
    ids=["production", "switched off", "in tests"],
)
async def test_in_production_and_in_tests_a_stream_is_only_what_its_handler_wrote(
    variables: dict[str, str], open_stream: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FATMORPH_DEV", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    stream = await open_stream()

    await stream.write(lines_of(3))

    assert stream.client.body == b"event: datastar-open\n\n" + patch_elements(lines_of(3))


@pytest.mark.usefixtures("development")
async def test_the_answer_to_an_action_is_the_same_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.patch(h.p({"id": "a"}))

    answers = []
    for is_development in ("1", "0"):
        monkeypatch.setenv("FATMORPH_DEV", is_development)
        client = MemoryClient()
        context = Context(method="POST", path="/", headers=PAGE[:1])
        await respond(handler, context, client)
        answers.append((client.status, client.headers, client.body))

    assert answers[0] == answers[1]


def event(view: Element, **options: Any) -> bytes:
    return patch_elements(view, **options)


@pytest.mark.parametrize(
    ("before", "after", "options", "lost"),
    [
        (lines_of(2), lines_of(2), {}, []),
        (lines_of(2), lines_of(3), {}, []),
        (
            page_view(h.input({"value": "a"})),
            page_view(h.input({"value": "b"})),
            {},
            ["value of html > body > input: set again, over the user's input"],
        ),
        (
            page_view(h.p({"id": "a"}, data.init("run()"))),
            page_view(h.p({"id": "a"}, data.init("walk()"))),
            {},
            ["data-init of html > body > p#a: ran again"],
        ),
        (
            page_view(h.ul({"id": "a"}, h.li(h.b("1")))),
            h.p("gone"),
            {"selector": "#a", "mode": "inner"},
            ["removed: html > body > ul#a > li"],
        ),
        (
            lines_of(2),
            h.p("x"),
            {"selector": "p:hover(", "mode": "inner"},
            ["not simulated: cannot read the selector 'p:hover('"],
        ),
    ],
    ids=["equal", "one more", "typed text", "a new init", "a selector", "no selector"],
)
def test_losses_are_those_of_the_simulation(
    before: Element, after: Element, options: dict[str, Any], lost: list[str]
) -> None:
    assert list(lost_by(event(before), event(after, **options))) == lost


def test_a_large_page_is_not_simulated() -> None:
    large = event(page_view(h.p("x" * 200_000)))

    assert list(lost_by(large, large)) == ["not simulated: the page has more than 100 kB"]
    assert list(lost_by(b"", large)) == []


def test_no_module_of_the_drawer_is_imported_in_production() -> None:
    code = (
        "import sys, fatmorph, fatmorph.adapters.starlette\n"
        "print([name for name in sys.modules if 'drawer' in name or 'recorded' in name])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout == "[]\n"
