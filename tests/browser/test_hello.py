"""Hello in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running


@pytest.fixture
def hello(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "hello") as server:
        yield server


def test_a_click_on_any_page_counts_on_every_page(
    hello: Server, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    first.goto(hello.base_url)
    second.goto(hello.base_url)

    first.get_by_role("button").click()
    expect(second.locator("#count")).to_have_text("1")
    second.get_by_role("button").click()

    for page in (first, second):
        expect(page.locator("#count")).to_have_text("2")
        expect(page).to_have_title("2 · Hello")


def test_a_page_opened_later_shows_the_count(
    hello: Server, page: Page, new_page: Callable[[], Page]
) -> None:
    page.goto(hello.base_url)
    page.get_by_role("button").click()
    expect(page.locator("#count")).to_have_text("1")

    later = new_page()
    later.goto(hello.base_url)

    expect(later.locator("#count")).to_have_text("1")
