"""Live pages from a database with Django's ORM, and one route that reports their cost.

Each page asks the database in another way. Run by uvicorn: `database_app:app`.
"""

import os
import tempfile
import threading
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.apps import apps
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection, models
from django.urls import path

from fatmorph import Context, Element, Relay, Writer, h
from fatmorph.adapters.django import endpoint, in_thread

DATABASE = Path(tempfile.mkdtemp()) / "cards.db"
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="for tests only",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
)
apps.populate(())


class Card(models.Model):
    title = models.CharField(max_length=100)

    class Meta:
        app_label = "database_app"


with connection.schema_editor() as editor:
    editor.create_model(Card)
Card.objects.create(title="first")
connection.close()

relay = Relay[str]()


def cards_view(titles: list[str]) -> Element:
    return h.ul([h.li(title) for title in titles], id="cards")


def drawn() -> Element:
    return cards_view([card.title for card in Card.objects.all()])


async def drawn_by_async_orm() -> Element:
    return cards_view([card.title async for card in Card.objects.all()])


VIEWS: dict[str, Any] = {
    "in-thread": in_thread(drawn),
    "async-orm": drawn_by_async_orm,
    "sync-to-async": sync_to_async(drawn),
}


async def subscribe(c: Context, w: Writer) -> None:
    view = VIEWS[c.path_params["way"]]
    await w.live(view, relay.subscribe("cards", latest=True))


async def add(c: Context, w: Writer) -> None:
    await in_thread(Card.objects.create, title=c.query["title"])
    relay.publish("cards", "changed")


async def cost(c: Context, w: Writer) -> None:
    w.json({"threads": threading.active_count(), "connections": open_connections()})


def open_connections() -> int:
    """Return how often the process has the file of the database open."""
    links = Path("/proc/self/fd").iterdir()
    return sum(os.path.realpath(link) == str(DATABASE) for link in links)


urlpatterns = [
    path("subscribe/<str:way>", endpoint(subscribe)),
    path("add", endpoint(add)),
    path("cost", endpoint(cost)),
]
app = get_asgi_application()
