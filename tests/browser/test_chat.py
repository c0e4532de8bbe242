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

    expect(second.locator("#messages p")).to_have_text("AdaHello <b>")
    expect(first.get_by_label("Your message")).to_have_value("")
    expect(elsewhere.get_by_text("It is quiet in the attic.")).to_be_visible()


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


def test_a_room_stays_at_its_end_unless_its_user_reads_further_up(
    chat: Server, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    for page in (first, second):
        page.set_viewport_size({"width": 600, "height": 300})
        page.goto(chat.base_url)
    for number in range(9):
        say(first, f"Message {number}")
        expect(first.get_by_text(f"Message {number}")).to_be_in_viewport()
    second.get_by_text("Message 0").scroll_into_view_if_needed()

    say(first, "The last one")

    expect(first.get_by_text("The last one")).to_be_in_viewport()
    expect(second.get_by_text("The last one")).to_be_attached()
    expect(second.get_by_text("Message 0")).to_be_in_viewport()
