"""An application for several workers: a live page of a file, a page with a state, and a logout.

`python relay_workers_app.py PORT` serves it with two workers. `RELAY` is the address of the broker,
and `STATE` the file.
"""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from first_gap import after_first_gap
from starlette.applications import Starlette

from fatmorph import Context, Element, Pages, Relay, Streams, Writer, h, serve
from fatmorph.adapters.starlette import route
from fatmorph.pages import PageMessage

URL = os.environ["RELAY"]
relay = Relay[str].connect(URL)
logouts = Relay[str].connect(URL, prefix="logouts")
state = Path(os.environ["STATE"])
streams = Streams(logouts)


@dataclass
class Tab:
    words: list[str] = field(default_factory=list)


tabs = Pages(Tab, relay=Relay[PageMessage].connect(URL, prefix="tabs"))


def page_view() -> Element:
    text = state.read_text(encoding="utf-8")
    return h.html(h.body(h.p(f"worker {os.getpid()}; text {text};", id="text")))


def save(text: str) -> None:
    state.write_text(text, encoding="utf-8")


async def subscribe(c: Context, w: Writer) -> None:
    with streams.open(w, c.query["session"]):
        await w.live(page_view, relay.subscribe("text", latest=True))


async def write(c: Context, w: Writer) -> None:
    save(c.query["text"])
    relay.publish("text", c.query["text"])
    w.json(os.getpid())


async def logout(c: Context, w: Writer) -> None:
    streams.end(c.query["session"])
    w.json(os.getpid())


def tab_view(tab: Tab) -> Element:
    words = ",".join(tab.words)
    return h.html(h.body(h.p(f"worker {os.getpid()}; words {words};", id="words")))


async def show(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        await w.live(lambda: tab_view(tab.state), tab.changes)


async def say(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.words.append(c.query["word"])
    w.json(os.getpid())


app = Starlette(
    lifespan=lambda _: after_first_gap(logouts),
    routes=[
        route("/subscribe", subscribe),
        route("/write", write, methods=["POST"]),
        route("/logout", logout, methods=["POST"]),
        route("/show", show),
        route("/say", say, methods=["POST"]),
    ],
)

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        serve("relay_workers_app:app", port=int(sys.argv[1]), workers=2, access_log=False)
