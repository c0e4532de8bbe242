"""Run the whole matrix of attacks in a real Chromium with the real Datastar client.

    python tests/browser/attacks/run.py
    python tests/browser/attacks/run.py --family setups --family signals
    python tests/browser/attacks/run.py --case 580949

Prints the first hole of each place, as the two lines that reproduce it, and a summary as the last
line. The exit status is 1 if there are holes.
"""

import argparse
import hashlib
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable
from itertools import groupby, islice
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))  # what pytest's pythonpath says

from browser.attacks.client import Client, attacked_client
from browser.attacks.controls import AWAKE, unseen
from browser.attacks.matrix import FAMILIES, Case, cases
from browser.attacks.pages import together
from browser.attacks.tracing import Attack, Tally
from browser.conftest import CHROMIUM_ARGUMENTS
from browser.datastar_bundle import datastar_bundle_path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--family", action="append", choices=FAMILIES, default=[])
    parser.add_argument("--case", type=int, action="append", default=[], help="only this number")
    parser.add_argument("--every", type=int, default=1, help="only each so-many-th case")
    arguments = parser.parse_args()
    chosen = islice(cases(arguments.family), 0, None, arguments.every)
    if arguments.case:
        chosen = (case for case in cases() if case.number in arguments.case)
    bundle = datastar_bundle_path()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        with attacked_client(browser, bundle) as client:
            seen = len(AWAKE) - len(unseen(client, AWAKE))
            tally = _attack(client, chosen)
        checksum = hashlib.sha256(bundle.read_bytes()).hexdigest()
        print(
            f"{tally} controls_seen={seen}/{len(AWAKE)} datastar={bundle.parent.name} "
            f"sha256={checksum} chromium={browser.version}"
        )
    return 0 if tally.is_clean and seen == len(AWAKE) else 1


def _attack(client: Client, chosen: Iterable[Case]) -> Tally:
    attack = Attack(client)
    for family, of_family in groupby(chosen, key=lambda case: case.family):
        start, before = time.perf_counter(), attack.tally.cases
        shown: Counter[str] = Counter()
        for page in together(of_family):
            for hole in attack.holes(page):
                place = hole.case.place.source if hole.case else "several cases"
                shown[place] += 1
                if shown[place] == 1:
                    print(hole, flush=True)
        print(
            f"{family}: {attack.tally.cases - before} cases, {shown.total()} holes in "
            f"{len(shown)} places, {time.perf_counter() - start:.0f} s",
            flush=True,
        )
    return attack.tally


if __name__ == "__main__":
    sys.exit(main())
