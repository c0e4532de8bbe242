"""A page under a Content-Security-Policy that lets run what carries its nonce, and nothing else."""

import os
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import Context, Element, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.starlette import route

NONCE = "n0nce"
COUNT = "document.title = 'Run ' + (window.runs = ++window.runs || 1)"
ACTIONS: dict[str, Callable[[Writer], None]] = {
    "execute": lambda w: w.execute(COUNT, nonce=NONCE),
    "navigate": lambda w: w.navigate("/next", nonce=NONCE),
    "redirect": lambda w: w.redirect("/next", nonce=NONCE),
    "other": lambda w: w.execute(COUNT, nonce="other"),
    "none": lambda w: w.execute(COUNT),
    "page": lambda w: w.patch(page_view("Again")),
}


def page_view(title: str) -> Element:
    return h.html(
        h.head(h.title(title), datastar_script("/datastar.js", nonce=NONCE)),
        h.body(
            h.button({"id": f"{way}-{name}"}, data.on("click", at.post(f"/{way}/{name}")))
            for way in ("whole", "stream")
            for name in ACTIONS
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.headers["content-security-policy"] = f"script-src 'nonce-{NONCE}' 'unsafe-eval'"
    w.html(page_view("Policy"))


async def arrived(c: Context, w: Writer) -> None:
    w.html(h.html(h.head(h.title("Next")), h.body()))


async def whole(c: Context, w: Writer) -> None:
    ACTIONS[c.path_params["name"]](w)


async def stream(c: Context, w: Writer) -> None:
    w.patch_signals({})
    await w.drain()
    ACTIONS[c.path_params["name"]](w)


app = Starlette(
    routes=[
        route("/", home),
        route("/next", arrived),
        route("/whole/{name}", whole, methods="POST"),
        route("/stream/{name}", stream, methods="POST"),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
