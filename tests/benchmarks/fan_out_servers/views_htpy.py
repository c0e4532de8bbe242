"""htpy."""

from __future__ import annotations

from collections.abc import Sequence

import htpy as h


def page(user_id: str, colors: Sequence[str | None]) -> h.Renderable:
    return h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.title["Tiles"],
            h.link("#style", rel="stylesheet", href="/static/style.css"),
            h.script("#datastar", type="module", src="/static/datastar.js"),
        ],
        h.body[
            h.main(
                "#home.container",
                {
                    "data-signals": f"{{user_id: '{user_id}'}}",
                    "data-init": "@get('/stream', {retry: 'always'})",
                },
            )[
                h.h1["Tiles"],
                h.p("#you")[f"You are {user_id}."],
                h.div(
                    "#board.board",
                    {"data-on:click": "@post(`/paint/${evt.target.dataset.cellId}`)"},
                )[(cell(number, color) for number, color in enumerate(colors))],
            ]
        ],
    ]


def cell(number: int, color: str | None) -> h.Renderable:
    return h.div(
        id=f"cell-{number}",
        class_="cell painted" if color else "cell",
        style=f"background-color:{color}" if color else None,
        data_cell_id=number,
    )
