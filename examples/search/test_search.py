"""Tests of the search, without a server: `python -m pytest`."""

import main
import pytest
from main import Found, Person, app, find, home_view, marked

from fatmorph import Element
from fatmorph.morph import check
from fatmorph.testing import Page, open_page
from fatmorph.testing.snapshots import ViewSnapshot

ADA = Person(7, "Ada Byron", "Weaver", "Bergen")
GRACE = Person(9, "Grace Hopper", "Baker", "Porto")


@pytest.fixture(scope="module", autouse=True)
def people(tmp_path_factory: pytest.TempPathFactory) -> None:
    main.FILE, main.MAX_SHOWN = tmp_path_factory.mktemp("data") / "people.db", 10
    main.prepare()


def names(page: Page) -> list[str]:
    return [name.text for name in page.get_by_css("#people b")]


def test_the_page_shows_the_first_people_and_how_many_there_are(
    view_snapshot: ViewSnapshot,
) -> None:
    view_snapshot(home_view("", Found([ADA, GRACE], 10_000)))


def test_the_words_of_a_search_are_marked(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(home_view("BE by", Found([ADA], 1)))


def test_a_search_that_finds_no_one_says_so(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(home_view("<b>", Found([], 0)))


def samples() -> dict[str, tuple[Element, Element]]:
    everyone, one, no_one = Found([ADA, GRACE], 10_000), Found([GRACE], 1), Found([], 0)
    return {
        "a search begins": (home_view("", everyone), home_view("por", one)),
        "a search finds no one": (home_view("por", one), home_view("porx", no_one)),
    }


@pytest.mark.parametrize(("before", "after"), samples().values(), ids=list(samples()))
def test_a_change_has_no_findings(before: Element, after: Element) -> None:
    assert check(before, after) == ()


def test_there_are_ten_thousand_people_however_often_the_program_starts() -> None:
    main.prepare()

    assert find("").count == 10_000
    assert len(find("").people) == main.MAX_SHOWN


def test_a_search_finds_people_who_have_all_words_in_their_name_job_or_town() -> None:
    assert find("ada LOVELACE").people == [Person(60, "Ada Lovelace", "Librarian", "Ghent")]
    assert find("ada ghent librarian").people == find("lace ada").people
    assert find("Wrocł grace hop").count == 0
    assert find("'; DROP TABLE people; %_\\ --").count == 0


def test_marks_are_put_around_each_word_and_nothing_else() -> None:
    assert [str(part) for part in marked("Ada (Byron)", "(b A")] == [
        "", "<mark>A</mark>", "d", "<mark>a</mark>", " ", "<mark>(B</mark>", "yron)",
    ]  # fmt: skip


async def test_the_people_follow_the_typed_text_and_so_does_the_address() -> None:
    async with open_page(app) as page:
        await page.type(page.get_by_label("Search"), "lovelace ada")
        await page.advance(0.1)  # when the typing pauses

        assert names(page) == ["Ada Lovelace"]
        assert page.url.endswith("/?q=lovelace+ada")
        assert page.get_by_id("count").text == "1 found"
        assert page.get_by_label("Search").value == "lovelace ada"
        assert page.lost == ()


async def test_a_reload_shows_the_same_people() -> None:
    async with open_page(app, "/?q=lovelace+ada") as page:
        assert page.get_by_label("Search").value == "lovelace ada"
        await page.settled()

        assert names(page) == ["Ada Lovelace"]


async def test_an_empty_search_shows_everyone_again() -> None:
    async with open_page(app, "/?q=unknown") as page:
        await page.clear(page.get_by_label("Search"))
        await page.advance(0.1)

        assert page.get_by_id("count").text == "10,000 found"
        assert page.url.endswith("/")


async def test_a_search_that_is_too_long_is_refused() -> None:
    async with open_page(app, f"/?q={'a' * 81}") as page:
        assert page.status == 422
