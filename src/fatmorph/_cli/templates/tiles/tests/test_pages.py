"""The steps of users, without a server and without a browser."""

from typing import Any

import pytest
from fatmorph.testing import open_page

from handlers import board, painters


@pytest.fixture(autouse=True)
def empty_board() -> None:
    board.clear()


async def test_a_tile_is_painted_on_every_open_page(app: Any) -> None:
    async with open_page(app) as ada, open_page(app) as bob:
        await ada.click(ada.get_by_role("button", name="Tile 3", exact=True))
        await ada.settled()

        assert [len(page.get_by_css(".painted")) for page in (ada, bob)] == [1, 1]
        assert bob.lost == ()  # no typed text, no focus


async def test_a_closed_page_leaves_the_painters(app: Any) -> None:
    async with open_page(app) as ada:
        async with open_page(app) as bob:
            await bob.settled()
            assert ada.title == "Tiles · 2 painting"
        await ada.settled()

        assert ada.title == "Tiles · 1 painting"

    assert painters == []
