"""Sessions: a random cookie, its hash in the database, and the guard of all other handlers."""

import os
from functools import wraps
from hashlib import sha256
from secrets import token_urlsafe

from fatmorph import Context, Streams, Writer, in_thread
from fatmorph.adapters import Handler

import database

SECONDS = 14 * 24 * 60 * 60
IS_SECURE = os.environ.get("FATMORPH_DEV") != "1"  # browsers send the cookie over HTTPS only
streams = Streams()


def session_key(c: Context) -> str | None:
    token = c.cookies.get("session")
    return sha256(token.encode()).hexdigest() if token else None


def signed_in(handler: Handler) -> Handler:
    """Let a handler run for users who are logged in; `c["user"]` is their name."""

    @wraps(handler)
    async def guarded(c: Context, w: Writer) -> None:
        key = session_key(c)
        with streams.open(w, key, max_seconds=10 * 60):  # first, then the check
            c["user"] = await in_thread(database.user_of, key)
            if c["user"]:
                await handler(c, w)
            else:
                w.redirect("/login")

    return guarded


async def begin_session(w: Writer, user: str) -> None:
    token = token_urlsafe()
    key = sha256(token.encode()).hexdigest()
    await in_thread(database.begin_login, key, user, SECONDS)
    w.cookie("session", token, max_age=SECONDS, secure=IS_SECURE)


async def end_session(c: Context, w: Writer) -> None:
    key = session_key(c)
    await in_thread(database.end_login, key)  # first the session, then its streams
    streams.end(key)
    w.cookie("session", "", max_age=0, secure=IS_SECURE)
