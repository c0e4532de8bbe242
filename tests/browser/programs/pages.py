"""A page with a search and a form, whose state is of one page; a counter is shared by all.

The other programs serve it on a framework each.
"""

from dataclasses import dataclass

from fatmorph import Context, Element, Pages, Relay, Writer, at, data, datastar_script, h

relay = Relay[int]()
counts = [0]


@dataclass
class Tab:
    query: str = ""
    error: str = ""


tabs = Pages(Tab, refill=("query", "error"))


def page_view(tab: Tab) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Pages"), datastar_script("/datastar.js")),
        h.body(
            data.page_id(),
            h.main(
                {"id": "main"},
                data.signals({"error": tab.error}),
                h.p({"id": "count"}, counts[-1]),
                h.input(data.bind("query"), data.on("input", at.post("/search")), id="query"),
                h.p({"id": "found"}, f"Found: {tab.query}"),
                h.form(
                    {"id": "signup"},
                    data.on("submit", at.post("/signup", content_type="form")),
                    h.input(id="email", name="email"),
                    h.p({"id": "email-error", "role": "alert"}, tab.error),
                    h.button("Join", id="join"),
                ),
            ),
            h.div(
                {"id": "stream"},
                data.init(at.subscribe("/subscribe", include="^(query|error)$")),
            ),
        ),
    )


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(Tab()))


async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        await w.live(lambda: page_view(tab.state), relay.subscribe("*"), tab.changes)


async def search(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.query = (await c.signals())["query"]


async def signup(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.error = "Taken already."


async def count(c: Context, w: Writer) -> None:
    counts.append(counts[-1] + 1)
    relay.publish("count", counts[-1])
    w.json(relay.subscription_count)


PAGES = {"/": home, "/subscribe": subscribe}
ACTIONS = {"/search": search, "/signup": signup, "/count": count}
