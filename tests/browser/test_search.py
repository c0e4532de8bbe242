"""The search in a real browser: people are found while the user types."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running


@pytest.fixture(scope="module")
def search(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "search") as server:
        yield server


def names(page: Page) -> Locator:
    return page.locator("#people b")


def test_people_are_found_while_the_user_types(search: Server, page: Page) -> None:
    page.goto(search.base_url)
    field = page.get_by_label("Search")
    expect(field).to_be_focused()
    expect(page.get_by_text("10,000 found")).to_be_visible()
    expect(names(page)).to_have_count(50)

    field.press_sequentially("lovelace ad", delay=30)
    field.press_sequentially("a", delay=30)

    expect(names(page)).to_have_text(["Ada Lovelace"])
    expect(page.locator("mark")).to_have_text(["Ada", "Lovelace"])
    expect(field).to_have_value("lovelace ada")
    expect(field).to_be_focused()


def test_the_address_keeps_the_search_for_a_reload(search: Server, page: Page) -> None:
    page.goto(search.base_url)
    page.get_by_label("Search").fill("grace hopper")
    expect(page).to_have_url(f"{search.base_url}/?q=grace+hopper")

    page.reload()

    expect(page.get_by_label("Search")).to_have_value("grace hopper")
    expect(names(page)).to_have_text(["Grace Hopper"])
    expect(page).to_have_title("grace hopper · People")


def test_a_search_belongs_to_its_tab(search: Server, new_page: Callable[[], Page]) -> None:
    first, second = new_page(), new_page()
    for page, query in ((first, "curie ada"), (second, "turing alan")):
        page.goto(search.base_url)
        page.get_by_label("Search").fill(query)

    expect(names(first)).to_have_text(["Ada Curie"])
    expect(names(second)).to_have_text(["Alan Turing"])


def test_a_search_for_markup_finds_no_one_and_runs_nothing(search: Server, page: Page) -> None:
    page.goto(search.base_url)
    page.get_by_label("Search").fill("<img src=x onerror=alert(1)>")

    expect(page.get_by_text("No one matches “<img src=x onerror=alert(1)>”.")).to_be_visible()
    page.get_by_label("Search").fill("")
    expect(page.get_by_text("10,000 found")).to_be_visible()
