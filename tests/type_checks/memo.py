"""The types of memoised views, as their users see them."""

from collections.abc import Callable
from typing import assert_type

from fatmorph import Element, h, memo


@memo
def cell_view(number: int, color: str = "tan", *, is_big: bool = False) -> Element:
    return h.button(number, color, is_big and "!")


@memo(max_entries=20_000, max_bytes=1_000_000)
def note_view(text: str) -> Element | None:
    return h.p(text) if text else None


@memo
def title_view(text: str) -> str:
    return text


assert_type(cell_view(7), Element)
assert_type(cell_view(7, "tan", is_big=True), Element)
assert_type(cell_view(number=7), Element)
assert_type(note_view("a"), Element | None)
assert_type(title_view("a"), str)
assert_type(cell_view.cache_info().hits, int)
assert_type(cell_view.__wrapped__(7), Element)
cell_view.cache_clear()
h.div([cell_view(number) for number in range(3)], cell_view(7), note_view("a"))
view: Callable[[int], Element] = cell_view

# A type checker finds these mistakes before the page is built.
cell_view("7")  # type: ignore[arg-type]
cell_view(7, colour="tan")  # type: ignore[call-arg]
cell_view()  # type: ignore[call-arg]
memo(max_entries="9")  # type: ignore[call-overload]


@memo  # type: ignore[type-var]
def rows_view(count: int) -> list[Element]:
    return [h.li(number) for number in range(count)]


@memo  # type: ignore[type-var]
async def home_view(number: int) -> Element:
    return h.p(number)
