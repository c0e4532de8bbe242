"""Change a thin page at random for a while, and compare every client's page with the last one.

    python tests/benchmarks/thin_soak.py --minutes 1
    python tests/benchmarks/thin_soak.py --minutes 30

300 clients show a page each; half of them leave after some seconds and come back, as a browser
does: with their page and the id of its event. Each client keeps the patches since its last whole
page. At the end they are applied by the simulation of the browser, and the last page, sent whole
after them, must change nothing. Otherwise the exit status is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # what pytest's pythonpath says

from soak_clients import DECODERS, Connection, exchange, get, resident_kilobytes

from fatmorph import Markup
from fatmorph.morph import Patch, simulate
from fatmorph.testing import events_of
from sent_patches import patch_of
from servers import Server, running

FOLDER = Path(__file__).parent
RAMP_SECONDS = 3.0
SETTLE_SECONDS = 60.0
STAY_SECONDS = (1.0, 15.0)
AWAY_SECONDS = (0.0, 3.0)
SHOWN_FAILURES = 10


class Client:
    """A page in a browser: the events since its last whole page, and the id that it has.

    Args:
        name: In the page.
        encoding: One of `DECODERS`.
        stays: Whether it never leaves.
    """

    def __init__(self, name: str, encoding: str, *, stays: bool) -> None:
        self.name = name
        self.encoding = encoding
        self.stays = stays
        self.last_id = ""
        self.change = -1
        self.counts: Counter[str] = Counter()
        self._events: list[bytes] = []

    async def live(self, port: int, rng: random.Random) -> None:
        """Read the page's stream, again and again."""
        await asyncio.sleep(rng.uniform(0, RAMP_SECONDS))
        while True:
            self.counts["connections"] += 1
            try:
                async with asyncio.timeout(None if self.stays else rng.uniform(*STAY_SECONDS)):
                    await self._read(port)
            except TimeoutError:
                await asyncio.sleep(rng.uniform(*AWAY_SECONDS))

    async def _read(self, port: int) -> None:
        path = f"/live?name={self.name}"
        connection = Connection(port, path, encoding=self.encoding, last_id=self.last_id)
        async with connection as stream:
            await stream.open()
            async for event in stream.events():
                self._got(event)

    def _got(self, event: bytes) -> None:
        for line in event.split(b"\n"):
            if line.startswith(b"id:"):
                self.last_id = line[3:].strip().decode()
        if not event.startswith(b"event: datastar-patch-elements"):
            return
        if b"</html>" in event:
            self._events.clear()
        self.counts["whole" if b"</html>" in event else "thin"] += 1
        self._events.append(event)
        _, found, rest = event.partition(b'<p id="changes">')
        if found:
            self.change = int(rest[: rest.index(b"<")])

    def differs(self, page: str) -> bool:
        """Return whether its page is another one than this."""
        events = events_of(b"\n\n".join((*self._events, b"")))
        first, *patches = [patch_of(event) for event in events if event.elements is not None]
        if not isinstance(first.view, Markup):
            return True
        shown = simulate(first.view, tuple(patches)).html
        return simulate(first.view, (*patches, Patch(Markup(page)))).html != shown


class Soak:
    """All clients of one server, and their results."""

    def __init__(self, server: Server, *, clients: int, rate: float, seed: int) -> None:
        self.server = server
        self.rate = rate
        self.failures: list[str] = []
        self.memory: list[int] = []
        self._random = random.Random(seed)
        encodings = list(DECODERS)
        self.clients = [
            Client(f"client-{number}", encodings[number % len(encodings)], stays=number % 8 < 4)
            for number in range(clients)
        ]

    async def run(self, minutes: float) -> None:
        """Run all clients, and compare their pages at the end."""
        tasks = [
            asyncio.create_task(client.live(self.server.port, random.Random(client.name)))
            for client in self.clients
        ]
        await asyncio.sleep(RAMP_SECONDS)
        last = await self._change(time.monotonic() + minutes * 60)
        await self._settle(last)
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        self.failures += [repr(end) for end in ends if isinstance(end, Exception)]
        for client in self.clients:
            _, page = await exchange(self.server.port, get(f"/page?name={client.name}"))
            if client.differs(page.decode()):
                self.failures.append(f"{client.name} ({client.encoding}) shows another page")

    async def _change(self, end: float) -> int:
        """Request changes at the chosen rate; return the number of the last one."""
        body = b""
        while (begin := time.monotonic()) < end:
            self.memory.append(resident_kilobytes(self.server.process.pid))
            seed = b'{"seed": %d}' % self._random.getrandbits(32)
            head = f"POST /change HTTP/1.1\r\nhost: 127.0.0.1:{self.server.port}\r\n"
            head += f"sec-fetch-site: same-origin\r\ncontent-length: {len(seed)}\r\n"
            _, body = await exchange(
                self.server.port, head.encode() + b"connection: close\r\n\r\n" + seed
            )
            await asyncio.sleep(max(0.0, begin + 1 / self.rate - time.monotonic()))
        return int(body)

    async def _settle(self, last: int) -> None:
        """Wait until every client has the last change; those that leave come back for it."""
        end = time.monotonic() + SETTLE_SECONDS
        late = self.clients
        while late and time.monotonic() < end:
            late = [client for client in late if client.change != last]
            await asyncio.sleep(0.1)
        self.failures += [f"{each.name} has change {each.change}, not {last}" for each in late]


def main() -> None:
    """Run, report, and end with status 1 if any page differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--rate", type=float, default=4.0, help="changes per second")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    program = [sys.executable, "thin_soak_app.py", "{port}"]
    with running(program, cwd=FOLDER) as server:
        soak = Soak(server, clients=given.clients, rate=given.rate, seed=given.seed)
        asyncio.run(soak.run(given.minutes))
        _, body = asyncio.run(exchange(server.port, get("/state")))
    counts = sum((client.counts for client in soak.clients), Counter[str]())
    print(f"{given.minutes:g} minutes, {given.clients} clients, {given.rate:g} changes/s; "
          f"Python {platform.python_version()}")  # fmt: skip
    print("the clients read:", dict(counts))
    print("the server:", json.loads(body))
    quarter = max(1, len(soak.memory) // 4)
    print("memory, kB:", soak.memory[0], soak.memory[quarter], soak.memory[-1])
    for failure in soak.failures[:SHOWN_FAILURES]:
        print("FAILED:", failure)
    print(f"{len(soak.failures)} failures" if soak.failures else "passed: every page is the last")
    sys.exit(bool(soak.failures))


if __name__ == "__main__":
    main()
