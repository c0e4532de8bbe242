"""Values of attributes; tests/core tests them on elements."""

import pytest
from markupsafe import Markup

from fatmorph.errors import AttributeValueError
from fatmorph.markup._values import HeldHtml, held_value, is_held, plain_value


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (True, True), (False, None), (None, None), (7, "7"), (Markup("&lt;"), "<")],
)
def test_a_plain_value_is_text_or_a_bare_name_or_nothing(value, text):
    assert plain_value("p", "title", value) == text


@pytest.mark.parametrize(
    ("element", "name", "text"),
    [
        ("p", "title", "<"),
        ("p", "label", "<"),
        ("p", "data-tip", "&lt;"),
        ("p", "tip", "&lt;"),
        ("my-card", "label", "&lt;"),
        ("my-card", "title", "<"),
        ("font-face", "label", "<"),
        ("Attrs", "label", "<"),
        ("Attrs", "data-tip", "&lt;"),
    ],
)
def test_html_is_kept_in_an_attribute_that_may_hold_it(element, name, text):
    assert plain_value(element, name, Markup("&lt;")) == text


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("label", Markup("a"), True),
        ("label", "a", False),
        ("title", Markup("a"), False),
        ("data-tip", Markup("a"), False),
        ("href", "a", True),
        ("srcdoc", Markup("a"), True),
        ("nonce", "a", True),
    ],
)
def test_attrs_keep_a_value_that_depends_on_the_element(name, value, expected):
    assert is_held(name, value) is expected


class Widget:
    def __html__(self):
        return "<b>"


def test_held_html_remembers_the_object():
    widget = Widget()

    held = held_value("Attrs", "label", widget)

    assert (type(held), held, held.given) == (HeldHtml, "<b>", widget)
    assert held_value("Attrs", "label", held) is held


def test_an_attribute_that_holds_text_refuses_the_object_of_held_html():
    held = held_value("Attrs", "label", Widget())

    with pytest.raises(AttributeValueError, match="cannot write Widget as the value of label"):
        plain_value("p", "label", held)
    assert plain_value("my-card", "label", held) == "<b>"
