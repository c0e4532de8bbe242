"""A form in a live page, which keeps its errors in the state of the page."""

import asyncio
import dataclasses
import os
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import Context, Element, Pages, Relay, Writer, at, data, datastar_script, h, serve
from fatmorph.adapters.starlette import route
from fatmorph.forms import Form

relay = Relay[int]()
counts = [0]
may_answer = asyncio.Event()
may_answer.set()


@dataclass
class Signup:
    name: Annotated[str, Meta(min_length=3)]
    age: Annotated[int, Meta(ge=18)]
    email: Annotated[str, Meta(pattern="@")]
    newsletter: bool


@dataclass
class Tab:
    form: Form[Signup] = dataclasses.field(default_factory=Form)
    joined: str = ""


tabs = Pages(Tab)


def field_view(form: Form[Signup], name: str, label: str) -> Element:
    error = form.errors.get(name)
    return h.p(
        h.label({"for": name}, label),
        h.input(
            id=name,
            name=name,
            aria_invalid="true" if error else None,
            aria_describedby=f"{name}-error",
        ),
        h.span({"id": f"{name}-error", "role": "alert"}, error),
    )


def page_view(tab: Tab) -> Element:
    form = tab.form
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Form"), datastar_script("/datastar.js")),
        h.body(
            data.page_id(),
            data.init(at.subscribe("/subscribe")),
            h.p({"id": "count"}, counts[-1]),
            h.p({"id": "joined"}, tab.joined),
            h.form(
                {"id": "signup", "novalidate": True},
                data.on("submit", at.post("/signup", content_type="form")),
                field_view(form, "name", "Name"),
                field_view(form, "age", "Age"),
                field_view(form, "email", "Email"),
                h.label(h.input(id="newsletter", name="newsletter", type="checkbox"), "Newsletter"),
                h.button("Join", id="join"),
            ),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(Tab()))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        await w.live(lambda: page_view(tab.state), relay.subscribe("*"), tab.changes)


async def signup(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        form = await c.form(Signup)
        await may_answer.wait()
        tab.state.form = form
        if form.is_valid:
            tab.state.joined = f"{form.value}"


async def count(c: Context, w: Writer) -> None:
    counts.append(counts[-1] + 1)
    relay.publish("count", counts[-1])
    w.json(relay.subscription_count)


async def hold(c: Context, w: Writer) -> None:
    may_answer.clear()
    w.json(True)


async def release(c: Context, w: Writer) -> None:
    may_answer.set()
    w.json(True)


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/signup", signup, methods="POST"),
        route("/count", count, methods="POST"),
        route("/hold", hold, methods="POST"),
        route("/release", release, methods="POST"),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
