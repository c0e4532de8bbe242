"""Open and close many streams, then measure the memory of idle ones.

    python tests/benchmarks/churn.py
    python tests/benchmarks/churn.py --cycles 10000 --streams 2000

First, ten thousand clients connect, read a page and leave, by a clean end or a reset: memory and
tasks must not grow. Then idle streams are opened. The memory of each is printed next to that of a
stream of a three-line application on the same server. The exit status is 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import statistics
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1]))

from soak_clients import DECODERS, Connection, exchange, get, resident_kilobytes

from servers import running

FOLDER = Path(__file__).parent
AT_ONCE = 50
BATCHES = 20
MAX_GROWTH = 0.03  # of memory, from the second quarter of all cycles to the last
MAX_IDLE_KILOBYTES = 25  # the promise: per stream, more than the bare server
WARM_STREAMS = 200  # opened first, so that modules, pools and caches are not counted


def main() -> None:
    """Print the leftovers of closed streams, and the memory of open ones."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cycles", type=int, default=10_000)
    parser.add_argument("--streams", type=int, default=2_000)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # children inherit it
    print(
        f"Python {platform.python_version()}, uvicorn {uvicorn.__version__}, "
        f"{platform.machine()}, {os.cpu_count()} CPUs"
    )
    is_flat = asyncio.run(churn(options.cycles))
    is_light = asyncio.run(weigh(options.streams))
    sys.exit(not (is_flat and is_light))


async def churn(cycles: int) -> bool:
    """Connect and leave many times; return whether the server holds no more than before."""
    with running([sys.executable, "soak_app.py", "{port}"], cwd=FOLDER) as server:
        before = await state(server.port)
        memory: list[int] = []
        for _ in range(BATCHES):
            for _ in range(cycles // BATCHES // AT_ONCE):
                await asyncio.gather(*(cycle(server.port, number) for number in range(AT_ONCE)))
            memory.append(resident_kilobytes(server.process.pid))
        after = await settled_state(server.port, before)
    second, last = (statistics.median(memory[n : n + BATCHES // 4]) for n in (5, 15))
    is_flat = after == before and last <= second * (1 + MAX_GROWTH)
    print(
        f"{cycles} connections: {memory[0]} kB after the first {cycles // BATCHES}, "
        f"{second:.0f} kB in the second quarter, {last:.0f} kB in the last; "
        f"tasks {before['tasks']} before, {after['tasks']} after: "
        + ("kept" if is_flat else f"BROKEN: {before} before, {after} after")
    )
    return is_flat


async def cycle(port: int, number: int) -> None:
    """Connect, read a page and leave."""
    async with Connection(port, page(number)) as stream:
        await first_event(stream)
        if number % 2:
            stream.vanish()


async def weigh(streams: int) -> bool:
    """Print the memory of an idle stream; return whether the promise is kept."""
    bare = await stream_kilobytes(streams, "identity", "bare")
    print(f"{streams} idle streams; one on a bare ASGI application: {bare:.1f} kB")
    promised = 0.0
    for encoding in DECODERS:
        over = await stream_kilobytes(streams, encoding) - bare
        promised = over if encoding == "identity" else promised
        print(f"  fatmorph, {encoding:<9}{over:>8.1f} kB more")
    is_light = promised <= MAX_IDLE_KILOBYTES
    print(f"promise of {MAX_IDLE_KILOBYTES} kB, identity: {'kept' if is_light else 'BROKEN'}")
    return is_light


async def stream_kilobytes(streams: int, encoding: str, kind: str = "") -> float:
    """Return the memory per stream, measured over many in a new server process."""
    with running([sys.executable, "soak_app.py", "{port}", kind], cwd=FOLDER) as server:
        async with AsyncExitStack() as stack:
            memory: list[int] = []
            for count in (WARM_STREAMS, streams):
                for number in range(count):
                    path = page(number)
                    connection = Connection(server.port, path, encoding=encoding, buffer_bytes=8192)
                    await first_event(await stack.enter_async_context(connection))
                memory.append(resident_kilobytes(server.process.pid))
        return (memory[1] - memory[0]) / streams


def page(number: int) -> str:
    return f"/live?name=healthy-{number:04}"


async def first_event(stream: Connection) -> None:
    await stream.open()
    async for _ in stream.events():
        return


async def state(port: int) -> dict[str, object]:
    """Return the server's state: its tasks, subscriptions, streams and files."""
    _, body = await exchange(port, get("/state"))
    found: dict[str, object] = json.loads(body)
    return found


async def settled_state(port: int, expected: dict[str, object]) -> dict[str, object]:
    """Return the server's state once it is the expected one, or after some seconds."""
    for _ in range(50):
        found = await state(port)
        if found == expected:
            break
        await asyncio.sleep(0.2)
    return found


if __name__ == "__main__":
    main()
