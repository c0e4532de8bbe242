"""Measure a stop: from SIGINT to the exit of a server with a thousand open streams.

    python tests/benchmarks/shutdown.py
    python tests/benchmarks/shutdown.py --streams 200 --runs 5 --only hypercorn

Every stream has received its first event and waits for the next one when the signal is sent to
the started process, as watchfiles does. Every handler must have cleaned up, and every stream must
have been cut, so that its page connects again. On a busy machine, the best of the runs is the
server's own time. `--markdown` prints the table of the docs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shlex
import signal
import statistics
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clients import Events
from servers import Server, allow_files, running

FOLDER = Path(__file__).parents[1] / "integrations"
PROGRAMS = FOLDER / "adapters" / "programs"
UVICORN = "-m uvicorn stream_app:app --port {port} --no-access-log"
GRANIAN = "-m granian stream_app:app --interface asgi --backpressure 4096 --port {port}"
HYPERCORN = "-m hypercorn stream_app:app --bind 127.0.0.1:{port}"
SANIC = "-m sanic sanic_program:app --port {port} --no-motd"
STARTS = {
    "serve(app)": "stream_app.py {port}",
    "serve(app, workers=2)": "stream_app.py {port} 2",
    "uvicorn": UVICORN,
    "uvicorn --reload": f"{UVICORN} --reload",
    "uvicorn --workers 2": f"{UVICORN} --workers 2",
    "granian": GRANIAN,
    "granian --workers 2": f"{GRANIAN} --workers 2",
    "hypercorn": HYPERCORN,
    "hypercorn --workers 2": f"{HYPERCORN} --workers 2",
    "hypercorn --workers 0": f"{HYPERCORN} --workers 0",
    "daphne": "-m daphne stream_app:app --port {port} --verbosity 0",
    "sanic": SANIC,
    "sanic --single-process": f"{SANIC} --single-process",
    "sanic --workers 2": f"{SANIC} --workers 2",
    "aiohttp": "aiohttp_program.py {port}",
    "watchfiles, serve(app)": f"-m watchfiles '{sys.executable} stream_app.py {{port}}' .",
}
EXIT_SECONDS = 0.5  # the promise
ROW = "{0:<24} best {1:.2f} s, median {2:.2f} s, worst {3:.2f} s; promise of {4} s {5}"
LAST_CHUNK = b"0\r\n\r\n"


def main() -> None:
    """Print the time that each way to serve takes to exit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--streams", type=int, default=1000, help="open streams")
    parser.add_argument("--runs", type=int, default=3, help="starts of each server")
    parser.add_argument("--only", default="", help="part of the names of the servers")
    parser.add_argument("--markdown", action="store_true", help="print a table for the docs")
    options = parser.parse_args()
    allow_files(4 * options.streams)
    print(
        f"SIGINT to exit with {options.streams} open streams; Python {platform.python_version()}, "
        f"{platform.machine()}, {os.cpu_count()} CPUs"
    )
    row = "| `{0}` | {1:.2f} s | {2:.2f} s | {3:.2f} s |" if options.markdown else ROW
    for name, command in STARTS.items():
        if options.only in name:
            times = [asyncio.run(exited(command, options.streams)) for _ in range(options.runs)]
            best, median, worst = min(times), statistics.median(times), max(times)
            verdict = "kept" if best <= EXIT_SECONDS else "BROKEN"
            print(row.format(name, best, median, worst, EXIT_SECONDS, verdict), flush=True)


async def exited(command: str, streams: int) -> float:
    """Return how many seconds a server with open streams takes to exit."""
    folder = PROGRAMS if "_program" in command else FOLDER
    with running([sys.executable, *shlex.split(command)], cwd=folder) as server:
        async with AsyncExitStack() as stack:
            clients = []
            for _ in range(streams):
                events = await stack.enter_async_context(Events(server.port, "/subscribe"))
                await events.until(b'"joined":""')
                clients.append(events)
            seconds = await asyncio.to_thread(stopped, server)
            completed = sum([(await events.end()).endswith(LAST_CHUNK) for events in clients])
            cleaned_up = server.output().count("cleaned up \n")
    if (cleaned_up, completed) != (streams, 0):
        raise SystemExit(f"{command}: {cleaned_up} of {streams} cleaned up, {completed} completed")
    return seconds


def stopped(server: Server) -> float:
    """Send the signal; return the seconds until the process has exited."""
    begin = time.perf_counter()
    server.process.send_signal(signal.SIGINT)
    server.process.wait(timeout=60)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
