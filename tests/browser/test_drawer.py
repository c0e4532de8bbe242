"""The drawer in development: the figures that it shows, and its life in a page that is morphed."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from browser.developed_page import CONTRAST, PROGRAM, VARIABLES, open_page
from browser.policies import STRICT, WITH_EVAL, recorded_violations
from servers import Server, running

POLICIES = {"1.0.1": WITH_EVAL, "1.0.4": STRICT}


@pytest.fixture(params=POLICIES, scope="module")
def server(
    request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]
) -> Iterator[Server]:
    env = {"POLICY": POLICIES[request.param], "DATASTAR": str(official_bundle(request.param))}
    with running([sys.executable, PROGRAM], cwd=PROGRAM.parent, env=VARIABLES | env) as server:
        yield server


@pytest.fixture
def watched_page(server: Server, context: BrowserContext, page: Page) -> Iterator[Page]:
    """Open the page; nothing may violate its policy."""
    with recorded_violations(context):
        open_page(page, server)
        yield page


def toggle(page: Page) -> Locator:
    return page.get_by_role("button", name="fatmorph", exact=True)


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="fatmorph")


def test_the_drawer_is_closed_and_opened_by_the_keyboard(watched_page: Page) -> None:
    page = watched_page
    expect(toggle(page)).to_have_attribute("aria-expanded", "false")
    expect(panel(page)).to_have_count(0)
    page.locator("#break").focus()

    page.keyboard.press("Tab")
    expect(toggle(page)).to_be_focused()
    page.keyboard.press("Enter")

    expect(toggle(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(panel(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(toggle(page)).to_be_focused()


def test_the_drawer_shows_patches_findings_losses_streams_and_signals(watched_page: Page) -> None:
    page = watched_page
    toggle(page).click()
    newest = panel(page).locator("table").first.locator("tbody tr").first
    expect(newest).to_contain_text("page")

    page.locator("#tell").click()
    expect(newest).to_have_text(re.compile(r"^actionelements\d\d——$"))
    page.locator("#grow").click()

    expect(newest).to_have_text(re.compile(r"^streampage[\d,]+[\d,]+\d+\.\d$"))
    expect(panel(page)).to_contain_text("warning value-overwritten: the value of <input> changes")
    expect(panel(page)).to_contain_text(
        "value of html > body > input[2]: set again, over the user's input"
    )
    expect(panel(page)).to_contain_text("__main__.subscribe")
    expect(panel(page).locator("pre")).to_have_text('{\n  "basket": 3\n}')


def test_whole_pages_leave_the_drawer_open_with_its_focus(watched_page: Page) -> None:
    page = watched_page
    toggle(page).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    rows = int(page.locator("#rows").inner_text())

    page.locator("#grow").dispatch_event("click")
    page.locator("#grow").dispatch_event("click")

    expect(page.locator("#rows")).to_have_text(str(rows + 2))
    expect(panel(page)).to_be_focused()
    expect(page.locator("fatmorph-drawer")).to_have_count(1)


def test_a_replaced_body_gets_the_drawer_again(watched_page: Page) -> None:
    page = watched_page
    toggle(page).click()

    page.evaluate(
        "document.body.replaceWith(Object.assign(document.createElement('body'), {id: 'other'}))"
    )
    page.evaluate("""document.dispatchEvent(new CustomEvent('datastar-fetch', {detail:
        {type: 'datastar-patch-elements', el: null, argsRaw: {elements: '<p></p>'}}}))""")

    expect(panel(page)).to_be_visible()


def test_the_page_does_not_see_the_drawer(watched_page: Page) -> None:
    page = watched_page

    found = page.evaluate("""[document.querySelectorAll('fatmorph-drawer').length,
        document.documentElement.outerHTML.includes('drawer')]""")

    expect(toggle(page)).to_be_visible()
    assert found == [0, False]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_drawer_is_readable_in_light_and_dark(
    watched_page: Page, scheme: Literal["light", "dark"]
) -> None:
    page = watched_page
    page.emulate_media(color_scheme=scheme)

    toggle(page).click()

    region = panel(page)
    expect(region.locator("th").first).to_be_visible()
    for part in (region.locator("h2"), region.locator("th"), region.locator("p"), toggle(page)):
        assert part.first.evaluate(CONTRAST) >= 4.5
