"""A to-do list that several pages share, with a row that is edited in place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fatmorph import (
    Context,
    Element,
    Pages,
    Relay,
    Writer,
    at,
    data,
    datastar_script,
    dom_id,
    h,
)
from fatmorph.adapters import Handler

__all__ = ("Todo",)


@dataclass
class Tab:
    """The state of one page: the number of the row that is being edited."""

    editing: int | None = None


@dataclass
class Todo:
    """The program.

    Args:
        items: The texts by their numbers; the last one is shown first.
        has_ids: Whether the rows have ids.
        client: The path of the Datastar client.
    """

    items: dict[int, str] = field(default_factory=dict)
    has_ids: bool = True
    client: str | None = None

    def __post_init__(self) -> None:
        self.changes = Relay[None]()
        self.tabs = Pages(Tab)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "/": self.home,
            "/live": self.live,
            "POST /add": self.add,
            "POST /edit/{item}": self.edit,
            "POST /save/{item}": self.save,
            "POST /delete/{item}": self.delete,
        }

    def home_view(self, editing: int | None) -> Element:
        rows = [self.row_view(item, is_edited=item == editing) for item in reversed(self.items)]
        return h.html(
            {"lang": "en"},
            h.head(h.meta(charset="utf-8"), h.title("To do"), datastar_script(self.client)),
            h.body(
                data.page_id(),
                data.init(at.subscribe("/live")),
                h.h1({"id": "title"}, f"{len(self.items)} to do"),
                h.form(
                    {"id": "new"},
                    data.on("submit", at.post("/add")),
                    h.input(data.bind("text"), id="text", aria_label="What to do", required=True),
                    h.button({"id": "add"}, "Add"),
                ),
                h.ul({"id": "items"}, rows),
            ),
        )

    def row_view(self, item: int, *, is_edited: bool) -> Element:
        text = self.items[item]
        key = {"id": dom_id("item", item)} if self.has_ids else {}
        if is_edited:
            save = at.post(f"/save/{item}", include="^title$")
            return h.li(
                key,
                h.input(
                    data.bind("title"),
                    data.on("keydown", f"evt.key === 'Enter' && {save}"),
                    aria_label="New text",
                    autofocus=True,
                ),
                h.button(data.on("click", save), "Save"),
            )
        return h.li(
            key,
            h.span(text),
            h.input(aria_label=f"Note for {text}"),
            h.details(data.preserve_attr("open"), h.summary("More"), h.p("Nothing")),
            h.button(data.on("click", at.post(f"/edit/{item}")), f"Edit {text}"),
            h.button(data.on("click", at.post(f"/delete/{item}")), f"Delete {text}"),
        )

    async def home(self, c: Context, w: Writer) -> None:
        w.html(self.home_view(None))

    async def live(self, c: Context, w: Writer) -> None:
        async with self.tabs.open(c) as tab:
            await w.live(
                lambda: self.home_view(tab.state.editing),
                tab.changes,
                self.changes.subscribe("*", latest=True),
            )

    async def add(self, c: Context, w: Writer) -> None:
        self.items[max(self.items, default=0) + 1] = (await c.signals())["text"]
        self.changes.publish("items", None)
        w.patch_signals({"text": ""})

    async def edit(self, c: Context, w: Writer) -> None:
        async with self.tabs.of(c) as tab:
            tab.state.editing = int(c.path_params["item"])
        w.patch_signals({"title": self.items[tab.state.editing]})

    async def save(self, c: Context, w: Writer) -> None:
        async with self.tabs.of(c) as tab:
            tab.state.editing = None
            self.items[int(c.path_params["item"])] = (await c.signals())["title"]
        self.changes.publish("items", None)

    async def delete(self, c: Context, w: Writer) -> None:
        del self.items[int(c.path_params["item"])]
        self.changes.publish("items", None)
