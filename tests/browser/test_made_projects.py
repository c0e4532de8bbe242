"""The projects of `fatmorph init` in a real browser."""

import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Page, expect

from made_projects import made_project
from servers import running

# The browser logs these errors while the server is down.
AWAY = (r"net::ERR_", "Failed to fetch", "Datastar failed to reach", "network error")


@pytest.fixture
def made(tmp_path: Path, datastar_bundle: Path) -> Callable[[str, str], Path]:
    """Make a project that serves its own copy of the client."""

    def make(template: str, server: str) -> Path:
        project = made_project(tmp_path, template, server)
        copy(datastar_bundle, project / "static" / "datastar.js")
        return project

    return make


@pytest.mark.console_errors(*AWAY)
def test_hello_follows_its_code_and_its_style_while_it_is_developed(
    made: Callable[[str, str], Path], page: Page
) -> None:
    project = made("hello", "starlette")
    views, style = project / "views.py", project / "static" / "style.css"

    with running([sys.executable, "dev.py"], cwd=project, env={"FATMORPH_DEV": "1"}) as server:
        page.goto(server.base_url)
        page.get_by_role("button", name="Add one").click()
        expect(page.locator("#count")).to_have_text("1")

        views.write_text(views.read_text(encoding="utf-8").replace("Add one", "Count"))
        expect(page.get_by_role("button", name="Count")).to_be_visible()
        expect(page.locator("#count")).to_have_text("0")  # its memory is that of the process

        style.write_text(f"{style.read_text(encoding='utf-8')}h1 {{ color: rgb(1, 2, 3) }}\n")
        expect(page.get_by_role("heading")).to_have_css("color", "rgb(1, 2, 3)")


def test_tiles_are_painted_in_every_window(
    made: Callable[[str, str], Path], new_page: Callable[[], Page]
) -> None:
    with running([sys.executable, "main.py"], cwd=made("tiles", "aiohttp")) as server:
        first, second = new_page(), new_page()
        first.goto(server.base_url)
        second.goto(server.base_url)
        expect(first).to_have_title("Tiles · 2 painting")

        first.get_by_role("button", name="Tile 3", exact=True).click()

        expect(second.locator(".painted")).to_have_count(1)


def test_the_app_logs_in_adds_a_book_and_finds_it(
    made: Callable[[str, str], Path], page: Page
) -> None:
    with running([sys.executable, "main.py"], cwd=made("app", "fastapi")) as server:
        page.goto(server.base_url)
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("a guess")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_text("This name or this password is wrong.")).to_be_visible()
        page.get_by_label("Password").fill("lovelace")
        page.get_by_label("Password").press("Enter")

        page.get_by_label("Title").fill("Dune")
        page.get_by_label("Author").fill("Frank Herbert")
        page.get_by_label("Year").fill("19650")
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_text("must be at most 2100")).to_be_visible()
        page.get_by_label("Year").fill("1965")
        page.get_by_label("Year").press("Enter")
        expect(page.locator("#books h2").first).to_have_text("Dune")
        expect(page.get_by_label("Title")).to_have_value("")

        page.get_by_label("Search").fill("herb")
        expect(page.locator("#books h2")).to_have_text(["Dune"])
        page.get_by_role("button", name="Dune is read").click()
        expect(page.get_by_text("1 of 1 books are read")).to_be_visible()

        page.get_by_role("button", name="Log out").click()
        expect(page).to_have_title("Log in · Books")
