from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from fatmorph import dom_id
from fatmorph.errors import AttributeValueError


class Color(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("cell", 7), "cell-7"),
        (("cell", "7"), "cell-7"),
        (("cell", -7), "cell-_-7"),
        ((7,), "_7"),
        (("",), "_e"),
        (("a", "", "b"), "a-_e-b"),
        (("todo-item",), "todo_-item"),
        (("user_name",), "user__name"),
        (("a b",), "a_x20_b"),
        (('"',), "_x22_"),
        (("é日本",), "é日本"),
        (("\u0663",), "\u0663"),  # a digit that CSS accepts
        (("\ud800",), "_xd800_"),
        ((("a", "b"),), "_ta-b_z"),
        ((Color.RED,), "red"),
        ((date(2026, 11, 22),), "_2026_-11_-22"),
        ((datetime(2026, 1, 2, 3, 4, tzinfo=UTC),), "_2026_-01_-02T03_x3a_04_x3a_00_x2b_00_x3a_00"),
        ((Decimal("1.5"),), "_1_x2e_5"),
        ((1.5,), "_1_x2e_5"),
        ((True,), "true"),
        (
            (UUID("12345678-1234-5678-1234-567812345678"),),
            "_12345678_-1234_-5678_-1234_-567812345678",
        ),
    ],
)
def test_an_id_is_made_from_its_parts(parts: tuple[object, ...], expected: str) -> None:
    assert dom_id(*parts) == expected  # type: ignore[arg-type]


texts = st.text() | st.text(alphabet="a-_e7xtz ")
nested = st.recursive(texts, lambda inner: st.lists(inner).map(tuple), max_leaves=6)
part_lists = st.lists(nested, min_size=1, max_size=4).map(tuple)


@given(part_lists, part_lists)
def test_different_parts_make_different_ids(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (dom_id(*one) == dom_id(*other)) == (one == other)


@given(part_lists)
def test_an_id_is_a_css_identifier(parts: tuple[str, ...]) -> None:
    made = dom_id(*parts)

    assert made
    assert not made[0].isdigit() or not made[0].isascii()
    assert all(c.isalnum() or c in "-_" for c in made if c.isascii())


@pytest.mark.parametrize("part", [None, object(), b"x", ["a"]])
def test_a_part_without_a_stable_text_is_refused(part: object) -> None:
    with pytest.raises(AttributeValueError, match=r"^cannot make an id of "):
        dom_id("row", part)  # type: ignore[arg-type]


def test_a_call_without_parts_is_refused() -> None:
    with pytest.raises(AttributeValueError, match=r"^cannot make an id of no parts"):
        dom_id()
