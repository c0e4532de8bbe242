"""Wizard: a tea party is planned in a dialog, step by step, on Starlette.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args
from zlib import crc32

from msgspec import Meta
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
from fatmorph.forms import FormData, read_form
from fatmorph.types import AttributeMapping, AttributeValue, Child

LOOK = Path(__file__).parents[1] / "look"
CUP_ICON = "M3 6.5h8.5v3a4.2 4.2 0 0 1-8.5 0Zm8.5 0h1a1.6 1.6 0 0 1 0 3.2h-1M5.5 4.3V2.8m3 1.5V2.8"
STYLE = """
.rows small { display: block; font-size: 0.85rem; color: var(--quiet) }
#steps { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.5rem }
#steps { margin: 0.8rem 0 1.2rem; font-size: 0.8rem; color: var(--quiet) }
#steps li { padding-top: 0.4rem; border-top: 0.25rem solid var(--well) }
#steps .reached { color: var(--text); border-color: var(--accent) }
#steps [aria-current] { font-weight: 600 }
.choice { gap: 0.4rem } .choice legend { padding: 0; margin-bottom: 0.25rem }
.choice label { padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem }
.choice label { font-size: inherit; font-weight: inherit }
.choice label:has(:checked) { background: var(--tint); border-color: var(--accent) }
.choice[aria-invalid="true"] label { border-color: var(--wrong) }
dialog dl { display: grid; grid-template-columns: auto 1fr; gap: 0.5rem 1.5rem }
dialog dt { color: var(--quiet) } dialog dd { overflow-wrap: anywhere }
dialog .field select { margin: 0 } dialog footer { margin-top: 0.6rem }
@media (prefers-reduced-motion: no-preference) { dialog form { animation: enter 0.2s } }
@keyframes enter { from { opacity: 0; translate: 0.75rem } }
"""

Tea = Literal["Assam", "Darjeeling", "Sencha"]
Hour = Literal["15:00", "16:00", "17:00"]


@dataclass
class Host:
    """The form of the first step."""

    name: Annotated[str, Meta(min_length=2, max_length=40)]
    guests: Annotated[int, Meta(ge=1, le=12)]


@dataclass
class Choice:
    """The form of the second step."""

    tea: Tea
    hour: Hour


@dataclass
class Party(Choice, Host):
    """The fields of all steps."""


SHAPES: tuple[type[object], ...] = (Host, Choice)  # the last step has no fields
STEPS = ("You", "Tea", "Check")
FIRST = ("name", "tea", "next")  # the control of each step that has the focus at first


class Fields(Signals):
    planning: Signal[bool] = signal(False)  # the dialog is open


@dataclass
class Tab:
    """The state of one open page."""

    number: int = 0  # of the party that it plans; another one has new fields
    step: int = 0
    texts: dict[str, str] = field(default_factory=dict[str, str])  # of the steps that were left
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    tries: int = 0
    note: str = ""

    def leave(self, form: FormData, step: int) -> None:
        self.texts |= form
        self.errors, self.step = {}, step


# The state that all pages show. It lives in memory: a restart begins with this party.
parties = [Party("Ada", 4, "Darjeeling", "16:00")]
tabs = Pages(Tab)
relay = Relay[None]()
client = datastar_script()


def home_view(tab: Tab) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title("Tea parties"),
            h.link(id="icon", rel="icon", href="data:,"),
            h.link(id="look", rel="stylesheet", href="/look/look.css"),
            h.style(STYLE),
            client,
        ),
        h.body(
            data.page_id(),
            data.signals(Fields(), if_missing=True),
            data.init(at.subscribe("/subscribe")),
            h.header(
                {"class": "bar"},
                h.h1("Tea parties"),
                h.button(
                    {"id": "plan", "class": "primary"},
                    data.on("click", f"{Fields.planning} = true"),
                    "Plan a party",
                ),
            ),
            h.main({"class": "page"}, parties_view()),
            wizard_view(tab),
            h.div(
                {"id": "notes", "role": "status"},
                tab.note and h.p({"id": dom_id("note", tab.number)}, tab.note),
            ),
            connection_state(),
        ),
    )


def parties_view() -> Element:
    if not parties:
        return h.p({"id": "nothing", "class": "empty panel"}, icon_view(), "No party is planned.")
    return h.ul(
        {"id": "parties", "class": "rows"},
        [party_view(number, party) for number, party in enumerate(parties)],
    )


def party_view(number: int, party: Party) -> Element:
    hue = crc32(party.name.encode()) % 360
    guests = "1 guest" if party.guests == 1 else f"{party.guests} guests"
    return h.li(
        {"id": dom_id("party", number)},
        h.span({"class": "avatar", "style": {"--hue": hue}, "aria-hidden": "true"}, party.name[:1]),
        h.p(party.name, h.small(f"{party.tea} at {party.hour}, {guests}")),
    )


def wizard_view(tab: Tab) -> Element:
    return h.dialog(
        {"id": "wizard", "aria-labelledby": "wizard-title"},
        data.preserve_attr("open"),
        data.effect(f"{Fields.planning} ? el.open || el.showModal() : el.close()"),
        data.on("close", f"{Fields.planning} = false"),
        h.h2({"id": "wizard-title"}, "Plan a tea party"),
        h.ol(
            {"id": "steps"},
            [
                h.li(
                    {"id": dom_id("mark", number), "class": {"reached": number <= tab.step}},
                    {"aria-current": "step" if number == tab.step else None},
                    name,
                )
                for number, name in enumerate(STEPS)
            ],
        ),
        (host_view, choice_view, check_view)[tab.step](tab),
    )


def host_view(tab: Tab) -> Element:
    return step_view(
        tab,
        text_field(tab, "name", "Your name", autocomplete="name"),
        text_field(tab, "guests", "Guests", inputmode="numeric", autocomplete="off"),
    )


def choice_view(tab: Tab) -> Element:
    return step_view(
        tab,
        h.fieldset(
            {"class": "field choice", "role": "radiogroup"},
            marks(tab, "tea"),
            h.legend("Tea"),
            [radio_view(tab, number, tea) for number, tea in enumerate(get_args(Tea))],
            error_view(tab, "tea"),
        ),
        h.div(
            {"class": "field"},
            h.label({"for": key(tab, "hour")}, "Hour"),
            h.select(
                {"id": key(tab, "hour"), "name": "hour"},
                marks(tab, "hour"),
                focus(tab, "hour"),
                h.option("Choose an hour", value=""),
                [h.option(hour, selected=hour == tab.texts.get("hour")) for hour in get_args(Hour)],
            ),
            error_view(tab, "hour"),
        ),
    )


def radio_view(tab: Tab, number: int, tea: str) -> Element:
    return h.label(
        h.input(
            {"id": key(tab, "tea", number), "name": "tea", "type": "radio", "value": tea},
            focus(tab, "tea") if number == 0 else {},
            checked=tea == tab.texts.get("tea"),
        ),
        tea,
    )


def check_view(tab: Tab) -> Element:
    labels = {"name": "Host", "guests": "Guests", "tea": "Tea", "hour": "Hour"}
    return step_view(
        tab, h.dl([(h.dt(label), h.dd(tab.texts[name])) for name, label in labels.items()])
    )


def step_view(tab: Tab, *fields: Child) -> Element:
    is_last = tab.step == len(SHAPES)
    leave = f"{Fields.planning} = false"
    back = at.post(f"/steps/{tab.step}/back", content_type="form")
    forward = at.post(f"/steps/{tab.step}", content_type="form")
    return h.form(
        {"id": dom_id("step", tab.number, tab.step), "novalidate": True},
        data.on("submit", at.post("/parties") if is_last else forward),
        fields,
        h.footer(
            h.button(
                {"id": dom_id("back", tab.step), "type": "button"},
                data.on("click", back if tab.step else leave),
                "Back" if tab.step else "Cancel",
            ),
            h.button(
                {"id": dom_id("next", tab.step), "class": "primary"},
                focus(tab, "next"),
                "Plan it" if is_last else "Next",
            ),
        ),
    )


def text_field(tab: Tab, name: str, label: str, **more: AttributeValue) -> Element:
    return h.div(
        {"class": "field"},
        h.label({"for": key(tab, name)}, label),
        h.input(
            {"id": key(tab, name), "name": name, "value": tab.texts.get(name)},
            marks(tab, name),
            focus(tab, name),
            **more,
        ),
        error_view(tab, name),
    )


def error_view(tab: Tab, name: str) -> Element:
    return h.p(
        {"id": key(tab, name, "error"), "class": "error", "role": "alert"}, tab.errors.get(name)
    )


def marks(tab: Tab, name: str) -> AttributeMapping:
    return {
        "aria-invalid": "true" if name in tab.errors else "false",
        "aria-describedby": key(tab, name, "error"),
    }


def focus(tab: Tab, name: str) -> AttributeMapping:
    """Return what gives the focus to the first field that is wrong, or to the first one."""
    if name != next(iter(tab.errors), FIRST[tab.step]):
        return {}
    # After each try it is another text, so the browser runs it again.
    return {"autofocus": True, **data.effect(f"el.focus() && {tab.tries}")}


def key(tab: Tab, *parts: str | int) -> str:
    return dom_id(*parts, tab.number)


def icon_view() -> Element:
    box = {"class": "icon", "viewBox": "0 0 16 16", "aria-hidden": "true"}
    return svg.svg(box, svg.path(d=CUP_ICON))


async def home(c: Context, w: Writer) -> None:
    w.html(home_view(Tab()))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        changes = relay.subscribe("parties", latest=True)
        await w.live(lambda: home_view(tab.state), changes, tab.changes)


async def forward(c: Context, w: Writer) -> None:
    step: int = c.path_params["step"]
    async with tabs.of(c) as tab:
        if step != tab.state.step or step >= len(SHAPES):
            return  # sent twice
        form = await c.form(SHAPES[step])
        tab.state.errors, tab.state.tries = form.errors, tab.state.tries + 1
        if form.is_valid:
            tab.state.leave(form.values, step + 1)


async def back(c: Context, w: Writer) -> None:
    step: int = c.path_params["step"]
    async with tabs.of(c) as tab:
        if step == tab.state.step > 0:
            tab.state.leave(await c.form(), step - 1)  # keeps what was typed, right or wrong


async def plan(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        form = read_form(FormData(tab.state.texts.items()), Party)
        if not form.is_valid:
            return  # sent twice
        parties.append(form.value)
        note = f"The party of {form.value.name} is planned."
        tab.state = Tab(number=tab.state.number + 1, note=note)
        w.patch_signals(Fields(planning=False))
    relay.publish("parties", None)


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/steps/{step:int}", forward, methods=["POST"]),
        route("/steps/{step:int}/back", back, methods=["POST"]),
        route("/parties", plan, methods=["POST"]),
        Mount("/look", StaticFiles(directory=LOOK)),
    ]
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Plan tea parties.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        app.routes.append(Route("/datastar.js", FileResponse(options.datastar)))
    serve(app, port=options.port)
