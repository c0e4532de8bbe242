"""To do: a list that everyone shares, whose tasks are edited in place.

Start it, then open http://127.0.0.1:8000 in two windows:

    python main.py
    watchfiles "python main.py" .     (while you change this file)
"""

import argparse
from dataclasses import dataclass, replace
from itertools import count
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
from fatmorph.markup.escape import JSExpression
from fatmorph.types import AttributeMapping

LOOK = Path(__file__).parents[1] / "look"
MAX_CHARACTERS = 200
ICONS = {
    "edit": "m3 13 .8-3.2L11 2.6 13.4 5l-7.2 7.2L3 13Z",
    "remove": "m4 4 8 8M12 4l-8 8",
    "tick": "m3 8.5 3.2 3.2L13 5",
}
STYLE = """
#new { display: flex; gap: 0.5rem } #new input { flex: 1; min-width: 0 }
.task span { flex: 1 } .task.done span { color: var(--quiet); text-decoration: line-through }
.task .quiet { margin-left: -0.5rem }
.task form { display: flex; flex: 1; flex-wrap: wrap; row-gap: 0.7rem }
.task form input { flex: 1 1 12rem; min-width: 0; padding: 0.2rem 0.4rem }
.task form input { margin: -0.2rem 0.2rem -0.2rem -0.4rem }
.task form button { padding-block: 0.1rem; margin-left: 0.4rem; font-size: 0.85rem }
#clear { margin-left: auto }
"""


@dataclass(frozen=True)
class Task:
    text: str
    is_done: bool = False

    @property
    def kind(self) -> str:
        return "done" if self.is_done else "open"


@dataclass
class Edit:
    number: int
    text: str  # as it was when the editing began


@dataclass
class Tab:
    """The state of one open page."""

    show: str = "all"
    edit: Edit | None = None
    note: str = ""
    notes: int = 0


class Fields(Signals):
    text: Signal[str] = signal("")


@dataclass
class Tick:
    is_done: bool


@dataclass
class NewText:
    text: str


# The state that all pages show. It lives in memory: a restart begins with these tasks.
tasks = {1: Task("Buy tea", is_done=True), 2: Task("Bake scones"), 3: Task("Invite Grace")}
numbers = count(4)
tabs = Pages(Tab)
relay = Relay[None]()
client = datastar_script()


def home_view(tab: Tab) -> Element:
    left = sum(not task.is_done for task in tasks.values())
    return h.html(
        {"lang": "en"},
        h.head(
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title(f"{left} to do"),
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
                h.h1("To do"),
                h.p({"id": "left", "class": "hint"}, f"{left} of {len(tasks)} left"),
            ),
            h.main({"class": "page"}, new_view(), tabs_view(tab.show), list_view(tab)),
            h.div(
                {"id": "notes", "role": "status"},
                tab.note and h.p({"id": dom_id("note", tab.notes)}, tab.note),
            ),
            connection_state(),
        ),
    )


def new_view() -> Element:
    return h.form(
        {"id": "new"},
        data.on("submit", at.post("/add")),
        h.input(
            data.bind(Fields.text),
            id="text",
            aria_label="New task",
            placeholder="What is there to do?",
            autocomplete="off",
            maxlength=MAX_CHARACTERS,
            required=True,
        ),
        h.button({"id": "add", "class": "primary"}, "Add"),
    )


def tabs_view(shown: str) -> Element:
    buttons = [
        h.button(
            {"id": dom_id("show", name), "type": "button"},
            {"aria-pressed": "true" if name == shown else "false"},
            data.on("click", at.post(f"/show/{name}")),
            name.capitalize(),
        )
        for name in ("all", "open", "done")
    ]
    clear = h.button(
        {"id": "clear", "type": "button"}, data.on("click", at.post("/clear")), "Remove done"
    )
    return h.div({"id": "tabs", "class": "tabs"}, buttons, clear)


def list_view(tab: Tab) -> Element:
    shown = {n: task for n, task in tasks.items() if tab.show in {"all", task.kind}}
    if tab.edit:  # stays in the list, whatever other users do with its task
        shown.setdefault(tab.edit.number, Task(tab.edit.text))
    if not shown:
        return h.p({"id": "nothing", "class": "empty panel"}, icon("tick"), "Nothing here.")
    rows = [task_view(number, shown[number], tab.edit) for number in sorted(shown)]
    return h.ul({"id": "tasks", "class": "rows"}, rows)


def task_view(number: int, task: Task, edit: Edit | None) -> Element:
    url = f"/tasks/{number}"
    is_done = {"is_done": JSExpression("el.checked")}
    return h.li(
        {"id": dom_id("task", number), "class": {"task": True, "done": task.is_done}},
        h.input(
            data.on("change", at.post(f"{url}/tick", payload=is_done)),
            id=dom_id("done", number),
            type="checkbox",
            checked=task.is_done,
            aria_label=f"Done: {task.text}",
        ),
        edit_view(edit) if edit and edit.number == number else h.span(task.text),
        icon_button("edit", f"Edit {task.text}", number, data.on("click", at.post(f"{url}/edit"))),
        icon_button("remove", f"Remove {task.text}", number, data.on("click", at.delete(url))),
    )


def edit_view(edit: Edit) -> Element:
    url = f"/tasks/{edit.number}/save"
    focus = f"document.getElementById('{dom_id('edit', edit.number)}').focus()"
    return h.form(
        {"id": dom_id("form", edit.number)},
        data.on("submit", f"{at.post(url, content_type='form')}; {focus}"),
        data.on("reset", f"{at.post('/cancel')}; {focus}"),
        data.on("keydown", "evt.key == 'Escape' && el.reset()"),
        h.input(
            data.init("el.focus()"),
            id=dom_id("text", edit.number),
            name="text",
            value=edit.text,
            aria_label="Text",
            autocomplete="off",
            maxlength=MAX_CHARACTERS,
            required=True,
        ),
        h.button({"class": "primary"}, "Save"),
        h.button({"type": "reset"}, "Cancel"),
    )


def icon_button(name: str, label: str, number: int, action: AttributeMapping) -> Element:
    return h.button(
        {"id": dom_id(name, number), "class": "quiet", "type": "button"},
        {"aria-label": label, "title": label},
        action,
        icon(name),
    )


def icon(name: str) -> Element:
    box = {"class": "icon", "viewBox": "0 0 16 16", "aria-hidden": "true"}
    return svg.svg(box, svg.path(d=ICONS[name]))


async def home(c: Context, w: Writer) -> None:
    w.html(home_view(Tab()))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        changes = relay.subscribe("tasks", latest=True)
        await w.live(lambda: home_view(tab.state), changes, tab.changes)


async def add(c: Context, w: Writer) -> None:
    text = (await c.signals(Fields)).text.strip()[:MAX_CHARACTERS]
    if text:
        tasks[next(numbers)] = Task(text)
        relay.publish("tasks", None)
        w.patch_signals(Fields())  # the field is empty again, and keeps the focus


async def tick(c: Context, w: Writer) -> None:
    number, is_done = c.path_params["number"], (await c.signals(Tick)).is_done
    if number in tasks:
        tasks[number] = replace(tasks[number], is_done=is_done)
        relay.publish("tasks", None)


async def remove(c: Context, w: Writer) -> None:
    tasks.pop(c.path_params["number"], None)
    relay.publish("tasks", None)


async def clear(c: Context, w: Writer) -> None:
    for number in [number for number, task in tasks.items() if task.is_done]:
        del tasks[number]
    relay.publish("tasks", None)


async def show(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.show = c.path_params["kind"]


async def edit(c: Context, w: Writer) -> None:
    number = c.path_params["number"]
    async with tabs.of(c) as tab:
        tab.state.edit = Edit(number, tasks[number].text) if number in tasks else None


async def save(c: Context, w: Writer) -> None:
    text = (await c.form(NewText)).value.text.strip()[:MAX_CHARACTERS]
    async with tabs.of(c) as tab:
        begun, tab.state.edit = tab.state.edit, None
        if begun is None or not text:
            return
        task = tasks.get(begun.number)
        if task is None or task.text != begun.text:
            tab.state.note = f"Another user has changed this task, so “{text}” is not saved."
            tab.state.notes += 1
            return
        tasks[begun.number] = replace(task, text=text)
    relay.publish("tasks", None)


async def cancel(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.edit = None


app = Starlette(
    routes=[
        route("/", home),
        route("/subscribe", subscribe),
        route("/add", add, methods=["POST"]),
        route("/clear", clear, methods=["POST"]),
        route("/cancel", cancel, methods=["POST"]),
        route("/show/{kind}", show, methods=["POST"]),
        route("/tasks/{number:int}", remove, methods=["DELETE"]),
        route("/tasks/{number:int}/tick", tick, methods=["POST"]),
        route("/tasks/{number:int}/edit", edit, methods=["POST"]),
        route("/tasks/{number:int}/save", save, methods=["POST"]),
        Mount("/look", StaticFiles(directory=LOOK)),
    ]
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Do things together.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--datastar", metavar="FILE", help="your own copy of the Datastar client")
    options = parser.parse_args()
    if options.datastar:
        client = datastar_script("/datastar.js")
        app.routes.append(Route("/datastar.js", FileResponse(options.datastar)))
    serve(app, port=options.port)
