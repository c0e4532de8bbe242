"""A thin live page: POST /change/… inserts, renames, moves or removes a row."""

import os

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import (
    Context,
    Element,
    Relay,
    Writer,
    at,
    connection_state,
    data,
    datastar_script,
    h,
    serve,
)
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings

relay = Relay[str]()
rows = {f"row-{number}": f"Row {number}" for number in range(100)}


def page_view() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Thin"), datastar_script("/datastar.js")),
        h.body(
            data.init(at.subscribe("/subscribe")),
            h.p(f"{len(rows)} rows", id="count"),
            h.table(h.tbody([row_view(name, text) for name, text in rows.items()], id="rows")),
            connection_state(),
        ),
    )


def row_view(name: str, text: str) -> Element:
    return h.tr(h.td(text), h.td(h.input({"aria-label": text})), id=name)


def insert() -> None:
    kept = dict(rows)
    rows.clear()
    rows.update({"new": "New row"}, **kept)


def rename() -> None:
    rows["row-7"] = "Seven"


def remove() -> None:
    del rows["row-3"]


def reverse() -> None:
    kept = dict(reversed(rows.items()))
    rows.clear()
    rows.update(kept)


CHANGES = {"insert": insert, "rename": rename, "remove": remove, "reverse": reverse}


async def home(c: Context, w: Writer) -> None:
    w.html(page_view())


async def subscribe(c: Context, w: Writer) -> None:
    await w.live(page_view, relay.subscribe("*", latest=True))


async def change(c: Context, w: Writer) -> None:
    CHANGES[c.path_params["name"]]()
    relay.publish("rows", "changed")


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe, settings=Settings(thin=True)),
        route("/change/{name}", change, methods=["POST"]),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
