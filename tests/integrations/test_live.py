"""Live pages on a real server: shared, skipped after a reconnect, and cleaned up."""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from clients import Events, request
from servers import Server, running


@pytest.fixture
def server() -> Iterator[Server]:
    with running([sys.executable, "live_app.py", "{port}"], cwd=Path(__file__).parent) as server:
        yield server


def publish(server: Server, text: str) -> int:
    _, body = request(server.port, f"/publish?text={text}", "POST", b"")
    return json.loads(body)


def left_over(server: Server) -> dict[str, Any]:
    _, body = request(server.port, "/left-over")
    return json.loads(body)


async def test_a_change_is_rendered_once_for_all_streams_with_the_same_key(server: Server) -> None:
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(Events(server.port, "/shared")) for _ in range(50)
        ]
        for stream in streams:
            await stream.until(b"first")

        taken = await asyncio.to_thread(publish, server, "second")
        pages = [await stream.until(b"second</p></body></html>\n\nid: ") for stream in streams]

        found = await asyncio.to_thread(left_over, server)
    assert (taken, found["drawn"], len(set(pages))) == (50, ["second"], 1)


async def test_a_page_that_the_client_already_has_is_not_sent_again(server: Server) -> None:
    async with Events(server.port, "/own") as stream:
        received = await stream.until(b"\n\n\r\n")  # the end of the first chunk
    last_event_id = received.rpartition(b"id: ")[2].split(b"\n")[0].decode()

    async with Events(server.port, "/own", last_event_id=last_event_id) as stream:
        await asyncio.to_thread(wait_for, server, subscriptions=1)
        await asyncio.to_thread(publish, server, "second")
        pages = await stream.until(b"second")

    assert (b"first" in pages, len(last_event_id)) == (False, 16)


async def test_clients_that_vanish_are_cleaned_up_completely(server: Server) -> None:
    for path in ("/own", "/shared"):
        async with Events(server.port, path) as stream:
            await stream.until(b"first")
            stream.vanish()

    await asyncio.to_thread(wait_for, server, cleaned_up=["own", "shared"])
    found = await asyncio.to_thread(left_over, server)
    assert (found["subscriptions"], found["objects"]) == (0, 0)


async def test_live_pages_end_when_the_server_stops(server: Server) -> None:
    async with Events(server.port, "/own") as stream:
        await stream.until(b"first")

        code = await asyncio.to_thread(server.stop, signal.SIGINT, within_seconds=5)
        await stream.end()

    assert code == 0


def wait_for(server: Server, **expected: Any) -> None:
    while not expected.items() <= left_over(server).items():
        pass
