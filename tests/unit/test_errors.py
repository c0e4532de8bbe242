"""The four parts of an error, and the helpers that word them."""

import pytest

from fatmorph.errors import (
    SHORT_REPR_CHARACTERS,
    ChildError,
    FatmorphError,
    add_place,
    short_repr,
)
from fatmorph.markup._wording import argument_place, attribute_holder, encoding_error


class Broken:
    def __repr__(self):
        raise RuntimeError("no")


class Lines:
    def __repr__(self):
        return "one\ntwo"


def test_a_message_has_four_lines_and_the_first_is_enough():
    error = ChildError("what", where="here", why="because", fix="code()")

    assert str(error) == "what\n  where: here\n  why:   because\n  fix:   code()"
    assert (error.what, error.where, error.why, error.fix) == ("what", "here", "because", "code()")
    assert error.args == ("what",)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({}, "what"),
        ({"fix": "code()"}, "what\n  fix:   code()"),
        ({"why": "because", "where": ""}, "what\n  why:   because"),
    ],
)
def test_a_part_that_is_not_given_has_no_line(parts, text):
    assert str(FatmorphError("what", **parts)) == text


def test_a_part_is_one_line_whatever_is_in_it():
    hostile = "a\nERROR: b\x1b[2J\u2028"

    error = FatmorphError(hostile, where=hostile, why=hostile, fix=hostile)

    line = r"a\nERROR: b\x1b[2J\u2028"
    assert str(error) == f"{line}\n  where: {line}\n  why:   {line}\n  fix:   {line}"
    assert (error.what, error.args) == (line, (line,))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        (Broken(), "<Broken>"),
        (Lines(), "one two"),
        ("x" * 79, "'" + "x" * 78 + "…"),
        ("x" * 78, "'" + "x" * 78 + "'"),
    ],
    ids=["text", "broken", "lines", "long", "fitting"],
)
def test_a_short_repr_is_one_line_of_eighty_characters(value, text):
    assert short_repr(value) == text
    assert len(short_repr(value)) <= SHORT_REPR_CHARACTERS


def test_a_short_repr_of_something_endless_is_its_type():
    value = []
    for _ in range(100_000):
        value = [value]

    assert len(short_repr(value)) <= SHORT_REPR_CHARACTERS


def test_the_closest_place_is_noted_once():
    error = KeyError("x")

    add_place(error, "building p(…), positional argument 1, item 2")
    add_place(error, "building p(…), positional argument 1")
    add_place(error, "building div(…), positional argument 1")

    assert error.__notes__ == [
        "while building p(…), positional argument 1, item 2",
        "while building div(…), positional argument 1",
    ]


def test_an_error_of_ours_gets_no_note():
    error = ChildError("what")

    add_place(error, "building p(…)")

    assert not hasattr(error, "__notes__")


@pytest.mark.parametrize(
    ("element", "indices", "place"),
    [
        ("p", (0,), "p(…), positional argument 1"),
        ("p", (1, 2, 0), "p(…), positional argument 2, item 3, item 1"),
        ("#document-fragment", (0, 2), "fragment(…), positional argument 3"),
        ("#comment", (0, 0, 4), "comment(…), positional argument 1, item 5"),
    ],
)
def test_a_place_is_counted_from_one(element, indices, place):
    assert argument_place(element, indices) == place


def test_attributes_are_of_an_element_or_of_attrs():
    assert (attribute_holder("p"), attribute_holder("Attrs")) == ("<p>", "Attrs(…)")


def test_a_long_text_is_cut_around_its_lone_surrogate():
    error = encoding_error("p", "a" * 1000 + "\ud800" + "b" * 1000)

    assert error.what == "cannot encode '" + "a" * 30 + "\\ud800" + "b" * 30 + "' as UTF-8"
