"""Chat: rooms whose messages everyone in the room sees, on FastAPI.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
from collections import deque
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from zlib import crc32

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from fatmorph import (
    Context,
    Element,
    Relay,
    Writer,
    at,
    connection_state,
    data,
    datastar_script,
    dom_id,
    h,
    serve,
    svg,
)
from fatmorph.adapters.fastapi import endpoint

LOOK = Path(__file__).parents[1] / "look"
ROOMS = ("kitchen", "garden", "attic")
MAX_MESSAGES = 100
MAX_CHARACTERS = 500

ICON = "M2.5 3.5h11v7.5H7.2L4 13.5V11H2.5Z"
STYLE = """
body { height: 100dvh }
.page { flex: 1; grid-template-rows: minmax(0, 1fr) auto; align-content: stretch; min-height: 0 }
/* Upside down, so it begins at its end, and stays there when a message comes. */
#room { display: flex; flex-direction: column-reverse; overflow-y: auto; padding: 0 }
#messages { padding: 1rem 1.25rem; margin-bottom: auto } #nothing { margin: auto }
.message { display: flex; gap: 0.75rem; padding-block: 0.4rem; overflow-wrap: anywhere }
.message p { min-width: 0 } .message b { display: block; font-size: 0.85rem }
#say { display: flex; gap: 0.5rem } #say input { flex: 1; min-width: 0 }
#say #name { flex: 0 1 8rem; background: none }
"""


@dataclass(frozen=True)
class Message:
    number: int
    name: str
    text: str


@dataclass
class Draft:
    """The signals of the page: the text in its two fields."""

    name: str = ""
    text: str = ""


# The messages of each room. They live in memory: a restart forgets them.
rooms: dict[str, deque[Message]] = {room: deque(maxlen=MAX_MESSAGES) for room in ROOMS}
numbers = count()
relay = Relay[None]()
client = datastar_script()


def messages_view(room: str) -> Element:
    messages = rooms[room]
    if not messages:
        return empty_view(room)
    return h.ol({"id": "messages"}, [message_view(message) for message in messages])


def message_view(message: Message) -> Element:
    name = message.name or "Guest"
    return h.li(
        {"id": dom_id("message", message.number), "class": "message"},
        h.span(
            {"class": "avatar", "style": {"--hue": crc32(name.encode()) % 360}},
            {"aria-hidden": "true"},
            name[0].upper(),
        ),
        h.p(h.b(name), message.text),
    )


def empty_view(room: str) -> Element:
    box = {"class": "icon", "viewBox": "0 0 16 16", "aria-hidden": "true"}
    return h.p(
        {"id": "nothing", "class": "empty"},
        svg.svg(box, svg.path(d=ICON)),
        h.strong(f"It is quiet in the {room}."),
        h.span("Say something: everyone in this room sees it."),
    )


def room_view(room: str) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(f"{room.capitalize()} · Chat"),
            h.link(id="icon", rel="icon", href="data:,"),
            h.link(id="look", rel="stylesheet", href="/look/look.css"),
            h.style(STYLE),
            client,
        ),
        h.body(
            data.init(at.subscribe(f"/rooms/{room}/live")),
            h.header(
                {"class": "bar"},
                h.h1("Chat"),
                h.nav(
                    {"class": "tabs"}, [room_link(name, is_current=name == room) for name in ROOMS]
                ),
            ),
            h.main(
                {"class": "page"},
                h.div({"id": "room", "class": "panel"}, messages_view(room)),
                say_view(room),
            ),
            connection_state(),
        ),
    )


def room_link(name: str, *, is_current: bool) -> Element:
    return h.a(
        {"id": dom_id("room", name), "href": f"/rooms/{name}"},
        {"aria-current": "page" if is_current else None},
        name.capitalize(),
    )


def say_view(room: str) -> Element:
    return h.form(
        {"id": "say"},
        data.on("submit", at.post(f"/rooms/{room}/say")),
        h.input(data.bind("name"), id="name", aria_label="Your name", placeholder="Name"),
        h.input(
            data.bind("text"),
            id="text",
            aria_label="Your message",
            placeholder="Message",
            autocomplete="off",
            autofocus=True,
            maxlength=MAX_CHARACTERS,
            required=True,
        ),
        h.button({"id": "send", "class": "primary"}, "Say"),
    )


app = FastAPI()
app.mount("/look", StaticFiles(directory=LOOK))


@app.get("/")
@endpoint
async def home(c: Context, w: Writer) -> None:
    w.html(room_view(ROOMS[0]))


@app.get("/rooms/{room}")
@endpoint
async def show(c: Context, w: Writer, room: str) -> None:
    if room in ROOMS:
        w.html(room_view(room))
    else:
        w.text("There is no such room.", status=404)


@app.get("/rooms/{room}/live")
@endpoint
async def live(c: Context, w: Writer, room: str) -> None:
    # Everyone in a room sees the same page, so it is rendered once for all of them.
    await w.live(lambda: room_view(room), relay.subscribe(room, latest=True), key=room, max_rate=30)


@app.post("/rooms/{room}/say")
@endpoint
async def say(c: Context, w: Writer, room: str) -> None:
    draft = await c.signals(Draft)
    if room in ROOMS and draft.text.strip():
        text = draft.text.strip()[:MAX_CHARACTERS]
        rooms[room].append(Message(next(numbers), draft.name.strip()[:40], text))
        relay.publish(room, None)
        w.patch_signals({"text": ""})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Chat in rooms.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        app.get("/datastar.js")(lambda: FileResponse(options.datastar))
    serve(app, port=options.port)
