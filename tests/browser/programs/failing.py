"""A page under a strict policy, whose stream and whose actions fail when the test says so."""

import os

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings

SETTINGS = Settings(content_security_policy=os.environ["POLICY"])
relay = Relay[str]()
state = {"rows": 1, "is_broken": False}


def page_view(c: Context) -> Element:
    if state["is_broken"]:
        raise LookupError("no <b>row</b> is left")
    return h.html(
        {"lang": "en", "data-nonce": c.nonce},
        h.head(h.title("Rows"), datastar_script("/datastar.js", nonce=c.nonce)),
        h.body(
            data.init(at.subscribe("/subscribe")),
            data.signals({"basket": 3}),
            h.h1("Rows"),
            h.input({"id": "note", "aria-label": "Note"}),
            h.p({"id": "rows"}, state["rows"]),
            h.input({"aria-label": "Rows", "value": state["rows"]}),
            [
                h.button({"id": name}, data.on("click", at.post(f"/{name}")), name)
                for name in ("grow", "tell", "count", "fail", "misuse", "break")
            ],
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(c))


async def subscribe(c: Context, w: Writer) -> None:
    await w.live(lambda: page_view(c), relay.subscribe("*", latest=True))


async def grow(c: Context, w: Writer) -> None:
    state["rows"] += 1
    relay.publish("rows", "")


async def tell(c: Context, w: Writer) -> None:
    w.patch(h.h1("Told"), selector="h1")


async def count(c: Context, w: Writer) -> None:
    w.patch_signals({"basket": 4})


async def fail(c: Context, w: Writer) -> None:
    w.patch(h.p(state["columns"]))


async def misuse(c: Context, w: Writer) -> None:
    w.patch(h.ul(h.li("a"), object()))


async def break_(c: Context, w: Writer) -> None:
    state["is_broken"] = True
    relay.publish("rows", "")


app = Starlette(
    routes=[
        route("/", home, settings=SETTINGS),
        route("/subscribe", subscribe, settings=SETTINGS),
        route("/grow", grow, methods="POST"),
        route("/tell", tell, methods="POST"),
        route("/count", count, methods="POST"),
        route("/fail", fail, methods="POST"),
        route("/misuse", misuse, methods="POST"),
        route("/break", break_, methods="POST"),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
