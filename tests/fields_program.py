"""A page with every kind of field, bound and unbound, and a handler that shows its form."""

from collections.abc import Mapping

from fatmorph import Context, Element, Relay, Writer, at, data, datastar_script, h
from fatmorph.adapters import Handler

__all__ = ("Fields",)

SIZES = ("1", "2", "3")


class Fields:
    """The program.

    Args:
        client: The path of the Datastar client.
    """

    def __init__(self, client: str | None = None) -> None:
        self.client = client
        self.said = "nothing"
        self.changes = Relay[None]()

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {"/": self.home, "/live": self.live, "POST /form": self.form}

    def home_view(self) -> Element:
        return h.html(
            {"lang": "en"},
            h.head(h.meta(charset="utf-8"), h.title("Fields"), datastar_script(self.client)),
            h.body(
                data.init(at.subscribe("/live")),
                self.bound_view(),
                self.lists_view(),
                self.events_view(),
                self.form_view(),
                h.p({"id": "said"}, self.said),
            ),
        )

    def bound_view(self) -> Element:
        return h.section(
            {"id": "bound"},
            data.signals(
                {"code": "5", "many": ["1", 3], "one": 2, "odd": "x", "note": 1}
                | {"agreed": "", "wide": True, "size": 2}
            ),
            h.label("Count", h.input(data.bind("count"), type="number", value="3")),
            h.label("Code", h.input(data.bind("code"), type="number")),
            h.label("Level", h.input(data.bind("level"), type="range", max=10)),
            h.label("Colour", h.input(data.bind("colour"), type="color")),
            h.label("Day", h.input(data.bind("day"), type="date", value="not a day")),
            h.label("Note", h.textarea(data.bind("note"))),
            h.label("Line", h.input(data.bind("line"), value="a\nb")),
            h.label("Agreed", h.input(data.bind("agreed"), type="checkbox")),
            h.label("Wide", h.input(data.bind("wide"), type="checkbox", value="yes")),
            h.label("Odd", h.select(data.bind("odd"), map(h.option, SIZES))),
            h.label("One", h.select(data.bind("one"), map(h.option, SIZES))),
            h.label("Many", h.select(data.bind("many"), map(h.option, SIZES), multiple=True)),
            [
                h.label(f"Size {size}", h.input(data.bind("size"), type="radio", value=size))
                for size in SIZES
            ],
            [
                h.label(
                    f"New {size}", h.input(data.bind("new"), type="radio", name="new", value=size)
                )
                for size in SIZES
            ],
            h.p(data.text("JSON.stringify([$count, $code, $level, $note, $agreed, $many])")),
            h.p(data.text("JSON.stringify([$wide, $one, $odd, $size, $line])")),
        )

    def lists_view(self) -> Element:
        return h.section(
            {"id": "lists"},
            data.signals({"days": [], "lines": ["x", "y"], "on": [True, False]}),
            [
                h.label(day, h.input(data.bind("days"), type="checkbox", value=day))
                for day in ("mon", "tue")
            ],
            [h.label(f"Line {n}", h.input(data.bind("lines"))) for n in (1, 2)],
            [h.label(f"On {n}", h.input(data.bind("on"), type="checkbox")) for n in (1, 2)],
            h.p(data.text("$days.join() + $lines.join() + $on.join()")),
        )

    def events_view(self) -> Element:
        def log(name: str) -> str:
            return f"$log = ($log || '') + '{name}'"

        return h.section(
            {"id": "events"},
            h.div(
                data.on("click", log("c"), capture=True),
                h.button(
                    data.on("pointerdown", log("p")),
                    data.on("mousedown", log("d")),
                    data.on("mouseup", log("u")),
                    data.on("click", log("k")),
                    "Events",
                ),
            ),
            h.label("Kept", h.input(data.on("change", log("h")), data.on("blur", log("b")))),
            h.label(
                "Digits",
                h.input(data.on("keydown", "evt.key > '9' && evt.preventDefault()")),
            ),
            h.label(h.b("Drink", id="drink"), h.select(h.option("tea"), h.option("coffee"))),
            h.label(
                h.b("Tell", id="tell"), h.button(data.on("click", log("t")), "x", type="button")
            ),
            h.button(data.on("click", "document.getElementById('remote').click()"), "Remote"),
            h.input(data.bind("remote"), type="checkbox", id="remote"),
            h.details(
                {"id": "more"}, data.preserve_attr("open"), h.summary({"id": "sum"}, "More"), "x"
            ),
            h.button({"commandfor": "box", "command": "show-modal"}, "Ask"),
            h.dialog(
                {"id": "box"},
                data.preserve_attr("open"),
                data.on("close", "$answer = el.returnValue"),
                data.on("cancel", log("x")),
                h.form({"method": "dialog"}, h.button("Yes", value="yes")),
            ),
        )

    def form_view(self) -> Element:
        return h.form(
            {"id": "form"},
            data.on("submit", at.post("/form", content_type="form")),
            h.label("Age", h.input(name="age", type="number", min=3, step=2, required=True)),
            h.label("Site", h.input(name="site", type="url")),
            h.input(name="fixed", value="", required=True, readonly=True),
            h.input(name="secret", type="hidden", required=True),
            h.fieldset(h.input(name="off", required=True), disabled=True),
            h.label("Short", h.input(name="short", minlength=3, value="a")),
            h.input(name="level", type="range"),
            h.select(
                h.optgroup(h.option("a"), label="Off", disabled=True),
                h.option("b"),
                h.option("c", selected=True),
                name="letter",
            ),
            h.textarea("two\nlines", name="text"),
            h.input(type="file", name="file"),
            h.button("First", name="way", value="1"),
            h.input(type="image", name="picture", alt="Picture"),
        )

    async def home(self, c: Context, w: Writer) -> None:
        w.html(self.home_view())

    async def live(self, c: Context, w: Writer) -> None:
        await w.live(self.home_view, self.changes.subscribe("*"))

    async def form(self, c: Context, w: Writer) -> None:
        form = await c.form()
        self.said = " ".join(f"{name}={form.get_all(name)!r}" for name in form)
        self.changes.publish("said", None)
