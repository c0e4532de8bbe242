"""A patch in a whole response has the same effect in the browser as in a stream."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from servers import Server, running

PROGRAMS = Path(__file__).parent / "programs"
# Datastar reports the end of an action; a view transition continues after that.
FINISHED = """document.addEventListener('datastar-fetch', event => {
    if (event.detail.type === 'finished') {
        requestAnimationFrame(() => requestAnimationFrame(() => { window.finished = true }))
    }
})"""
SHOWN = """() => ({
    page: document.documentElement.outerHTML,
    title: document.title,
    runs: window.runs,
    spaces: [...document.querySelectorAll('*')].map(node => node.namespaceURI).join(),
})"""
CASES = (
    "page",
    "fragment",
    "regions",
    "only",
    "lines",
    "nothing",
    "selector",
    "outer",
    "inner",
    "inner_nothing",
    "replace",
    "prepend",
    "append",
    "before",
    "after",
    "remove",
    "svg",
    "mathml",
    "view_transition",
    "signals",
    "missing_signals",
    "removed_signals",
    "no_signals",
    "script",
)
JSON_CASES = {"signals", "missing_signals", "removed_signals", "no_signals"}


@pytest.fixture(scope="module")
def server(datastar_bundle: Path) -> Iterator[Server]:
    env = {"DATASTAR": str(datastar_bundle)}
    with running([sys.executable, "one_shot.py"], cwd=PROGRAMS, env=env) as server:
        yield server


@pytest.mark.parametrize("case", CASES)
def test_a_whole_response_has_the_same_effect_as_a_stream(
    server: Server, page: Page, case: str
) -> None:
    whole_type, whole = clicked(server, page, f"whole-{case}")
    stream_type, stream = clicked(server, page, f"stream-{case}")

    assert whole == stream
    assert (whole_type.split(";")[0], stream_type) == (
        "application/json" if case in JSON_CASES else "text/html",
        "text/event-stream",
    )


@pytest.mark.parametrize("case", sorted(set(CASES) - {"nothing", "no_signals"}))
def test_every_patch_except_an_empty_one_changes_the_page(
    server: Server, page: Page, case: str
) -> None:
    _, nothing = clicked(server, page, "whole-nothing")

    _, shown = clicked(server, page, f"whole-{case}")

    assert shown != nothing


def clicked(server: Server, page: Page, button: str) -> tuple[str, object]:
    """Click in a new page; return the response's content type and the page's state."""
    page.goto(server.base_url)
    page.evaluate(FINISHED)
    expect(page.locator("#name")).to_have_text("Ada")
    with page.expect_response(re.compile("/(whole|stream)/")) as response:
        page.locator(f"#{button}").dispatch_event("click")
    page.wait_for_function("window.finished")
    return response.value.headers["content-type"], page.evaluate(SHOWN)
