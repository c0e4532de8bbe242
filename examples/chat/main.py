"""Chat: rooms whose messages everyone in the room sees, on FastAPI.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
from collections import deque
from dataclasses import dataclass
from itertools import count

from fastapi import FastAPI
from fastapi.responses import FileResponse

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
)
from fatmorph.adapters.fastapi import endpoint

ROOMS = ("kitchen", "garden", "attic")
MAX_MESSAGES = 100
MAX_CHARACTERS = 500

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; accent-color: #2f7d5b }
body { display: grid; grid-template-rows: auto 1fr auto; gap: 1rem; height: 100dvh }
body { width: min(100% - 2rem, 36rem); margin: 0 auto }
nav { display: flex; gap: 1rem; padding-top: 1rem }
nav a { color: inherit } nav a[aria-current] { font-weight: 700; text-decoration: none }
ol { margin: 0; padding: 0; list-style: none; overflow-y: auto }
li { padding: 0.4rem 0.8rem; margin-block: 0.4rem; border-radius: 0.8rem; width: fit-content }
li { background: light-dark(#e8f0ec, #24332c); overflow-wrap: anywhere }
li b { margin-inline-end: 0.5rem; color: light-dark(#2f7d5b, #7cc9a6) }
form { display: flex; gap: 0.5rem; padding-bottom: 1rem }
input { flex: 1; font: inherit; padding: 0.5rem 0.8rem; min-width: 0 } input#name { flex: 0 1 8rem }
button { font: inherit; padding: 0.5rem 1rem }
#connection-state { position: fixed; inset: auto 0 1rem; margin: auto; width: fit-content }
#connection-state[data-state] { padding: 0.4em 1em; color: #fff; background: #b3261e }
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


def message_view(message: Message) -> Element:
    return h.li(
        {"id": dom_id("message", message.number)}, h.b(message.name or "somebody"), message.text
    )


def room_view(room: str) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(f"{room.capitalize()} · Chat"),
            h.link(rel="icon", href="data:,"),
            h.style(STYLE),
            client,
        ),
        h.body(
            data.init(at.subscribe(f"/rooms/{room}/live")),
            h.nav(
                [
                    h.a(
                        {"id": dom_id("room", name), "href": f"/rooms/{name}"},
                        {"aria-current": "page" if name == room else None},
                        name,
                    )
                    for name in ROOMS
                ]
            ),
            h.ol({"id": "messages"}, [message_view(message) for message in rooms[room]]),
            h.form(
                {"id": "say"},
                data.on("submit", at.post(f"/rooms/{room}/say")),
                h.input(data.bind("name"), id="name", aria_label="Your name", placeholder="Name"),
                h.input(
                    data.bind("text"),
                    id="text",
                    aria_label="Your message",
                    autocomplete="off",
                    maxlength=MAX_CHARACTERS,
                    required=True,
                ),
                h.button({"id": "send"}, "Say"),
            ),
            connection_state(),
        ),
    )


app = FastAPI()


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
