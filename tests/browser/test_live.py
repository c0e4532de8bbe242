"""A live page follows its state, and is not sent again to a browser that has it."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from servers import Server, free_port, running

PROGRAMS = Path(__file__).parent / "programs"
# The browser logs these errors while the server is down.
AWAY = (r"net::ERR_", "network error", "Failed to fetch", "Datastar failed to reach")
# Counts the pages that the client patches, in the client itself.
COUNT_PATCHES = """window.patches = 0
document.addEventListener('datastar-fetch', event => {
    window.patches += event.detail.type === 'datastar-patch-elements'
})"""

Serve = Callable[[int], AbstractContextManager[Server]]


@pytest.fixture
def serve(datastar_bundle: Path) -> Serve:
    """Return a function that serves the program from an edition on, always on the same port."""
    port = free_port()

    def serve(edition: int) -> AbstractContextManager[Server]:
        env = {"DATASTAR": str(datastar_bundle), "EDITION": str(edition)}
        return running([sys.executable, "live.py"], cwd=PROGRAMS, env=env, port=port)

    return serve


def test_every_tab_follows_every_change_and_keeps_typed_text(
    serve: Serve, new_page: Callable[[], Page]
) -> None:
    with serve(1) as server:
        tabs = [new_page(), new_page()]
        for tab in tabs:
            open_page(tab, server)
            tab.locator("#name").fill("Ada")

        for edition in (2, 3):
            tabs[0].request.post(f"{server.base_url}/next")

            for tab in tabs:
                expect(tab.locator("#heading")).to_have_text(f"Edition {edition}")
        assert [tab.locator("#name").input_value() for tab in tabs] == ["Ada", "Ada"]
        assert [tab.evaluate("window.patches") for tab in tabs] == [3, 3]


@pytest.mark.console_errors(*AWAY)
def test_a_restarted_server_does_not_resend_the_browsers_current_page(
    serve: Serve, page: Page
) -> None:
    with serve(1) as server:
        open_page(page, server)

    with page.expect_response("**/subscribe*") as again, serve(1) as server:
        id_sent = again.value.request.headers["last-event-id"]
        page.request.post(f"{server.base_url}/next")
        expect(page.locator("#heading")).to_have_text("Edition 2")

        # Only the edition that was published after the restart.
        assert page.evaluate("window.patches") == 2
    assert len(id_sent) == 16


@pytest.mark.console_errors(*AWAY)
def test_a_restarted_server_sends_a_page_that_the_browser_does_not_have(
    serve: Serve, page: Page
) -> None:
    with serve(1) as server:
        open_page(page, server)

    with serve(7):
        expect(page.locator("#heading")).to_have_text("Edition 7")


def open_page(page: Page, server: Server) -> None:
    page.add_init_script(COUNT_PATCHES)
    page.goto(server.base_url)
    page.wait_for_function("window.patches === 1")
