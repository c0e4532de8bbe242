"""Tokens of a Datastar expression: JavaScript's, and the client's `$signal` and `@action(`.

Source: https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ("NotUnderstoodError", "Token", "tokens_of")

TOKEN = re.compile(
    r"""(?P<space>(?:\s+|//[^\n\r\u2028\u2029]*|/\*.*?\*/)+)
      | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<text>'(?:\\.|[^'\\\n\r])*'|"(?:\\.|[^"\\\n\r])*")
      | (?P<signal>\$[A-Za-z_0-9]\w*(?:-\w+)*)
      | (?P<action>@[A-Za-z_$]\w*(?=\())
      | (?P<word>[A-Za-z_$][\w$]*)
      | (?P<mark>=>|\.\.\.|\?\.|\?\?=|&&=|\|\|=|\*\*=|===|!==|\*\*|==|!=|<=|>=|&&|\|\||\?\?
              |\+\+|--|\+=|-=|\*=|/=|%=|[-+*/%<>=!?:.,;(){}\[\]])""",
    re.DOTALL | re.VERBOSE,
)
REGULAR_EXPRESSION = re.compile(
    r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])*/\w*"
)
TEMPLATE_TEXT = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*", re.DOTALL)
OPERATOR_WORDS = frozenset({"return", "typeof", "in", "of", "new", "else", "void", "delete"})


class NotUnderstoodError(Exception):
    """JavaScript that only a browser can run."""


class Token(NamedTuple):
    """A piece of an expression.

    Args:
        kind: `number`, `text`, `template`, `regex`, `signal`, `action`, `word`, `mark` or `end`.
        text: As it is written.
        start: Its position.
        has_break: Whether a line break comes before it.
    """

    kind: str
    text: str
    start: int
    has_break: bool = False


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of an expression; the last one has the kind `end`.

    Raises:
        NotUnderstoodError: A character that begins no known token.

    Example:
        >>> [token.text for token in tokens_of("$n > 1 && @get('/x')")]
        ['$n', '>', '1', '&&', '@get', '(', "'/x'", ')', '']
    """
    found: list[Token] = []
    position, has_break = 0, False
    while position < len(text):
        token = _token(text, position, found)
        position += len(token.text)
        if token.kind == "space":
            has_break = has_break or "\n" in token.text
        else:
            found.append(token._replace(has_break=has_break))
            has_break = False
    return [*found, Token("end", "", position)]


def _token(text: str, position: int, before: list[Token]) -> Token:
    if text[position] == "`":
        return Token("template", text[position : _end_of_template(text, position)], position)
    match = TOKEN.match(text, position)
    if match is None:
        raise NotUnderstoodError(f"{text[position : position + 10]!r}")
    if match[0][0] == "/" and match.lastgroup == "mark" and not _ends_a_value(before):
        regex = REGULAR_EXPRESSION.match(text, position)
        if regex is not None:
            return Token("regex", regex[0], position)
    return Token(str(match.lastgroup), match[0], position)


def _ends_a_value(before: list[Token]) -> bool:
    if not before:
        return False
    last = before[-1]
    if last.kind == "word":
        return last.text not in OPERATOR_WORDS
    return last.kind != "mark" or last.text in (")", "]", "}", "++", "--")


def _end_of_template(text: str, start: int) -> int:
    position = start + 1
    while True:
        match = TEMPLATE_TEXT.match(text, position)
        position = position if match is None else match.end()
        if position >= len(text):
            raise NotUnderstoodError("a template literal without an end")
        if text[position] == "`":
            return position + 1
        position = end_of_code(text, position + 2) + 1


def end_of_code(text: str, start: int) -> int:
    """Return the position of the brace that ends a `${`."""
    depth, position, before = 0, start, list[Token]()
    while position < len(text):
        token = _token(text, position, before)
        if token.text == "}" and not depth:
            return position
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.kind != "space":
            before.append(token)
        position += len(token.text)
    raise NotUnderstoodError("a template literal without an end")
