"""A page with `connection_state()`; POST /answer changes how its stream answers.

The page can be under a strict Content-Security-Policy: `POLICY` is one with `{nonce}`.
"""

import asyncio
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

relay = Relay[None]()
loads: list[str] = []
answers = ["live"]
settings = Settings(content_security_policy=os.environ.get("POLICY"))


def page_view(nonce: str | None) -> Element:
    return h.html(
        {"lang": "en", "data-nonce": nonce},
        h.head(
            h.meta(charset="utf-8"),
            h.title("Connection"),
            datastar_script("/datastar.js", nonce=nonce),
        ),
        h.body(
            data.init(at.subscribe("/live")),
            data.on("keydown", at.post("/key"), window=True),
            h.p({"id": "loads"}, len(loads)),
            h.button({"id": "save"}, data.on("click", at.post("/save")), "Save"),
            connection_state(reconnecting="Verbinde …", failed="Das ging schief.", class_="note"),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    loads.append(c.path)
    answers[:] = ["live"]
    w.html(page_view(c.nonce if settings.content_security_policy else None))


async def live(c: Context, w: Writer) -> None:
    match answers[-1]:
        case "empty":
            w.empty()
        case "redirect":
            w.redirect("/slow")
        case "maintenance":
            w.html(h.html(h.head(h.title("Later")), h.body(h.h1("Maintenance"))))
        case _:
            async for _ in w.alive(relay.subscribe("*", latest=True)):
                if answers[-1] == "unsubscribe":
                    w.unsubscribe()
                if answers[-1] != "live":
                    break
                w.patch(page_view(None), only="#loads")


async def slow(c: Context, w: Writer) -> None:
    await asyncio.sleep(5)
    w.html(h.html(h.head(h.title("Slow")), h.body("At last")))


async def show_loads(c: Context, w: Writer) -> None:
    w.text(str(len(loads)))


async def save(c: Context, w: Writer) -> None:
    w.text("not now", status=503)


async def key(c: Context, w: Writer) -> None:
    w.empty()


async def answer(c: Context, w: Writer) -> None:
    answers.append(c.query["with"])
    relay.publish("answer", None)


app = Starlette(
    routes=[
        route("/", home, settings=settings),
        route("/live", live),
        route("/slow", slow),
        route("/loads", show_loads),
        route("/save", save, methods=["POST"]),
        route("/key", key, methods=["POST"]),
        route("/answer", answer, methods=["POST"]),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
