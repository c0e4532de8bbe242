"""A page under a Content-Security-Policy that lets run what carries its nonce, and nothing else."""

import os
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import Context, Element, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings

SETTINGS = Settings(content_security_policy="script-src 'nonce-{nonce}' 'unsafe-eval'")
COUNT = "document.title = 'Run ' + (window.runs = ++window.runs || 1)"
ACTIONS: dict[str, Callable[[Context, Writer], None]] = {
    "execute": lambda c, w: w.execute(COUNT),
    "navigate": lambda c, w: w.navigate("/next"),
    "redirect": lambda c, w: w.redirect("/next"),
    "other": lambda c, w: w.execute(COUNT, nonce="other"),
    "none": lambda c, w: w.execute(COUNT, nonce=""),
    "page": lambda c, w: w.patch(page_view(c, "Again")),
}


def page_view(c: Context, title: str) -> Element:
    return h.html(
        h.head(h.title(title), datastar_script("/datastar.js", nonce=c.nonce)),
        h.body(
            h.button(
                {"id": f"{way}-{name}"},
                data.on("click", at.post(f"/{way}/{name}", send_nonce=True)),
            )
            for way in ("whole", "stream")
            for name in ACTIONS
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(c, "Policy"))


async def arrived(c: Context, w: Writer) -> None:
    w.html(h.html(h.head(h.title("Next")), h.body()))


async def whole(c: Context, w: Writer) -> None:
    ACTIONS[c.path_params["name"]](c, w)


async def stream(c: Context, w: Writer) -> None:
    w.patch_signals({})
    await w.drain()
    ACTIONS[c.path_params["name"]](c, w)


app = Starlette(
    routes=[
        route("/", home, settings=SETTINGS),
        route("/next", arrived),
        route("/whole/{name}", whole, methods="POST"),
        route("/stream/{name}", stream, methods="POST"),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
