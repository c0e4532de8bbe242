"""Chat in a real browser: rooms, and drafts that survive other users' messages."""

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


def test_a_message_is_shown_to_all_users_in_its_room(
    chat: Server, new_page: Callable[[], Page]
) -> None:
    first, second, elsewhere = new_page(), new_page(), new_page()
    first.goto(chat.base_url)
    second.goto(chat.base_url)
    elsewhere.goto(f"{chat.base_url}/rooms/attic")

    first.get_by_label("Your name").fill("Ada")
    say(first, "Hello <b>")

    expect(second.get_by_role("listitem")).to_have_text("AdaHello <b>")
    expect(first.get_by_label("Your message")).to_have_value("")
    expect(elsewhere.get_by_role("listitem")).to_have_count(0)


def test_a_draft_stays_when_another_user_sends_a_message(
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
