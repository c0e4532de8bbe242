"""The application of the chaos run: one page, whose stream ends in one of many ways.

The file that `STATE` names keeps the page's content, so that it outlives its process.
"""

import asyncio
import gc
import json
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NoReturn

from soak_app import BOUND, Change, open_files
from starlette.applications import Starlette

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters import Handler
from fatmorph.adapters.starlette import route
from fatmorph.counters import COUNTERS

HEARTBEAT_SECONDS = 2.0
STAYING = 0.25  # the share of streams that do not end by themselves
AT_ONCE = 0.3  # the share of the others that end before anything is written
LATEST_END_SECONDS = 10.0

BUNDLE = Path(os.environ["DATASTAR"]).read_text(encoding="utf-8")

relay = Relay[None]()
running: set[int] = set()


class PlannedError(Exception):
    """A failure that the run brings about."""


class State:
    """The content of the page, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        known = json.loads(path.read_text()) if path.exists() else {}
        self.changes: int = known.get("changes", 0)
        self.orders: dict[str, int] = known.get("orders", {})
        self.is_calm: bool = known.get("is_calm", False)

    def save(self) -> None:
        """Write the file, and wake the streams."""
        written = self._path.with_suffix(".new")
        written.write_text(
            json.dumps({"changes": self.changes, "orders": self.orders, "is_calm": self.is_calm})
        )
        written.replace(self._path)
        relay.publish("change", None)


state = State(Path(os.environ["STATE"]))


def page_view() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Chaos"), datastar_script("/datastar.js")),
        h.body(
            data.init(at.subscribe("/live")),
            h.h1({"id": "changes"}, state.changes),
            h.ul(h.li({"id": f"row-{n}"}, state.changes // (n + 1)) for n in range(20)),
            h.p({"id": "orders"}, len(state.orders)),
        ),
    )


class Fate:
    """When a stream ends."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        seconds = 0 if random.random() < AT_ONCE else random.uniform(0, LATEST_END_SECONDS)
        self._end = loop.time() + seconds
        self._now = loop.time

    @property
    def is_due(self) -> bool:
        return self._now() >= self._end

    def view(self, fail: Callable[[], Awaitable[NoReturn]]) -> Callable[[], Awaitable[Element]]:
        """Return a view that fails in the end."""

        async def view() -> Element:
            if self.is_due:
                await fail()
            return page_view()

        return view

    async def changes(self, *, error: BaseException | None = None) -> AsyncIterator[None]:
        """Yield a source that is finite, or fails in the end."""
        async with relay.subscribe("*", latest=True) as changes:
            async for _ in changes:
                if self.is_due:
                    break
                yield
        if error is not None:
            raise error


async def raise_planned() -> NoReturn:
    raise PlannedError("the database is down")


async def raise_stop() -> NoReturn:
    raise StopAsyncIteration


async def await_cancelled() -> NoReturn:
    task = asyncio.ensure_future(asyncio.sleep(60))
    task.cancel()
    await task
    raise AssertionError("the task was cancelled")


async def stay(w: Writer) -> None:
    await w.live(page_view, changed(), key="page", heartbeat=HEARTBEAT_SECONDS)


async def view_raises(w: Writer) -> None:
    await follow(w, Fate().view(raise_planned))


async def view_stops(w: Writer) -> None:
    await follow(w, Fate().view(raise_stop))


async def view_is_cancelled(w: Writer) -> None:
    await follow(w, Fate().view(await_cancelled))


async def loop_raises(w: Writer) -> None:
    fate = Fate()
    async for _ in w.alive(changed(), heartbeat=HEARTBEAT_SECONDS):
        if fate.is_due:
            await raise_planned()
        w.patch(page_view())


async def source_raises(w: Writer) -> None:
    source = Fate().changes(error=PlannedError("the source is down"))
    await w.live(page_view, source, heartbeat=HEARTBEAT_SECONDS)


async def source_exits(w: Writer) -> None:
    source = Fate().changes(error=SystemExit(1))
    await w.live(page_view, source, heartbeat=HEARTBEAT_SECONDS)


async def source_ends(w: Writer) -> None:
    await w.live(page_view, Fate().changes(), heartbeat=HEARTBEAT_SECONDS)


async def return_early(w: Writer) -> None:
    w.patch(page_view())


async def return_page(w: Writer) -> Element:
    return page_view()


async def unsubscribe(w: Writer) -> None:
    await source_ends(w)
    w.unsubscribe()


async def refuse_user(w: Writer) -> None:
    w.text("log in", status=401)


async def be_unavailable(w: Writer) -> None:
    w.text("later", status=503)


ENDINGS = (
    *(view_raises, view_stops, view_is_cancelled, loop_raises),
    *(source_raises, source_exits, source_ends, return_early, return_page),
    *(unsubscribe, refuse_user, be_unavailable),
)


# In some processes every stream ends in the same way.
only = random.choice(ENDINGS) if random.random() < 0.3 else None


def changed() -> AsyncIterator[tuple[str, None]]:
    return relay.subscribe("*", latest=True)


async def follow(w: Writer, view: Callable[[], Awaitable[Element]]) -> None:
    await w.live(view, changed(), heartbeat=HEARTBEAT_SECONDS)


async def live(c: Context, w: Writer) -> object:
    running.add(id(w))
    try:
        if state.is_calm or (only is None and random.random() < STAYING):
            await stay(w)
        elif only is None and random.random() < 1 / (len(ENDINGS) + 1):
            await c.signals(Change)  # which the page does not send
        else:
            ending = only or random.choice(ENDINGS)
            w.headers["x-ending"] = ending.__name__
            return await ending(w)
    finally:
        running.discard(id(w))
    return None


async def order(c: Context, w: Writer) -> None:
    """Save an order, perhaps after the first event, and perhaps fail then."""
    number = c.query["number"]
    if random.random() < 0.5:
        w.patch(h.p({"id": "order"}, "saving"))
        await w.drain()
    state.orders[number] = state.orders.get(number, 0) + 1
    state.save()
    if random.random() < 0.5:
        await random.choice((raise_planned, raise_stop, await_cancelled))()
    w.patch(h.p({"id": "order"}, "saved"))


async def page(c: Context, w: Writer) -> None:
    w.html(page_view())


async def change(c: Context, w: Writer) -> None:
    state.changes += 1
    state.is_calm = "calm" in c.query
    state.save()
    w.json(state.changes)


async def held(c: Context, w: Writer) -> None:
    """Return the tasks and objects of the process, including those of this request."""
    gc.collect()
    found = gc.get_objects()
    w.json(
        {
            "tasks": len(asyncio.all_tasks()),
            "subscriptions": relay.subscription_count,
            "handlers": len(running),
            "streams open": COUNTERS.streams_open,
            "objects": [sum(isinstance(each, kind) for each in found) for kind in BOUND],
            "files": open_files(),
        }
    )


async def client(c: Context, w: Writer) -> None:
    w.headers["content-type"] = "text/javascript; charset=utf-8"
    w.text(BUNDLE)


# (path, handler, method), for every framework.
ROUTES: tuple[tuple[str, Handler, str], ...] = (
    ("/datastar.js", client, "GET"),
    ("/", page, "GET"),
    ("/live", live, "GET"),
    ("/order", order, "POST"),
    ("/change", change, "POST"),
    ("/held", held, "GET"),
)
app = Starlette(routes=[route(path, handler, methods=method) for path, handler, method in ROUTES])

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]), access_log=False)
