"""Time a stop: from SIGINT to the exit of a process with open streams.

    python tests/benchmarks/shutdown.py
    python tests/benchmarks/shutdown.py --streams 1000 --runs 3

Every stream has received its first event and waits for the next one when the signal is sent. The
server is started by `serve()`, and by `python -m uvicorn` by hand, which looks at its signals ten
times a second, pauses for a tenth, and looks at its connections ten times a second.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import signal
import statistics
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1]))

from clients import Events
from servers import Server, running

FOLDER = Path(__file__).parents[1] / "integrations"
STARTS = {
    "serve()": ["stream_app.py", "{port}"],
    "uvicorn by hand": ["-m", "uvicorn", "stream_app:app", "--port", "{port}", "--no-access-log"],
}
EXIT_SECONDS = 0.5  # the promise


def main() -> None:
    """Print how long each way to serve takes to exit, run by run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--streams", type=int, default=200, help="open streams")
    parser.add_argument("--runs", type=int, default=5, help="starts of each server")
    options = parser.parse_args()
    print(
        f"SIGINT to exit with {options.streams} open streams; Python {platform.python_version()}, "
        f"uvicorn {uvicorn.__version__}, {platform.machine()}, {os.cpu_count()} CPUs"
    )
    for name, command in STARTS.items():
        times = [asyncio.run(exited(command, options.streams)) for _ in range(options.runs)]
        cells = "".join(f"{seconds:>7.2f}" for seconds in times)
        verdict = "kept" if max(times) <= EXIT_SECONDS else "BROKEN"
        print(
            f"{name:<17}{cells} s   median {statistics.median(times):.2f} s, "
            f"worst {max(times):.2f} s, promise of {EXIT_SECONDS} s {verdict}"
        )


async def exited(command: list[str], streams: int) -> float:
    """Return how many seconds a server with open streams takes to exit."""
    with running([sys.executable, *command], cwd=FOLDER) as server:
        async with AsyncExitStack() as stack:
            for _ in range(streams):
                events = await stack.enter_async_context(Events(server.port, "/subscribe"))
                await events.until(b'"joined":""')
            seconds = await asyncio.to_thread(stopped, server)
            cleaned_up = server.output().count("cleaned up \n")
    if cleaned_up != streams:
        raise SystemExit(f"only {cleaned_up} of {streams} handlers cleaned up")
    return seconds


def stopped(server: Server) -> float:
    """Send the signal; return the seconds until the process is gone."""
    begin = time.perf_counter()
    server.process.send_signal(signal.SIGINT)
    server.process.wait(timeout=60)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
