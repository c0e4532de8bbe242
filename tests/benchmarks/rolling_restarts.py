"""Restart two instances of an application in turn, while pages are open and written to.

    python tests/benchmarks/rolling_restarts.py --minutes 1
    python tests/benchmarks/rolling_restarts.py --minutes 10

500 pages hold a stream through nginx, with the documented configuration; their clients ask again as
Datastar does with `at.subscribe()`. Writes and new pages are sent all the time, and every ten
seconds one instance is marked as down in nginx, stopped, started, and marked as up. With `--abrupt`
nginx is not told. The program prints the failed requests, how long after a write each page showed
it, and whether the counters of all processes add up to what the clients have seen. The exit status
is 1 if a request failed, a page was stale for more than a second, or the numbers differ.

Needs nginx and redis-server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import re
import signal
import sys
import tempfile
import time
from array import array
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

sys.path.insert(0, str(Path(__file__).parents[1]))

from chaos_clients import Interval, Scaler, Waits

from brokers import broker
from integrations.test_proxies import NGINX, documented, program
from servers import HOST, Server, allow_files, free_port, running

FOLDER = Path(__file__).parent
COMMAND = "-m uvicorn rolling_restarts_app:app --port {port} --no-access-log --log-level warning"
SHOWN = re.compile(rb'id="total">(\d+)<')
EVENT = re.compile(rb"^event: datastar-patch-", re.MULTILINE)  # the counted ones
RAMP_SECONDS = 5.0
RESTART_SECONDS = 10.0
ANSWER_SECONDS = 10.0
SILENT_SECONDS = 30.0  # a heartbeat comes every 15
SETTLE_SECONDS = 20.0
STALE_SECONDS = 1.0
WRITE_SECONDS = 0.5
DRAIN_SECONDS = 0.5  # until nginx has its new configuration, and short requests have ended
FILES = 8192
NO_HEAD = "no response"


@dataclass
class Seen:
    """Numbers of all clients together."""

    port: int
    streams: int = 0
    events: int = 0
    body_bytes: int = 0
    is_over: bool = False
    requests: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    breaks: Counter[str] = field(default_factory=Counter)
    written_at: dict[int, float] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The number after the last write."""
        return max(self.written_at, default=0)


class Request:
    """One request to the proxy, and the body of its response in parts."""

    def __init__(self, seen: Seen, line: str, *headers: str) -> None:
        self._seen = seen
        self._line = line
        own = (f"host: {HOST}:{seen.port}", "sec-fetch-site: same-origin", *headers)
        self._head = "\r\n".join([f"{line} HTTP/1.1", *own, "", ""]).encode()

    async def __aenter__(self) -> Self:
        self._seen.requests[self._line.partition("?")[0]] += 1
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                self._reader, self._writer = await asyncio.open_connection(HOST, self._seen.port)
                self._writer.write(self._head)
                head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        except (OSError, EOFError, TimeoutError) as error:
            self._seen.failures[f"{self._line}: {NO_HEAD}, {type(error).__name__}"] += 1
            raise
        self.status = int(head.split()[1])
        if self.status != 200:
            self._seen.failures[f"{self._line}: {self.status}"] += 1
        self._is_chunked = b"transfer-encoding: chunked" in head
        _, _, length = head.partition(b"content-length: ")
        self._length = int(length.split()[0]) if length else 0
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def part(self) -> bytes:
        """Return the next part of the body; empty at its end.

        Raises:
            OSError, EOFError, TimeoutError: It broke off.
        """
        async with asyncio.timeout(SILENT_SECONDS):
            size, self._length = self._length, 0
            if self._is_chunked:
                size = int(await self._reader.readuntil(b"\r\n"), 16)
            try:
                part = await self._reader.readexactly(size)
            except asyncio.IncompleteReadError as error:
                self._seen.body_bytes += len(error.partial)
                raise
            if self._is_chunked:
                await self._reader.readexactly(2)
        self._seen.body_bytes += size if self.status == 200 else 0
        return part


class OpenPage:
    """A page that is open until the end, and asks again after each end of its stream."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._page_id = f"{random.getrandbits(50):x}"
        self._last_id = ""
        self.first = 0
        """The number that its first page showed."""
        self.shown = 0
        self.times = array("d")
        """When it has shown each later number, or a larger one."""

    async def run(self) -> None:
        """Subscribe until the end of the load."""
        await asyncio.sleep(random.uniform(0, RAMP_SECONDS))
        scaler = Scaler()
        waits = Waits(Interval(), scaler)
        while not self._seen.is_over:
            end = "complete"
            try:
                await self._stream(waits, scaler)
            except (OSError, EOFError, TimeoutError) as error:
                end = type(error).__name__
            self._seen.breaks[end] += 1
            await asyncio.sleep(waits.after_end())

    async def _stream(self, waits: Waits, scaler: Scaler) -> None:
        headers = ["datastar-request: true", f"fatmorph-page: {self._page_id}"]
        headers += [f"last-event-id: {self._last_id}"] if self._last_id else []
        async with Request(self._seen, "GET /live?datastar=%7B%7D", *headers) as response:
            if response.status != 200:
                return
            self._seen.streams += 1
            waits.opened()
            rest = b""
            while part := await response.part():
                *events, rest = (rest + part).split(b"\n\n")
                for event in events:
                    self._read(event, waits, scaler)

    def _read(self, event: bytes, waits: Waits, scaler: Scaler) -> None:
        self._seen.events += len(EVENT.findall(event))
        for line in event.split(b"\n"):
            if line in (b"event: datastar-open", b"event: datastar-stop"):
                scaler.begin(is_stop=line.endswith(b"stop"))
            name, _, value = line.partition(b": ")
            if name == b"id":
                self._last_id = value.decode()
            elif name == b"retry":
                waits.told(int(value) / 1000)
        if found := SHOWN.search(event):
            self._show(int(found[1]))

    def _show(self, number: int) -> None:
        if not self.shown:
            self.first = self.shown = number
        now = time.monotonic()
        while self.shown < number:
            self.times.append(now)
            self.shown += 1


async def write(seen: Seen) -> None:
    """Add one, again and again."""
    while True:
        sent_at = time.monotonic()
        headers = ("datastar-request: true", "content-length: 0")
        with suppress(OSError, EOFError, TimeoutError):
            async with Request(seen, "POST /add", *headers) as response:
                body = await response.part()
                if response.status == 200:
                    seen.written_at[int(body)] = sent_at
        await asyncio.sleep(random.uniform(0, 2 * WRITE_SECONDS))


async def load(seen: Seen) -> None:
    """Load the page, again and again."""
    while True:
        with suppress(OSError, EOFError, TimeoutError):
            async with Request(seen, "GET /") as response:
                await response.part()
        await asyncio.sleep(random.uniform(0, 2 * WRITE_SECONDS))


class Proxy:
    """nginx, which is told which instances are down."""

    def __init__(self, folder: Path, ports: list[int]) -> None:
        self.port = free_port()
        self._folder = folder
        self._file = folder / "nginx.conf"
        self._ports = ports
        self.command = [program("nginx"), "-p", folder, "-c", self._file]
        self._write(None)

    def mark_down(self, port: int | None) -> None:
        """Let it pass new requests to all instances but one, or to all."""
        self._write(port)
        os.kill(int((self._folder / "pid").read_text()), signal.SIGHUP)
        time.sleep(DRAIN_SECONDS)

    def _write(self, down: int | None) -> None:
        lines = [
            f"server {HOST}:{port} {'down' if port == down else 'max_fails=0'};"
            for port in self._ports
        ]
        text = re.sub(r"server 127[^;]+;.*", " ".join(lines), documented("nginx"))
        text = text.replace("listen 80", f"listen {HOST}:{self.port} backlog=4096")
        limits = f"events {{ worker_connections {FILES}; }}"
        configuration = NGINX.format(folder=self._folder, text=text).replace("events {}", limits)
        self._file.write_text(configuration, encoding="utf-8")


class Instance:
    """One instance, which is stopped and started again on its port."""

    def __init__(self, env: dict[str, str]) -> None:
        self.port = free_port()
        self._env = env
        self._stack = ExitStack()
        self._server: Server
        self.stop_seconds = 0.0
        """The longest stop."""

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = [sys.executable, *COMMAND.replace("{port}", str(self.port)).split()]
        own = running(command, cwd=FOLDER, env=self._env, port=self.port)
        self._server = self._stack.enter_context(own)

    def stop(self) -> None:
        """Stop it as systemd does, and wait until it has exited."""
        begun_at = time.monotonic()
        self._server.stop(signal.SIGTERM)
        self.stop_seconds = max(self.stop_seconds, time.monotonic() - begun_at)
        if output := self._server.output().strip():
            print(output[:2000], file=sys.stderr)
        self._stack.close()


def replace(instance: Instance, proxy: Proxy | None) -> None:
    """Stop an instance and start it again, while the proxy passes it no requests."""
    if proxy is not None:
        proxy.mark_down(instance.port)
    instance.stop()
    instance.start()
    if proxy is not None:
        proxy.mark_down(None)


async def restart(instances: list[Instance], proxy: Proxy | None, deadline: float) -> int:
    """Restart the instances in turn until the deadline; return how often."""
    count = 0
    while time.monotonic() + RESTART_SECONDS < deadline:
        await asyncio.sleep(RESTART_SECONDS)
        await asyncio.to_thread(replace, instances[count % len(instances)], proxy)
        count += 1
    await asyncio.sleep(max(deadline - time.monotonic(), 0))
    return count


async def run(
    seen: Seen,
    instances: list[Instance],
    proxy: Proxy | None,
    pages: list[OpenPage],
    seconds: float,
) -> int:
    """Run the load; return how often an instance was restarted."""
    opened = [asyncio.create_task(page.run()) for page in pages]
    await asyncio.sleep(RAMP_SECONDS + 1)
    others = [asyncio.create_task(kind(seen)) for kind in (write, write, load, load)]
    restarts = await restart(instances, proxy, time.monotonic() + seconds)
    for task in others:
        task.cancel()
    await asyncio.wait(others)
    deadline = time.monotonic() + SETTLE_SECONDS
    while min(page.shown for page in pages) < seen.total:
        await asyncio.sleep(0.1)
        if time.monotonic() > deadline:
            break
    # The servers stop first, so that they have counted all that the clients read.
    seen.is_over = True
    for instance in instances:
        await asyncio.to_thread(instance.stop)
    for task in opened:
        task.cancel()
    await asyncio.wait(opened)
    return restarts


def staleness(seen: Seen, pages: list[OpenPage]) -> list[float]:
    """Return how long after each write each page showed it, the shortest first."""
    found = [
        at - seen.written_at[page.first + 1 + place]
        for page in pages
        for place, at in enumerate(page.times)
        if page.first + 1 + place in seen.written_at
    ]
    return sorted(found)


def compared(seen: Seen, folder: Path) -> dict[str, tuple[int, int]]:
    """Return what the servers and the clients have counted."""
    processes = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    total = {name: sum(process[name] for process in processes) for name in processes[0]}
    return {
        "streams": (total["streams"], seen.streams),
        "events": (total["events"], seen.events),
        "bytes": (total["bytes_sent"], seen.body_bytes),
        "open at the end": (total["streams_open"], 0),
        "lost or cut": (total["dropped"] + total["cut"] + total["lost"], 0),
        "refused": (total["refused"], 0),
    }


def report(
    seen: Seen, pages: list[OpenPage], instances: list[Instance], restarts: int, folder: Path
) -> bool:
    """Print the numbers; return whether all is well."""
    found = staleness(seen, pages)
    late = sum(seconds > STALE_SECONDS for seconds in found)
    behind = sum(page.shown < seen.total for page in pages)
    print(f"{len(pages)} pages, 2 instances, {restarts} restarts; {platform.platform()}")
    print(f"{os.cpu_count()} processors, load of the last minutes: {os.getloadavg()}")
    print(f"requests: {dict(seen.requests)}; streams that ended: {dict(seen.breaks)}")
    print(f"failed requests: {sum(seen.failures.values())} {dict(seen.failures) or ''}")
    print(f"longest stop of an instance: {max(i.stop_seconds for i in instances):.2f} s")
    print(f"{len(seen.written_at)} writes, shown {len(found)} times; pages behind: {behind}")
    print(
        f"from a write to a page: half within {found[len(found) // 2]:.3f} s, 99 % within "
        f"{found[len(found) * 99 // 100]:.3f} s, the longest {found[-1]:.3f} s; {late} over 1 s"
    )
    numbers = compared(seen, folder)
    for name, (server, client) in numbers.items():
        print(f"{name}: counters {server}, clients {client}")
    is_equal = all(server == client for server, client in numbers.values())
    return not seen.failures and not late and not behind and is_equal


def main() -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--abrupt", action="store_true", help="nginx is not told")
    options = parser.parse_args()
    allow_files(FILES)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        counted = folder / "counters"
        counted.mkdir()
        redis = stack.enter_context(broker("redis", folder))
        env = {**os.environ, "BROKER": redis.url, "COUNTERS": str(counted)}
        instances = [Instance(env), Instance(env)]
        for instance in instances:
            instance.start()
        proxy = Proxy(folder, [instance.port for instance in instances])
        stack.enter_context(running(proxy.command, cwd=folder, port=proxy.port))
        seen = Seen(proxy.port)
        pages = [OpenPage(seen) for _ in range(options.pages)]
        told = None if options.abrupt else proxy
        restarts = asyncio.run(run(seen, instances, told, pages, options.minutes * 60))
        return 0 if report(seen, pages, instances, restarts, counted) else 1


if __name__ == "__main__":
    sys.exit(main())
