"""The state of a page survives other users, a reconnect and a restart, and stays its own."""

import shlex
import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from servers import Server, free_port, running

PROGRAMS = Path(__file__).parent / "programs"
# The browser logs these errors while the server is down.
AWAY = (r"net::ERR_", "network error", "Failed to fetch", "Datastar failed to reach")

Serve = Callable[..., AbstractContextManager[Server]]


@pytest.fixture(params=["starlette", "fastapi", "django"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of the program on a framework, in a folder of its own."""
    folder = tmp_path / "program"
    folder.mkdir()
    shutil.copy(PROGRAMS / "pages.py", folder)
    return Path(shutil.copy(PROGRAMS / f"pages_{request.param}.py", folder))


@pytest.fixture
def serve(program: Path, tmp_path: Path, official_bundle: Callable[[str], Path]) -> Serve:
    """Return a function that serves the program, always on the same port."""
    port = free_port()
    # Older clients than 1.0.3 send their first signals again with each retry.
    env = {"DATASTAR": str(official_bundle("1.0.4")), "SESSIONS": str(tmp_path)}
    command = [sys.executable, program.name]
    watchfiles = str(Path(sys.executable).with_name("watchfiles"))

    def serve(*, is_watched: bool = False) -> AbstractContextManager[Server]:
        watched = [watchfiles, shlex.join(command), "."]
        return running(watched if is_watched else command, program.parent, env, port=port)

    return serve


def search_and_fail(page: Page, server: Server) -> None:
    with page.expect_response("**/subscribe*"):
        page.goto(server.base_url)
    page.locator("#query").fill("tea")
    expect(page.locator("#found")).to_have_text("Found: tea")
    page.locator("#email").fill("ada@example.org")
    page.locator("#join").click()
    expect_own_state(page)


def expect_own_state(page: Page) -> None:
    expect(page.locator("#found")).to_have_text("Found: tea")
    expect(page.locator("#email-error")).to_have_text("Taken already.")
    expect(page.locator("#email")).to_have_value("ada@example.org")


def test_search_and_error_survive_another_users_change_and_stay_out_of_other_tabs(
    serve: Serve, browser: Browser, new_page: Callable[[], Page]
) -> None:
    with serve() as server, closing(browser.new_context()) as context:
        mine, second_tab, other_user = new_page(), new_page(), context.new_page()
        search_and_fail(mine, server)
        for page in (second_tab, other_user):
            with page.expect_response("**/subscribe*"):
                page.goto(server.base_url)

        other_user.request.post(f"{server.base_url}/count")

        for page in (mine, second_tab, other_user):
            expect(page.locator("#count")).to_have_text("1")
        expect_own_state(mine)
        for page in (second_tab, other_user):
            expect(page.locator("#found")).to_have_text("Found: ")
            expect(page.locator("#email-error")).to_have_text("")


@pytest.mark.console_errors(*AWAY)
def test_search_and_error_survive_a_reconnect(serve: Serve, page: Page) -> None:
    with serve() as server:
        search_and_fail(page, server)
        page.context.set_offline(True)
        page.request.post(f"{server.base_url}/count")

        with page.expect_response("**/subscribe*"):
            # As for a tab that was hidden and is shown again.
            page.evaluate(
                """() => {
                for (const hidden of [true, false]) {
                    Object.defineProperty(document, 'hidden', {value: hidden, configurable: true})
                    document.dispatchEvent(new Event('visibilitychange'))
                }}"""
            )
            page.context.set_offline(False)
        page.request.post(f"{server.base_url}/count")

        expect(page.locator("#count")).to_have_text("2")
        expect_own_state(page)


@pytest.mark.console_errors(*AWAY)
def test_search_and_error_survive_a_restart(serve: Serve, page: Page) -> None:
    with serve() as server:
        search_and_fail(page, server)

    with page.expect_response("**/subscribe*"), serve() as server:
        page.request.post(f"{server.base_url}/count")
        page.request.post(f"{server.base_url}/count")
        expect(page.locator("#count")).to_have_text("2")
        expect_own_state(page)
        page.locator("#query").fill("coffee")
        expect(page.locator("#found")).to_have_text("Found: coffee")


@pytest.mark.console_errors(*AWAY)
def test_search_and_error_survive_a_saved_change_under_watchfiles(
    serve: Serve, program: Path, page: Page
) -> None:
    with serve(is_watched=True) as server:
        search_and_fail(page, server)
        source = program.with_name("pages.py")

        source.write_text(source.read_text().replace('"Join"', '"Join us"'))

        expect(page.locator("#join")).to_have_text("Join us")
        expect_own_state(page)
        page.request.post(f"{server.base_url}/count")
        expect(page.locator("#count")).to_have_text("1")
        expect_own_state(page)


@pytest.mark.parametrize("program", ["django"], indirect=True)
def test_a_page_belongs_to_the_session_that_began_it(
    serve: Serve, page: Page, browser: Browser
) -> None:
    with serve() as server, closing(browser.new_context()) as context:
        search_and_fail(page, server)
        with page.expect_request("**/signup") as signup:
            page.locator("#join").click()
        thief = context.new_page()
        thief.goto(server.base_url)
        stolen = {"Fatmorph-State": signup.value.headers["fatmorph-state"]}

        answers = [
            each.request.post(f"{server.base_url}/search", headers=stolen, data={"query": "coffee"})
            for each in (thief, page)
        ]

        assert [answer.status for answer in answers] == [403, 204]
        expect(page.locator("#found")).to_have_text("Found: coffee")
