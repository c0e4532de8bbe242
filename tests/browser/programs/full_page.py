"""A page that changes completely: POST /next publishes the next edition."""

import os

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.starlette import route

relay = Relay[int]()
editions = [1]


def page_view(edition: int) -> Element:
    is_first = edition == 1
    return h.html(
        {"lang": "en" if is_first else "de", "data-theme": None if is_first else "dark"},
        h.head(
            h.meta(charset="utf-8"),
            h.title(f"Edition {edition}"),
            h.meta(id="description", name="description", content=f"The edition {edition}"),
            datastar_script("/datastar.js"),
        ),
        h.body(
            {"class": "first" if is_first else "later", "title": "the first" if is_first else None},
            data.init(at.subscribe("/subscribe")),
            h.h1({"id": "heading"}, f"Edition {edition}"),
            None if is_first else h.p({"id": "banner"}, "There is news."),
            h.input({"id": "name", "aria-label": "Name"}),
            h.ul({"id": "list"}, [h.li({"id": f"item-{n}"}, n) for n in items(edition)]),
        ),
    )


def items(edition: int) -> list[int]:
    return [1, 2, 3] if edition == 1 else [3, 4, 1]


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(editions[-1]))


async def subscribe(c: Context, w: Writer) -> None:
    async for _, edition in w.alive(relay.subscribe("edition")):
        w.patch(page_view(edition))


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
