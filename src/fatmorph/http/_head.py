"""The head of a response: status, headers, cookies, and the location of a redirect.

Values that could begin another header, attribute or response are refused here. This module sends
nothing.

Sources: https://www.rfc-editor.org/rfc/rfc9110 (HTTP), https://www.rfc-editor.org/rfc/rfc6265
(cookies).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, MutableMapping
from typing import Literal, TypeAlias, get_args
from urllib.parse import SplitResult, quote, urlsplit

from fatmorph.errors import ResponseEndedError, ResponseError, ResponseStartedError, short_repr

__all__ = (
    "STATUSES_WITHOUT_BODY",
    "ResponseHeaders",
    "SameSite",
    "checked_location",
    "checked_status",
    "completed_error",
    "cookie_header",
    "is_elsewhere",
    "quoted_url",
    "started_error",
)

SameSite: TypeAlias = Literal["strict", "lax", "none"]

# https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1
STATUSES_WITHOUT_BODY = frozenset({204, 304})
# https://www.rfc-editor.org/rfc/rfc9110#name-tokens
TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
# Visible characters and Latin-1, spaces and tabs between them:
# https://www.rfc-editor.org/rfc/rfc9110#name-field-values
FIELD_VALUE = re.compile(r"(?![\t ])[\t\x20-\x7e\x80-\xff]*(?<![\t ])")
# The server sets these headers: the length and end of the body, and the state of the connection.
# https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2
FRAMING = frozenset(
    {"connection", "content-length", "keep-alive", "proxy-connection", "transfer-encoding"}
    | {"upgrade"}
)
# https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 without the percent sign, which quote() adds
COOKIE_VALUE_SAFE = "!#$&'()*+-./:<=>?@[]^_`{|}~"
COOKIE_PATH = re.compile(r"/[\x20-\x2b\x2d-\x3a\x3c-\x7e]*")  # printable, no comma, semicolon
COOKIE_DOMAIN = re.compile(r"[-.A-Za-z0-9]+")
# Browsers silently drop larger cookies; the size is that of name and value together.
# https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6
MAX_COOKIE_BYTES = 4096
URL_SAFE = "%/:?#[]@!$&'()*+,;=~"

# Without its cache, which keeps the last 128 URLs of any length, with the secrets in them.
# https://docs.python.org/3/library/functools.html#functools.lru_cache
_split: Callable[[str], SplitResult] = getattr(urlsplit, "__wrapped__", urlsplit)


class ResponseHeaders(MutableMapping[str, str]):
    """The headers of a response, in any letter case; fixed once the first byte is written."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._is_fixed = False

    def fix(self) -> None:
        """Refuse every change from now on."""
        self._is_fixed = True

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __setitem__(self, name: str, value: str) -> None:
        self._check_moment(name)
        if TOKEN.fullmatch(name) is None or FIELD_VALUE.fullmatch(value) is None:
            raise ResponseError(
                f"cannot write the header {short_repr(name)}",
                where=f"w.headers[{short_repr(name)}]",
                why="a name is a token and a value Latin-1; a line break would begin a header",
                fix=f"w.headers[{short_repr(name)}] = urllib.parse.quote(value)",
            )
        if name.lower() in FRAMING:
            raise ResponseError(
                f"cannot set the header {short_repr(name)}",
                where=f"w.headers[{short_repr(name)}]",
                why="a response whose length is not what it says breaks the connection",
                fix="w.html(page)  (a whole response says its length, a stream has none)",
            )
        self._values[name.lower()] = value

    def __delitem__(self, name: str) -> None:
        self._check_moment(name)
        del self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        # Values may be secrets, and a repr ends up in logs.
        return f"ResponseHeaders({', '.join(self._values)})"

    def _check_moment(self, name: str) -> None:
        if self._is_fixed:
            raise started_error(f"change the header {short_repr(name)}")


def checked_status(status: int) -> int:
    """Return the status itself when it can end a request.

    Raises:
        ResponseError: It is not a number from 200 to 599.

    Example:
        >>> checked_status(404)
        404
    """
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise ResponseError(
            f"cannot answer with status {short_repr(status)}",
            where="w.status",
            why="a final status is a number from 200 to 599",
            fix="w.status = 200",
        )
    return status


def cookie_header(
    name: str,
    value: str,
    *,
    max_age: int | None,
    path: str,
    domain: str | None,
    secure: bool,
    http_only: bool,
    same_site: SameSite,
) -> str:
    """Return the value of a `set-cookie` header; see `Writer.cookie()`.

    Raises:
        ResponseError: A part that would begin another attribute or header.
    """
    if TOKEN.fullmatch(name) is None:
        raise _cookie_error(name, "name")
    if COOKIE_PATH.fullmatch(path) is None:
        raise _cookie_error(name, "path")
    if domain is not None and COOKIE_DOMAIN.fullmatch(domain) is None:
        raise _cookie_error(name, "domain")
    if same_site not in get_args(SameSite):
        raise _cookie_error(name, "same_site")
    if _breaks_prefix(name, is_secure=secure, is_of_host=path == "/" and domain is None):
        raise _prefix_error(name)
    parts = [f"{name}={_cookie_value(name, value)}", f"Path={path}"]
    parts += [] if domain is None else [f"Domain={domain}"]
    parts += [] if max_age is None else [f"Max-Age={max_age:d}"]
    # Browsers refuse the one without the other.
    parts += ["Secure"] if secure or same_site == "none" else []
    parts += ["HttpOnly"] if http_only else []
    return "; ".join([*parts, f"SameSite={same_site.capitalize()}"])


def checked_location(url: str, *, external: bool, own_hosts: Collection[str] = ()) -> str:
    """Return a URL as a `location` header writes it, if its target is allowed.

    Args:
        url: A path on this site, or with `external` any HTTP URL.
        external: Whether it may lead to another site.
        own_hosts: The hosts of this site, with their ports. An absolute URL with one of them is
            reduced to its path, because its scheme is wrong if a proxy ends TLS.

    Raises:
        ResponseError: It leads elsewhere.

    Example:
        >>> checked_location("/räume?id=1", external=False)
        '/r%C3%A4ume?id=1'

    Source: https://www.rfc-editor.org/rfc/rfc9110#name-location
    """
    try:
        location = quoted_url(url)
        location = _path_of_own(location, own_hosts)
        leads_elsewhere = is_elsewhere(location)
    except ValueError:  # a lone surrogate, or an invalid address in brackets
        raise _location_error(url, external=True) from None
    if leads_elsewhere and not external:
        raise _location_error(url, external=False)
    if leads_elsewhere and _split(location).scheme not in ("http", "https", ""):
        raise _location_error(url, external=True)
    return location


def _path_of_own(quoted: str, own_hosts: Collection[str]) -> str:
    """Return the part of an absolute URL after its host, if the host is this site's."""
    parts = _split(quoted)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return quoted
    if parts.netloc.lower() not in {host.lower() for host in own_hosts}:
        return quoted
    rest = quoted.partition("://")[2][len(parts.netloc) :]
    if rest.startswith("//"):
        return quoted  # browsers take two slashes at the beginning for a host
    return rest if rest.startswith("/") else f"/{rest}"


def quoted_url(url: str) -> str:
    r"""Return a URL in ASCII, without the characters that browsers read as others or drop.

    Browsers read a backslash as a slash, and drop tabs and line ends.

    Raises:
        ValueError: It contains a lone surrogate.

    Example:
        >>> quoted_url("/\\example.com/räume")
        '/%5Cexample.com/r%C3%A4ume'
    """
    return quote(url, safe=URL_SAFE)


def is_elsewhere(quoted: str) -> bool:
    """Return whether a URL of `quoted_url()` has a scheme or a host of its own.

    Raises:
        ValueError: It has an invalid address in brackets.

    Example:
        >>> is_elsewhere("/search"), is_elsewhere("//example.com")
        (False, True)
    """
    parts = _split(quoted)
    return bool(parts.scheme or parts.netloc or quoted.startswith("//"))


def completed_error() -> ResponseEndedError:
    """Return the error of an event that is written to a stream which the handler has completed."""
    return ResponseEndedError(
        "cannot write an event after the stream is complete",
        why="w.unsubscribe() and w.redirect() complete it",
        fix="w.patch(view)  (before it)",
    )


def started_error(action: str) -> ResponseStartedError:
    """Word the refusal of a change that comes after the first byte."""
    return ResponseStartedError(
        f"cannot {action} after the response has started",
        why="status and headers are sent before the first byte of the body",
        fix="move the line before the first w.patch(…), w.html(…) or w.alive(…)",
    )


def _cookie_value(name: str, value: str) -> str:
    try:
        encoded = quote(value, safe=COOKIE_VALUE_SAFE)
    except UnicodeEncodeError:
        raise _cookie_error(name, "value") from None
    if len(name) + len(encoded) > MAX_COOKIE_BYTES:
        raise ResponseError(
            f"cannot keep {len(name) + len(encoded)} bytes in the cookie {short_repr(name)}",
            where=f"w.cookie({short_repr(name)}, …)",
            why=f"browsers drop a cookie of more than {MAX_COOKIE_BYTES} bytes silently",
            fix='w.cookie("session", session_id)  (and keep the rest on the server)',
        )
    return encoded


def _breaks_prefix(name: str, *, is_secure: bool, is_of_host: bool) -> bool:
    # https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3
    prefix = name.lower()
    if prefix.startswith("__host-"):
        return not (is_secure and is_of_host)
    return prefix.startswith("__secure-") and not is_secure


def _prefix_error(name: str) -> ResponseError:
    return ResponseError(
        f"cannot write the cookie {short_repr(name)} as its name says",
        where=f"w.cookie({short_repr(name)}, …)",
        why="browsers drop __Secure- without secure, and __Host- with a domain or a path as well",
        fix=f"w.cookie({short_repr(name)}, value, secure=True)",
    )


def _cookie_error(name: str, part: str) -> ResponseError:
    return ResponseError(
        f"cannot write the {part} of the cookie {short_repr(name)}",
        where=f"w.cookie({short_repr(name)}, …)",
        why="it would begin another attribute or header, or mean nothing to a browser",
        fix='w.cookie("session", value, path="/", same_site="lax")',
    )


def _location_error(url: str, *, external: bool) -> ResponseError:
    where = f"w.redirect({short_repr(url.partition('?')[0])})"
    if external:
        return ResponseError(
            "cannot redirect to anything but an HTTP URL",
            where=where,
            why="a redirect leads to a path, or to an http or https URL",
            fix='w.redirect("https://example.com/", external=True)',
        )
    return ResponseError(
        "cannot redirect to another site",
        where=where,
        why="a URL out of a request could send users to a site that looks like yours",
        fix="w.redirect(url, external=True)  (if the URL is your own)",
    )
