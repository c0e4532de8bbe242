"""Measure the state of open pages: the time of a change, and the memory of a page.

    python tests/benchmarks/page_state.py

The time is that of `page.changed()` for a page whose stream waits, until the event loop of the
stream knows that it has to run. The memory is that of an open page with a waiting stream, and of
a page that was left, not counting your object and the request. At the end, the time of 10,000
pages is over, and nothing is left of them.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import tracemalloc
from dataclasses import dataclass

from fatmorph import Context, Pages

PROMISED_MICROSECONDS = 2.0
PROMISED_BYTES = 1000
CHANGES = 1_000  # few, so that the calls of the event loop stay in the cache
ROUNDS = 200
PAGES = 10_000
KEEP_SECONDS = 300.0


@dataclass
class Clock:
    """A clock that the program sets."""

    seconds: float = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


@dataclass
class Figures:
    """Bytes, in all."""

    opened: int
    left: int
    forgotten: int


def main() -> None:
    """Print a line for each figure; fail if one is more than is promised."""
    print(f"Python {sys.version.split()[0]}, least of {ROUNDS} rounds of {CHANGES:,} changes")
    microseconds = asyncio.run(microseconds_of_a_change())
    print(f"{microseconds:8.2f} µs  page.changed(); {PROMISED_MICROSECONDS:g} are promised")
    figures = asyncio.run(bytes_of_pages())
    print(f"{figures.opened / PAGES:8.0f} B   an open page; {PROMISED_BYTES} are promised")
    print(f"{figures.left / PAGES:8.0f} B   a page that was left")
    print(f"{figures.forgotten:8} B   after the time of {PAGES:,} pages, for all of them")
    is_kept = microseconds <= PROMISED_MICROSECONDS and figures.opened <= PROMISED_BYTES * PAGES
    sys.exit(not (is_kept and figures.forgotten < PROMISED_BYTES))


async def microseconds_of_a_change() -> float:
    """Return the time of `page.changed()` for a page whose stream waits."""
    loop = asyncio.get_running_loop()
    times: list[float] = []
    async with Pages(object).open(request(0)) as page:
        source = page.changes
        for _ in range(ROUNDS):
            seconds = 0.0
            for _ in range(CHANGES):
                waiter = loop.create_future()
                waiter.add_done_callback(task_wakeup)
                source.watch(waiter)
                begun = time.perf_counter()
                page.changed()
                seconds += time.perf_counter() - begun
                source.unwatch()
                source.skip()
            times.append(seconds / CHANGES * 1e6)
            await asyncio.sleep(0)
    return min(times)


def task_wakeup(waiter: asyncio.Future[None]) -> None:
    """Stand for the task that awaits a future: its event loop calls it when the future is done."""


async def bytes_of_pages() -> Figures:
    """Return the memory of open pages, of the same pages when they were left, and at the end."""
    clock, state = Clock(), object()
    pages = Pages(lambda: state, keep_seconds=KEEP_SECONDS, clock=clock)
    requests = [request(number) for number in range(PAGES)]
    async with pages.open(requests[0]):  # so that the first page's imports do not count
        pass
    clock.seconds += KEEP_SECONDS
    len(pages)
    tracemalloc.start()
    begin = traced_bytes()
    blocks = [pages.open(c) for c in requests]
    sources = [(await block.__aenter__()).changes for block in blocks]
    waiter = asyncio.get_running_loop().create_future()
    for source in sources:
        source.watch(waiter)
    opened = traced_bytes() - begin
    for source, block in zip(sources, blocks, strict=True):
        source.unwatch()
        await block.__aexit__(None, None, None)
    del blocks, block, sources, source
    left = traced_bytes() - begin
    clock.seconds += KEEP_SECONDS
    len(pages)
    return Figures(opened, left, traced_bytes() - begin)


def traced_bytes() -> int:
    """Return the memory in use."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def request(number: int) -> Context:
    """Return the request of a page's stream."""
    headers = [("fatmorph-state", f"1000000000-2000000000-3000000000-{number}")]
    return Context(method="GET", path="/subscribe", headers=headers, client="127.0.0.1")


if __name__ == "__main__":
    main()
