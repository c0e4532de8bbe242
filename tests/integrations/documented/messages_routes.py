"""The routes of the how-to on messages."""

# The files of the page, which the test writes.
from rows import cancel, edit, save
from shop import home, order, subscribe
from toasts import seen

__all__ = ("ROUTES",)

ROUTES = [
    ("/", home, "GET"),
    ("/subscribe", subscribe, "GET"),
    ("/seen", seen, "POST"),
    ("/edit", edit, "POST"),
    ("/save", save, "POST"),
    ("/cancel", cancel, "POST"),
    ("/order", order, "POST"),
]
