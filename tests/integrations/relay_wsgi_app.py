"""An application whose streams are served by ASGI, and whose actions by WSGI.

`python relay_wsgi_app.py PORT` serves the streams. gunicorn serves the actions, as
`relay_wsgi_app:flask_app` or `relay_wsgi_app:django_app`. `RELAY` is the address of the broker.
"""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path
from first_gap import after_first_gap
from flask import Flask
from starlette.applications import Starlette

from fatmorph import Context, Element, Pages, Relay, Streams, Writer, h, serve
from fatmorph.adapters import django as django_adapter, flask as flask_adapter
from fatmorph.adapters.starlette import route
from fatmorph.pages import PageMessage

URL = os.environ["RELAY"]


@dataclass
class Tab:
    words: list[str] = field(default_factory=list)


tabs = Pages(Tab, relay=Relay[PageMessage].connect(URL, prefix="tabs"))
logouts = Relay[str].connect(URL, prefix="streams")
streams = Streams(logouts)


def tab_view(tab: Tab) -> Element:
    return h.html(h.body(h.p(f"words {','.join(tab.words)};", id="words")))


async def show(c: Context, w: Writer) -> None:
    with streams.open(w, c.query.get("session")):
        async with tabs.open(c) as tab:
            await w.live(lambda: tab_view(tab.state), tab.changes)


async def say(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        tab.state.words.append(c.query["word"])
        w.json({"worker": os.getpid(), "words": tab.state.words})


async def logout(c: Context, w: Writer) -> None:
    streams.end(c.query["session"])
    w.empty()


app = Starlette(lifespan=lambda _: after_first_gap(logouts), routes=[route("/show", show)])

flask_app = Flask("words")
flask_app.post("/say")(flask_adapter.endpoint(say))
flask_app.post("/logout")(flask_adapter.endpoint(logout))
flask_app.get("/show")(flask_adapter.endpoint(show))

urlpatterns = [
    path("say", django_adapter.endpoint(say)),
    path("logout", django_adapter.endpoint(logout)),
    path("show", django_adapter.endpoint(show)),
]
if not settings.configured:  # when the program imports itself
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="of a test")
django.setup()
django_app = get_wsgi_application()

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        serve("relay_wsgi_app:app", port=int(sys.argv[1]), access_log=False)
