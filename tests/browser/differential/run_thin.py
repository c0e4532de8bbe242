"""Compare thin patches with whole pages in the real client, for as many changes as you like.

    python tests/browser/differential/run_thin.py --pairs 20000 --sequences 200 --seed 1

Prints differences, and a last line for the record. The exit status is 1 if there are differences.
"""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))  # what pytest's pythonpath says

from browser.conftest import CHROMIUM_ARGUMENTS
from browser.datastar_bundle import datastar_bundle_path
from browser.differential.changes import changed_pages
from browser.differential.client import client_page
from browser.differential.thin import compared

SEQUENCES_PER_STEP = 100
STEPS = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--sequences", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=int, default=3, help="so many differences at most")
    arguments = parser.parse_args()
    works = [(seed, 1) for seed in range(arguments.seed, arguments.seed + arguments.pairs)]
    works += [(seed, STEPS) for seed in range(arguments.seed, arguments.seed + arguments.sequences)]
    thin = differences = 0
    start = time.perf_counter()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        with client_page(browser, datastar_bundle_path()) as page:
            for first in range(0, len(works), SEQUENCES_PER_STEP):
                chosen = works[first : first + SEQUENCES_PER_STEP]
                for work, found in zip(
                    chosen, compared(page, [changed_pages(*work) for work in chosen]), strict=True
                ):
                    thin += found.thin
                    differences += bool(found.text)
                    if found.text and differences <= arguments.shown:
                        print(f"--- seed, changes: {work}", found.text, sep="\n", flush=True)
        changes = sum(count for _, count in works)
        print(
            f"seed={arguments.seed} pairs={arguments.pairs} sequences={arguments.sequences} "
            f"changes={changes} thin={thin} differences={differences} chromium={browser.version} "
            f"seconds={time.perf_counter() - start:.0f}"
        )
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
