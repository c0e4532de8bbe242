"""Measure the cost of compressing a stream: bytes, processor time and memory.

    python tests/benchmarks/compression.py
    python tests/benchmarks/compression.py --cells 2000 --events 100

A page of coloured cells is patched repeatedly, with one cell changed each time. The stream is
decompressed and compared before anything is measured. Memory is a process's growth per stream;
each row runs in its own process. `*` marks the choice of `Settings()`.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import platform
import random
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli
import zstandard

from fatmorph import Element, compression, h
from fatmorph.compression import Compressor, Encoding, stream_compressor
from fatmorph.datastar import events
from fatmorph.settings import Settings

COLORS = ("red", "green", "blue", "teal", "#ff8800", "#123456")
STREAMS = 50  # their memory is measured together
UNLIMITED = 2**40


@dataclass(frozen=True)
class Row:
    """A way to compress; None stands for the library's choice."""

    encoding: Encoding
    level: int | None = None
    window_log: int | None = None

    def compressor(self) -> Compressor:
        """Return one of the library's compressors, with this level and window."""
        if self.window_log is not None:
            logs = range(self.window_log, self.window_log + 1)
            compression.BROTLI_WINDOW_LOGS = compression.ZSTD_WINDOW_LOGS = logs
        if self.level is not None:
            compression.BROTLI_QUALITY = compression.ZSTD_LEVEL = self.level
            compression.GZIP_LEVEL = self.level
        is_default = self.level is None and self.window_log is None
        max_bytes = Settings().max_compression_bytes if is_default else UNLIMITED
        compressor = stream_compressor(self.encoding, max_bytes)
        if compressor is None:
            raise SystemExit(f"Settings() does not offer {self.encoding}")
        return compressor


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cells", type=int, default=400)
    parser.add_argument("--events", type=int, default=60)
    options = parser.parse_args()
    patches = [*changes(options.cells, options.events)]
    print(
        f"A page of {options.cells} cells, {len(patches[0])} bytes, {options.events} events; "
        f"Python {platform.python_version()}, brotli {brotli.__version__}, "
        f"zstd {'.'.join(map(str, zstandard.ZSTD_VERSION))}, {platform.machine()}"
    )
    print(f"Building and writing the event takes {building_us(options.cells):.0f} us\n")
    print(
        "| coding | level | window | first | later, mean | worst | µs each | held, kB | idle, kB |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for row in rows(len(patches[0])):
        with multiprocessing.get_context("fork").Pool(1) as pool:
            print(pool.apply(measured, (row, patches)), flush=True)


def rows(page_bytes: int) -> Iterator[Row]:
    """Return the ways to compare for a page of this size."""
    fitting = page_bytes.bit_length()
    yield Row("zstd")
    for level in (-1, 1, 3, 6, 13):
        for window_log in (fitting, fitting + 2):
            yield Row("zstd", level, window_log)
    yield Row("br")
    for level in (2, 3, 4, 5, 6):
        for window_log in (fitting, fitting + 2):
            yield Row("br", level, max(window_log, 16))
    yield Row("gzip")
    for level in (1, 3, 6):
        yield Row("gzip", level)


def changes(cells: int, count: int) -> Iterator[bytes]:
    """Return events, each with the whole page and one more changed cell."""
    chance = random.Random(1)
    board = chance.choices(COLORS, k=cells)
    for _ in range(count):
        board[chance.randrange(cells)] = chance.choice(COLORS)
        yield events.patch_elements(page(board))


def page(board: list[str]) -> Element:
    """Return a page of cells, each with a colour."""
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Tiles")),
        h.body(
            h.main(
                {"id": "home", "class": "container"},
                h.h1("Tiles"),
                h.div(
                    [
                        h.div(
                            id=f"cell-{cell}",
                            class_="cell painted",
                            style=f"background-color: {color}",
                            data_cell_id=cell,
                        )
                        for cell, color in enumerate(board)
                    ],
                    id="board",
                ),
            )
        ),
    )


def building_us(cells: int) -> float:
    """Return the microseconds to build and render one event, the minimum of several runs."""
    board = random.Random(1).choices(COLORS, k=cells)
    return least_us(lambda: events.patch_elements(page(board)), 30)


def least_us(work: Callable[[], object], times: int) -> float:
    """Return the microseconds of the fastest run."""
    best = float("inf")
    for _ in range(times):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best * 1e6


def measured(row: Row, patches: list[bytes]) -> str:
    """Return one line of the table."""
    compressor = row.compressor()
    sizes: list[int] = []
    times: list[float] = []
    body = b""
    for patch in patches:
        begin = time.perf_counter()
        part = compressor.compress(patch)
        times.append(time.perf_counter() - begin)
        sizes.append(len(part))
        body += part
    check(row.encoding, body + compressor.finish(), b"".join(patches))
    held, idle = memory_kilobytes(row, patches[:40])
    later = sizes[1:]
    name = f"{row.encoding} *" if row.level is None else row.encoding
    level = "" if row.level is None else row.level
    window = f"{2**row.window_log // 1024} KiB" if row.window_log is not None else ""
    microseconds = sorted(times[1:])[len(later) // 2] * 1e6
    return (
        f"| {name} | {level} | {window} | {sizes[0]} | {sum(later) / len(later):.0f} "
        f"| {max(later)} | {microseconds:.0f} | {held:.0f} | {idle:.0f} |"
    )


def memory_kilobytes(row: Row, patches: list[bytes]) -> tuple[float, float]:
    """Return the memory of one stream while it is used, and after it is released."""
    gc.collect()
    before = resident_kilobytes()
    compressors = [row.compressor() for _ in range(STREAMS)]
    for patch in patches:
        for compressor in compressors:
            compressor.compress(patch)
    held = resident_kilobytes() - before
    for compressor in compressors:
        compressor.release()
    idle = resident_kilobytes() - before
    return held / STREAMS, max(idle, 0) / STREAMS


def resident_kilobytes() -> float:
    """Return the memory of this process, on Linux only."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def check(encoding: Encoding, body: bytes, expected: bytes) -> None:
    """End the program if a stream does not decompress to the expected bytes."""
    if encoding == "br":
        found = brotli.decompress(body)
    elif encoding == "zstd":
        reader = zstandard.ZstdDecompressor().decompressobj(read_across_frames=True)
        found = reader.decompress(body)
    else:
        found = zlib.decompress(body, zlib.MAX_WBITS | 16)
    if found != expected:
        raise SystemExit(f"{encoding} does not give back what was written")


if __name__ == "__main__":
    main()
