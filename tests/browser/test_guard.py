"""A WebSocket through the guard: what a browser says of the page that opens one."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from servers import Server, running

INTEGRATIONS = Path(__file__).parents[1] / "integrations"
COMMAND = [sys.executable, "-m", "uvicorn", "guarded_app:app", "--port", "{port}"]

CONNECT = """url => new Promise(resolve => {
  const socket = new WebSocket(url)
  socket.onopen = () => resolve('open')
  socket.onerror = () => resolve('refused')
})"""


@pytest.fixture(scope="module")
def shop() -> Iterator[Server]:
    with running(COMMAND, cwd=INTEGRATIONS) as server:
        yield server


def accepted(page: Page, shop: Server) -> str:
    return page.request.get(f"{shop.base_url}/accepted").text()


@pytest.mark.console_errors("403")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same-site", "cross-site"])
@pytest.mark.parametrize("path", ["/ws", "/mounted/ws"])
def test_a_page_of_another_site_opens_none(
    page: Page,
    shop: Server,
    serve_responses: Callable[[dict[str, tuple[str, bytes]]], str],
    host: str,
    path: str,
) -> None:
    evil = serve_responses({"/": ("text/html", b"<!doctype html><title>Evil</title>")})
    page.goto(evil.replace("127.0.0.1", host))
    before = accepted(page, shop)

    outcome = page.evaluate(CONNECT, f"ws://127.0.0.1:{shop.port}{path}")

    assert (outcome, accepted(page, shop)) == ("refused", before)


def test_a_page_of_the_own_site_opens_one(page: Page, shop: Server) -> None:
    page.goto(f"{shop.base_url}/accepted")

    assert page.evaluate(CONNECT, f"ws://127.0.0.1:{shop.port}/ws") == "open"
