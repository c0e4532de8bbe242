"""The person learns that the connection is lost, and that an action has failed; nothing else."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from browser.retry_rates import let_pass
from servers import Server, free_port, running

PROGRAMS = Path(__file__).parent / "programs"
# Everything here is about errors that the browser logs.
pytestmark = pytest.mark.console_errors(
    *("net::ERR_", "network error", "Failed to fetch", "Datastar failed to reach", "status of")
)
STRICT = (
    "default-src 'self'; style-src 'self' 'nonce-{nonce}'; script-src 'nonce-{nonce}' "
    "'strict-dynamic'; require-trusted-types-for 'script'; trusted-types datastar"
)
# Records every text that the element has, from the page's beginning.
RECORD = """addEventListener('DOMContentLoaded', () => {
    window.texts = []
    const box = document.getElementById('connection-state')
    if (box) new MutationObserver(() => texts.push(box.textContent)).observe(box, {childList: true})
})"""
Serve = Callable[[], AbstractContextManager[Server]]


@pytest.fixture(params=["1.0.1", "1.0.4", "1.0.4 under a strict policy"])
def serve(request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]) -> Serve:
    """Return a function that serves the program, always on the same port."""
    port = free_port()
    version, _, policy = request.param.partition(" ")
    env = {"DATASTAR": str(official_bundle(version))} | ({"POLICY": STRICT} if policy else {})

    def serve() -> AbstractContextManager[Server]:
        return running([sys.executable, "connection.py"], cwd=PROGRAMS, env=env, port=port)

    return serve


def open_page(page: Page, server: Server) -> None:
    page.add_init_script(RECORD)
    with page.expect_response("**/live*"):
        page.goto(server.base_url)


def answer(page: Page, server: Server, with_: str) -> None:
    page.request.post(f"{server.base_url}/answer?with={with_}")


def texts(page: Page) -> list[str]:
    found: list[str] = page.evaluate("texts")
    return found


def test_a_page_says_that_it_reconnects_until_it_has_its_stream_again(
    serve: Serve, page: Page
) -> None:
    state = page.get_by_role("status")
    with serve() as server:
        open_page(page, server)

    expect(state).to_have_text("Verbinde …")
    expect(state).to_have_attribute("data-state", "reconnecting")
    with serve():
        expect(state).to_be_empty()

        expect(state).not_to_have_attribute("data-state", "reconnecting")
        assert texts(page) == ["Verbinde …", ""]


def test_an_outage_of_less_than_a_second_shows_nothing(serve: Serve, page: Page) -> None:
    page.route("**/live*", lambda route: route.abort("connectionrefused"), times=2)
    with serve() as server:
        open_page(page, server)
        let_pass(page, 2)

        assert texts(page) == []


def test_a_page_says_that_an_action_has_failed(serve: Serve, page: Page) -> None:
    state = page.get_by_role("status")
    with serve() as server:
        open_page(page, server)

        page.locator("#save").click()

        expect(state).to_have_text("Das ging schief.")
        expect(state).to_have_attribute("data-status", "503")
        answer(page, server, "live")  # a patch arrives meanwhile
        expect(state).to_be_empty()
        assert texts(page) == ["Das ging schief.", ""]


@pytest.mark.parametrize("with_", ["empty", "maintenance"])
def test_a_page_is_loaded_again_after_a_response_that_ended_its_stream_for_good(
    serve: Serve, page: Page, with_: str
) -> None:
    with serve() as server:
        open_page(page, server)
        expect(page.locator("#loads")).to_have_text("1")

        answer(page, server, with_)

        expect(page.locator("#loads")).to_have_text("2")
        expect(page).to_have_title("Connection")


def test_a_page_that_was_unsubscribed_is_not_loaded_again(serve: Serve, page: Page) -> None:
    with serve() as server:
        open_page(page, server)

        with page.expect_response(lambda response: response.status == 204):
            answer(page, server, "unsubscribe")
        let_pass(page, 4.5)

        assert texts(page) == []
        expect(page.locator("#loads")).to_have_text("1")


def test_a_page_that_is_redirected_by_its_stream_waits_for_a_slow_page(
    serve: Serve, page: Page
) -> None:
    with serve() as server:
        open_page(page, server)

        with page.expect_navigation(url="**/slow"):
            answer(page, server, "redirect")

        assert page.request.get(f"{server.base_url}/loads").text() == "1"


# In 1.0.1, a request of the body cancels its subscription.
@pytest.mark.parametrize("serve", ["1.0.4"], indirect=True)
@pytest.mark.parametrize("ends", ["before the stream opens", "after the stream has opened"])
def test_other_requests_of_the_body_do_not_load_the_page_again(
    serve: Serve, page: Page, ends: str
) -> None:
    held: list[Route] = []
    for address in ("**/live*", "**/key"):
        page.route(address, lambda route: held.append(route))  # noqa: PLW0108 - no builtin there
    with serve() as server:
        page.add_init_script(RECORD)
        with page.expect_request("**/live*"):
            page.goto(server.base_url)
        with page.expect_request("**/key"):
            page.keyboard.press("a")
        requests = held if ends.startswith("after") else reversed(held)

        for request in requests:
            request.continue_()
            let_pass(page, 0.5)
        let_pass(page, 4.5)

        assert texts(page) == []
        expect(page.locator("#loads")).to_have_text("1")
