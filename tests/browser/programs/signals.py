"""A page whose signals are those of a class: bound, shown, sent with a stream, and patched."""

import asyncio
import os
from dataclasses import replace

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import (
    Context,
    Element,
    Signal,
    Signals,
    Writer,
    at,
    data,
    datastar_script,
    h,
    serve,
    signal,
)
from fatmorph.adapters.starlette import route


class User(Signals):
    firstName: Signal[str] = signal("Ada")  # noqa: N815 - capitals must arrive


class Board(Signals):
    query: Signal[str] = signal("")
    sentCount: Signal[int] = signal(1)  # noqa: N815 - capitals must arrive
    user: Signal[User] = signal(User())
    prices: Signal[dict[str, int]] = signal({"tea": 2, "milk": 1})
    _isOpen: Signal[bool] = signal(False)  # noqa: N815 - capitals must arrive


def page_view() -> Element:
    return h.html(
        h.head(h.title("Signals"), datastar_script("/datastar.js")),
        h.body(
            data.signals(Board(), if_missing=True),
            data.init(at.subscribe("/live", include=Board)),
            h.input(data.bind(Board.query), id="query"),
            h.input(data.bind(Board.user.firstName), id="name"),
            h.p(data.text(f"{Board.user.firstName} + ' wants ' + {Board.query}"), id="text"),
            h.p(data.show(f"{Board.query} != ''"), "typed", id="shown"),
            h.p(data.class_({"open": Board._isOpen}), id="menu"),
            h.p(data.attr({"title": Board.sentCount}), id="count"),
            h.button(data.on("click", f"{Board._isOpen} = !{Board._isOpen}"), id="toggle"),
            h.button(data.on("click", at.post("/clear")), id="clear"),
            h.button(data.on("click", at.post("/close")), id="close"),
            h.p(id="received"),
            h.output(data.json_signals(terse=True), id="signals"),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view())


async def live(c: Context, w: Writer) -> None:
    w.patch(h.p(repr(await c.signals(Board)), id="received"))
    async with w.alive():
        await asyncio.Event().wait()


async def clear(c: Context, w: Writer) -> None:
    signals = await c.signals(Board)
    changed = replace(signals, query="", sentCount=signals.sentCount + 1, prices={"tea": 2})
    w.patch_signals(changed, since=signals)


async def close(c: Context, w: Writer) -> None:
    signals = await c.signals(Board)
    w.patch_signals(replace(signals, query="patched"))


app = Starlette(
    routes=[
        route("/", home),
        route("/live", live),
        route("/clear", clear, methods=["POST"]),
        route("/close", close, methods=["POST"]),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
