"""Settings: the limits of a route's clients, in one value that every adapter takes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

from fatmorph.compression import Encoding, checked_encodings
from fatmorph.errors import SettingsError, short_repr
from fatmorph.http._cache_control import PRIVATE, checked_cache_control
from fatmorph.http._content_security_policy import checked_policy, has_nonce
from fatmorph.http._problems import MESSAGES, Messages, Problem, worded
from fatmorph.http.origin import checked_origins, checked_own_origin
from fatmorph.markup._suggestion import closest_name

__all__ = ("Settings",)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The rights of a client, and the costs at which its stream is cut.

    Args:
        max_buffered_bytes: How much unsent data may wait before one more write cuts the stream.
        max_stalled_seconds: How long unsent data may wait while the socket accepts nothing.
        compression: The content codings to offer, in order of preference; None for all that are
            installed, `()` for none.
        max_compression_bytes: Approximate memory for compressing one stream.
        drain_seconds: How long a server that was told to stop may take to end its streams, one
            every four milliseconds, so that their pages stay current until it is their turn; by
            default they all end at once. For servers that are replaced while another one takes
            their pages.
        allowed_origins: Other sites whose pages may trigger actions here, such as
            `https://partner.example`; `*` is every site, for actions that need no login.
        own_origin: The origin of this site, such as `https://board.example`, if its actions come
            from one origin: then it decides, and not `Host`, which a proxy may change; by default
            the host of the request is the site.
        cache_control: The header of `w.html()`, `w.text()` and `w.json()` that tells caches what
            to keep, unless the handler sets it. By default only the browser keeps a copy, for its
            back button; `"public, max-age=60"` is for pages that are the same for everyone, and
            None sends no header. Streams are never kept.
        content_security_policy: The policy that `w.html()` sends with a page, with `{nonce}`
            where the nonce of the page goes: `"script-src 'nonce-{nonce}' 'strict-dynamic'"`.
        max_form_bytes: How large a form may be, with its files.
        max_form_text_bytes: How large the texts and names of a form may be together; they are
            held in memory.
        max_form_fields: How many texts a form may have.
        max_form_files: How many files a form may have.
        max_spooled_bytes: How much of a file is held in memory; a larger one is on disk.
        thin: Whether `w.live()` sends only the parts of a page that have changed, unless it is told
            otherwise.
        messages: Texts for the problems of fields, by their codes in `fatmorph.forms.MESSAGES`,
            or a function that words a `Problem`; by default in English.

    Raises:
        SettingsError: A number that is negative or infinite, an origin that no browser would send,
            an unknown coding, a policy whose nonce would not protect anything, a Cache-Control
            that is not one, or a message that could not be used.
        MissingExtraError: A coding whose package is not installed.

    Example:
        route("/subscribe", subscribe, settings=Settings(max_stalled_seconds=10))
    """

    max_buffered_bytes: int = 8 * 1024 * 1024  # some hundred pages; no healthy reader is so late
    max_stalled_seconds: float = 30.0  # a phone in a tunnel comes back within this or not at all
    compression: Sequence[Encoding] | None = None
    max_compression_bytes: int = 1536 * 1024  # previous pages up to a quarter of a MiB are found
    drain_seconds: float = 0.0  # a server that is not replaced at once is missed for longer
    allowed_origins: Collection[str] = frozenset()  # state of the art: a site trusts itself
    own_origin: str | None = None  # only you know under which names your site is known
    cache_control: str | None = PRIVATE  # pages carry a person's signals
    content_security_policy: str | None = None  # only you know what your pages load
    max_form_bytes: int = 16 * 1024 * 1024  # a photo, as for `c.body()`
    max_form_text_bytes: int = 1024 * 1024  # a long article
    max_form_fields: int = 1000  # a table of a hundred rows
    max_form_files: int = 100  # an album
    max_spooled_bytes: int = 1024 * 1024  # a scanned page
    thin: bool = False  # a whole page also mends what other handlers and scripts have changed
    messages: Messages | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "compression", checked_encodings(self.compression))
        for each in fields(self):
            if isinstance(each.default, int | float) and not isinstance(each.default, bool):
                _check_number(each.name, getattr(self, each.name), each.default)
        _check_messages(self.messages)
        object.__setattr__(self, "allowed_origins", checked_origins(self.allowed_origins))
        if self.own_origin is not None:
            checked_own_origin(self.own_origin)
        if self.content_security_policy is not None:
            checked_policy(self.content_security_policy)
        checked_cache_control(self.cache_control, has_nonce=has_nonce(self.content_security_policy))


def _check_number(name: str, value: float, default: float) -> None:
    is_whole = isinstance(default, int)
    kinds = int if is_whole else (int, float)
    if isinstance(value, kinds) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return
    raise SettingsError(
        f"cannot use {name}={short_repr(value)}",
        where=f"Settings({name}=…)",
        why=f"it must be a {'whole number' if is_whole else 'finite number of seconds'}, 0 or more",
        fix=f"Settings({name}={default})",
    )


def _check_messages(messages: Messages | None) -> None:
    """Refuse unknown codes and placeholders; a lazy text may not be translated yet."""
    if messages is None or callable(messages):
        return
    for code, text in messages.items():
        if code not in MESSAGES:
            near = closest_name(code, MESSAGES) or "required"
            raise _message_error(code, near, "no problem of a field has this code")
        try:
            if isinstance(text, str):
                worded([Problem("field", code, "1")], messages)
        except (LookupError, ValueError, AttributeError):
            why = "a text may contain {field}, {limit}, {characters}, {items}, {types} and {size}"
            raise _message_error(code, code, why) from None


def _message_error(code: str, near: str, why: str) -> SettingsError:
    return SettingsError(
        f"cannot use the message of {short_repr(code)}",
        where="Settings(messages=…)",
        why=why,
        fix=f"Settings(messages={{{near!r}: {MESSAGES[near]!r}}})",
    )
