"""Memoised views: the same element for the same values, and never another's."""

import copy
import gc
import pickle
import sys
import threading
import tracemalloc
import weakref
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time as clock_time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from markupsafe import Markup

from fatmorph.errors import ChildError, MemoError
from fatmorph.markup._memo_plan import memo_plan

MANY = 10**9


@pytest.fixture
def memo(core):
    """Return a function that memoises a function in the engine."""

    def memo(function, max_entries=MANY, max_bytes=MANY):
        return core.Memo(function, memo_plan(function, core.Element), max_entries, max_bytes)

    return memo


@pytest.fixture
def paragraph(core, memo):
    """Return a function that makes a memoised view, a paragraph with its only value."""
    p = core.Tag("p")

    def number_view(number):
        return p(number)

    return lambda **bounds: memo(number_view, **bounds)


@pytest.fixture
def shown(core, memo):
    """Return a memoised view of one value, which shows its type and its repr."""
    p = core.Tag("p")
    return memo(lambda value: p(type(value).__name__, " ", repr(value)))


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Word(StrEnum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


class Side(Flag):
    LEFT = 1
    RIGHT = 2


@dataclass(frozen=True)
class Point:
    x: int
    y: object = 0


@dataclass(frozen=True)
class OtherPoint:
    x: int
    y: object = 0


@dataclass(frozen=True, slots=True)
class SlottedPoint:
    x: int
    y: object = 0


@dataclass(frozen=True)
class Labelled:
    x: int
    label: str = field(default="", compare=False)


@dataclass(frozen=True, eq=False)
class ByIdentity:
    x: int


@dataclass(frozen=True)
class ByKey:
    """As an object-relational mapper compares: by the key alone."""

    key: int
    title: str

    def __eq__(self, other):
        return self.key == other.key

    def __hash__(self):
        return hash(self.key)


@dataclass(frozen=True)
class WithComputed:
    x: int

    @cached_property
    def double(self):
        return [2 * self.x]


class Row(msgspec.Struct, frozen=True):
    key: int
    title: str


class OtherRow(msgspec.Struct, frozen=True):
    key: int
    title: str


class Pair(NamedTuple):
    one: int
    other: int


class OtherPair(NamedTuple):
    one: int
    other: int


VALUES = [
    *("", "a", "<b>", Markup("<b>"), Markup("")),
    *(0, 1, -1, 2**70, True, False, None),
    *(0.0, -0.0, 1.0, 1.5, float("inf")),
    *(Decimal("1.0"), Decimal("1.00"), Decimal(1)),
    *(Color.RED, Color.BLUE, Word.RED, "red", Number.ONE, Side.LEFT, Side.LEFT | Side.RIGHT),
    *((), (1,), (True,), (1.0,), ("1",), (Markup("1"),), ((1,),), (1, 2), ((1,), 2), (1, (2,))),
    *((Markup("<b>"), "<b>"), ("<b>", Markup("<b>"))),
    *(frozenset(), frozenset((1,)), frozenset((True,)), frozenset(((1,),))),
    *(Point(1), Point(True), Point(1, 0.0), OtherPoint(1), SlottedPoint(1), Point(1, (1,))),
    *(Point(1, Point(1)), Point(1, OtherPoint(1)), Labelled(1, "a"), Labelled(1, "b")),
    *(
        ByKey(1, "a"),
        ByKey(1, "b"),
        Row(1, "a"),
        Row(1, "b"),
        OtherRow(1, "a"),
        Pair(1, 2),
        OtherPair(1, 2),
    ),
    *(date(2025, 1, 2), datetime(2025, 1, 2), datetime(2025, 1, 2, fold=1), clock_time(1)),
    *(datetime(2025, 7, 2, 12, tzinfo=UTC), timedelta(1), timedelta(0, 1)),
    datetime(2025, 7, 2, 13, tzinfo=timezone(timedelta(hours=1))),
    datetime(2025, 7, 2, 14, tzinfo=ZoneInfo("Europe/Paris")),
    UUID(int=1),
]


def test_the_same_values_return_the_same_element(core, memo):
    view = memo(lambda number, color: core.Tag("p")(number, " ", color))

    assert view(7, "tan") is view(7, "tan")
    assert core.render(view(7, "tan")) == "<p>7 tan</p>"


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_copy_of_a_value_is_the_same_value(shown, value):
    if_copied = pickle.loads(pickle.dumps(value))

    assert shown(value) is shown(if_copied)


def test_values_of_different_types_or_contents_never_share_an_element(shown):
    elements = [shown(value) for value in VALUES]

    assert len({id(element) for element in elements}) == len(VALUES)
    assert [shown(value) for value in reversed(VALUES)] == elements[::-1]


def test_trusted_text_is_never_served_for_a_users(core, paragraph):
    view = paragraph()

    trusted, typed = view(Markup("<b>")), view("<b>")

    assert core.render(trusted) == "<p><b></p>"
    assert core.render(typed) == "<p>&lt;b&gt;</p>"


@pytest.mark.parametrize("first", [float("nan"), float("-inf"), 10**400], ids=repr)
def test_an_unusual_number_is_found_again(shown, first):
    assert shown(first) is shown(type(first)(first) + 0)


@pytest.mark.parametrize("wrap", [lambda v: (v,), Point, lambda v: frozenset((v,))])
def test_a_users_text_is_not_trusted_inside_of_another_value(shown, wrap):
    assert shown(wrap(Markup("<b>"))) is not shown(wrap("<b>"))


def test_a_set_is_known_by_the_order_that_a_view_sees(shown):
    one, other = frozenset((0, 8)), frozenset((8, 0))

    assert one == other
    assert repr(shown(one).children[2]) == repr(repr(one))
    assert repr(shown(other).children[2]) == repr(repr(other))


def test_an_instance_with_equal_fields_but_without_equality_is_the_same_value(shown):
    assert shown(ByIdentity(1)) is shown(ByIdentity(1))


def test_a_computed_attribute_is_not_a_part_of_a_value(shown):
    before, after = WithComputed(1), WithComputed(1)
    assert after.double == [2]

    assert shown(before) is shown(after)


# ---------------------------------------------------------------------------------- elements


def test_an_element_is_known_by_its_content(core, shown):
    p = core.Tag("p")

    assert shown(p("a", core.Tag("b")("c"), id="x")) is shown(p("a", core.Tag("b")("c"), id="x"))


DIFFERENT = {
    "order of attributes": lambda core: (
        core.Tag("p")(id="a", title="b"),
        core.Tag("p")(title="b", id="a"),
    ),
    "trusted text": lambda core: (core.Tag("p")("<b>"), core.Tag("p")(Markup("<b>"))),
    "value": lambda core: (core.Tag("p")(hidden=True), core.Tag("p")(hidden="")),
    "namespace": lambda core: (core.Tag("a"), core.Tag("a", "svg")),
    "depth": lambda core: (
        core.Tag("p")(core.Tag("b")(), core.Tag("i")()),
        core.Tag("p")(core.Tag("b")(core.Tag("i")())),
    ),
    "generated children": lambda core: (core.Tag("p")("a", "b"), core.Tag("p")(["a", "b"])),
    "fragment": lambda core: (core.FRAGMENT("a"), core.Tag("p")("a")),
    "deep": lambda core: (deep(core, "a"), deep(core, "b")),
}


def deep(core, text):
    tree = text
    for _ in range(5_000):
        tree = core.Tag("p")(tree)
    return tree


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_elements_that_differ_anywhere_are_different_values(core, pair, paragraph):
    wrapped = paragraph()
    one, other = (part() if type(part) is core.Tag else part for part in pair(core))

    assert wrapped(one) is not wrapped(other)
    assert wrapped(one) is wrapped(one)


def test_elements_made_at_different_places_are_different_values(core, paragraph):
    wrapped = paragraph()
    p = core.Tag("p")
    core.record_places("/nowhere/", True)
    try:
        one = p("a")
        other = p("a")
        assert one == other
        assert core.render(wrapped(one)) != core.render(wrapped(other))
    finally:
        core.record_places(None, False)


def test_a_frozen_element_is_the_same_value(core, shown):
    element = core.Tag("p")("a", id="b")

    assert shown(element) is shown(core.frozen(element))


# ------------------------------------------------------------------------------------- calls


def test_spellings_of_one_call_share_an_element(core, memo):
    def view(number, color="tan", *, is_big=False):
        return core.Tag("p")(number, color, is_big and "!")

    view = memo(view)
    calls = [
        view(7),
        view(7, "tan"),
        view(7, color="tan"),
        view(color="tan", number=7),
        view(7, is_big=False),
        view(**{"num" + "ber": 7}),
    ]

    assert all(element is calls[0] for element in calls)


def test_a_function_may_take_any_number_of_arguments(core, memo):
    view = memo(lambda *texts, **options: core.Tag("p")(*texts, *options.items()))

    assert view("a", "b") is view("a", "b")
    assert view("a", x="b") is view("a", x="b")
    assert len({id(view("a", "b")), id(view("a", x="b")), id(view(("a", "b"))), id(view())}) == 4
    assert core.render(view(a="1", b="2")) != core.render(view(b="2", a="1"))


def test_a_function_may_have_many_parameters(core, memo):
    scope = {"p": core.Tag("p")}
    names = ", ".join(f"a{n}" for n in range(40))
    exec(f"def view({names}):\n    return p({names})", scope)
    view = memo(scope["view"])

    assert view(*range(40)) is view(*range(40))
    assert view(*range(40)) is not view(*range(39), True)


def test_a_parameter_may_be_positional_only(core, memo):
    def view(number, /, **rest):
        return core.Tag("p")(number, *rest.items())

    view = memo(view)

    assert core.render(view(1, number=2)) == "<p>1number2</p>"


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((1, 2, 3), {}), ((1,), {"number": 1}), ((1,), {"size": 2}), ((1, "a"), {"b": 1})],
)
def test_a_wrong_call_raises_the_functions_own_error(core, memo, args, kwargs):
    def view(number, color="tan"):
        return core.Tag("p")(number, color)

    with pytest.raises(TypeError) as expected:
        view(*args, **kwargs)
    with pytest.raises(TypeError) as raised:
        memo(view)(*args, **kwargs)

    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize("result", ["text", Markup("<b>"), None])
def test_a_view_may_return_text_or_none(memo, result):
    view = memo(lambda number: result)

    assert view(1) is view(1) is result


def test_a_fragment_is_kept_too(core, memo):
    view = memo(lambda text: core.FRAGMENT(core.Tag("dt")(text), core.Tag("dd")("b")))

    assert view("a") is view("a")
    assert core.render(core.Tag("dl")(view("a"))) == "<dl><dt>a</dt><dd>b</dd></dl>"


@pytest.mark.parametrize("result", [["a"], ("a",), 7, b"a", iter("a"), type("Text", (str,), {})()])
def test_a_result_that_could_change_is_refused(memo, result):
    with pytest.raises(MemoError, match="as the result of"):
        memo(lambda: result)()


class Text(str):  # noqa: SLOT000 - it has a state
    """Text with a state."""


class Whole(int):
    """A number with a state."""


class Fraction(float):
    """A number with a state."""


@dataclass
class Mutable:
    x: int


class MutableRow(msgspec.Struct):
    x: int


@dataclass(frozen=True)
class Dictionary(dict):
    x: int = 0


class Base:
    __slots__ = ("owner",)


@dataclass(frozen=True)
class WithSlot(Base):
    x: int = 0


class Pairs(Pair):
    """A tuple with other attributes."""


@dataclass(frozen=True)
class Secretive:
    x: int

    def __post_init__(self):
        object.__setattr__(self, "owner", [])


REFUSED = [
    *([1], {"a": 1}, {1}, bytearray(b"a"), b"a", object(), object, len, Ellipsis, 1j, range(3)),
    *(Text("a"), Whole(1), Fraction(1), Mutable(1), MutableRow(1), Dictionary(), WithSlot()),
    *(Pairs(1, 2), Path(__file__).stat(), Secretive(1), Point, Color, iter([])),
    datetime(2025, 1, 2, tzinfo=type("Zone", (type(UTC).__base__,), {})()),
]


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: (1, v), lambda v: Point(1, v)])
def test_an_object_that_could_change_is_refused(shown, value, wrap):
    with pytest.raises(MemoError, match="cannot memoise <lambda>"):
        shown(wrap(value))


def test_a_refused_value_is_named_with_its_place(memo):
    def row_view(row, *, note=""):
        return None

    with pytest.raises(MemoError) as refused:
        memo(row_view)((Point(1, [2]),), note="a")

    assert refused.value.what == "cannot memoise row_view() by a list"
    assert refused.value.where == "row_view(), row[0].y"


# -------------------------------------------------------------------------- failures, nesting


def test_an_error_is_not_kept(core, memo):
    answers = iter([ValueError("a"), core.Tag("p")("b")])

    def view():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    view = memo(view)

    with pytest.raises(ValueError, match="a"):
        view()
    assert core.render(view()) == "<p>b</p>"


def test_an_error_of_the_view_is_raised_unchanged(core, memo):
    with pytest.raises(ChildError):
        memo(lambda: core.Tag("br")("a"))()


def test_views_may_call_each_other_and_themselves(core, memo):
    li, ul = core.Tag("li"), core.Tag("ul")

    @memo
    def branch(depth):
        return ul(li(branch(depth - 1)), li(branch(depth - 1))) if depth else "leaf"

    assert core.render(branch(2)).count("leaf") == 4
    assert branch.cache_info().misses == 3


def test_a_result_that_a_nested_call_kept_first_is_returned(core, memo):
    calls = []

    @memo
    def view(number):
        calls.append(number)
        return core.Tag("p")(len(calls)) if len(calls) > 1 else core.Tag("p")(view(number))

    first = view(1)

    assert core.render(first) == "<p>2</p>"
    assert view(1) is first


def test_a_lone_surrogate_is_refused_where_it_is_rendered(core, paragraph):
    view = paragraph()

    element = view("\ud800")

    assert core.render(element) == "<p>\ud800</p>"
    with pytest.raises(ValueError, match="ud800"):
        core.render_bytes(element)


# -------------------------------------------------------------------------- bounds and figures


def test_the_calls_used_last_are_kept(paragraph):
    view = paragraph(max_entries=3)
    elements = {number: view(number) for number in (1, 2, 3)}
    view(1)

    view(4)

    assert view(1) is elements[1]
    assert view(3) is elements[3]
    assert view(2) is not elements[2]


def test_the_number_of_entries_is_bounded(paragraph):
    view = paragraph(max_entries=10)

    for number in range(1_000):
        view(number)

    assert view.cache_info().entries == 10
    assert view.cache_info().misses == 1_000


MADE = {
    "child": lambda p, fragment, text: p(text * 10),
    "attribute": lambda p, fragment, text: p("a", title=text * 10),
    "small": lambda p, fragment, text: p("a", id=text[:4]),
    "deep": lambda p, fragment, text: p([p(text) for _ in range(10)]),
    "text": lambda p, fragment, text: text * 10,
    "none": lambda p, fragment, text: None,
    "fragment": lambda p, fragment, text: fragment(p(text), text),
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@pytest.mark.parametrize("unit", ["", "x", "\N{GRINNING FACE}"])
def test_the_memory_is_bounded_and_counted(core, memo, made, unit):
    max_bytes = 100_000
    p = core.Tag("p")

    def measured() -> tuple[int, int]:
        view = memo(lambda text: made(p, core.FRAGMENT, text), max_bytes=max_bytes)
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(400):
            view(f"{number}" + unit * 300)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        return grown, view.cache_info().bytes

    # The thread by which pytest-xdist gives out tests takes memory now and then.
    grown, counted = min(measured() for _ in range(3))
    # Text that an element shares with its arguments, or with itself, is counted each time.
    assert counted <= max_bytes
    assert 0.45 * counted < grown < 1.15 * counted + 5_000


class Proxy:
    """An object that claims to be an element."""

    def __init__(self, target):
        self.target = target

    @property
    def __class__(self):
        return type(self.target)


def test_a_proxy_is_neither_an_argument_nor_a_result(core, memo):
    proxy = Proxy(core.Tag("p")("a"))

    with pytest.raises(MemoError, match="by a Proxy"):
        memo(lambda value: None)(proxy)
    with pytest.raises(MemoError, match="a Proxy as the result"):
        memo(lambda: proxy)()


def test_a_result_larger_than_the_bound_is_returned_but_not_kept(core, paragraph):
    view = paragraph(max_bytes=5_000)
    small = view("a")

    large = view("x" * 10_000)

    assert core.render(large) == f"<p>{'x' * 10_000}</p>"
    assert view("a") is small
    assert view.cache_info().entries == 1


def test_a_large_number_counts(memo):
    view = memo(lambda number: None)

    view(1 << 80_000)

    assert view.cache_info().bytes > 10_000


def test_the_figures_are_those_of_the_calls(paragraph):
    view = paragraph(max_entries=5, max_bytes=7_000)
    for number in (1, 2, 1, 1):
        view(number)

    info = view.cache_info()

    assert (info.hits, info.misses, info.entries) == (2, 2, 2)
    assert (info.max_entries, info.max_bytes) == (5, 7_000)


def test_a_cleared_view_has_neither_results_nor_figures(paragraph):
    view = paragraph()
    element = view(1)

    view.cache_clear()

    assert view.cache_info()[:3] == (0, 0, 0)
    assert view.cache_info().bytes == 0
    assert view(1) is not element
    assert view(1) == element


def test_a_dropped_element_is_freed(paragraph):
    view = paragraph(max_entries=1)
    element = weakref.ref(view(1))

    view(2)
    gc.collect()

    assert element() is None


def test_a_dropped_view_is_freed_with_its_elements(core, memo):
    def make():
        @dataclass(frozen=True)
        class Local:
            x: int

        @memo
        def view(value):
            return core.Tag("p")(value.x, view.__class__ is Local)

        return weakref.ref(view), weakref.ref(view(Local(1))), weakref.ref(Local)

    references = make()
    gc.collect()

    assert [reference() for reference in references] == [None, None, None]


def test_a_weak_reference_may_call_the_view_when_its_element_is_dropped(paragraph):
    view = paragraph(max_entries=1)
    called = []
    watch = weakref.ref(view(1), lambda _: called.append(view(3)))

    view(2)
    gc.collect()

    assert called == [view(3)]
    assert view.cache_info().entries == 1
    assert watch() is None


def test_a_memoised_view_has_attributes_of_its_own(memo):
    view = memo(lambda: None)

    view.__name__ = "home_view"

    assert view.__name__ == "home_view"
    assert vars(view)["__name__"] == "home_view"


def test_a_memoised_view_is_its_own_copy(memo):
    view = memo(lambda: None)
    view.__qualname__ = "view"

    assert copy.copy(view) is copy.deepcopy(view) is view


def test_the_classes_of_arguments_are_not_kept_for_ever(memo):
    view = memo(lambda value: value.text, max_entries=1)
    classes = weakref.WeakSet()

    for _ in range(400):
        local = dataclass(frozen=True)(type("Local", (), {"__annotations__": {"text": str}}))
        classes.add(local)
        view(local("a"))
    del local
    gc.collect()

    assert len(classes) <= 101


# ------------------------------------------------------------------------------------ threads


def test_threads_get_the_same_elements_and_the_right_ones(core, paragraph):
    view = paragraph(max_entries=50)
    wrong = []

    def work(seed):
        for step in range(4_000):
            number = (step * 7 + seed) % 80
            element = view(number)
            if core.render(element) != f"<p>{number}</p>":
                wrong.append(number)
            if step % 500 == seed:
                view.cache_clear()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert wrong == []
    assert view.cache_info().entries <= 50


def test_two_threads_that_build_one_element_get_the_first(core, memo):
    both = threading.Barrier(2)

    def view(number):
        both.wait(10)
        return core.Tag("p")(number)

    view = memo(view)
    got = []
    threads = [threading.Thread(target=lambda: got.append(view(1))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got[0] is got[1]
