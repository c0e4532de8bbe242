"""Hello: one counter, shared by everyone who has the page open.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import (
    Context,
    Element,
    Relay,
    Writer,
    at,
    connection_state,
    data,
    datastar_script,
    h,
    serve,
)
from fatmorph.adapters.starlette import route

STYLE = """
html { display: grid; place-content: center; min-height: 100dvh; color-scheme: light dark }
html { font: 0.9375rem/1.45 system-ui, sans-serif; background: light-dark(#eef0f6, #12141b) }
body { display: grid; justify-items: center; padding: 2.5rem 5rem; margin: 0; border-radius: 1rem }
body { color: light-dark(#1d2230, #e8eaf2); background: light-dark(#fff, #252936) }
h1 { margin: 0; font-size: 1.3rem; letter-spacing: -0.02em }
output { font-size: 6rem; font-weight: 700; line-height: 1.4; font-variant-numeric: tabular-nums }
button { padding: 0.6rem 1.6rem; font: inherit; font-weight: 600; cursor: pointer }
button { color: light-dark(#fff, #12141b); background: light-dark(#4453d6, #98a4ff) }
button { border: 0; border-radius: 0.5rem } button:hover { filter: brightness(1.1) }
#connection-state { position: fixed; inset: auto 0 1.25rem; margin: auto; width: fit-content }
#connection-state[data-state] { padding: 0.5rem 1.1rem; color: #fff; background: #b3261e }
"""


@dataclass
class Counter:
    """The state that all pages show. It lives in memory: a restart counts from zero."""

    count: int = 0


counter = Counter()
relay = Relay[int]()
client = datastar_script()


def home_view(count: int) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(f"{count} · Hello"),
            h.link(rel="icon", href="data:,"),
            h.style(STYLE),
            client,
        ),
        h.body(
            data.init(at.subscribe("/subscribe")),
            h.h1("Hello"),
            h.output({"id": "count"}, count),
            h.button(data.on("click", at.post("/add")), "Add one"),
            connection_state(),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(home_view(counter.count))


async def subscribe(c: Context, w: Writer) -> None:
    messages = relay.subscribe("count", latest=True)
    w.patch(home_view(counter.count))  # the whole page, on connect
    async for _, count in w.alive(messages):
        w.patch(home_view(count))  # and again on every change


async def add(c: Context, w: Writer) -> None:
    counter.count += 1
    relay.publish("count", counter.count)


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/add", add, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Count together.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        app.routes.append(Route("/datastar.js", FileResponse(options.datastar)))
    serve(app, port=options.port)
