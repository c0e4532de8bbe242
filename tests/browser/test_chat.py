"""Chat in a real browser: rooms, and what is typed while others speak."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running


@pytest.fixture
def chat(datastar_bundle: Path) -> Iterator[Server]:
    with running(example_command(datastar_bundle), cwd=EXAMPLES / "chat") as server:
        yield server


def say(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button").click()


def test_everybody_in_a_room_sees_what_one_says(chat: Server, new_page: Callable[[], Page]) -> None:
    first, second, elsewhere = new_page(), new_page(), new_page()
    first.goto(chat.base_url)
    second.goto(chat.base_url)
    elsewhere.goto(f"{chat.base_url}/rooms/attic")

    first.get_by_label("Your name").fill("Ada")
    say(first, "Hello <b>")

    expect(second.get_by_role("listitem")).to_have_text("AdaHello <b>")
    expect(first.get_by_label("Your message")).to_have_value("")
    expect(elsewhere.get_by_role("listitem")).to_have_count(0)


def test_what_is_being_typed_stays_while_others_speak(
    chat: Server, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    first.goto(chat.base_url)
    second.goto(chat.base_url)

    second.get_by_label("Your message").press_sequentially("not yet s")
    say(first, "Hurry up!")
    expect(second.get_by_role("listitem")).to_have_count(1)

    expect(second.get_by_label("Your message")).to_be_focused()
    expect(second.get_by_label("Your message")).to_have_value("not yet s")
