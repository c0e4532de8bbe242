"""A page with a subscription on a server without streams: Django's development server by WSGI."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import path

from fatmorph import Context, Writer, at, connection_state, data, datastar_script, h
from fatmorph.adapters.django import endpoint

settings.configure(DEBUG=True, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], USE_TZ=True)
django.setup()

loads: list[str] = []


async def home(c: Context, w: Writer) -> None:
    loads.append(c.path)
    w.html(
        h.html(
            h.head(h.title("Without streams"), datastar_script("/datastar.js")),
            h.body(
                data.init(at.subscribe("/subscribe")),
                h.p({"id": "loads"}, len(loads)),
                connection_state(),
            ),
        )
    )


async def subscribe(c: Context, w: Writer) -> None:
    await w.live(lambda: h.p({"id": "loads"}, "live"), max_rate=1)


def client(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Path(os.environ["DATASTAR"]).read_bytes(), content_type="text/javascript")


urlpatterns = [
    path("", endpoint(home)),
    path("subscribe", endpoint(subscribe)),
    path("datastar.js", client),
]

if __name__ == "__main__":
    execute_from_command_line(
        [sys.argv[0], "runserver", f"127.0.0.1:{os.environ['PORT']}", "--noreload"]
    )
