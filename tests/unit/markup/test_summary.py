"""The repr of an element: one line, without what could be a secret."""

from fatmorph import data, h
from fatmorph.errors import SHORT_REPR_CHARACTERS


def test_a_repr_shows_what_tells_an_element_apart_and_no_value_that_may_be_secret() -> None:
    field = h.input(
        data.bind("token"), id="t", name="token", type="hidden", value="s3cret", required=True
    )

    assert repr(field) == '<input data-bind=… id="t" name="token" type="hidden" value=… …>'


def test_a_repr_is_one_line_without_control_characters() -> None:
    assert repr(h.p(id="a\x1b[2J\nb")) == '<p id="a\\x1b[2J\\nb">'
    assert repr(h.p({"data-\u202ea\u2028b": "c"})) == "<p data-\\u202ea\\u2028b=…>"


def test_a_repr_of_many_attributes_and_children_fits_into_an_error() -> None:
    attributes = {f"data-{number}": "x" for number in range(100)}

    text = repr(h.div({"id": "i" * 100, "class": "c" * 100} | attributes, ["x"] * 1_000_000))

    assert len(text) <= SHORT_REPR_CHARACTERS
    assert text == f'<div id="{"i" * 29}…" …> with 1000000 children'
