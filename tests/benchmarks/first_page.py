"""Measure the first minute: from the first command to the page of a new project in Chromium.

    python tests/benchmarks/first_page.py
    python tests/benchmarks/first_page.py --uv path/to/uv --template app --server django

Without `--uv`, the commands are those of pip. They run in an empty folder, with the caches that
pip or uv has on this machine, and install fatmorph from this repository.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.conftest import CHROMIUM_ARGUMENTS
from browser.datastar_bundle import datastar_bundle_path
from servers import free_port, running

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def main() -> None:
    """Run the commands of a newcomer, and print the seconds of each."""
    parser = argparse.ArgumentParser(description="Measure the first minute of a new project.")
    parser.add_argument("--uv", help="the path of uv; by default, pip is measured")
    parser.add_argument("--template", default="tiles")
    parser.add_argument("--server", default="starlette")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {options.template} on {options.server}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = folder / "my-app"
        init = ("init", "my-app", "--template", options.template, "--server", options.server)
        if options.uv:
            uv = options.uv
            made = timed(
                "make", [uv, "tool", "run", "--from", str(ROOT), "fatmorph", *init], folder
            )
            made += timed("install", [uv, "sync", "-q"], project)
        else:
            python, tool = sys.executable, folder / "tool" / "bin"
            made = timed("venv", [python, "-m", "venv", "tool"], folder)
            made += timed("pip", [str(tool / "pip"), "install", "-q", str(ROOT)], folder)
            made += timed("make", [str(tool / "fatmorph"), *init], folder)
            made += timed("venv", [python, "-m", "venv", ".venv"], project)
            made += timed("install", [".venv/bin/pip", "install", "-q", "-e", ".[dev]"], project)
        shutil.copy(datastar_bundle_path(), project / "static" / "datastar.js")
        made += until_the_page(project)
        print(f"{'all':8} {made:5.1f} s")
        timed("tests", [".venv/bin/python", "-m", "pytest", "-q"], project)


def timed(step: str, command: list[str], folder: Path) -> float:
    """Run a command, print and return its seconds."""
    begun = time.perf_counter()
    env = {name: text for name, text in os.environ.items() if not name.startswith("FATMORPH_")}
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
    return said(step, time.perf_counter() - begun)


def until_the_page(project: Path) -> float:
    """Start a project, open its page in Chromium, and return the seconds until it is shown."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page()
        begun = time.perf_counter()
        with running([".venv/bin/python", "dev.py"], cwd=project, port=free_port()) as server:
            page.goto(server.base_url)
            page.get_by_role("heading").first.wait_for()
            seconds = time.perf_counter() - begun
        browser.close()
    return said("start", seconds)


def said(step: str, seconds: float) -> float:
    print(f"{step:8} {seconds:5.1f} s", flush=True)
    return seconds


if __name__ == "__main__":
    main()
