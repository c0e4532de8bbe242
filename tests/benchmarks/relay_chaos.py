"""Kill a relay's broker and its servers again and again, and look at every page at the end.

    python tests/benchmarks/relay_chaos.py redis
    python tests/benchmarks/relay_chaos.py nats --kills 3 --streams 60

Three server processes hold the streams, and a process without a server changes the state and
publishes. The broker is ended with SIGKILL and started again, as are the servers. At the end, every
page must show the final state within one retry wait, and no stream or subscription may be left.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from brokers import BROKERS, Broker, broker, until
from clients import request
from servers import HOST, Server, free_port, running

FOLDER = Path(__file__).parent
SERVERS = 3
RETRY_SECONDS = 1.0  # as `at.subscribe()` waits at first
LONGEST_RETRY_SECONDS = 10.0  # as `at.subscribe()` waits at last: the limit of the end
REQUEST = f"GET /subscribe HTTP/1.1\r\nhost: {HOST}\r\ndatastar-request: true\r\n\r\n".encode()


@dataclass
class Page:
    """One open page: the number that it shows, and how often it has connected."""

    port: int
    number: int = 0
    connections: int = 0
    is_open: bool = field(default=False, repr=False)

    async def run(self) -> None:
        """Read the stream, and connect again after each end, as a browser does."""
        while True:
            with suppress(OSError):
                await self._read()
            self.is_open = False
            await asyncio.sleep(RETRY_SECONDS * random.random())

    async def _read(self) -> None:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            self.connections += 1
            writer.write(REQUEST)
            rest = b""
            while part := await reader.read(65536):
                self.is_open = True
                *pages, rest = (rest + part).split(b"number ")
                for page in [*pages, rest]:
                    digits, mark, _ = page.partition(b";")
                    if mark and digits.isdigit():
                        self.number = int(digits)
        finally:
            writer.transport.abort()


@dataclass(frozen=True)
class Result:
    """The outcome of a run."""

    final: int
    seconds: float
    shown: Sequence[int]
    connections: int
    left_over: Sequence[dict[str, Any]]
    left_on_broker: int


async def chaos(kind: str, *, streams: int, broker_kills: int, server_kills: int) -> Result:
    """Run the servers, the pages and the publisher, and return what is seen at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mortal = stack.enter_context(broker(kind, folder))
        unused = mortal.counts("fatmorph")[1]
        state = folder / "state"
        state.write_text("0", encoding="utf-8")
        env = {"RELAY": mortal.url, "STATE": str(state)}
        servers = Servers(stack, env)
        pages = [Page(servers.ports[number % SERVERS]) for number in range(streams)]
        tasks = [asyncio.create_task(page.run()) for page in pages]
        await until(lambda: all(page.is_open for page in pages))
        publisher = start_publisher(env)
        kills = ["broker"] * broker_kills + ["server"] * server_kills
        random.shuffle(kills)
        for victim in kills:
            await asyncio.sleep(random.uniform(0.2, 1))
            if victim == "broker":
                await restarted(mortal)
            else:
                await asyncio.to_thread(servers.kill_one)
        await asyncio.to_thread(publisher.communicate, b"end")
        assert publisher.returncode == 0, "the publisher could not send its last changes"
        final = int(state.read_text(encoding="utf-8"))
        seconds = await seconds_until(pages, final)
        shown = [page.number for page in pages]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        left_over = await asyncio.to_thread(servers.left_over)
        await until(lambda: mortal.counts("fatmorph")[1] == unused)
        return Result(
            final,
            seconds,
            shown,
            sum(page.connections for page in pages),
            left_over,
            mortal.counts("fatmorph")[1] - unused,
        )


async def restarted(mortal: Broker) -> None:
    """End a broker without a word, and start it again after a moment."""
    await asyncio.to_thread(mortal.kill)
    await asyncio.sleep(random.uniform(0, 0.5))
    await asyncio.to_thread(mortal.start)


async def seconds_until(pages: Sequence[Page], final: int) -> float:
    """Wait until all pages show a number, at most one retry wait; return how long it took."""
    begun_at = time.monotonic()
    while any(page.number != final or not page.is_open for page in pages):
        if time.monotonic() - begun_at > LONGEST_RETRY_SECONDS:
            break
        await asyncio.sleep(0.02)
    return time.monotonic() - begun_at


class Servers:
    """The server processes, each on its port."""

    def __init__(self, stack: ExitStack, env: dict[str, str]) -> None:
        self._stack = stack
        self._env = env
        self.ports = [free_port() for _ in range(SERVERS)]
        self._running = [self._started(port) for port in self.ports]

    def kill_one(self) -> None:
        """End one server without a word, and start it again on its port."""
        number = random.randrange(SERVERS)
        self._running[number].stop(signal.SIGKILL)
        self._running[number] = self._started(self.ports[number])

    def left_over(self) -> list[dict[str, Any]]:
        """Wait until the servers hold no stream; return what they still hold."""
        deadline = time.monotonic() + 30
        while True:
            found = [json.loads(request(port, "/left-over")[1]) for port in self.ports]
            is_empty = not any(each["streams"] or each["subscriptions"] for each in found)
            if is_empty or time.monotonic() > deadline:
                return found
            time.sleep(0.05)

    def _started(self, port: int) -> Server:
        command = [sys.executable, "relay_chaos_app.py", "{port}"]
        return self._stack.enter_context(running(command, FOLDER, self._env, port=port))


def start_publisher(env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "relay_chaos_app.py", "publish"],
        cwd=FOLDER,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
    )


def main() -> None:
    """Run it as the command line says, and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=BROKERS)
    parser.add_argument("--streams", type=int, default=300)
    parser.add_argument("--kills", type=int, default=10, help="of the broker")
    parser.add_argument("--server-kills", type=int, default=3)
    arguments = parser.parse_args()
    result = asyncio.run(
        chaos(
            arguments.kind,
            streams=arguments.streams,
            broker_kills=arguments.kills,
            server_kills=arguments.server_kills,
        )
    )
    stale = sum(number != result.final for number in result.shown)
    print(f"{arguments.kind}: {arguments.streams} pages, {result.final} changes")
    print(f"pages that do not show the final state after {result.seconds:.2f} s: {stale}")
    print(f"connections of pages: {result.connections}")
    print(f"left over on the servers: {result.left_over}")
    print(f"left over on the broker: {result.left_on_broker}")
    if stale or result.left_on_broker:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
