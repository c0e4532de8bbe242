"""Events that change the address of the page, and its history, without loading anything.

The address is a path of this site: browsers refuse any other, and a script would stop there.

Source: https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-history-interface
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fatmorph.datastar.events._fields import required_text
from fatmorph.datastar.events._scripts import script_event
from fatmorph.errors import EventError, short_repr
from fatmorph.http._head import is_elsewhere, quoted_url
from fatmorph.markup.escape import url_literal

if TYPE_CHECKING:
    from fatmorph.datastar.events._event import Event

__all__ = ("push_url", "push_url_event", "replace_url", "replace_url_event")

# nginx refuses a longer request line, so that such a page could not be loaded again.
MAX_URL_BYTES = 8000


def push_url(
    url: str,
    *,
    nonce: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    """Return the event that gives the page a new address and a new entry in the history.

    An address that the page already has makes no entry, so a repeated event does no harm.

    Args:
        url: A path on this site, such as `/items?page=2`, or relative to the page: `?page=2`.
        nonce: As for `execute_script()`: it is a script that changes the address.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        EventError: A URL of another site, one of more than 8000 bytes, or a nonce that no policy
            could name.

    Example:
        >>> b"history.pushState({}, '', url)" in push_url("?page=2")
        True

    Source: https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-history-pushstate
    """
    return push_url_event(url, nonce=nonce, event_id=event_id, retry_ms=retry_ms).framed()


def push_url_event(
    url: str,
    *,
    nonce: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> Event:
    """Return what `push_url()` returns, before it is framed.

    Raises:
        EventError: As `push_url()`.
    """
    address = url_literal(_checked_url(url, "push_url()"))
    # A block, because a constant of a script is one of the page.
    script = (
        f"{{const url = new URL({address}, document.baseURI).href; "
        "if (url != location.href) history.pushState({}, '', url)}"
    )
    return script_event(script, nonce=nonce, event_id=event_id, retry_ms=retry_ms)


def replace_url(
    url: str,
    *,
    nonce: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    """Return the event that gives the page a new address, in its entry of the history.

    Args:
        url: As for `push_url()`.
        nonce: As for `push_url()`.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        EventError: As for `push_url()`.

    Example:
        >>> b"history.replaceState(history.state, '', '/?q=tea')" in replace_url("/?q=tea")
        True

    Source: https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-history-replacestate
    """
    return replace_url_event(url, nonce=nonce, event_id=event_id, retry_ms=retry_ms).framed()


def replace_url_event(
    url: str,
    *,
    nonce: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> Event:
    """Return what `replace_url()` returns, before it is framed.

    Raises:
        EventError: As `replace_url()`.
    """
    address = url_literal(_checked_url(url, "replace_url()"))
    script = f"history.replaceState(history.state, '', {address})"
    return script_event(script, nonce=nonce, event_id=event_id, retry_ms=retry_ms)


def _checked_url(url: object, where: str) -> str:
    text = required_text(url, where, "a URL")
    try:
        address = quoted_url(text)
        is_of_this_site = not is_elsewhere(address)
    except ValueError:  # a lone surrogate, or an invalid address in brackets
        address, is_of_this_site = text, False
    if not is_of_this_site:
        raise EventError(
            f"cannot use {short_repr(url)} as the address of the page",
            where=where,
            why="a page can have only addresses of its own site",
            fix=f'w.{where.rstrip("()")}("/items?page=2")  (a path, or relative: "?page=2")',
        )
    if len(address) > MAX_URL_BYTES:
        raise EventError(
            f"cannot use {len(address)} bytes as the address of the page",
            where=where,
            why=f"servers refuse a URL of more than {MAX_URL_BYTES} bytes when it is loaded again",
            fix='h.input(data.bind("query"), maxlength=200)',
        )
    return address
