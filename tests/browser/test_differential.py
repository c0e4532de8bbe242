"""Simulated morphs compared with the real client: the same nodes, the same page.

The cases of `tests/unit/morph` are played here, too. This shows that the client does in this
browser what those cases expect of the simulation.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from browser.differential.client import Patch, client_page, play
from browser.differential.comparison import differing
from browser.differential.pairs import pair
from browser.differential.selects import select_pair

CASES = Path(__file__).parents[1] / "unit" / "morph" / "morph_cases.json"
PAIRS = 600
SELECT_PAIRS = 300
FIRST_SEED = 1


@pytest.fixture(scope="module")
def client(browser: Browser, datastar_bundle: Path) -> Iterator[Page]:
    with client_page(browser, datastar_bundle) as page:
        yield page


def test_the_real_client_reproduces_the_recorded_cases(client: Page) -> None:
    cases = json.loads(CASES.read_text(encoding="utf-8"))

    outcomes = list(play(client, [patch(case) for case in cases]))

    assert [
        {
            "name": case["name"],
            "html": outcome.html,
            "nodes": [list(node) for node in outcome.nodes],
            "exception": outcome.exception,
            "warnings": [f"Error: {text.partition(':')[0]}" for text in outcome.warnings],
        }
        for case, outcome in zip(cases, outcomes, strict=True)
    ] == [
        {
            "name": case["name"],
            "html": case["expected_html_after"],
            "nodes": [
                [node["after"], node["node"], node["before"], node["moved"]]
                for node in case["nodes"]
            ],
            "exception": case["exception"],
            "warnings": case["console_warnings"],
        }
        for case in cases
    ]


def test_the_simulation_and_the_real_client_agree_on_random_pages(client: Page) -> None:
    pairs = [pair(seed) for seed in range(FIRST_SEED, FIRST_SEED + PAIRS)]

    differences = [str(found) for found in differing(client, pairs) if found]

    assert differences == []


def test_the_simulation_and_the_real_client_agree_on_a_select_that_shows_its_option(
    client: Page,
) -> None:
    pairs = [select_pair(seed) for seed in range(FIRST_SEED, FIRST_SEED + SELECT_PAIRS)]

    differences = [str(found) for found in differing(client, pairs) if found]

    assert differences == []


def patch(case: dict[str, Any]) -> Patch:
    return Patch(
        before=without_markers(case["before_html"]),
        after=without_markers(case["after_html"]),
        mode=case["mode"],
        selector=case["selector"] or None,
        is_document=case["full_document"],
        setup=case["setup_js"].replace("x.__k", "x.id"),  # they are equal in these cases
    )


def without_markers(html: str) -> str:
    return re.sub(r' k="[^"]*"', "", html)
