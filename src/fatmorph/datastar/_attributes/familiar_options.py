"""Options of requests under the names that other libraries taught. Used only for errors."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ("familiar_option",)

METHODS = frozenset({"delete", "get", "patch", "post", "put", "query"})
# The name → the code, in which `{call}` is the call with its URL.
FIXES = MappingProxyType(
    dict.fromkeys(("args", "body", "data", "json", "kwargs", "values", "vals"), "payload=…")
    | dict.fromkeys(
        ("params", "query", "query_params", "search"), '{call}(f"/search?{{urlencode(params)}}")'
    )
    | dict.fromkeys(("files", "form", "form_data"), 'content_type="form"')
    | dict.fromkeys(("filter_signals", "only"), 'include="^name$"')
    | {"without": 'exclude="^name$"'}
    | dict.fromkeys(
        ("into", "mode", "swap", "target"),
        'w.patch(view, selector="#target")  (the handler decides)',
    )
    | dict.fromkeys(
        ("debounce", "delay", "throttle"), 'data.on("input", {call}(url), debounce="300ms")'
    )
    | dict.fromkeys(
        ("indicator", "loading"), 'data.indicator("busy")  (as an attribute of the element)'
    )
    | {"confirm": "f\"confirm('Sure?') && {{{call}(url)}}\""}
    | dict.fromkeys(("max_retries", "retries", "retry_count"), "retry_max_count=…")
    | dict.fromkeys(("backoff", "retry_backoff"), "retry_scaler=…")
    | dict.fromkeys(("abort", "cancel", "cancellation", "signal"), "request_cancellation=…")
    | dict.fromkeys(("csrf", "csrf_token"), 'headers={{"X-CSRFToken": token}}')
    | dict.fromkeys(("keep_open", "keepalive"), "open_when_hidden=True")
)


def familiar_option(name: str, value: object, where: str) -> str | None:
    """Return code for what an option means elsewhere; None if it means nothing.

    Example:
        >>> familiar_option("data", {"id": 1}, "at.post")
        'payload=…'
    """
    if name == "signals":
        return "payload=…" if isinstance(value, Mapping) else 'include="^name$"'
    if name == "method" and isinstance(value, str) and value.lower() in METHODS:
        return f"at.{value.lower()}(url)"
    fix = FIXES.get(name)
    return None if fix is None else fix.format(call=where)
