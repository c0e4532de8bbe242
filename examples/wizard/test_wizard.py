"""Tests of the wizard, without a server: `python -m pytest`."""

from collections.abc import AsyncIterator

import pytest
from main import Party, Tab, app, home_view, parties

from fatmorph import Element
from fatmorph.morph import check
from fatmorph.testing import Page, open_page
from fatmorph.testing.snapshots import ViewSnapshot

ADA = Party("Ada", 4, "Darjeeling", "16:00")
TEXTS = {"name": "Grace <3", "guests": "5", "tea": "Sencha", "hour": "15:00"}


@pytest.fixture(autouse=True)
def one_party() -> None:
    parties[:] = [ADA]


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with open_page(app) as page:
        await page.click(page.get_by_role("button", name="Plan a party"))
        yield page


async def click(page: Page, name: str) -> None:
    await page.click(page.get_by_role("button", name=name, exact=True))
    await page.settled()


async def fill_in_the_first_step(page: Page, name: str = "Grace", guests: str = "5") -> None:
    await page.type(page.get_by_label("Your name"), name)
    await page.type(page.get_by_label("Guests"), guests)
    await click(page, "Next")


async def fill_in_the_second_step(page: Page) -> None:
    await page.tick(page.get_by_label("Sencha"))
    await page.choose(page.get_by_label("Hour"), "15:00")
    await click(page, "Next")


def test_each_step_has_fields_of_its_own(view_snapshot: ViewSnapshot) -> None:
    errors = {"tea": "is required"}

    view_snapshot(home_view(Tab()), "first")
    view_snapshot(home_view(Tab(step=1, texts=TEXTS, errors=errors, tries=2)), "second")
    view_snapshot(home_view(Tab(step=2, texts=TEXTS)), "last")


def samples() -> dict[str, tuple[Element, Element]]:
    first, second, last = (home_view(Tab(step=step, texts=TEXTS)) for step in range(3))
    return {
        "an error": (home_view(Tab()), home_view(Tab(errors={"guests": "is required"}, tries=1))),
        "the second step": (first, second),
        "the last step": (second, last),
        "the end": (last, home_view(Tab(number=1, note="The party is planned."))),
    }


@pytest.mark.parametrize(("before", "after"), samples().values(), ids=list(samples()))
def test_a_change_has_no_findings(before: Element, after: Element) -> None:
    assert check(before, after) == ()


async def test_three_steps_plan_a_party_that_all_pages_show(page: Page) -> None:
    async with open_page(app) as other:
        await fill_in_the_first_step(page)
        await fill_in_the_second_step(page)
        assert [each.text for each in page.get_by_css("dd")] == ["Grace", "5", "Sencha", "15:00"]
        await click(page, "Plan it")

        assert parties == [ADA, Party("Grace", 5, "Sencha", "15:00")]
        assert other.get_by_id("party-1").text.endswith("Sencha at 15:00, 5 guests")
        assert page.get_by_id("notes").text == "The party of Grace is planned."
        assert not page.get_by_id("wizard").is_open


async def test_a_step_with_errors_is_not_left_and_its_first_error_has_the_focus(
    page: Page,
) -> None:
    await fill_in_the_first_step(page, "Grace", "13")

    assert page.get_by_id("guests-error-0").text == "must be at most 12"
    assert page.get_by_label("Your name").value == "Grace"
    assert page.get_by_label("Guests").is_focused

    await page.clear(page.get_by_label("Your name"))
    await click(page, "Next")

    assert page.get_by_label("Your name").is_focused


async def test_a_new_step_has_the_focus_in_its_first_field(page: Page) -> None:
    assert page.get_by_label("Your name").is_focused

    await fill_in_the_first_step(page)
    assert page.get_by_label("Assam").is_focused

    await fill_in_the_second_step(page)
    assert page.get_by_role("button", name="Plan it").is_focused


async def test_the_way_back_keeps_everything_that_was_typed(page: Page) -> None:
    await fill_in_the_first_step(page)
    await page.tick(page.get_by_label("Sencha"))
    await click(page, "Back")

    assert page.get_by_label("Your name").value == "Grace"
    assert page.get_by_label("Your name").is_focused

    await click(page, "Next")

    assert page.get_by_label("Sencha").is_ticked


async def test_a_party_of_another_user_leaves_text_and_focus_alone(page: Page) -> None:
    await page.type(page.get_by_label("Guests"), "1")

    async with open_page(app) as other:
        await other.click(other.get_by_role("button", name="Plan a party"))
        await fill_in_the_first_step(other)
        await fill_in_the_second_step(other)
        await click(other, "Plan it")
    await page.type(page.get_by_label("Guests"), "2")

    assert len(page.get_by_css("#parties li")) == 2
    assert page.get_by_label("Guests").value == "12"
    assert page.get_by_label("Guests").is_focused
    assert page.lost == ()


async def test_a_step_that_is_sent_twice_is_left_once(page: Page) -> None:
    await page.type(page.get_by_label("Your name"), "Grace")
    await page.type(page.get_by_label("Guests"), "5")
    await page.click(page.get_by_role("button", name="Next"))
    await page.click(page.get_by_role("button", name="Next"))
    await page.settled()

    assert page.get_by_css("[aria-current]").text == "Tea"
    assert page.get_by_id("tea-error-0").text == ""


async def test_the_next_party_begins_with_empty_fields(page: Page) -> None:
    await fill_in_the_first_step(page)
    await fill_in_the_second_step(page)
    await click(page, "Plan it")
    await page.click(page.get_by_role("button", name="Plan a party"))

    assert page.get_by_label("Your name").value == ""
    assert page.get_by_label("Your name").is_focused
