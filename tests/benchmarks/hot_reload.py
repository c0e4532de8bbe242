"""Measure hot reload: the time from saving a view to the new page in Chromium.

    python tests/benchmarks/hot_reload.py

Tiles runs under `watchfiles "python main.py" .` with a page open in Chromium and the real
Datastar client. Each save changes the heading; the page itself records when it shows the new one.
The other times come from lines that watchfiles and the server print, at the moment of printing:

    notice     the file is saved → watchfiles has seen it
    exit       → the old process prints that it has finished
    start      → the new process listens: Python, the imports, the server
    reconnect  → the browser has requested the stream again, at a time of its own choice
    show       → the browser shows the new page

`--connect` measures an action other than the two defaults:

    python tests/benchmarks/hot_reload.py --connect 'at.subscribe("/subscribe", retry_scaler=2)'

`--after-error` runs Tiles with `FATMORPH_DEV=1`, and breaks the view before each
save that is measured:

    python tests/benchmarks/hot_reload.py --after-error
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.conftest import CHROMIUM_ARGUMENTS
from browser.datastar_bundle import datastar_bundle_path
from browser.watched_tiles import WatchedTiles, watched_tiles

WRITTEN = 'at.subscribe("/subscribe", include="^user_id$")'
CONNECTIONS = (WRITTEN, 'at.get("/subscribe", retry="always")')
PARTS = ("notice", "exit", "start", "reconnect", "show")
# The text that is printed at the end of each part except the last.
SAID = ("detected", "Finished server process", "Uvicorn running on", '"GET /subscribe')
DEADLINE_SECONDS = 30
# The page returns its own time of day, in seconds, when its heading changes.
WATCH = """text => {
    window.shown = new Promise(resolve => {
        const heading = document.querySelector('h1');
        const look = () => heading.textContent === text
            && resolve((performance.timeOrigin + performance.now()) / 1000);
        new MutationObserver(look).observe(heading, {subtree: true, childList: true,
            characterData: true});
    });
}"""


@dataclass(frozen=True)
class Save:
    """The duration of one save, in seconds."""

    total: float
    parts: tuple[float, ...]


def main() -> None:
    """Print the minimum, median and maximum time of each way to connect."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--saves", type=int, default=20)
    parser.add_argument("--connect", nargs="+", default=CONNECTIONS, metavar="ACTION")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    parser.add_argument("--after-error", action="store_true")
    options = parser.parse_args()
    if options.after_error:
        os.environ["FATMORPH_DEV"] = "1"
    # Compiled modules are cached, as they are wherever a package is installed.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=options.chromium, args=CHROMIUM_ARGUMENTS
        )
        print(f"Python {platform.python_version()}, Chromium {browser.version}, ", end="")
        print(f"{platform.machine()} with {os.cpu_count()} cores, {options.saves} saves each")
        for connect in options.connect:
            page = browser.new_page()
            saves = measured(page, connect, options.saves, after_error=options.after_error)
            report(connect, saves)
        browser.close()


def measured(page: Page, connect: str, saves: int, *, after_error: bool) -> list[Save]:
    """Return the duration of each save, without the first one, which fills the caches."""
    with tempfile.TemporaryDirectory() as folder:
        tiles_folder = Path(folder) / "tiles"
        edits = [(WRITTEN, connect)]
        with watched_tiles(tiles_folder, datastar_bundle_path(), edits=edits) as tiles:
            page.goto(tiles.server.base_url)
            page.locator(".swatch.you").wait_for()
            numbers = range(saves + 1)
            return [save(page, tiles, number, after_error=after_error) for number in numbers][1:]


def save(page: Page, tiles: WatchedTiles, number: int, *, after_error: bool) -> Save:
    """Save another heading and wait until the page shows it."""
    heading = f"Tiles {number + 1}"
    old = 'h.h1("Tiles")' if number == 0 else f'h.h1("Tiles {number}")'
    if after_error:
        tiles.save(old, "h.h1(1 / 0)")
        page.locator("#fatmorph-error").wait_for()
        old = "h.h1(1 / 0)"
    page.evaluate(WATCH, heading)
    position = len(tiles.server.output())
    # The server's start and the last reconnect must not affect this save.
    page.wait_for_timeout(500)
    times = [time.time()]
    tiles.save(old, f'h.h1("{heading}")')
    times.extend(said_times(tiles, position))
    times.append(page.evaluate("window.shown"))
    parts = tuple(later - earlier for earlier, later in pairwise(times))
    return Save(times[-1] - times[0], parts)


def said_times(tiles: WatchedTiles, position: int) -> list[float]:
    """Return the time at which each text of `SAID` was printed during a restart."""
    times: list[float] = []
    deadline = time.time() + DEADLINE_SECONDS
    while len(times) < len(SAID):
        if time.time() > deadline:
            raise TimeoutError(f"no {SAID[len(times)]!r} in:\n{tiles.server.output()}")
        # In this order, because the browser may send the old process a last request as it ends.
        found = tiles.server.output().find(SAID[len(times)], position)
        if found < 0:
            time.sleep(0.001)
        else:
            times.append(time.time())
            position = found
    return times


def report(connect: str, saves: Sequence[Save]) -> None:
    """Print the figures of one way to connect, in seconds."""
    print(f"\n{connect}")
    print(f"  {'':<10}{'least':>8}{'median':>8}{'worst':>8}")
    rows = {name: [save.parts[i] for save in saves] for i, name in enumerate(PARTS)}
    rows["together"] = [save.total for save in saves]
    for name, seconds in rows.items():
        figures = (min(seconds), statistics.median(seconds), max(seconds))
        print(f"  {name:<10}" + "".join(f"{each:>8.3f}" for each in figures))


if __name__ == "__main__":
    main()
