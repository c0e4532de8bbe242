"""The wizard in a real browser: a modal dialog whose steps keep focus and typed text."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running

NOTE_THE_CLOSING = "wizard.addEventListener('close', () => window.isClosed = true)"


@pytest.fixture
def wizard(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "wizard") as server:
        yield server


@pytest.fixture
def pages(wizard: Server, new_page: Callable[[], Page]) -> tuple[Page, Page]:
    opened = new_page(), new_page()
    for page in opened:
        page.goto(wizard.base_url)
        page.get_by_role("button", name="Plan a party").click()
    return opened


def fill_in_the_first_step(page: Page) -> None:
    page.get_by_label("Your name").fill("Grace")
    page.get_by_label("Guests").fill("5")
    page.get_by_role("button", name="Next").click()


def test_a_party_is_planned_with_the_keyboard_alone(pages: tuple[Page, Page]) -> None:
    first, second = pages
    first.bring_to_front()
    expect(first.get_by_label("Your name")).to_be_focused()
    first.keyboard.type("Grace")
    first.keyboard.press("Enter")
    expect(first.get_by_role("alert").filter(has_text="is required")).to_be_visible()
    expect(first.get_by_label("Guests")).to_be_focused()
    first.keyboard.type("5")
    first.keyboard.press("Enter")
    expect(first.get_by_label("Assam")).to_be_focused()
    first.keyboard.press("ArrowDown")
    first.keyboard.press("Tab")
    first.keyboard.type("15")
    first.keyboard.press("Tab")
    first.keyboard.press("Tab")
    first.keyboard.press("Enter")
    expect(first.get_by_role("button", name="Plan it")).to_be_focused()
    first.keyboard.press("Enter")

    expect(first.get_by_role("dialog")).to_be_hidden()
    expect(first.get_by_role("button", name="Plan a party")).to_be_focused()
    expect(first.get_by_text("The party of Grace is planned.")).to_be_visible()
    expect(second.locator("#party-1")).to_contain_text("Darjeeling at 15:00, 5 guests")


def test_a_party_of_another_user_leaves_the_open_dialog_alone(pages: tuple[Page, Page]) -> None:
    first, second = pages
    first.get_by_label("Guests").press_sequentially("1")

    fill_in_the_first_step(second)
    second.get_by_label("Sencha").check()
    second.get_by_label("Hour").select_option("17:00")
    second.get_by_role("button", name="Next").click()
    second.get_by_role("button", name="Plan it").click()

    expect(first.locator("#party-1")).to_contain_text("Sencha at 17:00")
    expect(first.get_by_role("dialog")).to_be_visible()
    expect(first.get_by_label("Guests")).to_be_focused()
    first.keyboard.type("2")
    expect(first.get_by_label("Guests")).to_have_value("12")


def test_escape_closes_the_dialog_which_opens_again_at_the_same_step(
    pages: tuple[Page, Page],
) -> None:
    page = pages[1]
    page.evaluate(NOTE_THE_CLOSING)
    fill_in_the_first_step(page)
    page.get_by_label("Sencha").check()

    page.keyboard.press("Escape")
    page.wait_for_function("window.isClosed")  # the dialog is closed before its event comes
    expect(page.get_by_role("button", name="Plan a party")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_label("Sencha")).to_be_checked()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Your name")).to_have_value("Grace")
    expect(page.get_by_label("Your name")).to_be_focused()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Sencha")).to_be_checked()
