"""Remembered calls: short ones cost almost nothing, and no long text is kept."""

import sys

import pytest

from fatmorph.datastar._attributes import caching
from fatmorph.datastar._attributes.caching import MAX_REMEMBERED_CHARACTERS, cached
from fatmorph.markup._attributes import Attrs
from fatmorph.markup.escape import JSExpression

LONG = MAX_REMEMBERED_CHARACTERS + 1


class Text(str):  # noqa: SLOT000 - room is the point
    """Text with room for what is not text."""


class Named:
    """Hold one value that can be hashed."""

    def __init__(self, value):
        self.value = value


def nested(value, depth):
    for _ in range(depth):
        value = (value,)
    return value


@pytest.fixture
def calls():
    return []


@pytest.fixture
def length(calls):
    """Return a remembered function that records its real calls."""

    @cached
    def length(value, *, unit="px"):
        calls.append(value)
        return f"{len(str(type(value)))}{unit}"

    return length


@pytest.mark.parametrize(
    "value",
    [
        "$count++",
        "é" * 400,
        7,
        2.5,
        None,
        ("300ms", "leading"),
        (("title", "$name"), ("hidden", JSExpression("!$open"))),
        JSExpression("$url"),
    ],
    ids=repr,
)
def test_a_short_call_is_remembered(length, calls, value):
    results = [length(value), length(value)]

    assert results[0] is results[1]
    assert calls == [value]


@pytest.mark.parametrize(
    "value",
    [
        "x" * LONG,
        ("x" * LONG,),
        ("x" * (LONG // 2), "y" * (LONG // 2)),
        tuple(range(LONG)),
        nested("x", 10),
        10 ** (10 * LONG),
        JSExpression("x" * LONG),
        JSExpression(Text("x")),
        Text("x"),
        (("title", Text("x")),),
        frozenset({"x"}),
        b"x",
        Named("x"),
        Attrs({"title": "x" * LONG}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_argument_that_is_long_or_not_a_plain_value_is_not_kept(length, calls, value):
    length(value)
    calls.clear()
    before = sys.getrefcount(value)

    length(value)
    called = [calls.pop()]

    assert called[0] is value
    del called
    assert sys.getrefcount(value) == before


def test_a_keyword_counts_as_well(length, calls):
    length("$a", unit="x" * LONG)
    length("$a", unit="x" * LONG)

    assert calls == ["$a", "$a"]


@pytest.mark.parametrize(
    "result",
    ["x" * LONG, Attrs({"title": "x" * LONG}), Attrs(dict.fromkeys(map(str, range(200)), "x")), {}],
    ids=["text", "value", "many", "mutable"],
)
def test_a_result_that_is_long_or_not_a_plain_value_is_not_kept(calls, result):
    function = cached(lambda name: calls.append(name) or result)

    results = [function("a"), function("a")]

    assert results == [result, result]
    assert calls == ["a", "a"]


def test_calls_that_cannot_be_looked_up_work(length, calls):
    length(["a"])
    length(["a"])

    assert calls == [["a"], ["a"]]


def test_true_is_not_one(length, calls):
    for value in (True, 1, 1.0):
        length(value)

    assert calls == [True, 1, 1.0]


def test_an_error_is_raised_every_time(calls):
    @cached
    def fail(name):
        calls.append(name)
        raise ValueError(name)

    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            fail("a")

    assert calls == ["a", "a"]


def test_everything_is_forgotten_when_the_memory_is_used_up(monkeypatch, length, calls):
    other = cached(lambda name: calls.append(name) or name)
    other("first")
    monkeypatch.setattr(caching, "MAX_REMEMBERED_BYTES", 0)

    length("second")
    monkeypatch.undo()
    other("first")
    other("first")

    assert calls == ["first", "second", "first"]
