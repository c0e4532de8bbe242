"""simple_html: tuples and strings, compiled with mypyc."""

from __future__ import annotations

from collections.abc import Sequence

import simple_html as h


def page(user_id: str, colors: Sequence[str | None]) -> str:
    return h.render(
        h.DOCTYPE_HTML5,
        h.html(
            {"lang": "en"},
            h.head(
                h.meta({"charset": "utf-8"}),
                h.title("Tiles"),
                h.link({"id": "style", "rel": "stylesheet", "href": "/static/style.css"}),
                h.script({"type": "module", "id": "datastar", "src": "/static/datastar.js"}),
            ),
            h.body(
                h.main(
                    {
                        "id": "home",
                        "class": "container",
                        "data-signals": f"{{user_id: '{user_id}'}}",
                        "data-init": "@get('/stream', {retry: 'always'})",
                    },
                    h.h1("Tiles"),
                    h.p({"id": "you"}, f"You are {user_id}."),
                    h.div(
                        {
                            "id": "board",
                            "class": "board",
                            "data-on:click": "@post(`/paint/${evt.target.dataset.cellId}`)",
                        },
                        [cell(number, color) for number, color in enumerate(colors)],
                    ),
                ),
            ),
        ),
    )


def cell(number: int, color: str | None) -> h.Node:
    if color is None:
        return h.div({"id": f"cell-{number}", "class": "cell", "data-cell-id": str(number)})
    return h.div(
        {
            "id": f"cell-{number}",
            "class": "cell painted",
            "style": f"background-color:{color}",
            "data-cell-id": str(number),
        }
    )
