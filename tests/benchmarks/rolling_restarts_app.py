"""The application of the rolling restarts: a number in Redis, which all pages show.

At its end, each process writes its counters to the folder that `COUNTERS` names.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from redis.asyncio import Redis
from starlette.applications import Starlette

from fatmorph import Context, Element, Relay, Writer, at, counters, data, datastar_script, h
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings

COUNTERS = Path(os.environ["COUNTERS"])
store = Redis.from_url(os.environ["BROKER"])
relay = Relay[None].connect(os.environ["BROKER"])


async def page_view() -> Element:
    total = int(await store.get("total") or 0)
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Total"), datastar_script()),
        h.body(
            data.init(at.subscribe("/live")),
            h.p(str(total), id="total"),
            h.button({"id": "add"}, data.on("click", at.post("/add")), "Add"),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(await page_view())


async def live(c: Context, w: Writer) -> None:
    await w.live(page_view, relay.subscribe("total"), key="total")


async def add(c: Context, w: Writer) -> None:
    total = await store.incr("total")
    relay.publish("total", None)
    w.json(total)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    yield
    found = {
        **asdict(counters.snapshot()),
        "refused": sum(counters.refusals().values()),
        "lost": relay.status.dropped,
    }
    COUNTERS.joinpath(f"{os.getpid()}.json").write_text(json.dumps(found))
    await store.aclose()


app = Starlette(
    routes=[
        route("/", home),
        route("/live", live, settings=Settings(drain_seconds=2)),
        route("/add", add, methods="POST"),
    ],
    lifespan=lifespan,
)
