"""Content-Security-Policies under which pages are tested, and what violates them."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext

__all__ = ("STRICT", "TRUSTED_TYPES", "WITH_EVAL", "recorded_violations")

EVERYTHING_ELSE = (
    "default-src 'self'; style-src 'self' 'nonce-{nonce}'; base-uri 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'; "
)
# The policy of docs/how-to/content-security-policy.md, and the one for clients before 1.0.3.
TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types datastar"
STRICT = EVERYTHING_ELSE + "script-src 'nonce-{nonce}' 'strict-dynamic'" + TRUSTED_TYPES
WITH_EVAL = EVERYTHING_ELSE + "script-src 'nonce-{nonce}' 'strict-dynamic' 'unsafe-eval'"

RECORD_VIOLATIONS = """document.addEventListener('securitypolicyviolation', event =>
    recordViolation(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`))"""


@contextmanager
def recorded_violations(context: BrowserContext) -> Iterator[list[str]]:
    """Record what violates a policy in any page: nothing may, unless it is removed from the list.

    Args:
        context: It has no pages yet.
    """
    found: list[str] = []
    context.expose_binding("recordViolation", lambda _, violation: found.append(violation))
    context.add_init_script(RECORD_VIOLATIONS)

    yield found

    for page in context.pages:
        page.evaluate("0")  # what was recorded before has arrived by then
    assert found == []
