"""The pages. A view depends on its arguments alone, so that a test can call it."""

from collections.abc import Sequence
from typing import Any

from fatmorph import Element, at, data, dom_id, h
from fatmorph.forms import Form
from fatmorph.types import AttributeValue

from database import Book
from layout import page
from state import Credentials, Search, Tab


def home_view(books: Sequence[Book], user: str, tab: Tab) -> Element:
    return page(
        "Books",
        data.page_id()
        | data.signals(Search(query=tab.query), if_missing=True)
        | data.init(at.subscribe("/subscribe", include=Search.query)),
        header_view(user),
        h.main({"id": "main"}, new_book_view(tab), shelf_view(books, tab.query)),
    )


def header_view(user: str) -> Element:
    return h.header(
        {"id": "header"},
        h.h1("Books"),
        h.search(
            h.input(
                {"id": "query", "type": "search", "maxlength": 100},
                {"placeholder": "Search", "aria-label": "Search"},
                data.bind(Search.query),
                data.on("input", at.post("/search"), debounce="200ms"),
            ),
        ),
        h.form(
            {"id": "leave", "action": "/leave", "method": "post"},
            data.on("submit", at.post("/leave")),
            h.span({"id": "user"}, user),
            h.button("Log out"),
        ),
    )


def new_book_view(tab: Tab) -> Element:
    form, number = tab.new_book, tab.added
    return h.form(
        {"id": dom_id("new", number), "class": "card", "novalidate": True},
        {"aria-label": "New book"},
        data.indicator("adding"),
        data.on("submit", f"$adding || {at.post('/add', content_type='form')}"),
        field(form, "title", "Title", number, autocomplete="off"),
        field(form, "author", "Author", number, autocomplete="off"),
        field(form, "year", "Year", number, inputmode="numeric", autocomplete="off"),
        submit("Add", "adding"),
    )


def shelf_view(books: Sequence[Book], query: str) -> Element:
    read = sum(book.is_read for book in books)
    return h.section(
        {"id": "shelf", "aria-label": "All books"},
        h.p({"id": "summary", "role": "status"}, f"{read} of {len(books)} books are read"),
        h.ul({"id": "books"}, [book_view(book) for book in books]),
        not books and h.p({"class": "empty"}, f"No book contains “{query}”."),
    )


def book_view(book: Book) -> Element:
    url = f"/books/{book.id}"
    toggle = "unread" if book.is_read else "read"
    return h.li(
        {"id": dom_id("book", book.id), "class": {"card": True, "read": book.is_read}},
        h.button(
            {"class": "tick", "type": "button", "aria-label": f"{book.title} is read"},
            {"aria-pressed": "true" if book.is_read else "false"},
            data.on("click", at.post(f"{url}/{toggle}")),
        ),
        h.div(
            h.h2(book.title),
            h.p(f"{book.author}, {book.year} · added by {book.added_by}"),
        ),
        h.button(
            {"class": "quiet", "type": "button", "aria-label": f"Remove {book.title}"},
            data.on("click", at.post(f"{url}/remove")),
            "Remove",
        ),
    )


def login_view(form: Form[Credentials]) -> Element:
    return page(
        "Log in · Books",
        {"class": "login"},
        h.form(
            {"id": "login", "class": "card", "action": "/enter", "method": "post"},
            data.indicator("entering"),
            data.on("submit", f"$entering || {at.post('/enter', content_type='form')}"),
            h.h1("Books"),
            field(form, "name", "Name", autocomplete="username"),
            field(form, "password", "Password", type="password", autocomplete="current-password"),
            submit("Log in", "entering"),
            h.p("Try ada and lovelace, or grace and hopper."),
        ),
    )


def field(
    form: Form[Any], name: str, label: str, number: int = 0, **more: AttributeValue
) -> Element:
    """Return a labelled text field with its error; another number makes an empty one."""
    error, key = form.errors.get(name), dom_id(name, number)
    value = None if more.get("type") == "password" else form.values.get(name)
    return h.div(
        {"class": "field"},
        h.label({"for": key}, label),
        h.input(
            {"id": key, "name": name, "value": value},
            {"aria-invalid": error and "true", "aria-describedby": error and f"{key}-error"},
            **more,
        ),
        h.p({"id": f"{key}-error", "class": "error", "role": "alert"}, error),
    )


def submit(label: str, signal: str) -> Element:
    """Return the button of a form, which the signal marks as busy."""
    busy = data.attr({"aria-busy": f"${signal} ? 'true' : 'false'"})
    return h.button({"class": "primary"}, busy, label)
