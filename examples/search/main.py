"""Search: 10,000 people in SQLite, found while you type, on FastAPI.

Start it, then open http://127.0.0.1:8000:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
import json
import re
import sqlite3
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode
from zlib import crc32

from fastapi import APIRouter, FastAPI, Query
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from fatmorph import (
    Context,
    Element,
    Pages,
    Signal,
    Signals,
    Writer,
    at,
    connection_state,
    data,
    datastar_script,
    dom_id,
    h,
    in_thread,
    serve,
    signal,
    svg,
)
from fatmorph.adapters.fastapi import HandlerRoute
from fatmorph.types import Child

FOLDER = Path(__file__).parent
FILE = FOLDER / "people.db"
MAX_CHARACTERS = 80
MAX_SHOWN = 50
SEARCH_ICON = "m11 11 3 3M12 7A5 5 0 1 1 2 7a5 5 0 0 1 10 0Z"
TABLE = """
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY, name TEXT, job TEXT, town TEXT, words TEXT  -- all of them, to search in
)
"""
FIND = """
SELECT id, name, job, town, count(*) OVER () FROM people
WHERE NOT EXISTS (SELECT * FROM json_each(?) WHERE NOT instr(words, value))
ORDER BY id LIMIT ?
"""
STYLE = """
search { position: sticky; top: 0.75rem; z-index: 1 }
search input { width: 100%; padding-block: 0.6rem; background: var(--surface) }
.rows p { flex: 1 } .rows b { font-weight: inherit }
.rows small { display: block; font-size: 0.85rem; color: var(--quiet) }
mark { color: inherit; background: light-dark(#ffe08a, #6b5410); border-radius: 0.2rem }
"""


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    job: str
    town: str


@dataclass(frozen=True)
class Found:
    people: list[Person]  # the first ones
    count: int  # of all


class Search(Signals):
    query: Signal[str] = signal("")


@dataclass
class Tab:
    """The state of one open page."""

    query: str = ""


tabs = Pages(Tab, refill=("query",))
client = datastar_script()


@contextmanager
def connect() -> Generator[sqlite3.Connection]:
    with closing(sqlite3.connect(FILE, timeout=5)) as db, db:
        yield db  # and commit, or roll back after an error


def prepare() -> None:
    with connect() as db:
        db.execute(TABLE)
        db.executemany("INSERT OR IGNORE INTO people VALUES (?, ?, ?, ?, ?)", first_people())


def first_people() -> Generator[tuple[int, str, str, str, str]]:
    lines = (FOLDER / "words.txt").read_text(encoding="utf-8").splitlines()
    first_names, last_names, jobs, towns = map(str.split, lines)
    for number, names in enumerate(product(first_names, last_names), start=1):
        name = " ".join(names)
        chance = crc32(name.encode())
        job, town = jobs[chance % len(jobs)], towns[chance % len(towns)]
        yield number, name, job, town, f"{name} {job} {town}".casefold()


def find(query: str) -> Found:
    words = json.dumps(query.casefold().split())
    with connect() as db:
        rows = db.execute(FIND, (words, MAX_SHOWN)).fetchall()
    return Found([Person(*row[:4]) for row in rows], count=rows[0][4] if rows else 0)


def home_view(query: str, found: Found) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(f"{query} · People" if query else "People"),
            h.link(id="icon", rel="icon", href="data:,"),
            h.link(id="look", rel="stylesheet", href="/look/look.css"),
            h.style(STYLE),
            client,
        ),
        h.body(
            data.page_id(),
            data.signals(Search(query=query), if_missing=True),
            data.init(at.subscribe("/subscribe", include=Search)),
            h.header(
                {"class": "bar"},
                h.h1("People"),
                h.p({"id": "count", "class": "hint", "role": "status"}, f"{found.count:,} found"),
            ),
            h.main({"class": "page"}, search_view(), people_view(query, found)),
            connection_state(),
        ),
    )


def search_view() -> Element:
    return h.search(
        icon_view(),
        h.input(
            data.bind(Search.query),
            data.on("input", at.post("/search"), debounce="100ms"),
            id="query",
            type="search",
            aria_label="Search",
            placeholder="A name, a job or a town",
            autocomplete="off",
            autofocus=True,
            maxlength=MAX_CHARACTERS,
        ),
    )


def people_view(query: str, found: Found) -> Child:
    if not found.people:
        return h.p(
            {"id": "nothing", "class": "empty panel"}, icon_view(), f"No one matches “{query}”."
        )
    return (
        h.ul(
            {"id": "people", "class": "rows"}, [person_view(each, query) for each in found.people]
        ),
        found.count > MAX_SHOWN
        and h.p({"id": "more", "class": "hint"}, f"These are the first {MAX_SHOWN}. Type more."),
    )


def person_view(person: Person, query: str) -> Element:
    return h.li(
        {"id": dom_id("person", person.id)},
        h.span(
            {"class": "avatar", "style": {"--hue": crc32(person.name.encode()) % 360}},
            {"aria-hidden": "true"},
            person.name[0],
        ),
        h.p(h.b(marked(person.name, query)), h.small(marked(person.job, query))),
        h.span({"class": "hint"}, marked(person.town, query)),
    )


def marked(text: str, query: str) -> list[Child]:
    """Return the text with each word of the query in a `<mark>`."""
    words = "|".join(map(re.escape, query.split()))
    parts = re.split(f"({words})", text, flags=re.IGNORECASE) if words else [text]
    return [h.mark(part) if number % 2 else part for number, part in enumerate(parts)]


def icon_view() -> Element:
    box = {"class": "icon", "viewBox": "0 0 16 16", "aria-hidden": "true"}
    return svg.svg(box, svg.path(d=SEARCH_ICON))


async def draw(query: str) -> Element:
    return home_view(query, await in_thread(find, query))  # a connection for each draw


pages = APIRouter(route_class=HandlerRoute, include_in_schema=False)


@pages.get("/")
async def home(
    c: Context, w: Writer, q: Annotated[str, Query(max_length=MAX_CHARACTERS)] = ""
) -> None:
    w.html(await draw(q))


@pages.get("/subscribe")
async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        await w.live(lambda: draw(tab.state.query), tab.changes)


@pages.post("/search")
async def search(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        query = (await c.signals(Search)).query[:MAX_CHARACTERS]
        tab.state.query = query
        w.replace_url(f"?{urlencode({'q': query})}" if query else "/")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
    await in_thread(prepare)
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(pages)
app.mount("/look", StaticFiles(directory=FOLDER.parent / "look"))

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Find people while you type.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        app.get("/datastar.js")(lambda: FileResponse(options.datastar))
    serve(app, port=options.port)
