"""The Content-Security-Policy of a page, and the nonce of one page load.

1. A nonce is made for one load of a page. It is never in a URL, a signal, or an expression, which
   logs, other sites and CSS can read.
2. Browsers hide the attribute `nonce` from CSS but let scripts read the property, so a page can
   send its nonce with its later requests, in a header.
3. That header is trusted: a page of another site cannot send it without CORS, and a wrong nonce
   gains nothing, because the policy that the page was loaded with decides what runs.

Sources: https://www.w3.org/TR/CSP3/,
https://html.spec.whatwg.org/multipage/urls-and-fetching.html#nonce-attributes
"""

from __future__ import annotations

import re
import secrets

from fatmorph.errors import SettingsError, short_repr

__all__ = (
    "NONCE_HEADER",
    "PAGE_NONCE",
    "checked_policy",
    "has_nonce",
    "is_nonce",
    "new_nonce",
    "policy_headers",
)

NONCE_HEADER = "Fatmorph-Nonce"
# JavaScript; for a page without a nonce an empty header, which says so.
PAGE_NONCE = "document.querySelector('script[nonce]')?.nonce ?? ''"
NONCE_BYTES = 16  # 128 bits: https://www.w3.org/TR/CSP3/#security-nonces

# https://www.w3.org/TR/CSP3/#grammardef-base64-value: a policy can name no other.
NONCE = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
SOURCE = "'nonce-{nonce}'"
# The part that a header can carry of
# https://www.w3.org/TR/CSP3/#grammardef-serialized-policy
POLICY = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
# Any other nonce, and what looks like a place for one.
MISPLACED = re.compile(r"'?nonce-[^\s;]*|[{}][^\s;]*", re.IGNORECASE)


def new_nonce() -> str:
    """Return a nonce for one load of a page.

    Example:
        >>> is_nonce(new_nonce())
        True
    """
    return secrets.token_urlsafe(NONCE_BYTES)


def is_nonce(text: str) -> bool:
    """Return whether a policy can name a text as a nonce.

    Example:
        >>> is_nonce("n0nce"), is_nonce("n0nce' 'unsafe-inline")
        (True, False)
    """
    return NONCE.fullmatch(text) is not None


def policy_headers(policy: str, nonce: str) -> list[tuple[str, str]]:
    """Return the headers that put a page under a policy.

    Args:
        policy: As `checked_policy()` returned it.
        nonce: Takes the place of `{nonce}`.

    Example:
        >>> policy_headers("script-src 'self'", "n0nce")
        [('content-security-policy', "script-src 'self'")]
    """
    return [("content-security-policy", policy.replace("{nonce}", nonce))]


def has_nonce(policy: str | None) -> bool:
    """Return whether a policy has a place for a nonce.

    Example:
        >>> has_nonce("script-src 'self'"), has_nonce(None)
        (False, False)
    """
    return policy is not None and SOURCE in policy


def checked_policy(policy: str) -> str:
    """Return a policy that a header can carry, with a place for a nonce or without.

    Raises:
        SettingsError: Text that would end the header, a nonce that is the same for every page,
            or one that no browser would recognise.

    Example:
        >>> checked_policy("script-src 'nonce-{nonce}'")
        "script-src 'nonce-{nonce}'"
    """
    if not isinstance(policy, str) or POLICY.fullmatch(policy) is None:
        raise _policy_error(
            f"cannot send {short_repr(policy)} as a Content-Security-Policy",
            why="it is the value of one header: one line of printable ASCII",
            fix='content_security_policy=" ".join(policy.split())',
        )
    misplaced = MISPLACED.search(policy.replace(SOURCE, ""))
    if misplaced:
        raise _policy_error(
            f"cannot use {short_repr(misplaced[0])} in a Content-Security-Policy",
            why="each page gets a nonce of its own, and browsers know it by 'nonce-…' in quotes",
            fix=f'content_security_policy="script-src {SOURCE}"',
        )
    return policy


def _policy_error(what: str, *, why: str, fix: str) -> SettingsError:
    return SettingsError(what, where="Settings(content_security_policy=…)", why=why, fix=fix)
