"""Valid children, and how they are written."""

import datetime
import enum
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from markupsafe import Markup

from fatmorph.errors import ChildError


class Html:
    def __html__(self):
        return "<b>&amp;</b>"


class Text(str):
    __slots__ = ()

    def __str__(self):
        return "<not what it holds>"


class Number(int):
    def __repr__(self):
        return "<not what it holds>"


class Colour(enum.StrEnum):
    RED = "r<d"


class Level(enum.IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("child", "html"),
    [
        ("2 < 3 & \"4\" > '1'", "2 &lt; 3 &amp; \"4\" &gt; '1'"),
        ("", ""),
        (Text("a<b"), "a&lt;b"),
        (Colour.RED, "r&lt;d"),
        (0, "0"),
        (-7, "-7"),
        (Number(7), "7"),
        (Level.HIGH, "3"),
        (10**30, "1" + "0" * 30),
        (1.5, "1.5"),
        (float("nan"), "nan"),
        (Decimal("1.50"), "1.50"),
        (Markup("<b>&amp;</b>"), "<b>&amp;</b>"),
        (Html(), "<b>&amp;</b>"),
        (["a", ("b", {"c"})], "abc"),
        (range(3), "012"),
        ({"a": 1}.keys(), "a"),
        ([None, True, False, [None]], ""),
    ],
    ids=lambda value: re.sub(r"0x\w+", "", ascii(value)),
)
def test_a_child_is_rendered(core, child, html):
    assert core.render(core.Tag("p")(child)) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    "iterate", [lambda: (str(n) for n in range(3)), lambda: map(str, range(3))], ids=["gen", "map"]
)
def test_an_iterator_is_consumed(core, iterate):
    assert core.render(core.Tag("p")(iterate())) == "<p>012</p>"


@pytest.mark.parametrize("child", ["a<b", Text("a"), 7, 1.5, Markup("<b>"), Html(), None, True])
def test_a_child_in_a_list_is_rendered_as_without_the_list(core, child):
    assert core.Tag("p")([child]) == core.Tag("p")(child)


def test_children_are_kept_as_text_trusted_text_and_elements(core):
    bold = core.Tag("b")()

    element = core.Tag("p")("text", 1, Html(), [bold, [Markup("<i>")]])

    assert element.children == ("text", "1", Markup("<b>&amp;</b>"), bold, Markup("<i>"))
    assert [type(child) for child in element.children] == [
        str,
        str,
        Markup,
        core.Element,
        Markup,
    ]


def test_an_iterable_is_consumed_once_when_the_element_is_built(core):
    pulled = []

    def items():
        for number in range(2):
            pulled.append(number)
            yield core.Tag("li")(number)

    element = core.Tag("ul")(items())

    assert pulled == [0, 1]
    assert core.render(element) == core.render(element) == "<ul><li>0</li><li>1</li></ul>"
    assert pulled == [0, 1]


def test_an_element_can_have_two_places_in_a_tree(core):
    item = core.Tag("li")("x")

    assert core.render(core.Tag("ul")(item, item)) == "<ul><li>x</li><li>x</li></ul>"


def test_a_fragment_is_replaced_by_its_children(core):
    inner = core.FRAGMENT(["a", core.Tag("b")()])

    element = core.Tag("p")(inner, [core.FRAGMENT([inner])])

    assert element.children == ("a", core.Tag("b")(), "a", core.Tag("b")())


def test_a_spent_generator_raises_instead_of_rendering_nothing(core):
    def rows():
        yield "row"

    generator = rows()
    core.Tag("p")(generator)

    with pytest.raises(ChildError) as caught:
        core.Tag("table")("x", [generator])

    assert str(caught.value) == (
        "cannot render a spent generator as a child of <table>\n"
        "  where: table(…), positional argument 2, item 1: rows\n"
        "  why:   it was consumed before and would render as nothing\n"
        "  fix:   items = list(generator)  (a list can be used twice)"
    )


@pytest.mark.parametrize("spend", [iter, reversed, enumerate, zip, lambda items: map(str, items)])
def test_another_spent_iterator_renders_nothing_as_an_empty_one_does(core, spend):
    iterator = spend(["a", "b"])
    list(iterator)

    assert core.render(core.Tag("p")(iterator)) == "<p></p>"


def test_a_started_generator_renders_its_remaining_items(core):
    generator = (str(n) for n in range(3))
    next(generator)

    assert core.render(core.Tag("p")(generator)) == "<p>12</p>"


class Member(enum.Enum):
    ONE = 1


@pytest.mark.parametrize(
    ("child", "fix"),
    [
        (b"x", "value.decode()"),
        (bytearray(b"x"), "value.decode()"),
        (memoryview(b"x"), "bytes(value).decode()"),
        (datetime.date(2026, 1, 2), "value.isoformat()"),
        (Member.ONE, "value.value"),
        (Fraction(1, 2), "str(value)"),
        (1j, "str(value)"),
        (object(), "str(value)"),
        (len, "value()"),
        (Html, "value()"),
        (NotImplemented, "str(value)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_invalid_child_is_refused_with_a_fix(core, child, fix):
    with pytest.raises(ChildError) as caught:
        core.Tag("td")("x", [[child]])

    assert caught.value.what == f"cannot render {type(child).__name__} as a child of <td>"
    assert caught.value.where.startswith("td(…), positional argument 2, item 1, item 1: ")
    assert caught.value.fix == fix


def test_a_tag_that_was_not_called_is_refused(core):
    with pytest.raises(ChildError) as caught:
        core.Tag("ul")(core.Tag("li"))

    assert str(caught.value) == (
        "cannot render the tag li as a child of <ul>\n"
        "  where: ul(…), positional argument 1\n"
        "  why:   a tag becomes an element when it is called\n"
        "  fix:   li()"
    )


def test_a_child_error_is_a_type_error_raised_in_the_view(core):
    def view():
        return core.Tag("p")(core.Tag("b")(object()))

    with pytest.raises(TypeError) as caught:
        view()

    assert "view" in [entry.name for entry in caught.traceback]


@pytest.mark.parametrize("depth", [99, 100])
def test_lists_of_lists_are_flattened(core, depth):
    nested = "x"
    for _ in range(depth):
        nested = [nested]

    assert core.render(core.Tag("p")(nested)) == "<p>x</p>"


def test_a_list_that_holds_itself_is_refused(core):
    endless = ["x"]
    endless.append(endless)

    with pytest.raises(ChildError) as caught:
        core.Tag("p")(endless)

    assert str(caught.value) == (
        "cannot render iterables nested more than 100 deep as children of <p>\n"
        "  where: p(…), positional argument 1\n"
        "  why:   a list that holds itself would never end\n"
        "  fix:   itertools.chain.from_iterable(value)"
    )
