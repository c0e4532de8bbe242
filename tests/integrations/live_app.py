"""An application of live pages, and one route that reports their cost and the objects left over.

Run as a program it serves itself: `python live_app.py PORT`.
"""

import gc
import sys
from contextlib import suppress

from starlette.applications import Starlette

from fatmorph import Context, Element, Relay, Writer, h, serve
from fatmorph._streaming.live import Live
from fatmorph.adapters.starlette import route

relay = Relay[str]()
text = ["first"]
drawn: list[str] = []
cleaned_up: list[str] = []


def page_view() -> Element:
    drawn.append(text[-1])
    return h.html(h.body(h.p(text[-1], id="text")))


async def slow_page_view() -> Element:
    return page_view()


async def shared(c: Context, w: Writer) -> None:
    await w.live(slow_page_view, relay.subscribe("*", latest=True), key="page")
    cleaned_up.append("shared")


async def own(c: Context, w: Writer) -> None:
    await w.live(page_view, relay.subscribe("*", latest=True))
    cleaned_up.append("own")


async def publish(c: Context, w: Writer) -> None:
    drawn.clear()
    text.append(c.query["text"])
    relay.publish("text", "changed")
    w.json(relay.subscription_count)


async def left_over(c: Context, w: Writer) -> None:
    gc.collect()
    w.json(
        {
            "drawn": drawn,
            "subscriptions": relay.subscription_count,
            "objects": sum(isinstance(item, Live) for item in gc.get_objects()),
            "cleaned_up": sorted(cleaned_up),
        }
    )


app = Starlette(
    routes=[
        route("/shared", shared),
        route("/own", own),
        route("/publish", publish, methods=["POST"]),
        route("/left-over", left_over),
    ]
)

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        serve(app, port=int(sys.argv[1]), access_log=False)
