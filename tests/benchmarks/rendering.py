"""Measure the time to build and render pages, compared with other libraries.

    python -m pip install 'fatmorph[benchmarks]'
    python tests/benchmarks/rendering.py

Every contender builds the same page, as UTF-8. The outputs are parsed and compared before anything
is timed. Then every turn gets new data: ids, names, colors and addresses that have not been seen
before, so that nothing but a view or a template can have been kept. Rounds are interleaved, so that
a change of the machine's speed affects all contenders alike. The times are processor time, which
other programs hardly affect. The garbage collector stays enabled, as in a program. Quote the
ratios: times differ between machines, ratios hardly do.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module, util
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

from contenders.pages import FIRST_NUMBER, PAGES, Page, tasks_of, tiles_with_changes
from contenders.same_page import difference, parsed

from fatmorph import memo
from fatmorph.datastar.events import patch_elements
from fatmorph.markup._core import ENGINE
from fatmorph.markup._render import render_bytes

FOLDER = Path(__file__).parent / "contenders"
BASE = "fatmorph (C)"
KEYWORDS = "fatmorph (C), keywords and text"

ROWS = (100, 1_000, 10_000)


@dataclass(frozen=True)
class Contender:
    """A way to build the pages: a module of contenders/.

    Args:
        name: Its name in the tables.
        module: The name of the module.
        distribution: The distribution whose version is printed.
        engine: The engine of fatmorph that the module runs on.
        escape: The function to call as `escape()`, as `module:name`; None for the module's own.
    """

    name: str
    module: str
    distribution: str
    engine: str = "C"
    escape: str | None = None


@dataclass(frozen=True)
class Line:
    """A line of a table: the function to time, and what returns new arguments for each call."""

    make: Callable[..., bytes]
    new_arguments: Callable[[], tuple[object, ...]]


def main() -> None:
    """Print the contenders, then one table per page."""
    options = arguments()
    print(f"Python {platform.python_version()}, {platform.machine()}, {options.rounds} rounds")
    contenders = installed([each for each in CONTENDERS if is_wanted(each, options.only)])
    for name in options.pages:
        page = PAGES[name]
        makers = {
            contender: getattr(module, name)
            for contender, module in contenders.items()
            if hasattr(module, name)
        }
        refuse_differences(page, makers)
        lines = {each: Line(make, page.new_data) for each, make in makers.items()}
        print_table(page.title, timed(lines, options.rounds), BASE)
    if not options.only:
        print_event_table(options.pages, contenders[BASE], options.rounds)
        if "tasks" in options.pages:
            print_row_table(contenders, options.rounds)
        if "tiles" in options.pages:
            print_memo_table(contenders, options.rounds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100, help="timed rounds per contender")
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=list(PAGES), metavar="PAGE")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="contenders whose name begins like this"
    )
    return parser.parse_args()


def is_wanted(contender: Contender, only: Sequence[str] | None) -> bool:
    """Return whether to time a contender; the base of the comparison is always timed."""
    name = contender.name.lower()
    wanted = only is None or any(name.startswith(each.lower()) for each in only)
    return wanted or contender.name == BASE


@contextmanager
def engine(name: str) -> Iterator[None]:
    """Let modules that are imported meanwhile have fatmorph with an engine."""
    if name == ENGINE:
        yield
        return
    variable = "1" if name == "Python" else "0"
    with patch.dict(sys.modules), patch.dict(os.environ, FATMORPH_PURE_PYTHON=variable):
        for each in [each for each in sys.modules if each.partition(".")[0] == "fatmorph"]:
            del sys.modules[each]
        if name != import_module("fatmorph.markup._core").ENGINE:
            sys.exit("the compiled engine is missing: python -m pip install -e .")
        yield


# The C function that markupsafe's `escape()` calls for a `str`.
C_ESCAPE = "markupsafe._speedups:_escape_inner"
CONTENDERS = (
    Contender(BASE, "fatmorph", "fatmorph"),
    Contender(KEYWORDS, "fatmorph_keywords", "fatmorph"),
    Contender("fatmorph (C), dicts and text", "fatmorph_dicts", "fatmorph"),
    Contender("fatmorph (Python)", "fatmorph", "fatmorph", "Python"),
    Contender("fatmorph (Python), keywords", "fatmorph_keywords", "fatmorph", "Python"),
    Contender("f-strings, markupsafe's C", "by_hand", "markupsafe", escape=C_ESCAPE),
    Contender("f-strings, markupsafe.escape", "by_hand", "markupsafe"),
    Contender("minijinja", "minijinja", "minijinja"),
    Contender("Jinja2", "jinja2", "jinja2"),
    Contender("Mako", "mako", "mako"),
    Contender("Chameleon", "chameleon", "chameleon"),
    Contender("simple_html", "simple_html", "simple-html"),
    Contender("rusty_tags", "rusty_tags", "rusty-tags"),
    Contender("Stario @baked", "stario_baked", "stario"),
    Contender("Stario, dicts of text", "stario_dicts", "stario"),
    Contender("Stario", "stario", "stario"),
    Contender("htpy", "htpy", "htpy"),
    Contender("FastHTML", "fasthtml", "python-fasthtml"),
    Contender("dominate", "dominate", "dominate"),
    Contender("air", "air", "air"),
)


def installed(contenders: Sequence[Contender]) -> dict[str, ModuleType]:
    """Return the modules of the installed contenders, and print the missing ones."""
    modules: dict[str, ModuleType] = {}
    for contender in contenders:
        try:
            modules[contender.name] = loaded(contender)
        except Exception as error:  # noqa: BLE001 - a library that raises cannot be timed
            print(f"  not measured: {contender.name} ({type(error).__name__}: {error})")
        else:
            print(f"  {contender.name:<34}{installed_version(contender.distribution)}")
    return modules


def loaded(contender: Contender) -> ModuleType:
    """Return a new module for a contender: two of them may share a file."""
    path = FOLDER / f"{contender.module}.py"
    spec = util.spec_from_file_location(f"contenders.{contender.module}", path)
    assert spec is not None and spec.loader is not None
    module = util.module_from_spec(spec)
    with engine(contender.engine):
        spec.loader.exec_module(module)
    if contender.escape:
        library, _, name = contender.escape.partition(":")
        vars(module)["escape"] = getattr(import_module(library), name)
    return module


def installed_version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown version"


def refuse_differences(page: Page, makers: Mapping[str, Callable[..., bytes]]) -> None:
    """End the program if a browser would show the pages of two contenders differently."""
    data = page.new_data()
    expected = parsed(makers[BASE](*data))
    for name, make in makers.items():
        if found := difference(expected, parsed(make(*data))):
            sys.exit(f"{name} makes another page than {BASE} of {page.title}: {found}")


def timed(lines: Mapping[str, Line], rounds: int) -> dict[str, list[float]]:
    """Return each line's processor time in each round, in seconds."""
    seconds: dict[str, list[float]] = {name: [] for name in lines}
    for _ in range(rounds):
        for name, line in lines.items():
            before, arguments = line.new_arguments(), line.new_arguments()
            gc.collect()  # frees the garbage of the previous contender
            line.make(*before)  # warms the processor's caches, and compiles what is compiled
            start = time.thread_time()
            line.make(*arguments)
            seconds[name].append(time.thread_time() - start)
    return seconds


def print_table(title: str, seconds: Mapping[str, Sequence[float]], base: str) -> None:
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    columns = f"{'minimum ms':>12}{'median ms':>12}{base + ' ÷ it':>26}{'it ÷ ' + base:>26}"
    print(f"\n{title:<34}{columns}")
    for name in sorted(medians, key=lambda name: medians[name]):
        ratio = medians[base] / medians[name]
        times = f"{min(seconds[name]) * 1e3:>12.3f}{medians[name] * 1e3:>12.3f}"
        print(f"{name:<34}{times}{ratio:>26.3f}{1 / ratio:>26.2f}")


def print_event_table(pages: Sequence[str], module: ModuleType, rounds: int) -> None:
    """Print the cost of an event next to that of the page's bytes, both without building it."""
    if ENGINE != "C":
        print("\n  not measured: pages as events (fatmorph was told to use its Python engine)")
        return
    for name in pages:
        page = PAGES[name]
        element = getattr(module, f"{name}_view")(*page.new_data())
        lines = {
            "render_bytes(page)": Line(partial(render_bytes, element), tuple),
            "patch_elements(page)": Line(partial(patch_elements, element), tuple),
        }
        print_table(f"{page.title}, built", timed(lines, rounds), "render_bytes(page)")


def print_row_table(contenders: Mapping[str, ModuleType], rounds: int) -> None:
    """Print what a row of a short table costs, and one of a long table."""
    first_numbers = count(FIRST_NUMBER, max(ROWS))

    def new_tasks(rows: int) -> tuple[object, ...]:
        return "ada", tasks_of(next(first_numbers), rows)

    print(f"\n{'microseconds per row of tasks':<34}" + "".join(f"{rows:>12,}" for rows in ROWS))
    for name in (BASE, KEYWORDS):
        make = contenders[name].tasks
        seconds = timed({str(rows): Line(make, partial(new_tasks, rows)) for rows in ROWS}, rounds)
        costs = [statistics.median(seconds[str(rows)]) / rows * 1e6 for rows in ROWS]
        print(f"{name:<34}" + "".join(f"{cost:>12.3f}" for cost in costs))


def print_memo_table(contenders: Mapping[str, ModuleType], rounds: int) -> None:
    """Print what a page costs after a change of one tile, with and without known tiles."""
    memoised = loaded(CONTENDERS[0])
    vars(memoised)["tile_view"] = memo(memoised.tile_view)
    modules = {BASE: contenders[BASE], f"{BASE}, @memo": memoised, KEYWORDS: contenders[KEYWORDS]}
    title = "a tile of 400 has changed"
    data = next(tiles_with_changes())
    if len({module.tiles(*data) for module in (contenders[BASE], memoised)}) > 1:
        sys.exit(f"memo() makes another page when {title}")
    lines = {
        name: Line(module.tiles, partial(next, tiles_with_changes()))
        for name, module in modules.items()
    }
    print_table(title, timed(lines, rounds), BASE)


if __name__ == "__main__":
    main()
