"""Tests of the to-do list, without a server: `python -m pytest`."""

import pytest
from main import Edit, Tab, Task, app, home_view, tasks

from fatmorph import Element
from fatmorph.morph import check
from fatmorph.testing import Page, open_page
from fatmorph.testing.snapshots import ViewSnapshot


@pytest.fixture(autouse=True)
def two_tasks() -> None:
    tasks.clear()
    tasks.update({1: Task("Buy <tea>", is_done=True), 2: Task("Bake scones")})


def texts(page: Page) -> list[str]:
    return [task.text for task in page.get_by_css(".task span")]


def test_the_list_shows_all_tasks(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(home_view(Tab()))


def test_a_page_shows_what_its_user_is_doing(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(home_view(Tab("open", Edit(2, "Bake scones"), "Another user was faster.", 1)))


def samples() -> dict[str, tuple[Element, Element]]:
    editing = Tab(edit=Edit(2, "Bake scones"))
    return {
        "the editing begins": (home_view(Tab()), home_view(editing)),
        "the last task goes": (home_view(Tab("done")), home_view(Tab("nothing"))),
    }


@pytest.mark.parametrize(("before", "after"), samples().values(), ids=list(samples()))
def test_a_change_has_no_findings(before: Element, after: Element) -> None:
    assert check(before, after) == ()


async def test_a_new_task_is_added_for_all_pages_and_the_field_is_empty_again() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await ada.type(ada.get_by_label("New task"), "Invite Grace")
        await ada.press("Enter")
        await ada.settled()

        assert texts(grace) == ["Buy <tea>", "Bake scones", "Invite Grace"]
        assert ada.get_by_label("New task").value == ""
        assert ada.get_by_label("New task").is_focused


async def test_a_tick_is_seen_by_all_pages() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await ada.tick(ada.get_by_label("Done: Bake scones"))
        await ada.settled()

        assert grace.get_by_label("Done: Bake scones").is_ticked
        assert grace.get_by_id("left").text == "0 of 2 left"


async def test_the_text_that_is_typed_survives_the_changes_of_others() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await ada.click(ada.get_by_role("button", name="Edit Bake scones"))
        await ada.settled()
        await ada.type(ada.get_by_role("textbox", name="Text"), " and bread")
        await grace.tick(grace.get_by_label("Done: Bake scones"))
        await grace.settled()
        await ada.press("Enter")
        await ada.settled()

        assert tasks[2] == Task("Bake scones and bread", is_done=True)
        assert ada.get_by_role("button", name="Edit Bake scones").is_focused
        assert ada.lost == ()


async def test_the_second_user_to_save_a_task_is_told() -> None:
    async with open_page(app) as page:
        await page.click(page.get_by_role("button", name="Edit Bake scones"))
        await page.settled()
        tasks[2] = Task("Buy scones")

        await page.press("Enter", page.get_by_role("textbox", name="Text"))
        await page.settled()

        assert "“Bake scones” is not saved" in page.get_by_id("notes").text
        assert texts(page) == ["Buy <tea>", "Buy scones"]


async def test_an_edited_task_stays_when_another_user_removes_it() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await ada.click(ada.get_by_role("button", name="Edit Bake scones"))
        await ada.settled()
        await ada.type(ada.get_by_role("textbox", name="Text"), "!")
        await grace.click(grace.get_by_role("button", name="Remove Bake scones"))
        await grace.settled()

        assert ada.get_by_role("textbox", name="Text").value == "Bake scones!"
        assert texts(grace) == ["Buy <tea>"]


async def test_escape_ends_the_editing() -> None:
    async with open_page(app) as page:
        await page.click(page.get_by_role("button", name="Edit Bake scones"))
        await page.settled()
        await page.press("Escape", page.get_by_role("textbox", name="Text"))
        await page.settled()

        assert texts(page) == ["Buy <tea>", "Bake scones"]


async def test_each_page_chooses_which_tasks_it_shows() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await ada.click(ada.get_by_role("button", name="Done", exact=True))
        await ada.settled()
        assert (texts(ada), texts(grace)) == (["Buy <tea>"], ["Buy <tea>", "Bake scones"])

        await grace.click(grace.get_by_role("button", name="Remove done"))
        await grace.settled()

        assert ada.get_by_id("nothing").text == "Nothing here."
        assert texts(grace) == ["Bake scones"]
