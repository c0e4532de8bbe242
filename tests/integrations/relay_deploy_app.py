"""Two releases of an application; the new one's messages and states have one more field.

`python relay_deploy_app.py PORT` serves the release that `RELEASE` names, `old` or `new`. `RELAY`
is the address of the broker, and `STATE` a file with the number that all pages show.
"""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette

from fatmorph import Context, Element, Pages, Relay, Writer, h, serve
from fatmorph.adapters.starlette import route
from fatmorph.pages import PageMessage

RELEASE = os.environ["RELEASE"]
URL = os.environ["RELAY"]
state = Path(os.environ["STATE"])

if TYPE_CHECKING or RELEASE == "new":

    class Saved(msgspec.Struct):
        number: int
        author: str = "unknown"

    @dataclass
    class Tab:
        query: str = ""
        order: str = "by name"

    def message(number: int) -> Saved:
        return Saved(number, "ada")

else:

    class Saved(msgspec.Struct):
        number: int

    @dataclass
    class Tab:
        query: str = ""

    def message(number: int) -> Saved:
        return Saved(number)


relay = Relay[Saved].connect(URL)
tabs = Pages(Tab, relay=Relay[PageMessage].connect(URL, prefix="tabs"))


def page_view(tab: Tab) -> Element:
    facts = {"release": RELEASE, "number": state.read_text(encoding="utf-8"), "query": tab.query}
    if RELEASE == "new":
        facts["order"] = tab.order
    return h.html(h.body(h.p("".join(f"{name} {facts[name]};" for name in facts), id="facts")))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        changes = relay.subscribe("saved", latest=True)
        await w.live(lambda: page_view(tab.state), changes, tab.changes)


async def news(c: Context, w: Writer) -> None:
    messages = relay.subscribe("saved")
    w.patch(h.p("listening;", id="news"))
    async for _, saved in w.alive(messages):
        author = f"by {saved.author}" if RELEASE == "new" else ""
        w.patch(h.p(f"saved {saved.number} {author};", id="news"))


def store(number: int) -> None:
    state.write_text(str(number), encoding="utf-8")


async def save(c: Context, w: Writer) -> None:
    number = int(c.query["number"])
    store(number)
    relay.publish("saved", message(number))
    w.empty()


async def search(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.query = c.query["query"]
    w.empty()


app = Starlette(
    routes=[
        route("/subscribe", subscribe),
        route("/news", news),
        route("/save", save, methods=["POST"]),
        route("/search", search, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        serve("relay_deploy_app:app", port=int(sys.argv[1]), access_log=False)
