"""Integers of which Python refuses to write so many digits: the error has the place and a fix."""

import enum
import sys
from decimal import Decimal
from fractions import Fraction

import pytest

from fatmorph.errors import AttributeValueError, ChildError
from fatmorph.markup._attributes import Attrs

LONG = 10**5000
WHY = "Python writes no int with more digits than sys.get_int_max_str_digits()"


class Number(int):
    def __repr__(self):
        return "7"


class Level(enum.IntEnum):
    HIGH = LONG


@pytest.mark.parametrize(
    ("children", "place"),
    [
        (lambda: [LONG], "1"),
        (lambda: [-LONG], "1"),
        (lambda: [Number(LONG)], "1"),
        (lambda: [Level.HIGH], "1"),
        (lambda: ["a", ["b", (LONG,)]], "2, item 2, item 1"),
        (lambda: [(n for n in ["a", LONG])], "1, item 2"),
        (lambda: [range(LONG, LONG + 2)], "1, item 1"),
    ],
    ids=["int", "negative", "subclass", "enum", "nested", "generator", "range"],
)
@pytest.mark.parametrize("tag", ["p", "title", "script", "br"])
def test_a_child_is_refused_with_its_place(core, tag, children, place):
    with pytest.raises(ChildError) as caught:
        core.Tag(tag)(*children())

    assert caught.value.where.startswith(f"{tag}(…), positional argument {place}: ")
    assert (caught.value.why, caught.value.fix) == (WHY, "hex(value)")


@pytest.mark.parametrize(
    ("attributes", "place", "fix"),
    [
        ({"title": LONG}, "title", "title=hex(value)"),
        ({"title": Number(LONG)}, "title", "title=hex(value)"),
        ({"href": LONG}, "href", "href=hex(value)"),
        ({"aria-level": LONG}, "aria-level", "aria_level=hex(value)"),
        ({"style": {"width": LONG}}, "style['width']", "style={'width': hex(value)}"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_attribute_is_refused_with_its_place(core, attributes, place, fix):
    with pytest.raises(AttributeValueError) as caught:
        core.Tag("a")(attributes)

    assert caught.value.where.startswith(f"{place} of <a>: ")
    assert (caught.value.why, caught.value.fix) == (WHY, fix)


def test_a_keyword_is_refused_as_a_mapping_is(core):
    with pytest.raises(AttributeValueError, match=r"title of <p>: <int>"):
        core.Tag("p")(title=LONG)


def test_attrs_refuse_it_too():
    with pytest.raises(AttributeValueError, match=r"title of Attrs\(…\): <int>"):
        Attrs({"title": LONG})


def test_a_number_without_the_limit_is_written(core):
    assert core.render(core.Tag("p")(Decimal(LONG), title=2**64)) == (
        f'<p title="18446744073709551616">1{"0" * 5000}</p>'
    )


def test_a_program_may_lift_the_limit(core):
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        html = core.render(core.Tag("p")(LONG))
    finally:
        sys.set_int_max_str_digits(limit)

    assert html == f"<p>1{'0' * 5000}</p>"


@pytest.mark.parametrize("value", [Fraction(LONG, 3), complex(1, 2)], ids=["fraction", "complex"])
def test_another_kind_of_number_is_refused_as_before(core, value):
    with pytest.raises(ChildError) as caught:
        core.Tag("p")(value)

    assert caught.value.fix == "str(value)"
