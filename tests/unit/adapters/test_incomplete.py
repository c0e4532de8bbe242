"""A stream that the server's stop has ended stays incomplete, so that its page comes back."""

import asyncio
import gc
import logging
from collections.abc import Callable

import pytest
import uvicorn

from fatmorph import Context, Writer, shutdown
from fatmorph.adapters import Handler, respond
from fatmorph.testing import MemoryClient
from transports import Source, turns


class Stoppable:
    """A stream of another application: a server without streams has nothing to stop."""

    def end(self) -> None: ...

    def cancel(self) -> None: ...


async def stopped_in(handler: Handler, method: str = "GET") -> MemoryClient:
    """Return the client of a handler that runs while the server stops."""
    other, transport = Stoppable(), MemoryClient()
    shutdown.register(other)
    shutdown.stop()
    await turns()
    await asyncio.create_task(respond(handler, Context(method=method, path="/"), transport))
    return transport


async def subscribe(c: Context, w: Writer) -> None:
    w.patch_signals({"joined": True})
    async for _ in w.alive(Source()):
        pass


async def test_a_stream_that_opens_while_the_server_stops_breaks_off() -> None:
    transport = await stopped_in(subscribe)

    assert transport.body == b'event: datastar-patch-signals\ndata: signals {"joined":true}\n\n'
    assert not transport.is_complete


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD"])
async def test_a_response_that_must_not_be_repeated_is_completed(method: str) -> None:
    transport = await stopped_in(subscribe, method)

    assert transport.is_complete


async def test_events_without_a_wait_are_completed() -> None:
    async def answer(c: Context, w: Writer) -> None:
        w.patch_signals({"half": 1})
        await w.drain()
        w.patch_signals({"half": 2})

    transport = await stopped_in(answer)

    assert transport.is_complete


async def test_a_page_is_completed() -> None:
    async def page(c: Context, w: Writer) -> None:
        w.json([1])

    transport = await stopped_in(page)

    assert (transport.body, transport.is_complete) == (b"[1]", True)


INCOMPLETE = "ASGI callable returned without completing response."
OTHER = "Exception in ASGI application"


class Cycle:
    """A request of uvicorn, which logs in the task that ran the application."""

    def __init__(self) -> None:
        self.scope = {"type": "http"}
        self.transport = MemoryClient()
        self.transport.scope = self.scope  # type: ignore[attr-defined] # as adapters have it

    async def run(self, handler: Handler) -> None:
        await respond(handler, Context(method="GET", path="/"), self.transport)
        self.log()

    async def run_other(self) -> None:
        self.log()

    def log(self) -> None:
        for message in (INCOMPLETE, OTHER):
            UVICORN.error(message)


async def leave(c: Context, w: Writer) -> None:
    """Stay until the client has left, and it leaves at once."""
    w.patch_signals({"joined": True})
    async for _ in w.alive(Source()):
        pass


UVICORN = logging.getLogger(f"{uvicorn.__name__}.error")


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return what uvicorn has logged; requests of other tests need no filter any more."""
    gc.collect()
    return lambda: [record.message for record in caplog.records if record.name == UVICORN.name]


async def test_uvicorn_does_not_call_it_an_error(logged: Callable[[], list[str]]) -> None:
    cycle = Cycle()
    cycle.transport.leave()

    await asyncio.create_task(cycle.run(leave))

    assert logged() == [OTHER]


async def test_uvicorn_logs_what_others_do_not_complete(logged: Callable[[], list[str]]) -> None:
    cycle = Cycle()
    cycle.transport.leave()
    await asyncio.create_task(cycle.run(leave))

    await asyncio.create_task(Cycle().run_other())
    await asyncio.to_thread(cycle.log)

    assert (logged()[1:], len(UVICORN.filters)) == ([INCOMPLETE, OTHER] * 2, 1)


@pytest.mark.usefixtures("logged")
async def test_the_filter_goes_with_the_last_request_that_needs_it() -> None:
    filters = []

    for cycle in (Cycle(), Cycle()):
        cycle.transport.leave()
        await asyncio.create_task(cycle.run(leave))
        filters.append(len(UVICORN.filters))
    del cycle
    await turns()
    filters.append(len(UVICORN.filters))

    assert filters == [1, 1, 0]


@pytest.mark.usefixtures("logged")
async def test_a_complete_response_needs_no_filter() -> None:
    async def page(c: Context, w: Writer) -> None:
        w.text("whole")

    cycle = Cycle()

    await asyncio.create_task(cycle.run(page))

    assert (cycle.scope, UVICORN.filters) == ({"type": "http"}, [])
