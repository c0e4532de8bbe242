"""Forms of Django and WTForms in a live page under Django's check of CSRF tokens."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from servers import Server, running

PROGRAMS = Path(__file__).parent / "programs"
FORMS = {
    "signup": (
        {"email": "ada", "age": "7"},
        {
            "email": "Enter a valid email address.",
            "age": "Ensure this value is greater than or equal to 18.",
        },
        {"email": "ada@example.org", "age": "36"},
        "{'email': 'ada@example.org', 'age': 36}",
    ),
    "note": (
        {"title": "A", "text": ""},
        {
            "title": "Field must be at least 3 characters long.",
            "text": "This field is required.",
        },
        {"title": "Ada's", "text": "1 < 2"},
        "{'title': \"Ada's\", 'text': '1 < 2'}",
    ),
}


@pytest.fixture(params=[{}, {"TOKEN_IN_PAGE": "1"}], ids=["token in cookie", "token in page"])
def server(
    request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]
) -> Iterator[Server]:
    env = {"DATASTAR": str(official_bundle("1.0.4")), **request.param}
    with running([sys.executable, "form_libraries.py"], cwd=PROGRAMS, env=env) as server:
        yield server


@pytest.fixture
def live_page(live_page: Page) -> Page:
    expect(live_page.locator("#token")).to_have_text("The page has its token.")
    return live_page


def send(page: Page, form: str, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        page.locator(f"#{name}").fill(text)
    page.locator(f"#{form} button").click()


@pytest.mark.parametrize("form", FORMS)
def test_a_form_shows_its_errors_keeps_its_text_and_is_sent_again(
    server: Server, live_page: Page, form: str
) -> None:
    wrong, errors, right, saved = FORMS[form]
    send(live_page, form, wrong)

    for name, error in errors.items():
        field = live_page.locator(f"#{name}")
        expect(live_page.locator(f"#{name}-error")).to_have_text(error)
        expect(field).to_have_accessible_description(error)
        expect(field).to_have_attribute("aria-invalid", "true")

    live_page.request.get(f"{server.base_url}/count")
    expect(live_page.locator("#count")).to_have_text("1")
    for name, error in errors.items():
        expect(live_page.locator(f"#{name}-error")).to_have_text(error)
        expect(live_page.locator(f"#{name}")).to_have_value(wrong[name])

    send(live_page, form, right)
    expect(live_page.locator("#saved")).to_have_text(saved)
    expect(live_page.locator("[role=alert]:not(:empty)")).to_have_count(0)


@pytest.mark.console_errors("403")
def test_django_refuses_a_form_without_its_token(live_page: Page) -> None:
    live_page.context.clear_cookies()

    with live_page.expect_response("**/signup") as response:
        send(live_page, "signup", {"email": "ada@example.org", "age": "36"})

    assert response.value.status == 403


def test_the_page_is_the_same_in_every_draw(server: Server, live_page: Page) -> None:
    first = live_page.request.get(server.base_url).text()
    second = live_page.request.get(server.base_url).text()

    assert (first == second, "csrfmiddlewaretoken" in first) == (True, False)
