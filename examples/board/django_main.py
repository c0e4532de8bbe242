"""The same board on Django: the handlers, views and state stay, and only this file differs.

python django_main.py
"""

import os
from pathlib import Path

from board import accounts, database, handlers
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path
from django.views.decorators.http import require_http_methods
from django.views.static import serve as serve_files

from fatmorph import serve
from fatmorph.adapters.django import endpoint

FOLDER = Path(__file__).parent
settings.configure(
    SECRET_KEY=os.environ.get("BOARD_SECRET", "for your own computer alone"),
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)
post = require_http_methods(["POST"])
urlpatterns = [
    path("", endpoint(handlers.home)),
    path("subscribe", endpoint(handlers.subscribe)),
    path("login", endpoint(accounts.show_login)),
    path("enter", post(endpoint(accounts.login))),
    path("logout", post(endpoint(accounts.logout))),
    path("search", post(endpoint(handlers.search))),
    path("cards", post(endpoint(handlers.add))),
    path("cancel", post(endpoint(handlers.cancel))),
    path("cards/<int:card>/edit", post(endpoint(handlers.edit))),
    path("cards/<int:card>/rename", post(endpoint(handlers.rename))),
    path("cards/<int:card>/move", post(endpoint(handlers.move))),
    path("cards/<int:card>/picture", post(endpoint(handlers.send_picture))),
    path("static/<path:path>", serve_files, {"document_root": FOLDER / "static"}),
    path("look/<path:path>", serve_files, {"document_root": FOLDER.parent / "look"}),
    path("files/<path:path>", serve_files, {"document_root": database.PICTURES}),
]
database.prepare()
application = get_asgi_application()

if __name__ == "__main__":
    serve(application, port=int(os.environ.get("PORT", "8000")))
