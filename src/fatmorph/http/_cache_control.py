"""The header `cache-control`: how long browsers and proxies keep a response.

A page carries the signals, the name and the messages of one person, so the default is that of Rails
and Phoenix: a browser keeps a copy for its back button and asks before it shows it as new, and no
shared cache keeps one. `no-store` is stricter, but excludes pages from the back-forward cache.

Source: https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fatmorph.errors import SettingsError, short_repr

__all__ = ("NO_CACHE", "PRIVATE", "checked_cache_control", "own_or_default")

PRIVATE = "max-age=0, private, must-revalidate"
"""The default of whole responses."""
NO_CACHE = ("cache-control", "no-cache")
"""The header of streams, and of events that are whole responses."""

DIRECTIVE = r'[a-z-]+(?:=(?:[0-9]+|"[\x20\x21\x23-\x7e]*"))?'
DIRECTIVES = re.compile(rf"{DIRECTIVE}(?:, *{DIRECTIVE})*")
# A response with one of them is for one person.
PERSONAL = frozenset({"private", "no-store"})


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
    # With their values: `private="set-cookie"` is about that header alone, and a comma in quotes
    # separates nothing.
    directives = set(re.findall(DIRECTIVE, value or ""))
    if has_nonce and not directives & PERSONAL:
        sent = "no Cache-Control" if value is None else short_repr(value)
        raise SettingsError(
            f"cannot send {sent} with pages that have a nonce",
            where="Settings(cache_control=…, content_security_policy=…)",
            why="a shared cache would give the same nonce to everyone",
            fix='Settings(cache_control="private, max-age=60", content_security_policy=…)',
        )
    return value


def own_or_default(
    headers: Sequence[tuple[str, str]], own: Sequence[tuple[str, str]]
) -> Sequence[tuple[str, str]]:
    """Return headers without the default of `cache-control` if a framework has its own value.

    Example:
        >>> own_or_default([("cache-control", PRIVATE)], [("Cache-Control", "no-store")])
        []
    """
    if not any(name.lower() == "cache-control" for name, _ in own):
        return headers
    return [header for header in headers if header != ("cache-control", PRIVATE)]
