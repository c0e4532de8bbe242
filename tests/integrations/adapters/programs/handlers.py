"""One handler per behaviour, for whatever framework: the programs beside this give them routes.

A program serves every one of `ROUTES` and, in its own way to write a parameter that is a whole
number, `/rooms/NUMBER` with the handler `room`.
"""

import asyncio
import gc
import logging
import os
import sys
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any
from unittest.mock import patch

from msgspec import Meta

from fatmorph import Context, Element, Pages, Relay, Streams, Writer, counters, h, in_thread
from fatmorph._streaming import running_handler
from fatmorph._streaming.alive import Alive
from fatmorph._streaming.stream import Stream
from fatmorph.adapters import Handler
from fatmorph.forms import Upload
from fatmorph.settings import Settings

__all__ = ("FORM_SETTINGS", "ROUTES", "Route", "room")

MODES = ("outer", "inner", "replace", "prepend", "append", "before", "after")
ACTIONS = ("POST", "PUT", "PATCH", "DELETE")

FORM_SETTINGS = Settings(max_form_bytes=64 * 1024 * 1024, max_form_fields=10, max_form_files=2)
uploads: list[Upload] = []

relay = Relay[str]()
cleaned_up: list[str] = []
# The suite does not wait for as long as developers do.
patch.object(running_handler, "LINGER_SECONDS", 0.5).start()


@dataclass
class Signals:
    name: str = ""


@dataclass
class Tab:
    query: str = ""


tabs = Pages(Tab, owner=lambda c: c.cookies.get("user"))


async def follow_tab(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        await w.live(lambda: h.p(tab.state.query or "nothing", id="query"), tab.changes)


async def search_tab(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.query = c.query["query"]
        w.json(bool(c.client))


streams = Streams()


async def follow_session(c: Context, w: Writer) -> None:
    with streams.open(w, c.query["session"]):
        w.patch_signals({"session": c.query["session"]})
        async for _ in w.alive(relay.subscribe("news")):
            pass
    left("session " + c.query["session"])


async def end_session(c: Context, w: Writer) -> None:
    count = await asyncio.to_thread(streams.end, c.query["session"])
    w.json([count, len(streams)])


async def page(c: Context, w: Writer) -> None:
    w.headers["x-trace"] = "7"
    w.cookie("session", "é", max_age=60)
    w.cookie("theme", "dark")
    w.html(h.html(h.head(h.title("Page")), h.body(h.p(f"Hello {c.query.get('name', '')}"))))


async def show_request(c: Context, w: Writer) -> None:
    w.json(
        {
            "method": c.method,
            "path": c.path,
            "query": c.query.get_all("tag"),
            "header": c.headers.get("X-Letters"),
            "cookies": c.cookies,
            "request": f"{type(c.request).__module__}.{type(c.request).__qualname__}",
        }
    )


async def room(c: Context, w: Writer) -> None:
    w.json(c.path_params)


async def signals(c: Context, w: Writer) -> None:
    w.patch_signals({"hello": (await c.signals(Signals)).name})


async def upload(c: Context, w: Writer) -> None:
    w.json(len(await c.body(max_bytes=2_000_000)))


@dataclass
class Entry:
    name: Annotated[str, Meta(min_length=2)]
    count: int | None
    tags: list[str]
    is_gift: bool
    photo: Upload | None = None


async def form(c: Context, w: Writer) -> None:
    found = await c.form(Entry)
    if found.errors:
        w.json({"errors": found.errors, "values": dict(found.values)})
        return
    entry = found.value
    photo: list[Any] = []
    if entry.photo is not None:
        uploads.append(entry.photo)
        head = (await entry.photo.read(4)).decode()
        photo = [entry.photo.name, entry.photo.content_type, entry.photo.size, head]
    w.json([entry.name, entry.count, entry.tags, entry.is_gift, photo])


async def form_progress(c: Context, w: Writer) -> None:
    def tell(received: int, total: int) -> None:
        told.append([received, total])
        os.write(sys.stdout.fileno(), b"a part has arrived\n")

    told: list[list[int]] = []
    await c.form(on_progress=tell)
    w.json(told)


async def fail_with_form(c: Context, w: Writer) -> None:
    uploads.extend((await c.form()).get_files("photo"))
    raise LookupError("a handler's own error")


async def open_uploads(c: Context, w: Writer) -> None:
    w.json([len(uploads), sum(not upload.file.closed for upload in uploads)])


async def modes(c: Context, w: Writer) -> None:
    for mode in MODES:
        w.patch(h.p(mode, id="a"), selector="#target", mode=mode)
        await w.drain()
    w.patch(h.html(h.head(h.title("Fat")), h.body()))
    w.remove("#gone")


async def redirect(c: Context, w: Writer) -> None:
    w.redirect("/page?name=Ada")


async def redirect_absolutely(c: Context, w: Writer) -> None:
    w.redirect(f"http://{c.headers['host']}/page?name=Ada")


async def where(c: Context, w: Writer) -> None:
    w.json([c.root_path, c.path, c.url("/page?name=Ada")])


async def show_route(c: Context, w: Writer) -> None:
    w.text(c.route)


async def sign(c: Context, w: Writer) -> None:
    name = (await c.form()).get("name", "")
    if not name:
        w.html(h.html(h.head(h.title("Sign")), h.body(h.p("Say a name.", id="error"))))
    elif c.is_datastar:
        w.push_url(f"?name={name}")
    else:
        w.redirect(f"/page?name={name}")


async def nothing(c: Context, w: Writer) -> None:
    """Return without a word."""


async def fail(c: Context, w: Writer) -> None:
    raise LookupError("a handler's own error")


async def fail_late(c: Context, w: Writer) -> None:
    w.patch_signals({"half": True})
    await w.drain()
    raise LookupError("a handler's own error")


async def raise_end(name: str) -> None:
    """End by something that is not an ordinary exception."""
    match name:
        case "a task that another cancelled":
            task = asyncio.create_task(asyncio.sleep(60))
            task.cancel()
            await task
        case "its own task cancelled":
            asyncio.get_running_loop().call_soon(own_task().cancel)
            await asyncio.Event().wait()
        case "a group of exits":
            raise BaseExceptionGroup("exits", [SystemExit(1)])
        case _:
            raise {
                "the end of an iteration": StopAsyncIteration,
                "an exit": SystemExit,
                "a generator's exit": GeneratorExit,
                "an own kind": OwnEnd,
            }[name]


class OwnEnd(BaseException):
    """A BaseException that only one library knows."""


def own_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task


async def end(c: Context, w: Writer) -> None:
    await raise_end(c.query["by"])


async def end_late(c: Context, w: Writer) -> None:
    w.patch_signals({"half": True})
    await w.drain()
    await raise_end(c.query["by"])


async def end_view(c: Context, w: Writer) -> None:
    pages = 0

    async def view() -> Element:
        nonlocal pages
        pages += 1
        if pages > 1:
            await raise_end(c.query["by"])
        return h.p("half", id="x")

    await w.live(view, max_rate=20)


async def give_back(c: Context, w: Writer) -> Element:
    return h.p("never seen")


async def finish_job(c: Context, w: Writer) -> None:
    os.write(sys.stdout.fileno(), b"runs finish_job\n")
    w.patch(h.p("done", id="job"))
    await w.drain()
    w.unsubscribe()


async def subscribe(c: Context, w: Writer) -> None:
    name = (await c.signals(Signals)).name
    w.patch_signals({"joined": name})
    async for subject, text in w.alive(relay.subscribe("*")):
        w.patch_signals({subject: text})
    left(name)


async def publish(c: Context, w: Writer) -> None:
    relay.publish("news", c.query["text"])
    w.json(relay.subscription_count)


async def flood(c: Context, w: Writer) -> None:
    """Write more than any socket holds, for a client that leaves in the middle."""
    text = "x" * 1_000_000
    async for _ in w.alive(heartbeat=0.1):
        w.patch_signals({"flood": text})
    left("flood")


async def beat(c: Context, w: Writer) -> None:
    """Read what was sent, then write a comment every tenth of a second."""
    await c.body()
    async for _ in w.alive(relay.subscribe("*"), heartbeat=0.1):
        pass
    left("beat")


async def wait(c: Context, w: Writer) -> None:
    """Wait in the body of a loop, which only a stopping server interrupts."""
    async for _ in w.alive():
        w.patch_signals({"waiting": True})
        try:
            await asyncio.Event().wait()
        finally:
            left("wait")


async def linger(c: Context, w: Writer) -> None:
    """Wait for a task that does not end with the stream, until a message releases it."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(anext(relay.subscribe("release")))
        w.patch_signals({"lingering": True})
        async for _ in w.alive(relay.subscribe("news")):
            pass


async def release(c: Context, w: Writer) -> None:
    relay.publish("release", "")
    w.json(relay.subscription_count)


async def left_over(c: Context, w: Writer) -> None:
    """Tell what is left in the process, this very request included."""
    gc.collect()
    objects = gc.get_objects()
    w.json(
        {
            "open": counters.snapshot().streams_open,
            "subscriptions": relay.subscription_count,
            "filters": len(logging.getLogger("uvicorn.error").filters),
            "objects": [
                sum(isinstance(o, kind) for o in objects) for kind in (Writer, Stream, Alive)
            ],
            "cleaned_up": sorted(cleaned_up),
        }
    )


READER: ContextVar[str] = ContextVar("READER")
both_queries = threading.Barrier(2, timeout=10)


def slow_query() -> str:
    """Block until two requests are here, and return the reader of this one."""
    both_queries.wait()
    return READER.get()


async def query(c: Context, w: Writer) -> None:
    READER.set(c.query["reader"])
    w.text(await in_thread(slow_query))


def left(name: str) -> None:
    cleaned_up.append(name)
    os.write(sys.stdout.fileno(), f"cleaned up {name}\n".encode())


@dataclass(frozen=True)
class Route:
    """A route, described without a framework's terms."""

    path: str
    handler: Handler
    methods: tuple[str, ...] = ("GET",)
    settings: Settings | None = None


ROUTES = (
    Route("/page", page),
    Route("/request", show_request, ("GET", "PUT", "PATCH")),
    Route("/signals", signals, ("GET", "POST", "PUT", "PATCH", "DELETE")),
    Route("/upload", upload, ("POST",)),
    Route("/form", form, ("GET", "POST"), FORM_SETTINGS),
    Route("/form-progress", form_progress, ("POST",), FORM_SETTINGS),
    Route("/fail-with-form", fail_with_form, ("POST",), FORM_SETTINGS),
    Route("/open-uploads", open_uploads),
    Route("/modes", modes),
    Route("/redirect", redirect, ("GET", "POST")),
    Route("/redirect-absolutely", redirect_absolutely),
    Route("/where", where),
    Route("/route", show_route),
    Route("/sign", sign, ("POST",)),
    Route("/nothing", nothing, ("POST",)),
    Route("/fail", fail),
    Route("/fail-late", fail_late, ("GET", *ACTIONS)),
    Route("/end", end),
    Route("/end-late", end_late, ("GET", "POST")),
    Route("/end-view", end_view),
    Route("/give-back", give_back),
    Route("/finish-job", finish_job, ("GET", "POST")),
    Route("/subscribe", subscribe, ("GET", "POST")),
    Route("/publish", publish, ("POST",)),
    Route("/flood", flood),
    Route("/beat", beat, ("GET", "POST")),
    Route("/wait", wait, settings=Settings(max_stalled_seconds=60)),
    Route("/linger", linger),
    Route("/release", release, ("POST",)),
    Route("/left-over", left_over),
    Route("/follow-tab", follow_tab),
    Route("/search-tab", search_tab, ("POST",)),
    Route("/follow-session", follow_session),
    Route("/end-session", end_session, ("POST",)),
    Route("/query", query),
)
