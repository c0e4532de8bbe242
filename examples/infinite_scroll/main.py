"""Infinite scroll: a thousand stars, of which a page shows as many as its user has scrolled to.

Start it, then open http://127.0.0.1:8000 and scroll:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from zlib import crc32

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from fatmorph import (
    Context,
    Element,
    Pages,
    Relay,
    Signal,
    Signals,
    Writer,
    at,
    connection_state,
    data,
    datastar_script,
    dom_id,
    h,
    serve,
    signal,
    svg,
)
from fatmorph.adapters.starlette import route

LOOK = Path(__file__).parents[1] / "look"
BATCH = 30
STAR_ICON = "m8 1.8 1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2 .7-4.3-3.1-3 4.3-.6Z"
LETTERS = (
    "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu "
    "Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi Chi Psi Omega"
)
CONSTELLATIONS = (
    "Andromedae Antliae Aquarii Aquilae Arae Arietis Aurigae Bootis Cancri Capricorni Carinae "
    "Cassiopeiae Centauri Cephei Ceti Columbae Coronae Corvi Crateris Crucis Cygni Delphini "
    "Draconis Eridani Geminorum Gruis Herculis Hydrae Leonis Leporis Librae Lupi Lyrae Orionis "
    "Pegasi Persei Phoenicis Piscium Puppis Sagittarii Scorpii Tauri"
)
# The colours of stars, from hot to cool, with their letters.
COLORS = {
    "B": "#a2c0ff",
    "A": "#d5e0ff",
    "F": "#f9f5ff",
    "G": "#ffedd3",
    "K": "#ffd2a1",
    "M": "#ffb56c",
}
STYLE = """
.bar { position: sticky; top: 0; z-index: 1 }
.dot { width: 2.2rem; height: 2.2rem; background: #12141b; border-radius: 50% }
.dot { background: radial-gradient(circle, var(--color) 12%, #0000 60%) #12141b }
.rows p { flex: 1 } .rows b { font-weight: 600 }
.rows small { display: block; font-size: 0.85rem; color: var(--quiet) }
[aria-pressed="true"] { color: var(--warm) } [aria-pressed="true"] .icon { fill: currentcolor }
/* Begins far above the last row, so more stars are there before the user sees the end. */
.rows .more { margin-top: -40rem; padding-top: 40rem; border: 0; pointer-events: none }
.rows .more { justify-content: center } .more button { margin: 0.6rem; pointer-events: auto }
"""


@dataclass(frozen=True)
class Star:
    name: str
    kind: str
    light_years: int


class Scroll(Signals):
    shown: Signal[int] = signal(BATCH)


@dataclass
class Tab:
    """The state of one open page. Its signal brings it back after a restart."""

    shown: int = BATCH


def star_of(constellation: str, letter: str) -> Star:
    name = f"{letter} {constellation}"
    chance = crc32(name.encode())
    return Star(name, list(COLORS)[chance % len(COLORS)], 5 + chance % 890)


STARS = [star_of(*names) for names in product(CONSTELLATIONS.split(), LETTERS.split())]

# The state that all pages show. It lives in memory: a restart forgets it.
favourites: set[int] = set()
tabs = Pages(Tab, refill=("shown",))
relay = Relay[None]()
client = datastar_script()


def home_view(shown: int) -> Element:
    stars = STARS[: max(shown, BATCH)]
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title("Stars"),
            h.link(id="icon", rel="icon", href="data:,"),
            h.link(id="look", rel="stylesheet", href="/look/look.css"),
            h.style(STYLE),
            client,
        ),
        h.body(
            data.page_id(),
            data.signals(Scroll(), if_missing=True),
            data.init(at.subscribe("/subscribe", include=Scroll)),
            h.header(
                {"class": "bar"},
                h.h1("Stars"),
                h.p(
                    {"id": "count", "class": "hint number"},
                    f"{len(stars):,} of {len(STARS):,} · {len(favourites)} marked",
                ),
            ),
            h.main(
                {"class": "page"},
                h.ol(
                    {"id": "stars", "class": "rows"},
                    [star_view(number, star) for number, star in enumerate(stars)],
                    more_view(len(stars)) if len(stars) < len(STARS) else None,
                ),
            ),
            connection_state(),
        ),
    )


def star_view(number: int, star: Star) -> Element:
    is_marked, url = number in favourites, f"/favourites/{number}"
    return h.li(
        {"id": dom_id("star", number)},
        h.span({"class": "dot", "style": {"--color": COLORS[star.kind]}}),
        h.p(h.b(star.name), h.small(f"{star.kind} star, {star.light_years} light years")),
        h.button(
            data.on("click", at.delete(url) if is_marked else at.put(url)),
            {"id": dom_id("mark", number), "class": "quiet", "type": "button"},
            {"aria-label": f"Mark {star.name}", "aria-pressed": "true" if is_marked else "false"},
            icon_view(),
        ),
    )


def more_view(count: int) -> Element:
    # Another id after each batch, so it is a new element, which can be scrolled to once again.
    more = at.post(f"/more/{count}")
    return h.li(
        {"id": dom_id("more", count), "class": "more"},
        data.on_intersect(more, once=True),
        data.on("click", more),
        h.button({"id": "more", "type": "button"}, "More stars"),
    )


def icon_view() -> Element:
    box = {"class": "icon", "viewBox": "0 0 16 16", "aria-hidden": "true"}
    return svg.svg(box, svg.path(d=STAR_ICON))


async def home(c: Context, w: Writer) -> None:
    w.html(home_view(BATCH))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        changes = relay.subscribe("favourites", latest=True)
        await w.live(lambda: home_view(tab.state.shown), changes, tab.changes)


async def more(c: Context, w: Writer) -> None:
    count = c.path_params["count"] + BATCH
    async with tabs.of(c) as tab:
        tab.state.shown = max(count, tab.state.shown)  # the same after a second or a late request
        w.patch_signals(Scroll(shown=tab.state.shown))


async def mark(c: Context, w: Writer) -> None:
    number = c.path_params["number"]
    if c.method == "PUT" and number < len(STARS):
        favourites.add(number)
    else:
        favourites.discard(number)
    relay.publish("favourites", None)


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/more/{count:int}", more, methods=["POST"]),
        route("/favourites/{number:int}", mark, methods=["PUT", "DELETE"]),
        Mount("/look", StaticFiles(directory=LOOK)),
    ]
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Scroll through a thousand stars.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        app.routes.append(Route("/datastar.js", FileResponse(options.datastar)))
    serve(app, port=options.port)
