"""Settings: what a route allows its clients, in one value that every adapter takes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fatmorph.compression import Encoding, checked_encodings
from fatmorph.http._policy import checked_policy
from fatmorph.http.origin import checked_origins

__all__ = ("Settings",)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a client may do, and what it may cost before its stream is cut.

    Args:
        max_buffered_bytes: Written but not taken by the socket, before one more write.
        max_stalled_seconds: How long the socket may take nothing.
        compression: The content codings that are offered, best first; None for all that are
            installed, `()` for none.
        max_compression_bytes: What compressing one stream may take of memory, about.
        allowed_origins: Other sites whose pages may act here, as `https://partner.example`;
            `*` is every site, for what needs no login.
        content_security_policy: The policy that `w.html()` puts pages under, with `{nonce}`
            where the nonce of the page goes: `"script-src 'nonce-{nonce}' 'strict-dynamic'"`.

    Raises:
        SettingsError: An origin that no browser would send, no coding's name, or a policy whose
            nonce would protect nothing.
        MissingExtraError: A coding whose package is not installed.

    Example:
        route("/subscribe", subscribe, settings=Settings(max_stalled_seconds=10))
    """

    max_buffered_bytes: int = 8 * 1024 * 1024  # some hundred pages; a reader is never so late
    max_stalled_seconds: float = 30.0  # a phone in a tunnel comes back within this or not at all
    compression: Sequence[Encoding] | None = None
    max_compression_bytes: int = 1536 * 1024  # previous pages up to a quarter of a MiB are found
    allowed_origins: Collection[str] = frozenset()  # state of the art: a site trusts itself
    content_security_policy: str | None = None  # what a page loads is known to its author alone

    def __post_init__(self) -> None:
        object.__setattr__(self, "compression", checked_encodings(self.compression))
        object.__setattr__(self, "allowed_origins", checked_origins(self.allowed_origins))
        if self.content_security_policy is not None:
            checked_policy(self.content_security_policy)
