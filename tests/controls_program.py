"""One page with every kind of control and of Datastar attribute, and handlers that answer it."""

from collections.abc import Mapping

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h
from fatmorph.adapters import Handler

__all__ = ("Controls",)

DRINKS = ("tea", "coffee", "water")


class Controls:
    """The program.

    Args:
        client: The path of the Datastar client.
    """

    def __init__(self, client: str | None = None) -> None:
        self.client = client
        self.count = 0
        self.said = "nothing"
        self.changes = Relay[None]()

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "/": self.home,
            "/live": self.live,
            "/other": self.other,
            "POST /count": self.increment,
            "POST /form": self.form,
            "POST /leave": self.leave,
            "POST /native": self.native,
            "POST /turn": self.turn,
            "/search": self.search,
        }

    def home_view(self) -> Element:
        return h.html(
            {"lang": "en"},
            h.head(h.meta(charset="utf-8"), h.title("Controls"), datastar_script(self.client)),
            h.body(
                data.signals({"on": False, "size": 2, "drink": "tea", "tags": {"a": 1}}),
                data.computed({"double": "$size * 2"}),
                data.init(at.subscribe("/live")),
                self.shown_view(),
                self.fields_view(),
                self.forms_view(),
                self.events_view(),
                h.p({"id": "count"}, self.count),
                h.p({"id": "said"}, self.said),
            ),
        )

    def shown_view(self) -> Element:
        return h.section(
            {"id": "shown"},
            h.p(data.text("`${$size} and ${$double}`"), id="text"),
            h.p(data.show("$on"), "Only when on", id="show"),
            h.p(data.class_({"big wide": "$size > 3", "small": "$size <= 3"}), id="class"),
            h.p(data.attr({"title": "$drink", "hidden": "$size > 9"}), id="attr"),
            h.a(data.attr({"href": "'/other?size=' + $size"}), "Other page", id="link"),
            h.p(data.style({"opacity": "$size / 10"}), id="style"),
            h.p(data.effect("el.dataset.seen = $drink + '!'"), id="effect"),
            h.button(data.on("click", "$size++"), "Bigger"),
            h.button(data.on("click", "$size = 1; $on = !$on"), "Switch"),
            h.button(data.on("click", at.set_all(5, include="^size$")), "Set"),
            h.button(data.on("click", at.post("/count"), once=True), "Count once"),
            h.button(data.indicator("busy"), data.on("click", at.post("/count")), "Count"),
            h.ul(
                data.on("click", "$drink = evt.target.dataset.drink ?? $drink"),
                [h.li(h.button(drink, data_drink=drink)) for drink in DRINKS],
                id="delegated",
            ),
        )

    def fields_view(self) -> Element:
        return h.section(
            {"id": "fields"},
            h.label("Size", h.input(data.bind("size"), type="number")),
            h.label("On", h.input(data.bind("on"), type="checkbox")),
            h.label("Text", h.textarea(data.bind("text"), "as sent")),
            h.label("Drink", h.select(data.bind("drink"), [h.option(drink) for drink in DRINKS])),
            h.fieldset(
                h.legend("Day"),
                [
                    h.label(day, h.input(data.bind("day"), type="radio", name="day", value=day))
                    for day in ("mon", "tue")
                ],
            ),
            h.label(
                "Search",
                h.input(data.on("input", at.get("/search"), debounce="100ms"), data.bind("query")),
            ),
            h.p({"id": "found"}),
            h.details(
                {"id": "more"}, data.preserve_attr("open"), h.summary("More"), h.p("Details")
            ),
            h.input({"aria-label": "Free"}),
        )

    def forms_view(self) -> Element:
        return h.section(
            {"id": "forms"},
            h.form(
                {"id": "form"},
                data.on("submit", at.post("/form", content_type="form")),
                h.label("Name", h.input(name="name", required=True)),
                h.label("Milk", h.input(type="checkbox", name="milk")),
                h.button("Send", name="way", value="send"),
                h.button("Draft", name="way", value="draft"),
            ),
            h.form(
                {"id": "native", "action": "/native", "method": "post"},
                h.label("Code", h.input(name="code")),
                h.button("Go"),
            ),
            h.button(data.on("click", at.post("/leave")), "Leave"),
            h.button(data.on("click", at.post("/turn")), "Turn"),
            h.button(data.on("click", "history.back()"), "Return"),
            h.p(data.on("popstate", "$at = location.search", window=True), data.text("$at")),
        )

    def events_view(self) -> Element:
        return h.section(
            {"id": "events"},
            h.p(data.on("keydown", "$key = evt.key", window=True), data.text("$key"), id="key"),
            h.p(data.on("click", "$outside = ($outside || 0) + 1", outside=True), id="outside"),
            h.div(
                data.on("click", "$inner = 'reached'"),
                h.button(data.on("click", "$inner = 'stopped'", stop=True), "Stop"),
                h.button(
                    data.on("click", "$inner = evt.target.id", delay="50ms"), "Delay", id="late"
                ),
            ),
            h.button(data.on("click", "document.getElementById('dialog').showModal()"), "Open"),
            h.dialog(
                {"id": "dialog"},
                data.preserve_attr("open"),
                h.button(data.on("click", "el.closest('dialog').close()"), "Close"),
            ),
            h.form(
                {"id": "files", "enctype": "multipart/form-data"},
                data.on("submit", at.post("/form", content_type="form")),
                h.label("File", h.input(type="file", name="file", multiple=True)),
                h.label(
                    "Many",
                    h.select([h.option(each) for each in DRINKS], name="many", multiple=True),
                ),
                h.button("Upload"),
            ),
        )

    async def home(self, c: Context, w: Writer) -> None:
        w.html(self.home_view())

    async def other(self, c: Context, w: Writer) -> None:
        w.html(h.html(h.head(h.title("Other")), h.body(h.p(f"Size {c.query['size']}"))))

    async def live(self, c: Context, w: Writer) -> None:
        await w.live(self.home_view, self.changes.subscribe("*"))

    async def increment(self, c: Context, w: Writer) -> None:
        self.count += 1
        self.changes.publish("count", None)

    async def form(self, c: Context, w: Writer) -> None:
        form = await c.form()
        said = [f"{name}={','.join(form.get_all(name))}" for name in form]
        files = [f"{file.name}: {await file.read()!r}" for file in form.get_files("file")]
        self.said = " ".join([*said, *files])
        self.changes.publish("said", None)

    async def leave(self, c: Context, w: Writer) -> None:
        w.redirect("/other?size=0")

    async def turn(self, c: Context, w: Writer) -> None:
        w.push_url("?page=2")

    async def native(self, c: Context, w: Writer) -> None:
        form = await c.form()
        w.html(h.html(h.head(h.title("Native")), h.body(h.p(f"Code {form['code']}"))))

    async def search(self, c: Context, w: Writer) -> None:
        w.patch(h.p({"id": "found"}, f"Found {(await c.signals())['query']}"))
