"""Errors in development: an overlay in the open page, until the next good page."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.developed_page import CONTRAST, PROGRAM, VARIABLES, open_page
from browser.policies import STRICT, recorded_violations
from browser.watched_tiles import WatchedTiles, watched_tiles
from servers import Server, running

OVERLAY = "#fatmorph-error"
# The browser logs these errors while the server is down.
AWAY = (r"net::ERR_", "Failed to fetch", "Datastar failed to reach", "network error")
RESTART_TIMEOUT_MS = 20_000  # a Python that starts on a busy machine
TITLE = 'h.h1("Tiles")'


@pytest.fixture
def server(official_bundle: Callable[[str], Path]) -> Iterator[Server]:
    env = {**VARIABLES, "POLICY": STRICT, "DATASTAR": str(official_bundle("1.0.4"))}
    with running([sys.executable, PROGRAM], cwd=PROGRAM.parent, env=env) as server:
        yield server


@pytest.fixture
def failing_page(server: Server, context: BrowserContext, page: Page) -> Iterator[Page]:
    """Open the page; nothing may violate its policy."""
    with recorded_violations(context):
        open_page(page, server)
        yield page


@pytest.fixture
def tiles(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, datastar_bundle: Path
) -> Iterator[WatchedTiles]:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    with watched_tiles(tmp_path / "tiles", datastar_bundle) as tiles:
        yield tiles


def test_an_action_that_fails_is_shown_until_an_action_succeeds(
    failing_page: Page, server: Server
) -> None:
    page = failing_page
    page.locator("#note").fill("half a sentence")

    page.locator("#fail").click()

    expect(page.locator(f"{OVERLAY}:popover-open")).to_contain_text("KeyError: 'columns'")
    expect(page.locator(f"{OVERLAY} mark").first).to_contain_text('w.patch(h.p(state["columns"]))')
    expect(page.locator(f"{OVERLAY} figcaption").first).to_contain_text(f"{PROGRAM}:")
    assert "KeyError: 'columns'" in server.output()
    page.locator("#tell").dispatch_event("click")
    expect(page.locator("h1")).to_have_text("Told")
    expect(page.locator(OVERLAY)).to_have_count(0)
    expect(page.locator("#note")).to_have_value("half a sentence")


def test_a_second_error_replaces_the_first(failing_page: Page) -> None:
    page = failing_page
    page.locator("#fail").click()
    expect(page.locator(OVERLAY)).to_contain_text("KeyError")

    page.locator("#misuse").dispatch_event("click")

    expect(page.locator(f"{OVERLAY} h2")).to_contain_text("ChildError")
    expect(page.locator(f"{OVERLAY} figure").first).to_contain_text("fix")
    expect(page.locator(OVERLAY)).to_have_count(1)


def test_signals_of_an_action_remove_the_error_of_another(failing_page: Page) -> None:
    failing_page.locator("#fail").click()
    expect(failing_page.locator(OVERLAY)).to_be_visible()

    failing_page.locator("#count").dispatch_event("click")

    expect(failing_page.locator(OVERLAY)).to_have_count(0)


def test_an_error_of_an_action_stays_while_the_stream_is_broken(failing_page: Page) -> None:
    page = failing_page
    page.locator("#break").dispatch_event("click")
    expect(page.locator(f"{OVERLAY} h2")).to_contain_text("LookupError")
    page.locator("#fail").dispatch_event("click")
    expect(page.locator(f"{OVERLAY} h2")).to_contain_text("KeyError")

    page.locator("#tell").dispatch_event("click")

    expect(page.locator("h1")).to_have_text("Told")
    expect(page.locator(OVERLAY)).to_be_visible()


def test_a_whole_page_removes_the_error_of_an_action(failing_page: Page) -> None:
    page = failing_page
    page.locator("#fail").click()
    expect(page.locator(OVERLAY)).to_be_visible()

    page.locator("#grow").dispatch_event("click")

    expect(page.locator("#rows")).to_have_text("2")
    expect(page.locator(OVERLAY)).to_have_count(0)


def test_a_view_that_fails_is_shown_without_taking_the_focus(failing_page: Page) -> None:
    page = failing_page
    page.locator("#note").fill("half a sentence")

    page.locator("#break").dispatch_event("click")

    expect(page.locator(f"{OVERLAY} h2")).to_have_text("LookupError: no <b>row</b> is left")
    expect(page.locator("#note")).to_be_focused()
    page.locator("#tell").dispatch_event("click")  # an action does not mend a stream
    expect(page.locator("h1")).to_have_text("Told")
    expect(page.locator(OVERLAY)).to_be_visible()
    page.locator(f"{OVERLAY} button").click()
    expect(page.locator(OVERLAY)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_overlay_is_readable_in_light_and_dark(
    failing_page: Page, scheme: Literal["light", "dark"]
) -> None:
    page = failing_page
    page.emulate_media(color_scheme=scheme)

    page.locator("#misuse").click()

    expect(page.locator(f"{OVERLAY} summary")).to_be_visible()
    assert page.locator(f"{OVERLAY} h2").evaluate(CONTRAST) >= 4.5
    assert page.locator(f"{OVERLAY} pre").first.evaluate(CONTRAST) >= 4.5


@pytest.mark.console_errors(*AWAY)
def test_the_save_that_mends_a_view_removes_its_error(tiles: WatchedTiles, page: Page) -> None:
    page.goto(tiles.server.base_url)
    expect(page.locator(".swatch.you")).to_have_count(1)

    tiles.save(TITLE, "h.h1(1 / 0)")
    heading = page.locator(f"{OVERLAY} h2")
    expect(heading).to_have_text("ZeroDivisionError: division by zero", timeout=RESTART_TIMEOUT_MS)
    tiles.save("h.h1(1 / 0)", TITLE)

    expect(page.locator(OVERLAY)).to_have_count(0, timeout=RESTART_TIMEOUT_MS)
    expect(page.locator("h1")).to_have_text("Tiles")


def test_alt_click_shows_the_line_that_made_an_element(failing_page: Page) -> None:
    page = failing_page
    line = line_of('h.p({"id": "rows"}')
    shown: list[str] = []
    page.on("dialog", lambda dialog: (shown.append(dialog.default_value), dialog.dismiss()))

    page.locator("#rows").click(modifiers=["Alt"])
    page.locator("#grow").dispatch_event("click")
    expect(page.locator("#rows")).to_have_text("2")
    page.locator("#rows").click(modifiers=["Alt"])

    assert shown == [f"{PROGRAM}:{line}"] * 2


def test_alt_click_opens_the_editor_and_runs_no_action(
    official_bundle: Callable[[str], Path], page: Page, tmp_path: Path
) -> None:
    program = tmp_path / "row #1?" / PROGRAM.name
    program.parent.mkdir()
    program.write_bytes(PROGRAM.read_bytes())
    url = f"vscode://file/{quote(str(program))}"
    env = {**VARIABLES, "POLICY": STRICT, "DATASTAR": str(official_bundle("1.0.4"))}
    editor = {"FATMORPH_EDITOR": "vscode://file/{file}:{line}"}
    opened: list[str] = []
    with running([sys.executable, program], cwd=program.parent, env=env | editor) as server:
        open_page(page, server)
        session = page.context.new_cdp_session(page)
        session.on("Page.frameRequestedNavigation", lambda found: opened.append(found["url"]))
        session.send("Page.enable")

        page.locator("#grow").click(modifiers=["Alt"])

        expect(page.locator("#rows")).to_have_text("1")
        button = 'h.button({"id": name}'
        assert opened == [f"{url}:{line_of(button)}"]
        page.locator("#fail").click()
        assert page.locator(f"{OVERLAY} figcaption a").first.get_attribute("href") == (
            f"{url}:{line_of('w.patch(h.p(state')}"
        )


def line_of(text: str) -> int:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
