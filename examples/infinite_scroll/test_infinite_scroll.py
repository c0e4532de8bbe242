"""Tests of the infinite scroll, without a server: `python -m pytest`."""

import main
import pytest
from main import BATCH, STARS, app, favourites, home_view

from fatmorph import Element
from fatmorph.morph import check, simulate
from fatmorph.testing import Page, open_page
from fatmorph.testing.snapshots import ViewSnapshot


@pytest.fixture(autouse=True)
def no_favourites() -> None:
    favourites.clear()


def names(page: Page) -> list[str]:
    return [star.text for star in page.get_by_css("#stars b")]


async def scroll_to_the_end(page: Page) -> None:
    await page.reveal(page.get_by_css(".more"))
    await page.settled()


def test_the_list_ends_with_a_request_for_more(view_snapshot: ViewSnapshot) -> None:
    favourites.add(1)

    view_snapshot(home_view(BATCH))


def samples() -> dict[str, tuple[Element, Element]]:
    return {
        "a batch": (home_view(BATCH), home_view(2 * BATCH)),
        "the last batch": (home_view(len(STARS) - BATCH), home_view(len(STARS))),
    }


@pytest.mark.parametrize(("before", "after"), samples().values(), ids=list(samples()))
def test_a_change_has_no_findings(before: Element, after: Element) -> None:
    assert check(before, after) == ()


def test_a_batch_leaves_the_rows_above_alone() -> None:
    result = simulate(home_view(BATCH), home_view(2 * BATCH))

    rows = [node for node in result.created if node.name == "li"]
    removed = [str(node).rpartition(" > ")[2] for node in result.removed if node.name == "li"]
    assert len(rows) == BATCH + 1
    assert removed == [f"li#more-{BATCH}"]


async def test_a_page_shows_more_stars_at_its_end() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await scroll_to_the_end(ada)
        await ada.click(ada.get_by_role("button", name="More stars"))
        await ada.settled()

        assert names(ada) == [star.name for star in STARS[: 3 * BATCH]]
        assert len(names(grace)) == BATCH
        assert ada.lost == ()


async def test_the_list_ends_with_the_last_star(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "STARS", STARS[: 2 * BATCH + 10])

    async with open_page(app) as page:
        await scroll_to_the_end(page)
        await scroll_to_the_end(page)

        assert page.get_by_id("count").text == "70 of 70 · 0 marked"
        assert not page.get_by_role("button", name="More stars")


async def test_a_mark_is_seen_by_all_pages_whatever_they_show() -> None:
    async with open_page(app) as ada, open_page(app) as grace:
        await scroll_to_the_end(ada)
        await ada.click(ada.get_by_role("button", name=f"Mark {STARS[3].name}", exact=True))
        await ada.settled()

        assert grace.get_by_id("mark-3").attributes["aria-pressed"] == "true"
        assert (len(names(ada)), len(names(grace))) == (2 * BATCH, BATCH)

        await grace.click(grace.get_by_id("mark-3"))
        await grace.settled()

        assert ada.get_by_id("mark-3").attributes["aria-pressed"] == "false"


async def test_the_stars_are_there_again_after_a_restart() -> None:
    async with open_page(app) as page:
        await scroll_to_the_end(page)
        await page.server.stop()
        await page.server.start()
        await page.advance(5)

        assert len(names(page)) == 2 * BATCH
