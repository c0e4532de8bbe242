"""Compare the simulation with the real client for as many pairs as you like.

    python tests/browser/differential/run.py --pairs 20000 --seed 1

Prints every difference, made as small as it gets, and a last line for the record. The exit status
is 1 if there are differences.
"""

import argparse
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))  # what pytest's pythonpath says

from browser.conftest import CHROMIUM_ARGUMENTS
from browser.datastar_bundle import datastar_bundle_path
from browser.differential.client import client_page
from browser.differential.comparison import Difference, differing
from browser.differential.pairs import Pair, pair
from browser.differential.shrinking import shrunk

PAIRS_PER_STEP = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1, help="the first pair's number")
    parser.add_argument("--shown", type=int, default=5, help="so many differences at most")
    arguments = parser.parse_args()
    bundle = datastar_bundle_path()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        with client_page(browser, bundle) as page:
            count = _compare(page, arguments.seed, arguments.pairs, arguments.shown)
        client = bundle.read_bytes()
        version = client.split(b"\n", 1)[0].rpartition(b" v")[2].decode()  # // Datastar v1.0.1
        checksum = hashlib.sha256(client).hexdigest()
        print(
            f"seed={arguments.seed} pairs={arguments.pairs} differences={count} "
            f"datastar={version} sha256={checksum} chromium={browser.version}"
        )
    return 1 if count else 0


def _compare(page: Page, seed: int, pairs: int, shown: int) -> int:
    count = 0
    start = time.perf_counter()
    for first in range(seed, seed + pairs, PAIRS_PER_STEP):
        seeds = range(first, min(first + PAIRS_PER_STEP, seed + pairs))
        found = differing(page, [pair(each) for each in seeds])
        for each, difference in zip(seeds, found, strict=True):
            if difference:
                count += 1
                if count <= shown:
                    _show(page, each, difference)
        rate = (seeds.stop - seed) / (time.perf_counter() - start)
        print(f"{seeds.stop - seed} pairs, {count} differences, {rate:.0f} pairs/s", flush=True)
    return count


def _show(page: Page, seed: int, difference: Difference) -> None:
    aspect = next(iter(difference.aspects))

    def still_differing(pairs: Sequence[Pair]) -> list[bool]:
        return [bool(found and aspect in found.aspects) for found in differing(page, pairs)]

    smallest = shrunk(difference.pair, still_differing)
    print(f"--- pair {seed}", *differing(page, [smallest]), sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
