"""A class of signals in the browser: its names arrive as they are, and so do its changes."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from servers import Server, running

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(scope="module")
def server(datastar_bundle: Path) -> Iterator[Server]:
    env = {"DATASTAR": str(datastar_bundle)}
    with running([sys.executable, "signals.py"], cwd=PROGRAMS, env=env) as server:
        yield server


def test_signals_are_created_bound_and_shown(server: Server, page: Page) -> None:
    page.goto(server.base_url)
    expect(page.locator("#shown")).to_be_hidden()

    page.locator("#query").fill("milk")
    page.locator("#name").fill("Bob")
    page.locator("#toggle").dispatch_event("click")

    expect(page.locator("#text")).to_have_text("Bob wants milk")
    expect(page.locator("#shown")).to_be_visible()
    expect(page.locator("#menu")).to_have_class("open")
    expect(page.locator("#count")).to_have_attribute("title", "1")


def test_a_stream_sends_the_signals_of_a_class(server: Server, page: Page) -> None:
    page.goto(server.base_url)

    expect(page.locator("#received")).to_have_text(
        "Board(query='', sentCount=1, user=User(firstName='Ada'), "
        "prices={'tea': 2, 'milk': 1}, _isOpen=False)"
    )


def test_only_what_a_handler_has_changed_is_patched(server: Server, page: Page) -> None:
    page.goto(server.base_url)
    page.locator("#query").fill("milk")
    page.locator("#name").fill("Bob")
    page.locator("#toggle").dispatch_event("click")

    with page.expect_response("**/clear") as response:
        page.locator("#clear").dispatch_event("click")

    expect(page.locator("#query")).to_have_value("")
    assert response.value.json() == {"query": "", "sentCount": 2, "prices": {"milk": None}}
    assert signals_of(page) == {
        "query": "",
        "sentCount": 2,
        "user": {"firstName": "Bob"},
        "prices": {"tea": 2},
        "_isOpen": True,
    }


def test_a_patch_of_an_instance_leaves_local_signals_alone(server: Server, page: Page) -> None:
    page.goto(server.base_url)
    page.locator("#toggle").dispatch_event("click")
    expect(page.locator("#menu")).to_have_class("open")

    page.locator("#close").dispatch_event("click")

    expect(page.locator("#query")).to_have_value("patched")
    assert signals_of(page)["_isOpen"] is True


def signals_of(page: Page) -> dict[str, object]:
    """Return all signals of the page."""
    signals: dict[str, object] = json.loads(page.locator("#signals").text_content() or "")
    return signals
