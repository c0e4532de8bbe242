"""A user's text never runs and never stops a page: a sample of the matrix of attacks.

`tests/browser/attacks/run.py` runs the whole matrix.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browser.attacks.break_outs import IMAGE
from browser.attacks.client import Client, attacked_client
from browser.attacks.controls import AWAKE, control, unseen
from browser.attacks.matrix import Case, cases
from browser.attacks.pages import together
from browser.attacks.tracing import Attack

EVERY = 211  # a prime, so the sample has every family and every kind of break-out
LET_OUT = next(each for each in AWAKE if each.text == IMAGE)
STOPPING = next(each for each in AWAKE if each.text == "don't")


@pytest.fixture(scope="module")
def client(browser: Browser, datastar_bundle: Path) -> Iterator[Client]:
    with attacked_client(browser, datastar_bundle) as client:
        yield client


@pytest.fixture
def attack(client: Client) -> Attack:
    return Attack(client)


def harmless_cases(count: int) -> list[Case]:
    return list(islice(cases(["elements"]), count))


def test_every_break_out_of_the_core_runs_in_a_control(client: Client) -> None:
    core = [each for each in AWAKE if each.is_core]

    assert unseen(client, core) == []


def test_a_script_that_runs_is_traced_to_its_case(attack: Attack) -> None:
    hole = control(0, LET_OUT, "<div>RAW</div>")
    around = harmless_cases(100)

    found = list(attack.holes([*around[:50], hole, *around[50:]]))

    every_state = ["loaded", "morphed", "inserted"]
    assert [(each.case, each.effects) for each in found] == [
        (hole, {"runs": every_state, "injects": every_state})
    ]
    assert str(attack.tally) == (
        "cases=101 refused=2 scripts_run=1 markup_injected=1 pages_stopped=0"
    )


def test_a_case_that_stops_the_page_is_found_among_others(attack: Attack) -> None:
    hole = control(0, STOPPING, "<p data-text=\"'VALUE'\">x</p>")
    around = harmless_cases(10)

    found = list(attack.holes([*around, hole]))

    assert [(each.case, list(each.effects)) for each in found] == [(hole, ["stops"])]


def test_a_sample_of_the_matrix_has_no_effect(attack: Attack) -> None:
    sample = islice(cases(), 0, None, EVERY)

    holes = [str(hole) for page in together(sample) for hole in attack.holes(page)]

    assert holes == []
