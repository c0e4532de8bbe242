"""An application for several workers: a live page of a file, and a logout that reaches all workers.

`python relay_workers_app.py PORT` serves it with two workers. `RELAY` is the address of the broker,
and `STATE` the file.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette

from fatmorph import Context, Element, Relay, Streams, Writer, h, serve
from fatmorph.adapters.starlette import route
from fatmorph.relay import Subscription

relay = Relay[str].connect(os.environ["RELAY"])
state = Path(os.environ["STATE"])
streams = Streams()
EVERYONE = "everyone"


def page_view() -> Element:
    text = state.read_text(encoding="utf-8")
    return h.html(h.body(h.p(f"worker {os.getpid()}; text {text};", id="text")))


def save(text: str) -> None:
    state.write_text(text, encoding="utf-8")


async def subscribe(c: Context, w: Writer) -> None:
    with streams.open(w, c.query["session"], EVERYONE):
        await w.live(page_view, relay.subscribe("text", latest=True))


async def write(c: Context, w: Writer) -> None:
    save(c.query["text"])
    relay.publish("text", c.query["text"])
    w.json(os.getpid())


async def logout(c: Context, w: Writer) -> None:
    relay.publish("logout", c.query["session"])
    w.json(os.getpid())


async def end_sessions(logouts: Subscription[str]) -> None:
    async for subject, session in logouts:
        streams.end(session if subject else EVERYONE)  # after a gap, every page asks again


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    logouts = relay.subscribe("logout")
    logouts.follow_gaps()
    await anext(logouts)  # the first gap: from now on, this worker hears of every logout
    ending = asyncio.create_task(end_sessions(logouts))
    yield
    ending.cancel()


app = Starlette(
    lifespan=lifespan,
    routes=[
        route("/subscribe", subscribe),
        route("/write", write, methods=["POST"]),
        route("/logout", logout, methods=["POST"]),
    ],
)

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        serve("relay_workers_app:app", port=int(sys.argv[1]), workers=2, access_log=False)
