"""Tests of the sign-up form, without a server: `python -m pytest`."""

from typing import Any

import main
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from main import SignupForm, Tab, User, create_account, home_view

from fatmorph import Element
from fatmorph.morph import check
from fatmorph.testing import Page, open_page
from fatmorph.testing.snapshots import ViewSnapshot

VALID = {"username": "ada", "email": "ada@example.com", "password": "lovelace 1815", "terms": "on"}
ALL = frozenset(VALID)
app: Any = main.app  # django-stubs has a type of its own for applications


@pytest.fixture(scope="module", autouse=True)
def database(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a fast one
    connections.settings["default"]["NAME"] = tmp_path_factory.mktemp("data") / "accounts.db"
    call_command("migrate", verbosity=0)


@pytest.fixture(autouse=True)
def grace() -> None:
    User.objects.all().delete()
    User.objects.create(username="Grace")


async def fill_in(page: Page, label: str, text: str) -> None:
    await page.type(page.get_by_label(label), text)
    await page.focus(None)  # leaves the field
    await page.settled()


def errors(page: Page) -> list[str]:
    return [error.text for error in page.get_by_css(".error") if error.text]


def test_the_form_begins_without_errors(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(home_view(Tab(), 3))


def test_only_fields_that_were_left_show_their_errors(view_snapshot: ViewSnapshot) -> None:
    tab = Tab({"email": ["Enter <it>."], "terms": ["Tick it."]}, frozenset({"username", "email"}))

    view_snapshot(home_view(tab, 3))


def test_a_new_user_is_welcome(view_snapshot: ViewSnapshot) -> None:
    view_snapshot(home_view(Tab(joined="ada"), 4))


def samples() -> dict[str, tuple[Element, Element]]:
    wrong = Tab({name: ["Wrong."] for name in VALID}, ALL)
    return {
        "all fields are wrong": (home_view(Tab(), 3), home_view(wrong, 3)),
        "an account is created": (home_view(wrong, 3), home_view(Tab(joined="ada"), 4)),
    }


@pytest.mark.parametrize(("before", "after"), samples().values(), ids=list(samples()))
def test_a_change_has_no_findings(before: Element, after: Element) -> None:
    assert check(before, after) == ()


@pytest.mark.parametrize(
    ("field", "text", "error"),
    [
        ("username", "gRACE", "This name is taken."),
        ("username", "a b", "Enter a valid username."),
        ("email", "ada@", "Enter a valid email address."),
        ("password", "password", "This password is too common."),
        ("terms", "", "Tick this box to join."),
    ],
)
def test_a_mistake_is_an_error_of_its_field(field: str, text: str, error: str) -> None:
    found = create_account(SignupForm({**VALID, field: text}))

    assert [(name, errors[0].startswith(error)) for name, errors in found.items()] == [
        (field, True)
    ]
    assert User.objects.count() == 1


def test_a_valid_form_creates_an_account_with_a_hashed_password() -> None:
    assert create_account(SignupForm(VALID)) == {}
    assert User.objects.get(username="ada").check_password("lovelace 1815")


async def test_a_field_is_checked_when_the_user_leaves_it_and_the_others_wait() -> None:
    async with open_page(app) as page:
        await fill_in(page, "Name", "grace")
        assert errors(page) == ["This name is taken."]

        await fill_in(page, "Name", " h")
        assert errors(page)[0].startswith("Enter a valid username.")

        await page.clear(page.get_by_label("Name"))
        await fill_in(page, "Name", "hopper")
        assert errors(page) == []
        assert page.get_by_label("Name").value == "hopper"
        assert page.lost == ()


async def test_an_account_is_created_once_everything_is_valid() -> None:
    async with open_page(app) as page, open_page(app) as other:
        await page.click(page.get_by_role("button", name="Create account"))
        await page.settled()
        assert len(errors(page)) == len(VALID)

        for label, name in (("Name", "username"), ("Email", "email"), ("Password", "password")):
            await fill_in(page, label, VALID[name])
        await page.tick(page.get_by_label("I agree"))
        await page.click(page.get_by_role("button", name="Create account"))
        await page.settled()

        assert page.get_by_role("heading", name="Welcome, ada!")
        assert other.get_by_id("count").text == "Accounts: 2"
