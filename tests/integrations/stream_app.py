"""An application with one route per behaviour, and one that reports the objects left over.

Run as a program it serves itself: `python stream_app.py PORT [WORKERS]`.
"""

import asyncio
import gc
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.applications import Starlette

from fatmorph import Context, Relay, Writer, h, serve
from fatmorph._streaming.alive import Alive
from fatmorph._streaming.stream import Stream
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings

relay = Relay[str]()
cleaned_up: list[str] = []

MODES = ("outer", "inner", "replace", "prepend", "append", "before", "after")


@dataclass
class Item:
    count: int


@dataclass
class Cart:
    items: list[Item] = field(default_factory=list)


@dataclass
class Signals:
    name: str = ""
    cart: Cart = field(default_factory=Cart)


async def page(c: Context, w: Writer) -> None:
    w.headers["x-trace"] = "7"
    w.cookie("session", "é", max_age=60)
    w.html(h.html(h.head(h.title("Page")), h.body(h.p(f"Hello {c.query.get('name', '')}"))))


async def echo(c: Context, w: Writer) -> None:
    signals = await c.signals(Signals)
    w.patch_signals({"hello": signals.name, "cookie": c.cookies.get("session")})


async def modes(c: Context, w: Writer) -> None:
    for mode in MODES:
        w.patch(h.p(mode, id="a"), selector="#target", mode=mode)
        await w.drain()
    w.patch(h.html(h.head(h.title("Fat")), h.body()))
    w.remove("#gone")


async def redirect(c: Context, w: Writer) -> None:
    w.redirect("/page?name=Ada")


async def fail(c: Context, w: Writer) -> None:
    w.patch_signals({"half": True})
    await w.drain()
    raise LookupError("a handler's own error")


async def subscribe(c: Context, w: Writer) -> None:
    signals = await c.signals(Signals)
    w.patch_signals({"joined": signals.name})
    async for subject, text in w.alive(relay.subscribe("*")):
        w.patch_signals({subject: text})
    left(signals.name)


async def drain(c: Context, w: Writer) -> None:
    """Tell when the server has ended the stream, by its own clock."""
    async with w.alive():
        w.patch_signals({"joined": "drain"})
        await asyncio.Event().wait()
    left(f"drain at {asyncio.get_running_loop().time():.3f}")


async def read_late(c: Context, w: Writer) -> None:
    """Read the signals when the stream already waits for the client to leave."""
    async with w.alive():
        await asyncio.sleep(0.1)
        w.patch_signals({"hello": (await c.signals(Signals)).name})


async def wait(c: Context, w: Writer) -> None:
    """Wait in the body of a loop, which only a stopping server interrupts."""
    async for _ in w.alive():
        w.patch_signals({"waiting": True})
        try:
            await asyncio.Event().wait()
        finally:
            left("wait")


async def flood(c: Context, w: Writer) -> None:
    """Write more than any socket holds, for a client that does not read."""
    text = "x" * 1_000_000
    async for _ in w.alive(heartbeat=0.1):
        w.patch_signals({"flood": text})
    left("flood")


async def burst(c: Context, w: Writer) -> None:
    """Write without draining, for a client that does not read."""
    text = "x" * 1_000_000
    while not w.is_closed:
        w.patch_signals({"burst": text})
        await asyncio.sleep(0.01)
    left("burst")


async def publish(c: Context, w: Writer) -> None:
    relay.publish("news", c.query["text"])
    w.json(relay.subscription_count)


async def upload(c: Context, w: Writer) -> None:
    w.json(len(await c.body(max_bytes=2_000_000)))


async def left_over(c: Context, w: Writer) -> None:
    """Tell what is left in the process, this very request included."""
    gc.collect()
    kinds = (Writer, Stream, Alive)
    w.json(
        {
            # uvicorn has two tasks of its own (server and lifespan).
            "tasks": len(asyncio.all_tasks()),
            "subscriptions": relay.subscription_count,
            "objects": [sum(isinstance(o, kind) for o in gc.get_objects()) for kind in kinds],
            "cleaned_up": sorted(cleaned_up),
        }
    )


def left(name: str) -> None:
    cleaned_up.append(name)
    # One write, so that the lines of two processes do not mix.
    os.write(sys.stdout.fileno(), f"cleaned up {name}\n".encode())


IMPATIENT = Settings(max_stalled_seconds=0.3)
SMALL = Settings(max_buffered_bytes=2_000_000)
DRAINED = Settings(drain_seconds=10)

app = Starlette(
    routes=[
        route("/page", page),
        route("/echo", echo, methods=["GET", "POST", "DELETE"]),
        route("/modes", modes),
        route("/redirect", redirect, methods=["GET", "POST"]),
        route("/fail", fail),
        route("/subscribe", subscribe, methods=["GET", "POST"]),
        route("/drain", drain, settings=DRAINED),
        route("/read-late", read_late, methods=["POST"]),
        route("/wait", wait),
        route("/flood", flood, settings=IMPATIENT),
        route("/burst", burst, settings=SMALL),
        route("/publish", publish, methods=["POST"]),
        route("/upload", upload, methods=["POST"]),
        route("/left-over", left_over),
    ]
)

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        workers = int(sys.argv[2]) if len(sys.argv) > 2 else 1
        serve(app, port=int(sys.argv[1]), workers=workers, access_log=False)
