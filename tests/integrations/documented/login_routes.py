"""The routes of the how-to on logging in."""

# The files of the page, which the test writes.
from accounts import login, logout, show_login
from board import clear, home, subscribe

__all__ = ("ROUTES",)

ROUTES = [
    ("/", home, "GET"),
    ("/subscribe", subscribe, "GET"),
    ("/clear", clear, "POST"),
    ("/login", show_login, "GET"),
    ("/login", login, "POST"),
    ("/logout", logout, "POST"),
]
