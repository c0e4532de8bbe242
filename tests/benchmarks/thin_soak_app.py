"""The application under `thin_soak.py`: a thin page for each client, and random changes of it.

Run as a program it serves itself: `python thin_soak_app.py PORT`.
"""

import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import uvicorn
from starlette.applications import Starlette

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, dom_id, h, memo
from fatmorph.adapters.starlette import route
from fatmorph.counters import COUNTERS
from fatmorph.settings import Settings

ROWS = 60
MAX_ROWS = 90
COLORS = ("white", "tan", "teal")
THIN = Settings(thin=True)

relay = Relay[int]()


@dataclass
class Change:
    seed: int


@memo
def row_view(number: int, text: str, color: str, price: int) -> Element:
    return h.tr(
        h.td(text, class_=color),
        h.td(h.span(price), h.input(aria_label=text), id=dom_id("price", number)),
        id=dom_id("row", number),
    )


class Table:
    """The rows that all pages show."""

    def __init__(self) -> None:
        self.rows = [[number, f"Product {number}", COLORS[0], 100] for number in range(ROWS)]
        self.number = ROWS
        self.title = "Prices"
        self.note = ""
        self.changes = 0

    def change(self, random: Random) -> None:
        """Make a few random changes, most of them small."""
        self.changes += 1
        for _ in range(random.choice((1, 1, 1, 2, 4))):
            kind = random.choices(
                (self._color, self._price, self._insert, self._remove, self._sort, self._note),
                (10, 10, 5, 5, 1, 3),
            )[0]
            kind(random)
        if random.random() < 0.02:
            self.title = f"Prices {self.changes}"  # in the head: the page is whole

    def _color(self, random: Random) -> None:
        random.choice(self.rows)[2] = random.choice(COLORS)

    def _price(self, random: Random) -> None:
        random.choice(self.rows)[3] = random.randrange(1000)

    def _insert(self, random: Random) -> None:
        if len(self.rows) < MAX_ROWS:
            self.number += 1
            row = [self.number, f"<Product> {self.number}", COLORS[1], random.randrange(1000)]
            self.rows.insert(random.randint(0, len(self.rows)), row)

    def _remove(self, random: Random) -> None:
        if len(self.rows) > ROWS // 2:
            del self.rows[random.randrange(len(self.rows))]

    def _sort(self, random: Random) -> None:
        self.rows.sort(key=lambda row: row[3], reverse=random.random() < 0.5)

    def _note(self, random: Random) -> None:
        self.note = random.choice(("", "Closed", "Open until six"))


table = Table()


def page_view(name: str) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title(table.title), datastar_script()),
        h.body(
            data.init(at.subscribe(f"/live?name={name}")),
            h.h1(f"Hello, {name} <&>"),
            h.p(table.changes, id="changes"),
            h.main(
                table.note and h.p(table.note, class_="note"),
                h.table(h.tbody([row_view(*row) for row in table.rows], id="rows")),
                id="main",
            ),
        ),
    )


async def page(c: Context, w: Writer) -> None:
    w.html(page_view(c.query["name"]))


async def live(c: Context, w: Writer) -> None:
    name = c.query["name"]
    await w.live(lambda: page_view(name), relay.subscribe("*", latest=True), heartbeat=5)


async def change(c: Context, w: Writer) -> None:
    table.change(Random((await c.signals(Change)).seed))
    relay.publish("change", table.changes)
    w.json(table.changes)


async def state(c: Context, w: Writer) -> None:
    """Tell what the process has done and holds."""
    w.json(
        {
            "streams open": COUNTERS.streams_open,
            "subscriptions": relay.subscription_count,
            "thin pages": COUNTERS.thin_pages,
            "whole pages": COUNTERS.whole_pages,
            "processor seconds": round(time.process_time(), 1),
        }
    )


app = Starlette(
    routes=[
        route("/page", page),
        route("/live", live, settings=THIN),
        route("/change", change, methods="POST"),
        route("/state", state),
    ]
)

if __name__ == "__main__":
    config = uvicorn.Config(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()
