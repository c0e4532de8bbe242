"""The how-to on messages, on real servers: its own files."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients import Events, request
from documented_programs import write_program
from servers import Server, running

PROGRAMS = Path(__file__).parent / "documented"
LINE = "    orders.append(key)"
SLOW = {LINE: f"    import asyncio\n\n    await asyncio.sleep(0.2)\n{LINE}"}


@pytest.fixture(scope="module", params=["starlette", "fastapi", "django"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Return a server of the how-to's files, where placing an order takes a moment."""
    folder = tmp_path_factory.mktemp("messages")
    write_program("how-to/messages.md", folder, SLOW)
    env = {"PYTHONPATH": f"{folder}:{PROGRAMS}", "ROUTES": "messages_routes"}
    command = [sys.executable, "-m", "uvicorn", f"{request.param}_program:app", "--port", "{port}"]
    with running(command, cwd=folder, env=env) as server:
        yield server
        assert "Traceback" not in server.output()


@pytest.fixture
def django_server(tmp_path: Path) -> Iterator[Server]:
    """Return a server of the how-to's file for Django's messages."""
    write_program("how-to/messages.md", tmp_path)
    env = {"PYTHONPATH": f"{tmp_path}:{PROGRAMS}", "ROUTES": "django_messages_routes"}
    command = [sys.executable, "-m", "uvicorn", "django_program:app", "--port", "{port}"]
    with running(command, cwd=tmp_path, env=env) as server:
        yield server
        assert "Traceback" not in server.output()


def page(server: Server, page_id: str) -> Events:
    return Events(server.port, "/subscribe", headers=f"fatmorph-state: {page_id}\r\n")


async def post(server: Server, page_id: str, path: str) -> int:
    headers = {"fatmorph-state": page_id, "datastar-request": "true"}
    response, _ = await asyncio.to_thread(request, server.port, path, "POST", b"{}", headers)
    return response.status


async def order_count(server: Server) -> int:
    _, body = await asyncio.to_thread(request, server.port, "/")
    return int(body.partition(b" orders")[0].rpartition(b">")[2])


async def test_two_posts_of_one_form_at_the_same_time_place_one_order(server: Server) -> None:
    before = await order_count(server)
    posts = [post(server, "1-1-1-1", "/order?key=one") for _ in range(2)]

    statuses = await asyncio.gather(*posts)
    again = await post(server, "1-1-1-1", "/order?key=one")
    placed = await order_count(server) - before
    another = await post(server, "1-1-1-1", "/order?key=two")

    assert [*statuses, again, another] == [204] * 4
    assert (placed, await order_count(server) - before) == (1, 2)


async def test_a_message_is_in_every_draw_of_its_page_and_in_no_other(server: Server) -> None:
    async with page(server, "2-2-2-2") as mine, page(server, "3-3-3-3") as other:
        for stream in (mine, other):
            await stream.until(b" orders")
        await post(server, "2-2-2-2", "/order?key=three")
        await mine.until(b"Your order is placed.")
        mine.received = b""

        await post(server, "4-4-4-4", "/order?key=four")

        count = b"%d orders" % await order_count(server)
        assert b"Your order is placed." in await mine.until(count)
        assert b"Your order is placed." not in await other.until(count)


async def test_a_message_of_djangos_is_taken_by_the_stream_of_the_next_page_once(
    django_server: Server,
) -> None:
    response, _ = await asyncio.to_thread(request, django_server.port, "/saved", "POST", b"")
    cookie = str(response.getheader("set-cookie")).partition(";")[0]
    headers = f"cookie: {cookie}\r\nfatmorph-state: "

    async with Events(django_server.port, "/subscribe", headers=f"{headers}1-1-1-1\r\n") as stream:
        received = await stream.until(b"Your profile is saved.")

    assert (response.status, b'set-cookie: messages=""' in received.lower()) == (303, True)
