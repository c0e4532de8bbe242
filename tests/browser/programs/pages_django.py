"""The page of pages.py on Django, whose sessions own the states."""

import os
from pathlib import Path

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from pages import ACTIONS, PAGES, home

from fatmorph import Context, Writer, serve
from fatmorph.adapters.django import endpoint

DATASTAR = Path(os.environ["DATASTAR"]).read_bytes()

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="for tests only",
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    SESSION_ENGINE="django.contrib.sessions.backends.file",  # it survives a restart
    SESSION_FILE_PATH=os.environ["SESSIONS"],
)


async def begin(c: Context, w: Writer) -> None:
    await c.request.session.aset("is_known", True)
    await home(c, w)


async def client(request: HttpRequest) -> HttpResponse:
    return HttpResponse(DATASTAR, content_type="text/javascript")


handlers = {**PAGES, **ACTIONS, "/": begin}
urlpatterns = [
    *(path(url[1:], endpoint(handler)) for url, handler in handlers.items()),
    path("datastar.js", client),
]
app = get_asgi_application()

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]))
