"""A form in a live page: all errors beside their fields, and nothing that was typed is lost."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from servers import Server, running

PROGRAMS = Path(__file__).parent / "programs"
TYPED = {"name": "Al", "age": "seven", "email": "ada"}
ERRORS = {
    "name": "must be at least 3 characters long",
    "age": "must be a whole number",
    "email": "must be in the expected format",
}


@pytest.fixture(params=["1.0.1", "1.0.4"])
def server(
    request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]
) -> Iterator[Server]:
    env = {"DATASTAR": str(official_bundle(request.param))}
    with running([sys.executable, "form.py"], cwd=PROGRAMS, env=env) as server:
        yield server


def type_in(page: Page, typed: dict[str, str]) -> None:
    for name, text in typed.items():
        page.locator(f"#{name}").fill(text)
    page.locator("#newsletter").check()


def expect_errors(page: Page, errors: dict[str, str]) -> None:
    for name in TYPED:
        field, message = page.locator(f"#{name}"), errors.get(name, "")
        expect(page.locator(f"#{name}-error")).to_have_text(message)
        expect(field).to_have_accessible_description(message)
        invalid = "true" if message else "false"
        assert field.evaluate("field => field.getAttribute('aria-invalid') ?? 'false'") == invalid


def expect_typed(page: Page, typed: dict[str, str]) -> None:
    for name, text in typed.items():
        expect(page.locator(f"#{name}")).to_have_value(text)
    expect(page.locator("#newsletter")).to_be_checked()


def test_all_errors_are_told_beside_their_fields_and_go_when_they_are_mended(
    live_page: Page,
) -> None:
    type_in(live_page, TYPED)
    live_page.locator("#join").click()

    expect_errors(live_page, ERRORS)
    expect_typed(live_page, TYPED)

    live_page.locator("#age").fill("36")
    live_page.locator("#join").click()

    expect_errors(live_page, {name: ERRORS[name] for name in ("name", "email")})
    expect_typed(live_page, TYPED | {"age": "36"})

    type_in(live_page, {"name": "Ada", "email": "ada@example.org"})
    live_page.locator("#join").click()

    expect_errors(live_page, {})
    expect(live_page.locator("#joined")).to_have_text(
        "Signup(name='Ada', age=36, email='ada@example.org', newsletter=True)"
    )


def test_errors_focus_and_text_survive_another_users_change(
    server: Server, live_page: Page
) -> None:
    type_in(live_page, TYPED)
    live_page.locator("#age").press("Enter")
    expect_errors(live_page, ERRORS)
    live_page.locator("#age").press("End")
    live_page.locator("#age").press_sequentially("teen")
    live_page.locator("#age").press("Home")

    live_page.request.post(f"{server.base_url}/count")

    expect(live_page.locator("#count")).to_have_text("1")
    expect_errors(live_page, ERRORS)
    expect_typed(live_page, TYPED | {"age": "seventeen"})
    expect(live_page.locator("#age")).to_be_focused()
    assert live_page.locator("#age").evaluate("field => field.selectionStart") == 0


def test_text_that_is_typed_while_the_form_is_checked_stays(
    server: Server, live_page: Page
) -> None:
    live_page.request.post(f"{server.base_url}/hold")
    type_in(live_page, TYPED)
    with live_page.expect_request("**/signup"):
        live_page.locator("#name").press("Enter")
    live_page.locator("#name").press("End")
    live_page.locator("#name").press_sequentially("bert")

    live_page.request.post(f"{server.base_url}/release")

    expect_errors(live_page, ERRORS)
    expect_typed(live_page, TYPED | {"name": "Albert"})
    expect(live_page.locator("#name")).to_be_focused()
