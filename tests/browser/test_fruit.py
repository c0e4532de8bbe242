"""The search of docs/how-to/addresses.md: its address, its state and its signal agree."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from servers import running

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(scope="module", params=["1.0.1", "1.0.4"])
def site(request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]) -> Iterator[str]:
    """Return the URL of the program, with one version of the client."""
    env = {"DATASTAR": str(official_bundle(request.param))}
    with running([sys.executable, "fruit.py"], cwd=PROGRAMS, env=env) as server:
        yield f"{server.base_url}/fruit"


def expect_search(page: Page, query: str, *found: str) -> None:
    expect(page.locator("#query")).to_have_value(query)
    expect(page.locator("#found li")).to_have_text(found)


def test_a_typed_search_is_in_the_address_and_survives_a_reload(site: str, page: Page) -> None:
    with page.expect_response("**/stream*"):
        page.goto(site)
    page.locator("#query").fill("an")
    expect(page).to_have_url(f"{site}?q=an")
    expect_search(page, "an", "banana")

    with page.expect_response("**/stream*"):
        page.reload()

    expect_search(page, "an", "banana")
    page.locator("#query").fill("ch")
    expect_search(page, "ch", "cherry")
    expect(page).to_have_url(f"{site}?q=ch")


def test_the_back_button_sets_the_state_the_results_and_the_field(site: str, page: Page) -> None:
    with page.expect_response("**/stream*"):
        page.goto(f"{site}?q=an")
    page.evaluate("history.pushState({}, '', '?q=ch')")
    page.locator("#query").fill("ch")
    expect_search(page, "ch", "cherry")

    page.go_back()
    expect_search(page, "an", "banana")
    page.go_forward()
    expect_search(page, "ch", "cherry")


def test_a_second_tab_has_a_search_of_its_own(site: str, new_page: Callable[[], Page]) -> None:
    first, second = new_page(), new_page()
    for page in (first, second):
        with page.expect_response("**/stream*"):
            page.goto(f"{site}?q=an")

    second.locator("#query").fill("ch")

    expect_search(second, "ch", "cherry")
    expect_search(first, "an", "banana")
    expect(first).to_have_url(f"{site}?q=an")
