"""The program that the design begins with, as it is written there, in a real browser.

Only its port differs, and a file replaces the CDN.
"""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from servers import Server, free_port, running

PROGRAM = Path(__file__).parent / "programs" / "first_program.py"
CDN = "https://cdn.jsdelivr.net/**"
# The release that the tests have; its address has no known hash that would refuse it.
TESTED_CLIENT = ("datastar_script()", 'datastar_script(version="1.0.1")')
RED = "rgb(255, 0, 0)"

Start = Callable[..., AbstractContextManager[Server]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start the program on a free port, after replacing what is given as (written, instead)."""

    def start(*replacements: tuple[str, str]) -> AbstractContextManager[Server]:
        port = free_port()
        text = PROGRAM.read_text(encoding="utf-8")
        for written, instead in (("port=8000", f"port={port}"), *replacements):
            assert text.count(written) == 1
            text = text.replace(written, instead)
        (tmp_path / "main.py").write_text(text, encoding="utf-8")
        return running([sys.executable, "main.py"], cwd=tmp_path, port=port)

    return start


@pytest.fixture
def cdn_requests(context: BrowserContext, datastar_bundle: Path) -> list[str]:
    """Answer for the CDN, and list what it was asked for."""
    return answered(context, datastar_bundle)


@pytest.fixture
def other_client_requests(
    context: BrowserContext, official_bundle: Callable[[str], Path]
) -> list[str]:
    """Answer for the CDN with another release than the pinned one."""
    return answered(context, official_bundle("1.0.1"))


def answered(context: BrowserContext, bundle: Path) -> list[str]:
    urls: list[str] = []

    def answer(route: Route) -> None:
        urls.append(route.request.url)
        route.fulfill(
            path=bundle,
            content_type="text/javascript",
            headers={"access-control-allow-origin": "*"},
        )

    context.route(CDN, answer)
    return urls


def test_two_pages_paint_on_one_board(
    start: Start, new_page: Callable[[], Page], cdn_requests: list[str]
) -> None:
    with start(TESTED_CLIENT) as server:
        pages = [new_page(), new_page()]
        for page in pages:
            page.goto(server.base_url)
        expect(pages[0].locator("main p")).to_have_text("2 painting")

        # Without a stylesheet the cells have no size that a mouse could hit.
        pages[0].locator("#cell-7").dispatch_event("click")
        pages[1].locator("#cell-11").dispatch_event("click")

        for page in pages:
            expect(page.locator("#cell-7")).to_have_css("background-color", RED)
            expect(page.locator("#cell-11")).to_have_css("background-color", RED)
            expect(page.locator(".painted")).to_have_count(2)
        assert len(cdn_requests) == 2


@pytest.mark.console_errors("integrity")
def test_the_browser_refuses_another_client_than_the_pinned_one(
    start: Start, page: Page, other_client_requests: list[str]
) -> None:
    with start() as server:
        with page.expect_event("console", lambda message: "integrity" in message.text):
            page.goto(server.base_url)

        asked = [url.rpartition("@")[2] for url in other_client_requests]
        assert asked == ["v1.0.4/bundles/datastar.js"]
        expect(page.locator("main p")).to_have_text("0 painting")
