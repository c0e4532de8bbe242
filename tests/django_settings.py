"""Django, configured once for all tests of a process."""

from django.apps import apps
from django.conf import settings

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="for tests only",
        MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"],
    )
    apps.populate(())  # the templates of forms and translations need it
