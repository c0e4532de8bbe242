"""The board in rows that are memoised, as docs/how-to/big-pages.md teaches it."""

from __future__ import annotations

from collections.abc import Sequence

import views_fatmorph
from views_fatmorph import page_around

from fatmorph import Element, data, dom_id, h, memo

cell_view = memo(views_fatmorph.cell_view)


def page(user_id: str, rows: Sequence[tuple[str, ...]]) -> Element:
    return page_around(user_id, board_view(rows))


def board_view(rows: Sequence[tuple[str, ...]]) -> Element:
    return h.div(
        {"id": "board", "class": "board"},
        data.on("click", "@post(`/paint/${evt.target.dataset.cellId}`)"),
        [row_view(number, colors) for number, colors in enumerate(rows)],
    )


@memo
def row_view(number: int, colors: tuple[str, ...]) -> Element:
    first = number * len(colors)
    return h.div(
        [cell_view(first + column, color) for column, color in enumerate(colors)],
        id=dom_id("row", number),
        class_="row",
    )
