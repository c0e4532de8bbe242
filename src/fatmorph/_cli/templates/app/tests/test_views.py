"""Snapshots of the views. After a change, run `python -m pytest --snapshot-update`."""

from fatmorph.forms import FormData, read_form
from fatmorph.morph import check
from fatmorph.testing.snapshots import ViewSnapshot

from database import Book
from state import NewBook, Tab
from views import home_view, new_book_view, shelf_view

MOMO = Book(id=1, title="Momo", author="Michael Ende", year=1973, added_by="ada", is_read=True)
DUNE = Book(id=2, title="<Dune>", author="Herbert", year=1965, added_by="grace", is_read=False)


def test_the_shelf_shows_which_books_are_read(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(shelf_view([MOMO, DUNE], ""))


def test_a_search_without_a_result(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(shelf_view([], "duna"))


def test_the_form_shows_its_errors(view_snapshot: ViewSnapshot) -> None:
    form = read_form(FormData([("title", "Dune"), ("author", ""), ("year", "19")]), NewBook)

    view_snapshot(new_book_view(Tab(new_book=form)))


def test_the_page_and_its_change_have_no_findings() -> None:
    before, after = home_view([MOMO], "ada", Tab()), home_view([DUNE, MOMO], "ada", Tab(added=1))

    assert check(before, after) == ()
