"""fatmorph as its tutorial teaches it: dom_id, mappings, data and at."""

from __future__ import annotations

from collections.abc import Sequence

from fatmorph import Element, at, data, dom_id, h


def page(user_id: str, colors: Sequence[str | None]) -> Element:
    return page_around(user_id, board_view(colors))


def page_around(user_id: str, board: Element) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.title("Tiles"),
            h.link(id="style", rel="stylesheet", href="/static/style.css"),
            h.script(type="module", id="datastar", src="/static/datastar.js"),
        ),
        h.body(
            h.main(
                {"id": "home", "class": "container"},
                data.signals({"user_id": user_id}),
                data.init(at.get("/stream", retry="always")),
                h.h1("Tiles"),
                h.p("You are ", user_id, ".", id="you"),
                board,
            ),
        ),
    )


def board_view(colors: Sequence[str | None]) -> Element:
    return h.div(
        {"id": "board", "class": "board"},
        data.on("click", "@post(`/paint/${evt.target.dataset.cellId}`)"),
        [cell_view(number, color) for number, color in enumerate(colors)],
    )


def cell_view(number: int, color: str | None) -> Element:
    return h.div(
        id=dom_id("cell", number),
        class_={"cell": True, "painted": color},
        style={"background-color": color},
        data_cell_id=number,
    )
