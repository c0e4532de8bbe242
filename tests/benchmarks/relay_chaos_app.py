"""The application of the relay's chaos run: one live page, whose content is a number in a file.

`python relay_chaos_app.py PORT` serves it, `python relay_chaos_app.py publish` is a publisher
without a server, which counts until its standard input ends. `RELAY` is the broker's address, and
`STATE` the file.
"""

import gc
import os
import select
import sys
from contextlib import suppress
from pathlib import Path

from starlette.applications import Starlette

from fatmorph import Context, Element, Relay, Writer, h, serve
from fatmorph.adapters.starlette import route
from fatmorph.counters import snapshot

PAUSE_SECONDS = 0.01  # between two changes

relay = Relay[int].connect(os.environ["RELAY"])
state = Path(os.environ["STATE"])


def page_view() -> Element:
    return h.html(h.body(h.p(f"number {state.read_text(encoding='utf-8')};", id="number")))


async def subscribe(c: Context, w: Writer) -> None:
    await w.live(page_view, relay.subscribe("number.*", latest=True), key="page")


async def left_over(c: Context, w: Writer) -> None:
    gc.collect()
    w.json(
        {
            "streams": snapshot().streams_open,
            "subscriptions": relay.subscription_count,
            "state": relay.status.state,
            "connections": relay.status.connections,
        }
    )


app = Starlette(routes=[route("/subscribe", subscribe), route("/left-over", left_over)])


def publish() -> None:
    """Count in the file, and publish each change, until the standard input ends."""
    number = 0
    while True:
        number += 1
        written = state.with_suffix(".new")
        written.write_text(str(number), encoding="utf-8")
        written.replace(state)
        relay.publish(f"number.{number % 7}", number)
        if select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
            return


if __name__ == "__main__":
    if sys.argv[1] == "publish":
        publish()
    else:
        with suppress(KeyboardInterrupt):
            serve(app, port=int(sys.argv[1]), access_log=False)
