"""A server stops at once, with any number of open streams and any way to start it."""

import asyncio
import os
import re
import signal
import sys
from contextlib import AsyncExitStack, suppress
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path

import pytest
import uvicorn
from hypercorn.asyncio import serve
from hypercorn.config import Config

from clients import Events, request, signals_query
from fatmorph import shutdown
from integrations.stream_app import app
from machine import missing
from servers import Server, free_port, running

FOLDER = Path(__file__).parent
PAINTER = "/subscribe?" + signals_query({"name": "painter"})
STREAMS = 200

BY_PROGRAM = ["stream_app.py", "{port}"]
BY_PROGRAM_WITH_WORKERS = ["stream_app.py", "{port}", "2"]
BY_HAND = ["-m", "uvicorn", "stream_app:app", "--port", "{port}", "--no-access-log", "--loop"]
# Some workers of granian 2.8 do not exit on a busy machine, although everything in them has ended.
GRANIAN = [
    *["-m", "granian", "stream_app:app", "--interface", "asgi", "--port", "{port}"],
    *["--workers-kill-timeout", "10"],
]
HYPERCORN = ["-m", "hypercorn", "stream_app:app", "--bind", "127.0.0.1:{port}"]
GUNICORN = ["-m", "gunicorn", "stream_app:app", "--bind", "127.0.0.1:{port}", "-k"]
STARTS = {
    "serve": BY_PROGRAM,
    "serve, two workers": BY_PROGRAM_WITH_WORKERS,
    "uvicorn on asyncio": [*BY_HAND, "asyncio"],
    "uvicorn on uvloop": [*BY_HAND, "uvloop"],
    "uvicorn, two workers": [*BY_HAND, "auto", "--workers", "2"],
    "uvicorn, reload": [*BY_HAND, "auto", "--reload"],
    "granian": GRANIAN,
    "granian, two workers": [*GRANIAN, "--workers", "2"],
    "hypercorn": HYPERCORN,
    "hypercorn, two workers": [*HYPERCORN, "--workers", "2"],
    "hypercorn, no worker": [*HYPERCORN, "--workers", "0"],
    "daphne": ["-m", "daphne", "stream_app:app", "--port", "{port}", "--verbosity", "0"],
}
GUNICORN_STARTS = {
    "gunicorn with uvicorn's worker": [*GUNICORN, "uvicorn_worker.UvicornWorker"],
    "gunicorn with its own worker": [*GUNICORN, "asgi"],
    "gunicorn with aiohttp's worker": [
        *["-m", "gunicorn", "--chdir", "adapters/programs", "aiohttp_program:app"],
        *["--bind", "127.0.0.1:{port}", "-k", "aiohttp.GunicornWebWorker"],
    ],
}
# One process each: the streams of two processes end at the same time.
DRAINED = {
    name: start
    for name, start in {**STARTS, **GUNICORN_STARTS}.items()
    if "stream_app" in "".join(start) and "two" not in name
}
SIGNALS = [
    *(
        pytest.param(start, number, id=f"{name}, {number.name}")
        for name, start in STARTS.items()
        for number in (signal.SIGINT, signal.SIGTERM)
    ),
    # After SIGINT, gunicorn's workers do not wait for their responses, or ignore it.
    *(pytest.param(start, signal.SIGTERM, id=name) for name, start in GUNICORN_STARTS.items()),
]
# Servers of five requests, which then stop, or start another worker.
LIMITED = {
    "uvicorn on asyncio": [*BY_HAND, "asyncio", "--limit-max-requests", "5"],
    "uvicorn on uvloop": [*BY_HAND, "uvloop", "--limit-max-requests", "5"],
    "uvicorn, own protocol": [
        *[*BY_HAND, "auto", "--limit-max-requests", "5"],
        *["--http", "fatmorph.uvicorn_protocol:Protocol"],
    ],
    "uvicorn, two workers": [*BY_HAND, "auto", "--workers", "2", "--limit-max-requests", "5"],
    **{name: [*start, "--max-requests", "5"] for name, start in GUNICORN_STARTS.items()},
    "hypercorn": [*HYPERCORN, "--max-requests", "5"],
    "hypercorn, two workers": [*HYPERCORN, "--workers", "2", "--max-requests", "5"],
}
MODULES = {"aiohttp", "daphne", "granian", "gunicorn", "hypercorn", "uvicorn", "uvicorn_worker"}
LAST_CHUNK = b"0\r\n\r\n"
# After SIGINT, a program that catches KeyboardInterrupt exits normally. After SIGTERM, uvicorn
# restores the signal's default action and raises it again. Parents of workers handle both.
EXIT_CODES = {0, -signal.SIGTERM}


def command(start: list[str]) -> list[str]:
    """Return the command of a start, whose server must be installed."""
    for module in MODULES & {word.partition(".")[0] for word in start}:
        package = module.replace("_", "-")
        if find_spec(module) is None:
            missing(package, f"{package} is not installed: pip install {package}")
    return [sys.executable, *start]


async def opened(stack: AsyncExitStack, server: Server, path: str, first: bytes) -> Events:
    """Return a stream that has received its first event."""
    events = await stack.enter_async_context(Events(server.port, path))
    await events.until(first)
    return events


def knock(port: int) -> int | None:
    """Return the status of a page, or None if the server takes no connection."""
    with suppress(OSError, HTTPException):
        return request(port, "/page")[0].status
    return None


async def all_started(server: Server, start: list[str]) -> None:
    """Wait for the workers of granian, which ignores a signal while one of them starts."""
    count = start.count("granian") * int("2" in start) * 2
    async with asyncio.timeout(30):
        while server.output().count("Started worker-") < count:
            await asyncio.to_thread(knock, server.port)


async def stopped(server: Server, number: int) -> int:
    return await asyncio.to_thread(server.stop, number)


@pytest.mark.parametrize(("start", "number"), SIGNALS)
async def test_a_signal_ends_every_stream_and_runs_every_clean_up(
    start: list[str], number: int
) -> None:
    path = "/subscribe?" + signals_query({"name": "painter"})

    with running(command(start), cwd=FOLDER) as server:
        async with AsyncExitStack() as stack:
            streams = [
                await opened(stack, server, path, b'"joined":"painter"') for _ in range(STREAMS)
            ]
            await all_started(server, start)
            exit_code = await stopped(server, number)
            ends = {(await events.end())[-5:] for events in streams}
        output = server.output()

    assert exit_code in EXIT_CODES
    assert output.count("cleaned up painter\n") == STREAMS
    assert LAST_CHUNK not in ends, "a complete response would end the page's retries"
    assert "Traceback" not in output
    assert "ERROR" not in output


@pytest.mark.parametrize("start", DRAINED.values(), ids=DRAINED)
async def test_streams_that_drain_end_one_after_the_other(start: list[str]) -> None:
    with running(command(start), cwd=FOLDER) as server:
        async with AsyncExitStack() as stack:
            streams = [
                await opened(stack, server, "/drain", b'"joined":"drain"') for _ in range(STREAMS)
            ]
            await all_started(server, start)
            exit_code = await stopped(server, signal.SIGTERM)
            ends = {(await events.end())[-5:] for events in streams}
        output = server.output()

    moments = [float(at) for at in re.findall(r"cleaned up drain at ([\d.]+)", output)]
    seconds = (len(moments) - 1) * shutdown.DRAIN_SECONDS_EACH
    assert exit_code in EXIT_CODES
    assert len(moments) == STREAMS
    assert max(moments) - min(moments) > seconds / 2  # the first may be late, the last not early
    assert LAST_CHUNK not in ends, "a complete response would end the page's retries"
    assert "Traceback" not in output


@pytest.mark.parametrize("start", LIMITED.values(), ids=LIMITED)
async def test_a_server_that_has_reached_its_limit_of_requests_ends_its_streams(
    start: list[str],
) -> None:
    path = "/subscribe?" + signals_query({"name": "painter"})

    # The exit is not waited for: aiohttp's worker may wait for a request that it does not read.
    with running(command(start), cwd=FOLDER, stop_seconds=0) as server:
        async with AsyncExitStack() as stack:
            events = await opened(stack, server, path, b'"joined":"painter"')
            reading = asyncio.create_task(events.end())
            async with asyncio.timeout(20):  # gunicorn cuts streams after 30 seconds
                while not reading.done():
                    knocking = asyncio.create_task(asyncio.to_thread(knock, server.port))
                    await asyncio.wait({reading, knocking}, return_when="FIRST_COMPLETED")
            end = await reading
        output = server.output()

    assert not end.endswith(LAST_CHUNK), "a complete response would end the page's retries"
    assert output.count("cleaned up painter\n") == 1
    # Not `Traceback`: hypercorn cancels its connections, which Python 3.11 reports as an error.
    assert "/fatmorph/" not in output
    assert "Cancel " not in output


async def test_a_stream_requested_by_post_is_completed() -> None:
    """Datastar repeats a POST after a cut response, which could place an order twice."""
    with running([sys.executable, *BY_PROGRAM], cwd=FOLDER) as server:
        async with Events(server.port, "/subscribe", "POST", b'{"name":"painter"}') as events:
            await events.until(b'"joined":"painter"')
            await stopped(server, signal.SIGINT)
            end = await events.end()

    assert end.endswith(LAST_CHUNK)


async def test_ctrl_c_in_a_terminal_reaches_workers_and_cleans_up_once() -> None:
    path = "/subscribe?" + signals_query({"name": "painter"})

    with running([sys.executable, *BY_PROGRAM_WITH_WORKERS], cwd=FOLDER) as server:
        async with AsyncExitStack() as stack:
            for _ in range(20):
                await opened(stack, server, path, b'"joined":"painter"')
            os.killpg(server.process.pid, signal.SIGINT)
            exit_code = await asyncio.to_thread(server.process.wait, 10)
        output = server.output()

    assert exit_code == 0
    assert output.count("cleaned up painter\n") == 20
    assert "CancelledError" not in output


@pytest.mark.parametrize("start", [BY_PROGRAM, [*BY_HAND, "asyncio"]], ids=["serve", "uvicorn"])
async def test_a_handler_that_waits_in_its_body_is_cancelled_and_cleans_up(
    start: list[str],
) -> None:
    with running(command(start), cwd=FOLDER) as server:
        async with AsyncExitStack() as stack:
            events = await opened(stack, server, "/wait", b'"waiting":true')
            exit_code = await stopped(server, signal.SIGINT)
            end = await events.end()
        output = server.output()

    assert (exit_code, end[-5:] == LAST_CHUNK) == (0, False)
    assert output.count("cleaned up wait\n") == 1
    assert "Traceback" not in output


async def test_a_client_that_does_not_read_does_not_delay_the_stop() -> None:
    with running([sys.executable, *BY_PROGRAM], cwd=FOLDER) as server:
        async with AsyncExitStack() as stack:
            await opened(stack, server, "/burst", b'"burst":"xxx')
            exit_code = await stopped(server, signal.SIGINT)
        output = server.output()

    assert exit_code == 0
    assert output.count("cleaned up burst\n") == 1
    assert "Traceback" not in output


async def test_a_second_signal_does_not_interrupt_clean_up() -> None:
    with running([sys.executable, *BY_PROGRAM], cwd=FOLDER) as server:
        async with AsyncExitStack() as stack:
            await opened(stack, server, "/wait", b'"waiting":true')
            server.process.send_signal(signal.SIGINT)
            exit_code = await stopped(server, signal.SIGINT)
        output = server.output()

    assert exit_code == 0
    assert output.count("cleaned up wait\n") == 1


async def test_uvicorn_ends_its_streams_when_the_program_tells_it_to_exit() -> None:
    server = uvicorn.Server(uvicorn.Config(app, port=(port := free_port()), log_level="error"))
    serving = asyncio.create_task(server.serve())
    await accepting(port)

    async with Events(port, PAINTER) as events:
        await events.until(b'"joined":"painter"')
        server.should_exit = True
        end = await events.end()
    await serving

    assert not end.endswith(LAST_CHUNK)


async def test_hypercorn_ends_its_streams_when_its_trigger_fires() -> None:
    trigger = asyncio.Event()
    config = Config()
    config.bind = [f"127.0.0.1:{(port := free_port())}"]
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=trigger.wait))
    await accepting(port)

    async with Events(port, PAINTER) as events:
        await events.until(b'"joined":"painter"')
        trigger.set()
        end = await events.end()
    await serving

    assert not end.endswith(LAST_CHUNK)


async def test_a_new_server_in_the_same_event_loop_keeps_its_streams() -> None:
    for _ in range(2):
        server = uvicorn.Server(uvicorn.Config(app, port=(port := free_port()), log_level="error"))
        serving = asyncio.create_task(server.serve())
        await accepting(port)
        async with Events(port, PAINTER) as events:
            await events.until(b'"joined":"painter"')
            await asyncio.to_thread(request, port, "/publish?text=still-here", "POST")
            received = await events.until(b'{"news":"still-here"}')
            server.should_exit = True
            await events.end()
        await serving

        assert not received.endswith(LAST_CHUNK)


async def accepting(port: int) -> None:
    """Wait until a server of this process accepts connections."""
    async with asyncio.timeout(30):
        while (await asyncio.to_thread(knock, port)) is None:
            pass
