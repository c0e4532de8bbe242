"""The steps of users, without a server and without a browser."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fatmorph import Pages
from fatmorph.testing import Page, open_page

import database
import handlers
from accounts import session_key
from state import Tab


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Give each test a database of its own, with one book."""
    file = tmp_path / "app.db"
    monkeypatch.setattr(database, "FILE", file)
    monkeypatch.setattr(database, "FIRST_BOOKS", (("Momo", "Michael Ende", 1973, "ada"),))
    monkeypatch.setattr(handlers, "tabs", Pages(Tab, refill=("query",), owner=session_key))
    yield
    database.engine_of(file).dispose()


@asynccontextmanager
async def logged_in(app: Any, name: str, password: str) -> AsyncGenerator[Page]:
    async with open_page(app) as page:
        await page.type(page.get_by_label("Name"), name)
        await page.type(page.get_by_label("Password"), password)
        await page.press("Enter")
        await page.settled()
        yield page


def titles(page: Page) -> list[str]:
    return [book.text for book in page.get_by_css("#books h2")]


async def test_a_page_asks_strangers_to_log_in(app: Any) -> None:
    async with logged_in(app, "ada", "a guess") as page:
        assert page.title == "Log in · Books"
        assert page.get_by_text("This name or this password is wrong.")


async def test_an_added_book_is_on_every_open_page(app: Any) -> None:
    async with logged_in(app, "ada", "lovelace") as ada, logged_in(app, "grace", "hopper") as grace:
        await grace.type(grace.get_by_label("Author"), "Octavia")
        await ada.type(ada.get_by_label("Title"), "Dune")
        await ada.type(ada.get_by_label("Author"), "Frank Herbert")
        await ada.type(ada.get_by_label("Year"), "1965")
        await ada.press("Enter")
        await ada.settled()

        assert titles(ada) == titles(grace) == ["Dune", "Momo"]
        assert ada.get_by_label("Title").value == ""
        assert grace.get_by_label("Author").value == "Octavia"
        assert grace.lost == ()  # no typed text, no focus


async def test_a_book_that_is_not_valid_is_told_and_not_added(app: Any) -> None:
    async with logged_in(app, "ada", "lovelace") as page:
        await page.type(page.get_by_label("Title"), "Dune")
        await page.type(page.get_by_label("Year"), "19650")
        await page.press("Enter")
        await page.settled()

        assert page.get_by_label("Year").attributes["aria-invalid"] == "true"
        assert page.get_by_text("must be at most 2100")
        assert page.get_by_label("Title").value == "Dune"
        assert titles(page) == ["Momo"]


async def test_a_search_shows_what_it_finds(app: Any) -> None:
    async with logged_in(app, "ada", "lovelace") as page:
        await page.type(page.get_by_role("searchbox"), "%")
        await page.advance(1)

        assert titles(page) == []
        assert page.url.endswith("/?q=%25")


async def test_a_book_is_ticked_and_removed(app: Any) -> None:
    async with logged_in(app, "ada", "lovelace") as page:
        await page.click(page.get_by_role("button", name="Momo is read"))
        await page.settled()
        assert page.get_by_id("summary").text == "1 of 1 books are read"

        await page.click(page.get_by_role("button", name="Remove Momo"))
        await page.settled()
        assert page.get_by_id("summary").text == "0 of 0 books are read"


async def test_a_logout_ends_all_pages_of_the_session(app: Any) -> None:
    async with logged_in(app, "ada", "lovelace") as page, page.another_tab("/") as other:
        await page.click(page.get_by_role("button", name="Log out"))
        await page.advance(2)

        assert [page.title, other.title] == ["Log in · Books", "Log in · Books"]
