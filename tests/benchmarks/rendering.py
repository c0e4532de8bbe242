"""Time how long pages take to build and render, beside other libraries.

    python -m pip install 'fatmorph[benchmarks]'
    python tests/benchmarks/rendering.py

Every contender builds the same page from the same data; the outputs are parsed and compared
before anything is timed. Rounds are interleaved, so that a change of the machine's speed hits
all contenders alike. Quote the ratios: times differ between machines, ratios hardly.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import version

from justhtml import JustHTML

Render = Callable[[], str]

ROWS, COLUMNS = 500, 10
CELLS = [[f"row {row} & column {column}" for column in range(COLUMNS)] for row in range(ROWS)]


def fatmorph_table() -> Render:
    from fatmorph import h, render

    return lambda: render(
        h.table([h.tr([h.td(text, class_="cell") for text in row]) for row in CELLS])
    )


def stario_table() -> Render:
    markup = import_module("stario.markup")
    h = markup.html
    return lambda: str(
        markup.render(
            h.Table([h.Tr([h.Td({"class": "cell"}, text) for text in row]) for row in CELLS])
        )
    )


def htpy_table() -> Render:
    h = import_module("htpy")
    return lambda: str(
        h.table[([h.tr[[h.td(class_="cell")[text] for text in row]] for row in CELLS])]
    )


PAGES: Mapping[str, Mapping[str, Callable[[], Render]]] = {
    f"table {ROWS}×{COLUMNS}": {
        "fatmorph": fatmorph_table,
        "stario": stario_table,
        "htpy": htpy_table,
    }
}


def main() -> None:
    """Print one table per page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40, help="timed rounds per contender")
    rounds: int = parser.parse_args().rounds
    print(f"Python {platform.python_version()}, {platform.machine()}, {rounds} rounds")
    for page, contenders in PAGES.items():
        print_table(page, available(contenders), rounds)


def available(contenders: Mapping[str, Callable[[], Render]]) -> dict[str, Render]:
    """Return the contenders that are installed; name those that are not."""
    found: dict[str, Render] = {}
    for name, make in contenders.items():
        try:
            found[name] = make()
        except ImportError as error:
            print(f"  not measured: {name} ({error})")
    return found


def print_table(page: str, contenders: Mapping[str, Render], rounds: int) -> None:
    """Check that all outputs are the same page, then time them in turn."""
    trees = {
        name: JustHTML(render(), sanitize=False).to_html() for name, render in contenders.items()
    }
    for name, tree in trees.items():
        if tree != trees["fatmorph"]:
            sys.exit(f"{name} renders another page than fatmorph: nothing was timed")
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, render in contenders.items():
            start = time.perf_counter()
            render()
            seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    print(f"\n{page:<22}{'minimum ms':>12}{'median ms':>12}{'fatmorph takes':>18}")
    for name, times in sorted(seconds.items(), key=lambda item: min(item[1])):
        label = f"{name} {version(name)}"
        ratio = f"{medians['fatmorph'] / medians[name]:.2f} ×"
        print(f"{label:<22}{min(times) * 1e3:>12.2f}{medians[name] * 1e3:>12.2f}{ratio:>18}")


if __name__ == "__main__":
    main()
