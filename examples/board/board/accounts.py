"""Logging in and out with the session of the framework, and the guard of all other handlers."""

from functools import wraps
from hmac import compare_digest
from secrets import token_urlsafe

from board.state import Login
from board.views import login_view
from fatmorph import Context, Streams, Writer
from fatmorph.adapters import Handler
from fatmorph.forms import Form

# For this example only: keep hashes, and let a library such as argon2-cffi compare them.
PASSWORDS = {"ada": "lovelace", "grace": "hopper"}
streams = Streams()


def session_key(c: Context) -> str | None:
    key = c.request.session.get("id")  # the same in FastAPI and in Django
    return key if isinstance(key, str) else None


def signed_in(handler: Handler) -> Handler:
    @wraps(handler)
    async def guarded(c: Context, w: Writer) -> None:
        key = session_key(c)
        with streams.open(w, key, max_seconds=10 * 60):  # first, then the check
            c["user"] = c.request.session.get("user")
            if c["user"]:
                await handler(c, w)
            else:
                w.redirect("/login")

    return guarded


async def show_login(c: Context, w: Writer) -> None:
    w.html(login_view(Form()))


async def login(c: Context, w: Writer) -> None:
    form = await c.form(Login)
    name, password = form.values.get("name", ""), form.values.get("password", "")
    if form.is_valid and compare_digest(PASSWORDS.get(name, "").encode(), password.encode()):
        c.request.session.clear()
        c.request.session.update({"id": token_urlsafe(), "user": name})
        w.redirect("/")
        return
    form.errors["password"] = "This name or this password is wrong."  # noqa: S105 - a message
    w.html(login_view(form))


async def logout(c: Context, w: Writer) -> None:
    key = session_key(c)
    c.request.session.clear()  # first the session, then its streams
    streams.end(key)
    w.redirect("/login")
