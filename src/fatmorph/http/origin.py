"""The same-origin guard: a page of another site may not act with the rights of your users.

1. Requests that only read (GET, HEAD, OPTIONS) pass, unless they come from a Datastar action: a
   link or an image of another site cannot carry `Datastar-Request`, so such a GET is an action.
   So is the handshake of a WebSocket, although it is a GET: CORS does not stop it, and it
   carries the user's cookies.
2. If a browser sends `Sec-Fetch-Site`, which pages cannot forge, this header decides.
3. Otherwise (old browsers, and plain HTTP except on localhost) the host and port of `Origin` are
   compared with `Host`. The scheme is not: it is unknown behind a proxy that ends TLS.
4. A request with neither header does not come from a page in a browser, so it carries no
   cookies of a user without their consent. Every browser sends `Origin` with a handshake.
5. A site that knows its own origin compares `Origin` with it, and not with `Host`, which a proxy
   may change. It does not believe `Sec-Fetch-Site` either: the DNS of an attacker may point their
   own name at this server, and to a browser its pages then are of the same origin.

Sources: https://pkg.go.dev/net/http#CrossOriginProtection, which decides alike;
https://www.w3.org/TR/fetch-metadata/, https://fetch.spec.whatwg.org/#origin-header,
https://www.rfc-editor.org/rfc/rfc6455#section-10.2 (WebSockets)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from fatmorph.errors import OriginError, SettingsError, short_repr

__all__ = ("ANY_ORIGIN", "WEBSOCKET", "check_origin", "checked_origins", "checked_own_origin")

ANY_ORIGIN = "*"
WEBSOCKET = "WebSocket"
"""The method of a handshake, for servers that do not give one."""

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})  # none: typed, bookmarked, or reloaded by the user
# Loopback and private addresses, at which a proxy finds its servers.
INNER_HOSTS = ("127.", "10.", "172.", "192.168.")
DEFAULT_PORTS = {"http": "80", "https": "443"}

HOST = r"(?P<host>\[[0-9a-f:.]+\]|[^\s/:?#@*,\[\]\\]+)(?::(?P<port>[0-9]{1,5}))?"


def check_origin(
    method: str,
    headers: Mapping[str, str],
    allowed_origins: Collection[str],
    own_origin: str | None = None,
) -> None:
    """Refuse an action that comes from another site.

    Adapters call it before they call a handler; call it yourself if your code acts before that.

    Args:
        method: `GET`, `POST`, …; `WEBSOCKET` for a handshake whose headers do not say that it is
            one, as in a scope of ASGI.
        headers: Found in lower case.
        allowed_origins: As `Settings.allowed_origins`.
        own_origin: As `Settings.own_origin`.

    Raises:
        OriginError: The action comes from a site that is not allowed; unhandled, it becomes
            a 403.

    Example:
        >>> check_origin("POST", {"sec-fetch-site": "same-origin"}, set())
    """
    is_handshake = method == WEBSOCKET or "websocket" in headers.get("upgrade", "").lower()
    is_asked = is_handshake or headers.get("datastar-request") == "true"
    if method in READING_METHODS and not is_asked:
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if own_origin is not None and origin:
        is_own = origin.lower() == own_origin
    elif site:
        is_own = site in OWN_SITES
    else:
        is_own = not origin or _is_of_host(origin, headers.get("host", ""))
    if is_own or ANY_ORIGIN in allowed_origins or (origin or "").lower() in allowed_origins:
        return
    sent = "a WebSocket" if is_handshake else method
    raise OriginError(
        f"cannot take {sent} from {short_repr(origin or site)}",
        where=", ".join(
            f"{name}: {short_repr(headers[name])}"
            for name in ("sec-fetch-site", "origin", "host")
            if name in headers
        ),
        why="a page of another site would act with the rights of your user",
        fix=_fix(origin, None if site or own_origin else headers.get("host", "")),
    )


def checked_origins(origins: Collection[str]) -> frozenset[str]:
    """Return origins as browsers write them.

    Raises:
        SettingsError: An origin that no browser would send, so it would have no effect.

    Example:
        >>> checked_origins({"https://partner.example"})
        frozenset({'https://partner.example'})

    Source: https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
    """
    if isinstance(origins, str):
        raise _allowed_error(origins, "a single text is not a set of texts", origins)
    for origin in origins:
        if origin == ANY_ORIGIN:
            continue
        if origin == "null":
            raise _allowed_error(origin, "every site can send it, from a sandbox", ANY_ORIGIN)
        written = _written(origin)
        if written != origin:
            why = "an origin is a scheme, a host and perhaps a port, as browsers write them"
            raise _allowed_error(origin, why, written or "https://partner.example")
    return frozenset(origins)


def checked_own_origin(origin: str) -> str:
    """Return the site's own origin as browsers write it.

    Raises:
        SettingsError: No browser would send it, so every action would be refused.

    Example:
        >>> checked_own_origin("https://board.example")
        'https://board.example'
    """
    written = _written(origin)
    if written != origin:
        raise SettingsError(
            f"cannot be the origin {short_repr(origin)}",
            where="Settings(own_origin=…)",
            why="an origin is a scheme, a host and perhaps a port, as browsers write them",
            fix=f"Settings(own_origin={written or 'https://board.example'!r})",
        )
    return origin


def _is_of_host(origin: str, host: str) -> bool:
    ours = re.fullmatch(HOST, host, re.IGNORECASE)
    theirs = re.fullmatch(f"(?P<scheme>https?)://{HOST}", origin, re.IGNORECASE)
    if ours is None or theirs is None:
        return False
    default_port = DEFAULT_PORTS[theirs["scheme"].lower()]
    has_same_port = (ours["port"] or default_port) == (theirs["port"] or default_port)
    return has_same_port and ours["host"].lower() == theirs["host"].lower()


def _written(origin: object) -> str | None:
    """Return the origin as a browser writes it, or None if it is not an origin."""
    pattern = rf"(?P<scheme>[a-z][-+.a-z0-9]*)://{HOST}(?:/.*)?"
    found = re.fullmatch(pattern, origin, re.IGNORECASE) if isinstance(origin, str) else None
    if found is None:
        return None
    scheme, host, port = found["scheme"].lower(), found["host"].lower(), found["port"]
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return None
    return f"{scheme}://{host}" + (f":{port}" if port and port != DEFAULT_PORTS.get(scheme) else "")


def _fix(origin: str | None, host: str | None) -> str:
    """Return code for a refused origin; `host` is the one that decided, or None."""
    written = _written(origin)
    allow = f"settings=Settings(allowed_origins={{{written or ANY_ORIGIN!r}}})"
    if written and host is not None and _is_behind_proxy(written, host):
        own = f"settings=Settings(own_origin={written!r})"
        return f"proxy_set_header Host $http_host;  (in nginx, which has changed it; or {own})"
    if written and host is not None:
        return f"{allow}  (or have your proxy pass on the Host header)"
    return f"{allow}  (if {'you trust it' if written else 'every site may act here'})"


def _is_behind_proxy(origin: str, host: str) -> bool:
    """Return whether `Host` has lost its port, or is the name of a server behind a proxy."""
    ours = re.fullmatch(HOST, host, re.IGNORECASE)
    name = "" if ours is None else ours["host"].lower()
    theirs = re.fullmatch(f"https?://{HOST}", origin)
    is_inner = "." not in name or name.startswith(INNER_HOSTS)
    return is_inner or (theirs is not None and theirs["host"] == name)


def _allowed_error(origin: object, why: str, better: str) -> SettingsError:
    return SettingsError(
        f"cannot allow the origin {short_repr(origin)}",
        where="Settings(allowed_origins=…)",
        why=why,
        fix=f"Settings(allowed_origins={{{better!r}}})",
    )
