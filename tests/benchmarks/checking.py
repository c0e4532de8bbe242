"""Compare the time to check a page with the time to render it.

    python tests/benchmarks/checking.py
    FATMORPH_PURE_PYTHON=1 python tests/benchmarks/checking.py

The page is that of the example Tiles with a board of 400 cells, a third of them painted; in the
next page it is a quarter. The promise is the ratio of checking one page to rendering it with the
Python engine. Each time is the minimum of many rounds.
"""

from __future__ import annotations

import io
import pickle
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from fatmorph.markup._render import ENGINE, render
from fatmorph.morph.checks import check, check_change

sys.path.insert(0, str(Path(__file__).parents[1]))
ROUNDS = 50
CELLS = 400


class InPython(pickle.Unpickler):
    """An unpickler that converts the elements of either engine to the Python engine."""

    def find_class(self, module: str, name: str) -> Any:  # Any: a class or function
        """Return the class or function that a pickle names."""
        return super().find_class(module.replace("markup._core", "markup._core_py"), name)


def main() -> None:
    """Print the times, and the ratio that is promised."""
    tiles = import_module("example_programs").example_module("tiles")
    tiles.TILES = range(CELLS)
    page, next_page = (
        tiles.home_view("u1", ["u1", "u2"], dict.fromkeys(range(0, CELLS, step), "u1"))
        for step in (3, 4)
    )
    python = import_module("fatmorph.markup._core_py")
    same_page = InPython(io.BytesIO(pickle.dumps(page))).load()
    if python.render(same_page) != render(page) or check(page, next_page) != ():
        sys.exit("the page is not the same, or not clean")
    rendering, checking = best(lambda: python.render(same_page)), best(lambda: check(page))
    changing = best(lambda: check_change(page, next_page))
    print(f"{ENGINE} engine, {CELLS} cells, least of {ROUNDS} rounds")
    print(f"rendering with the Python engine  {rendering * 1000:6.2f} ms")
    print(f"checking                          {checking * 1000:6.2f} ms")
    print(f"ratio                             {checking / rendering:6.2f}")
    print(f"checking a change                 {changing * 1000:6.2f} ms")


def best(function: Callable[[], object]) -> float:
    """Return the minimum processor time of a call, in seconds."""
    times: list[float] = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        function()
        times.append(time.process_time() - begun)
    return min(times)


if __name__ == "__main__":
    main()
