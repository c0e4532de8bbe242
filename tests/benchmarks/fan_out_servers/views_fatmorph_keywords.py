"""fatmorph, with keyword attributes and text values."""

from __future__ import annotations

from collections.abc import Sequence

from fatmorph import Element, h


def page(user_id: str, colors: Sequence[str | None]) -> Element:
    return page_around(user_id, board_view(colors))


def page_around(user_id: str, board: Element) -> Element:
    return h.html(
        h.head(
            h.meta(charset="utf-8"),
            h.title("Tiles"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.body(
            h.main(
                {"data-signals": f"{{user_id: '{user_id}'}}"},
                {"data-init": "@get('/stream', {retry: 'always'})"},
                h.h1("Tiles"),
                h.p(f"You are {user_id}.", id="you"),
                board,
                id="home",
                class_="container",
            ),
        ),
        lang="en",
    )


def board_view(colors: Sequence[str | None]) -> Element:
    return h.div(
        {"data-on:click": "@post(`/paint/${evt.target.dataset.cellId}`)"},
        [cell_view(number, color) for number, color in enumerate(colors)],
        id="board",
        class_="board",
    )


def cell_view(number: int, color: str | None) -> Element:
    return h.div(
        id=f"cell-{number}",
        class_="cell painted" if color else "cell",
        style=f"background-color:{color}" if color else None,
        data_cell_id=number,
    )
