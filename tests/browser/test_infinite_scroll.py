"""The infinite scroll in a real browser: batches come before the user sees the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running

LAST_ROW_TOP = "document.querySelector('#star-29').getBoundingClientRect().top"


@pytest.fixture
def stars(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "infinite_scroll") as server:
        yield server


def rows(page: Page) -> Locator:
    return page.locator("#stars b")


def test_more_stars_come_while_the_user_scrolls_and_the_place_stays(
    stars: Server, page: Page
) -> None:
    page.goto(stars.base_url)
    expect(rows(page)).to_have_count(30)

    page.locator("#star-29").scroll_into_view_if_needed()
    place = page.evaluate(LAST_ROW_TOP)

    expect(rows(page)).to_have_count(60)
    expect(page.get_by_text("60 of 1,008")).to_be_visible()
    assert page.evaluate(LAST_ROW_TOP) == place

    page.locator("#star-59").scroll_into_view_if_needed()
    expect(rows(page)).to_have_count(90)


def test_a_mark_of_another_user_leaves_the_place_as_it_is(
    stars: Server, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    for page in (first, second):
        page.goto(stars.base_url)
    first.locator("#star-29").scroll_into_view_if_needed()
    expect(rows(first)).to_have_count(60)
    place = first.evaluate(LAST_ROW_TOP)

    mark = second.get_by_role("button", name="Mark Gamma Andromedae", exact=True)
    mark.click()

    expect(first.locator("#mark-2")).to_have_attribute("aria-pressed", "true")
    expect(mark).to_be_focused()
    assert first.evaluate(LAST_ROW_TOP) == place
    expect(rows(second)).to_have_count(30)


def test_the_button_shows_more_stars_and_keeps_the_focus(stars: Server, page: Page) -> None:
    page.goto(stars.base_url)
    button = page.get_by_role("button", name="More stars")

    button.evaluate("button => {button.focus({preventScroll: true}); button.click()}")

    expect(rows(page)).to_have_count(60)
    expect(button).to_be_focused()
