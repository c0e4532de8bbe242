"""A slow part of a page: its placeholder, its value, its error, and its end with the page."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Page, expect

from servers import Server, running

PROGRAM = Path(__file__).parent / "programs" / "slow_part.py"


@pytest.fixture
def server(official_bundle: Callable[[str], Path]) -> Iterator[Server]:
    env = {
        "FATMORPH_DEV": "1",
        "FATMORPH_OVERLAY": "1",
        "DATASTAR": str(official_bundle("1.0.4")),
    }
    with running([sys.executable, PROGRAM], cwd=PROGRAM.parent, env=env) as server:
        yield server


def test_a_value_replaces_its_placeholder_and_typed_text_stays(server: Server, page: Page) -> None:
    open_page(page, server)
    expect(page.locator("#report")).to_have_text("Counting …")
    page.locator("#name").press_sequentially("Ada")

    page.request.post(f"{server.base_url}/count")

    expect(page.locator("#report")).to_have_text("7 orders")
    expect(page.locator("#report")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#name")).to_have_value("Ada")
    expect(page.locator("#name")).to_be_focused()


def test_an_error_of_a_task_is_shown_in_the_page(server: Server, page: Page) -> None:
    open_page(page, server)

    page.request.post(f"{server.base_url}/fail")

    expect(page.locator("#fatmorph-error h2")).to_have_text("LookupError: no orders")


def test_a_task_is_cancelled_with_the_page_that_waits_for_it(
    server: Server, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    for page in (first, second):
        open_page(page, server)

    first.goto("about:blank")

    assert cancelled_reports(second.request, server) == [True, False]


def open_page(page: Page, server: Server) -> None:
    with page.expect_response("**/subscribe*"):
        page.goto(server.base_url)


def cancelled_reports(request: APIRequestContext, server: Server) -> list[bool]:
    """Wait until a report was cancelled; return for each whether it was."""
    reports: list[bool] = []
    while not any(reports):  # the time limit of the test ends it
        reports = request.get(f"{server.base_url}/cancelled").json()
    return reports
