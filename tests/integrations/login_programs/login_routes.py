"""The routes of the how-to on logging in, for any framework."""

# Files of the how-to, which the test writes.
from accounts import login, logout, show_login
from board import clear, home, subscribe

from fatmorph.adapters import Handler

__all__ = ("ROUTES",)

ROUTES: list[tuple[str, Handler, str]] = [
    ("/", home, "GET"),
    ("/subscribe", subscribe, "GET"),
    ("/clear", clear, "POST"),
    ("/login", show_login, "GET"),
    ("/login", login, "POST"),
    ("/logout", logout, "POST"),
]
