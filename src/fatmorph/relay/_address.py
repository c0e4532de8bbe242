"""The address of a relay's broker: read once, and never shown with its password.

Source: https://www.iana.org/assignments/uri-schemes/prov/redis, https://docs.nats.io/using-nats/developer/connecting
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from fatmorph.errors import RelayError

__all__ = ("Address", "parsed_address")

Kind = Literal["memory", "nats", "redis"]
# The kind, whether TLS protects the connection, and the port if there is none in the URL.
SCHEMES: Final[dict[str, tuple[Kind, bool, int]]] = {
    "memory": ("memory", False, 0),
    "nats": ("nats", False, 4222),
    "tls": ("nats", True, 4222),
    "redis": ("redis", False, 6379),
    "rediss": ("redis", True, 6379),
}
CA_FILE = "ca_file"
EXAMPLE = 'Relay.connect("redis://127.0.0.1:6379")'


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker is, and how to log in there; its text has no secret."""

    kind: Kind
    scheme: str
    host: str = ""
    port: int = 0
    is_encrypted: bool = False
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    database: int = 0
    ca_file: str = ""

    def __str__(self) -> str:
        if self.kind == "memory":
            return "memory://"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def without_secrets(self, text: str) -> str:
        """Return a text of a client library, in which the user and the password are hidden."""
        for secret in (self.password, self.user):
            if secret:
                text = text.replace(secret, "***")
        return text


def parsed_address(url: object) -> Address:
    """Return the address that a URL names.

    Args:
        url: `memory://`, `nats://HOST:PORT`, `redis://USER:PASSWORD@HOST:PORT/DATABASE`; with
            TLS, `tls://…` for NATS and `rediss://…` for Redis, and `?ca_file=PATH` for a
            certificate authority of your own.

    Raises:
        RelayError: If it names no broker; the message has no user and no password.

    Example:
        >>> str(parsed_address("redis://:secret@cache.example.com"))
        'redis://cache.example.com:6379'
    """
    if not isinstance(url, str):
        raise _refused(f"to {type(url).__name__}", "the address of a broker is a URL", EXAMPLE)
    parts, port = _split(url)
    kind, is_encrypted, default_port = SCHEMES[parts.scheme]
    if kind == "memory":
        if url != "memory://":
            raise _refused("in memory at an address", "it has none", 'Relay.connect("memory://")')
        return Address("memory", "memory")
    if not parts.hostname:
        raise _refused(
            "without a host",
            "the connection is to a broker on some machine",
            f'Relay.connect("{parts.scheme}://127.0.0.1:{default_port}")',
        )
    return Address(
        kind,
        parts.scheme,
        host=unquote(parts.hostname),
        port=default_port if port is None else port,
        is_encrypted=is_encrypted,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=_database(kind, parts.path),
        ca_file=_ca_file(parts.query, is_encrypted=is_encrypted),
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    # From None: urllib's messages quote the URL, and so the password.
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _refused("to a broken URL", "its host cannot be read", EXAMPLE) from None
    if parts.scheme not in SCHEMES or "://" not in url:
        # Without `://`, the text before the colon may be a user, or a secret.
        named = f"the scheme {parts.scheme!r}" if "://" in url else "no scheme"
        raise _refused(
            f"by a URL with {named}",
            "a relay is in memory, on NATS or on Redis: " + ", ".join(f"{s}://" for s in SCHEMES),
            EXAMPLE,
        )
    _check_end(parts)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise _refused(
            "to a port that does not exist", "a port is a number from 1 to 65535", EXAMPLE
        )
    return parts, port


def _check_end(parts: SplitResult) -> None:
    """Refuse a URL whose password ends its host, before a message can quote a part of it."""
    query = "" if parts.query.startswith(f"{CA_FILE}=") else parts.query
    if any("@" in each for each in (parts.path, query, parts.fragment)):
        raise _refused(
            "by a URL with an @ after the host",
            "`/`, `?` and `#` end the host, also in a password",
            "f\"redis://:{quote(password, safe='')}@127.0.0.1:6379\"  (of urllib.parse)",
        )
    if parts.fragment:
        raise _refused("by a URL with a fragment", "the text after `#` would not be read", EXAMPLE)


def _database(kind: Kind, path: str) -> int:
    number = path.removeprefix("/")
    if not number:
        return 0
    if kind == "redis" and number.isdecimal() and number.isascii():
        return int(number)
    raise _refused(
        "to a path on a broker",
        "Redis has a number there, `/0`, and NATS has nothing",
        EXAMPLE,
    )


def _ca_file(query: str, *, is_encrypted: bool) -> str:
    options = dict(parse_qsl(query, keep_blank_values=True))
    ca_file = options.pop(CA_FILE, "")
    if options:
        name = next(iter(options))
        raise _refused(
            f"with the option {name!r}",
            f"the only option is {CA_FILE!r}, the file of a certificate authority",
            'Relay.connect("rediss://cache.example.com?ca_file=/etc/ssl/own.pem")',
        )
    if ca_file and not is_encrypted:
        raise _refused(
            "with a certificate authority and without TLS",
            "nothing would be checked with it",
            'Relay.connect("rediss://cache.example.com?ca_file=/etc/ssl/own.pem")',
        )
    return ca_file


def _refused(what: str, why: str, fix: str) -> RelayError:
    return RelayError(
        f"cannot connect a relay {what}", where="Relay.connect(url)", why=why, fix=fix
    )
