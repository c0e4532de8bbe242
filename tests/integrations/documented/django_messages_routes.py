"""The routes of the how-to on messages, with those of Django."""

# The files of the page, which the test writes.
from django_messages import saved, subscribe_and_take

__all__ = ("ROUTES",)

ROUTES = [("/saved", saved, "POST"), ("/subscribe", subscribe_and_take, "GET")]
