"""Compare the start of `import fatmorph` with the start of a bare interpreter.

    python tests/benchmarks/import_time.py

The two are started in turn; the difference of their medians is the cost of the import.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time

PROGRAMS = {"bare interpreter": "pass", "import fatmorph": "import fatmorph"}


def main() -> None:
    """Print the median time of each program, and the difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=25, help="starts of each program")
    rounds: int = parser.parse_args().rounds
    seconds: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(rounds + 1):  # the first round fills the caches
        for name, program in PROGRAMS.items():
            seconds[name].append(started(program))
    medians = {name: statistics.median(times[1:]) * 1e3 for name, times in seconds.items()}
    print(f"Python {platform.python_version()}, {platform.machine()}, {rounds} rounds")
    for name, milliseconds in medians.items():
        print(f"{name:<22}{milliseconds:>8.1f} ms")
    bare, imported = medians.values()
    print(f"{'the import':<22}{imported - bare:>8.1f} ms")


def started(program: str) -> float:
    """Return how many seconds a program takes from start to exit."""
    # Compiled modules are cached, as they are wherever a package is installed.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
