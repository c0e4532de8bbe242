"""Dashboard: the numbers of a tea house, and an SVG chart that follows them, on Starlette.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import sin
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from fatmorph import (
    Context,
    Element,
    Pages,
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
from fatmorph.adapters.starlette import route

LOOK = Path(__file__).parents[1] / "look"
METRICS = {"orders": "Orders", "queue": "Queue", "brewed": "Brewed"}
SECONDS = 60
BREWED_AT_MOST = 15  # in a second
MANY = 20
MANY_AT_MOST = 200  # in a second
STYLE = """
.page { width: min(100% - 2rem, 56rem) }
.orders { --color: var(--accent) } .queue { --color: var(--warm) } .brewed { --color: var(--good) }
#metrics { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem }
#metrics button { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.25rem }
#metrics button { padding: 1rem; text-align: left; border-color: transparent }
#metrics button { border-radius: 0.9rem; box-shadow: var(--shadow) }
#metrics [aria-pressed="true"] { border-color: var(--color); box-shadow: 0 0 0 1px var(--color) }
#metrics b { font-size: 2rem; line-height: 1.1 }
#metrics svg { width: 100%; height: 2rem; fill: none; stroke: var(--color); overflow: visible }
#metrics polyline { stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke }
#chart { display: grid; grid-template-columns: 1fr auto; gap: 0.4rem 0.75rem }
#chart figcaption { grid-column: 1 / -1; margin-bottom: 0.4rem; font-weight: 600 }
#chart svg { width: 100%; height: clamp(9rem, 100dvh - 22rem, 16rem) }
#chart svg { border-bottom: 1px solid var(--line) }
#chart svg { background: linear-gradient(var(--line) 1px, transparent 1px) 0 0 / 100% 50% }
#chart rect { fill: var(--color); transition: x 1s linear, y 0.4s, height 0.4s, fill 0.4s }
#chart div { display: flex; justify-content: space-between }
#chart .scale { flex-direction: column; margin-block: -0.65rem; text-align: right }
"""


@dataclass(frozen=True)
class Reading:
    """The numbers of one second."""

    second: int
    orders: int
    queue: int
    brewed: int


@dataclass
class Tab:
    """The state of one open page."""

    metric: str = "orders"


class TeaHouse:
    """The state that all pages show, in memory. Take your own numbers instead of these."""

    def __init__(self) -> None:
        self.extra = 0  # orders of visitors, for the next second
        # Two more than the chart has room for: one slides in on the right, one out on the left.
        self.readings = deque([Reading(0, 0, 0, 0)], maxlen=SECONDS + 2)
        for _ in range(SECONDS + 2):
            self.measure()

    def measure(self) -> None:
        last = self.readings[-1]
        second = last.second + 1
        orders = round(12 + 5 * sin(second / 7) + 3 * sin(second / 1.9)) + self.extra
        brewed = min(last.queue + orders, BREWED_AT_MOST)
        self.readings.append(Reading(second, orders, last.queue + orders - brewed, brewed))
        self.extra = 0


tea_house = TeaHouse()
tabs = Pages(Tab)
relay = Relay[None]()
client = datastar_script()


def home_view(readings: list[Reading], metric: str) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title("Tea house"),
            h.link(id="icon", rel="icon", href="data:,"),
            h.link(id="look", rel="stylesheet", href="/look/look.css"),
            h.style(STYLE),
            client,
        ),
        h.body(
            data.page_id(),
            data.init(at.subscribe("/subscribe")),
            h.header(
                {"class": "bar"},
                h.h1("Tea house"),
                h.button(
                    {"id": "order", "class": "primary"},
                    data.on("click", at.post("/order")),
                    f"Order {MANY} teas",
                ),
            ),
            h.main(
                {"class": "page"},
                h.div(
                    {"id": "metrics"},
                    [
                        metric_view(name, values(readings, name), is_shown=name == metric)
                        for name in METRICS
                    ],
                ),
                chart_view(readings, metric),
            ),
            connection_state(),
        ),
    )


def metric_view(name: str, numbers: list[int], *, is_shown: bool) -> Element:
    return h.button(
        {"id": dom_id("metric", name), "class": name, "type": "button"},
        {"aria-label": f"{METRICS[name]}: {numbers[-1]}"},
        {"aria-pressed": "true" if is_shown else "false"},
        data.on("click", at.post(f"/show/{name}")),
        h.span({"class": "hint"}, METRICS[name]),
        h.b({"class": "number"}, numbers[-1]),
        line_view(numbers),
    )


def line_view(numbers: list[int]) -> Element:
    top = scale_of(numbers)
    return svg.svg(
        {
            "viewBox": f"0 0 {len(numbers) - 1} {top}",
            "preserveAspectRatio": "none",
            "aria-hidden": "true",
        },
        svg.polyline(points=" ".join(f"{x},{top - n}" for x, n in enumerate(numbers))),
    )


def chart_view(readings: list[Reading], metric: str) -> Element:
    numbers = values(readings, metric)
    top = scale_of(numbers)
    label = f"{METRICS[metric]}, second by second: now {numbers[-1]}, at most {max(numbers)}"
    return h.figure(
        {"id": "chart", "class": ["panel", metric]},
        h.figcaption(f"{METRICS[metric]}, second by second"),
        svg.svg(
            {"viewBox": f"0 0 {SECONDS} 100", "preserveAspectRatio": "none"},
            {"role": "img", "aria-label": label},
            [
                bar_view(x, reading.second, 100 * number / top)
                for x, (reading, number) in enumerate(zip(readings, numbers, strict=True), -1)
            ],
        ),
        h.div({"class": ["hint", "number", "scale"]}, h.span(top), h.span(top // 2), h.span("0")),
        h.div({"class": "hint"}, h.span("a minute ago"), h.span("now")),
    )


def bar_view(x: int, second: int, height: float) -> Element:
    # The id belongs to the second, so the browser keeps the bar, and moves it to its new place.
    return svg.rect(
        id=dom_id("bar", second), x=x, y=round(100 - height, 2), width=0.75, height=round(height, 2)
    )


def values(readings: list[Reading], metric: str) -> list[int]:
    return [getattr(reading, metric) for reading in readings]


def scale_of(numbers: list[int]) -> int:
    """Return the round number at the top of a chart."""
    highest = max(10, *numbers)
    digits: int = 10 ** (len(str(highest)) - 1)
    return next(top * digits for top in (1, 2, 4, 6, 8, 10) if top * digits >= highest)


def draw(tab: Tab) -> Element:
    return home_view(list(tea_house.readings), tab.metric)


async def home(c: Context, w: Writer) -> None:
    w.html(draw(Tab()))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        readings = relay.subscribe("readings", latest=True)
        await w.live(lambda: draw(tab.state), readings, tab.changes)


async def show(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        if c.path_params["metric"] in METRICS:
            tab.state.metric = c.path_params["metric"]


async def order(c: Context, w: Writer) -> None:
    tea_house.extra = min(tea_house.extra + MANY, MANY_AT_MOST)  # the next reading counts them


async def measure() -> None:
    while True:
        await asyncio.sleep(1)
        tea_house.measure()
        relay.publish("readings", None)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(measure())
        yield
        task.cancel()


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/show/{metric}", show, methods=["POST"]),
        route("/order", order, methods=["POST"]),
        Mount("/look", StaticFiles(directory=LOOK)),
    ],
    lifespan=lifespan,
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Follow the numbers of a tea house.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        app.routes.append(Route("/datastar.js", FileResponse(options.datastar)))
    serve(app, port=options.port)
