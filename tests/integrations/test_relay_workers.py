"""Two workers of one server, connected by each broker: an action in one changes pages of both."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from brokers import BROKERS, broker
from clients import Events, request
from servers import Server, running

SECONDS = 60


@pytest.fixture(params=BROKERS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    state = tmp_path / "state"
    state.write_text("first", encoding="utf-8")
    with broker(request.param, tmp_path) as own:
        env = {"RELAY": own.url, "STATE": str(state)}
        command = [sys.executable, "relay_workers_app.py", "{port}"]
        with running(command, Path(__file__).parent, env) as server:
            yield server


async def streams_of_both_workers(server: Server, stack: AsyncExitStack) -> dict[int, Events]:
    """Open streams until there is one in each worker; return them by the worker's process."""
    found: dict[int, Events] = {}
    # The system chooses a worker for each connection, and the second one may start late.
    async with asyncio.timeout(SECONDS):
        while len(found) < 2:
            async with AsyncExitStack() as attempt:
                path = f"/subscribe?session=s{len(found)}"
                stream = await attempt.enter_async_context(Events(server.port, path))
                page = await stream.until(b"text first;")
                worker = int(page.rpartition(b"worker ")[2].partition(b";")[0])
                if worker not in found:
                    found[worker] = stream
                    stack.push_async_exit(attempt.pop_all())
    return found


async def test_an_action_in_one_worker_changes_the_pages_of_both(server):
    async with AsyncExitStack() as stack:
        streams = await streams_of_both_workers(server, stack)

        _, body = await asyncio.to_thread(request, server.port, "/write?text=second", "POST", b"")
        for stream in streams.values():
            await stream.until(b"text second;")

    assert len(streams) == 2
    assert json.loads(body) in streams


async def test_a_logout_in_one_worker_ends_the_streams_of_both(server):
    async with AsyncExitStack() as stack:
        streams = await streams_of_both_workers(server, stack)

        for session in ("s0", "s1"):
            path = f"/logout?session={session}"
            await asyncio.to_thread(request, server.port, path, "POST", b"")
        ended = [await stream.end() for stream in streams.values()]

    assert len(ended) == 2
