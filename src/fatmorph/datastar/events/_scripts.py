"""Events that run JavaScript in the page.

Source: https://data-star.dev/reference/sse_events
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fatmorph.datastar.events._elements import elements_event
from fatmorph.datastar.events._event import Event
from fatmorph.datastar.events._fields import checked_nonce, required_text
from fatmorph.errors import EventError, short_repr
from fatmorph.markup._element import Tag
from fatmorph.markup._url import plain_url
from fatmorph.markup.escape import url_literal

if TYPE_CHECKING:
    from fatmorph.types import AttributeMapping

__all__ = ("execute_script", "navigate", "navigation_event", "script_event")

UNSAFE_SCHEMES = ("javascript:", "vbscript:", "data:")

_SCRIPT = Tag("script")


def execute_script(
    script: str,
    *,
    auto_remove: bool = True,
    nonce: str | None = None,
    attributes: AttributeMapping | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    """Return the event that runs JavaScript in the page.

    Args:
        script: Written UNESCAPED into a script element; `js()` writes values safely.
        auto_remove: Whether the element disappears once it has run.
        nonce: The nonce in the Content-Security-Policy of the page that runs it.
        attributes: Further attributes of the element, as `{"type": "module"}`.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        RawTextError: Text that would end the script element, or that Datastar would mistake for
            the end of a page.
        EventError: A script that is not text, a nonce that is invalid in a policy, or
            `data-effect` where `auto_remove` sets it.

    Example:
        >>> execute_script("board.focus()", auto_remove=False).splitlines()[-2]
        b'data: elements <script>board.focus()</script>'
    """
    return script_event(
        script,
        auto_remove=auto_remove,
        nonce=nonce,
        attributes=attributes,
        event_id=event_id,
        retry_ms=retry_ms,
    ).framed()


def script_event(
    script: str,
    *,
    auto_remove: bool = True,
    nonce: str | None = None,
    attributes: AttributeMapping | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> Event:
    """Return the event of `execute_script()` before it is framed.

    Raises:
        RawTextError: As `execute_script()`.
        EventError: As `execute_script()`.
    """
    text = required_text(script, "execute_script()", "a script")
    own = dict(attributes or {})
    if auto_remove and "data-effect" in own:
        raise EventError(
            "cannot write data-effect twice on one script",
            where="execute_script(attributes=...)",
            why="auto_remove is a data-effect too, and one of the two would be lost",
            fix='execute_script(script, auto_remove=False, attributes={"data-effect": ...})',
        )
    if auto_remove:
        own = {"data-effect": "el.remove()", **own}
    if nonce is not None and "nonce" in own:
        raise EventError(
            "cannot write nonce twice on one script",
            where="execute_script(nonce=..., attributes=...)",
            why="one of the two would be lost",
            fix="execute_script(script, nonce=nonce)",
        )
    if nonce is not None:
        own["nonce"] = checked_nonce(nonce)
    return elements_event(
        _SCRIPT(own, text), selector="body", mode="append", event_id=event_id, retry_ms=retry_ms
    )


def navigate(
    url: str,
    *,
    nonce: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    """Return the event that makes the browser load another page.

    Args:
        url: Absolute, or relative to the page; "" loads the page again.
        nonce: As for `execute_script()`: it is a script that loads the page.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        EventError: A `javascript:`, `vbscript:` or `data:` URL, in any disguise, or a nonce
            that no policy could name.

    Example:
        >>> b"window.location = '/login'" in navigate("/login")
        True
    """
    return navigation_event(url, nonce=nonce, event_id=event_id, retry_ms=retry_ms).framed()


def navigation_event(
    url: str,
    *,
    nonce: str | None = None,
    event_id: str | None = None,
    retry_ms: int | None = None,
    is_redirect: bool = False,
) -> Event:
    """Return what `navigate()` returns, before it is framed.

    Args:
        url: As for `navigate()`.
        nonce: As for `navigate()`.
        event_id: As for `navigate()`.
        retry_ms: As for `navigate()`.
        is_redirect: Whether the page replaces one that a live link has asked for.

    Raises:
        EventError: As `navigate()`.
    """
    address = required_text(url, "navigate()", "a URL")
    if plain_url(address).startswith(UNSAFE_SCHEMES):
        raise EventError(
            f"cannot navigate to {short_repr(url)}",
            where="navigate()",
            why="such a URL runs as a script in the page",
            fix="execute_script(...)  # if a script is what you want to run",
        )
    # After this event is dealt with, so that the client's own clean-up comes first.
    literal = url_literal(address)
    go = f"setTimeout(() => window.location = {literal})"
    replace = f"setTimeout(() => location.replace({literal}))"
    script = f"document.liveLinks?.isAsking ? {replace} : {go}" if is_redirect else go
    return script_event(script, nonce=nonce, event_id=event_id, retry_ms=retry_ms)
