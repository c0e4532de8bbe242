"""A handler that still runs some seconds after its stream has ended is logged once."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable

import pytest

from fatmorph import Context, Writer
from fatmorph._streaming import lingering
from fatmorph._streaming.lingering import LINGER_SECONDS
from fatmorph.adapters import Handler, respond
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.testing import MemoryClient
from transports import Clock, Source, turns


@pytest.fixture(autouse=True)
def _none_logged_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lingering, "_logged", set())


async def endless() -> None:
    await asyncio.Future()


async def until(seconds: float) -> None:
    """Wait until the clock of the test has advanced."""
    is_over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, is_over.set)
    await is_over.wait()


async def leaks(c: Context, w: Writer) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(endless())
        async for _ in w.alive(Source()):
            pass


async def leaks_in_a_helper(c: Context, w: Writer) -> None:
    await leaks(c, w)


async def leaks_in_the_body_of_its_loop(c: Context, w: Writer) -> None:
    async for _ in w.alive(Source("item")):
        await endless()


async def leaks_without_a_loop(c: Context, w: Writer) -> None:
    w.patch_signals({"n": 1})
    await endless()


async def cleans_up(c: Context, w: Writer) -> None:
    async for _ in w.alive(Source()):
        pass
    await until(LINGER_SECONDS - 1)


async def has_tasks_inside_its_loop(c: Context, w: Writer) -> None:
    async with w.alive(Source()) as items, asyncio.TaskGroup() as tasks:
        tasks.create_task(endless())
        async for _ in items:
            pass


class Board:
    async def leaks(self, c: Context, w: Writer) -> None:
        await leaks(c, w)

    async def __call__(self, c: Context, w: Writer) -> None:
        await leaks(c, w)


def logged_in(handler: Handler) -> Handler:
    @functools.wraps(handler)
    async def checked(c: Context, w: Writer) -> None:
        await handler(c, w)

    return checked


@logged_in
async def leaks_decorated(c: Context, w: Writer) -> None:
    await endless_loop(w)


@logged_in
async def leaks_decorated_too(c: Context, w: Writer) -> None:
    await endless_loop(w)


async def endless_loop(w: Writer) -> None:
    async for _ in w.alive(Source("item")):
        await endless()


async def left(
    handler: Handler, clock: Clock, leave: Callable[[MemoryClient], object] = MemoryClient.leave
) -> asyncio.Task[None]:
    """Return the task of a handler, some seconds after its client left."""
    client = MemoryClient()
    context = Context(method="GET", path="/")
    task = asyncio.create_task(respond(handler, context, client))
    await turns()
    leave(client)
    await turns(20)
    clock.advance(LINGER_SECONDS)
    await turns()
    return task


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


def names(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.handler for record in caplog.records if hasattr(record, "handler")]


def line_of(function: Callable[..., object], offset: int) -> str:
    code = function.__code__  # type: ignore[attr-defined] # functions have it
    return f"{code.co_filename}:{code.co_firstlineno + offset}"


async def test_the_warning_names_the_handler_its_wait_and_the_fix(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    task = await left(leaks, clock)
    await ended(task)

    assert caplog.record_tuples == [
        (
            "fatmorph.stream",
            logging.WARNING,
            (
                f"the handler leaks ({line_of(leaks, 0)}) still runs 5 s after its stream ended "
                f"(client left): it waits at {line_of(leaks, 1)}; why: that wait does not end with "
                "the stream; fix: async with w.alive(), asyncio.TaskGroup() as tasks: …  "
                "(logged once per handler)"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("handler", "name", "place"),
    [
        (leaks_in_a_helper, "leaks_in_a_helper", line_of(leaks, 1)),
        (
            leaks_in_the_body_of_its_loop,
            "leaks_in_the_body_of_its_loop",
            line_of(endless, 1),
        ),
        (Board().leaks, "Board.leaks", line_of(leaks, 1)),
        (Board(), "Board.__call__", line_of(leaks, 1)),
        (functools.partial(leaks), "leaks", line_of(leaks, 1)),
        (leaks_decorated, "leaks_decorated", line_of(endless, 1)),
    ],
)
async def test_every_kind_of_handler_is_named(
    clock: Clock, caplog: pytest.LogCaptureFixture, handler: Handler, name: str, place: str
) -> None:
    task = await left(handler, clock)
    await ended(task)

    assert [(record.handler, record.place) for record in caplog.records] == [(name, place)]


async def test_a_handler_is_logged_once(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    tasks = [await left(handler, clock) for handler in (leaks, leaks, functools.partial(leaks))]
    for task in tasks:
        await ended(task)

    assert names(caplog) == ["leaks"]


async def test_handlers_that_share_a_decorator_are_logged_each(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for handler in (leaks_decorated, leaks_decorated_too):
        await ended(await left(handler, clock))

    assert names(caplog) == ["leaks_decorated", "leaks_decorated_too"]


async def test_a_client_that_was_cut_has_left_too(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async def writes_too_much(c: Context, w: Writer) -> None:
        for _ in range(200):
            w.patch_signals({"text": "x" * 100_000})
            await asyncio.sleep(0)
        await endless()

    task = await left(writes_too_much, clock, MemoryClient.stop_reading)
    await turns(300)
    clock.advance(LINGER_SECONDS)
    await turns()
    await ended(task)

    assert [record.ending for record in caplog.records if hasattr(record, "ending")] == ["cut"]


async def test_a_handler_that_never_asks_is_logged_when_a_write_fails(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    client = MemoryClient()
    client.fail(ConnectionResetError())
    task = asyncio.create_task(
        respond(leaks_without_a_loop, Context(method="GET", path="/"), client)
    )
    await turns()
    clock.advance(LINGER_SECONDS)
    await turns()
    await ended(task)

    assert names(caplog) == ["leaks_without_a_loop"]


@pytest.mark.parametrize("handler", [cleans_up, has_tasks_inside_its_loop])
async def test_a_handler_that_cleans_up_in_time_is_not_logged_and_leaves_no_timer(
    clock: Clock, caplog: pytest.LogCaptureFixture, handler: Handler
) -> None:
    client = MemoryClient()
    task = asyncio.create_task(respond(handler, Context(method="GET", path="/"), client))
    await turns()
    client.leave()
    await turns()
    clock.advance(LINGER_SECONDS - 0.5)
    await turns()
    await task
    timers = waiting_timers()
    clock.advance(LINGER_SECONDS)
    await turns()

    assert (names(caplog), timers) == ([], [])
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_open_stream_has_no_timer_for_it(clock: Clock) -> None:
    async def silent(c: Context, w: Writer) -> None:
        async for _ in w.alive(Source(), heartbeat=None):
            pass

    client = MemoryClient()
    task = asyncio.create_task(respond(silent, Context(method="GET", path="/"), client))
    await turns()
    timers = waiting_timers()
    client.leave()
    await task

    assert (timers, waiting_timers()) == ([], [])


async def test_a_writer_without_an_adapter_names_the_coroutine_of_its_task(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    client = MemoryClient()

    async def own_server() -> None:
        await leaks(Context(method="GET", path="/"), HandledWriter(client))

    task: asyncio.Task[None] = asyncio.create_task(own_server())
    await turns()
    client.leave()
    await turns()
    clock.advance(LINGER_SECONDS)
    await turns()
    await ended(task)

    assert [name.rpartition(".")[2] for name in names(caplog)] == ["own_server"]


async def test_a_handler_whose_wait_shows_no_frame_is_logged(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def returns_a_task(c: Context, w: Writer) -> Awaitable[None]:
        return asyncio.create_task(leaks(c, w))

    task = await left(returns_a_task, clock)
    await ended(task)

    assert names(caplog) == ["respond"]


def waiting_timers() -> list[asyncio.TimerHandle]:
    loop = asyncio.get_running_loop()
    return [timer for timer in loop._scheduled if not timer.cancelled()]  # type: ignore[attr-defined] # of BaseEventLoop


@pytest.mark.parametrize(("handler", "expected"), [(leaks, ["leaks"]), (cleans_up, [])])
async def test_a_stream_that_a_newer_one_replaced_has_ended(
    clock: Clock, caplog: pytest.LogCaptureFixture, handler: Handler, expected: list[str]
) -> None:
    headers = [("datastar-request", "true"), ("fatmorph-page", "k3j2")]
    tasks = []
    for _ in range(2):
        context = Context(method="GET", path="/", headers=headers)
        tasks.append(asyncio.create_task(respond(handler, context, MemoryClient())))
        await turns()
    clock.advance(LINGER_SECONDS - 0.5)
    await turns()
    clock.advance(1)
    await turns()
    for task in tasks:
        await ended(task)

    assert names(caplog) == expected
