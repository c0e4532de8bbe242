"""A page and every kind of patch for it, each as a whole response and as a stream."""

import os
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import (
    Context,
    Element,
    Writer,
    at,
    data,
    datastar_script,
    fragment,
    h,
    mathml,
    serve,
    svg,
)
from fatmorph.adapters.starlette import route

PATCHES: dict[str, Callable[[Writer], None]] = {
    "page": lambda w: w.patch(page_view("Patched")),
    "fragment": lambda w: w.patch(h.p("patched", id="target", class_="new")),
    "regions": lambda w: w.patch(fragment(h.p("patched", id="target"), h.li("eins", id="item-1"))),
    "only": lambda w: w.patch(page_view("Patched"), only=("#list", "#target")),
    "lines": lambda w: w.patch(h.pre("\n\na\r\nb\rc\n  d é", id="target")),
    "nothing": lambda w: w.patch(h.p("nobody", id="nobody")),
    "selector": lambda w: w.patch(h.li("each", class_="item"), selector="#list > .item"),
    "outer": lambda w: w.patch(h.p("new", id="target"), selector="#target", mode="outer"),
    "inner": lambda w: w.patch(h.b("new"), selector="#target", mode="inner"),
    "inner_nothing": lambda w: w.patch(fragment(), selector="#list", mode="inner"),
    "replace": lambda w: w.patch(h.i("new", id="target"), mode="replace"),
    "prepend": lambda w: w.patch(h.li("new"), selector="#list", mode="prepend"),
    "append": lambda w: w.patch(h.li("new"), selector="#list", mode="append"),
    "before": lambda w: w.patch(h.li("new"), selector="#item-2", mode="before"),
    "after": lambda w: w.patch(h.li("new"), selector="#item-2", mode="after"),
    "remove": lambda w: w.remove("#list > .item"),
    "svg": lambda w: w.patch(svg.circle(r=9, id="circle"), namespace="svg"),
    "mathml": lambda w: w.patch(mathml.mi("y", id="letter"), namespace="mathml"),
    "view_transition": lambda w: w.patch(h.p("new", id="target"), view_transition=True),
    "signals": lambda w: w.patch_signals({"name": "Bob", "added": {"deep": "é\n"}}),
    "missing_signals": lambda w: w.patch_signals({"name": "Bob", "added": 1}, only_if_missing=True),
    "removed_signals": lambda w: w.patch_signals({"name": None}),
    "no_signals": lambda w: w.patch_signals({}),
    "script": lambda w: w.execute("document.title = 'Run ' + (window.runs = ++window.runs || 1)"),
}


def page_view(title: str) -> Element:
    return h.html(
        {"lang": "en", "class": title.lower()},
        h.head(h.meta(charset="utf-8"), h.title(title), datastar_script("/datastar.js")),
        h.body(
            data.signals({"name": "Ada"}),
            h.p({"id": "target"}, title),
            h.ul(
                {"id": "list", "title": title},
                [h.li({"id": f"item-{n}", "class": "item"}, n) for n in (1, 2)],
            ),
            h.svg(svg.circle(r=1, id="circle")),
            h.math(mathml.mi("x", id="letter")),
            h.output(id="name", data_text="$name"),
            h.output(id="signals", data_json_signals=True),
            [
                h.button({"id": f"{way}-{name}"}, data.on("click", at.post(f"/{way}/{name}")))
                for way in ("whole", "stream")
                for name in PATCHES
            ],
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view("Before"))


async def whole(c: Context, w: Writer) -> None:
    PATCHES[c.path_params["name"]](w)


async def stream(c: Context, w: Writer) -> None:
    PATCHES[c.path_params["name"]](w)
    await w.drain()


app = Starlette(
    routes=[
        route("/", home),
        route("/whole/{name}", whole, methods=["POST"]),
        route("/stream/{name}", stream, methods=["POST"]),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
