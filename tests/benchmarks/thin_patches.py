"""Measure thin patches against whole pages: bytes, time on the server, time in the browser.

    python tests/benchmarks/thin_patches.py [--rounds 20] [--rows 10000] [--no-browser]

1. A table of keyed, memoised rows, and five changes of it: the bytes of both, the time of both on
   the server, with the rows built, and the client's script time for both in Chromium.
2. Streams that each show a page of their own with a board of 400 cells, of which one cell changes:
   the time for a page, uncompressed and with Brotli; and the same for all that `w.live()` does,
   from the change to the bytes for the socket. The cells are memoised in boards of their own, or
   in 20 memoised rows of one board, below the user's name, as in fan_out.py.

Before anything is timed, both ways are compared: by the simulation, and the HTML in the browser.
Server times are processor time; the ways take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, TypeAlias, cast

sys.path.insert(0, str(Path(__file__).parents[1]))  # what pytest's pythonpath says
sys.path.insert(0, str(Path(__file__).parent / "fan_out_servers"))

import views_fatmorph
import views_fatmorph_rows
from board import Rows

from fatmorph import Element, Relay, Writer, at, data, dom_id, h, memo
from fatmorph._thin_pages import ThinPages
from fatmorph.compression import stream_compressor
from fatmorph.datastar.events import patch_elements
from fatmorph.markup._core import ENGINE
from fatmorph.markup._render import render_bytes
from fatmorph.morph import diff, simulate
from fatmorph.morph.difference import difference, safe_regions, shown_page
from fatmorph.settings import Settings

STREAMS = 500
CELLS = 400
COLORS = ("white", "tan", "teal")
COMPARED_ROWS = 200
SHORT_CALLS = 100
BROTLI_BYTES = 1536 * 1024  # as `Settings.max_compression_bytes`


def plain_row_view(number: int, price: int) -> Element:
    """Return a row of the table."""
    return h.tr(h.td(number), h.td("A product"), h.td(price), id=dom_id("row", number))


row_view = memo(max_entries=100_000, max_bytes=1 << 30)(plain_row_view)


def table_view(rows: Sequence[tuple[int, int]], view: Callable[[int, int], Element]) -> Element:
    """Return a page with a table."""
    body = h.tbody([view(*row) for row in rows], id="rows")
    return h.html(h.head(h.title("Prices")), h.body(h.table(body)))


def changes(count: int) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield the name and the rows of each change of a table of some rows."""
    rows = [(number, 100) for number in range(count)]
    middle = count // 2
    yield "one row changed", [*rows[:middle], (middle, 101), *rows[middle + 1 :]]
    yield "one inserted on top", [(count, 100), *rows]
    yield "one removed", [*rows[:middle], *rows[middle + 1 :]]
    yield "two swapped", [rows[1], rows[0], *rows[2:]]
    yield "all reversed", rows[::-1]


def plain_cell_view(number: int, color: str) -> Element:
    """Return a cell of the board."""
    return h.button(
        data.on("click", at.post(f"/paint/{number}")),
        id=dom_id("tile", number),
        class_={"tile": True, "painted": color != "white"},
        style={"background": color},
        aria_label=f"Tile {number}",
    )


cell_view = memo(plain_cell_view)


class OwnBoards:
    """Boards of memoised cells, one for each stream; a change paints one cell of each."""

    name = "a board of memoised cells for each stream"

    def __init__(self, count: int = STREAMS) -> None:
        self._boards = [[COLORS[0]] * CELLS for _ in range(count)]
        self._changes = 0

    def change(self) -> None:
        """Change a cell of each board."""
        self._changes += 1
        for number, colors in enumerate(self._boards):
            cell = (self._changes + 37 * number) * 37 % CELLS
            colors[cell] = COLORS[(COLORS.index(colors[cell]) + 1) % len(COLORS)]

    def view(self, number: int, *, is_memoised: bool = True) -> Element:
        """Return the page of a stream."""
        view = cell_view if is_memoised else plain_cell_view
        cells = [view(each, color) for each, color in enumerate(self._boards[number])]
        return h.html(h.head(h.title("Tiles")), h.body(h.main(h.div(cells, id="board"), id="page")))


class SharedRows:
    """A board of memoised rows, on a page with the name of each stream."""

    name = "a page with a name and one board of memoised rows"

    def __init__(self) -> None:
        self._board = Rows()

    def change(self) -> None:
        """Change a cell of the board."""
        self._board.change()

    def view(self, number: int, *, is_memoised: bool = True) -> Element:
        """Return the page of a stream."""
        rows = self._board.rows
        if is_memoised:
            return views_fatmorph_rows.page(f"user-{number}", rows)
        first = views_fatmorph.cell_view
        width = len(rows[0])
        board = h.div(
            [
                h.div(
                    [first(row * width + column, color) for column, color in enumerate(colors)],
                    id=dom_id("row", row),
                    class_="row",
                )
                for row, colors in enumerate(rows)
            ],
            id="board",
        )
        return views_fatmorph.page_around(f"user-{number}", board)


Boards: TypeAlias = OwnBoards | SharedRows


class Stream:
    """As much of a stream as thin pages need."""

    events = 0

    def note_kept_page(self, page: object, size: int) -> None:
        """Count nothing."""


def milliseconds(call: Callable[[], object], rounds: int) -> float:
    """Return the median processor time of a call."""
    times = []
    for _ in range(rounds):
        begun = process_time()
        call()
        times.append(process_time() - begun)
    return 1e3 * median(times)


def encoded(patches: Sequence[Any], ids: int) -> bytes:
    """Return the events of patches as a stream sends them, with the number of the page's ids."""
    events = b"".join(
        patch_elements(each.view, selector=each.selector, mode=each.mode, namespace=each.namespace)
        for each in patches
    )
    return b"%bdata: ids %d\n\n" % (events[:-1], ids)


def check_law() -> None:
    """End the program if a thin change of a small table leaves another page."""
    before = table_view([(number, 100) for number in range(COMPARED_ROWS)], row_view)
    for name, rows in changes(COMPARED_ROWS):
        after = table_view(rows, row_view)
        if simulate(before, diff(before, after)).nodes != simulate(before, after).nodes:
            sys.exit(f"{name}: a thin patch leaves another page")


def print_table(
    rows: int, rounds: int, browser_times: Callable[[str, str, list[Any]], Any]
) -> None:
    """Print the bytes and times of changes of a table."""
    first = [(number, 100) for number in range(rows)]
    before = table_view(first, row_view)
    shown = shown_page(before, len(patch_elements(before)))
    print(f"\n{rows} rows              bytes         server ms           script ms in the browser")
    print("                      whole    thin   whole  thin  diff   whole    thin")
    for name, changed in changes(rows):
        after = table_view(changed, row_view)
        patches = diff(before, after)
        whole, thin = patch_elements(after), encoded(patches, len(changed) + 1)

        def send_whole(rows: list[tuple[int, int]] = changed) -> bytes:
            return patch_elements(table_view(rows, row_view))

        def send_thin(rows: list[tuple[int, int]] = changed) -> bytes:
            return encoded(difference(shown, table_view(rows, row_view)).patches, len(rows) + 1)

        whole_ms, thin_ms = milliseconds(send_whole, rounds), milliseconds(send_thin, rounds)
        diff_ms = milliseconds(lambda page=after: difference(shown, page), rounds)
        slow, fast = browser_times(str(before), str(after), list(patches))
        print(
            f"{name:20} {len(whole):8} {len(thin):7} {whole_ms:7.1f} {thin_ms:5.1f} {diff_ms:5.1f}"
            f" {slow:7.1f} {fast:7.1f}"
        )


def print_streams(rounds: int, boards: Boards) -> None:
    """Print the time of a page of a stream, whole and thin."""
    thin = [ThinPages(cast("Any", Stream())) for _ in range(STREAMS)]
    compressors = [[stream_compressor("br", BROTLI_BYTES) for _ in thin] for _ in range(2)]
    for number, each in enumerate(thin):
        each.event(boards.view(number))
        each._events = 0

    def whole_pages(*, is_compressed: bool) -> None:
        for number in range(STREAMS):
            event = patch_elements(boards.view(number))
            if is_compressed:
                compressors[0][number].compress(event)  # type: ignore[union-attr]

    def thin_pages(*, is_compressed: bool) -> None:
        for number in range(STREAMS):
            event = thin[number].event(boards.view(number))
            thin[number]._events = 0
            if is_compressed:
                compressors[1][number].compress(event)  # type: ignore[union-attr]

    boards.change()
    size = len(thin[0].event(boards.view(0)))
    print(f"\n{STREAMS} streams, {boards.name}: a change takes {size} bytes; µs for a page")
    thin[0]._events = 0
    for name, is_compressed in (("uncompressed", False), ("with Brotli", True)):
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for way, found in zip((whole_pages, thin_pages), times, strict=True):
                boards.change()
                begun = process_time()
                way(is_compressed=is_compressed)
                found.append((process_time() - begun) / STREAMS * 1e6)
        print_ratio(name, *map(median, times))


def print_diff(rounds: int, boards: Boards) -> None:
    """Print the time of finding the difference, as a part of that of building and rendering."""
    for name, is_memoised in (("without memo", False), ("with memo", True)):
        before = boards.view(0, is_memoised=is_memoised)
        shown = shown_page(before, len(render_bytes(before)))
        boards.change()
        after = boards.view(0, is_memoised=is_memoised)
        finding = microseconds(partial(safe_regions, shown, after), rounds)
        drawing = microseconds(
            lambda m=is_memoised: patch_elements(boards.view(0, is_memoised=m)), rounds
        )
        print(
            f"{name:14} diff {finding:7.1f} µs, building and rendering {drawing:7.1f} µs,"
            f" diff ÷ both {finding / drawing:6.3f}"
        )


def print_ratio(name: str, whole: float, thin: float) -> None:
    """Print two times, and how many times as fast the second is."""
    print(f"{name:14} whole {whole:7.0f}  thin {thin:7.0f}  whole ÷ thin {whole / thin:6.2f}")


def microseconds(call: Callable[[], object], rounds: int) -> float:
    """Return the median processor time of a short call: the clock takes longer than some."""
    return 1e3 * milliseconds(lambda: [call() for _ in range(SHORT_CALLS)], rounds) / SHORT_CALLS


class Sink:
    """A connection whose client reads everything at once.

    Args:
        sent: Has an item for each page.
    """

    def __init__(self, sent: asyncio.Queue[None]) -> None:
        self._sent = sent

    async def start(self, status: int, headers: object) -> None:
        """Take the head."""

    async def send(self, data: bytes, *, more: bool) -> None:
        """Take a page."""
        self._sent.put_nowait(None)

    async def wait_closed(self) -> None:
        """Stay."""
        await asyncio.Event().wait()


async def live_microseconds(rounds: int, coding: str, boards: Boards, *, is_thin: bool) -> float:
    """Return the median processor time of a page of a live stream."""
    relay, sent = Relay[int](), asyncio.Queue[None]()

    async def shown(page: int) -> float:
        boards.change()
        begun = process_time()
        relay.publish("change", page)
        for _ in range(STREAMS):
            await sent.get()
        return process_time() - begun

    lives = []
    for number in range(STREAMS):
        w = Writer(Sink(sent), settings=Settings(thin=is_thin), accept_encoding=coding)
        changed = relay.subscribe("*", latest=True)
        lives.append(asyncio.create_task(w.live(partial(boards.view, number), changed)))
    times = [await shown(page) for page in range(rounds + 1)][1:]
    for live in lives:
        live.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    return median(times) / STREAMS * 1e6


def print_live(rounds: int, boards: Boards) -> None:
    """Print the time of a page of `w.live()`, whole and thin."""
    print("the same, all that w.live() does")
    for name, coding in (("uncompressed", "identity"), ("with Brotli", "br")):
        slow, fast = (
            asyncio.run(live_microseconds(rounds, coding, boards, is_thin=is_thin))
            for is_thin in (False, True)
        )
        print_ratio(name, slow, fast)


def in_browser(play: Any) -> Callable[[str, str, list[Any]], tuple[float, float]]:
    """Return a function that times whole pages and patches in the real client."""

    def timed(before: str, after: str, patches: list[Any]) -> tuple[float, float]:
        sent = [
            {
                "elements": "" if each.view is None else str(each.view),
                "mode": each.mode,
                **({"selector": each.selector} if each.selector else {}),
            }
            for each in patches
        ]
        times: tuple[list[float], list[float]] = ([], [])
        pages = set()
        for _ in range(3):
            for way, found in zip(([{"elements": after}], sent), times, strict=True):
                taken, html = play.evaluate(TIMED, [before, way])
                found.append(taken)
                pages.add(html)
        if len(pages) != 1:
            sys.exit("a thin patch leaves another page in the browser")
        return median(times[0]), median(times[1])

    return timed


# The page is laid out before and not after: the layout is the same for both ways.
TIMED = """async ([before, sent]) => {
    const patch = argsRaw => document.dispatchEvent(new CustomEvent('datastar-fetch', {
        detail: { type: 'datastar-patch-elements', el: document.documentElement, argsRaw } }))
    patch({ elements: before })
    document.body.offsetHeight
    await new Promise(done => setTimeout(done, 50))
    const begun = performance.now()
    for (const each of sent) patch(each)
    const taken = performance.now() - begun
    return [taken, document.body.innerHTML]
}"""


def main(arguments: Sequence[str]) -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--no-browser", action="store_true")
    given = parser.parse_args(arguments)
    check_law()
    print(f"CPython {sys.version.split()[0]}, the {ENGINE} engine")
    for boards in (OwnBoards(), SharedRows()):
        print_streams(given.rounds, boards)
        print_live(given.rounds, boards)
        print_diff(given.rounds, boards)
    if given.no_browser:
        print_table(given.rows, given.rounds, lambda *_: (float("nan"), float("nan")))
        return
    from playwright.sync_api import sync_playwright

    from browser.conftest import CHROMIUM_ARGUMENTS
    from browser.datastar_bundle import datastar_bundle_path
    from browser.differential.client import client_page

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        with client_page(browser, datastar_bundle_path()) as page:
            print_table(given.rows, given.rounds, in_browser(page))
        print(f"Chromium {browser.version}")


if __name__ == "__main__":
    main(sys.argv[1:])
