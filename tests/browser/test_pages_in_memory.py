"""A page in memory shows the same as Chromium after every step of a user."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from browser.compared_programs import in_thread, memory_app, served
from browser.steps import BROWSER_STEPS, LEAVING, SCRIPTS, Step, in_browser, in_memory
from fatmorph.testing import open_page

LOST = (
    "typed text of ul#items > li[2] > input: its row has no id, so the text is now next to "
    "'milk More Edit milkDelete milk'; give the row an id"
)
SECONDS = 20.0


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_each_step_leads_to_the_same_page_as_in_chromium(
    name: str, official_bundle: Callable[[str], Path], browser: Browser
) -> None:
    steps = SCRIPTS[name]
    page_count = max(step.page for step in steps) + 1

    expect_the_same(browser, name, steps, page_count, official_bundle("1.0.4"))


@pytest.mark.parametrize("way", sorted(LEAVING))
def test_another_page_is_loaded_as_in_chromium(
    way: str, official_bundle: Callable[[str], Path], browser: Browser
) -> None:
    expect_the_same(browser, "controls", LEAVING[way], 1, official_bundle("1.0.4"))


@pytest.mark.parametrize(
    ("name", "note", "lost"),
    [
        ("todo", "free range", []),
        (
            "todo-without-ids",
            "",
            [LOST],
        ),
    ],
)
def test_a_note_is_kept_by_ids_and_its_loss_is_known(
    name: str, note: str, lost: list[str], official_bundle: Callable[[str], Path], page: Page
) -> None:
    losses = in_thread(lambda: losses_of_a_note(memory_app(name)))

    with served(name, official_bundle("1.0.4")) as server, page.expect_response(is_stream):
        page.goto(server.base_url)
        page.get_by_label("Note for eggs").press_sequentially("free range")
        page.get_by_label("What to do").fill("bread")
        page.get_by_label("What to do").press("Enter")
        expect(page.get_by_role("listitem")).to_have_count(3)
        expect(page.get_by_label("Note for eggs")).to_have_value(note)

    assert losses == lost


async def losses_of_a_note(app: Any) -> list[str]:
    """Type a note, add a row before it, and return what was lost."""
    async with open_page(app) as page:
        await page.type(page.get_by_label("Note for eggs"), "free range")
        await page.type(page.get_by_label("What to do"), "bread")
        await page.press("Enter")
        await page.settled()
        return list(map(str, page.lost))


def is_stream(response: Response) -> bool:
    return "text/event-stream" in response.headers.get("content-type", "")


def expect_the_same(
    browser: Browser, name: str, steps: tuple[Step, ...], page_count: int, bundle: Path
) -> None:
    """Take the steps in memory and in Chromium, and compare the pages after each."""
    expected = in_thread(lambda: in_memory(memory_app(name), steps, page_count))
    contexts = [browser.new_context() for _ in range(page_count)]
    with served(name, bundle) as server:
        pages: list[Page] = []
        for context in contexts:
            pages.append(context.new_page())
            pages[-1].goto(server.base_url)
        for step, states in zip(steps, expected, strict=True):
            BROWSER_STEPS[step.do](pages[step.page], step)
            shown = [
                in_browser(page, state, SECONDS) for page, state in zip(pages, states, strict=True)
            ]
            assert shown == states, step
    for context in contexts:
        context.close()
