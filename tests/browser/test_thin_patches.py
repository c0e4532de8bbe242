"""The law of thin patches in the real client: they leave what whole pages leave.

Markup, identity, focus, the fields that a user has edited, what ran, warnings, exceptions.
`differential/run_thin.py` plays as many changes as you like.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser.differential.changes import changed_pages
from browser.differential.client import client_page
from browser.differential.thin import compared

PAIRS = 600
SEQUENCES = 15
STEPS = 100
FIRST_SEED = 1


@pytest.fixture(scope="module")
def client(browser: Browser, datastar_bundle: Path) -> Iterator[Page]:
    with client_page(browser, datastar_bundle) as page:
        yield page


def test_a_thin_change_leaves_what_the_whole_page_leaves(client: Page) -> None:
    pages = [changed_pages(seed, 1) for seed in range(FIRST_SEED, FIRST_SEED + PAIRS)]

    found = list(compared(client, pages))

    assert [each.text for each in found if each.text] == []
    assert sum(each.thin for each in found) > PAIRS / 4


def test_a_hundred_thin_changes_leave_what_whole_pages_leave(client: Page) -> None:
    pages = [changed_pages(seed, STEPS) for seed in range(FIRST_SEED, FIRST_SEED + SEQUENCES)]

    found = list(compared(client, pages))

    assert [each.text for each in found if each.text] == []
    assert sum(each.thin for each in found) > SEQUENCES * STEPS / 4
