"""The application of the pages' benchmark: a live page of 400 cells, whose number is in a file.

`python relay_pages_app.py PORT` serves it. `RELAY` is the broker's address, and `STATE` the file.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from starlette.applications import Starlette

from fatmorph import Context, Element, Relay, Writer, h, serve
from fatmorph.adapters.starlette import route

relay = Relay[int].connect(os.environ["RELAY"])
state = Path(os.environ["STATE"])


def page_view() -> Element:
    number = int(state.read_text(encoding="utf-8"))
    return h.html(
        h.body(
            h.div(
                [
                    h.div(id=f"cell-{n}", style=f"background-color:#{n * number % 0xFFFFFF:06x}")
                    for n in range(400)
                ],
                id="board",
            ),
            h.p(f"number {number};", id="number"),
        )
    )


async def subscribe(c: Context, w: Writer) -> None:
    await w.live(page_view, relay.subscribe("number", latest=True))


app = Starlette(routes=[route("/subscribe", subscribe)])

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        serve("relay_pages_app:app", port=int(sys.argv[1]), access_log=False)
