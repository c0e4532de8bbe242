"""A page with a report: POST /count and POST /fail end it, GET /cancelled lists all reports."""

import asyncio
import os
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import (
    Context,
    Element,
    Pages,
    Relay,
    Writer,
    at,
    data,
    datastar_script,
    h,
    pending,
    serve,
)
from fatmorph.adapters.starlette import route


@dataclass
class Shop:
    report: asyncio.Future[Element] | None = None


pages = Pages(Shop)
relay = Relay[None]()
reports: list[asyncio.Future[Element]] = []


def page_view(shop: Shop) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Shop"), datastar_script("/datastar.js")),
        h.body(
            data.page_id(),
            data.init(at.subscribe("/subscribe")),
            h.input({"id": "name", "aria-label": "Name"}),
            pending(shop.report, h.p("Counting …", id="report", aria_busy=True)),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(Shop()))


async def subscribe(c: Context, w: Writer) -> None:
    async with pages.open(c) as page:
        if not page.state.report or page.state.report.cancelling():
            page.state.report = asyncio.get_running_loop().create_future()
            reports.append(page.state.report)
        await w.live(lambda: page_view(page.state), relay.subscribe("*"), page.changes)


async def count(c: Context, w: Writer) -> None:
    reports[-1].set_result(h.p("7 orders", id="report"))


async def fail(c: Context, w: Writer) -> None:
    reports[-1].set_exception(LookupError("no orders"))


async def cancelled(c: Context, w: Writer) -> None:
    w.json([report.cancelled() for report in reports])


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/count", count, methods=["POST"]),
        route("/fail", fail, methods=["POST"]),
        route("/cancelled", cancelled),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
