"""Clients that ask for more while a stream is open, and leave: every request is told.

uvicorn tells the newest request of a connection alone. On asyncio's own loop what is written to a
closed connection vanishes; uvloop raises an error.
"""

import asyncio
import itertools
import sys

import pytest

from clients import WAYS_TO_LEAVE, leave, written
from integrations.adapters.conftest import PROGRAMS
from integrations.adapters.test_behaviours import NOTHING_LEFT, settled
from servers import running

GET = written("GET", "/beat")
SAID = {
    "a second request": [GET, GET],
    "two requests at once": [GET + GET],
    "three requests": [GET, GET + GET],
    "a page": [GET, written("GET", "/page")],
    "a page and a stream": [written("GET", "/page") + GET],
    "half a body": [GET, written("POST", "/beat", "content-length: 9999", body=b"{}")],
    "a second request while much is sent": [written("GET", "/flood"), GET],
}
OURS = "fatmorph.uvicorn_protocol:Protocol"
# The first two frameworks are called by uvicorn itself; where others send for us, and are not
# told, an error of uvloop's is logged by uvicorn, unless the protocol is ours.
STARTS = [
    *itertools.product(("asgi", "starlette"), ("httptools", "h11", OURS), ("uvloop", "asyncio")),
    *itertools.product(("django", "quart"), (OURS,), ("uvloop", "asyncio")),
]


@pytest.mark.parametrize(("framework", "protocol", "loop"), STARTS)
async def test_a_client_that_asks_for_more_and_leaves_is_not_an_error(
    framework: str, protocol: str, loop: str
) -> None:
    program = f"{framework}_program:app"
    options = ["--http", protocol, "--loop", loop, "--log-level", "warning"]
    command = [sys.executable, "-m", "uvicorn", program, "--port", "{port}", *options]

    with running(command, cwd=PROGRAMS) as server:
        async with asyncio.TaskGroup() as clients:
            for parts, way in itertools.product(SAID.values(), WAYS_TO_LEAVE):
                clients.create_task(leave(server.port, *parts, way=way))
        left_over = await settled(server, **NOTHING_LEFT)
        output = server.output()

    assert left_over == NOTHING_LEFT
    assert [word for word in ("Traceback", "ERROR", "exception") if word in output] == []
