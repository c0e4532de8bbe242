"""Memoised views return what their functions do, byte for byte, in every order of calls."""

import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, IntEnum
from importlib import import_module

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from markupsafe import Markup

from fatmorph.markup._memo_plan import memo_plan
from machine import missing


def engine(name):
    try:
        return import_module(f"fatmorph.markup.{name}")
    except ImportError:
        missing("compiler", f"{name} was not built: pip install needs a C compiler")


PYTHON, C = map(engine, ("_core_py", "_core_c"))


class Color(Enum):
    RED = "a"
    TRUE = True


class Number(IntEnum):
    ONE = 1


@dataclass(frozen=True)
class Point:
    x: object
    y: object = 0


@dataclass(frozen=True, slots=True)
class Slotted:
    x: object
    y: object = 0


class Row(msgspec.Struct, frozen=True):
    x: object
    y: object = 0


def elements(core):
    tags = [core.Tag(name) for name in ("p", "b")]
    leaves = st.sampled_from(["", "a", "<", Markup("a"), Markup("<b>")])
    attributes = st.lists(
        st.tuples(st.sampled_from(["id", "title"]), st.sampled_from(["", "a", True])),
        unique_by=lambda pair: pair[0],
    ).map(dict)

    def wrapped(children):
        return st.builds(
            lambda tag, pairs, inner, is_list: tag(pairs, inner if is_list else tuple(inner)),
            st.sampled_from(tags),
            attributes,
            st.lists(children, max_size=2),
            st.booleans(),
        )

    return wrapped(st.recursive(leaves, wrapped, max_leaves=4))


atoms = st.one_of(
    st.sampled_from(["", "a", "1", "<b>", Markup("<b>"), Markup("1"), Markup("")]),
    st.sampled_from([0, 1, -1, 2**64, True, False, None, 0.0, -0.0, 1.0, float("nan")]),
    st.sampled_from([Color.RED, Color.TRUE, Number.ONE]),
    st.decimals(-1, 1, places=1),
    st.datetimes(
        datetime(2025, 1, 1),
        datetime(2025, 1, 2),
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=1)), None]),
    ),
)


def values(core):
    return st.recursive(
        atoms | elements(core),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(tuple),
            st.builds(Point, inner, inner),
            st.builds(Slotted, inner),
            st.builds(Row, inner, inner),
            st.frozensets(st.integers(0, 20) | st.text("ab", max_size=1), max_size=3),
        ),
        max_leaves=4,
    )


def shown(core, value):
    """Return an element that shows types and contents at every depth."""
    p = core.Tag("p")
    name = type(value).__name__
    if isinstance(value, core.Element):
        return p(name, repr(value.children), *value.attributes, value)
    if isinstance(value, tuple | frozenset):
        return p(name, [shown(core, item) for item in value])
    if isinstance(value, Point | Slotted | Row):
        return p(name, shown(core, value.x), shown(core, value.y))
    return p(name, repr(value))


ENGINES = pytest.mark.parametrize("core", [PYTHON, C], ids=["Python", "C"])
CALLS = st.lists(st.integers(0, 5), min_size=1, max_size=12)


@ENGINES
@settings(deadline=None)
@given(data=st.data())
def test_a_memoised_view_returns_what_its_function_does(core, data):
    known = data.draw(st.lists(values(core), min_size=1, max_size=6))
    calls = data.draw(CALLS)
    max_entries = data.draw(st.integers(1, 4))

    def view(first, second=0, *, third=None):
        return core.Tag("div")(
            shown(core, first), shown(core, second), shown(core, third), title=str(type(third))
        )

    memoised = core.Memo(view, memo_plan(view, core.Element), max_entries, 10**6)

    for number in calls:
        one = known[number % len(known)]
        other = known[(number + 1) % len(known)]
        assert core.render(memoised(one)) == core.render(view(one))
        assert core.render(memoised(second=one, first=other)) == core.render(view(other, one))
        assert core.render(memoised(one, third=other)) == core.render(view(one, third=other))


@settings(deadline=None)
@given(data=st.data())
def test_the_engines_keep_the_same_calls(data):
    known = data.draw(st.lists(atoms | st.tuples(atoms, atoms), min_size=1, max_size=6))
    calls = data.draw(CALLS)
    figures = []

    for core in (PYTHON, C):
        view = memoised_paragraph(core, max_entries=3)
        for number in calls:
            view(known[number % len(known)])
        figures.append(view.cache_info()[:4])

    assert figures[0] == figures[1]


def memoised_paragraph(core, *, max_entries):
    def view(value):
        return shown(core, value)

    return core.Memo(view, memo_plan(view, core.Element), max_entries, 10**6)


@ENGINES
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_threads_see_what_the_function_returns(core, data):
    known = data.draw(st.lists(values(core), min_size=2, max_size=6))
    expected = [core.render(shown(core, value)) for value in known]
    view = memoised_paragraph(core, max_entries=3)
    wrong = []

    def work(step):
        for turn in range(60):
            number = turn * step % len(known)
            if core.render(view(known[number])) != expected[number]:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(step,)) for step in (1, 2, 3)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert wrong == []
