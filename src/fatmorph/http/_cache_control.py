"""The header `cache-control`: how long browsers and proxies keep a response.

A page carries the signals, the name and the messages of one person, so the default is that of Rails
and Phoenix: a browser keeps a copy for its back button and asks before it shows it as new, and no
shared cache keeps one. With `no-store`, it asks also after the back button, unless it has kept the
page itself, which Chromium does for pages without a stream until a cookie changes.

Source: https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fatmorph.errors import ResponseError, SettingsError, short_repr

__all__ = (
    "NO_CACHE",
    "NO_STORE",
    "PRIVATE",
    "check_is_personal",
    "checked_cache_control",
    "own_or_default",
)

PRIVATE = "max-age=0, private, must-revalidate"
"""The default of whole responses."""
NO_CACHE = ("cache-control", "no-cache")
"""The header of streams that an action other than a GET asked for, which no browser keeps, and of
events that are whole responses."""
NO_STORE = ("cache-control", "no-store")
"""The header of streams that a GET asked for.

With `no-cache`, Chromium writes such a stream into its cache. If a page ends it and asks again at
once, the new request finds the entry of the old one, fails on it when its response arrives, and is
sent a second time; the handler of the first one runs until its client is found to have left.

Only for a GET: Datastar aborts each request after it has read the response to its end, and Chromium
then shows a `no-store` one as cancelled in its tools.
"""

DIRECTIVE = r'[a-z-]+(?:=(?:[0-9]+|"[\x20\x21\x23-\x7e]*"))?'
DIRECTIVES = re.compile(rf"{DIRECTIVE}(?:, *{DIRECTIVE})*")
# Any part of a list, as handlers and frameworks write it; a value in quotes may have commas.
PART = re.compile(r'[^\s,="]+(?:\s*=\s*(?:"[^"]*"|[^\s,"]*))?')
# A response with one of them is for one person.
PERSONAL = frozenset({"private", "no-store"})
NONCE = re.compile("'nonce-", re.IGNORECASE)


def checked_cache_control(value: str | None, *, has_nonce: bool) -> str | None:
    """Return a value of `cache-control` if it can be the default of pages.

    Args:
        value: Directives in lower case, with commas between them; None for no header.
        has_nonce: Whether the pages have nonces; everyone who got the same copy would know one.

    Raises:
        SettingsError: Text that is not a list of directives, or a value that lets shared caches
            keep a page with a nonce.

    Example:
        >>> checked_cache_control("public, max-age=60", has_nonce=False)
        'public, max-age=60'
    """
    if value is not None and (not isinstance(value, str) or DIRECTIVES.fullmatch(value) is None):
        raise SettingsError(
            f"cannot send {short_repr(value)} as Cache-Control",
            where="Settings(cache_control=…)",
            why="it is a list of directives in lower case, with commas between them",
            fix='Settings(cache_control="public, max-age=60")',
        )
    if has_nonce and not _is_personal(value or ""):
        sent = "no Cache-Control" if value is None else short_repr(value)
        raise SettingsError(
            f"cannot send {sent} with pages that have a nonce",
            where="Settings(cache_control=…, content_security_policy=…)",
            why="a shared cache would give the same nonce to everyone",
            fix='Settings(cache_control="private, max-age=60", content_security_policy=…)',
        )
    return value


def check_is_personal(headers: Sequence[tuple[str, str]]) -> None:
    """Refuse the headers of a page with a nonce that lets shared caches keep it.

    Args:
        headers: All headers of the response, with names in lower case.

    Raises:
        ResponseError: The Content-Security-Policy has a nonce, and `cache-control` has neither
            `private` nor `no-store`, or is missing.

    Example:
        >>> check_is_personal([("content-security-policy", "script-src 'nonce-a'")])
        Traceback (most recent call last):
            ...
        fatmorph.errors.ResponseError: cannot send no Cache-Control with a page that has a nonce
          where: w.headers["cache-control"]
          why:   a shared cache would give the same nonce to everyone
          fix:   w.headers["cache-control"] = "private, max-age=60"
    """
    value = next((value for name, value in headers if name == "cache-control"), None)
    if _has_nonce(headers) and not _is_personal(value or ""):
        described = "no Cache-Control" if value is None else short_repr(value)
        raise ResponseError(
            f"cannot send {described} with a page that has a nonce",
            where='w.headers["cache-control"]',
            why="a shared cache would give the same nonce to everyone",
            fix='w.headers["cache-control"] = "private, max-age=60"',
        )


def _is_personal(value: str) -> bool:
    # With their values: `private="set-cookie"` is about that header alone, with quotes or without,
    # and a comma in quotes separates nothing.
    return not PERSONAL.isdisjoint(PART.findall(value.lower()))


def own_or_default(
    headers: Sequence[tuple[str, str]], own: Sequence[tuple[str, str]]
) -> Sequence[tuple[str, str]]:
    """Return headers without the default of `cache-control` if a framework has its own value.

    A page with a nonce keeps the default, unless the framework's value is for one person too.

    Example:
        >>> own_or_default([("cache-control", PRIVATE)], [("Cache-Control", "no-store")])
        []
    """
    values = [value for name, value in own if name.lower() == "cache-control"]
    if not values or (_has_nonce([*headers, *own]) and not _is_personal(", ".join(values))):
        return headers
    return [header for header in headers if header != ("cache-control", PRIVATE)]


def _has_nonce(headers: Iterable[tuple[str, str]]) -> bool:
    return any(n.lower() == "content-security-policy" and NONCE.search(v) for n, v in headers)
