"""A page under a Content-Security-Policy, and everything that may put a script into it later.

POLICY is the policy. SENDS_NONCE=yes makes the page send its nonce with every request, which its
inline styles need. HAS_CSP_MODE=yes puts the client into the mode that needs no 'unsafe-eval'.
"""

import os
from collections.abc import Callable

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from fatmorph import (
    Context,
    Element,
    Relay,
    Writer,
    at,
    data,
    datastar_script,
    h,
    live_links,
    serve,
)
from fatmorph.adapters.starlette import route
from fatmorph.settings import Settings

SETTINGS = Settings(content_security_policy=os.environ["POLICY"])
SENDS_NONCE = os.environ["SENDS_NONCE"] == "yes"
HAS_CSP_MODE = os.environ["HAS_CSP_MODE"] == "yes"
HEADING = "Under a policy"

relay = Relay[str]()
counts = {"page": 0, "region": 0, "script": 0, "style": int(SENDS_NONCE)}


def said(word: object) -> str:
    return f"console.info('ran {word}')"


def page_view(c: Context) -> Element:
    pages = counts["page"] + counts["region"]
    return h.html(
        {"lang": "en", "data-nonce": c.nonce if HAS_CSP_MODE else None},
        h.head(
            h.title("Policy"),
            datastar_script("/datastar.js", nonce=c.nonce),
            [
                h.style({"id": f"style-{number}", "nonce": c.nonce}, f"h1 {{order: {number}}}")
                for number in range(counts["style"])
            ],
        ),
        h.body(
            data.init(at.subscribe("/subscribe", send_nonce=SENDS_NONCE)),
            h.h1({"id": "heading"}, HEADING),
            h.p({"id": "number"}, data.style({"opacity": "0.5"}), pages),
            h.p({"id": "source"}, f"stream of {os.getpid()}" if c.is_datastar else "first load"),
            h.a({"id": "link", "href": "/next"}, "Next"),
            live_links(),
            Markup(c.query.get("attack", "")),  # simulates a forgotten escape
            [
                h.button(
                    {"id": f"{way}-{name}"},
                    data.on("click", at.post(f"/{way}/{name}", send_nonce=SENDS_NONCE)),
                )
                for way in ("act", "tell")
                for name in ACTIONS
            ],
            [
                h.script({"id": f"script-{number}", "nonce": c.nonce}, said(number))
                for number in range(counts["script"])
            ],
        ),
    )


def patch(c: Context, w: Writer) -> None:
    w.patch(page_view(c))


ACTIONS: dict[str, Callable[[Context, Writer], None]] = {
    "page": patch,
    "script": patch,
    "style": patch,
    "region": lambda c, w: w.patch(page_view(c), only="#number"),
    "bare": lambda c, w: w.patch(h.script(said("bare")), selector="body", mode="append"),
    "execute": lambda c, w: w.execute(said("execute")),
    "navigate": lambda c, w: w.navigate("/next"),
    "redirect": lambda c, w: w.redirect("/next"),
    "push": lambda c, w: w.push_url("/?pushed"),
    "replace": lambda c, w: w.replace_url("/?replaced"),
}


def change(name: str) -> None:
    if name in counts:
        counts[name] += 1


async def home(c: Context, w: Writer) -> None:
    w.html(page_view(c))


async def arrived(c: Context, w: Writer) -> None:
    w.html(h.html(h.head(h.title("Next")), h.body()))


async def act(c: Context, w: Writer) -> None:
    name = c.path_params["name"]
    change(name)
    ACTIONS[name](c, w)


async def tell(c: Context, w: Writer) -> None:
    change(c.path_params["name"])
    relay.publish("told", c.path_params["name"])


async def subscribe(c: Context, w: Writer) -> None:
    w.patch(page_view(c))
    async for _, name in w.alive(relay.subscribe("told")):
        ACTIONS[name](c, w)
        if name == "redirect":
            return


app = Starlette(
    routes=[
        route("/", home, settings=SETTINGS),
        route("/next", arrived, settings=SETTINGS),
        route("/subscribe", subscribe),
        route("/act/{name}", act, methods="POST"),
        route("/tell/{name}", tell, methods="POST"),
        Route("/datastar.js", FileResponse(os.environ["DATASTAR"])),
    ]
)

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
