"""A page asks for its stream again: seldom while that fails, once when there are several tries."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from browser.retry_rates import FAILURES, let_pass, request_times
from servers import Server, free_port, running

PROGRAMS = Path(__file__).parent / "programs"
# Everything here is about errors that the browser logs.
pytestmark = pytest.mark.console_errors(
    *("net::ERR_", "network error", "Failed to fetch", "Datastar failed to reach", "status of")
)
HIDE = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true})"
TELL = "document.dispatchEvent(new Event('visibilitychange'))"


Serve = Callable[[], AbstractContextManager[Server]]


@pytest.fixture
def serve(datastar_bundle: Path) -> Serve:
    """Return a function that serves the program, always on the same port."""
    port = free_port()
    env = {"DATASTAR": str(datastar_bundle), "AWAY": f"http://127.0.0.1:{free_port()}/live"}

    def serve() -> AbstractContextManager[Server]:
        return running([sys.executable, "retries.py"], cwd=PROGRAMS, env=env, port=port)

    return serve


@pytest.fixture
def server(serve: Serve) -> Iterator[Server]:
    with serve() as server:
        yield server


def test_a_page_whose_stream_fails_asks_at_most_ten_times_in_ten_seconds(
    server: Server, new_page: Callable[[], Page]
) -> None:
    times = request_times(new_page, server, 10.0)

    counts = {name: len(asked) for name, asked in times.items()}
    assert {name: count for name, count in counts.items() if not 2 < count <= 10} == {}
    assert counts.keys() == set(FAILURES)
    assert counts["refused"] <= 8  # so that a page may also have failed before an outage


def test_hiding_and_showing_the_tab_in_an_outage_leaves_one_live_handler(
    serve: Serve, page: Page
) -> None:
    with serve() as server:
        page.goto(f"{server.base_url}/tabs")
        wait_for(page, server, asked=1)

    for _ in range(3):
        page.route("**/tabs/live*", fail)
        let_pass(page, 3)
        with serve() as server:
            page.unroute("**/tabs/live*")
            page.evaluate(f"{HIDE % 'true'}; {TELL}; {HIDE % 'false'}; {TELL}")
            wait_for(page, server, asked=2)  # and the retry that was waiting
            let_pass(page, 1.5)
            before = handlers(page, server)
            page.request.get(f"{server.base_url}/change")
            expect(page.locator("#heading")).to_have_text("tabs 1")
            let_pass(page, 1.5)

            assert handlers(page, server) == before | {"running": 1, "drawn": 1}


def test_a_page_that_asks_again_at_once_asks_with_one_request(server: Server, page: Page) -> None:
    page.goto(f"{server.base_url}/tabs")
    wait_for(page, server, asked=1)
    for number in range(12):
        page.evaluate(TELL)
        wait_for(page, server, asked=2 + number)
        let_pass(page, 0.25)

    found = handlers(page, server)
    assert (found["asked"], found["running"]) == (13, 1)


@pytest.mark.parametrize("name", ["session", "redirected"])
def test_a_session_that_ends_leads_to_the_login_page_once(
    server: Server, page: Page, name: str
) -> None:
    page.goto(f"{server.base_url}/{name}")
    expect(page.locator("#heading")).to_have_text(f"{name} 0")

    page.request.get(f"{server.base_url}/logout")

    page.wait_for_url("**/login")
    expect(page.locator("h1")).to_have_text("Log in")
    let_pass(page, 1.5)
    assert handlers(page, server)["logins"] == 1


def fail(route: Route) -> None:
    route.abort("connectionrefused")


def handlers(page: Page, server: Server) -> dict[str, int]:
    found: dict[str, int] = json.loads(page.request.get(f"{server.base_url}/handlers").text())
    return found


def wait_for(page: Page, server: Server, *, asked: int) -> None:
    """Wait until the page has asked so often; a retry comes within five seconds."""
    deadline = time.monotonic() + 5
    while handlers(page, server)["asked"] < asked and time.monotonic() < deadline:
        let_pass(page, 0.05)
    assert handlers(page, server)["asked"] >= asked
