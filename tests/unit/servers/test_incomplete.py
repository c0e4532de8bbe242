"""Servers do not log responses that are left incomplete on purpose."""

import asyncio
import gc
import logging
from collections.abc import Callable
from typing import Any

import gunicorn
import pytest
import uvicorn

from fatmorph import Context, Writer
from fatmorph.adapters import Handler, respond
from fatmorph.testing import MemoryClient
from transports import Source, turns

UVICORN = logging.getLogger(f"{uvicorn.__name__}.error")
GUNICORN = logging.getLogger(f"{gunicorn.__name__}.error")
INCOMPLETE = {
    UVICORN: "ASGI callable returned without completing response.",
    GUNICORN: "ASGI application returned without completing the response; closing the connection",
}
OTHER = "Exception in ASGI application"


class Request:
    """A request of a server, which logs in the function that ran the application."""

    def __init__(self) -> None:
        self.transport = MemoryClient()
        self.transport.scope = {"type": "http"}  # type: ignore[attr-defined] # as adapters have it

    async def run(self, handler: Handler) -> None:
        await respond(handler, Context(method="GET", path="/"), self.transport)
        self.log()

    def log(self) -> None:
        raise NotImplementedError


class OfUvicorn(Request):
    """A request whose object has the scope."""

    @property
    def scope(self) -> Any:
        return self.transport.scope  # type: ignore[attr-defined]

    def log(self) -> None:
        UVICORN.error(INCOMPLETE[UVICORN])
        UVICORN.error(OTHER)


class OfGunicorn(Request):
    """A request whose function has the scope, in a variable."""

    def log(self) -> None:
        scope = self.transport.scope  # type: ignore[attr-defined]
        GUNICORN.error(INCOMPLETE[GUNICORN])
        GUNICORN.error(OTHER)
        del scope


requests = pytest.mark.parametrize(
    ("kind", "logger"), [(OfUvicorn, UVICORN), (OfGunicorn, GUNICORN)], ids=["uvicorn", "gunicorn"]
)


async def leave(c: Context, w: Writer) -> None:
    """Stay until the client has left, and it leaves at once."""
    w.patch_signals({"joined": True})
    async for _ in w.alive(Source()):
        pass


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return what servers have logged; requests of other tests need no filter any more."""
    gc.collect()
    names = {UVICORN.name, GUNICORN.name}
    return lambda: [record.message for record in caplog.records if record.name in names]


@requests
async def test_a_server_does_not_call_it_an_error(
    kind: type[Request], logger: logging.Logger, logged: Callable[[], list[str]]
) -> None:
    request = kind()
    request.transport.leave()

    await request.run(leave)

    assert (logged(), len(logger.filters)) == ([OTHER], 1)


@requests
async def test_a_server_logs_what_others_do_not_complete(
    kind: type[Request], logger: logging.Logger, logged: Callable[[], list[str]]
) -> None:
    request = kind()
    request.transport.leave()
    await request.run(leave)

    kind().log()
    await asyncio.to_thread(kind().log)

    assert logged()[1:] == [INCOMPLETE[logger], OTHER] * 2


@requests
@pytest.mark.usefixtures("logged")
async def test_the_filter_goes_with_the_last_request_that_needs_it(
    kind: type[Request], logger: logging.Logger
) -> None:
    filters = []

    for request in (kind(), kind()):
        request.transport.leave()
        await asyncio.create_task(request.run(leave))
        filters.append(len(logger.filters))
    del request
    await turns()
    filters.append(len(logger.filters))

    assert filters == [1, 1, 0]


@pytest.mark.usefixtures("logged")
async def test_a_complete_response_needs_no_filter() -> None:
    async def page(c: Context, w: Writer) -> None:
        w.text("whole")

    request = OfUvicorn()

    await request.run(page)

    assert (request.scope, UVICORN.filters) == ({"type": "http"}, [])
