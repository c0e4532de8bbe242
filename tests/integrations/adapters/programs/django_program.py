"""Every behaviour on Django: `app` by ASGI, `wsgi` by WSGI."""

from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.urls import path
from django.views.decorators.http import require_http_methods
from handlers import ROUTES, Route, room
from prefixed import below, below_wsgi

from fatmorph.adapters.django import endpoint

# Django's own settings send errors by e-mail.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,  # the server's
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
}
settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="for tests only", LOGGING=LOGGING
)


def view(r: Route) -> Any:
    methods = [*r.methods, "HEAD"] if "GET" in r.methods else [*r.methods]
    return require_http_methods(methods)(endpoint(r.handler, settings=r.settings))


urlpatterns = [
    path("rooms/<int:number>", endpoint(room)),
    *(path(r.path[1:], view(r)) for r in ROUTES),
]

app = below(get_asgi_application())
wsgi = below_wsgi(get_wsgi_application())
