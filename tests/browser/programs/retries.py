"""A page for each way in which a stream fails: `/raises`, `/unauthorized`, …; see `HANDLERS`.

`/tabs` is a live page; GET /handlers returns how many handlers run for it, and how many requests
have asked for it. `/session` needs a session, which GET /logout ends for all.
"""

import os
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.starlette import route

AWAY = os.environ.get("AWAY", "")  # a URL where no server listens
relay = Relay[str]()
counts = {"asked": 0, "running": 0, "drawn": 0, "logins": 0}
sessions = {"open"}


def page_view(name: str, url: str) -> Element:
    return h.html(
        h.head(h.title(name), datastar_script("/datastar.js")),
        h.body(
            data.init(at.subscribe(url)),
            data.on(
                "datastar-fetch",
                "evt.detail.argsRaw.status === '401' && location.reload()",
                document=True,
            )
            if name == "session"
            else None,
            h.h1({"id": "heading"}, name, " ", counts["drawn"]),
        ),
    )


async def page(c: Context, w: Writer) -> None:
    name = c.path_params["name"]
    if name == "session" and not sessions:
        w.redirect("/login")
    else:
        w.html(page_view(name, AWAY if name == "refused" else f"/{name}/live"))


def raising_view() -> Element:
    raise LookupError("the database is down")


async def failing_source() -> AsyncIterator[str]:
    yield "a change"
    raise LookupError("the source is down")


async def raises(c: Context, w: Writer) -> None:
    await w.live(raising_view, relay.subscribe("*"))


async def raises_later(c: Context, w: Writer) -> None:
    w.patch(h.h1({"id": "heading"}, "once"))
    await w.drain()
    raising_view()


async def source_fails(c: Context, w: Writer) -> None:
    async for _ in w.alive(failing_source()):
        w.patch(h.h1({"id": "heading"}, "once"))


async def returns(c: Context, w: Writer) -> None:
    w.patch(h.h1({"id": "heading"}, "once"))


async def unauthorized(c: Context, w: Writer) -> None:
    w.text("log in", status=401)


async def unavailable(c: Context, w: Writer) -> None:
    w.text("later", status=503)


async def session(c: Context, w: Writer) -> None:
    if not sessions:
        w.text("log in", status=401)
        return
    async for _ in w.alive(relay.subscribe("logout")):
        return


async def redirected(c: Context, w: Writer) -> None:
    if not sessions:
        w.redirect("/login")
        return
    async for _ in w.alive(relay.subscribe("logout")):
        return


async def tabs(c: Context, w: Writer) -> None:
    counts["asked"] += 1
    counts["running"] += 1
    async for _ in w.alive(relay.subscribe("change", latest=True)):
        counts["drawn"] += 1
        w.patch(h.h1({"id": "heading"}, "tabs ", counts["drawn"]))
    counts["running"] -= 1


async def login(c: Context, w: Writer) -> None:
    counts["logins"] += 1
    w.html(h.html(h.head(h.title("Log in")), h.body(h.h1("Log in"))))


async def logout(c: Context, w: Writer) -> None:
    sessions.clear()
    relay.publish("logout", "")


async def change(c: Context, w: Writer) -> None:
    relay.publish("change", "")


HANDLERS = {
    "raises": raises,
    "raises-later": raises_later,
    "source-fails": source_fails,
    "returns": returns,
    "unauthorized": unauthorized,
    "unavailable": unavailable,
    "session": session,
    "redirected": redirected,
    "tabs": tabs,
}

app = Starlette(
    routes=[
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
        Route("/handlers", lambda _: JSONResponse(counts)),
        route("/login", login),
        route("/logout", logout),
        route("/change", change),
        *(route(f"/{name}/live", handler) for name, handler in HANDLERS.items()),
        route("/{name}", page),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
