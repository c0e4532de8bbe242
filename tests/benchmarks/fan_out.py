"""Count how many streams per second one core sends a page to after a change.

    python -m pip install 'fatmorph[benchmarks]'
    python tests/benchmarks/fan_out.py
    python tests/benchmarks/fan_out.py --streams 500 --only fatmorph raw
    python tests/benchmarks/fan_out.py --page tiles --streams 500
    python tests/benchmarks/fan_out.py --page tasks --streams 50
    python tests/benchmarks/fan_out.py --page rows --streams 500 [--encoding br]

Every server shows the same page to all users. It contains the user's name, so it is rendered once
per user. The pages are a board of 400 cells, of which a change paints one; the same board in
memoised rows, which `w.live()` sends whole or thin; and two pages of the rendering benchmark, in
which a change replaces every id, number and address. The next change follows when every stream has
received its event. The server has one core, the reader of the streams another. Each server is a
program in fan_out_servers/; the pages that it leaves in a browser are compared before anything is
timed. The servers are measured in turn, for a moment each and many times, so that other load on the
machine affects all of them. A rate is that of the round at the end of the fastest quarter, because
other load only makes rounds slower. Quote the ratios: times differ between machines, ratios hardly
do.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent / "fan_out_servers"))

from board import SERVER_CORE
from fan_out_comparison import refuse_differences
from load import DECODERS, Load

from servers import Server, allow_files, running

FOLDER = Path(__file__).parent / "fan_out_servers"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
PROMISED_STREAMS = 500
# A turn is divided into moments, so that other load affects all compared servers alike.
MOMENT_SECONDS = 0.05


@dataclass(frozen=True)
class Contender:
    """A server: its program, its pages, and whether it builds its event once, before any change."""

    name: str
    program: str
    distributions: tuple[str, ...] = ()
    pages: tuple[str, ...] = ("board", "tiles", "tasks")
    is_made_once: bool = False


@dataclass
class Running:
    """A running server, its streams, and the measurements with one number of streams.

    Args:
        processor_seconds: The time per event, in each turn.
        rounds: For each change, the seconds until each stream had its event.
    """

    server: Server
    load: Load
    resident_bytes: int = 0
    received_bytes: int = 0
    received_events: int = 0
    processor_seconds: list[float] = field(default_factory=list)
    rounds: list[list[float]] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """The figures of one server with one number of streams."""

    events_per_second: float
    median_ms: float
    worst_ms: float
    processor_us: float
    bytes_per_event: float
    resident_bytes: int


WHOLE_PAGE = "fatmorph, whole page"
KEYWORDS = "fatmorph, keywords and text"
SHARED = "fatmorph, shared board"
FLOOR = "fatmorph, page made once"
RAW = "raw ASGI, event made once"
READER = "raw asyncio, event made once"
STARLETTE = ("starlette", "datastar-py")
BOARD = ("board",)
ROWS = ("rows",)
NEW = ("tiles", "tasks")
LIVE_WHOLE = "fatmorph, live and whole"
LIVE_THIN = "fatmorph, live and thin"
LIVE_SERVER = "fatmorph_live_server.py"

CONTENDERS = (
    Contender(READER, "raw_asyncio.py", pages=BOARD, is_made_once=True),
    Contender(RAW, "raw_asgi.py", pages=BOARD, is_made_once=True),
    Contender(FLOOR, "fatmorph_server.py floor", ("fatmorph",), BOARD, is_made_once=True),
    Contender(SHARED, "fatmorph_server.py shared", ("fatmorph",), BOARD),
    Contender(WHOLE_PAGE, "fatmorph_server.py fatmorph", ("fatmorph",)),
    Contender(KEYWORDS, "fatmorph_server.py fatmorph_keywords", ("fatmorph",)),
    Contender(LIVE_WHOLE, f"{LIVE_SERVER} whole fatmorph_rows", ("fatmorph",), ROWS),
    Contender(LIVE_THIN, f"{LIVE_SERVER} thin fatmorph_rows", ("fatmorph",), ROWS),
    Contender("f-strings", "starlette_server.py by_hand", ("markupsafe", *STARLETTE)),
    Contender("minijinja", "starlette_server.py minijinja", ("minijinja", *STARLETTE), NEW),
    Contender("simple_html", "starlette_server.py simple_html", ("simple-html", *STARLETTE)),
    Contender("Stario @baked", "stario_server.py stario_baked", ("stario",)),
    Contender("Jinja2", "starlette_server.py jinja2", ("jinja2", *STARLETTE)),
    Contender("Stario", "stario_server.py stario", ("stario",)),
    Contender("Stario, dicts of text", "stario_server.py stario_dicts", ("stario",), NEW),
    Contender("htpy", "starlette_server.py htpy", ("htpy", *STARLETTE), BOARD),
    Contender("FastHTML", "fasthtml_server.py", ("python-fasthtml", *STARLETTE), BOARD),
)
# The first contender must be this many times as fast as the second, with PROMISED_STREAMS.
PROMISES = {
    "board": (
        (WHOLE_PAGE, KEYWORDS, 0.75),
        (WHOLE_PAGE, "Stario", 7.0),
        (WHOLE_PAGE, "simple_html", 2.5),
        (KEYWORDS, "Stario", 10.0),
        (KEYWORDS, "Stario @baked", 5.0),
        (KEYWORDS, "Jinja2", 5.0),
        (KEYWORDS, "simple_html", 4.0),
        (KEYWORDS, "htpy", 25.0),
        (KEYWORDS, "f-strings", 1.0),
        (SHARED, FLOOR, 0.5),
        (FLOOR, RAW, 0.8),
    ),
    "tiles": (
        (WHOLE_PAGE, KEYWORDS, 0.75),
        (WHOLE_PAGE, "Stario", 7.0),
        (WHOLE_PAGE, "simple_html", 2.5),
    ),
    "tasks": (),
    "rows": ((LIVE_THIN, LIVE_WHOLE, 3.0),),
}
# The same with an encoding.
ENCODED_PROMISES = {("rows", "br"): ((LIVE_THIN, LIVE_WHOLE, 6.0),)}


def main() -> None:
    """Print one table for each number of streams, and the promises that are kept."""
    options = arguments()
    if (os.cpu_count() or 1) < 2:
        sys.exit("one core for the server and one for the reader: this machine has only one")
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)) - {SERVER_CORE})
    counts = sorted(options.streams)
    wanted = [
        each
        for each in CONTENDERS
        if options.page in each.pages and is_wanted(each.name, options.only)
    ]
    print_header({name for each in wanted for name in each.distributions}, options.encoding)
    allow_files(len(wanted) * (counts[-1] + 10))
    started: dict[str, Running] = {}
    with ExitStack() as stack:
        for each in wanted:
            try:
                started[each.name] = start(each, options.page, options.encoding, stack)
            except AssertionError as error:
                print(f"  not measured: {each.name} ({str(error).strip().splitlines()[-1]})")
        results: dict[str, dict[int, Result]] = {name: {} for name in started}
        for count in counts:
            measure(started, count, options)
            for name, running_one in started.items():
                results[name][count] = result_of(running_one, count)
            print_table(count, {name: result[count] for name, result in results.items()})
    print_memory(results)
    if PROMISED_STREAMS in counts:
        promised = {name: result[PROMISED_STREAMS] for name, result in results.items()}
        print_promises(promises_of(options.page, options.encoding), promised)


def promises_of(page: str, encoding: str | None) -> tuple[tuple[str, str, float], ...]:
    return PROMISES[page] if encoding is None else ENCODED_PROMISES.get((page, encoding), ())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--page", choices=PROMISES, default="board")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 50, 500, 2000])
    parser.add_argument("--passes", type=int, default=16, help="turns of each server")
    parser.add_argument("--seconds", type=float, default=0.4, help="of a turn, at least")
    parser.add_argument("--encoding", choices=DECODERS, help="what the reader accepts")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="servers whose name begins like this"
    )
    return parser.parse_args()


def is_wanted(name: str, only: Sequence[str] | None) -> bool:
    return only is None or any(name.lower().startswith(each.lower()) for each in only)


def print_header(distributions: Iterable[str], encoding: str | None) -> None:
    names = ", ".join(
        f"{name} {installed_version(name)}"
        for name in sorted({*distributions, "uvicorn", "uvloop", "httptools"})
    )
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {encoding or 'not compressed'}"
        f"\n{names}"
    )


def installed_version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "(not installed)"


def start(contender: Contender, page: str, encoding: str | None, stack: ExitStack) -> Running:
    """Start a server, and compare its pages.

    Raises:
        AssertionError: The server does not start.
    """
    print(f"... {contender.name}", file=sys.stderr, flush=True)
    program, *names = contender.program.split()
    if names:
        names.append(page)
    command = [sys.executable, program, *names, "{port}"]
    variables = {"PYTHONPATH": str(FOLDER.parent)}
    server = stack.enter_context(running(command, cwd=FOLDER, env=variables, stop_seconds=2))
    refuse_differences(contender.name, page, server, is_made_once=contender.is_made_once)
    return Running(server, stack.enter_context(Load(server.port, encoding)))


def measure(started: Mapping[str, Running], count: int, options: argparse.Namespace) -> None:
    """Open more streams on every server, then measure them in turn."""
    for each in started.values():
        each.load.open(count)
        each.resident_bytes = resident_bytes_of(each.server)
        each.received_bytes = each.received_events = 0
        each.processor_seconds = []
        each.rounds = []
    for number in range(options.passes):
        print(f"... {count} streams, pass {number + 1}", file=sys.stderr, flush=True)
        take_turns(started, count, options.seconds)


def take_turns(started: Mapping[str, Running], count: int, seconds: float) -> None:
    """Measure every server for its turn, in alternating moments."""
    before = {
        name: (processor_seconds_of(each.server), each.received_events)
        for name, each in started.items()
    }
    seconds_left = dict.fromkeys(started, seconds)
    while seconds_left:
        for name in tuple(seconds_left):
            seconds_left[name] -= take_moment(started[name], count)
            if seconds_left[name] <= 0:
                del seconds_left[name]
    for name, (processor, events) in before.items():
        each = started[name]
        used = processor_seconds_of(each.server) - processor
        each.processor_seconds.append(used / (each.received_events - events))


def take_moment(each: Running, count: int) -> float:
    """Make changes for a moment; return how many seconds it took."""
    bytes_before = each.load.received_bytes
    each.load.change()  # wakes a server that was idle since its last moment
    rounds: list[list[float]] = []
    begin = time.perf_counter()
    while (seconds := time.perf_counter() - begin) < MOMENT_SECONDS:
        rounds.append(each.load.change())
    each.rounds += rounds
    each.received_events += count * (1 + len(rounds))
    each.received_bytes += each.load.received_bytes - bytes_before
    return seconds


def result_of(measured: Running, count: int) -> Result:
    times = sorted(chain.from_iterable(measured.rounds))
    return Result(
        events_per_second=count / fast(each[-1] for each in measured.rounds),
        median_ms=times[len(times) // 2] * 1e3,
        worst_ms=times[len(times) * 99 // 100] * 1e3,
        processor_us=fast(measured.processor_seconds) * 1e6,
        bytes_per_event=measured.received_bytes / measured.received_events,
        resident_bytes=measured.resident_bytes,
    )


def fast(times: Iterable[float]) -> float:
    """Return the time at the end of the fastest quarter."""
    ordered = sorted(times)
    return ordered[len(ordered) // 4]


def processor_seconds_of(server: Server) -> float:
    """Return the user and system time of a process so far."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def resident_bytes_of(server: Server) -> int:
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * PAGE_BYTES


def print_table(count: int, results: Mapping[str, Result]) -> None:
    print(
        f"\n{f'{count} streams':<32}{'events/s':>10}{'p50 ms':>10}{'p99 ms':>10}"
        f"{'CPU us':>10}{'bytes':>10}{'whole page':>12}"
    )
    base = results.get(WHOLE_PAGE)
    for name, result in results.items():
        ratio = f"x {base.events_per_second / result.events_per_second:.2f}" if base else ""
        print(
            f"{name:<32}{result.events_per_second:>10,.0f}{result.median_ms:>10.2f}"
            f"{result.worst_ms:>10.2f}{result.processor_us:>10.1f}"
            f"{result.bytes_per_event:>10,.0f}{ratio:>12}"
        )


def print_memory(results: Mapping[str, Mapping[int, Result]]) -> None:
    """Print the server's memory per idle stream, between the fewest and the most streams."""
    print(f"\n{'memory per idle stream':<32}{'kB':>10}")
    for name, by_count in results.items():
        fewest, most = min(by_count), max(by_count)
        if fewest < most:
            grown = by_count[most].resident_bytes - by_count[fewest].resident_bytes
            print(f"{name:<32}{grown / (most - fewest) / 1e3:>10.1f}")


def print_promises(
    promises: Sequence[tuple[str, str, float]], results: Mapping[str, Result]
) -> None:
    print(f"\npromises, with {PROMISED_STREAMS} streams")
    for fast, slow, promise in promises:
        if fast in results and slow in results:
            ratio = results[fast].events_per_second / results[slow].events_per_second
            verdict = "kept" if ratio >= promise else "BROKEN"
            print(f"{fast:<26} >= {promise:>4} x {slow:<28} is {ratio:>6.2f} x   {verdict}")


if __name__ == "__main__":
    main()
