"""The sign-up form in a real browser: it is checked while it is filled in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from example_programs import EXAMPLES, example_command
from servers import Server, running


@pytest.fixture
def validation(datastar_bundle: Path, tmp_path: Path) -> Iterator[Server]:
    command, env = example_command(datastar_bundle), {"ACCOUNTS_DATABASE": str(tmp_path / "db")}
    with running(command, cwd=EXAMPLES / "validation", env=env) as server:
        yield server


@pytest.fixture
def form(validation: Server, page: Page) -> Page:
    page.goto(validation.base_url)
    return page


def fill_in(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password").fill("lovelace 1815")
    page.get_by_label("I agree").check()


def shown_errors(page: Page) -> Locator:
    return page.locator(".error:not(:empty)")


def create(page: Page) -> None:
    page.get_by_role("button", name="Create account").click()


def test_only_the_field_that_was_left_shows_its_error_and_keeps_its_text(form: Page) -> None:
    email = form.get_by_label("Email")
    email.fill("ada@")
    email.press("Tab")

    expect(shown_errors(form)).to_have_text(["Enter a valid email address."])
    expect(email).to_have_accessible_description(
        "We never send anything. Enter a valid email address."
    )
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_value("ada@")
    expect(form.get_by_label("Password")).to_be_focused()

    email.fill("ada@example.com")
    email.press("Tab")

    expect(shown_errors(form)).to_have_count(0)
    expect(email).to_have_attribute("aria-invalid", "false")


def test_an_empty_form_shows_an_error_for_each_field(form: Page) -> None:
    create(form)

    expect(shown_errors(form)).to_have_count(4)
    expect(form.get_by_text("Tick this box to join.")).to_be_visible()


def test_a_tick_and_a_click_right_after_it_create_the_account(form: Page) -> None:
    fill_in(form, "ada")
    create(form)

    expect(form.get_by_role("heading", name="Welcome, ada!")).to_be_visible()
    expect(form.get_by_text("Accounts: 1")).to_be_visible()
    form.get_by_role("button", name="Create another one").click()
    expect(form.get_by_label("Password")).to_have_value("")
    expect(form.get_by_label("I agree")).not_to_be_checked()


def test_a_name_that_another_user_takes_meanwhile_is_told_and_the_rest_stays(
    validation: Server, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    for page, name in ((first, "ada"), (second, "ADA")):
        page.goto(validation.base_url)
        fill_in(page, name)

    create(first)
    expect(second.get_by_text("Accounts: 1")).to_be_visible()
    create(second)

    expect(shown_errors(second)).to_have_text(["This name is taken."])
    expect(second.get_by_label("Name")).to_have_value("ADA")
    expect(second.get_by_label("Password")).to_have_value("lovelace 1815")
    second.get_by_label("Name").fill("grace")
    create(second)
    expect(first.get_by_text("Accounts: 2")).to_be_visible()


def test_a_click_counts_although_the_check_of_the_field_that_it_leaves_is_answered_meanwhile(
    form: Page,
) -> None:
    fill_in(form, "a")
    form.get_by_label("Email").focus()
    expect(shown_errors(form)).to_have_count(1)
    form.get_by_label("Name").fill("ada")
    form.get_by_role("button", name="Create account").hover()

    form.mouse.down()
    expect(shown_errors(form)).to_have_count(0)
    form.mouse.up()

    expect(form.get_by_role("heading", name="Welcome, ada!")).to_be_visible()
