"""The options of a subscription: a stream that the page asks for again for as long as it lives.

The client waits before it asks again: `retryInterval` at first, then `retryScaler` times longer
after each failure to find a server. No client lengthens the wait after streams that end early, and
those before Datastar 1.0.2 do not lengthen it after a 4xx or a 5xx. So the interval is an object
that lengthens itself when it is read as a number, unless a stream has lived since. It also differs
from page to page, so that pages which lost one server do not all ask the next one at the same
moment. A `retry:` line of the server replaces it.

A subscription sends two headers of its own. The server uses the first one to find an older stream
of the same page, and the second one to tell a handler which signals cannot be there.

Source: https://data-star.dev/reference/actions#options
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast
from urllib.parse import quote

from fatmorph.datastar._signal_classes import signal_pattern
from fatmorph.errors import DatastarError, plain_text
from fatmorph.http._subscription import PAGE_HEADER, SIGNALS_HEADER
from fatmorph.markup.escape import JSExpression

__all__ = ("subscription_options",)

MAX_WAIT_MS = 10_000
# The factor from one wait to the next; the client reads it once per failure. An outage begins with
# four quick attempts, which find a server that restarts within 0.6 seconds, as in hot reload. If
# the server has not said that it stops, each failure of the last ten seconds makes the waits
# longer, and there are no quick attempts after one. No semicolons, as below.
SCALER = JSExpression(
    "(scaler => (document.addEventListener('datastar-fetch', ({detail: {el: owner, type}}) => "
    "owner == el && (type == 'datastar-open' || type == 'datastar-stop') "
    "&& scaler.begin(type == 'datastar-stop')), scaler))"
    "({n: 3, at: [], recent() "
    "{return (this.at = this.at.filter(at => Date.now() - at < 10000)).length}, "
    "begin(isStop) {this.isRestart = isStop && this.recent() < 2, "
    "this.n = this.isRestart || !this.recent() ? 3 : 0}, "
    "valueOf() {return this.isRestart || this.at.push(Date.now()), "
    "this.n-- > 0 ? 1.25 : this.isRestart ? 2 : 2 + this.recent() / 2}})"
)
# 0.1 s with a fifth of jitter, and 80 times as much at the most, which stays below the limit. A
# stream that ends within 3 seconds has not lived. The client reads the interval twice at the
# beginning of a wait: for this wait, and to compute the next one. No semicolons: it splits at them.
INTERVAL = JSExpression(
    "{n: 0, end: 0, valueOf() {return Date.now() < this.end ? this.wait : ("
    "this.n = Date.now() - this.end < 3000 ? this.n + 1 : 0, "
    "this.wait = (80 + Math.random() * 40) * Math.min(2 ** this.n, 80), "
    "this.end = Date.now() + this.wait, this.wait)}}"
)
PAGE_ID = "Math.random().toString(36).slice(2)"


def subscription_options(options: Mapping[str, object]) -> dict[str, object]:
    """Return the options of a subscription's GET.

    Args:
        options: By the names of `FetchOptions`; each is used instead of the default.

    Raises:
        DatastarError: `exclude` without `include`.

    Example:
        >>> subscription_options({"include": "^user_id$"})["retry_max_wait"]
        10000
    """
    given = {name: value for name, value in options.items() if value is not None}
    defaults: dict[str, object] = {
        # A page that is morphed into another one ends its stream; see `live_links()`.
        "request_cancellation": "cleanup",
        "retry": "always",
        "retry_interval": INTERVAL,
        "retry_scaler": SCALER,
        "retry_max_wait": MAX_WAIT_MS,
        "retry_max_count": math.inf,
    }
    if given.get("content_type") != "form" and not given.keys() & {"include", "payload"}:
        if "exclude" in given:
            raise _exclude_error()
        defaults["payload"] = {}
    return {**defaults, **given, "headers": _headers(given, has_payload="payload" not in defaults)}


def _headers(given: Mapping[str, object], *, has_payload: bool) -> object:
    headers = given.get("headers", {})
    if not isinstance(headers, Mapping):
        return headers  # and is refused as such
    interval = given.get("retry_interval")
    ours: dict[str, object] = {
        # The server writes the page's own interval back when a stream has lived.
        PAGE_HEADER: JSExpression(
            f"{PAGE_ID} + ' {plain_text(interval)}'" if type(interval) is int else PAGE_ID
        )
    }
    include = signal_pattern(given.get("include", ""))
    if isinstance(include, str) and (include or not has_payload):
        ours[SIGNALS_HEADER] = f"include={quote(include)}"
    return {**ours, **cast("Mapping[str, object]", headers)}


def _exclude_error() -> DatastarError:
    return DatastarError(
        "cannot use exclude without include",
        where="at.subscribe",
        why="a stream that lives as long as its page sends only the signals that you name",
        fix='at.subscribe(url, include="^user_id$")',
    )
