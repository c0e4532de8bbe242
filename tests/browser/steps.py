"""Scripts of steps that run in memory and in Chromium, and what a page shows after each step."""

import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error, Locator, Page as BrowserPage

from fatmorph.testing import File, Page, Query, open_page

__all__ = ("SCRIPTS", "Step", "in_browser", "in_memory")


@dataclass(frozen=True)
class Step:
    """A step of one page's user.

    Args:
        page: The page's number.
        do: The name of the step.
        find: A query and its argument: `("label", "Name")`, `("button", "Save")`.
        text: The step's argument.
    """

    page: int
    do: str
    find: tuple[str, str]
    text: str = ""


def click(name: str, page: int = 0, role: str = "button") -> Step:
    return Step(page, "click", (role, name))


def type_(label: str, text: str, page: int = 0) -> Step:
    return Step(page, "type", ("label", label), text)


def press(label: str, key: str, page: int = 0) -> Step:
    return Step(page, "press", ("label", label), key)


def go(way: str, page: int = 0) -> Step:
    return Step(page, way, ("", ""))


SCRIPTS: Mapping[str, tuple[Step, ...]] = {
    "hello": (click("Add one"), click("Add one", 1), click("Add one")),
    "tiles": (click("Tile 7"), click("Tile 8", 1), click("Tile 7", 1), click("Tile 25")),
    "chat": (
        type_("Your name", "Ada"),
        type_("Your message", "not yet s", 1),
        type_("Your message", "Hello <b> & co."),
        click("Say"),
        press("Your message", "Enter", 1),
        click("Attic", 1, "link"),
    ),
    "board": (
        type_("Name", "ada"),
        type_("Password", "wrong"),
        click("Log in"),
        Step(0, "clear", ("label", "Password")),
        type_("Password", "lovelace"),
        press("Password", "Enter"),
        type_("Name", "grace", 1),
        type_("Password", "hopper", 1),
        click("Log in", 1),
        type_("Search in the cards", "print"),
        click("Edit Print the board as a poster"),
        Step(0, "type", ("id", "title-2"), " in A3"),
        Step(1, "press", ("id", "move-2"), "ArrowRight"),
        Step(0, "press", ("id", "title-2"), "Enter"),
        click("Edit Choose a typeface", 1),
        Step(1, "press", ("id", "title-6"), "Escape"),
        click("New card", 1),
        click("Add", 1),
        Step(1, "type", ("textbox", "Title"), "Write a test"),
        Step(1, "type", ("textbox", "Points"), "x"),
        click("Add", 1),
        Step(1, "clear", ("textbox", "Points")),
        Step(1, "type", ("textbox", "Points"), "3"),
        press("Points", "Enter", 1),
        click("Log out", 1),
    ),
    "todo": (
        type_("Note for eggs", "free range"),
        type_("What to do", "bread", 1),
        press("What to do", "Enter", 1),
        click("Edit milk"),
        type_("New text", ", 2 l"),
        click("Delete eggs", 1),
        press("New text", "Enter"),
        click("Edit bread"),  # its autofocus has no effect: only a page's first one has
    ),
    "todo-without-ids": (
        type_("Note for eggs", "free range"),
        type_("What to do", "bread", 1),
        click("Add", 1),
        click("Delete milk", 1),
    ),
    "controls": (
        click("Bigger"),
        click("Bigger"),
        click("Switch"),
        click("coffee"),
        Step(0, "clear", ("label", "Size")),
        type_("Size", "4"),
        Step(0, "tick", ("label", "On")),
        Step(0, "type", ("textbox", "Text"), " and typed"),
        Step(0, "choose", ("combobox", "Drink"), "water"),
        Step(0, "tick", ("label", "tue")),
        type_("Search", "tea"),
        Step(0, "click", ("text", "More")),
        type_("Free", "of cost"),
        click("Count once"),
        click("Count once"),
        click("Count"),
        click("Set"),
        click("Send"),  # not valid: nothing is sent
        type_("Name", "Ada"),
        Step(0, "tick", ("label", "Milk")),
        click("Draft"),
        press("Name", "Enter"),
        Step(0, "upload", ("label", "File"), "cat.txt"),
        Step(0, "choose", ("listbox", "Many"), "coffee"),
        click("Upload"),
        click("Stop"),
        click("Delay"),
        click("Open"),
        click("Close"),
        press("Free", "Tab"),
        press("Name", "Shift+Tab"),  # selects the text
        press("Free", "a"),
        press("Free", "Control+x"),
        press("Free", "Shift+B"),
        Step(0, "type", ("textbox", "Text"), "\n"),
        Step(0, "press", ("textbox", "Text"), "Shift+Enter"),
        Step(0, "press", ("textbox", "Text"), "Control+Enter"),
        press("Milk", "Space"),
        type_("Code", "x y"),
        press("Code", "Enter"),
    ),
    "fields": (
        type_("Count", "4"),
        type_("Count", "x1e"),
        type_("Code", "7"),
        press("Level", "ArrowLeft"),
        press("Count", "ArrowUp"),
        type_("Note", "z"),
        Step(0, "tick", ("label", "Agreed")),
        Step(0, "click", ("label", "Wide")),
        Step(0, "choose", ("combobox", "Odd"), "3"),
        Step(0, "press", ("combobox", "One"), "ArrowDown"),
        Step(0, "choose", ("listbox", "Many"), "3"),
        Step(0, "tick", ("label", "Size 3")),
        Step(0, "tick", ("label", "New 1")),
        press("New 1", "ArrowDown"),
        Step(0, "tick", ("label", "tue")),
        type_("Line 2", "z"),
        Step(0, "tick", ("label", "On 2")),
        click("Events"),
        type_("Kept", "x"),
        Step(0, "clear", ("label", "Kept")),
        type_("Digits", "1a2b"),
        Step(0, "click", ("id", "drink")),
        Step(0, "click", ("id", "tell")),
        click("Remote"),
        Step(0, "press", ("id", "sum"), "Space"),
        Step(0, "press", ("id", "sum"), "Shift+Tab"),
        Step(0, "press", ("id", "sum"), "Tab"),
        click("Ask"),
        Step(0, "press", ("button", "Yes"), "Escape"),
        click("Ask"),
        click("Yes"),
        click("First"),  # not valid: its age is required
        type_("Age", "4"),
        click("First"),  # and between two steps
        Step(0, "clear", ("label", "Age")),
        type_("Age", "5"),
        type_("Site", "shop"),
        click("First"),  # and this is not a URL
        Step(0, "clear", ("label", "Site")),
        type_("Site", "https://shop.example"),
        click("First"),
        press("Age", "Enter"),
        type_("Short", "b"),
        click("First"),  # not valid: the user has made it too short
    ),
}
LEAVING: Mapping[str, tuple[Step, ...]] = {
    "link": (click("Bigger"), click("Other page", role="link")),
    "redirect": (click("Leave"),),
    "back": (click("Other page", role="link"), go("back"), go("forward"), go("back")),
    "back after a form": (click("Go"), go("back")),
    "back without a load": (
        click("Bigger"),
        click("Turn"),
        click("Return"),
        go("forward"),
        click("Other page", role="link"),
        go("back"),
        go("back"),
    ),
}

STATE = """
async () => {
const client = document.getElementById('datastar')?.src ?? '/datastar.js';
const signals = {...(await import(client)).root};
delete signals.fatmorph_page;
const fields = [...document.querySelectorAll('input, textarea, select')]
.map(field => [field.value, !!field.checked]);
const focused = document.activeElement;
return JSON.stringify({
html: document.documentElement.outerHTML,
title: document.title,
signals,
fields,
focused: focused == document.body ? '' : focused.outerHTML,
});
}
"""
RANDOM = re.compile(r"\b[0-9a-f]{8}\b|(?<=value=\\\")[\w-]{43}(?=\\\")|(?<=\")[\w-]{43}(?=\")")
COLOR = re.compile(r"hsl\([0-9]+")

State = dict[str, Any]


def normalised(text: str) -> State:
    """Return a state without random ids and colours."""
    names: dict[str, str] = {}
    text = RANDOM.sub(lambda found: names.setdefault(found[0], f"user-{len(names)}"), text)
    state: State = json.loads(COLOR.sub("hsl(0", text))
    # The client does not send the order of signals, and a browser does not keep ours.
    state["html"] = state["html"].replace("><", ">\n<").split("\n")  # for readable differences
    state["signals"] = dict(sorted(state["signals"].items()))
    return state


async def in_memory(
    app: Any, steps: tuple[Step, ...], page_count: int, *, is_timed: bool = False
) -> list[list[State]]:
    """Return the states of all pages after each step, in memory; if it is timed, after the last."""
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(open_page(app)) for _ in range(page_count)]
        states = []
        for step in steps:
            await MEMORY_STEPS[step.do](pages[step.page], step)
            for page in pages:
                await page.advance(0.2)
            if not is_timed or step is steps[-1]:
                states.append([memory_state(page) for page in pages])
        return states


def memory_state(page: Page) -> State:
    """Return the state of a page in memory."""
    fields = page.get_by_css("input, textarea, select")
    signals = {name: value for name, value in page.signals.items() if name != "fatmorph_page"}
    text = json.dumps(
        {
            "html": page.html,
            "title": page.title,
            "signals": signals,
            "fields": [[field.value, field.is_ticked] for field in fields],
            "focused": page.focused.html if page.focused else "",
        }
    )
    return normalised(text)


def in_browser(page: BrowserPage, expected: State, seconds: float) -> State:
    """Return the state of a page in Chromium, as soon as it is the expected one."""
    state: State = {}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(Error):  # a page that is being left has no state
            state = normalised(page.evaluate(STATE))
        if state == expected:
            return state
        page.wait_for_timeout(20)
    return state


def memory_query(page: Page, step: Step) -> Query:
    """Return the element of a step."""
    kind, text = step.find
    finders: dict[str, Callable[[], Query]] = {
        "label": lambda: page.get_by_label(text, exact=True),
        "id": lambda: page.get_by_id(text),
        "text": lambda: page.get_by_text(text, exact=True),
    }
    return finders.get(kind, lambda: page.get_by_role(kind, name=text, exact=True))()


def browser_query(page: BrowserPage, step: Step) -> Locator:
    """Return the element of a step."""
    kind, text = step.find
    finders: dict[str, Callable[[], Locator]] = {
        "label": lambda: page.get_by_label(text, exact=True),
        "id": lambda: page.locator(f"#{text}"),
        "text": lambda: page.get_by_text(text, exact=True),
    }
    role: Any = kind
    return finders.get(kind, lambda: page.get_by_role(role, name=text, exact=True))()


MEMORY_STEPS: Mapping[str, Callable[[Page, Step], Any]] = {
    "click": lambda page, step: page.click(memory_query(page, step)),
    "type": lambda page, step: page.type(memory_query(page, step), step.text),
    "clear": lambda page, step: page.clear(memory_query(page, step)),
    "press": lambda page, step: page.press(step.text, memory_query(page, step)),
    "tick": lambda page, step: page.tick(memory_query(page, step)),
    "upload": lambda page, step: page.upload(memory_query(page, step), File(step.text, b"meow")),
    "choose": lambda page, step: page.choose(memory_query(page, step), step.text),
    "back": lambda page, _: page.back(),
    "forward": lambda page, _: page.forward(),
}
BROWSER_STEPS: Mapping[str, Callable[[BrowserPage, Step], Any]] = {
    "click": lambda page, step: browser_query(page, step).click(),
    "type": lambda page, step: type_in_browser(browser_query(page, step), step.text),
    "clear": lambda page, step: browser_query(page, step).clear(),
    "press": lambda page, step: browser_query(page, step).press(step.text),
    "tick": lambda page, step: browser_query(page, step).check(),
    "upload": lambda page, step: browser_query(page, step).set_input_files(
        {"name": step.text, "mimeType": "text/plain", "buffer": b"meow"}
    ),
    "choose": lambda page, step: choose_in_browser(browser_query(page, step), step.text),
    "back": lambda page, _: page.go_back(),
    "forward": lambda page, _: page.go_forward(),
}


def choose_in_browser(select: Locator, label: str) -> None:
    """Choose an option, as a user who has focused the select."""
    select.focus()
    select.select_option(label)


def type_in_browser(field: Locator, text: str) -> None:
    """Type at the end of a field."""
    field.press("End")
    field.press_sequentially(text)
