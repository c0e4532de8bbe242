"""Snapshots of the views. After a change, run `python -m pytest --snapshot-update`."""

from fatmorph.morph import check
from fatmorph.testing.snapshots import ViewSnapshot

from views import header_view, home_view, tile_view


def test_the_header_shows_who_paints(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(header_view("ada", ["ada", "bob"]))


def test_a_painted_tile(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(tile_view(3, "ada"))


def test_the_page_and_its_change_have_no_findings() -> None:
    before, after = home_view("ada", ["ada"], {}), home_view("ada", ["ada", "bob"], {3: "bob"})

    assert check(before, after) == ()
