"""A page in memory shows the same as Chromium after every step of a user."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from browser.steps import BROWSER_STEPS, LEAVING, SCRIPTS, Step, in_browser, in_memory
from controls_program import Controls
from example_programs import EXAMPLES, board_settings, example_command, example_module
from fatmorph import datastar_script
from fatmorph.testing import open_page
from servers import Server, running
from todo_program import Todo

PROGRAMS = Path(__file__).parent / "programs"
TESTS = Path(__file__).parents[1]
LOST = (
    "typed text of ul#items > li[2] > input: its row has no id, so the text is now next to "
    "'milk More Edit milkDelete milk'; give the row an id"
)
T = TypeVar("T")
CLIENT = "/datastar.js"
SECONDS = 5.0


def memory_app(name: str) -> Any:
    """Return a program's application, or its handlers."""
    if name == "controls":
        return Controls(CLIENT).handlers
    if name.startswith("todo"):
        return Todo({1: "eggs", 2: "milk"}, has_ids=name == "todo", client=CLIENT).handlers
    if name == "board":
        return board_app()
    module = example_module(name)
    module.client = datastar_script(CLIENT)
    return module.app


def board_app() -> Any:
    """Return the board with a new database."""
    for known in [each for each in sys.modules if each.partition(".")[0] == "board"]:
        del sys.modules[known]
    settings = board_settings(Path(tempfile.mkdtemp()))
    os.environ.update(settings)
    sys.path.insert(0, str(EXAMPLES / "board"))
    try:
        return example_module("board").app
    finally:
        sys.path.remove(str(EXAMPLES / "board"))
        for variable in settings:
            del os.environ[variable]


@contextmanager
def served(name: str, bundle: Path) -> Iterator[Server]:
    """Serve a program in a process of its own."""
    env: dict[str, str] = {}
    if name == "board":
        command, folder = [sys.executable, "main.py"], EXAMPLES / name
        env = board_settings(Path(tempfile.mkdtemp()), bundle)
    elif name in {"chat", "hello", "tiles"}:
        command, folder = example_command(bundle), EXAMPLES / name
    else:
        command, folder = [sys.executable, "handlers.py"], PROGRAMS
        path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
        env = {"PROGRAM": name, "DATASTAR": str(bundle), "PYTHONPATH": path}
    with running(command, cwd=folder, env=env) as server:
        yield server


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


def in_thread(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a thread: Playwright's own event loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


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
