"""The steps of users, without a server and without a browser."""

from typing import Any

import pytest
from fatmorph.testing import open_page

from handlers import counter


@pytest.fixture(autouse=True)
def from_zero() -> None:
    counter.count = 0


async def test_a_click_counts_on_every_open_page(app: Any) -> None:
    async with open_page(app) as ada, open_page(app) as bob:
        await ada.click(ada.get_by_role("button", name="Add one"))
        await ada.settled()

        assert [page.get_by_id("count").text for page in (ada, bob)] == ["1", "1"]
        assert bob.lost == ()  # no typed text, no focus
