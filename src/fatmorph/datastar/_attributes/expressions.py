r"""Datastar expressions: check what users wrote, and put it into larger JavaScript.

An expression is JavaScript in which `$name` is a signal and `@name(` an action. The client
finds both, and the end of each statement, with regular expressions. Expressions that it would
misread are refused here, because one bad expression stops the whole page.
Python data is written by `js()`, not here.

Source: https://data-star.dev/guide/datastar_expressions
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from fatmorph.datastar._attributes.statements import ends_in_comment, is_one_piece, value_statement
from fatmorph.datastar._signal_classes import SignalGroup
from fatmorph.errors import DatastarError, short_repr
from fatmorph.markup._url import is_address
from fatmorph.markup.escape import JSExpression, js

__all__ = (
    "Expression",
    "expression_items",
    "expression_text",
    "joined_text",
    "object_text",
    "operand_text",
    "value_text",
)

Expression: TypeAlias = str | JSExpression
"""JavaScript source; a `str` is not quoted or escaped, it *is* the code."""

# Statements that are invalid in `return (…)`, where the client puts the last statement.
NOT_A_VALUE = re.compile(r"(?:break|const|continue|do|for|if|let|switch|throw|try|var|while)\b")
RETURN = re.compile(r"return\b")
# The beginning of an action with its URL, as `at.get()` writes it.
ACTION = re.compile(r"@[a-z]+\('[^'\\]*(?:\\.[^'\\]*)*'")
# Without `$`: the client would take `$name` for a signal, as a key too.
BARE_KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def expression_text(expression: object, where: str) -> str:
    """Return an expression's source.

    Args:
        expression: A `str` or `JSExpression`.
        where: The call that it was given to, for the error.

    Raises:
        DatastarError: It is empty, only `;`, an address, or not text.

    Example:
        >>> expression_text("$count++", "data.init")
        '$count++'
    """
    if isinstance(expression, JSExpression):
        expression = expression.value
    if not isinstance(expression, str):
        raise _not_source_error(expression, where)
    if not expression.strip(" \t\r\n\f;"):
        raise DatastarError(
            "cannot write an empty expression",
            where=f"{where}: {short_repr(expression)}",
            why="the client reads an empty value as none, and stops the page with ValueRequired",
            fix='condition and data.…("…")  (leave the attribute out)',
        )
    if is_address(expression):
        method = "post" if where.startswith("data.on(") else "get"
        raise DatastarError(
            "cannot use an address as an expression",
            where=f"{where}: {short_repr(expression)}",
            why="an expression is JavaScript; an action sends a request to an address",
            fix=f'at.{method}("{expression}")',
        )
    return str.__str__(expression)


def expression_items(
    expressions: Mapping[str, Expression], where: str
) -> tuple[tuple[str, Expression], ...]:
    """Return names with their expressions as a tuple, which can be a key in a cache.

    Raises:
        DatastarError: Not a mapping.

    Example:
        >>> expression_items({"hidden": "!$open"}, "data.attr")
        (('hidden', '!$open'),)
    """
    if isinstance(expressions, Mapping):
        return tuple(expressions.items())
    raise DatastarError(
        f"cannot use {type(expressions).__name__} as names with expressions",
        where=f"{where}: {short_repr(expressions)}",
        why="each name has an expression of its own",
        fix=f'{where}({{"name": "$signal"}})',
    )


def value_text(expression: object, where: str) -> str:
    """Return the source of an expression whose value the client uses.

    It may have several statements; the last one is the value.

    Raises:
        DatastarError: As `expression_text`; or the last statement has no value, or a `//`
            comment would include the `);` that the client adds after it.

    Example:
        >>> value_text("let total = $a + $b; total * 2", "data.text")
        'let total = $a + $b; total * 2'
    """
    text = expression_text(expression, where)
    if "//" in text and ends_in_comment(text):
        raise DatastarError(
            "cannot end an expression with a // comment",
            where=f"{where}: {short_repr(text)}",
            why="the client adds `);` after the last statement, which would be part of the comment",
            fix="/* … */",
        )
    statement: str | None = text.strip()
    if ";" in text:
        text = _without_slashes_in_urls(text)
        statement = value_statement(text)
    if statement is None:
        fix = "(() => { …; return value })()  (write a `;` in quotes as \\x3b)"
        raise _cut_error(f"{where}: {short_repr(text)}", fix)
    if NOT_A_VALUE.match(statement):
        raise DatastarError(
            f"cannot use the value of the statement {short_repr(statement.rstrip('; '))}",
            where=f"{where}: {short_repr(text)}",
            why="the client returns the last statement, and this kind of statement has no value",
            fix="let a = $a; a * 2  (end with a value; condition ? yes : no instead of if)",
        )
    return text


def operand_text(expression: object, where: str) -> str:
    """Return an expression's source for a place between the commas of larger JavaScript.

    Raises:
        DatastarError: As `value_text`; or it has more than one statement, or returns.

    Example:
        >>> operand_text("$a, $b", "data.attr")
        '($a, $b)'
    """
    text = value_text(expression, where).strip()
    if RETURN.match(text):
        raise DatastarError(
            "cannot use return in a part of larger JavaScript",
            where=f"{where}: {short_repr(text)}",
            why="only the last statement of a whole attribute can return",
            fix=RETURN.sub("", text).strip() or "$signal",
        )
    if ";" in text:
        text = text.rstrip("; \t\r\n\f")
        if not is_one_piece(text):
            raise DatastarError(
                "cannot put several statements into one value of an object",
                where=f"{where}: {short_repr(text)}",
                why="the client would cut the whole attribute in two at the `;`",
                fix="(() => { … })()",
            )
    return f"({text})" if "," in text or text.startswith("{") else text


def object_text(
    expressions: Mapping[str, Expression], where: str, guards: Mapping[str, str] | None = None
) -> str:
    """Return a JavaScript object whose values are expressions, its keys quoted where needed.

    Args:
        expressions: Name → expression.
        where: The call, for the error.
        guards: Name → the JavaScript function that its value is passed through, or `""`.

    Raises:
        DatastarError: As `operand_text`; or a key is not text, or is `__proto__`.

    Example:
        >>> object_text({"active": "$on", "text-sm": "!$on"}, "data.class_")
        "{active: $on, 'text-sm': !$on}"
    """
    entries: list[str] = []
    for given, expression in expressions.items():
        # A member of an Enum that is a str has another text in an f-string.
        key = str.__str__(given) if issubclass(type(given), str) else given
        if not isinstance(key, str) or not key.strip() or key == "__proto__":
            raise DatastarError(
                f"cannot use {short_repr(key)} as a name",
                where=where,
                why="a name is text with at least one character, and __proto__ names no property",
                fix='{"name": "$signal"}',
            )
        name = key if BARE_KEY.fullmatch(key) else js(key)
        operand = operand_text(expression, f"{where}, {short_repr(key)}")
        guard = guards.get(key) if guards else None
        entries.append(f"{name}: {guard}({operand})" if guard else f"{name}: {operand}")
    return joined_text("{" + ", ".join(entries) + "}", where)


def joined_text(text: str, where: str) -> str:
    """Return an object made of checked parts, if the client does not cut it.

    Raises:
        DatastarError: The client would cut it, for example at a `;` in one part that follows a
            `/` in another.

    Example:
        >>> joined_text("{half: $a / 2, end: ';'}", "data.attr")
        "{half: $a / 2, end: ';'}"
    """
    if ";" not in text:
        return text
    text = _without_slashes_in_urls(text)
    if is_one_piece(text):
        return text
    raise _cut_error(where, 'data.computed({"name": …})  (and "$name" in the place of a part)')


def _not_source_error(expression: object, where: str) -> DatastarError:
    why = "an expression is JavaScript source; Python data becomes source with js()"
    fix = "js(value)"
    if isinstance(expression, bool):
        why = "Python has compared or negated already"
        fix = 'f"{signal} == 1"  (or f"!{signal}")'
    elif isinstance(expression, SignalGroup):
        why = "the signals of a group are the expressions, or its text in a longer one"
        fix = 'f"{group}"'
    return DatastarError(
        f"cannot use {type(expression).__name__} as a Datastar expression",
        where=f"{where}: {short_repr(expression)}",
        why=why,
        fix=fix,
    )


def _without_slashes_in_urls(text: str) -> str:
    """Return a text that the client cuts in the same places for all URLs."""
    return ACTION.sub(lambda found: found[0].replace("/", r"\x2f"), text)


def _cut_error(where: str, fix: str) -> DatastarError:
    return DatastarError(
        "cannot write an expression that the client would cut in the wrong place",
        where=where,
        why="it cuts at every `;`, except in quotes and between two `/`, which it takes for a "
        "regular expression",
        fix=fix,
    )
