"""Measure how often a page asks for a stream that fails, in Chromium.

    python tests/benchmarks/retry_rates.py

One tab for each way to fail is open for half a minute, with the pages and the server of
`tests/browser/programs/retries.py`. The figures are requests per second and tab.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.conftest import CHROMIUM_ARGUMENTS
from browser.datastar_bundle import datastar_bundle_path
from browser.retry_rates import request_times
from servers import free_port, running

PROGRAMS = Path(__file__).parents[1] / "browser" / "programs"
WINDOW_SECONDS = 10.0
DEFAULT_SECONDS = 30.0


def main() -> None:
    """Print the requests per second in the first ten seconds, and in those after them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=DEFAULT_SECONDS)
    parser.add_argument("--datastar", nargs="+", default=("1.0.1", "1.0.4"), metavar="VERSION")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs")
    for version in options.datastar:
        times = _measured(options.chromium, version, options.seconds)
        print(f"Datastar {version}          first {WINDOW_SECONDS:g} s    later")
        for name, asked in times.items():
            first = sum(at <= WINDOW_SECONDS for at in asked)
            later = (len(asked) - first) / max(options.seconds - WINDOW_SECONDS, 1)
            print(f"  {name:<20} {first / WINDOW_SECONDS:8.1f}/s {later:8.2f}/s")


def _measured(chromium: str, version: str, seconds: float) -> dict[str, list[float]]:
    away = f"http://127.0.0.1:{free_port()}/live"
    env = {"DATASTAR": str(datastar_bundle_path(version)), "AWAY": away}
    with (
        sync_playwright() as playwright,
        running([sys.executable, "retries.py"], cwd=PROGRAMS, env=env) as server,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        context = browser.new_context()
        times = request_times(context.new_page, server, seconds)
        browser.close()
    return times


if __name__ == "__main__":
    main()
