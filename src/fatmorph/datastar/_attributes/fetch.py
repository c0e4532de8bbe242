"""The options of the backend actions: the second argument of `@get`, `@post` and the others.

Source: https://data-star.dev/reference/actions#options
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypedDict, cast

from fatmorph._log import Log
from fatmorph.datastar._attributes.familiar_options import familiar_option
from fatmorph.datastar._attributes.signals import SignalPattern, filter_text
from fatmorph.errors import AttributeValueError, DatastarError, plain_text, short_repr
from fatmorph.http._content_security_policy import NONCE_HEADER, PAGE_NONCE
from fatmorph.http._page_id import ID_HEADER, PAGE_ID_OR_EMPTY
from fatmorph.markup._suggestion import closest_name
from fatmorph.markup._template_parts import is_template
from fatmorph.markup._url import plain_url
from fatmorph.markup._values import text_of_template
from fatmorph.markup.escape import MAX_SAFE_INTEGER, JSExpression, js, url_literal

if TYPE_CHECKING:
    from fatmorph.types import SignalValue

__all__ = ("FetchOptions", "Method", "fetch_text")

Method = Literal["delete", "get", "patch", "post", "put", "query"]

# https://httpwg.org/specs/rfc9110.html#fields.names and what fetch() takes as a value
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

# The client applies the response, HTML and scripts included, so every data URL is code.
logger = Log("fatmorph.datastar")

CODE_SCHEMES = ("data:", "javascript:", "vbscript:")

# With these, a request does not send all signals.
PARTIAL_OPTIONS = frozenset({"exclude", "include", "payload"})
# The id of a page is not for other sites, and a header of ours may be one that they refuse.
OTHER_SITE = re.compile(r"""["'`]?\s*(?:[a-z][a-z0-9+.-]*:|[/\\]{2})""", re.IGNORECASE)


class FetchOptions(TypedDict, total=False):
    """The options of a backend action; `None` means the client's default.

    Args:
        content_type: `"json"` (default) sends signals, `"form"` the fields of a form.
        selector: The form, instead of the closest one; with `content_type="form"` only.
        include: Send only signals whose path matches this pattern; default all.
        exclude: Send no signals whose path matches; default those that start with `_`.
        payload: Data to send instead of the signals.
        headers: Additional headers; they override the client's own.
        send_nonce: Send the nonce of the page, so that the response has the same `Context.nonce`;
            for new elements in it, under a Content-Security-Policy.
        open_when_hidden: Keep the stream while the page is hidden. By default, a `get` closes
            its stream and opens it again; the others keep it.
        request_cancellation: `"auto"` (default): a new call with this method and URL cancels the
            earlier one. `"cleanup"`: so does the removal of the element. `"disabled"`. Or the
            JavaScript of an `AbortController`.
        retry: `"auto"` (default): after network errors. `"error"`: after 4xx and 5xx too.
            `"always"`: after the end of a stream too. `"never"`: not at all, but clients before
            1.0.5 still retry network errors, unless `retry_max_count=0`.
        retry_interval: Milliseconds before the first retry, at least 1; default 1000. Or
            JavaScript, such as `JSExpression("80 + Math.random() * 40")`.
        retry_scaler: Factor by which each wait is longer, at least 1; default 2. Or JavaScript.
        retry_max_wait: Longest wait, in milliseconds; default 30000.
        retry_max_count: Consecutive failures after which it stops; default 10, `math.inf` never.
    """

    content_type: Literal["json", "form"] | None
    selector: str | None
    include: SignalPattern | None
    exclude: SignalPattern | None
    payload: SignalValue | JSExpression | Mapping[str, SignalValue | JSExpression]
    headers: Mapping[str, str | JSExpression] | None
    send_nonce: bool | None
    open_when_hidden: bool | None
    request_cancellation: Literal["auto", "cleanup", "disabled"] | JSExpression | None
    retry: Literal["auto", "error", "always", "never"] | None
    retry_interval: int | JSExpression | None
    retry_scaler: float | JSExpression | None
    retry_max_wait: int | None
    retry_max_count: float | None


def fetch_text(method: Method, url: str | JSExpression, options: Mapping[str, object]) -> str:
    """Return a backend action's call.

    Args:
        method: The action's name.
        url: Text, written as a literal, or JavaScript.
        options: By the names of `FetchOptions`.

    Raises:
        DatastarError: An empty URL, an unknown option, an option that the client would ignore
            together with the others, or a value that it would reject.

    Example:
        >>> fetch_text("get", "/news", {"retry": "always"})
        "@get('/news', {retry: 'always'})"
    """
    where = f"at.{method}"
    given = {name: value for name, value in options.items() if value is not None}
    for name, value in given.items():
        if name not in OPTION_NAMES:
            raise _unknown_option(name, value, where)
    _refuse_ignored(given, where)
    _add_nonce(given, where)
    _add_page_id(given, url)
    entries = [
        f"{OPTION_NAMES[name]}: {write(given[name], f'{where}, {name}')}"
        for name, write in WRITERS.items()
        if name in given
    ]
    if patterns := filter_text(given.get("include"), given.get("exclude"), where):
        entries.append(f"filterSignals: {patterns}")
    return f"@{method}({_url(url, where)}" + (f", {{{', '.join(entries)}}})" if entries else ")")


def _url(url: object, where: str) -> str:
    if isinstance(url, JSExpression):
        return url.value
    if is_template(url):
        url = text_of_template(where, "url", url)
    if isinstance(url, str) and url.strip():
        is_code = url[0] != "/" and plain_url(url).startswith(CODE_SCHEMES)
        if is_code:
            logger.debug("wrote unsafe: before a URL in %s", where)
        return url_literal(f"unsafe:{url}" if is_code else url)
    raise DatastarError(
        f"cannot use {short_repr(url)} as a URL",
        where=where,
        why="the client needs a URL in text, and fails without one",
        fix=f'at.get("/")  (for this page: {where}(JSExpression("location.pathname")))'
        if isinstance(url, str)
        else f"{where}(str(url))",
    )


def _unknown_option(name: str, value: object, where: str) -> DatastarError:
    near = closest_name(name, OPTION_NAMES)
    if name in ("include_signals", "exclude_signals"):
        near = name.removesuffix("_signals")
    fix = familiar_option(name, value, where)
    if fix is None and near is not None:
        fix = f"{near}=…  (did you mean {near!r}?)"
    return DatastarError(
        f"no option is called {name!r}",
        where=where,
        why="the client would ignore it",
        fix=fix or f"{where}(url)  (with any of {', '.join(OPTION_NAMES)})",
    )


def _refuse_ignored(given: Mapping[str, object], where: str) -> None:
    form = _is_form(given)
    for name, instead in (("selector", not form), ("payload", form)):
        if name in given and instead:
            only = "form" if name == "selector" else "json"
            raise DatastarError(
                f"cannot use {name} without content_type={only!r}",
                where=where,
                why="the client would ignore it",
                fix=f'{where}(url, content_type="{only}", {name}=…)',
            )
    for name in ("include", "exclude"):
        if name in given and (form or "payload" in given):
            raise DatastarError(
                f"cannot use {name} together with {'a form' if form else 'a payload'}",
                where=where,
                why="no signals are sent then, and the client would ignore the pattern",
                fix=f"{where}(url, {name}=…)",
            )


def _add_nonce(given: dict[str, object], where: str) -> None:
    if "send_nonce" in given and _boolean(given["send_nonce"], f"{where}, send_nonce") == "true":
        headers = given.get("headers", {})
        if isinstance(headers, Mapping):  # any other type is refused later
            given["headers"] = {**headers, NONCE_HEADER: JSExpression(PAGE_NONCE)}


def _add_page_id(given: dict[str, object], url: object) -> None:
    """Send the page's id in a header, if it is not sent with all signals to this site."""
    text = url.value if isinstance(url, JSExpression) else str(url)
    if OTHER_SITE.match(text) or not (given.keys() & PARTIAL_OPTIONS or _is_form(given)):
        return
    headers = given.get("headers", {})
    if isinstance(headers, Mapping):  # any other type is refused later
        given["headers"] = {**headers, ID_HEADER: JSExpression(PAGE_ID_OR_EMPTY)}


def _is_form(given: Mapping[str, object]) -> bool:
    return given.get("content_type") == "form"


def _one_of(*words: str) -> Callable[[object, str], str]:
    def write(value: object, where: str) -> str:
        if isinstance(value, str) and value in words:
            return js(value)
        near = closest_name(plain_text(value), words) or words[0]
        raise _option_error(value, where, f"it is one of {', '.join(words)}", f'"{near}"')

    return write


def _cancellation(value: object, where: str) -> str:
    if isinstance(value, JSExpression):
        return value.value
    return _one_of("auto", "cleanup", "disabled")(value, where)


def _boolean(value: object, where: str) -> str:
    if isinstance(value, bool):
        return js(value)
    raise _option_error(value, where, "it is true or false", "True")


def _interval(value: object, where: str) -> str:
    return value.value if isinstance(value, JSExpression) else _milliseconds(value, where)


def _milliseconds(value: object, where: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and _is_exact(value, 1):
        return js(value)
    why = "it is whole milliseconds, and 0 would ask again without a pause"
    raise _option_error(value, where, why, "100")


def _scaler(value: object, where: str) -> str:
    if isinstance(value, JSExpression):
        return value.value
    if isinstance(value, int | float) and not isinstance(value, bool) and _is_exact(value, 1):
        return js(value)
    why = "waits are multiplied by it, and below 1 they shrink to nothing"
    raise _option_error(value, where, why, "1.5")


def _count(value: object, where: str) -> str:
    if value == math.inf:
        return "Infinity"
    if isinstance(value, int) and not isinstance(value, bool) and _is_exact(value, 0):
        return js(value)
    raise _option_error(value, where, "it is a whole number, or infinite", "math.inf")


def _is_exact(number: float, minimum: int) -> bool:
    return minimum <= number <= MAX_SAFE_INTEGER


def _selector(value: object, where: str) -> str:
    if isinstance(value, str) and value.strip():
        return js(value)
    raise _option_error(value, where, "an empty selector finds no form", '"#form"')


def _headers(value: object, where: str) -> str:
    if not isinstance(value, Mapping):
        raise _option_error(value, where, "headers have names", '{"X-Token": token}')
    headers = cast("Mapping[object, object]", value)
    for name, text in headers.items():
        if not isinstance(name, str) or not HEADER_NAME.fullmatch(name):
            raise _option_error(name, where, "it is not the name of a header", '{"X-Token": …}')
        if isinstance(text, JSExpression):
            continue
        if not isinstance(text, str) or not HEADER_VALUE.fullmatch(text):
            # The value stays out of the message: it may be a token.
            raise DatastarError(
                f"cannot use {type(text).__name__} as the value of a header",
                where=f"{where}, {name}",
                why="the browser sends text of one line in Latin-1, and throws for anything else",
                fix=f'{{"{name}": urllib.parse.quote(value)}}',
            )
    return _payload(headers, where)


def _option_error(value: object, where: str, why: str, fix: str) -> DatastarError:
    name = where.rpartition(" ")[2]
    return DatastarError(
        f"cannot use {short_repr(value)} as {name}", where=where, why=why, fix=f"{name}={fix}"
    )


def _payload(value: object, where: str) -> str:
    try:
        return js(value)  # type: ignore[arg-type]  # js() itself refuses what it cannot write
    except AttributeValueError as error:
        raise DatastarError(error.what, where=where, why=error.why, fix=error.fix) from None


# Python's name → the client's, in the order in which the reference lists them
OPTION_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "content_type": "contentType",
        "selector": "selector",
        "include": "filterSignals",
        "exclude": "filterSignals",
        "payload": "payload",
        "headers": "headers",
        "send_nonce": "headers",
        "open_when_hidden": "openWhenHidden",
        "request_cancellation": "requestCancellation",
        "retry": "retry",
        "retry_interval": "retryInterval",
        "retry_scaler": "retryScaler",
        "retry_max_wait": "retryMaxWait",
        "retry_max_count": "retryMaxCount",
    }
)
WRITERS: Mapping[str, Callable[[object, str], str]] = MappingProxyType(
    {
        "content_type": _one_of("json", "form"),
        "selector": _selector,
        "payload": _payload,
        "headers": _headers,
        "open_when_hidden": _boolean,
        "request_cancellation": _cancellation,
        "retry": _one_of("auto", "error", "always", "never"),
        "retry_interval": _interval,
        "retry_scaler": _scaler,
        "retry_max_wait": _milliseconds,
        "retry_max_count": _count,
    }
)
