"""The program of a how-to, with the sessions and the users of Django."""

from pathlib import Path

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from documented_routes import ROUTES

from fatmorph.adapters.django import endpoint

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="for tests",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path("db.sqlite3")}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # fast
)

views = {(url, method): endpoint(handler) for url, handler, method in ROUTES}


async def view(request: HttpRequest) -> HttpResponseBase:
    return await views[request.path, str(request.method)](request)


urlpatterns = [path(url[1:], view) for url in {url for url, _, _ in ROUTES}]
app = get_asgi_application()
call_command("migrate", verbosity=0)

from django.contrib.auth.models import User  # noqa: E402 - after the setup

for name, password in (("ada", "lovelace"), ("bob", "sponge")):
    User.objects.create_user(name, password=password)
