"""The application: its routes and settings, on Django."""

import os

from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application
from django.core.management.utils import get_random_secret_key
from django.urls import path
from django.views.decorators.http import require_POST
from fatmorph import serve
from fatmorph.adapters.django import endpoint

import handlers
from layout import STATIC

settings.configure(
    DEBUG=os.environ.get("FATMORPH_DEV") == "1",
    SECRET_KEY=os.environ.get("SECRET_KEY") or get_random_secret_key(),
    ALLOWED_HOSTS=os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost").split(","),
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATIC_URL="/static/",
    STATICFILES_DIRS=[STATIC],
)

# fatmorph refuses the actions of other sites, so these settings need no CSRF middleware.
urlpatterns = [
    path("", endpoint(handlers.home)),
    path("subscribe", endpoint(handlers.subscribe)),
    path("add", require_POST(endpoint(handlers.add))),
]

app = ASGIStaticFilesHandler(get_asgi_application())

if __name__ == "__main__":
    serve(app, port=int(os.environ.get("PORT", "8000")))
