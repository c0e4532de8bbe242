"""Pages after a proxy: `uvicorn proxied_app:app`, with the origin of `OWN_ORIGIN` if it is set."""

import os

from starlette.applications import Starlette

from fatmorph import Context, Writer, at, data, h
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings


def page_view(c: Context, text: str):  # type: ignore[no-untyped-def] # as users write it
    return h.html(
        h.body(data.init(at.get(c.url("/subscribe"))), h.p(text), h.a("Home", href=c.url("/")))
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(c, c.cookies.get("name", "guest")))


async def where(c: Context, w: Writer) -> None:
    w.json([c.root_path, c.path])


async def leave(c: Context, w: Writer) -> None:
    w.redirect(str(c.request.url_for("home")))


async def subscribe(c: Context, w: Writer) -> None:
    w.patch(page_view(c, "live"))
    async for _ in w.alive():
        pass


async def add(c: Context, w: Writer) -> None:
    w.empty()


settings = Settings(own_origin=os.environ.get("OWN_ORIGIN"))
app = Starlette(
    routes=[
        route("/", home),
        route("/about", home, settings=Settings(cache_control="public, max-age=60")),
        route("/where", where),
        route("/leave", leave),
        route("/subscribe", subscribe),
        route("/add", add, methods="POST", settings=settings),
    ]
)
