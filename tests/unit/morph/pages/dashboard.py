"""A dashboard: figures, a clock, a log, and a panel managed by another library."""

from fatmorph import Element, at, data, datastar_script, dom_id, h

FIGURES = {"users": "1,024", "orders": "87", "errors": "3"}
LOG = ["12:00 started", "12:01 first order", "12:02 second order"]


def figure_view(name: str, value: str) -> Element:
    return h.article(
        {"id": dom_id("figure", name), "class": "figure"},
        h.h2(name.title()),
        h.p(value),
        h.progress(value=40, max=100),
    )


def page() -> Element:
    return h.html(
        {"lang": "en", "data-theme": "dark"},
        h.head(
            h.meta(charset="utf-8"),
            h.title("Dashboard"),
            h.link(id="base", rel="stylesheet", href="/static/base.css"),
            h.link(id="board", rel="stylesheet", href="/static/board.css"),
            datastar_script(),
        ),
        h.body(
            data.init(at.subscribe("/dashboard/stream")),
            h.header(h.h1("Dashboard"), h.time({"id": "now"}, "12:02")),
            h.section({"id": "figures"}, [figure_view(*figure) for figure in FIGURES.items()]),
            h.section(
                h.h2("Log"),
                h.pre({"id": "log"}, "\n".join(LOG)),
            ),
            h.section(
                {"id": "map"}, data.ignore_morph(), h.div({"class": "canvas-of-the-map-library"})
            ),
            h.dl([(h.dt(name), h.dd(value)) for name, value in FIGURES.items()]),
        ),
    )


def broken() -> Element:
    """Return two panels that both open the page's stream, and so end each other's."""
    return h.body(
        h.section({"id": "a"}, data.init(at.subscribe("/dashboard/stream"))),
        h.section({"id": "b"}, data.init(at.subscribe("/dashboard/stream"))),
    )


FOUND = ["same-subscription"]
