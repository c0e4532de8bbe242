"""The dashboard in a real browser: the bars of its chart move, and stay the same elements."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running


@pytest.fixture(scope="module")
def dashboard(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "dashboard") as server:
        yield server


def bars(page: Page) -> Locator:
    return page.locator("#chart rect")


def test_a_bar_moves_to_the_left_with_each_reading(dashboard: Server, page: Page) -> None:
    page.goto(dashboard.base_url)
    last = page.locator(f"#{bars(page).last.get_attribute('id')}")
    last.evaluate("bar => bar.isTheSame = true")

    expect(last).to_have_attribute("x", "58")

    assert last.evaluate("bar => bar.isTheSame")
    expect(bars(page)).to_have_count(62)


def test_the_bars_stay_when_another_number_is_chosen(dashboard: Server, page: Page) -> None:
    page.goto(dashboard.base_url)
    orders = bars(page).nth(30).evaluate("bar => getComputedStyle(bar).fill")
    page.evaluate("for (const bar of document.querySelectorAll('rect')) bar.isTheSame = true")

    page.get_by_role("button", name="Brewed").click()

    expect(page.get_by_text("Brewed, second by second")).to_be_visible()
    expect(page.get_by_role("button", name="Brewed")).to_be_focused()
    expect(bars(page).nth(30)).not_to_have_css("fill", orders)
    assert bars(page).nth(30).evaluate("bar => bar.isTheSame")


def test_ordered_teas_are_counted_on_all_pages(
    dashboard: Server, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    for page in (first, second):
        page.goto(dashboard.base_url)
    order = first.get_by_role("button", name="Order 20 teas")
    for _ in range(3):
        order.click()

    # Without these orders, there are never more than 20 in a second.
    many = re.compile("at most (2[1-9]|[3-9][0-9])")
    for page in (first, second):
        expect(page.get_by_role("img")).to_have_accessible_name(many)
