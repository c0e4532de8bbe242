"""Databases on a real server: what open pages cost while nothing changes."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from clients import Events, request
from fatmorph.threads import MAX_THREADS
from servers import Server, running

PAGES = 30
SERVER_THREADS = 3  # the main one, that of the request that asks, and one that closes another


@pytest.fixture
def server() -> Iterator[Server]:
    command = [sys.executable, "-m", "uvicorn", "database_app:app", "--port", "{port}"]
    with running(command, cwd=Path(__file__).parent) as server:
        yield server


def cost(server: Server) -> dict[str, int]:
    _, body = request(server.port, "/cost")
    return json.loads(body)


async def cost_of_pages(server: Server, way: str) -> dict[str, int]:
    """Return what open pages cost after a change was drawn by all of them."""
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(Events(server.port, f"/subscribe/{way}"))
            for _ in range(PAGES)
        ]
        for stream in streams:
            await stream.until(b"first")
        await asyncio.to_thread(request, server.port, "/add?title=second", "POST", b"")
        for stream in streams:
            await stream.until(b"second")
        return await asyncio.to_thread(cost, server)


async def test_open_pages_that_are_drawn_in_threads_hold_no_connections(server: Server) -> None:
    found = await cost_of_pages(server, "in-thread")

    assert found["connections"] == 0
    # Django itself has a thread for each open request.
    assert found["threads"] <= PAGES + MAX_THREADS + SERVER_THREADS


@pytest.mark.parametrize("way", ["async-orm", "sync-to-async"])
async def test_open_pages_hold_a_connection_each_if_django_chooses_the_thread(
    server: Server, way: str
) -> None:
    found = await cost_of_pages(server, way)

    assert found["connections"] == PAGES
    assert PAGES <= found["threads"] <= PAGES + SERVER_THREADS + 1
