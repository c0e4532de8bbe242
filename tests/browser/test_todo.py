"""The to-do list in a real browser: editing in place while others change the list."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running


@pytest.fixture
def todo(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "todo") as server:
        yield server


@pytest.fixture
def pages(todo: Server, new_page: Callable[[], Page]) -> tuple[Page, Page]:
    opened = new_page(), new_page()
    for page in opened:
        page.goto(todo.base_url)
    return opened


def texts(page: Page) -> Locator:
    return page.locator(".task span")


def test_an_added_task_is_shown_to_all_and_the_next_one_can_be_typed(
    pages: tuple[Page, Page],
) -> None:
    first, second = pages
    field = first.get_by_label("New task")
    field.fill("Water the tree")
    field.press("Enter")

    expect(texts(second)).to_have_text(["Buy tea", "Bake scones", "Invite Grace", "Water the tree"])
    expect(second).to_have_title("3 to do")
    expect(field).to_have_value("")
    expect(field).to_be_focused()


def test_the_typed_text_and_the_focus_stay_while_another_user_ticks_and_removes(
    pages: tuple[Page, Page],
) -> None:
    first, second = pages
    first.get_by_role("button", name="Edit Bake scones").click()
    text = first.get_by_role("textbox", name="Text")
    expect(text).to_be_focused()
    text.press("End")
    text.press_sequentially(" and br")

    second.get_by_label("Done: Bake scones").check()
    second.get_by_role("button", name="Remove Buy tea").click()

    expect(first.get_by_label("Done: Bake scones")).to_be_checked()
    expect(texts(first)).to_have_text(["Invite Grace"])
    text.press_sequentially("ead")
    text.press("Enter")
    expect(texts(second)).to_have_text(["Bake scones and bread", "Invite Grace"])
    expect(first.get_by_role("button", name="Edit Bake scones and bread")).to_be_focused()


def test_escape_gives_the_focus_back_and_keeps_the_task(pages: tuple[Page, Page]) -> None:
    page = pages[0]
    page.get_by_role("button", name="Edit Bake scones").click()
    page.get_by_role("textbox", name="Text").fill("Something else")
    page.keyboard.press("Escape")

    expect(texts(page)).to_have_text(["Buy tea", "Bake scones", "Invite Grace"])
    expect(page.get_by_role("button", name="Edit Bake scones")).to_be_focused()


def test_the_second_user_to_save_gets_a_message(pages: tuple[Page, Page]) -> None:
    for page, text in zip(pages, ("Bake a cake", "Bake bread"), strict=True):
        page.get_by_role("button", name="Edit Bake scones").click()
        page.get_by_role("textbox", name="Text").fill(text)
    for page in pages:
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("button", name="Save")).to_have_count(0)

    first, second = pages
    expect(second.get_by_role("status")).to_contain_text(["“Bake bread” is not saved"])
    expect(first.get_by_text("is not saved")).to_have_count(0)
    expect(texts(second).nth(1)).to_have_text("Bake a cake")


def test_a_box_that_is_ticked_twice_is_open_again(pages: tuple[Page, Page]) -> None:
    first, second = pages
    box = first.get_by_label("Done: Invite Grace")
    box.check()
    expect(second.get_by_label("Done: Invite Grace")).to_be_checked()
    box.uncheck()

    expect(second.get_by_label("Done: Invite Grace")).not_to_be_checked()
    expect(box).not_to_be_checked()


def test_a_page_shows_the_tasks_that_it_chose(pages: tuple[Page, Page]) -> None:
    first, second = pages
    first.get_by_role("button", name="Done", exact=True).click()
    expect(texts(first)).to_have_text(["Buy tea"])

    second.get_by_role("button", name="Remove done").click()

    expect(first.get_by_text("Nothing here.")).to_be_visible()
    expect(texts(second)).to_have_text(["Bake scones", "Invite Grace"])
