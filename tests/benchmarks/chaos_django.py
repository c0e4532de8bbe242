"""The application of the chaos run on Django."""

import os

from chaos_app import ROUTES
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path

from fatmorph import serve
from fatmorph.adapters.django import endpoint

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="for a benchmark only")
urlpatterns = [path(url.removeprefix("/"), endpoint(handler)) for url, handler, _ in ROUTES]
app = get_asgi_application()

if __name__ == "__main__":
    serve(app, port=int(os.environ["PORT"]), access_log=False)
