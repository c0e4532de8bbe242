"""Tests of the dashboard, without a server: `python -m pytest`."""

import main
import pytest
from main import SECONDS, Reading, TeaHouse, app, home_view, scale_of

from fatmorph import Element
from fatmorph.morph import check, simulate
from fatmorph.testing import Page, open_page
from fatmorph.testing.snapshots import ViewSnapshot

READINGS = [Reading(1, 10, 0, 10), Reading(2, 25, 10, 15), Reading(3, 5, 0, 15)]


@pytest.fixture(autouse=True)
def new_tea_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "tea_house", TeaHouse())


def bars(page: Page) -> list[str]:
    return [bar.attributes["id"] for bar in page.get_by_css("#chart rect")]


def test_the_dashboard_shows_the_chart_of_one_number(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(home_view(READINGS, "queue"))


def samples() -> dict[str, tuple[Element, Element]]:
    return {
        "a new reading": (home_view(READINGS[:2], "orders"), home_view(READINGS[1:], "orders")),
        "another number": (home_view(READINGS, "orders"), home_view(READINGS, "brewed")),
    }


@pytest.mark.parametrize(("before", "after"), samples().values(), ids=list(samples()))
def test_a_change_has_no_findings(before: Element, after: Element) -> None:
    assert check(before, after) == ()


def test_a_new_reading_moves_the_bars_and_makes_one() -> None:
    result = simulate(home_view(READINGS[:2], "orders"), home_view(READINGS[1:], "orders"))

    assert [str(node).rpartition(" > ")[2] for node in result.created] == ["rect#bar-3"]
    assert [str(node).rpartition(" > ")[2] for node in result.removed] == ["rect#bar-1"]


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 10), (10, 10), (11, 20), (41, 60), (99, 100), (250, 400), (601, 800)]
)
def test_a_scale_ends_at_a_round_number(highest: int, top: int) -> None:
    assert scale_of([3, highest]) == top


def test_no_order_is_lost() -> None:
    tea_house = TeaHouse()
    before = tea_house.readings[-1]
    tea_house.extra = 20

    tea_house.measure()

    after = tea_house.readings[-1]
    assert before.queue + after.orders == after.brewed + after.queue


async def test_the_chart_follows_the_numbers() -> None:
    async with open_page(app) as page:
        first = bars(page)
        await page.advance(3)

        assert len(first) == len(bars(page)) == SECONDS + 2
        assert bars(page)[:-3] == first[3:]


async def test_ordered_teas_are_seen_by_all_pages() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await ada.advance(1)
        await ada.click(ada.get_by_role("button", name="Order 20 teas"))
        await ada.advance(1)

        orders = f"Orders: {main.tea_house.readings[-1].orders}"
        assert main.tea_house.readings[-1].orders >= 20
        assert ada.get_by_role("button", name=orders)
        assert grace.get_by_role("button", name=orders)


async def test_each_page_chooses_its_chart() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await ada.click(ada.get_by_role("button", name="Queue"))
        await ada.settled()

        assert ada.get_by_role("img").name.startswith("Queue, second by second: now ")
        assert grace.get_by_role("img").name.startswith("Orders, second by second: now ")
        assert ada.get_by_role("button", name="Queue").attributes["aria-pressed"] == "true"
