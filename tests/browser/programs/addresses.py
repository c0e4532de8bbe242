"""Pages with live links, a search whose state is in the URL, and a form that needs no JavaScript.

`PREFIX` is the path under which they are served.
"""

import os
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route

from fatmorph import (
    Context,
    Element,
    Relay,
    Writer,
    at,
    connection_state,
    data,
    datastar_script,
    h,
    live_links,
    serve,
)
from fatmorph.adapters.starlette import route
from fatmorph.markup.escape import JSExpression

PREFIX = os.environ.get("PREFIX", "")
WORDS = ["tea", "teapot", "coffee", "räume & <b>'\"</script>"]

relay = Relay[None]()
streams: list[str] = []
draws = [0]
names: list[str] = []


@dataclass
class Name:
    name: str = ""


def layout(title: str, *content: Element, stream: str | None = None) -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title(title), datastar_script(f"{PREFIX}/datastar.js")),
        h.body(
            stream is not None and data.init(at.subscribe(f"{PREFIX}/stream?page={stream}")),
            h.nav(
                {"id": "nav"},
                [
                    h.a({"id": f"to-{name}", "href": f"{PREFIX}/{name}"}, name)
                    for name in ("one", "two", "three", "missing", "file", "old", "guarded")
                ],
                h.a({"id": "to-part", "href": f"{PREFIX}/two#part"}, "part"),
                h.a({"id": "to-here", "href": "#part"}, "here"),
                h.a({"id": "to-tab", "href": f"{PREFIX}/two", "target": "_blank"}, "tab"),
                h.a({"id": "to-slow", "href": f"{PREFIX}/slow"}, "slow"),
                h.button(
                    {"id": "push-url"},
                    data.on(
                        "click",
                        at.post(f"{PREFIX}/address", payload={"url": JSExpression("window.next")}),
                    ),
                ),
                h.a({"id": "to-search", "href": f"{PREFIX}/search"}, "search"),
            ),
            *content,
            live_links(),
            connection_state(),
        ),
    )


def page_view(name: str) -> Element:
    return layout(
        f"Page {name}",
        h.main(
            {"id": f"main-{name}"},
            h.h1(f"Page {name}"),
            h.p({"id": "draws"}, draws[-1]),
            h.input(name="note", id=f"note-{name}", autofocus=name == "two"),
            h.div({"style": "height: 3000px"}),
            h.h2({"id": "part"}, "Part"),
            h.div({"style": "height: 3000px"}),
        ),
        stream=None if name == "three" else name,
    )


def search_view(query: str) -> Element:
    return layout(
        f"Search {query}",
        h.main(
            {"id": "main-search"},
            h.form(
                {"id": "search", "action": f"{PREFIX}/search"},
                data.on("input", at.post(f"{PREFIX}/search"), debounce="100ms"),
                h.input(
                    data.signals({"query": query}, if_missing=True),
                    data.bind("query"),
                    id="query",
                    name="q",
                    value=query,
                ),
            ),
            [
                h.button(
                    {"id": f"push-{word}"},
                    data.on("click", f"$query = '{word}'; {at.post(f'{PREFIX}/search?push=1')}"),
                    word,
                )
                for word in ("coffee", "teapot")
            ],
            h.ul({"id": "found"}, [h.li(word) for word in WORDS if query in word]),
        ),
    )


async def page(c: Context, w: Writer) -> None:
    w.html(page_view(c.path_params["name"]))


async def stream(c: Context, w: Writer) -> None:
    name = c.query["page"]
    streams.append(name)
    try:
        await w.live(lambda: page_view(name), relay.subscribe("*"))
    finally:
        streams.remove(name)


async def draw(c: Context, w: Writer) -> None:
    draws.append(draws[-1] + 1)
    relay.publish("draw", None)
    w.json(sorted(streams))


async def search(c: Context, w: Writer) -> None:
    query = c.query.get("q", "")
    if c.is_datastar:
        w.patch_signals({"query": query})
        w.patch(search_view(query))
    else:
        w.html(search_view(query))


async def search_again(c: Context, w: Writer) -> None:
    query = (await c.signals())["query"]
    url = f"{PREFIX}/search?{urlencode({'q': query})}"
    if "push" in c.query:
        w.push_url(url)
    else:
        w.replace_url(url)
    w.patch(search_view(query), only="#found")


async def address(c: Context, w: Writer) -> None:
    w.push_url((await c.signals())["url"])


async def slow(c: Context, w: Writer) -> None:
    async for _ in w.alive(relay.subscribe("*")):
        pass


async def missing(c: Context, w: Writer) -> None:
    w.html(layout("Not here", h.main({"id": "main-missing"}, h.h1("Not here"))), 404)


async def file(c: Context, w: Writer) -> None:
    w.text("A file")


async def old(c: Context, w: Writer) -> None:
    w.redirect(f"{PREFIX}/two")


def name_view(error: str = "") -> Element:
    return layout(
        "Name",
        h.main(
            {"id": "main-name"},
            h.form(
                {"id": "name-form", "method": "post", "action": f"{PREFIX}/name"},
                data.on("submit", at.post(f"{PREFIX}/name", content_type="form")),
                h.input(id="name", name="name"),
                h.p({"id": "error", "role": "alert"}, error),
                h.button("Save", id="save"),
            ),
        ),
    )


async def ask_name(c: Context, w: Writer) -> None:
    w.html(name_view())


async def take_name(c: Context, w: Writer) -> None:
    form = await c.form(Name)
    if not form.value.name:
        w.html(name_view("Say a name."))
        return
    names.append(form.value.name)
    w.redirect(f"{PREFIX}/one?name={quote(form.value.name)}")


routes = [
    route("/stream", stream),
    route("/draw", draw, methods="POST"),
    route("/search", search),
    route("/search", search_again, methods="POST"),
    route("/address", address, methods="POST"),
    route("/slow", slow),
    route("/missing", missing),
    route("/file", file),
    route("/old", old),
    route("/name", ask_name),
    route("/name", take_name, methods="POST"),
    Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    route("/{name}", page),
]
app = Starlette(routes=[Mount(PREFIX, routes=routes)] if PREFIX else routes)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
