"""A live page: POST /next publishes the next edition; EDITION is the first one."""

import os

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.starlette import route

relay = Relay[int]()
editions = [int(os.environ["EDITION"])]


def page_view() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Live"), datastar_script("/datastar.js")),
        h.body(
            data.init(at.subscribe("/subscribe")),
            h.h1({"id": "heading"}, f"Edition {editions[-1]}"),
            h.input({"id": "name", "aria-label": "Name"}),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view())


async def subscribe(c: Context, w: Writer) -> None:
    await w.live(page_view, relay.subscribe("*", latest=True), key="page")


async def publish_next(c: Context, w: Writer) -> None:
    editions.append(editions[-1] + 1)
    relay.publish("edition", editions[-1])


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/next", publish_next, methods=["POST"]),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
