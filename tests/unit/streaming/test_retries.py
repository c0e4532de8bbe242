"""When a client asks again: what a stream tells it before it ends, or after it has lived."""

import asyncio
import re
from weakref import WeakKeyDictionary

import pytest

from fatmorph import Context, Relay, Writer, counters, h, shutdown
from fatmorph._streaming import retries
from fatmorph.adapters import respond
from fatmorph.http._subscription import Mark
from fatmorph.settings import Settings
from fatmorph.testing import MemoryClient
from transports import Clock, turns

MARK = ("fatmorph-page", "k3j2")
OPENED = b"event: datastar-open\n\n"  # begins every stream of a page
STOPPED = b"event: datastar-stop\n\n"  # and this one ends it when its server stops
RETRY = re.compile(rb"retry: (\d+)\n\n")


@pytest.fixture(autouse=True)
def forget_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test begin in a process without failures: its handlers share their code."""
    monkeypatch.setattr(retries, "_troubles", WeakKeyDictionary())


class Page:
    """A page with its own handler, which fails when the test says so."""

    def __init__(
        self, *headers: tuple[str, str], method: str = "GET", settings: Settings | None = None
    ) -> None:
        self.headers = [("datastar-request", "true"), *headers]
        self.method = method
        self.settings = settings
        self.relay = Relay[str]()
        self.has_failed = False
        self.drawn = 0

        async def handler(c: Context, w: Writer) -> None:
            async for _ in w.alive(self.relay.subscribe("*", latest=True), heartbeat=None):
                self.drawn += 1
                w.patch(h.p(id="a"))
                if self.has_failed:
                    raise LookupError("the database is down")

        self.handler = handler

    async def open(self) -> tuple[MemoryClient, asyncio.Task[None]]:
        client = MemoryClient()
        context = Context(method=self.method, path="/live", headers=self.headers)
        task = asyncio.create_task(respond(self.handler, context, client, settings=self.settings))
        await turns()
        return client, task

    async def fail(self) -> MemoryClient:
        """Open a stream whose handler fails."""
        client, task = await self.open()
        self.has_failed = True
        self.relay.publish("a", "")
        await asyncio.wait([task])
        self.has_failed = False
        assert isinstance(task.exception(), LookupError)
        return client


def told(client: MemoryClient) -> list[int]:
    """Return the waits that a client was told, in milliseconds."""
    return [int(number) for number in RETRY.findall(client.body)]


async def test_a_stream_that_fails_tells_its_client_to_wait(clock: Clock) -> None:
    client = await Page(MARK).fail()

    assert client.body.endswith(b"\n\nretry: %d\n\n" % told(client)[0])
    assert not client.is_complete
    assert 800 <= told(client)[0] <= 1200


async def test_the_wait_grows_with_the_recent_failures_of_the_handler(clock: Clock) -> None:
    page = Page(MARK)
    waits = [told(await page.fail())[0] for _ in range(10)]

    nominal = [min(1000 * 1.6**n, 8000) for n in range(10)]
    # Written in whole milliseconds.
    assert all(0.8 * n - 1 < wait <= 1.2 * n for n, wait in zip(nominal, waits, strict=True))
    assert max(waits) <= 10_000


async def test_failures_of_a_minute_ago_are_forgotten(clock: Clock) -> None:
    page = Page(MARK)
    for _ in range(5):
        await page.fail()

    clock.advance(61)

    assert told(await page.fail())[0] <= 1200


async def test_failures_of_another_handler_are_not_counted(clock: Clock) -> None:
    page = Page(MARK)
    for _ in range(5):
        await page.fail()

    async def other(c: Context, w: Writer) -> None:
        w.patch(h.p(id="a"))
        await w.drain()
        raise LookupError

    client = MemoryClient()
    context = Context(method="GET", path="/other", headers=[MARK])
    with pytest.raises(LookupError):
        await respond(other, context, client)

    assert told(client)[0] <= 1200


async def test_a_plain_action_is_told_to_wait_too(clock: Clock) -> None:
    assert 800 <= told(await Page().fail())[0] <= 1200


async def test_a_post_that_fails_is_told_nothing(clock: Clock) -> None:
    assert told(await Page(method="POST").fail()) == []


async def test_a_handler_that_fails_before_the_first_byte_is_the_frameworks(clock: Clock) -> None:
    async def handler(c: Context, w: Writer) -> None:
        await w.live(lambda: h.p(1 / 0), max_rate=1)

    client = MemoryClient()
    context = Context(method="GET", path="/", headers=[MARK])
    with pytest.raises(ZeroDivisionError):
        await respond(handler, context, client)

    assert client.status is None


async def test_a_subscription_whose_handler_returns_at_once_is_told_to_wait(clock: Clock) -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.patch(h.p(id="a"))

    waits: list[int] = []
    for _ in range(3):
        client = MemoryClient()
        headers = [MARK, ("datastar-request", "true")]
        await respond(handler, Context(method="GET", path="/", headers=headers), client)
        waits += told(client)

    assert dict(client.headers)["content-type"] == "text/event-stream"
    assert client.is_complete
    assert len(waits) == 3
    assert waits[2] >= 2048


async def test_an_interval_that_the_page_has_chosen_is_left_to_it(clock: Clock) -> None:
    chosen = ("fatmorph-page", "k3j2 5000")

    async def handler(c: Context, w: Writer) -> None:
        w.patch(h.p(id="a"))

    client = MemoryClient()
    await respond(handler, Context(method="GET", path="/", headers=[chosen]), client)

    assert (told(client), told(await Page(chosen).fail())) == ([], [5000])


async def test_a_stream_that_has_lived_gets_the_fast_value_back(clock: Clock) -> None:
    page = Page(MARK)
    await page.fail()
    client, task = await page.open()

    clock.advance(4.9)
    await turns()
    before = told(client)
    clock.advance(0.2)
    await turns()

    assert before == []
    assert 80 <= told(client)[0] <= 120
    client.leave()
    await task


async def test_the_fast_value_is_written_once(clock: Clock) -> None:
    page = Page(MARK)
    await page.fail()
    client, task = await page.open()

    for _ in range(5):
        clock.advance(6)
        await turns()

    assert len(told(client)) == 1
    client.leave()
    await task


async def test_the_first_streams_of_a_process_get_the_fast_value_too(clock: Clock) -> None:
    client, task = await Page(MARK).open()

    clock.advance(15)
    await turns()

    assert 80 <= told(client)[0] <= 120
    client.leave()
    await task


async def test_without_failures_nothing_is_written_into_a_stream(clock: Clock) -> None:
    page = Page(MARK)
    client, task = await page.open()
    client.leave()
    await task
    clock.advance(60)
    client, task = await page.open()

    clock.advance(60)
    await turns()

    assert client.body == OPENED
    client.leave()
    await task


async def test_a_client_that_leaves_soon_does_not_count_as_a_failure(clock: Clock) -> None:
    page = Page(MARK)
    for _ in range(5):
        client, task = await page.open()
        client.leave()
        await task

    assert told(await page.fail())[0] <= 1200


async def test_a_few_streams_of_a_server_that_stops_come_back_as_they_do(clock: Clock) -> None:
    client, task = await Page(MARK).open()
    clock.advance(6)

    shutdown.stop()
    await task

    assert (client.body, client.is_complete) == (OPENED + STOPPED, False)


async def test_a_stream_that_has_not_lived_when_its_server_stops_comes_back_fast(
    clock: Clock,
) -> None:
    client, task = await Page(MARK).open()
    plain, plain_task = await Page().open()

    shutdown.stop()
    await asyncio.gather(task, plain_task)

    assert 80 <= told(client)[0] <= 120
    assert told(plain) == []


async def test_a_slow_client_of_a_server_that_stops_comes_back_fast(clock: Clock) -> None:
    page = Page(MARK)
    await page.fail()
    client, task = await page.open()
    clock.advance(6)

    shutdown.stop()
    await task

    assert 80 <= told(client)[0] <= 120


@pytest.mark.parametrize(("headers", "fastest"), [([MARK], 80), ([], 1000)], ids=["marked", "not"])
async def test_many_streams_of_a_server_that_stops_come_back_one_by_one(
    clock: Clock, headers: list[tuple[str, str]], fastest: int
) -> None:
    pages = [Page(*((name, f"k{n}") for name, _ in headers)) for n in range(400)]
    opened = [await page.open() for page in pages]

    shutdown.stop()
    await asyncio.gather(*(task for _, task in opened))

    waits = [told(client)[0] for client, _ in opened]
    fullest = max(sum(begin <= wait < begin + 50 for wait in waits) for begin in range(0, 2000, 50))
    assert fullest < 90
    assert fastest <= min(waits)
    assert max(waits) <= fastest + 440


async def test_many_streams_that_end_one_after_the_other_come_back_fast(clock: Clock) -> None:
    pages = [Page((MARK[0], f"k{n}"), settings=Settings(drain_seconds=1)) for n in range(400)]
    opened = [await page.open() for page in pages]
    clock.advance(6)

    shutdown.stop()
    for _ in range(10):
        await turns()
        clock.advance(0.1)
    await asyncio.gather(*(task for _, task in opened))

    assert {client.body for client, _ in opened} == {OPENED + STOPPED}


async def test_a_page_whose_stream_has_not_ended_yet_stays_current_while_its_server_stops(
    clock: Clock,
) -> None:
    pages = [Page((MARK[0], f"k{n}"), settings=Settings(drain_seconds=1)) for n in range(400)]
    opened = [await page.open() for page in pages]

    shutdown.stop()
    await turns()
    clock.advance(0.5)
    await turns()
    for page in pages:
        page.relay.publish("a", "")
    await turns()
    drawn = sum(page.drawn for page in pages)
    ended = sum(task.done() for _, task in opened)
    clock.advance(1)
    await asyncio.gather(*(task for _, task in opened))

    assert 180 <= ended <= 220
    assert drawn == 400 - ended


def test_pages_that_come_back_one_by_one_get_the_fast_value_back() -> None:
    handler, mark = Page().open, Mark("k3j2", None)
    begun = retries.Retries(handler, mark, 0.0)

    begun.ended(100.0, 60.0, stream_count=1000)

    later = [retries.Retries(handler, mark, now).seconds_to_settle(now) for now in (101, 161)]
    assert later == [retries.LIVED_SECONDS, None]


async def test_a_newer_stream_of_the_page_silences_the_older_one(clock: Clock) -> None:
    page = Page(MARK)
    older, older_task = await page.open()
    page.relay.publish("a", "")
    await turns()

    newer, newer_task = await page.open()
    page.relay.publish("a", "")
    await turns()
    clock.advance(15)
    await turns()
    clock.advance(15)
    await turns()

    patch = b'event: datastar-patch-elements\ndata: elements <p id="a"></p>\n\n'
    assert (page.drawn, page.relay.subscription_count) == (2, 1)
    assert older.body == OPENED + patch + b":\n\n" * 2
    assert RETRY.sub(b"", newer.body) == OPENED + patch
    assert not older_task.done()
    older.leave()
    newer.leave()
    await asyncio.gather(older_task, newer_task)


async def test_a_silent_stream_ends_with_its_server(clock: Clock) -> None:
    page = Page(MARK)
    older, older_task = await page.open()
    _, newer_task = await page.open()
    clock.advance(6)

    shutdown.stop()
    await asyncio.gather(older_task, newer_task)

    assert (older.body, older.is_complete) == (OPENED + STOPPED, False)


async def test_a_handler_that_is_replaced_writes_nothing_more(clock: Clock) -> None:
    endings: list[bool] = []

    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive(Relay[str]().subscribe("*")):
            w.patch(h.p(id="a"))
        w.patch(h.p(id="farewell"))
        endings.append(w.is_closed)

    clients = [MemoryClient(), MemoryClient()]
    context = Context(method="GET", path="/", headers=[MARK])
    tasks = []
    for client in clients:
        tasks.append(asyncio.create_task(respond(handler, context, client)))
        await turns()

    assert (clients[0].body, endings) == (OPENED, [True])
    for client in clients:
        client.leave()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("mark", [("fatmorph-page", "b2"), ("x-page", "k3j2")])
async def test_streams_of_different_pages_leave_each_other_alone(
    clock: Clock, mark: tuple[str, str]
) -> None:
    page, other = Page(MARK), Page(mark)
    first, first_task = await page.open()
    second, second_task = await other.open()

    page.relay.publish("a", "")
    await turns()

    assert page.drawn == 1
    first.leave()
    second.leave()
    await asyncio.gather(first_task, second_task)


@pytest.mark.parametrize("mark", ["", "A" * 17, "a b", "ä", "k3j2;retry=1"])
async def test_a_mark_in_another_form_is_ignored(clock: Clock, mark: str) -> None:
    page = Page(("fatmorph-page", mark))
    opened = [await page.open() for _ in range(2)]

    page.relay.publish("a", "")
    await turns()

    assert page.drawn == 2
    for client, task in opened:
        client.leave()
        await task


async def test_a_redirect_of_a_subscription_is_a_whole_response(clock: Clock) -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.redirect("/login")

    client = MemoryClient()
    headers = [MARK, ("datastar-request", "true"), ("last-event-id", "x")]
    await respond(handler, Context(method="GET", path="/", headers=headers), client)

    assert (client.is_complete, "/login" in client.body.decode()) == (True, True)
    assert dict(client.headers)["content-type"] != "text/event-stream"


async def test_a_busy_server_that_stops_cuts_no_client_that_has_read_everything(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # An event loop that was busy for longer wakes up after the time is over.
    monkeypatch.setattr(shutdown, "GRACE_SECONDS", 0.0)
    cut_before = counters.COUNTERS.cut
    client, task = await Page(MARK).open()

    shutdown.stop()
    await asyncio.wait([task])

    assert (RETRY.sub(b"", client.body), client.is_complete) == (OPENED + STOPPED, False)
    assert counters.COUNTERS.cut == cut_before
    assert [message for message in caplog.messages if message.startswith("cut")] == []
