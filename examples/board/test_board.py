"""Tests of the board, without a server: `python -m pytest`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from board import database, handlers
from board.accounts import session_key
from board.database import Card
from board.state import Edit, Login, NewCard, Sending, Tab
from board.views import board_view, login_view
from main import app

from fatmorph import Pages
from fatmorph.forms import FormData, read_form
from fatmorph.morph import check
from fatmorph.testing import Page, open_page
from fatmorph.testing.snapshots import ViewSnapshot

TEA = Card(1, "next", "Drink tea", 2, "ada")
CAKE = Card(2, "done", "Eat <cake>", 6, "grace", "cake.png")


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "FOLDER", tmp_path)
    monkeypatch.setattr(database, "PICTURES", tmp_path / "pictures")
    monkeypatch.setattr(database, "FIRST_CARDS", (("ideas", "Plant a tree", 3, "ada"),))
    monkeypatch.setattr(handlers, "tabs", Pages(Tab, owner=session_key))


@asynccontextmanager
async def logged_in(name: str, password: str) -> AsyncGenerator[Page, None]:
    async with open_page(app, "/login") as page:
        await page.type(page.get_by_label("Name"), name)
        await page.type(page.get_by_label("Password"), password)
        await page.press("Enter")
        await page.settled()
        yield page


def test_the_board_shows_cards_in_their_columns(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(board_view([TEA, CAKE], ["ada", "grace", "ada"], Tab(key="k1")))


def test_a_search_shows_the_cards_that_it_finds(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(board_view([TEA, CAKE], ["ada"], Tab(query="TEA", key="k1")))


def test_a_page_shows_what_its_user_is_doing(view_snapshot: ViewSnapshot) -> None:
    form = read_form(FormData([("title", "x"), ("points", "99")]), NewCard)
    tab = Tab(edit=Edit(1, "Drink tea"), sending=Sending(2, 40), new_card=form, key="k1")
    tab.tell("Drink tea is saved.")

    view_snapshot(board_view([TEA, CAKE], ["ada"], tab))


def test_the_login_keeps_the_name_after_a_mistake(view_snapshot: ViewSnapshot) -> None:
    form = read_form(FormData([("name", "ada"), ("password", "?")]), Login)
    form.errors["password"] = "is wrong"

    view_snapshot(login_view(form))


def test_the_views_have_no_findings() -> None:
    editing = Tab(edit=Edit(1, "Drink tea"), sending=Sending(2, 40))

    assert check(board_view([TEA, CAKE], ["ada"], Tab())) == ()
    assert check(board_view([TEA, CAKE], ["ada"], Tab()), board_view([TEA], [], editing)) == ()


async def test_a_page_follows_the_actions_of_others() -> None:
    async with logged_in("ada", "lovelace") as ada, logged_in("grace", "hopper") as grace:
        await ada.click(ada.get_by_role("button", name="Edit Plant a tree"))
        await ada.advance(0.1)  # a page is drawn 30 times per second at the most
        await ada.type(ada.get_by_role("textbox", name="Title", exact=True), "s")
        await grace.press("ArrowRight", grace.get_by_role("button", name="Move Plant a tree"))
        await grace.advance(0.1)
        await ada.press("Enter")
        await ada.advance(0.1)

        assert grace.get_by_css("#next .card > p").text == "Plant a trees"
        assert [loss.kind for loss in (*ada.lost, *grace.lost)] == ["init"]  # it asks for the focus

    assert handlers.people == []


async def test_a_card_that_is_not_valid_is_told_and_a_valid_one_is_added_once() -> None:
    async with logged_in("ada", "lovelace") as page:
        await page.click(page.get_by_role("button", name="New card"))
        dialog = page.get_by_role("dialog", name="New card")
        await page.type(dialog.get_by_label("Title"), "Water it")
        await page.type(dialog.get_by_label("Points"), "99")
        await page.press("Enter")
        await page.advance(0.1)
        assert dialog.get_by_label("Points").attributes["aria-invalid"] == "true"
        assert dialog.get_by_text("must be at most 13")

        await page.clear(dialog.get_by_label("Points"))
        await page.type(dialog.get_by_label("Points"), "5")
        await page.press("Enter")
        await page.advance(0.1)

        assert [card.text for card in page.get_by_css(".card > p")] == ["Plant a tree", "Water it"]
        assert not dialog  # it is closed


async def test_the_second_user_to_rename_a_card_is_told() -> None:
    async with logged_in("ada", "lovelace") as page:
        await page.click(page.get_by_role("button", name="Edit Plant a tree"))
        await page.advance(0.1)
        database.rename_card(1, "Plant two", since="Plant a tree")

        await page.press("Enter", page.get_by_role("textbox", name="Title", exact=True))
        await page.advance(0.1)

        assert "“Plant a tree” is not saved" in page.get_by_id("notes").text
        assert page.get_by_css(".card > p").text == "Plant two"


async def test_a_page_without_a_session_goes_to_the_login() -> None:
    async with open_page(app, "/") as page:
        assert page.title == "Log in · Board"
