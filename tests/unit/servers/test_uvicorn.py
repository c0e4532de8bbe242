"""uvicorn does not log responses that are left incomplete on purpose, and ends its connections."""

import asyncio
import gc
import logging
from collections.abc import Callable

import pytest
import uvicorn

from fatmorph import Context, Writer
from fatmorph._servers.uvicorn import ReliableConnection, closing_check
from fatmorph.adapters import Handler, respond
from fatmorph.testing import MemoryClient
from transports import Source, turns

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


class Request:
    """A request of a connection, as uvicorn's protocols hold it."""

    def __init__(self, *, is_complete: bool = False) -> None:
        self.response_complete = is_complete
        self.disconnected = False
        self.message_event = asyncio.Event()

    @property
    def is_told(self) -> tuple[bool, bool]:
        return self.disconnected, self.message_event.is_set()


async def test_every_open_request_of_a_connection_is_told_that_its_client_left() -> None:
    connection = ReliableConnection()
    complete, first, second, newest = Request(is_complete=True), Request(), Request(), Request()
    for request in (complete, first, second, newest):
        connection.cycle = request

    connection.connection_lost(None)

    assert [each.is_told for each in (first, second)] == [(True, True)] * 2
    assert complete.is_told == (False, False)
    assert (connection.cycle, newest.is_told) == (newest, (False, False)), "uvicorn tells this one"


async def test_a_connection_without_a_transport_has_no_closing_check() -> None:
    async def receive() -> None: ...

    assert closing_check(receive) is None


async def test_the_transport_of_a_request_shows_whether_it_closes() -> None:
    class Closing(asyncio.Transport):
        def is_closing(self) -> bool:
            return True

    class Cycle:
        def __init__(self) -> None:
            self.transport = Closing()

        async def receive(self) -> None: ...

    is_closing = closing_check(Cycle().receive)

    assert is_closing is not None
    assert is_closing()
