"""Board in a real browser: two people, on FastAPI and on Django."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from example_programs import EXAMPLES, board_settings
from servers import Server, running

PNG = bytes.fromhex(  # one blue pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63702959060002630134a1c69e930000000049454e44ae426082"
)


@pytest.fixture(params=["main.py", "django_main.py"], ids=["fastapi", "django"])
def board(
    request: pytest.FixtureRequest, tmp_path: Path, datastar_bundle: Path
) -> Iterator[Server]:
    command, env = [sys.executable, request.param], board_settings(tmp_path, datastar_bundle)
    with running(command, cwd=EXAMPLES / "board", env=env) as server:
        yield server


@pytest.fixture
def ada(board: Server, page: Page) -> Page:
    return logged_in(page, board, "ada", "lovelace")


@pytest.fixture
def grace(board: Server, browser: Browser) -> Iterator[Page]:
    """Open the board in another browser profile, as another user would."""
    with closing(browser.new_context()) as context:
        yield logged_in(context.new_page(), board, "grace", "hopper")


def test_one_types_while_the_other_drags_that_card(ada: Page, grace: Page) -> None:
    ada.get_by_role("button", name="Edit Print the board").click()
    title = ada.get_by_label("Title", exact=True).first
    expect(title).to_be_focused()
    title.press("End")
    title.press_sequentially(" in A3")

    drag_to_the_end(card(grace, "Print the board"), column(grace, "Doing"))

    moved = column(ada, "Doing").get_by_label("Title", exact=True)
    expect(moved).to_have_value("Print the board as a poster in A3")
    expect(moved).to_be_focused()
    moved.press_sequentially(" or A2")
    moved.press("Enter")
    expect(titles(column(grace, "Doing"))).to_contain_text(
        ["Draw the chart", "Print the board as a poster in A3 or A2"]
    )


def test_a_moved_title_does_not_take_the_focus_from_the_search(ada: Page, grace: Page) -> None:
    ada.get_by_role("button", name="Edit Print the board").click()
    expect(ada.get_by_label("Title", exact=True).first).to_be_focused()
    ada.get_by_label("Search in the cards").focus()

    drag_to_the_end(card(grace, "Print the board"), column(grace, "Doing"))

    expect(column(ada, "Doing").get_by_label("Title", exact=True)).to_be_visible()
    expect(ada.get_by_label("Search in the cards")).to_be_focused()


def test_a_card_dropped_on_another_comes_before_it_on_all_pages(ada: Page, grace: Page) -> None:
    card(ada, "Archive").drag_to(card(ada, "Choose a typeface"))

    for page in (ada, grace):
        expect(titles(column(page, "Done"))).to_contain_text(["Archive", "Choose", "Move cards"])
        expect(page.get_by_role("figure")).to_contain_text("9 of 24 points are done")


def test_arrow_keys_move_a_card_and_keep_the_focus(ada: Page, grace: Page) -> None:
    grip = ada.get_by_role("button", name="Move Search in the text")
    grip.focus()

    ada.keyboard.press("ArrowRight")
    expect(column(ada, "Doing").get_by_role("button", name="Move Search in the")).to_be_focused()
    ada.keyboard.press("ArrowUp")

    expect(titles(column(grace, "Doing"))).to_contain_text(["Search in the text", "Draw"])
    expect(grip).to_be_focused()
    expect(ada.get_by_role("status").first).to_contain_text("The card is in Doing.")
    expect(grace.get_by_text("The card is in Doing.")).to_have_count(0)
    ada.keyboard.press("ArrowDown")
    expect(titles(column(grace, "Doing"))).to_contain_text(["Draw", "Search in the text"])


def test_a_search_stays_in_its_page_and_in_its_address(ada: Page, grace: Page) -> None:
    ada.get_by_label("Search in the cards").fill("the board")
    expect(ada.get_by_role("listitem").filter(has_text="Print the board")).to_have_count(1)
    expect(card(ada, "Choose a typeface")).to_have_count(0)
    expect(ada).to_have_url(re.compile(r"/\?q=the\+board$"))

    drag_to_the_end(card(grace, "Choose a typeface"), column(grace, "Ideas"))
    expect(column(ada, "Done").get_by_role("listitem")).to_have_count(0)
    expect(ada.get_by_role("figure")).to_contain_text("5 of 24 points are done")
    expect(card(ada, "Choose a typeface")).to_have_count(0)
    expect(card(grace, "Choose a typeface")).to_have_count(1)

    ada.reload()

    expect(ada.get_by_label("Search in the cards")).to_have_value("the board")
    expect(card(ada, "Print the board")).to_have_count(1)
    expect(card(ada, "Choose a typeface")).to_have_count(0)


def test_the_error_of_a_form_stays_when_another_user_moves_a_card(ada: Page, grace: Page) -> None:
    ada.get_by_role("button", name="New card").click()
    dialog = ada.get_by_role("dialog", name="New card")
    dialog.get_by_label("Title").fill("Paint the shed")
    dialog.get_by_label("Points").fill("99")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_text("must be at most 13")).to_be_visible()

    drag_to_the_end(card(grace, "Archive"), column(grace, "Doing"))
    expect(titles(column(ada, "Doing"))).to_contain_text(["Draw", "Archive"])

    expect(dialog.get_by_text("must be at most 13")).to_be_visible()
    expect(dialog.get_by_label("Title")).to_have_value("Paint the shed")
    expect(dialog.get_by_label("Points")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Points").fill("13")
    dialog.get_by_label("Points").press("Enter")
    expect(dialog).to_have_count(0)
    expect(titles(column(grace, "Ideas"))).to_contain_text(
        ["Let people", "Print", "Paint the shed"]
    )
    ada.get_by_role("button", name="New card").click()
    expect(dialog.get_by_label("Title")).to_have_value("")


def test_a_logout_ends_all_tabs_of_its_session_and_no_others(
    board: Server, ada: Page, grace: Page, new_page: Callable[[], Page]
) -> None:
    second_tab = new_page()
    second_tab.goto(board.base_url)
    expect(second_tab.get_by_role("list", name="Here now")).to_contain_text("grace")

    ada.get_by_role("button", name="Log out").click()

    for page in (ada, second_tab):
        expect(page).to_have_url(f"{board.base_url}/login")
    expect(grace.get_by_role("list", name="Here now").get_by_role("listitem")).to_have_count(1)
    expect(grace).to_have_url(f"{board.base_url}/")


def test_a_picture_appears_on_all_pages(ada: Page, grace: Page) -> None:
    ada.get_by_label("Add a picture to Choose a typeface").set_input_files(
        {"name": "blue.png", "mimeType": "image/png", "buffer": PNG}
    )

    for page in (ada, grace):
        expect(card(page, "Choose a typeface").locator("img")).to_have_js_property(
            "naturalWidth", 1
        )


def test_a_file_that_is_not_a_picture_is_refused_at_its_card(ada: Page, grace: Page) -> None:
    ada.get_by_label("Add a picture to Choose a typeface").set_input_files(
        {"name": "blue.png", "mimeType": "image/png", "buffer": b"text"}
    )

    expect(card(ada, "Choose").get_by_role("alert")).to_have_text("must be a PNG or a JPEG")
    expect(card(grace, "Choose").get_by_role("alert")).to_have_text("")


def test_escape_and_save_give_the_focus_back(ada: Page) -> None:
    button = ada.get_by_role("button", name="Edit Choose a typeface")
    button.click()
    title = ada.get_by_label("Title", exact=True).first
    expect(title).to_be_focused()  # before, the first title is that of the new card
    title.press("Escape")

    expect(ada.get_by_role("button", name="Save")).to_have_count(0)
    expect(button).to_be_focused()


def test_a_wrong_password_is_told_and_a_board_needs_a_login(board: Server, page: Page) -> None:
    page.goto(board.base_url)
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("byron")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_text("This name or this password is wrong.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("ada")
    expect(page).to_have_url(f"{board.base_url}/login")


def logged_in(page: Page, board: Server, name: str, password: str) -> Page:
    page.goto(board.base_url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("list", name="Here now")).to_contain_text(name)
    return page


def column(page: Page, title: str) -> Locator:
    return page.locator(".column").filter(has=page.locator("h2", has_text=title))


def titles(column: Locator) -> Locator:
    return column.locator(".card")


def card(page: Page, title: str) -> Locator:
    return page.locator(".card", has_text=title)


def drag_to_the_end(card: Locator, column: Locator) -> None:
    box = column.bounding_box()
    assert box is not None
    card.drag_to(column, target_position={"x": 60, "y": box["height"] - 6})
