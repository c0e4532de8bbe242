"""Tiles on a broker: two servers with two workers each, whose pages show one board."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from brokers import BROKERS, Broker, broker, until
from clients import Events, request, signals_query
from example_programs import EXAMPLES, example_command
from fatmorph import datastar_script
from servers import Server, running

FOLDER = EXAMPLES / "tiles"
SECONDS = 60
TILES = range(25)
PAINTED = re.compile(rb'<button [^>]*id="tile-(\d+)" class="tile painted"')
PAINTER = re.compile(rb'<li id="painter-(\w+)"')


@pytest.fixture(params=BROKERS)
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    options = ("-js", "-sd", str(tmp_path)) if request.param == "nats" else ()
    with broker(request.param, tmp_path, options=options) as own:
        yield own


@contextmanager
def tiles(own: Broker, client: Path | None = None) -> Iterator[Server]:
    command = [*example_command(client), "--relay", own.url]
    with running(command, cwd=FOLDER, ready_seconds=60) as server:
        # The port is open before a worker answers.
        request(server.port, "/")
        yield server


@pytest.fixture
def two_servers(own: Broker) -> Iterator[tuple[Server, Server]]:
    with ExitStack() as stack:
        yield stack.enter_context(tiles(own)), stack.enter_context(tiles(own))


def page_of(server: Server, user_id: str) -> Events:
    return Events(server.port, "/subscribe?" + signals_query({"user_id": user_id}))


def paint(server: Server, tile: int, user_id: str) -> None:
    body = b'{"user_id":"%s"}' % user_id.encode()
    response, _ = request(server.port, f"/paint/{tile}", "POST", body)
    assert response.status == 204


def painted(page: bytes) -> list[int]:
    """Return the painted tiles of a page."""
    return sorted(map(int, PAINTED.findall(page)))


def present(page: bytes) -> set[bytes]:
    """Return the users that a page shows."""
    return set(PAINTER.findall(page))


async def shows(stream: Events, users: set[bytes]) -> bytes:
    """Read a stream until its newest page shows exactly these users; return that page."""
    async with asyncio.timeout(SECONDS):
        while True:
            await stream.until(b"</html>")
            page, _, rest = stream.received.rpartition(b"</html>")
            if b"<html" not in rest and present(newest := page.rpartition(b"<html")[2]) == users:
                return newest
            stream.received = rest


async def test_painting_in_one_server_shows_in_the_other(two_servers):
    one, other = two_servers

    async with page_of(one, "ada") as ada, page_of(other, "bob") as bob:
        first = await shows(ada, {b"ada", b"bob"})
        await shows(bob, {b"ada", b"bob"})
        # Each worker also announces the two painters, but too few times to show all tiles.
        for tile in TILES:
            await asyncio.to_thread(paint, (one, other)[tile % 2], tile, "ada")
            for stream in (ada, bob):
                await stream.until(b'id="tile-%d" class="tile painted"' % tile)
    pages = [(await asyncio.to_thread(request, server.port, "/"))[1] for server in two_servers]

    assert painted(first) == []
    assert [painted(page) for page in pages] == [list(TILES)] * 2


async def test_a_painter_who_leaves_one_server_leaves_the_pages_of_the_other(two_servers):
    one, other = two_servers

    async with page_of(one, "ada") as ada:
        async with page_of(other, "bob"):
            together = await shows(ada, {b"ada", b"bob"})
        alone = await shows(ada, {b"ada"})

    assert b"2 painting" in together
    assert b"1 painting" in alone


async def test_painters_of_a_killed_server_expire_and_those_of_a_living_one_stay(own):
    with tiles(own) as living, tiles(own) as killed:
        async with page_of(living, "ada") as ada, page_of(killed, "bob"):
            await shows(ada, {b"ada", b"bob"})
            os.killpg(killed.process.pid, signal.SIGKILL)  # and its workers: no handler ends
            alone = await shows(ada, {b"ada"})

        await until(lambda: not present(request(living.port, "/")[1]))

    assert b"1 painting" in alone


async def test_the_board_survives_its_servers_and_their_painters_leave_it(own):
    with tiles(own) as server:
        async with page_of(server, "ada") as ada:
            await shows(ada, {b"ada"})
            await asyncio.to_thread(paint, server, 3, "ada")
            await asyncio.to_thread(server.stop)
        output = server.output()

    with tiles(own) as server:
        page = (await asyncio.to_thread(request, server.port, "/"))[1]

    assert (painted(page), present(page)) == ([3], set())
    assert "Traceback" not in output
    assert "ERROR" not in output


def test_a_shared_board_ignores_a_tile_that_is_not_on_it_and_serves_an_own_client(own, tmp_path):
    client = tmp_path / "datastar.js"
    client.write_text("// a client", encoding="utf-8")

    with tiles(own, client) as server:
        paint(server, 25, "ada")
        page = request(server.port, "/")[1]
        script = request(server.port, "/datastar.js")[1]

    assert painted(page) == []
    assert str(datastar_script("/datastar.js")).encode() in page
    assert script == b"// a client"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("memory://", "the board of several servers is at redis://HOST:PORT or nats://HOST:PORT"),
        ("http://127.0.0.1", "cannot connect a relay by a URL with the scheme 'http'"),
    ],
)
def test_an_address_without_a_shared_board_is_refused_in_one_place(url, reason):
    result = subprocess.run(
        [sys.executable, "main.py", "--relay", url],
        check=False,
        cwd=FOLDER,
        capture_output=True,
        text=True,
    )

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[0] == f"--relay: {reason}"
    assert "Traceback" not in result.stderr
