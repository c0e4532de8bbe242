"""Snapshots of the examples' views; `--snapshot-update` accepts an intended change."""

from types import ModuleType

import pytest

from example_programs import example_module
from fatmorph.testing.snapshots import ViewSnapshot


@pytest.fixture(scope="module")
def chat() -> ModuleType:
    return example_module("chat")


@pytest.fixture(scope="module")
def hello() -> ModuleType:
    return example_module("hello")


@pytest.fixture(scope="module")
def tiles() -> ModuleType:
    return example_module("tiles")


def test_chat_starts_with_an_empty_room(chat: ModuleType, view_snapshot: ViewSnapshot) -> None:
    view_snapshot(chat.room_view("garden"))


def test_chat_shows_messages_with_their_authors(
    chat: ModuleType, view_snapshot: ViewSnapshot
) -> None:
    chat.rooms["attic"] += [chat.Message(0, "Ada", "1 < 2"), chat.Message(1, "", "Really?")]

    view_snapshot(chat.room_view("attic"))


def test_hello_starts_at_zero(hello: ModuleType, view_snapshot: ViewSnapshot) -> None:
    view_snapshot(hello.home_view(0))


def test_hello_shows_the_count_in_the_page_and_the_title(
    hello: ModuleType, view_snapshot: ViewSnapshot
) -> None:
    view_snapshot(hello.home_view(1234))


def test_tiles_starts_with_an_empty_board_and_no_painters(
    tiles: ModuleType, view_snapshot: ViewSnapshot
) -> None:
    view_snapshot(tiles.home_view("ada", [], {}))


def test_tiles_shows_painters_marks_the_own_one_and_shows_painted_tiles(
    tiles: ModuleType, view_snapshot: ViewSnapshot
) -> None:
    view_snapshot(tiles.home_view("ada", ["bob", "ada"], {0: "ada", 24: "bob"}))


def test_tiles_shows_a_painter_with_two_open_pages_once(
    tiles: ModuleType, view_snapshot: ViewSnapshot
) -> None:
    view_snapshot(tiles.home_view("ada", ["bob", "ada", "bob"], {}))


def test_tiles_shows_the_parts_of_its_page(tiles: ModuleType, view_snapshot: ViewSnapshot) -> None:
    view_snapshot(tiles.tile_view(6, None), "empty-tile")
    view_snapshot(tiles.tile_view(6, "ada"), "painted-tile")
    view_snapshot(tiles.swatch_view("ada", is_you=True), "your-swatch")
    view_snapshot(tiles.swatch_view("ada", is_you=False), "swatch")
