"""The shopping list of the tutorial: its steps do in two windows what the page says."""

import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from rules.markdown import Page as DocsPage
from rules.source_tree import ROOT
from servers import Server, running

# The browser logs these errors while the server is down.
AWAY = (r"net::ERR_", "network error", "Failed to fetch", "Datastar failed to reach")


@pytest.fixture
def main(tmp_path: Path) -> Path:
    """Return the file that a reader of the page has written."""
    blocks = DocsPage(ROOT / "docs/tutorial/list.md").blocks
    file = tmp_path / "main.py"
    file.write_text("\n\n".join(block.text for block in blocks if block.title == "main.py"))
    return file


@pytest.fixture
def server(main: Path) -> Iterator[Server]:
    watchfiles = Path(sys.executable).with_name("watchfiles")
    program = shlex.join([sys.executable, "-m", "uvicorn", "main:app", "--port"]) + " {port}"
    with running([watchfiles, program, "."], main.parent) as server:
        yield server


@pytest.fixture(autouse=True)
def content_delivery(context: BrowserContext, official_bundle: Callable[[str], Path]) -> None:
    """Answer for the CDN."""
    client = official_bundle("1.0.4").read_bytes()
    headers = {"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*"}
    context.route(
        "https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body=client, headers=headers)
    )


@pytest.mark.console_errors(*AWAY)
def test_two_windows_share_the_items_and_not_the_search(
    server: Server, main: Path, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    for page in (first, second):
        with page.expect_response("**/subscribe*"):
            page.goto(server.base_url)

    first.locator("#query").press_sequentially("b")
    expect(first.locator("#items li")).to_have_text(["Bread", "Butter"])
    add(first, "Bread")
    expect(first.locator("#error")).to_have_text("Bread is on the list already.")

    add(second, "Jam")
    expect(second.locator("#items li")).to_have_text(["Bread", "Butter", "Milk", "Jam"])
    expect(second.locator("[name=item]")).to_have_value("")
    add(second, "Biscuits")
    expect(first.locator("#items li")).to_have_text(["Bread", "Butter", "Biscuits"])
    expect(first.locator("#error")).to_have_text("Bread is on the list already.")
    expect(first.locator("[name=item]")).to_have_value("Bread")

    main.write_text(main.read_text().replace('"Search"', '"Find"'))
    expect(first.locator("#query")).to_have_attribute("aria-label", "Find")
    expect(first.locator("#items li")).to_have_text(["Bread", "Butter"])
    expect(first.locator("#error")).to_have_text("")
    expect(second.locator("#items li")).to_have_text(["Bread", "Butter", "Milk"])


def add(page: Page, item: str) -> None:
    page.locator("[name=item]").fill(item)
    page.locator("#add").click()
