"""Tests of the board, without a server: `python -m pytest`."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from board import database, handlers
from board.accounts import session_key
from board.database import Card, load_cards
from board.state import Edit, Login, NewCard, Sending, Tab
from board.views import board_view, login_view

from fatmorph import Context, Pages
from fatmorph.adapters import collect_response, respond
from fatmorph.forms import FormData, read_form
from fatmorph.morph import check
from fatmorph.testing import MemoryClient
from fatmorph.testing.snapshots import ViewSnapshot

TEA = Card(1, "next", "Drink tea", 2, "ada")
CAKE = Card(2, "done", "Eat <cake>", 6, "grace", "cake.png")
ADA = SimpleNamespace(session={"id": "s1", "user": "ada"})


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "FOLDER", tmp_path)
    monkeypatch.setattr(database, "PICTURES", tmp_path / "pictures")
    monkeypatch.setattr(database, "FIRST_CARDS", (("ideas", "Plant a tree", 3, "ada"),))
    monkeypatch.setattr(handlers, "tabs", Pages(Tab, owner=session_key))
    database.prepare()


def request(path: str, query: str = "", body: bytes = b"", **path_params: Any) -> Context[Any]:
    async def read_body(max_bytes: int) -> bytes:
        return body

    return Context(
        method="POST",
        path=path,
        query_string=query,
        headers=[
            ("content-type", "application/x-www-form-urlencoded"),
            ("datastar-request", "true"),
            ("fatmorph-state", "1-2-3-4"),
        ],
        read_body=read_body,
        path_params=path_params,
        request=ADA,
    )


async def shown(client: MemoryClient, text: bytes) -> None:
    async with asyncio.timeout(10):
        while text not in client.body:
            await asyncio.sleep(0.01)


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


async def test_an_open_page_follows_the_actions_of_others() -> None:
    client = MemoryClient()
    stream = asyncio.create_task(respond(handlers.subscribe, request("/subscribe"), client))
    await shown(client, b"Plant a tree")

    await collect_response(handlers.move, request("/", "column=done&before=", card=1))
    await shown(client, b"3 of 3 points are done")
    client.leave()
    await stream

    assert [card.column for card in load_cards()] == ["done"]
    assert handlers.people == []


async def test_a_card_that_is_not_valid_is_not_added() -> None:
    c = request("/cards", body=b"title=x&points=99&column=ideas&key=k1")

    await collect_response(handlers.add, c)

    async with handlers.tabs.of(c) as tab:
        assert tab.state.new_card.errors == {
            "title": "must be at least 3 characters long",
            "points": "must be at most 13",
        }
    assert len(load_cards()) == 1


async def test_a_form_that_arrives_twice_adds_one_card() -> None:
    for _ in range(2):
        c = request("/cards", body=b"title=Water+it&points=1&column=next&key=k1")
        await collect_response(handlers.add, c)

    assert [card.title for card in load_cards()] == ["Plant a tree", "Water it"]


async def test_the_second_user_to_rename_a_card_is_told() -> None:
    c = request("/cards/1/edit", card=1)
    await collect_response(handlers.edit, c)
    database.rename_card(1, "Plant two", since="Plant a tree")

    await collect_response(handlers.rename, request("/", body=b"title=Plant+three", card=1))

    async with handlers.tabs.of(c) as tab:
        assert "“Plant three” is not saved" in tab.state.note
    assert [card.title for card in load_cards()] == ["Plant two"]


async def test_a_page_without_a_session_goes_to_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ADA, "session", {})

    response = await collect_response(handlers.home, request("/"))

    assert b"window.location = '/login'" in response.body
