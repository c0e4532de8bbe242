"""Every `@action(...)` of Datastar 1.0, as functions that return an expression.

The public `fatmorph.at` is this module. Expressions are text, to be combined as JavaScript:
`f"$count++; {at.post('/save')}"`.
A `str` argument is data and becomes a literal; `JSExpression("$name")` is code. Where only an
expression makes sense (`peek`, the value of `fit`), a `str` is code too.

Source: https://data-star.dev/reference/actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from fatmorph.datastar._attributes.expressions import Expression, operand_text
from fatmorph.datastar._attributes.fetch import FetchOptions, fetch_text
from fatmorph.datastar._attributes.signals import SignalPattern, filter_text
from fatmorph.datastar._attributes.subscription import subscription_options
from fatmorph.errors import DatastarError, short_repr
from fatmorph.markup._shortcuts import shortened
from fatmorph.markup._suggestion import closest_name
from fatmorph.markup.escape import JSExpression, js

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fatmorph.types import SignalValue

__all__ = (
    "IntlType",
    "clipboard",
    "delete",
    "fit",
    "get",
    "intl",
    "patch",
    "peek",
    "post",
    "put",
    "query",
    "set_all",
    "subscribe",
    "toggle_all",
)

IntlType = Literal["datetime", "displayNames", "list", "number", "pluralRules", "relativeTime"]
_INTL_TYPES = ("datetime", "displayNames", "list", "number", "pluralRules", "relativeTime")


@shortened("action")
def get(url: str | JSExpression, **options: Unpack[FetchOptions]) -> str:
    """Return an expression that sends a GET request and applies the response.

    Args:
        url: Relative to the page; text, or JavaScript as a `JSExpression`.
        **options: See `FetchOptions`.

    Raises:
        DatastarError: An empty URL, or an option that the client would ignore or reject.

    Example:
        >>> get("/search", retry="error")
        "@get('/search', {retry: 'error'})"

    Source: https://data-star.dev/reference/actions#get
    """
    return fetch_text("get", url, options)


@shortened("action")
def post(url: str | JSExpression, **options: Unpack[FetchOptions]) -> str:
    """Return an expression that sends a POST request and applies the response.

    A request that breaks off is sent again: make its handler idempotent.

    Args:
        url: Relative to the page; text, or JavaScript as a `JSExpression`.
        **options: See `FetchOptions`.

    Raises:
        DatastarError: An empty URL, or an option that the client would ignore or reject.

    Example:
        >>> post("/login", retry="never")
        "@post('/login', {retry: 'never'})"

    Source: https://data-star.dev/reference/actions#post
    """
    return fetch_text("post", url, options)


@shortened("action")
def put(url: str | JSExpression, **options: Unpack[FetchOptions]) -> str:
    """Return an expression that sends a PUT request and applies the response.

    Args:
        url: Relative to the page; text, or JavaScript as a `JSExpression`.
        **options: See `FetchOptions`.

    Raises:
        DatastarError: An empty URL, or an option that the client would ignore or reject.

    Example:
        >>> put(JSExpression("`/rows/${$id}`"))
        '@put(`/rows/${$id}`)'

    Source: https://data-star.dev/reference/actions#put
    """
    return fetch_text("put", url, options)


@shortened("action")
def patch(url: str | JSExpression, **options: Unpack[FetchOptions]) -> str:
    """Return an expression that sends a PATCH request and applies the response.

    Args:
        url: Relative to the page; text, or JavaScript as a `JSExpression`.
        **options: See `FetchOptions`.

    Raises:
        DatastarError: An empty URL, or an option that the client would ignore or reject.

    Example:
        >>> patch("/rows/7")
        "@patch('/rows/7')"

    Source: https://data-star.dev/reference/actions#patch
    """
    return fetch_text("patch", url, options)


@shortened("action")
def delete(url: str | JSExpression, **options: Unpack[FetchOptions]) -> str:
    """Return an expression that sends a DELETE request and applies the response.

    Args:
        url: Relative to the page; text, or JavaScript as a `JSExpression`.
        **options: See `FetchOptions`.

    Raises:
        DatastarError: An empty URL, or an option that the client would ignore or reject.

    Example:
        >>> delete("/rows/7")
        "@delete('/rows/7')"

    Source: https://data-star.dev/reference/actions#delete
    """
    return fetch_text("delete", url, options)


@shortened("action")
def query(url: str | JSExpression, **options: Unpack[FetchOptions]) -> str:
    """Return an expression that sends a QUERY request and applies the response.

    QUERY is a GET with a body; clients before Datastar 1.0.4 do not know it.

    Args:
        url: Relative to the page; text, or JavaScript as a `JSExpression`.
        **options: See `FetchOptions`.

    Raises:
        DatastarError: An empty URL, or an option that the client would ignore or reject.

    Example:
        >>> query("/search")
        "@query('/search')"

    Source: https://data-star.dev/reference/actions#query
    """
    return fetch_text("query", url, options)


@shortened("action")
def subscribe(url: str | JSExpression, **options: Unpack[FetchOptions]) -> str:
    """Return an expression that keeps a stream from the server open for the page's life.

    It is a GET that is repeated whenever the stream ends or the server is unreachable: first after
    a tenth of a second, then after waits that grow to ten seconds, without end. It
    sends no signals, except for those that `include` matches.

    Args:
        url: Relative to the page; text, or JavaScript as a `JSExpression`.
        **options: See `FetchOptions`; each overrides a default.

    Raises:
        DatastarError: An empty URL, or an option that the client would ignore or reject.

    Example:
        >>> at_once = subscribe("/subscribe", include="^user_id$", retry_max_wait=500)
        >>> "retryMaxWait: 500" in at_once and "include: /^user_id$/" in at_once
        True

    Source: https://data-star.dev/reference/actions#options
    """
    return fetch_text("get", url, subscription_options(options))


def peek(expression: Expression) -> str:
    """Return an expression that reads signals without following their changes.

    Raises:
        DatastarError: An expression that is empty, has no value, or several statements.

    Example:
        >>> f"$total + {peek('$count')}"
        '$total + @peek(() => $count)'

    Source: https://data-star.dev/reference/actions#peek
    """
    return f"@peek(() => {operand_text(expression, 'at.peek')})"


def set_all(
    value: SignalValue | JSExpression,
    *,
    include: SignalPattern | None = None,
    exclude: SignalPattern | None = None,
) -> str:
    """Return an expression that sets signals to one value.

    Args:
        value: Data, or code as a `JSExpression`.
        include: Only signals whose path matches this pattern; default all, including local ones.
        exclude: No signals whose path matches this pattern; default none.

    Raises:
        DatastarError: A pattern that JavaScript would misread.

    Example:
        >>> set_all(False, include="^menu")
        '@setAll(false, {include: /^menu/})'

    Source: https://data-star.dev/reference/actions#setall
    """
    patterns = filter_text(include, exclude, "at.set_all")
    return f"@setAll({js(value)}, {patterns})" if patterns else f"@setAll({js(value)})"


def toggle_all(
    *, include: SignalPattern | None = None, exclude: SignalPattern | None = None
) -> str:
    """Return an expression that turns signals from true to false and back.

    Args:
        include: Only signals whose path matches this pattern; default all, including local ones.
        exclude: No signals whose path matches this pattern; default none.

    Raises:
        DatastarError: A pattern that JavaScript would misread.

    Example:
        >>> toggle_all(include="^menu")
        '@toggleAll({include: /^menu/})'

    Source: https://data-star.dev/reference/actions#toggleall
    """
    return f"@toggleAll({filter_text(include, exclude, 'at.toggle_all')})"


def clipboard(text: str | JSExpression, *, is_base64: bool = False) -> str:
    """Return an expression that copies text to the clipboard (PRO).

    Args:
        text: Data, or code as a `JSExpression`.
        is_base64: Whether the text is Base64, to be decoded first.

    Raises:
        DatastarError: No text.

    Example:
        >>> clipboard(JSExpression("$link"))
        '@clipboard($link)'

    Source: https://data-star.dev/reference/actions#clipboard
    """
    if not isinstance(text, str | JSExpression):
        raise DatastarError(
            f"cannot copy {type(text).__name__}",
            where="at.clipboard",
            why="the clipboard takes text",
            fix="at.clipboard(str(value))",
        )
    return f"@clipboard({js(text)}, true)" if is_base64 else f"@clipboard({js(text)})"


def fit(
    value: Expression | float,
    old_min: float | JSExpression,
    old_max: float | JSExpression,
    new_min: float | JSExpression,
    new_max: float | JSExpression,
    *,
    should_clamp: bool = False,
    should_round: bool = False,
) -> str:
    """Return an expression that maps a number from one range to another (PRO).

    Args:
        value: An expression, or a number.
        old_min: The start of the range that `value` is in.
        old_max: Its end.
        new_min: The start of the range that the result is in.
        new_max: Its end.
        should_clamp: Keep the result inside the new range.
        should_round: Round the result to an integer.

    Raises:
        DatastarError: An expression that is empty or has no value.
        AttributeValueError: A number that JSON cannot hold.

    Example:
        >>> fit("$slider", 0, 100, 0, 1, should_clamp=True)
        '@fit($slider, 0, 100, 0, 1, true)'

    Source: https://data-star.dev/reference/actions#fit
    """
    number = isinstance(value, int | float)
    parts = [js(value) if number else operand_text(value, "at.fit")]
    parts += [js(bound) for bound in (old_min, old_max, new_min, new_max)]
    if should_clamp or should_round:
        parts.append(js(should_clamp))
    if should_round:
        parts.append("true")
    return f"@fit({', '.join(parts)})"


def intl(
    type: IntlType,  # noqa: A002 - Datastar's own name
    value: SignalValue | JSExpression,
    options: Mapping[str, SignalValue] | None = None,
    locale: str | Sequence[str] | None = None,
) -> str:
    """Return an expression that formats a value for a language (PRO).

    Args:
        type: Which of JavaScript's `Intl` formats.
        value: Data, or code as a `JSExpression`.
        options: The format's own options.
        locale: A language tag, or several; default the browser's.

    Raises:
        DatastarError: A type that does not exist.

    Example:
        >>> intl("number", JSExpression("$price"), {"style": "currency", "currency": "EUR"}, "de")
        "@intl('number', $price, {style: 'currency', currency: 'EUR'}, 'de')"

    Source: https://data-star.dev/reference/actions#intl
    """
    if type not in _INTL_TYPES:
        near = closest_name(str(type), _INTL_TYPES) or "number"
        raise DatastarError(
            f"no format is called {short_repr(type)}",
            where="at.intl",
            why=f"it is one of {', '.join(_INTL_TYPES)}",
            fix=f'at.intl("{near}", …)  (did you mean {near!r}?)',
        )
    parts = [js(type), js(value)]
    if options is not None or locale is not None:
        parts.append(js(options or {}))
    if locale is not None:
        parts.append(js(locale))
    return f"@intl({', '.join(parts)})"


def __dir__() -> tuple[str, ...]:
    return __all__
