"""Snapshots of the views. After a change, run `python -m pytest --snapshot-update`."""

from fatmorph.morph import check
from fatmorph.testing.snapshots import ViewSnapshot

from views import counter_view, home_view


def test_the_counter(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(counter_view(3))


def test_the_page_and_its_change_have_no_findings() -> None:
    assert check(home_view(3), home_view(4)) == ()
