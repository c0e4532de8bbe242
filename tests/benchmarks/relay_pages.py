"""Live pages per second with one, two and four server processes, connected by a broker.

    python tests/benchmarks/relay_pages.py
    python tests/benchmarks/relay_pages.py nats --streams 200

A page of 400 cells is open in every stream, and each stream renders it for itself. This process
changes the state, publishes, waits until every stream has the new page, and goes on. The numbers
of processes are measured in turn, for a moment each, so that other load on the machine affects all
of them. This process, which reads the streams, and the broker need the machine's cores as well.
"""

import argparse
import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from brokers import BROKERS, broker
from fatmorph import Relay
from servers import HOST, running

FOLDER = Path(__file__).parent
PROCESSES = (1, 2, 4)
REQUEST = f"GET /subscribe HTTP/1.1\r\nhost: {HOST}\r\ndatastar-request: true\r\n\r\n".encode()
LIMIT_SECONDS = 60  # for one change


class Reader(asyncio.Protocol):
    """A stream, in which the number of the newest page is looked for."""

    def __init__(self, pages: "Pages") -> None:
        self._pages = pages
        self._rest = b""
        self._number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(REQUEST)

    def data_received(self, data: bytes) -> None:
        """Look for the number that is awaited, which may be divided."""
        wanted = self._pages.marker
        if self._number != self._pages.number and wanted in self._rest + data:
            self._number = self._pages.number
            self._pages.note_arrival()
        self._rest = data[-len(wanted) :]


class Pages:
    """All open streams of some servers."""

    def __init__(self, ports: list[int], count: int) -> None:
        self._ports = ports
        self._count = count
        self._missing = 0
        self._arrived = asyncio.Event()
        self.number = 0
        self.marker = b"number 0;"

    async def open(self) -> list[asyncio.BaseTransport]:
        """Open the streams, the same number at each server."""
        loop = asyncio.get_running_loop()
        return [
            (
                await loop.create_connection(
                    lambda: Reader(self), HOST, self._ports[number % len(self._ports)]
                )
            )[0]
            for number in range(self._count)
        ]

    def expect(self, number: int) -> None:
        """Wait for this number from now on."""
        self.number, self.marker = number, b"number %d;" % number
        self._missing = self._count
        self._arrived.clear()

    def note_arrival(self) -> None:
        """Note that one stream has the page."""
        self._missing -= 1
        if not self._missing:
            self._arrived.set()

    async def arrived(self) -> None:
        """Wait until every stream has it."""
        async with asyncio.timeout(LIMIT_SECONDS):
            await self._arrived.wait()


def next_number(state: Path) -> int:
    """Change the state; return its number."""
    number = int(state.read_text(encoding="utf-8")) + 1
    written = state.with_suffix(".new")
    written.write_text(str(number), encoding="utf-8")
    written.replace(state)
    return number


async def rate(ports: list[int], count: int, seconds: float, state: Path, url: str) -> float:
    """Return how many pages per second arrived in the streams."""
    relay = Relay[int].connect(url)
    pages = Pages(ports, count)

    def change() -> None:
        pages.expect(next_number(state))
        relay.publish("number", pages.number)

    change()
    streams = await pages.open()
    await pages.arrived()
    change()
    await pages.arrived()  # until here, the processes have subscribed
    begun_at, changes = time.perf_counter(), 0
    while time.perf_counter() - begun_at < seconds:
        change()
        await pages.arrived()
        changes += 1
    found = changes * count / (time.perf_counter() - begun_at)
    for stream in streams:
        stream.close()
    await relay.aclose()
    return found


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", nargs="?", choices=BROKERS, default="redis")
    parser.add_argument("--streams", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    found: dict[int, list[float]] = {count: [] for count in PROCESSES}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        state = Path(folder) / "state"
        state.write_text("1", encoding="utf-8")
        own = stack.enter_context(broker(arguments.kind, Path(folder)))
        command = [sys.executable, "relay_pages_app.py", "{port}"]
        env = {"RELAY": own.url, "STATE": str(state)}
        servers = [
            stack.enter_context(running(command, FOLDER, env)) for _ in range(max(PROCESSES))
        ]
        ports = [server.port for server in servers]
        for _ in range(arguments.rounds):
            for count in PROCESSES:
                pages = rate(ports[:count], arguments.streams, arguments.seconds, state, own.url)
                found[count].append(asyncio.run(pages))
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {arguments.kind}, "
        f"{arguments.streams} streams, median of {arguments.rounds}"
    )
    print("| processes | pages per second | as many times as one process |")
    print("|---:|---:|---:|")
    for count in PROCESSES:
        times = statistics.median(
            more / one for more, one in zip(found[count], found[1], strict=True)
        )
        print(f"| {count} | {statistics.median(found[count]):,.0f} | {times:.2f} |")


if __name__ == "__main__":
    main()
