"""The how-to on logging in, in a real browser: its own files, on Starlette."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from documented_programs import write_program
from servers import Server, running

CDN = "https://cdn.jsdelivr.net/**"
DEMOTE = """
import accounts
import board


async def demote(c, w):
    board.admins.discard("ada")
    w.json(accounts.streams.end("user ada"))


routes.append(route("/demote", demote, methods="POST"))
app = Starlette"""
CHANGES = {"max_seconds=10 * 60": "max_seconds=1", "app = Starlette": DEMOTE}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    write_program("how-to/login.md", tmp_path, CHANGES)
    command = [sys.executable, "-m", "uvicorn", "main:app", "--port", "{port}"]
    with running(command, cwd=tmp_path) as server:
        yield server


@pytest.fixture(autouse=True)
def client_from_disk(context: BrowserContext, official_bundle: Callable[[str], Path]) -> None:
    serve_client(context, official_bundle)


def serve_client(context: BrowserContext, official_bundle: Callable[[str], Path]) -> None:
    """Answer for the network from which the page loads the client."""
    context.route(
        CDN,
        lambda route: route.fulfill(
            path=official_bundle("1.0.4"),
            content_type="text/javascript",
            headers={"access-control-allow-origin": "*"},
        ),
    )


def log_in(page: Page, server: Server, name: str = "ada", password: str = "lovelace") -> None:
    page.goto(f"{server.base_url}/login")
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.locator("#log-in").click()


def open_board(page: Page, server: Server) -> None:
    with page.expect_response("**/subscribe*"):
        page.goto(server.base_url)


def test_a_wrong_password_is_told_and_the_name_stays(server: Server, page: Page) -> None:
    log_in(page, server, password="byron")

    expect(page.locator("#login-error")).to_have_text("This name or this password is wrong.")
    expect(page.locator("#name")).to_have_value("ada")
    page.locator("#password").fill("lovelace")
    page.locator("#log-in").click()
    expect(page.locator("#user")).to_have_text("ada")


def test_a_logout_sends_every_tab_of_the_session_to_the_login_and_no_other_user(
    server: Server,
    new_page: Callable[[], Page],
    browser: Browser,
    official_bundle: Callable[[str], Path],
) -> None:
    mine, second_tab = new_page(), new_page()
    with closing(browser.new_context()) as other_context:
        serve_client(other_context, official_bundle)
        other = other_context.new_page()
        log_in(mine, server)
        expect(mine.locator("#user")).to_have_text("ada")
        open_board(second_tab, server)
        log_in(other, server, "bob", "sponge")
        other.locator("#draft").fill("half a sentence")

        mine.locator("#log-out").click()

        for page in (mine, second_tab):
            page.wait_for_url("**/login")
        expect(other.locator("#user")).to_have_text("bob")
        expect(other.locator("#draft")).to_have_value("half a sentence")


def test_a_page_without_a_session_asks_once_and_does_not_loop(
    server: Server, new_page: Callable[[], Page]
) -> None:
    mine, second_tab = new_page(), new_page()
    log_in(mine, server)
    expect(mine.locator("#user")).to_have_text("ada")
    open_board(second_tab, server)
    requested: list[str] = []
    second_tab.on("request", lambda request: requested.append(request.url))

    mine.locator("#log-out").click()
    second_tab.wait_for_url("**/login")
    second_tab.wait_for_load_state("networkidle")

    paths = [url.removeprefix(server.base_url).partition("?")[0] for url in requested]
    assert [path for path in paths if path.startswith("/")] == ["/subscribe", "/login"]


def test_the_back_button_shows_nothing_of_a_session_that_has_ended(
    server: Server, page: Page
) -> None:
    log_in(page, server)
    expect(page.locator("#user")).to_have_text("ada")
    page.locator("#log-out").click()
    page.wait_for_url("**/login")

    page.go_back()

    page.wait_for_url("**/login")
    expect(page.locator("#log-in")).to_be_visible()


def test_a_hidden_tab_learns_of_the_logout_when_it_is_shown(
    server: Server, new_page: Callable[[], Page]
) -> None:
    mine, hidden = new_page(), new_page()
    log_in(mine, server)
    expect(mine.locator("#user")).to_have_text("ada")
    open_board(hidden, server)
    show(hidden, is_hidden=True)
    mine.locator("#log-out").click()
    mine.wait_for_url("**/login")
    expect(hidden.locator("#user")).to_have_text("ada")

    show(hidden, is_hidden=False)

    hidden.wait_for_url("**/login")


def test_a_session_that_expires_while_its_page_is_open_leads_to_the_login(
    server: Server, page: Page, context: BrowserContext
) -> None:
    log_in(page, server)
    expect(page.locator("#user")).to_have_text("ada")

    context.clear_cookies()

    page.wait_for_url("**/login")


def test_a_session_that_goes_on_keeps_what_is_typed_when_its_stream_ends(
    server: Server, page: Page
) -> None:
    log_in(page, server)
    expect(page.locator("#user")).to_have_text("ada")
    page.locator("#draft").fill("half a sentence")

    for _ in range(2):
        page.wait_for_event("response", lambda response: "/subscribe" in response.url)

    expect(page.locator("#draft")).to_have_value("half a sentence")


def test_rights_that_change_are_seen_on_the_open_page(server: Server, page: Page) -> None:
    log_in(page, server)
    expect(page.locator("#clear")).to_be_visible()
    page.locator("#draft").fill("half a sentence")

    page.request.post(f"{server.base_url}/demote")

    expect(page.locator("#clear")).to_have_count(0)
    expect(page.locator("#draft")).to_have_value("half a sentence")


def test_logging_in_and_out_works_without_javascript(server: Server, browser: Browser) -> None:
    with closing(browser.new_context(java_script_enabled=False)) as context:
        page = context.new_page()

        log_in(page, server, password="byron")
        expect(page.locator("#login-error")).to_have_text("This name or this password is wrong.")
        expect(page.locator("#name")).to_have_value("ada")
        log_in(page, server)
        expect(page.locator("#user")).to_have_text("ada")
        page.locator("#log-out").click()

        expect(page.locator("#log-in")).to_be_visible()


def show(page: Page, *, is_hidden: bool) -> None:
    page.evaluate(
        """hidden => {
        Object.defineProperty(document, 'hidden', {value: hidden, configurable: true})
        document.dispatchEvent(new Event('visibilitychange'))
        }""",
        is_hidden,
    )
