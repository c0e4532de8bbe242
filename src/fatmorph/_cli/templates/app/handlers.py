"""The handlers: each answers one kind of request."""

from urllib.parse import urlencode

from fatmorph import Context, Element, Pages, Relay, Writer, in_thread
from fatmorph.forms import Form

import database
from accounts import begin_session, end_session, session_key, signed_in
from state import Credentials, NewBook, Search, Tab
from views import home_view, login_view

tabs = Pages(Tab, refill=("query",), owner=session_key)
relay = Relay[None]()


async def draw(user: str, tab: Tab) -> Element:
    return home_view(await in_thread(database.load_books, tab.query), user, tab)


def changed() -> None:
    relay.publish("books", None)  # after the commit: other pages read what is committed


@signed_in
async def home(c: Context, w: Writer) -> None:
    w.headers["cache-control"] = "no-store"  # the back button asks again after a logout
    w.html(await draw(c["user"], Tab(query=c.query.get("q", ""))))


@signed_in
async def subscribe(c: Context, w: Writer) -> None:
    async with tabs.open(c) as tab:
        books = relay.subscribe("books", latest=True)
        await w.live(lambda: draw(c["user"], tab.state), books, tab.changes)


@signed_in
async def search(c: Context, w: Writer) -> None:
    async with tabs.of(c) as tab:
        query = tab.state.query = (await c.signals(Search)).query
        w.replace_url(f"?{urlencode({'q': query})}" if query else "/")


@signed_in
async def add(c: Context, w: Writer) -> None:
    form = await c.form(NewBook)
    async with tabs.of(c) as tab:
        tab.state.new_book = form
        if form.errors:
            return
        book = form.value
        await in_thread(database.add_book, book.title, book.author, book.year, c["user"])
        tab.state.new_book = Form()
        tab.state.added += 1
    changed()


@signed_in
async def read(c: Context, w: Writer) -> None:
    await in_thread(database.set_read, int(c.path_params["book"]), is_read=True)
    changed()


@signed_in
async def unread(c: Context, w: Writer) -> None:
    await in_thread(database.set_read, int(c.path_params["book"]), is_read=False)
    changed()


@signed_in
async def remove(c: Context, w: Writer) -> None:
    await in_thread(database.remove_book, int(c.path_params["book"]))
    changed()


async def show_login(c: Context, w: Writer) -> None:
    w.html(login_view(Form()))


async def log_in(c: Context, w: Writer) -> None:
    form = await c.form(Credentials)
    if form.is_valid:
        user = form.value.name
        if await in_thread(database.has_password, user, form.value.password):
            await begin_session(w, user)
            w.redirect("/")
            return
        form.errors["password"] = "This name or this password is wrong."
    w.html(login_view(form))


async def log_out(c: Context, w: Writer) -> None:
    await end_session(c, w)
    w.redirect("/login")
