"""Tiles in a real browser: several people, one board."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running

UNPAINTED = "rgb(227, 230, 239)"  # --well in static/style.css, on a light screen


@pytest.fixture
def tiles(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "tiles") as server:
        yield server


@pytest.fixture
def another_page(browser: Browser) -> Iterator[Page]:
    """Open a page in another browser profile, as another user would."""
    with closing(browser.new_context()) as context:
        yield context.new_page()


def test_two_browsers_paint_on_one_board(tiles: Server, page: Page, another_page: Page) -> None:
    page.goto(tiles.base_url)
    another_page.goto(tiles.base_url)
    expect(swatches(page)).to_have_count(2)

    tile(page, 7).click()
    tile(another_page, 11).click()

    expect(tile(another_page, 7)).to_have_css("background-color", own_color(page))
    expect(tile(page, 11)).to_have_css("background-color", own_color(another_page))
    expect(tile(page, 12)).to_have_css("background-color", UNPAINTED)
    expect(painted(page)).to_have_count(2)
    expect(painted(another_page)).to_have_count(2)


def test_a_tile_has_the_colour_of_its_last_painter(
    tiles: Server, page: Page, another_page: Page
) -> None:
    page.goto(tiles.base_url)
    another_page.goto(tiles.base_url)
    expect(swatches(page)).to_have_count(2)

    tile(page, 7).click()
    expect(painted(another_page)).to_have_count(1)
    tile(another_page, 7).click()

    expect(tile(page, 7)).to_have_css("background-color", own_color(another_page))


def test_a_swatch_appears_and_disappears_with_its_painter(
    tiles: Server, page: Page, browser: Browser
) -> None:
    page.goto(tiles.base_url)
    expect(swatches(page)).to_have_count(1)
    expect(page).to_have_title("Tiles · 1 painting")

    with closing(browser.new_context()) as context:
        guest = context.new_page()
        guest.goto(tiles.base_url)
        expect(swatches(page)).to_have_count(2)
        expect(swatches(guest)).to_have_count(2)
        expect(page).to_have_title("Tiles · 2 painting")

    expect(swatches(page)).to_have_count(1)
    expect(page).to_have_title("Tiles · 1 painting")


def test_every_page_marks_its_users_own_colour(
    tiles: Server, page: Page, another_page: Page
) -> None:
    page.goto(tiles.base_url)
    another_page.goto(tiles.base_url)
    expect(swatches(page)).to_have_count(2)
    expect(swatches(another_page)).to_have_count(2)

    marked = [own_swatch(each).get_attribute("id") for each in (page, another_page)]

    assert sorted(marked) == sorted(
        swatch.get_attribute("id") for swatch in swatches(another_page).all()
    )
    expect(own_swatch(page)).to_have_text("you")
    expect(own_swatch(another_page)).to_have_text("you")


def test_tabs_of_one_browser_show_the_same_board(
    tiles: Server, new_page: Callable[[], Page]
) -> None:
    tabs = [new_page() for _ in range(3)]
    for tab in tabs:
        tab.goto(tiles.base_url)
    expect(swatches(tabs[0])).to_have_count(3)

    tile(tabs[2], 24).click()

    for tab in tabs:
        expect(tile(tab, 24)).to_have_css("background-color", own_color(tabs[2]))


def test_a_reloaded_page_shows_the_board_and_can_still_paint(
    tiles: Server, page: Page, another_page: Page
) -> None:
    page.goto(tiles.base_url)
    another_page.goto(tiles.base_url)
    tile(page, 3).click()
    expect(painted(page)).to_have_count(1)

    page.reload()

    expect(painted(page)).to_have_count(1)
    expect(swatches(page)).to_have_count(2)
    tile(page, 4).click()
    expect(painted(page)).to_have_count(2)
    expect(painted(another_page)).to_have_count(2)


def test_a_tile_painted_by_keyboard_keeps_the_focus(tiles: Server, page: Page) -> None:
    page.goto(tiles.base_url)
    expect(swatches(page)).to_have_count(1)

    tile(page, 5).focus()
    page.keyboard.press("Enter")

    expect(painted(page)).to_have_id("tile-5")
    expect(tile(page, 5)).to_be_focused()


def tile(page: Page, number: int) -> Locator:
    return page.locator(f"#tile-{number}")


def painted(page: Page) -> Locator:
    return page.locator(".tile.painted")


def swatches(page: Page) -> Locator:
    return page.locator(".swatch")


def own_swatch(page: Page) -> Locator:
    return page.locator(".swatch.you")


def own_color(page: Page) -> str:
    color: str = own_swatch(page).evaluate("swatch => getComputedStyle(swatch).backgroundColor")
    return color
