"""Functions in threads: how many run, what they see, and what becomes of their errors."""

import asyncio
import gc
import multiprocessing
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from functools import partial
from traceback import format_exception

import pytest

from fatmorph import Element, Relay, h, in_thread
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.errors import ThreadError
from fatmorph.testing import MemoryClient
from fatmorph.threads import MAX_THREADS
from transports import turns

USER: ContextVar[str] = ContextVar("USER", default="anonymous")


class Gate:
    """A function that is held until it is opened, in whichever thread it runs."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self._may_end = threading.Event()
        self._lock = threading.Lock()
        self.running = 0
        self.most = 0
        self.calls = 0

    def __call__(self) -> str:
        with self._lock:
            self.calls += 1
            self.running += 1
            self.most = max(self.most, self.running)
        self.begun.release()
        self._may_end.wait(10)
        with self._lock:
            self.running -= 1
        return "passed"

    def open(self) -> None:
        self._may_end.set()

    async def wait_begun(self) -> None:
        await asyncio.to_thread(self.begun.acquire, timeout=10)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open()


async def test_a_function_runs_in_another_thread_with_its_arguments() -> None:
    def found(first: int, *, second: str) -> tuple[int, str, bool]:
        return first, second, threading.current_thread() is threading.main_thread()

    outcome = await in_thread(found, 1, second="b")

    assert outcome == (1, "b", False)


async def test_the_event_loop_goes_on_meanwhile(gate: Gate) -> None:
    waiting = asyncio.ensure_future(in_thread(gate))

    await gate.wait_begun()
    was_done = waiting.done()
    gate.open()

    assert (was_done, await waiting) == (False, "passed")


async def test_context_variables_are_those_of_the_moment_in_which_it_is_awaited() -> None:
    call = in_thread(USER.get)
    USER.set("Ada")
    first = await call
    USER.set("Eve")

    assert (first, await call) == ("Ada", "Eve")


async def test_a_context_variable_that_a_function_sets_stays_in_its_thread() -> None:
    await in_thread(USER.set, "Mallory")

    assert (USER.get(), await in_thread(USER.get)) == ("anonymous", "anonymous")


async def test_no_more_functions_run_at_once_than_there_are_threads(gate: Gate) -> None:
    waiting = [asyncio.ensure_future(in_thread(gate)) for _ in range(MAX_THREADS + 5)]
    for _ in range(MAX_THREADS):
        await gate.wait_begun()
    gate.open()

    assert await asyncio.gather(*waiting) == ["passed"] * (MAX_THREADS + 5)
    assert gate.most == MAX_THREADS


async def test_an_error_is_raised_where_it_is_awaited_with_its_traceback() -> None:
    def lost_row() -> None:
        raise LookupError("no such row")

    with pytest.raises(LookupError, match="no such row") as raised:
        await in_thread(lost_row)

    assert "in lost_row" in "".join(format_exception(raised.value))


async def test_an_error_leaves_no_cycle_for_the_garbage_collector() -> None:
    class Row:
        pass

    def lost_row(row: Row) -> None:
        raise LookupError("no such row")

    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            with pytest.raises(LookupError):
                await in_thread(lost_row, Row())
        async with asyncio.timeout(10):  # the thread may not have left its function yet
            while any(type(found) is Row for found in gc.get_objects()):
                await asyncio.to_thread(lambda: None)
    finally:
        gc.enable()


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
async def test_an_end_by_anything_else_is_raised_too(error: type[BaseException]) -> None:
    def end() -> None:
        raise error

    with pytest.raises(error):
        await in_thread(end)


async def test_the_end_of_an_iterator_is_an_error_as_in_every_coroutine() -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await in_thread(next, iter(()))


async def test_a_cancelled_function_that_has_not_begun_never_runs(gate: Gate) -> None:
    others = [asyncio.ensure_future(in_thread(gate)) for _ in range(MAX_THREADS)]
    for _ in others:
        await gate.wait_begun()
    late = asyncio.ensure_future(in_thread(gate))
    await turns()

    late.cancel()
    await turns()
    gate.open()
    await asyncio.gather(*others)

    with pytest.raises(asyncio.CancelledError):
        await late
    assert gate.calls == MAX_THREADS


async def test_a_cancelled_handler_does_not_wait_for_its_function(gate: Gate) -> None:
    waiting = asyncio.ensure_future(in_thread(gate))
    await gate.wait_begun()

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert gate.running == 1


async def test_the_error_of_a_function_whose_handler_was_cancelled_is_logged(
    caplog: pytest.LogCaptureFixture, gate: Gate
) -> None:
    def fail() -> None:
        gate()
        raise LookupError("no such row")

    waiting = asyncio.ensure_future(in_thread(fail))
    await gate.wait_begun()
    waiting.cancel()
    await turns()
    gate.open()
    async with asyncio.timeout(10):
        while not caplog.records:
            await asyncio.to_thread(lambda: None)

    assert [
        (record.name, record.getMessage(), record.exc_info and record.exc_info[0])
        for record in caplog.records
    ] == [("fatmorph.threads", "an error in a thread that no handler awaits", LookupError)]


async def test_a_live_page_is_drawn_in_a_thread_each_time() -> None:
    drawn: list[bool] = []
    relay: Relay[str] = Relay()

    def view(number: int) -> Element:
        drawn.append(threading.current_thread() is threading.main_thread())
        return h.p(number, len(drawn), id="number")

    client = MemoryClient()
    w = HandledWriter(client)
    stream = asyncio.create_task(w.live(in_thread(view, 7), relay.subscribe("*")))
    await shown(client, b">71<")
    relay.publish("number", "changed")
    await shown(client, b">72<")
    client.leave()
    await stream
    await w.finish()

    assert drawn == [False, False]


async def test_streams_with_one_key_share_the_page_of_one_view_but_not_of_two() -> None:
    relay: Relay[str] = Relay()

    def first() -> Element:
        return h.p("first", id="a")

    def second() -> Element:
        return h.p("second", id="a")

    clients = [MemoryClient() for _ in range(4)]
    views = [first, second, first, partial(second)]
    writers = [HandledWriter(client) for client in clients]
    streams = [
        asyncio.create_task(w.live(in_thread(view), relay.subscribe("*"), key="a"))
        for w, view in zip(writers, views, strict=True)
    ]
    for client, name in zip(clients, [b">first<", b">second<"] * 2, strict=True):
        await shown(client, name)
    for client in clients:
        client.leave()
    await asyncio.gather(*streams)

    assert [b">second<" in client.body for client in clients] == [False, True, False, True]


async def test_a_stream_whose_client_leaves_while_its_page_is_drawn_ends_after_the_page(
    gate: Gate,
) -> None:
    client = MemoryClient()
    w = HandledWriter(client)
    stream = asyncio.create_task(w.live(in_thread(lambda: h.p(gate(), id="a")), max_rate=1))
    await gate.wait_begun()

    client.leave()
    await turns()
    was_done = stream.done()
    gate.open()
    async with asyncio.timeout(10):
        await stream
    await w.finish()

    assert (was_done, client.body) == (False, b"")


async def test_the_error_of_a_view_ends_its_stream() -> None:
    def view() -> Element:
        raise LookupError("no such row")

    w = HandledWriter(MemoryClient())

    with pytest.raises(LookupError, match="no such row"):
        await w.live(in_thread(view), max_rate=1)


async def test_a_call_that_is_never_awaited_warns() -> None:
    with pytest.warns(RuntimeWarning, match=r"^in_thread\(find\) was never awaited") as found:
        forget()

    assert [warning.filename for warning in found] == [__file__]


async def test_a_stream_that_ends_before_its_first_page_does_not_warn() -> None:
    w = HandledWriter(MemoryClient(), is_head=True)

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        await w.live(in_thread(find), max_rate=1)

    assert found == []


async def async_view() -> Element:
    return h.p()


def rows() -> Iterator[int]:
    yield 1


async def async_rows() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (async_view, "cannot run an async function in a thread: async_view"),
        (partial(async_view), "cannot run an async function in a thread: async_view"),
        (rows, "cannot run a generator in a thread: rows"),
        (async_rows, "cannot run a generator in a thread: async_rows"),
    ],
)
def test_a_function_that_would_run_in_the_event_loop_is_refused(
    function: Callable[[], object], what: str
) -> None:
    with pytest.raises(ThreadError) as raised:
        in_thread(function)

    assert raised.value.what == what


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
async def test_a_child_of_a_fork_has_threads_of_its_own() -> None:
    await in_thread(find)

    child = multiprocessing.get_context("fork").Process(target=run_child)
    child.start()
    await asyncio.to_thread(child.join, 10)

    assert child.exitcode == 7


def run_child() -> None:
    sys.exit(asyncio.new_event_loop().run_until_complete(exit_code()))


async def exit_code() -> int:
    async with asyncio.timeout(5):
        return await in_thread(lambda: 7)


def find() -> Element:
    return h.p("found")


def forget() -> None:
    in_thread(find)


async def shown(client: MemoryClient, text: bytes) -> None:
    """Wait until a client has a text."""
    async with asyncio.timeout(10):
        while text not in client.body:
            await asyncio.to_thread(lambda: None)
