"""An application that handles input from clients carelessly.

It can be run as a server: `python security_app.py PORT`.
"""

import sys
from contextlib import suppress

from starlette.applications import Starlette

from fatmorph import Context, Writer, h, serve
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
acted: list[str] = []


async def act(c: Context, w: Writer) -> None:
    acted.append(c.method)
    w.text("acted")


async def count(c: Context, w: Writer) -> None:
    w.json(len(acted))


async def signals(c: Context, w: Writer) -> None:
    w.json(await c.signals())


async def after_login(c: Context, w: Writer) -> None:
    w.redirect(c.query["next"])


async def download(c: Context, w: Writer) -> None:
    w.headers["content-disposition"] = f'attachment; filename="{c.query["name"]}"'
    w.text("content")


async def remember(c: Context, w: Writer) -> None:
    w.cookie("name", c.query["name"])
    w.text("remembered")


async def select(c: Context, w: Writer) -> None:
    w.remove(c.query["selector"])


async def greet(c: Context, w: Writer) -> None:
    w.patch(h.p(c.query["name"], id="name"))


PARTNER = Settings(allowed_origins={"https://partner.example"})

app = Starlette(
    routes=[
        route("/act", act, methods=METHODS),
        route("/partner", act, methods=METHODS, settings=PARTNER),
        route("/count", count),
        route("/signals", signals, methods=METHODS),
        route("/after-login", after_login),
        route("/download", download),
        route("/remember", remember),
        route("/select", select),
        route("/greet", greet),
    ]
)

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        serve(app, port=int(sys.argv[1]), access_log=False)
