"""Iterables among the children: lists are walked for anything, possible records for elements."""

import array
import collections
import email.message
import enum
import sqlite3
import sys
import time
from collections import UserList
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from unittest.mock import MagicMock
from urllib.parse import urlsplit

import pydantic
import pytest
import werkzeug.local
from django.core.paginator import Paginator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy
from markupsafe import Markup
from werkzeug.datastructures import Headers

import django_settings  # noqa: F401 - it configures Django
from fatmorph import h
from fatmorph.errors import ChildError


class Row(NamedTuple):
    name: object
    secret: object


class User(pydantic.BaseModel):
    name: str = "Ada"
    password_hash: str = "s3cret"


class Tags(pydantic.RootModel[list[str]]):
    """A model that is a list, which pydantic iterates as a record."""


class Permission(enum.Flag):
    READ = 1
    WRITE = 2


class Colour(enum.StrEnum):
    RED = "red"


def rows(sql):
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    row = connection.execute(sql).fetchone()
    connection.close()
    return row


def mail():
    message = email.message.EmailMessage()
    message["To"] = "ada@example.com"
    return message


def mock():
    mocked = MagicMock()
    mocked.__iter__.return_value = ["a"]
    return mocked


@dataclass
class Card:
    name: str

    def __iter__(self):
        return iter([self.name])


RECORDS = {
    "pydantic": User(),
    "a pydantic list": Tags(["a"]),
    "a proxied model": SimpleLazyObject(User),
    "namedtuple": Row("Ada", "s3cret"),
    "sqlite3": rows("select 'Ada' as name, 7 as secret"),
    "struct_time": time.gmtime(0),
    "stat_result": Path(__file__).stat(),
    "a parsed URL": urlsplit("https://ada:s3cret@example.com/"),
    "mail": mail(),
    "headers of Werkzeug": Headers({"x-secret": "s3cret"}),
    "an array": array.array("i", [7]),
    "a version": sys.version_info,
    "a mock": mock(),
    "an iterable dataclass": Card("Ada"),
    "a page of Django": Paginator(["Ada"], 1).page(1),
    "a nested record": collections.deque([Row("Ada", "s3cret")]),
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_text_in_a_record_is_refused(core, record):
    with pytest.raises(ChildError) as caught:
        core.Tag("p")(record)

    assert caught.value.why == (
        "its items may be the fields of a record, so only elements in it are children"
    )
    assert caught.value.fix == "list(value)"


def test_the_error_of_a_record_has_its_place_and_no_secret(core):
    with pytest.raises(ChildError) as caught:
        core.Tag("p")("x", [Row(None, "s3cret")])

    assert str(caught.value) == (
        "cannot render Row as a child of <p>\n"
        "  where: p(…), positional argument 2, item 1, item 2\n"
        "  why:   its items may be the fields of a record, so only elements in it are children\n"
        "  fix:   list(value)"
    )


@pytest.mark.parametrize("text", ["a", 7, 1.5, gettext_lazy("a"), ["a"], ("name", "a")], ids=repr)
def test_text_at_any_depth_of_a_record_is_refused(core, text):
    with pytest.raises(ChildError, match="cannot render Row as a child of <p>"):
        core.Tag("p")(Row(core.Tag("b")("x"), [[text]]))


class Menu:
    """An iterable of a class of its own."""

    def __init__(self, *items):
        self.items = items

    def __iter__(self):
        return iter(self.items)


def test_elements_and_html_in_an_object_that_iterates_are_children(core):
    bold = core.Tag("b")("x")
    fragment = core.FRAGMENT((bold, "y"))
    lazy_bold = SimpleLazyObject(lambda: bold)
    menu = Menu(bold, None, [core.frozen(bold), Markup("<hr>")], Menu(fragment), lazy_bold)

    element = core.Tag("p")(menu)

    assert element.children == (bold, bold, Markup("<hr>"), bold, "y", bold)


@pytest.mark.parametrize(
    ("item", "what", "place"),
    [
        (h.b, "cannot render the tag b as a child of <p>", "item 2, item 1"),
        (object(), "cannot render object as a child of <p>", "item 2, item 1: <obj"),
    ],
    ids=["tag", "object"],
)
def test_other_mistakes_in_an_object_that_iterates_keep_their_place(item, what, place):
    with pytest.raises(ChildError) as caught:
        h.p(Menu(None, [item]))

    assert caught.value.what == what
    assert f"p(…), positional argument 1, {place}" in caught.value.where


def test_an_object_that_iterates_itself_is_refused(core):
    menu = Menu()
    menu.items = (menu,)

    with pytest.raises(ChildError, match="nested more than 100 deep"):
        core.Tag("p")(menu)


@pytest.mark.parametrize(
    "make",
    [
        *(list, tuple, set, frozenset, collections.deque, UserList, iter, reversed),
        lambda items: {"a": 1}.keys(),
        lambda items: {1: "a"}.values(),
        lambda items: collections.OrderedDict(a=1).keys(),
        lambda items: (text for text in items),
        lambda items: filter(None, items),
        lambda items: werkzeug.local.LocalProxy(lambda: items),
        lambda items: werkzeug.local.LocalProxy(lambda: iter(items)),
        lambda items: SimpleLazyObject(lambda: set(items)),
    ],
)
def test_a_list_or_iterator_may_hold_text(core, make):
    assert core.Tag("p")(make(["a"])) == core.Tag("p")("a")


@pytest.mark.parametrize("member", [Permission.READ, Permission.READ | Permission.WRITE])
def test_a_flag_is_refused_for_its_own_reason(core, member):
    with pytest.raises(ChildError) as caught:
        core.Tag("p")(member)

    assert (caught.value.why, caught.value.fix) == (
        "a flag is a set of members, and its value a number for all of them",
        "value.name",
    )


@pytest.mark.parametrize("kind", [Permission, Colour, enum.Enum("Size", "S M")])
def test_an_enumeration_itself_is_refused(core, kind):
    with pytest.raises(ChildError) as caught:
        core.Tag("p")(kind)

    assert (caught.value.why, caught.value.fix) == (
        "a class is not rendered, only its members",
        "[member.value for member in value]",
    )


@pytest.mark.parametrize("kind", [Menu, Path, User])
def test_a_class_is_refused(core, kind):
    with pytest.raises(ChildError) as caught:
        core.Tag("p")(kind)

    assert caught.value.fix == "value()"


def test_the_fix_for_a_record_renders_its_items(core):
    assert core.render(core.Tag("p")(list(Row("Ada", 7)))) == "<p>Ada7</p>"
