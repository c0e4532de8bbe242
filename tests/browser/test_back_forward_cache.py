"""A page that the back button shows again from the browser's back-forward cache.

Playwright turns the cache off, so these tests start a Chromium of their own.

Source: https://web.dev/articles/bfcache
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import CHROMIUM_ARGUMENTS
from example_programs import EXAMPLES, example_command
from servers import Server, running

SHOWN_AGAIN = "addEventListener('pageshow', event => { window.isFromCache = event.persisted })"


@pytest.fixture
def hello(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "hello") as server:
        yield server


@pytest.fixture
def caching_browser(browser: Browser, whole_chromium_path: str) -> Iterator[Browser]:
    """Return a Chromium with its back-forward cache."""
    own = browser.browser_type.launch(
        executable_path=whole_chromium_path,
        headless=True,
        args=CHROMIUM_ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield own
    own.close()


def test_a_page_with_a_stream_is_current_after_the_back_button(
    hello: Server, caching_browser: Browser, page: Page
) -> None:
    left = caching_browser.new_page()
    left.add_init_script(SHOWN_AGAIN)
    with left.expect_response("**/subscribe*"):
        left.goto(hello.base_url)
    left.goto(f"{hello.base_url}/elsewhere")
    page.goto(hello.base_url)
    page.get_by_role("button").click()
    expect(page.locator("#count")).to_have_text("1")

    left.evaluate("history.back()")
    expect(left.locator("#count")).to_have_text("1")
    is_from_cache = left.evaluate("window.isFromCache")
    page.get_by_role("button").click()

    assert is_from_cache
    expect(left.locator("#count")).to_have_text("2")
