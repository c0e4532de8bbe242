"""The design's example program runs as written: two clients paint on one board."""

import asyncio
import re
import sys
from pathlib import Path

from clients import Events, request, signals_query
from servers import running

FOLDER = Path(__file__).parent
# The program, on a free port.
COMMAND = [
    sys.executable,
    "-c",
    "import sys; from tiles_program import app, serve; serve(app, port=int(sys.argv[1]))",
    "{port}",
]
PAINTED = (
    b'<div id="cell-7" class="cell painted" style="background-color:#ada123" data-cell-id="7">'
)


def subscribe(user_id: str) -> str:
    return "/subscribe?" + signals_query({"user_id": user_id})


async def test_two_clients_paint_on_one_board() -> None:
    with running(COMMAND, cwd=FOLDER) as server:
        response, page = request(server.port, "/")
        async with Events(server.port, subscribe("ada123")) as ada:
            await ada.until(b"<p>1 painting</p>")
            async with Events(server.port, subscribe("bob456")) as bob:
                await bob.until(b"<p>2 painting</p>")
                await ada.until(b"<p>2 painting</p>")
                body = b'{"user_id":"ada123"}'
                click = await asyncio.to_thread(request, server.port, "/click?cell=7", "POST", body)
                await ada.until(PAINTED)
                await bob.until(PAINTED)
                ada.received = b""
            await ada.until(b"<p>1 painting</p>")
            exit_code = await asyncio.to_thread(server.stop)
            end = await ada.end()

    assert (response.status, response.getheader("content-type")) == (
        200,
        "text/html; charset=utf-8",
    )
    assert re.match(b'<!doctype html><html lang="en"><head><meta charset="utf-8">', page)
    assert page.count(b'class="cell"') == 25
    assert (click[0].status, click[1]) == (204, b"")
    # Whole events without the end of the response, so that every kind of page connects again.
    assert (exit_code, end[-5:]) == (0, b">\n\n\r\n")


async def test_the_program_stops_without_errors_in_its_log() -> None:
    with running(COMMAND, cwd=FOLDER) as server:
        async with Events(server.port, subscribe("ada123")) as ada:
            await ada.until(b"<p>1 painting</p>")
            await asyncio.to_thread(server.stop)
            output = server.output()

    assert "Traceback" not in output
    assert "ERROR" not in output
    assert "Finished server process" in output
