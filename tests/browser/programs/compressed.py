"""A page that counts, compressed with $ENCODING; each POST /next is one more event."""

import os
from unittest.mock import patch

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph._streaming import content_coding
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings

patch.object(content_coding, "SILENT_SECONDS", float(os.environ["SILENT_SECONDS"])).start()
settings = Settings(compression=[os.environ["ENCODING"]])
relay = Relay[int]()
counts = [0]


def page_view(count: int) -> Element:
    return h.html(
        h.head(h.meta(charset="utf-8"), h.title("Count"), datastar_script("/datastar.js")),
        h.body(
            data.init(at.subscribe("/subscribe")),
            h.p({"id": "count"}, count),
            h.ul({"id": "list"}, [h.li(n, id=f"item-{n}") for n in range(count, count + 100)]),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(counts[-1]))


async def subscribe(c: Context, w: Writer) -> None:
    async for _, count in w.alive(relay.subscribe("count"), heartbeat=0.05):
        w.patch(page_view(count))


async def publish_next(c: Context, w: Writer) -> None:
    counts.append(counts[-1] + 1)
    relay.publish("count", counts[-1])


app = Starlette(
    routes=[
        route("/", home, settings=settings),
        route("/subscribe", subscribe, settings=settings),
        route("/next", publish_next, methods=["POST"]),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]), access_log=False)
