"""The clients of a chaos run: tabs without a browser, and senders of orders.

They wait and ask again as Datastar 1.0.4 does, with the options of `at.subscribe()`, or with the
client's own ones for an order.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from soak_clients import HOST, page_of

__all__ = ("Asked", "Interval", "Order", "Tab", "Waits", "exchanged")

WINDOW_SECONDS = 10.0
MOST_IN_WINDOW = 10
# A tab that is shown again asks at once, and another time if it was waiting to ask.
MORE_WHEN_SHOWN = 2
MOST_SHOWN = 20
ANSWER_SECONDS = 10.0  # for the head of a response
SILENT_SECONDS = 15.0  # the server sends a heartbeat every two
RELOAD_SECONDS = 2.0
MAX_WAIT_SECONDS = 10.0
ORDER_ATTEMPTS = 10


class Interval:
    """The `retryInterval` of `at.subscribe()`, which is computed whenever the client reads it."""

    def __init__(self) -> None:
        self._count = 0
        self._end = 0.0
        self._wait = 0.0

    def __float__(self) -> float:
        now = time.monotonic()
        if now >= self._end:
            self._count = self._count + 1 if now - self._end < 3 else 0
            self._wait = (80 + random.random() * 40) * min(2**self._count, 80) / 1000
            self._end = now + self._wait
        return self._wait


class Scaler:
    """The `retryScaler` of `at.subscribe()`, which is read once per failure."""

    def __init__(self) -> None:
        self._quick = 3
        self._is_restart = False
        self._at: list[float] = []

    def begin(self, *, is_stop: bool) -> None:
        """Note the event `datastar-stop`, or `datastar-open`."""
        self._is_restart = is_stop and self._recent() < 2
        self._quick = 3 if self._is_restart or not self._recent() else 0

    def __float__(self) -> float:
        if not self._is_restart:
            self._at.append(time.monotonic())
        self._quick -= 1
        if self._quick >= 0:
            return 1.25
        return 2.0 if self._is_restart else 2 + self._recent() / 2

    def _recent(self) -> int:
        now = time.monotonic()
        self._at = [at for at in self._at if now - at < WINDOW_SECONDS]
        return len(self._at)


class Number(Protocol):
    """A number, an `Interval` or a `Scaler`."""

    def __float__(self) -> float: ...


class Waits:
    """How long the client waits before it asks again.

    Args:
        base: The `retryInterval`; a `retry:` line replaces it.
        scaler: The `retryScaler`.
    """

    def __init__(self, base: Number, scaler: Number) -> None:
        self._base = self._next = base
        self._scaler = scaler

    def opened(self) -> None:
        """Note a 200."""
        self._next = self._base

    def told(self, seconds: float) -> None:
        """Note a `retry:` line."""
        self._base = self._next = seconds

    def after_end(self) -> float:
        """Return the wait after the end of a response, or after a server that was not found."""
        wait = float(self._next)
        self._next = min(float(self._next) * float(self._scaler), MAX_WAIT_SECONDS)
        return wait


@dataclass
class Asked:
    """The requests of one tab."""

    name: str
    report: Callable[[str], None]
    times: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_SHOWN))
    shown: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_SHOWN))
    ends: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_SHOWN))
    count: int = 0
    most: int = 0

    def show(self) -> None:
        """Note that the user switches to the tab."""
        self.shown.append(time.monotonic())
        self.ends.append("shown again")

    def load(self) -> None:
        """Begin again: a page that its user loads again is another page."""
        self.times.clear()
        self.ends.clear()

    def note(self) -> None:
        """Count a request; report a tab that asks more than once a second."""
        now = time.monotonic()
        self.count += 1
        self.times.append(now)
        within = sum(now - asked < WINDOW_SECONDS for asked in self.times)
        within -= MORE_WHEN_SHOWN * sum(now - shown < WINDOW_SECONDS for shown in self.shown)
        self.most = max(self.most, within)
        if within > MOST_IN_WINDOW:
            times = ", ".join(f"{asked - now:.1f}" for asked in self.times)
            self.report(f"{self.name} asked {within} times, at {times} s: {list(self.ends)}")
            self.times.clear()


class Tab:
    """A tab that subscribes to `/live`, and is loaded again after it has been unsubscribed."""

    def __init__(self, port: int, name: str, report: Callable[[str], None]) -> None:
        self.page = b""
        self.asked = Asked(name, report)
        self.ends: dict[str, int] = {}
        self._port = port
        self._report = report

    async def run(self) -> None:
        """Subscribe, for ever."""
        while True:
            await self._load()
            await asyncio.sleep(random.uniform(0, RELOAD_SECONDS))
            self.asked.load()

    async def _load(self) -> None:
        """Subscribe until a 204."""
        scaler = Scaler()
        waits = Waits(Interval(), scaler)
        self._page_id = f"{random.getrandbits(50):x}"
        self._last_id = ""
        while True:
            self.asked.note()
            self._ending = ""
            try:
                status = await self._stream(waits, scaler)
                end, wait = str(status), 0.0 if status == 204 else waits.after_end()
            except TimeoutError:
                self._report(f"{self.asked.name}: the server was silent")
                end, wait = "silent", waits.after_end()
            except (OSError, EOFError) as error:
                end, wait = type(error).__name__, waits.after_end()
            self.asked.ends.append(f"{self._ending} {end}, {wait:.2f} s")
            self.ends[end] = self.ends.get(end, 0) + 1
            if end == "204":
                if self._last_id != "fatmorph:unsubscribed":
                    self._report(f"{self.asked.name}: a 204 came unasked: {self.asked.ends[-1]}")
                return
            await asyncio.sleep(wait)

    async def _stream(self, waits: Waits, scaler: Scaler) -> int:
        """Return the status of a response that is complete; read its events."""
        head = [
            "GET /live?datastar=%7B%7D HTTP/1.1",
            f"host: {HOST}:{self._port}",
            "datastar-request: true",
            "sec-fetch-site: same-origin",
            f"fatmorph-page: {self._page_id}",
            "fatmorph-signals: include=",
            *([f"last-event-id: {self._last_id}"] if self._last_id else []),
        ]
        response = _response(self._port, head)
        async with response as (status, chunks):
            self._ending = response.ending
            if status != 200:
                return status
            waits.opened()
            event, rest = b"", b""
            async for chunk in chunks:
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if line in (b"event: datastar-open", b"event: datastar-stop"):
                        scaler.begin(is_stop=line.endswith(b"stop"))
                    event += line + b"\n"
                    if not self._read_line(line, waits):
                        self.page = page_of(event) or self.page
                        event = b""
        return status

    def _read_line(self, line: bytes, waits: Waits) -> bool:
        """Return whether the event goes on after the line."""
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"id":
            self._last_id = value.decode()
        elif name == b"retry":
            waits.told(int(value) / 1000)
        return bool(line)


class Order:
    """An order that is sent until the client takes it as answered."""

    def __init__(self, port: int, number: str, report: Callable[[str], None]) -> None:
        self.broken: list[str] = []
        self.is_answered = False
        self._port = port
        self._number = number
        self._report = report
        self._has_head = False

    async def send(self) -> None:
        """Send the order, and again after each failure of the network."""
        waits = Waits(1.0, 2.0)
        for _ in range(ORDER_ATTEMPTS):
            try:
                await self._send()
            except TimeoutError:
                self._report(f"order {self._number}: the server was silent")
            except (OSError, EOFError) as error:
                if not isinstance(error, ConnectionRefusedError):
                    self.broken.append(f"{'body' if self._has_head else 'head'}: {error!r}")
                await asyncio.sleep(waits.after_end())
            else:
                self.is_answered = True
                return

    async def _send(self) -> None:
        head = [
            f"POST /order?number={self._number} HTTP/1.1",
            f"host: {HOST}:{self._port}",
            "datastar-request: true",
            "sec-fetch-site: same-origin",
            "content-length: 2",
        ]
        self._has_head = False
        async with _response(self._port, head, b"{}") as (_, chunks):
            self._has_head = True
            async for _ in chunks:
                pass


async def exchanged(port: int, line: str) -> bytes:
    """Return the body of a whole response; the request has no body."""
    head = [f"{line} HTTP/1.1", f"host: {HOST}", "sec-fetch-site: same-origin"]
    head += ["content-length: 0"] if line.startswith("POST") else []
    async with _response(port, head) as (_, chunks):
        return b"".join([chunk async for chunk in chunks])


class _response:  # noqa: N801 - used like a function
    """A status, and the parts of a body that break off with an error if it does."""

    def __init__(self, port: int, head: list[str], body: bytes = b"") -> None:
        self._port = port
        self._request = "\r\n".join([*head, "", ""]).encode() + body

    async def __aenter__(self) -> tuple[int, AsyncIterator[bytes]]:
        async with asyncio.timeout(ANSWER_SECONDS):
            self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
            try:
                self._writer.write(self._request)
                head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
            except BaseException:
                self._writer.transport.abort()
                raise
        _, _, ending = head.partition(b"x-ending: ")
        self.ending = ending.split()[0].decode() if ending else ""
        return int(head.split()[1]), self._parts(head)

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _parts(self, head: bytes) -> AsyncIterator[bytes]:
        reader = self._reader
        if b"transfer-encoding: chunked" not in head:
            _, _, length = head.partition(b"content-length: ")
            yield await reader.readexactly(int(length.split()[0]) if length else 0)
            return
        while True:
            async with asyncio.timeout(SILENT_SECONDS):
                line = await reader.readuntil(b"\r\n")
                part = (await reader.readexactly(int(line, 16) + 2))[:-2]
            if not part:
                return
            yield part
