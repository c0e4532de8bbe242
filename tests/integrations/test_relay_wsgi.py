"""Actions served by WSGI in two workers with threads, and the streams of their pages by ASGI."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from brokers import BROKERS, broker
from clients import Events, request
from servers import Server, running

SECONDS = 60
FOLDER = Path(__file__).parent
COUNT = 12


def page(page_id: str) -> dict[str, str]:
    return {"fatmorph-state": page_id}


@pytest.fixture(scope="module", params=BROKERS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with broker(request.param, tmp_path_factory.mktemp("wsgi")) as own:
        yield own.url


@pytest.fixture(scope="module")
def asgi(url: str) -> Iterator[Server]:
    command = [sys.executable, "relay_wsgi_app.py", "{port}"]
    with running(command, FOLDER, {"RELAY": url}) as server:
        yield server


@pytest.fixture(scope="module", params=["flask_app", "django_app"])
def wsgi(request: pytest.FixtureRequest, url: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "gunicorn", f"relay_wsgi_app:{request.param}"]
    options = ["--bind", "127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    with running([*command, *options], FOLDER, {"RELAY": url}) as server:
        yield server


async def say(server: Server, word: str, page_id: str) -> tuple[int, list[str]]:
    """Let an action add a word; return the worker that it reached, and all words."""
    path, headers = f"/say?word={word}", page(page_id)
    answer, body = await asyncio.to_thread(request, server.port, path, "POST", b"", headers)
    assert answer.status == 200, body
    found = json.loads(body)
    return found["worker"], found["words"]


async def say_in_both_workers(server: Server, page_id: str) -> list[str]:
    """Let many actions at once add words until both workers had some; return these words."""
    workers: set[int] = set()
    words: list[str] = []
    while len(workers) < 2:
        new = [f"w{len(words) + number}" for number in range(COUNT)]
        answers = await asyncio.gather(*(say(server, word, page_id) for word in new))
        workers |= {worker for worker, _ in answers}
        words += new
    return words


async def test_actions_in_all_workers_change_the_state_of_a_stream(asgi, wsgi):
    page_id = f"1-2-3-{wsgi.port}"
    async with asyncio.timeout(SECONDS):
        headers = f"fatmorph-state: {page_id}\r\nfatmorph-signals: include=\r\n"
        async with Events(asgi.port, "/show", headers=headers) as stream:
            await stream.until(b"words ;")

            words = await say_in_both_workers(wsgi, page_id)
            await say(wsgi, "last", page_id)

            shown = await stream.until(b",last;")
    found = shown.decode().rpartition("words ")[2].partition(";")[0].split(",")
    assert sorted(found) == sorted([*words, "last"])


async def test_actions_without_a_stream_share_the_state_of_the_first_one(wsgi):
    page_id = f"9-9-9-{wsgi.port}"
    async with asyncio.timeout(SECONDS):
        await say(wsgi, "first", page_id)
        words = await say_in_both_workers(wsgi, page_id)

        _, found = await say(wsgi, "last", page_id)

    assert sorted(found) == sorted(["first", *words, "last"])


async def test_a_logout_ends_the_streams_of_the_other_server(asgi, wsgi):
    session = f"s{wsgi.port}"
    page_id = f"7-7-7-{wsgi.port}"
    async with asyncio.timeout(SECONDS):
        headers = f"fatmorph-state: {page_id}\r\nfatmorph-signals: include=\r\n"
        path = f"/show?session={session}"
        async with Events(asgi.port, path, headers=headers) as stream:
            await stream.until(b"words ;")
            await asyncio.to_thread(request, wsgi.port, f"/logout?session={session}", "POST", b"")

            ended = await stream.end()

    assert b"words ;" in ended
