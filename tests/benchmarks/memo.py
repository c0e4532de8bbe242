"""Measure what `memo()` saves: one cell of 400 changes, and the page is built and rendered again.

    python tests/benchmarks/memo.py [--rounds 40]

The cells are those of the Tiles page, with an id, a class mapping, a style mapping, a label and
an action each; the plain ones have ready text instead. Before the timing begins, the pages of all
ways are compared byte for byte. The times are processor time, and the ways take turns.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from statistics import median
from time import process_time

from fatmorph import Element, at, data, dom_id, h, memo, render_bytes
from fatmorph.markup._core import ENGINE

CELLS = 400
CHANGES_PER_ROUND = 20
CALLS = 2_000
COLORS = ("white", "tan", "teal")


def cell_view(number: int, color: str) -> Element:
    """Return a cell as the tutorial writes it."""
    return h.button(
        data.on("click", at.post(f"/paint/{number}")),
        id=dom_id("tile", number),
        class_={"tile": True, "painted": color != "white"},
        style={"background": color},
        aria_label=f"Tile {number}",
    )


def plain_cell_view(number: int, color: str) -> Element:
    """Return a cell of which each attribute is ready text."""
    return h.button(
        {"data-on:click": f"@post('/paint/{number}')"},
        id=f"tile-{number}",
        class_="tile painted" if color != "white" else "tile",
        style=f"background: {color}",
        aria_label=f"Tile {number}",
    )


CellView = Callable[[int, str], Element]


class Board:
    """A board of which one cell changes before each page."""

    def __init__(self, cell_view: CellView) -> None:
        self._cell_view = cell_view
        self._colors = [COLORS[0]] * CELLS
        self._changes = 0

    def next_page(self) -> bytes:
        """Change one cell, and return the page."""
        self._changes += 1
        color = COLORS[(self._changes // CELLS + self._changes) % len(COLORS)]
        self._colors[self._changes * 37 % CELLS] = color
        cells = [self._cell_view(number, color) for number, color in enumerate(self._colors)]
        return render_bytes(h.main(h.div(cells, id="board"), id="page"))


def microseconds(call: Callable[[], object], times: int) -> float:
    """Return the processor time of one call."""
    begun = process_time()
    for _ in range(times):
        call()
    return (process_time() - begun) / times * 1e6


def page_times(rounds: int) -> dict[str, float]:
    """Return the median time of a page for each way, in microseconds."""
    views: dict[str, CellView] = {
        "as the tutorial writes it": cell_view,
        "the same, memoised": memo(cell_view),
        "ready text": plain_cell_view,
        "ready text, memoised": memo(plain_cell_view),
    }
    boards = {way: Board(view) for way, view in views.items()}
    for _ in range(2 * CELLS):
        pages = [board.next_page() for board in boards.values()]
        if pages[0] != pages[1] or pages[2] != pages[3]:
            sys.exit("a memoised page differs from its original")
    times: dict[str, list[float]] = {way: [] for way in boards}
    for _ in range(rounds):
        for way, board in boards.items():
            gc.collect()
            times[way].append(microseconds(board.next_page, CHANGES_PER_ROUND))
    return {way: median(found) for way, found in times.items()}


def call_times(rounds: int) -> dict[str, float]:
    """Return the median time of one call, in nanoseconds."""
    kept, new = memo(plain_cell_view), memo(plain_cell_view)
    numbers = iter(range(sys.maxsize))
    calls: dict[str, Callable[[], object]] = {
        "known values": lambda: kept(7, "tan"),
        "values never seen before": lambda: new(next(numbers), "tan"),
        "without memo": lambda: plain_cell_view(next(numbers), "tan"),
    }
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(1e3 * microseconds(call, CALLS))
    return {name: median(found) for name, found in times.items()}


def main(arguments: Sequence[str]) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args(arguments).rounds
    print(f"CPython {sys.version.split()[0]}, the {ENGINE} engine")
    pages = page_times(rounds)
    for way, time in pages.items():
        print(f"{way:28} {time:8.0f} µs")
    slow, fast, *_ = pages.values()
    print(f"memoised ÷ without memo      {fast / slow:8.3f}")
    for name, time in call_times(rounds).items():
        print(f"{name:28} {time:8.0f} ns")


if __name__ == "__main__":
    main(sys.argv[1:])
