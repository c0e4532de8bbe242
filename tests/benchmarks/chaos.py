"""Let a live page fail in every way while its servers are stopped and killed.

    python tests/benchmarks/chaos.py --minutes 1
    python tests/benchmarks/chaos.py --minutes 10
    python tests/benchmarks/chaos.py --minutes 2 --only Django

300 tabs, three of them in Chromium, hold the stream of one page. Its handler fails at random:
before, in and after its first page, in its view or its source, with a 4xx or a 5xx. Orders are
sent to a handler that fails after it has saved them. Meanwhile, servers are stopped by a signal or
a limit of requests, or killed, and the next one starts. At the end every tab must have the current
page, and the server must hold nothing. No tab may ask more often than ten times in any ten
seconds, apart from switches to it. Otherwise the exit status is 1.
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
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from playwright.async_api import (
    Browser,
    Error as BrowserError,
    Page,
    Request,
    Response,
    async_playwright,
)

sys.path.insert(0, str(Path(__file__).parents[1]))

from chaos_clients import Asked, Order, Tab, exchanged

from browser.conftest import CHROMIUM_ARGUMENTS
from browser.datastar_bundle import datastar_bundle_path
from servers import Server, free_port, running

FOLDER = Path(__file__).parent
VERSION = "1.0.4"  # earlier ones ask more often after a 4xx or a 5xx: see docs/reference/at.md
UVICORN = "-m uvicorn chaos_app:app --port {port} --no-access-log"
STARTS = {
    "serve(app)": "chaos_app.py",
    "uvicorn": UVICORN,
    "hypercorn": "-m hypercorn chaos_app:app --bind 127.0.0.1:{port} --workers 0",
    "uvicorn --limit-max-requests": UVICORN + " --limit-max-requests {limit}",
    "Quart, serve(app)": "chaos_quart.py",
    "Quart, hypercorn": "-m hypercorn chaos_quart:app --bind 127.0.0.1:{port} --workers 0",
    "Django, serve(app)": "chaos_django.py",
    "Django, hypercorn": "-m hypercorn chaos_django:app --bind 127.0.0.1:{port} --workers 0",
}
# Each outage may cost ten requests in ten seconds, so a server lives longer than that.
LIVED_SECONDS = 10.0, 20.0
AWAY_SECONDS = 0.0, 3.0
REQUESTS = 2.5, 4.0  # of each tab, before a server with a limit stops
AT_LIMIT = "Maximum request limit"  # in the log of uvicorn
EXIT_SECONDS = 5.0
CHANGE_SECONDS = 0.5
ORDER_SECONDS = 1.0
TAB_SWITCH_SECONDS = 5.0, 20.0
RAMP_SECONDS = 3.0
SETTLE_SECONDS = 45.0
SHOWN_FAILURES = 20
# Lines of a log which show that a task, an error or a coroutine was lost. When hypercorn stops, it
# cancels connections that have just arrived, which the streams of Python 3.11 report.
LOST = re.compile(
    "never retrieved|never awaited|Task was destroyed|Fatal Python|"
    "asynchronous generator|Unhandled|"
    r"Exception in callback (?!StreamReaderProtocol\.connection_made)"
)
RESET = re.compile(r"head: ConnectionResetError")
SHOW = """isHidden => {
    Object.defineProperty(document, 'hidden', {value: isHidden, configurable: true})
    document.dispatchEvent(new Event('visibilitychange'))
}"""
HAS_CURRENT_PAGE = """async () => {
    const text = await (await fetch('/')).text()
    const page = new DOMParser().parseFromString(text, 'text/html')
    return document.body.outerHTML === page.body.outerHTML
}"""


class BrowserTab:
    """A tab in Chromium, which is hidden and shown, and loaded again after a 204."""

    def __init__(self, page: Page, url: str, asked: Asked) -> None:
        self.page = page
        self.asked = asked
        self._url = url
        self._is_unsubscribed = asyncio.Event()
        page.on("request", self._note)
        page.on("response", self._note_status)
        page.on("pageerror", lambda error: asked.report(f"{asked.name}: {error}"))

    async def run(self) -> None:
        """Switch to the tab and away from it, for ever."""
        await self._load()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(random.uniform(*TAB_SWITCH_SECONDS)):
                    await self._is_unsubscribed.wait()
                await self._load()
                continue
            await self.page.evaluate(SHOW, True)
            await asyncio.sleep(random.uniform(0, 1))
            self.asked.show()
            await self.page.evaluate(SHOW, False)

    async def has_current_page(self) -> bool:
        """Return whether the tab shows what the server would send now."""
        with suppress(BrowserError):
            return bool(await self.page.evaluate(HAS_CURRENT_PAGE))
        return False

    async def _load(self) -> None:
        self._is_unsubscribed.clear()
        self.asked.load()
        while True:
            with suppress(BrowserError):
                await self.page.goto(self._url)
                return
            await asyncio.sleep(0.5)

    def _note(self, request: Request) -> None:
        if "/live" in request.url:
            self.asked.note()

    def _note_status(self, response: Response) -> None:
        if "/live" in response.url:
            self.asked.ends.append(str(response.status))
            if response.status == 204:
                self._is_unsubscribed.set()


class Chaos:
    """All clients and servers, and their results."""

    def __init__(self, *, tabs: int, browser_tabs: int, only: str, folder: Path) -> None:
        self._starts = [name for name in STARTS if only in name]
        # The first and the last: hypercorn holds closed connections until its idle timeout.
        self._checked = next((name for name in self._starts if "hypercorn" not in name), "uvicorn")
        self.failures: list[str] = []
        self.counts: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.most_requests = 0
        self._port = free_port()
        self._url = f"http://127.0.0.1:{self._port}/"
        self._state = folder / "state.json"
        self._tabs = [
            Tab(self._port, f"tab {number}", self._report) for number in range(tabs - browser_tabs)
        ]
        self._tab_count = tabs
        self._browser_tab_count = browser_tabs
        self._browser_tabs: list[BrowserTab] = []
        self._orders: list[Order] = []
        self._stops = 0
        self._cuts = 0

    async def run(self, minutes: float, browser: Browser) -> None:
        """Run everything, and check what is left."""
        end = time.monotonic() + minutes * 60
        async with self._server(self._checked):
            before = await self._held()
        context = await browser.new_context()
        for number in range(self._browser_tab_count):
            asked = Asked(f"Chromium {number}", self._report)
            tab = BrowserTab(await context.new_page(), self._url, asked)
            self._browser_tabs.append(tab)
        tasks = [asyncio.create_task(self._after_a_while(tab)) for tab in self._tabs]
        browsing = [asyncio.create_task(tab.run()) for tab in self._browser_tabs]
        changing = [asyncio.create_task(self._change()), asyncio.create_task(self._send_orders())]
        await self._restart(end)
        async with self._server(self._checked):
            await self._end(changing + browsing)
            await self._settle()
            await self._end(tasks)
            await context.close()
            after = await self._settled(before)
            if after != before:
                self._report(f"the server held {before} before, and now {after}")
        self._count()

    async def _after_a_while(self, tab: Tab) -> None:
        await asyncio.sleep(random.uniform(0, RAMP_SECONDS))
        await tab.run()

    async def _restart(self, end: float) -> None:
        """Start servers and end them, one after another."""
        while time.monotonic() < end:
            start = random.choice(self._starts)
            async with self._server(start) as server:
                await asyncio.sleep(random.uniform(*LIVED_SECONDS))
                self._stops += 1
                if "limit" in start:
                    await self._reach_limit(server)
                    await self._wait_for_exit(server, "a limit of requests", EXIT_SECONDS)
                elif random.random() < 0.5:
                    self._cuts += 1
                    server.process.kill()
                    await self._wait_for_exit(server, "SIGKILL", EXIT_SECONDS)
                else:
                    self._cuts += "hypercorn" in start
                    server.process.send_signal(signal.SIGTERM)
                    await self._wait_for_exit(server, "SIGTERM", EXIT_SECONDS)
                self._stops += 1
            await asyncio.sleep(random.uniform(*AWAY_SECONDS))

    async def _reach_limit(self, server: Server) -> None:
        """Send requests until the server has had enough."""
        while server.process.poll() is None and AT_LIMIT not in server.output():
            with suppress(OSError, EOFError):
                await exchanged(self._port, "GET /")

    @asynccontextmanager
    async def _server(self, start: str) -> AsyncIterator[Server]:
        limit = str(round(random.uniform(*REQUESTS) * self._tab_count))
        command = [sys.executable, *STARTS[start].replace("{limit}", limit).split()]
        version = None if os.environ.get("FATMORPH_DATASTAR") else VERSION
        env = {"DATASTAR": str(datastar_bundle_path(version)), "STATE": str(self._state)}
        run = running(command, FOLDER, env, port=self._port)
        server = await asyncio.to_thread(run.__enter__)
        self.counts[f"servers, {start}"] += 1
        try:
            yield server
        finally:
            if server.process.poll() is None:
                await asyncio.to_thread(server.stop, within_seconds=EXIT_SECONDS)
            for line in filter(LOST.search, server.output().splitlines()):
                self._report(f"{start} logged: {line[:300]}")
            await asyncio.to_thread(run.__exit__, None, None, None)

    async def _wait_for_exit(self, server: Server, reason: str, seconds: float) -> None:
        self.counts[f"servers ended by {reason}"] += 1
        try:
            await asyncio.to_thread(server.process.wait, seconds)
        except subprocess.TimeoutExpired:
            self._report(f"a server did not exit after {reason}: {server.output()[-2000:]}")
            server.process.kill()

    async def _change(self) -> None:
        while True:
            with suppress(OSError, EOFError):
                await exchanged(self._port, "POST /change")
                self.counts["changes"] += 1
            await asyncio.sleep(CHANGE_SECONDS)

    async def _send_orders(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                self.counts["orders"] += 1
                group.create_task(self._send_order(f"{self.counts['orders']}"))
                await asyncio.sleep(ORDER_SECONDS)

    async def _send_order(self, number: str) -> None:
        order, cuts, stops = Order(self._port, number, self._report), self._cuts, self._stops
        await order.send()
        self.counts["orders answered"] += order.is_answered
        # The system resets connections that wait in a listening socket when it is closed.
        has_waited = stops != self._stops and all(map(RESET.search, order.broken))
        if order.broken and cuts == self._cuts and not has_waited:
            self._report(
                f"the response to order {number} broke off, but no server cut it: {order.broken}"
            )

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        for end in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(end, Exception):
                self._report(repr(end))

    async def _settle(self) -> None:
        """Let the handler fail no more, and wait until every tab has the current page."""
        for tab in self._browser_tabs:
            await tab.page.evaluate(SHOW, False)
        settling = [asyncio.create_task(tab.run()) for tab in self._browser_tabs]
        await exchanged(self._port, "POST /change?calm")
        end = time.monotonic() + SETTLE_SECONDS
        late: list[str] = ["all"]
        while late and time.monotonic() < end:
            await asyncio.sleep(0.5)
            page = await exchanged(self._port, "GET /")
            late = [tab.asked.name for tab in self._tabs if tab.page != page]
            late += [
                tab.asked.name for tab in self._browser_tabs if not await tab.has_current_page()
            ]
        await self._end(settling)
        count = len(self._tabs) + len(self._browser_tabs)
        self.counts["last pages equal to the final state"] = count - len(late)
        if late:
            self._report(f"{len(late)} tabs have another page than the last: {late[:9]}")

    async def _held(self) -> object:
        return json.loads(await exchanged(self._port, "GET /held"))

    async def _settled(self, expected: object) -> object:
        """Return what the server holds once it is the expected, or after a while."""
        end = time.monotonic() + SETTLE_SECONDS
        while True:
            held = await self._held()
            if held == expected or time.monotonic() > end:
                return held
            await asyncio.sleep(0.5)

    def _count(self) -> None:
        asked = [tab.asked for tab in self._tabs] + [tab.asked for tab in self._browser_tabs]
        self.counts["requests of all tabs"] = sum(tab.count for tab in asked)
        self.most_requests = max(tab.most for tab in asked)
        for tab in self._tabs:
            self.answers.update(tab.ends)

    def _report(self, failure: str) -> None:
        self.failures.append(failure)


async def run(options: argparse.Namespace) -> Chaos:
    """Run the chaos with a browser."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        chaos = Chaos(
            tabs=options.tabs,
            browser_tabs=options.browser_tabs,
            only=options.only,
            folder=Path(folder),
        )
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=options.chromium, args=CHROMIUM_ARGUMENTS
            )
            await chaos.run(options.minutes, browser)
            await browser.close()
    return chaos


def main() -> None:
    """Run the chaos, print a report, and exit with 1 after a failure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--tabs", type=int, default=300)
    parser.add_argument("--browser-tabs", type=int, default=3)
    parser.add_argument("--only", default="", help="part of the names of servers to run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    options = parser.parse_args()
    random.seed(options.seed)
    chaos = asyncio.run(run(options))
    print(
        f"{options.minutes:g} minutes, {options.tabs} tabs, {options.browser_tabs} of them in "
        f"Chromium; Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} CPUs"
    )
    for name, number in sorted(chaos.counts.items()):
        print(f"  {name:<42}{number:>10}")
    print("ends of streams, without Chromium's")
    for name, number in sorted(chaos.answers.items()):
        print(f"  {name:<42}{number:>10}")
    for failure in chaos.failures[:SHOWN_FAILURES]:
        print("FAILED:", failure)
    verdict = f"{len(chaos.failures)} failures" if chaos.failures else "passed"
    print(f"{verdict}: at most {chaos.most_requests} requests of one tab in any 10 s")
    sys.exit(bool(chaos.failures))


if __name__ == "__main__":
    main()
