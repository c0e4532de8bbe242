"""The way every adapter runs a handler."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from fatmorph import shutdown
from fatmorph.adapters._respond import respond
from fatmorph.context import MAX_SIGNAL_BYTES, Context
from fatmorph.errors import BodyError, SignalsError
from fatmorph.settings import Settings
from fatmorph.testing import MemoryClient
from fatmorph.writer import Writer
from transports import Clock, Source, turns


def post(body: bytes = b"") -> Context:
    async def read_body(max_bytes: int) -> bytes:
        return body

    return Context(method="POST", path="/add", read_body=read_body)


CROSS_SITE = [("sec-fetch-site", "cross-site"), ("origin", "https://partner.example")]


async def test_a_handler_answers_and_its_response_is_completed() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.json(await c.signals())

    transport = MemoryClient()
    await respond(handler, post(b'{"n":1}'), transport)

    assert (transport.status, transport.body, transport.is_complete) == (200, b'{"n":1}', True)


async def read(c: Context, w: Writer) -> None:
    await c.signals(dict[str, int])
    w.text("never")


async def test_bad_signals_are_a_400_that_says_why_and_the_log_says_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    transport = MemoryClient()

    await respond(read, post(b"[1]"), transport)

    assert (transport.status, transport.is_complete) == (400, True)
    assert transport.body == b"cannot read signals that are not an object"
    [line] = caplog.messages
    assert line == (
        "POST /add: cannot read signals that are not an object; "
        "why: expected `object`, got `array`; fix: @post('/add', {payload: {count: 1}})"
    )


async def test_a_developer_is_shown_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATMORPH_DEV", "1")
    transport = MemoryClient()

    await respond(read, post(b"[1]"), transport)

    assert transport.body.decode() == (
        "cannot read signals that are not an object\n"
        "  why:   expected `object`, got `array`\n"
        "  fix:   @post('/add', {payload: {count: 1}})"
    )


@pytest.mark.parametrize("development", ["0", "1"])
async def test_a_refusal_is_text_to_every_browser_whatever_the_handler_has_set(
    monkeypatch: pytest.MonkeyPatch, development: str
) -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.headers["content-type"] = "text/html"
        w.headers["content-encoding"] = "br"
        w.headers["cache-control"] = "max-age=60"
        raise SignalsError("cannot read <script>alert(1)</script>")

    monkeypatch.setenv("FATMORPH_DEV", development)
    transport = MemoryClient()
    await respond(handler, post(), transport)

    assert transport.headers == [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", "37"),
        ("cache-control", "max-age=0, private, must-revalidate"),
        ("x-content-type-options", "nosniff"),
    ]


@pytest.mark.parametrize(
    ("method", "path", "line"),
    [
        ("POST", "/any\r\nERROR: root logged in", "POST /any%0D%0AERROR:%20root%20logged%20in"),
        ("POST", "/a\x1b[2J\u2028\x85\u202e", "POST /a%1B[2J%E2%80%A8%C2%85%E2%80%AE"),
        ("POST", "/räume/100%", "POST /räume/100%25"),
        ("POST", "/half\ud83d", "POST /half%ED%A0%BD"),
        ("PO\nST", "/", r"PO\nST /"),
    ],
)
async def test_a_refusal_is_one_line_in_the_log_whatever_was_asked_for(
    caplog: pytest.LogCaptureFixture, method: str, path: str, line: str
) -> None:
    context = Context(method=method, path=path, headers=CROSS_SITE)

    await respond(read, context, MemoryClient())

    [message] = caplog.messages
    request, _, rest = message.partition(": cannot take ")
    assert (request, len(rest.splitlines())) == (line, 1)


async def test_signals_too_large_are_a_413() -> None:
    async def handler(c: Context, w: Writer) -> None:
        await c.signals()

    transport = MemoryClient()
    await respond(handler, post(b" " * (MAX_SIGNAL_BYTES + 1)), transport)

    assert transport.status == 413


async def test_a_client_that_leaves_while_its_body_is_read_is_not_worth_a_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def read_body(max_bytes: int) -> bytes:
        raise ConnectionResetError

    async def handler(c: Context, w: Writer) -> None:
        await c.body()

    context = Context(method="POST", path="/add", read_body=read_body)
    await respond(handler, context, MemoryClient())

    assert caplog.messages == []


async def test_an_action_of_another_site_is_a_403_before_the_handler_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    steps: list[str] = []

    async def handler(c: Context, w: Writer) -> None:
        steps.append("acted")

    transport = MemoryClient()
    await respond(handler, Context(method="POST", path="/add", headers=CROSS_SITE), transport)

    assert (steps, transport.status, transport.is_complete) == ([], 403, True)
    assert transport.body == b"cannot take POST from 'https://partner.example'"
    [line] = caplog.messages
    assert line == (
        "POST /add: cannot take POST from 'https://partner.example'; "
        "where: sec-fetch-site: 'cross-site', origin: 'https://partner.example'; "
        "why: a page of another site would act with the rights of your user; "
        "fix: settings=Settings(allowed_origins={'https://partner.example'})  (if you trust it)"
    )


async def test_an_action_of_a_site_that_is_allowed_is_handled() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.text("acted")

    transport = MemoryClient()
    context = Context(method="POST", path="/add", headers=CROSS_SITE)
    settings = Settings(allowed_origins={"https://partner.example"})
    await respond(handler, context, transport, settings)

    assert (transport.status, transport.body) == (200, b"acted")


async def test_a_body_too_large_is_a_413() -> None:
    async def handler(c: Context, w: Writer) -> None:
        raise BodyError("cannot read a body of more than 2 bytes")

    transport = MemoryClient()
    await respond(handler, post(), transport)

    assert (transport.status, transport.body) == (413, b"cannot read a body of more than 2 bytes")


async def test_bad_signals_after_the_first_byte_are_an_error_like_any_other() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.patch_signals({})
        raise SignalsError("cannot read the signals")

    transport = MemoryClient()

    with pytest.raises(SignalsError):
        await respond(handler, post(), transport)
    assert not transport.is_complete


async def test_an_error_is_the_frameworks_and_nothing_was_sent() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.text("half the truth")
        raise LookupError

    transport = MemoryClient()

    with pytest.raises(LookupError):
        await respond(handler, post(), transport)
    await turns()
    assert (transport.status, asyncio.all_tasks()) == (None, {asyncio.current_task()})


async def test_a_one_shot_handler_does_not_hear_of_a_client_that_leaves() -> None:
    steps = []

    async def handler(c: Context, w: Writer) -> None:
        transport.leave()
        await turns()
        steps.append("stored")
        w.patch_signals({"stored": True})

    transport = MemoryClient()
    await respond(handler, post(), transport)

    assert (steps, transport.is_watched) == (["stored"], False)


async def stopped(
    handler: Callable[[Context, Writer], Awaitable[None]],
    clock: Clock,
    transport: MemoryClient | None = None,
) -> tuple[MemoryClient, asyncio.Task[None]]:
    """Run a handler, stop the server, and let its grace pass."""
    transport = transport or MemoryClient()
    task = asyncio.create_task(respond(handler, Context(method="GET", path="/"), transport))
    await turns()
    shutdown.stop()
    await turns()
    clock.advance(shutdown.GRACE_SECONDS)
    await asyncio.wait([task])
    return transport, task


async def test_a_stop_ends_a_loop_and_its_clean_up_runs(clock: Clock) -> None:
    steps = []

    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive(Source()):
            pass
        steps.append("cleaned up")
        w.patch_signals({"goodbye": True})

    transport, task = await stopped(handler, clock)

    assert (steps, task.exception()) == (["cleaned up"], None)
    assert transport.body.endswith(b'data: signals {"goodbye":true}\n\n')
    assert not transport.is_complete


async def test_a_stop_cancels_a_handler_that_waits_in_its_body(clock: Clock) -> None:
    steps = []

    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive():
            try:
                await asyncio.Future()
            finally:
                steps.append("cleaned up")

    transport, task = await stopped(handler, clock)

    assert (steps, task.exception(), task.cancelling()) == (["cleaned up"], None, 0)
    assert not transport.is_complete


async def test_a_stop_cancels_a_handler_whose_other_task_has_seen_the_end(clock: Clock) -> None:
    steps = []

    async def loop(w: Writer) -> None:
        async for _ in w.alive(Source()):
            pass
        steps.append("ended")

    async def body(w: Writer) -> None:
        async for _ in w.alive():
            await asyncio.Future()

    async def handler(c: Context, w: Writer) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(loop(w))
            tasks.create_task(body(w))

    transport, task = await stopped(handler, clock)

    assert (steps, task.exception(), transport.is_complete) == (["ended"], None, False)


async def test_a_stop_cuts_a_client_that_keeps_a_body_waiting_and_the_clean_up_runs(
    clock: Clock,
) -> None:
    steps = []

    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive(Source("a")):
            transport.stop_reading()
            w.patch_signals({"a": 1})
            await w.drain()
        steps.append("cleaned up")

    transport = MemoryClient()
    _, task = await stopped(handler, clock, transport)

    assert (steps, task.exception(), transport.is_complete) == (["cleaned up"], None, False)


async def test_a_handler_that_takes_the_cancellation_for_its_own_end_is_finished(
    clock: Clock,
) -> None:
    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive():
            try:
                await asyncio.Future()
            except asyncio.CancelledError:
                return

    transport, task = await stopped(handler, clock)

    assert (task.exception(), task.cancelling(), transport.is_complete) == (None, 0, False)


async def test_a_stop_does_not_cancel_a_clean_up(clock: Clock) -> None:
    steps = []

    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive(Source()):
            pass
        clock.advance(shutdown.GRACE_SECONDS)
        await turns()
        steps.append("cleaned up")

    transport, _ = await stopped(handler, clock)

    assert (steps, transport.is_complete) == (["cleaned up"], False)


async def test_a_stop_of_a_process_that_was_paused_does_not_cancel_a_clean_up(
    clock: Clock,
) -> None:
    steps = []

    async def handler(c: Context, w: Writer) -> None:
        async with w.alive():
            await asyncio.create_task(asyncio.Event().wait())
        steps.append("cleaned up")

    task = asyncio.create_task(respond(handler, Context(method="GET", path="/"), MemoryClient()))
    await turns()
    shutdown.stop()
    await turns(1)  # the stop
    clock.advance(shutdown.GRACE_SECONDS)
    await task

    assert steps == ["cleaned up"]


@pytest.mark.parametrize(("method", "is_complete"), [("GET", False), ("POST", True)])
async def test_a_cancellation_by_the_framework_goes_through(
    method: str, *, is_complete: bool
) -> None:
    async def handler(c: Context, w: Writer) -> None:
        async for _ in w.alive(Source()):
            pass

    transport = MemoryClient()
    context = Context(method=method, path="/")
    task = asyncio.create_task(respond(handler, context, transport))
    await turns()
    task.cancel()
    await asyncio.wait([task])
    await turns()

    assert (task.cancelled(), transport.is_complete) == (True, is_complete)
    assert asyncio.all_tasks() == {asyncio.current_task()}
