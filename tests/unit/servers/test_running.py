"""The servers of an event loop are found by their coroutines, and show that they stop."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from fatmorph._servers.running import RunningServers
from transports import turns


class Server(SimpleNamespace):
    """An object of a server, with the attributes that show whether it stops."""

    __hash__ = object.__hash__


class Sockets:
    """A server of asyncio, as a server of HTTP holds it."""

    def __init__(self, *, is_open: bool) -> None:
        self.is_open = is_open

    def is_serving(self) -> bool:
        return self.is_open


OPEN, CLOSED = Sockets(is_open=True), Sockets(is_open=False)
SET, NOT_SET = asyncio.Event(), asyncio.Event()
SET.set()

STOPPING = {
    "uvicorn, at its limit": ("uvicorn.server", Server(should_exit=True)),
    "uvicorn, closed": ("uvicorn.server", Server(servers=[CLOSED, CLOSED])),
    "gunicorn, at its limit": ("gunicorn.workers.gasgi", Server(alive=False)),
    "gunicorn, closed": ("gunicorn.workers.gasgi", Server(alive=True, servers=[CLOSED])),
    "gunicorn with aiohttp, at its limit": ("aiohttp.worker", Server(alive=False)),
    "hypercorn, at its limit": ("hypercorn.asyncio.run", Server(terminate=SET)),
    "hypercorn, stopped": ("hypercorn.asyncio.run", Server(terminated=SET)),
}
SERVING = {
    "uvicorn": ("uvicorn.server", Server(should_exit=False, servers=[OPEN, CLOSED])),
    "uvicorn, before it listens": ("uvicorn.server", Server(servers=[])),
    "uvicorn of another release": ("uvicorn.server", Server()),
    "gunicorn": ("gunicorn.workers.gasgi", Server(alive=True, servers=[OPEN])),
    "gunicorn with aiohttp": ("aiohttp.worker", Server(alive=True)),
    "hypercorn": ("hypercorn.asyncio.run", Server(terminate=NOT_SET, terminated=NOT_SET)),
}


@contextmanager
def served_by(module: str, server: Server) -> Iterator[None]:
    """Run a coroutine that waits, as a server does, and awaits another one in between."""
    variable = "context" if module.startswith("hypercorn.") else "self"
    names: dict[str, Any] = {"__name__": module}
    exec(f"async def serve({variable}, waiting):\n    await waiting", names)

    async def main() -> None:
        await names["serve"](server, asyncio.Event().wait())

    task = asyncio.create_task(main())
    yield
    task.cancel()


@pytest.mark.parametrize(("module", "server"), STOPPING.values(), ids=STOPPING)
async def test_a_server_shows_that_it_stops(module: str, server: Server) -> None:
    with served_by(module, server):
        await turns()
        found = RunningServers()

        assert (len(found), found.are_stopping) == (1, True)


@pytest.mark.parametrize(("module", "server"), SERVING.values(), ids=SERVING)
async def test_a_server_that_serves_does_not_stop(module: str, server: Server) -> None:
    with served_by(module, server):
        await turns()
        found = RunningServers()

        assert (len(found), found.are_stopping) == (1, False)


async def test_an_event_loop_without_a_server_does_not_stop() -> None:
    found = RunningServers()

    assert (len(found), found.are_stopping) == (0, False)


async def test_one_of_two_servers_may_stop_without_the_other() -> None:
    stopping, going = Server(should_exit=True), Server(should_exit=False)
    with served_by("uvicorn.server", stopping), served_by("uvicorn.server", going):
        await turns()
        found = RunningServers()
        was_stopping = found.are_stopping
        going.should_exit = True

        assert (len(found), was_stopping, found.are_stopping) == (2, False, True)


async def test_a_server_that_is_gone_has_stopped() -> None:
    server = Server(should_exit=False)
    with served_by("uvicorn.server", server):
        await turns()
        found = RunningServers()
    await turns()

    del server
    gc.collect()

    assert found.are_stopping
