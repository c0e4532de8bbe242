"""A page that is unsubscribed shows what it has, and never asks for its stream again."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from browser.retry_rates import let_pass
from servers import Server, running

PROGRAMS = Path(__file__).parent / "programs"
SHOW = """isHidden => {
    Object.defineProperty(document, 'hidden', {value: isHidden, configurable: true})
    document.dispatchEvent(new Event('visibilitychange'))
}"""


@pytest.fixture(params=["1.0.1", "1.0.4"])
def server(
    request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]
) -> Iterator[Server]:
    """Return the program, with one version of the client."""
    env = {"DATASTAR": str(official_bundle(request.param))}
    with running([sys.executable, "job.py"], cwd=PROGRAMS, env=env) as server:
        yield server


@pytest.fixture(params=["1.0.1", "1.0.4"])
def server_without_streams(
    request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]
) -> Iterator[Server]:
    """Return Django's development server, with one version of the client."""
    env = {"DATASTAR": str(official_bundle(request.param))}
    with running([sys.executable, "wsgi_page.py"], cwd=PROGRAMS, env=env) as server:
        yield server


def test_a_page_on_a_server_without_streams_asks_for_its_stream_twice(
    server_without_streams: Server, page: Page
) -> None:
    statuses: list[int] = []
    page.on("response", lambda r: statuses.append(r.status) if "subscribe" in r.url else None)
    with page.expect_response(lambda response: response.status == 204):
        page.goto(server_without_streams.base_url)
    let_pass(page, 4.5)

    assert statuses == [200, 204]
    expect(page.locator("#loads")).to_have_text("1")


def test_a_page_whose_job_is_done_stays_away(server: Server, page: Page) -> None:
    statuses: list[int] = []
    page.on("response", lambda r: statuses.append(r.status) if "progress" in r.url else None)
    with page.expect_response("**/progress*"):
        page.goto(server.base_url)

    page.request.post(f"{server.base_url}/step?to=running")
    expect(page.locator("#job")).to_have_text("running")
    with page.expect_response(lambda response: response.status == 204):
        page.request.post(f"{server.base_url}/step?to=done")
    for is_hidden in (True, False, True, False):
        page.evaluate(SHOW, is_hidden)
    with pytest.raises(Error, match="Timeout"), page.expect_request("**/progress*", timeout=3000):
        page.request.post(f"{server.base_url}/step?to=again")

    assert statuses == [200, 204]
    expect(page.locator("#job")).to_have_text("done")


def test_a_page_that_is_loaded_again_subscribes_again(server: Server, page: Page) -> None:
    with page.expect_response("**/progress*"):
        page.goto(server.base_url)
    with page.expect_response(lambda response: response.status == 204):
        page.request.post(f"{server.base_url}/step?to=done")

    with page.expect_response("**/progress*") as again:
        page.reload()

    assert again.value.status == 200
