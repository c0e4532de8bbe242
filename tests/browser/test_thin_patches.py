"""The law of thin patches in the real client: they leave what whole pages leave.

Markup, identity, focus, the fields that a user has edited, what ran, warnings, exceptions.
`differential/run_thin.py` plays as many changes as you like.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.differential.changes import changed_pages
from browser.differential.client import client_page
from browser.differential.thin import compared
from servers import running

PROGRAMS = Path(__file__).parent / "programs"
# The characters of each patch that the client reads.
COUNT_BYTES = """window.received = []
document.addEventListener('datastar-fetch', event => {
    if (event.detail.type === 'datastar-patch-elements') {
        const { elements = '', selector = '' } = event.detail.argsRaw
        window.received.push(elements.length + selector.length)
    }
})"""
# How often the page has asked for its stream again; a change is compared after 200 ms.
COUNT_ASKED = """window.asked = 0
document.addEventListener('visibilitychange', () => window.asked++)"""
ASKED = "new Promise(done => setTimeout(() => done(window.asked), 400))"
# Each change of the program, and what is true when the page shows it.
CHANGES = {
    "rename": "document.querySelector('#row-7 td').textContent == 'Seven'",
    "insert": "document.querySelector('#rows').firstChild.id == 'new'",
    "remove": "!document.getElementById('row-3')",
    "reverse": "document.querySelector('#rows').lastChild.id == 'new'",
}
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


def test_a_live_page_receives_its_changes_and_keeps_typed_text(
    page: Page, datastar_bundle: Path
) -> None:
    env = {"DATASTAR": str(datastar_bundle)}
    with running([sys.executable, "thin.py"], cwd=PROGRAMS, env=env) as server:
        page.add_init_script(COUNT_BYTES)
        page.add_init_script(COUNT_ASKED)
        page.goto(server.base_url)
        page.wait_for_function("window.received.length == 1")
        page.locator("#row-7 input").fill("typed")

        for change, shown in CHANGES.items():
            page.request.post(f"{server.base_url}/change/{change}")
            page.wait_for_function(shown)

        sent = page.request.get(server.base_url).text()
        rows = page.locator("#rows").evaluate("rows => rows.outerHTML")
        expect(page.locator("#count")).to_have_text("100 rows")
        assert page.locator("#row-7 input").input_value() == "typed"
        assert rows in sent
        whole, *thin, reversed_rows = page.evaluate("window.received")
        assert min(whole, reversed_rows) > 5_000
        assert max(thin) < 300
        assert page.evaluate(ASKED) == 0  # nothing has drifted


@pytest.mark.parametrize("version", ["1.0.1", "1.0.4"])
def test_rows_that_a_script_has_removed_are_back_after_the_next_change(
    page: Page, official_bundle: Callable[[str], Path], version: str
) -> None:
    env = {"DATASTAR": str(official_bundle(version))}
    with running([sys.executable, "thin.py"], cwd=PROGRAMS, env=env) as server:
        page.add_init_script(COUNT_BYTES)
        page.add_init_script(COUNT_ASKED)
        page.goto(server.base_url)
        page.wait_for_function("window.received.length == 1")

        page.evaluate("['row-1', 'row-2'].forEach(id => document.getElementById(id).remove())")
        page.request.post(f"{server.base_url}/change/rename")
        expect(page.locator("#rows tr")).to_have_count(100)
        # The next change is thin again, and asks for nothing.
        page.request.post(f"{server.base_url}/change/remove")
        expect(page.locator("#rows tr")).to_have_count(99)

        rows = page.locator("#rows").evaluate("rows => rows.outerHTML")
        assert rows in page.request.get(server.base_url).text()
        whole, rename, mended, *remove = page.evaluate("window.received")
        assert min(whole, mended) > 5_000
        assert max(rename, *remove) < 300
        assert page.evaluate(ASKED) == 1


def test_elements_that_a_morph_ignores_are_not_counted(page: Page, datastar_bundle: Path) -> None:
    with running(
        [sys.executable, "thin.py"], cwd=PROGRAMS, env={"DATASTAR": str(datastar_bundle)}
    ) as server:
        page.add_init_script(COUNT_BYTES)
        page.add_init_script(COUNT_ASKED)
        page.goto(server.base_url)
        page.wait_for_function("window.received.length == 1")
        page.evaluate("document.getElementById('connection-state').innerHTML = '<b id=own></b>'")

        for change in ("rename", "remove"):
            page.request.post(f"{server.base_url}/change/{change}")
            page.wait_for_function(CHANGES[change])

        assert page.evaluate(ASKED) == 0
