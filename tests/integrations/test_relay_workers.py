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


@pytest.fixture(scope="module", params=BROKERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workers")
    state = folder / "state"
    state.write_text("first", encoding="utf-8")
    with broker(request.param, folder) as own:
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
                page = await stream.until(b"</p>")
                worker = worker_of(page)
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


PAGE = {"fatmorph-state": "1-2-3-4"}
LINES = "fatmorph-state: 1-2-3-4\r\nfatmorph-signals: include=\r\n"


async def say(server: Server, word: str) -> int:
    """Let an action add a word to the state of the page; return the worker that it reached."""
    path = f"/say?word={word}"
    answer, body = await asyncio.to_thread(request, server.port, path, "POST", b"", PAGE)
    assert answer.status == 200
    return int(json.loads(body))


async def test_the_state_of_a_page_has_the_changes_of_actions_in_both_workers(server):
    workers: set[int] = set()
    words: list[str] = []
    async with AsyncExitStack() as stack:
        await streams_of_both_workers(server, stack)  # until here, both have started
    async with asyncio.timeout(SECONDS):
        async with Events(server.port, "/show", headers=LINES) as stream:
            await stream.until(b"words ;")
            while len(workers) < 2:
                new = [f"w{len(words) + number}" for number in range(8)]
                workers |= set(await asyncio.gather(*(say(server, word) for word in new)))
                words += new
            await say(server, "last")
            page = await stream.until(b",last;")
        owner = worker_of(page)
        found = {owner: sorted(words_of(page))}

        while len(found) < 2:
            async with Events(server.port, "/show", headers=LINES) as stream:
                page = await stream.until(b",last;")
            found[worker_of(page)] = sorted(words_of(page))

    assert list(found.values()) == [sorted([*words, "last"])] * 2


def worker_of(page: bytes) -> int:
    return int(page.rpartition(b"worker ")[2].partition(b";")[0])


def words_of(page: bytes) -> list[str]:
    return page.decode().rpartition("words ")[2].partition(";")[0].split(",")
