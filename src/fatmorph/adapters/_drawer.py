"""The figures of the drawer, in development: what one page's stream sends, and what that costs.

They are sent after an event, at most three times a second, and take at most a twentieth of the
time: a simulation of a large page is followed by a longer wait. The counters leave them out.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Protocol

from fatmorph._streaming.recorded_stream import RecordedStream
from fatmorph._streaming.stream import Stream
from fatmorph.adapters._drawer_element import MAX_ROWS, drawer_event, figures_event
from fatmorph.counters import open_streams
from fatmorph.errors import FatmorphError
from fatmorph.morph.simulation._simulator import Simulation, simulate

__all__ = ("Drawer", "lost_by", "open_drawer")

LEAST_SECONDS = 1 / 3
# A report waits for twenty times as long as the last one has taken.
COST_FACTOR = 20
MAX_LINES = 10
MAX_LINE_CHARACTERS = 500
# A tenth of a second of the event loop; the places of elements are among the bytes.
MAX_SIMULATED_BYTES = 100_000

FIELD = re.compile(rb"^data: (elements|mode|selector|namespace) (.*)$", re.MULTILINE)


def open_drawer(stream: Stream, checker: Checker) -> None:
    """Put a drawer into the page of a stream, and show what the stream sends from now on.

    A stream that began before development was switched on has no drawer.
    """
    if isinstance(stream, RecordedStream) and stream.recorder is None:
        stream.recorder = Drawer(stream, checker)
        stream.write_aside(drawer_event())


class Checker(Protocol):
    """Has the findings about the last view of a stream, and its time to draw."""

    findings: tuple[str, ...]

    def take_seconds(self) -> float | None:
        """Return how long the views since the last call took to draw; None if there were none."""
        ...


@dataclass(frozen=True)
class Row:
    """An event, and how many bytes the socket had accepted before it."""

    kind: str
    bytes: int
    ms: float | None
    sent_before: int


class Drawer:
    """Tells a page what its stream has sent.

    Args:
        stream: The page's stream, which is open.
        checker: Checks what it sends.
    """

    def __init__(self, stream: RecordedStream, checker: Checker) -> None:
        self._stream = stream
        self._checker = checker
        self._loop = asyncio.get_running_loop()
        self._rows: deque[Row] = deque(maxlen=MAX_ROWS)
        self._page = b""  # the last event with a whole page before the newest patch
        self._patch = b""  # the newest patch of elements
        self._timer: asyncio.TimerHandle | None = None
        self._next_time = self._loop.time()

    def add(self, event: bytes) -> None:
        """Note an event, and report it soon."""
        name = event.partition(b"event: datastar-patch-")[2].partition(b"\n")[0].decode()
        if name == "elements":
            if _is_page(self._patch):
                self._page = self._patch
            self._patch = event
        seconds = self._checker.take_seconds()
        self._rows.append(
            Row(
                kind="page" if _is_page(event) else name,
                bytes=len(event),
                ms=None if seconds is None else seconds * 1000,
                sent_before=self._stream.bytes_sent,
            )
        )
        if self._timer is None:
            self._report_later(LEAST_SECONDS / 4)

    def close(self) -> None:
        """Report nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _report_later(self, seconds: float) -> None:
        wait = max(seconds, self._next_time - self._loop.time())
        self._timer = self._loop.call_later(wait, self._report)

    def _report(self) -> None:
        self._timer = None
        if self._stream.is_ended or self._stream.is_complete:
            return
        if not self._stream.flush():  # the client reads slowly
            self._report_later(LEAST_SECONDS)
            return
        begun_at = perf_counter()
        figures = {
            "patches": list(self._patches()),
            "findings": self._checker.findings,
            "lost": _short(list(lost_by(self._page, self._patch))),
            "streams": [asdict(stream) for stream in open_streams()[-MAX_LINES:]],
        }
        self._rows.clear()
        self._stream.write_aside(figures_event(figures))
        cost = perf_counter() - begun_at
        self._next_time = self._loop.time() + max(LEAST_SECONDS, COST_FACTOR * cost)

    def _patches(self) -> Iterator[dict[str, object]]:
        """Yield the events since the last report; those sent together count as the last one."""
        rows = list(self._rows)
        ends = [row.sent_before for row in rows[1:]] + [self._stream.bytes_sent]
        for row, end in zip(rows, ends, strict=True):
            sent = end - row.sent_before
            yield {
                "by": "stream",
                "kind": row.kind,
                "bytes": row.bytes,
                "sent": sent or None,
                "ms": row.ms,
            }


def lost_by(page: bytes, patch: bytes) -> Iterator[str]:
    """Yield what a patch takes from a page, in lines.

    Args:
        page: The event with the page; empty if there was none.
        patch: The event with the patch.
    """
    if not page:
        return
    if len(page) + len(patch) > 2 * MAX_SIMULATED_BYTES:
        yield f"not simulated: the page has more than {MAX_SIMULATED_BYTES // 1000} kB"
        return
    before, after = _fields(page), _fields(patch)
    try:
        simulation = simulate(
            before["elements"],
            after["elements"],
            mode=after["mode"],  # type: ignore[arg-type]  # a Writer has checked it
            selector=after["selector"] or None,
            namespace=after["namespace"],  # type: ignore[arg-type]  # as the mode
        )
    except FatmorphError as error:
        yield f"not simulated: {error.what}"
        return
    yield from _losses(simulation)


def _losses(simulation: Simulation) -> Iterator[str]:
    if simulation.exception:
        yield f"exception: {simulation.exception}"
    for write in simulation.properties:
        yield f"{write.name} of {write.node}: set again, over the user's input"
    for run in simulation.runs:
        if run.name == "data-init" and run.node.before is not None:
            yield f"data-init of {run.node}: ran again"
    for node in simulation.parked:
        yield f"scroll position of {node}: it was moved out of the page and back"
    removed = [node.path for node in simulation.removed if not node.name.startswith("#")]
    for path in removed:
        if not any(path.startswith(f"{other} > ") for other in removed):
            yield f"removed: {path}"


def _fields(event: bytes) -> dict[str, str]:
    """Return the fields of a patch."""
    lines: dict[str, list[str]] = {"elements": []}
    for name, value in FIELD.findall(event):
        lines.setdefault(name.decode(), []).append(value.decode())
    defaults = {"mode": "outer", "selector": "", "namespace": "html"}
    return defaults | {name: "\n".join(values) for name, values in lines.items()}


def _is_page(event: bytes) -> bool:
    return b"</html>" in event


def _short(lines: list[str]) -> list[str]:
    shown = [line[:MAX_LINE_CHARACTERS] for line in lines[:MAX_LINES]]
    more = len(lines) - len(shown)
    return [*shown, f"… and {more} more"] if more else shown
