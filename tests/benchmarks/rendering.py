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
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module, util
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from contenders.pages import FIRST_NUMBER, PAGES, Page, tasks_of
from contenders.same_page import difference, parsed

from fatmorph import html
from fatmorph.datastar.events import patch_elements
from fatmorph.markup._core import ENGINE
from fatmorph.markup._render import render_bytes

FOLDER = Path(__file__).parent / "contenders"
BASE = "fatmorph (C)"
KEYWORDS = "fatmorph (C), keywords and text"
ENGINES = {"C": "fatmorph.markup._core_c", "Python": "fatmorph.markup._core_py"}

ROWS = (100, 1_000, 10_000)


@dataclass(frozen=True)
class Contender:
    """A way to build the pages: a module of contenders/, and the names replaced in it."""

    name: str
    module: str
    distribution: str
    bound: Callable[[], Mapping[str, object]] = field(default=dict)


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


def engine_names(engine: str) -> Mapping[str, object]:
    """Return the catalog and the renderer of an engine, even if fatmorph chose the other one."""
    core = import_module(ENGINES[engine])
    # A module, as in `from fatmorph import h`, so that names are looked up equally fast.
    catalog = ModuleType("h")
    for name in html.__all__:
        setattr(catalog, name, core.Tag(getattr(html, name).name))
    return {"h": catalog, "render_bytes": core.render_bytes}


def markupsafe_names() -> Mapping[str, object]:
    return {"escape": import_module("markupsafe").escape}


def markupsafe_c_names() -> Mapping[str, object]:
    """Return the C function that markupsafe's `escape()` calls for a `str`."""
    return {"escape": import_module("markupsafe._speedups")._escape_inner}


C = partial(engine_names, "C")
PYTHON = partial(engine_names, "Python")
CONTENDERS = (
    Contender(BASE, "fatmorph", "fatmorph", C),
    Contender(KEYWORDS, "fatmorph_keywords", "fatmorph", C),
    Contender("fatmorph (C), dicts and text", "fatmorph_dicts", "fatmorph", C),
    Contender("fatmorph (Python)", "fatmorph", "fatmorph", PYTHON),
    Contender("fatmorph (Python), keywords", "fatmorph_keywords", "fatmorph", PYTHON),
    Contender("f-strings, markupsafe's C", "by_hand", "markupsafe", markupsafe_c_names),
    Contender("f-strings, markupsafe.escape", "by_hand", "markupsafe", markupsafe_names),
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
    if BASE not in modules:
        sys.exit("the compiled engine is missing: python -m pip install -e .")
    return modules


def loaded(contender: Contender) -> ModuleType:
    """Return a new module for a contender: two of them may share a file."""
    path = FOLDER / f"{contender.module}.py"
    spec = util.spec_from_file_location(f"contenders.{contender.module}", path)
    assert spec is not None and spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module).update(contender.bound())
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
        page, view = PAGES[name], getattr(module, f"{name}_view")

        def new_element(page: Page = page, view: Callable[..., Any] = view) -> tuple[object, ...]:
            return (view(*page.new_data()),)

        lines = {
            "render_bytes(page)": Line(render_bytes, new_element),
            "patch_elements(page)": Line(patch_elements, new_element),
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


if __name__ == "__main__":
    main()
