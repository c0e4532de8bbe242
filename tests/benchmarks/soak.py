"""Run clients of every kind against one server for a while, then look for leftovers.

    python tests/benchmarks/soak.py --minutes 1
    python tests/benchmarks/soak.py --minutes 30

500 clients use one uvicorn: half of them are healthy, the others slow, vanishing, half-open,
reconnecting and hostile. The page changes ten times a second. At the end, every healthy client
must have the current page, the server must hold nothing for clients that left, its memory must
not have grown, and its log must show only errors of clients. Otherwise the exit status is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import re
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1]))

from soak_clients import DECODERS, HOST, Connection, exchange, get, page_of, resident_kilobytes

from servers import Server, running

FOLDER = Path(__file__).parent
SHARES = {
    "healthy": 0.5,
    "slow": 0.1,
    "vanishing": 0.1,
    "half-open": 0.1,
    "reconnecting": 0.1,
    "hostile": 0.1,
}
RAMP_SECONDS = 5.0
SETTLE_SECONDS = 60.0
STALL_SECONDS = 30.0  # a half-open client waits this long; the server cuts it after ten
SHOWN_FAILURES = 20
MAX_GROWTH = 0.05  # of the server's memory, from the second quarter to the last

# The lines that the server may log: the clients' faults, as logged by fatmorph or uvicorn.
THEIRS = {
    "signals refused": r"WARNING fatmorph\.adapters \w+ /\w+: cannot read (the )?signals?\b",
    "other sites refused": r"WARNING fatmorph\.adapters \w+ /\w+: cannot take POST from",
    "clients cut": r"WARNING fatmorph\.stream cut a stream: nothing was read for 10 seconds",
    "no HTTP": r"WARNING uvicorn\.error Invalid HTTP request received",
}


class Soak:
    """All clients of one server, and their results."""

    def __init__(self, server: Server, *, clients: int, rate: float, seed: int) -> None:
        self.server = server
        self.port = server.port
        self.rate = rate
        self.random = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self.last: dict[str, bytes] = {}
        self.latencies: list[float] = []
        self.memory: list[int] = []
        self.is_over = False
        self._changed_at: list[float] = [time.perf_counter()]
        self._clients = [
            (kind, number)
            for kind, share in SHARES.items()
            for number in range(round(clients * share))
        ]
        self.random.shuffle(self._clients)
        self.clients = len(self._clients)

    async def run(self, minutes: float) -> None:
        """Run all clients, and wait until all of them have disconnected."""
        before = await self._settled_state(None)
        tasks = [asyncio.create_task(self._client(*client)) for client in self._clients]
        await asyncio.sleep(RAMP_SECONDS)
        tasks.append(asyncio.create_task(self._sample()))
        await self._change(time.perf_counter() + minutes * 60)
        self.is_over = True
        await self._settle()
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        self.failures += [repr(end) for end in ends if isinstance(end, Exception)]
        after = await self._settled_state(before)
        if after != before:
            self.failures.append(f"the server held {before} before, and now {after}")
        self._judge_memory()

    async def _client(self, kind: str, number: int) -> None:
        """Play one client, again and again."""
        behave: dict[str, Callable[[str], Awaitable[None]]] = {
            "healthy": self._read_well,
            "slow": self._read_slowly,
            "vanishing": self._vanish,
            "half-open": self._read_nothing,
            "reconnecting": self._reconnect,
            "hostile": self._attack,
        }
        await asyncio.sleep(self.random.uniform(0, RAMP_SECONDS))
        name = f"{kind}-{number}"
        while True:
            self.counts[kind] += 1
            try:
                await behave[kind](name)
            except Exception as error:  # noqa: BLE001 - every exception is a failure
                self.failures.append(f"{name}: {error!r}")
                await asyncio.sleep(1)

    async def _read_well(self, name: str) -> None:
        encoding = list(DECODERS)[int(name.rpartition("-")[2]) // 2 % len(DECODERS)]
        async with self._stream(name, encoding=encoding) as stream:
            await stream.open()
            async for event in stream.events():
                self._got(name, event)
        self.failures.append(f"{name}: the server ended the stream")

    async def _read_slowly(self, name: str) -> None:
        async with self._stream(name, buffer_bytes=4096) as stream:
            await stream.open()
            async for part in stream.events(size=2048, pause_seconds=0.1):
                self._got(name, part)
                if self.is_over:
                    break
            async for event in stream.events():
                self._got(name, event)
        self.failures.append(f"{name}: the server ended the stream")

    async def _vanish(self, name: str) -> None:
        async with self._stream(name) as stream:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.random.uniform(0, 4)):
                    await stream.open()
                    await stream.end()
            stream.vanish()
        await asyncio.sleep(self.random.uniform(0, 1))

    async def _read_nothing(self, name: str) -> None:
        """Stay connected without reading until the server must have cut the connection."""
        async with self._stream(name, buffer_bytes=4096) as stream:
            if self.random.random() < 0.2:
                await stream.open()
                stream.half_close()
            await asyncio.sleep(STALL_SECONDS)
            with suppress(ConnectionError):  # a reset is an end, too
                async with asyncio.timeout(None if self.is_over else STALL_SECONDS):
                    await stream.end()
            self.counts["half-open streams ended by the server"] += 1

    async def _reconnect(self, name: str) -> None:
        async with self._stream(name) as stream:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.random.uniform(1, 4)):
                    await stream.open()
                    await stream.end()

    async def _attack(self, name: str) -> None:
        await asyncio.sleep(self.random.uniform(1, 3))
        attack = self.random.choice((None, *ATTACKS))
        if attack is None:  # leave after half of a body
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await exchange(self.port, _post("/change", b"x" * 1000, self.port)[:-500])
            return
        status, answer = await exchange(self.port, attack.request(self.port))
        if status != attack.status:
            text = f"{name}: {attack.name} got {status}: {answer[:80]!r}"
            self.failures.append(text)

    def _stream(
        self, name: str, *, encoding: str = "identity", buffer_bytes: int = 64 * 1024
    ) -> Connection:
        path = "/live" if int(name.rpartition("-")[2]) % 2 else "/alive"
        return Connection(
            self.port, f"{path}?name={name}", encoding=encoding, buffer_bytes=buffer_bytes
        )

    def _got(self, name: str, event: bytes) -> None:
        if not event.startswith(b"event: datastar-patch-elements"):
            return
        self.last[name] = event
        self.counts["pages read by healthy and slow clients"] += 1
        if name.startswith("healthy") and name.endswith("7"):  # one in ten is enough
            begin = event.index(b'id="changes">') + 13
            number = int(event[begin : event.index(b"<", begin)])
            if number:
                self.latencies.append(time.perf_counter() - self._changed_at[number])

    async def _change(self, end: float) -> None:
        """Request changes on one connection, at the chosen rate."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        begin = time.perf_counter()
        while (now := time.perf_counter()) < end:
            body = b'{"cell": %d, "color": "%d"}' % (
                len(self._changed_at),
                self.random.randrange(4),
            )
            self._changed_at.append(now)
            writer.write(_post("/change", body, self.port, "sec-fetch-site: same-origin"))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(re.findall(rb"content-length: (\d+)", head)[0])
            answer = await reader.readexactly(length)
            if int(answer) != len(self._changed_at) - 1:
                self.failures.append(f"change {len(self._changed_at) - 1} was answered {answer!r}")
            due = begin + (len(self._changed_at) - 1) / self.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        writer.transport.abort()
        self.counts["changes"] = len(self._changed_at) - 1

    async def _settle(self) -> None:
        """Wait until every healthy and slow client has the current page."""
        names = [f"{k}-{n}" for k, n in self._clients if k in ("healthy", "slow")]
        end = time.perf_counter() + SETTLE_SECONDS
        late = names
        while late and time.perf_counter() < end:
            late = [name for name in late if not await self._has_final_page(name)]
            await asyncio.sleep(0.1)
        self.counts["last pages equal to the final state"] = len(names) - len(late)
        if late:
            self.failures.append(f"{len(late)} clients have another page than the last: {late[:9]}")

    async def _has_final_page(self, name: str) -> bool:
        _, body = await exchange(self.port, get(f"/page?name={name}"))
        return page_of(self.last.get(name, b"")) == body

    async def _sample(self) -> None:
        while not self.is_over:
            self.memory.append(resident_kilobytes(self.server.process.pid))
            await asyncio.sleep(1)

    async def _settled_state(self, expected: object) -> object:
        """Return the server's state once it is the expected one, or after a minute."""
        end = time.perf_counter() + SETTLE_SECONDS
        while True:
            _, body = await exchange(self.port, get("/state"))
            state = json.loads(body)
            if state == expected or expected is None or time.perf_counter() > end:
                return state
            await asyncio.sleep(0.5)

    def _judge_memory(self) -> None:
        second, last = _quarter(self.memory, 1), _quarter(self.memory, 3)
        if last > second * (1 + MAX_GROWTH):
            self.failures.append(f"memory grew from {second} kB to {last} kB")


class Attack:
    """A request that the server must refuse with a certain status."""

    def __init__(self, name: str, status: int, body: bytes, header: str = "") -> None:
        self.name = name
        self.status = status
        self._body = body
        self._header = header

    def request(self, port: int) -> bytes:
        """Return the bytes to send."""
        return _post("/change", self._body, port, self._header, is_last=True)


class Garbage(Attack):
    """Bytes that are not HTTP."""

    def request(self, port: int) -> bytes:
        return self._body


class Stream(Attack):
    """Bad signals in the query of a stream, which never opens."""

    def request(self, port: int) -> bytes:
        return get("/live?name=x&datastar=" + self._body.decode())


ATTACKS = (
    Attack("a depth bomb", 400, b'{"cell":' * 20_000),
    Attack("many values", 400, b'{"cell":[' + b"1," * 20_000 + b"1]}"),
    Attack("a long number", 400, b'{"cell":' + b"9" * 5_000 + b"}"),
    Attack("another type", 400, b'{"cell":"secret","color":1}'),
    Attack("no JSON", 400, b"{cell: 1}"),
    Attack("no UTF-8", 400, b'{"cell":1,"color":"\xff"}'),
    Attack("too many bytes", 413, b" " * 1_100_000),
    Attack("another site", 403, b'{"cell":1,"color":"1"}', "sec-fetch-site: cross-site"),
    Attack("another origin", 403, b'{"cell":1,"color":"1"}', "origin: https://evil.example"),
    Garbage("no HTTP", 400, b"\x16\x03\x01 hello\r\n\r\n"),
    Stream("a stream with bad signals", 400, b"%7B%22a%22:"),
)


def _post(path: str, body: bytes, port: int, header: str = "", *, is_last: bool = False) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"host: {HOST}:{port}", f"content-length: {len(body)}"]
    lines += [header] if header else []
    lines += ["connection: close"] if is_last else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _quarter(samples: list[int], number: int) -> int:
    size = max(1, len(samples) // 4)
    return int(statistics.median(samples[number * size : (number + 1) * size] or [0]))


def _judge_log(output: str, failures: list[str]) -> Counter[str]:
    """Return how often each of the clients' faults was logged; other lines are failures."""
    kinds: Counter[str] = Counter()
    for line in output.splitlines():
        kind = next((kind for kind, text in THEIRS.items() if re.match(text, line)), "")
        kinds[kind or "not theirs"] += 1
        if not kind and kinds["not theirs"] <= 10:
            failures.insert(0, f"the server logged: {line[:300]}")
    return kinds


def _report(soak: Soak, log: Counter[str], minutes: float) -> None:
    latencies = sorted(soak.latencies) or [0.0]
    print(
        f"{minutes:g} minutes, {soak.clients} clients, {soak.rate:g} changes/s; "
        f"Python {platform.python_version()}, uvicorn {uvicorn.__version__}, "
        f"{platform.machine()}, {os.cpu_count()} CPUs"
    )
    for name, number in soak.counts.items():
        print(f"  {name:<42}{number:>10}")
    for percent in (50, 99):
        seconds = latencies[min(len(latencies) - 1, len(latencies) * percent // 100)]
        print(f"  change to page, p{percent:<25}{seconds * 1000:>20.0f} ms")
    # The server has ended, so it counts: https://man7.org/linux/man-pages/man2/getrusage.2.html
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    share = seconds / (minutes * 60 + RAMP_SECONDS)
    print(f"  server, of one core{share:>31.0%}")
    for number, name in enumerate(("first", "second", "third", "last")):
        print(f"  memory, {name + ' quarter':<34}{_quarter(soak.memory, number) / 1024:>10.1f} MiB")
    print("the log")
    for kind, count in sorted(log.items()):
        print(f"  {kind:<42}{count:>10}")


def main() -> None:
    """Run the soak, print a report, and exit with 1 after a failure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--rate", type=float, default=10, help="changes per second")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with running([sys.executable, "soak_app.py", "{port}"], cwd=FOLDER) as server:
        soak = Soak(server, clients=options.clients, rate=options.rate, seed=options.seed)
        asyncio.run(soak.run(options.minutes))
        if status := server.stop(within_seconds=5):
            soak.failures.append(f"the server exited with status {status}")
        log = _judge_log(server.output(), soak.failures)
    _report(soak, log, options.minutes)
    for failure in soak.failures[:SHOWN_FAILURES]:
        print("FAILED:", failure)
    print(f"{len(soak.failures)} failures" if soak.failures else "passed")
    sys.exit(bool(soak.failures))


if __name__ == "__main__":
    main()
