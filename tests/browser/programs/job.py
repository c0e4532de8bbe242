"""A page that follows a job to its end, and is unsubscribed then."""

import os
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.starlette import route

relay = Relay[str]()
state = ["queued"]


def page_view() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Job"), datastar_script("/datastar.js")),
        h.body(data.init(at.subscribe("/progress")), h.p({"id": "job"}, state[-1])),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view())


async def steps() -> AsyncIterator[str]:
    async with relay.subscribe("*") as changes:
        async for _, step in changes:
            yield step
            if step == "done":
                return


async def progress(c: Context, w: Writer) -> None:
    await w.live(page_view, steps())
    w.unsubscribe()


async def take_step(c: Context, w: Writer) -> None:
    state.append(c.query["to"])
    relay.publish("step", state[-1])


app = Starlette(
    routes=[
        route("/", home),
        route("/progress", progress),
        route("/step", take_step, methods=["POST"]),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
