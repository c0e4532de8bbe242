"""An application whose responses are compressed: `uvicorn compressed_app:app`.

`again` is the same application with Starlette's own compression.
"""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from fatmorph import Context, Relay, Writer, counters, h
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings

relay = Relay[int]()
PARAGRAPHS = [h.p(f"paragraph {number}", id=f"p-{number}") for number in range(300)]
IMPATIENT = Settings(max_stalled_seconds=1)


def page_view(number: int) -> object:
    return h.html(h.head(h.title("Page")), h.body(h.h1(number), PARAGRAPHS))


async def page(c: Context, w: Writer) -> None:
    w.html(page_view(0))


async def subscribe(c: Context, w: Writer) -> None:
    w.patch(page_view(0))
    async for _, number in w.alive(relay.subscribe("number")):
        w.patch(page_view(number))


async def publish(c: Context, w: Writer) -> None:
    relay.publish("number", int(c.query["number"]))
    w.json(relay.subscription_count)


async def ticks(c: Context, w: Writer) -> None:
    """Send large pages as fast as the client reads them."""
    text = "x" * 200_000
    number = 0
    async for _ in w.alive(max_rate=100):
        number += 1
        w.patch_signals({"number": number, "text": text})


async def numbers(c: Context, w: Writer) -> None:
    w.text(counters.prometheus())


routes = [
    route("/page", page),
    route("/subscribe", subscribe),
    route("/publish", publish, methods="POST"),
    route("/ticks", ticks, settings=IMPATIENT),
    route("/numbers", numbers),
]
app = Starlette(routes=routes)
again = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=100)])
