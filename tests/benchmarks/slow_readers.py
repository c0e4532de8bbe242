"""Show the cost of clients that never read: the server's memory, and other clients' events.

    python tests/benchmarks/slow_readers.py
    python tests/benchmarks/slow_readers.py --slow 200 --seconds 60 --stalled-seconds 30

Every stream is sent the same page of about 35 kB thirty times a second. The slow clients open
their stream and read nothing; they are cut when the socket has accepted nothing for the given
time. A few healthy clients read normally. Linux only: the figures are read from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import socket
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import uvicorn

from fatmorph import Context, Writer, counters, h, static
from fatmorph.adapters.asgi import application
from fatmorph.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1]))

from clients import HOST
from servers import Server, running

EVENTS_PER_SECOND = 30
HEALTHY = 5
PAGE = static(
    h.html(
        h.head(h.title("Tiles")),
        h.body(
            [
                h.div(id=f"cell-{cell}", class_="cell", style="background-color: teal")
                for cell in range(550)
            ]
        ),
    )
)


async def page(c: Context, w: Writer) -> None:
    """Send a page thirty times a second, or the counters for `/counters`."""
    if c.path == "/counters":
        now = counters.snapshot()
        w.json({"streams_open": now.streams_open, "cut": now.cut})
        return
    async for _ in w.alive(max_rate=EVENTS_PER_SECOND):
        w.patch(PAGE)


def main() -> None:
    """Print one line per interval."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--slow", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--stalled-seconds", type=float, default=30.0)
    parser.add_argument("--serve", type=int, metavar="PORT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        settings = Settings(max_stalled_seconds=options.stalled_seconds)
        app = application(page, settings=settings)
        uvicorn.run(app, port=options.serve, access_log=False, log_level="critical")
        return
    print(
        f"{options.slow} clients that never read and {HEALTHY} that do, {EVENTS_PER_SECOND} "
        f"events/s, a stalled client is cut after {options.stalled_seconds:g} s; Python "
        f"{platform.python_version()}, uvicorn {uvicorn.__version__}, {platform.machine()}"
    )
    stalled = ["--stalled-seconds", str(options.stalled_seconds)]
    file = Path(__file__)
    command = [sys.executable, file.name, "--serve", "{port}", *stalled]
    with running(command, cwd=file.parent) as server:
        asyncio.run(watch(server, options.slow, options.seconds))


async def watch(server: Server, slow: int, seconds: int) -> None:
    """Open all clients, and print the server's figures at intervals."""
    taken = [0] * HEALTHY
    async with AsyncExitStack() as stack:
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        readers = [tasks.create_task(read(server.port, taken, n)) for n in range(HEALTHY)]
        await asyncio.sleep(1)
        print("\n|   s | server, MB | connections | streams | cut | healthy, events/s |")
        print("|--:|--:|--:|--:|--:|--:|")
        await report(server, taken, 0, 0.0)
        for _ in range(slow):
            stack.callback(await open_and_never_read(server.port))
        begin = time.monotonic()
        interval = seconds / 12
        while (elapsed := time.monotonic() - begin) < seconds:
            before = sum(taken)
            await asyncio.sleep(interval)
            rate = (sum(taken) - before) / HEALTHY / interval
            await report(server, taken, elapsed + interval, rate)
        for reader in readers:
            reader.cancel()


async def report(server: Server, taken: list[int], elapsed: float, rate: float) -> None:
    """Print one line of figures."""
    reader, writer = await asyncio.open_connection(HOST, server.port)
    writer.write(f"GET /counters HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode().partition("\r\n\r\n")[2]
    writer.close()
    numbers = [int(part.partition(":")[2]) for part in answer.strip("{}").split(",")]
    process = Path(f"/proc/{server.process.pid}")
    pages = int((process / "statm").read_text().split()[1])
    megabytes = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    connections = sum(
        str(link.readlink()).startswith("socket:") for link in (process / "fd").iterdir()
    )
    print(
        f"| {elapsed:3.0f} | {megabytes:.1f} | {connections} | {numbers[0]} | {numbers[1]} "
        f"| {rate:.1f} |",
        flush=True,
    )


async def read(port: int, taken: list[int], number: int) -> None:
    """Read a stream to its end, and count its events."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(f"GET / HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
    try:
        while part := await reader.read(2**16):
            taken[number] += part.count(b"event: ")
    finally:
        writer.transport.abort()


async def open_and_never_read(port: int) -> Callable[[], None]:
    """Open a stream on a socket that is never read; return a function that closes it."""
    client = socket.create_connection((HOST, port))
    client.sendall(f"GET / HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
    await asyncio.sleep(0)
    return client.close


if __name__ == "__main__":
    main()
