"""Statements of an expression: where JavaScript ends them, and where the client cuts them.

The client cuts with one regular expression. It takes all text between two `/` for a regular
expression, does not know comments, and cuts at a `;` inside `{ }` too. If its cuts differ from
JavaScript's, it compiles other code than the author wrote. This module only recognises tokens, so
it does not report invalid JavaScript.

Departure: 1. A `/` after `)` or `}` is always a division, as it is in a value.

Source: https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("ends_in_comment", "is_one_piece", "value_statement")

# How the client cuts an attribute that returns a value into statements (v1.0.1 to v1.0.4).
STATEMENT = re.compile(
    r"""(?:/(?:\\/|[^/])*/|"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|`(?:\\`|[^`])*`"""
    r"""|\(\s*(?:function\s*\(\s*\)|\(\s*\)\s*=>)\s*(?:\{[\s\S]*?\}|[^;){]*)\s*\)\s*\(\s*\)"""
    r"""|[^;])+"""
)

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n\r\u2028\u2029]*|/\*.*?\*/)
      | (?P<text>'(?:\\.|[^'\\\n\r])*'|"(?:\\.|[^"\\\n\r])*")
      | (?P<word>[\w$]+)
      | (?P<end>;)
      | (?P<mark>\+\+|--|.)""",
    re.DOTALL | re.VERBOSE,
)
REGULAR_EXPRESSION = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
# From a backtick, or the brace that ends a `${`, to the next backtick or `${`.
TEMPLATE = re.compile(r"[`}](?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)?", re.DOTALL)

# An operand follows these words, so a `/` after them begins a regular expression.
OPERATOR_WORDS = frozenset(
    (
        *("await", "case", "delete", "do", "else", "in", "instanceof", "new", "of", "return"),
        *("throw", "typeof", "void", "yield"),
    )
)
OPERAND_MARKS = frozenset((")", "]", "}", ".", "++", "--"))  # (1)


class _Token(NamedTuple):
    """A piece of a text: `space` or comment, quoted `text`, `word`, `mark`, or the `end` `;`."""

    kind: str
    start: int
    text: str
    depth: int  # how many brackets are open around it


def value_statement(text: str) -> str | None:
    """Return the statement whose value the client returns, or None if it cuts wrongly.

    Args:
        text: JavaScript that contains a `;`, and not only that.

    Example:
        >>> value_statement("let half = $a / 2; half + 1")
        'half + 1'
        >>> value_statement("$rows.map(row => { let n = row; return n })") is None
        True
    """
    text = text.strip()
    tokens = list(_tokens(text))
    pieces = [found.span() for found in STATEMENT.finditer(text)]
    if any(_is_in_quotes(place, tokens) for _, place in pieces):
        return None
    written = [token.start for token in tokens if token.kind not in ("space", "end")]
    ends = [token.start for token in tokens if token.kind == "end" and token.depth == 0]
    own_begin = max((place + 1 for place in ends if place < max(written, default=0)), default=0)
    statement = text[min((place for place in written if place >= own_begin), default=0) :]
    begin, end = pieces[-1]
    # The client adds `return` to the last piece, unless the piece begins with one.
    if statement.startswith("return") and text[begin:].lstrip().startswith("return"):
        return statement
    is_whole = begin == own_begin and not any(begin <= place < end for place in ends)
    return statement if is_whole else None


def is_one_piece(text: str) -> bool:
    """Return whether the client leaves a text in one piece.

    Example:
        >>> is_one_piece("f('a;b')"), is_one_piece("'a'; 'b'")
        (True, False)
    """
    found = STATEMENT.match(text)
    return found is not None and found.end() == len(text)


def ends_in_comment(text: str) -> bool:
    """Return whether a `//` comment would include code that is added after a text.

    Example:
        >>> ends_in_comment("$a // note"), ends_in_comment("'http://x'")
        (True, False)
    """
    *_, last = _tokens(f" {text.rstrip()}")
    return last.text.startswith("//")


def _is_in_quotes(place: int, tokens: list[_Token]) -> bool:
    """Return whether this place is inside a token that a line break would change."""
    return any(
        token.start < place < token.start + len(token.text)
        for token in tokens
        if token.kind == "text" or token.text.startswith("//")
    )


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    opened: list[str] = []
    is_operand = False
    while position < len(text):
        kind, piece = _piece(text, position, opened, is_operand=is_operand)
        if opened and piece[0] in ")]}":
            opened.pop()
        yield _Token(kind, position, piece, len(opened))
        is_template_code = kind == "text" and piece.endswith("${")
        if is_template_code or piece in ("(", "[", "{"):
            opened.append(piece[-2:])
        if kind == "word":
            is_operand = piece not in OPERATOR_WORDS
        elif kind != "space":
            is_operand = piece in OPERAND_MARKS or (kind == "text" and not is_template_code)
        position += len(piece)


def _piece(text: str, position: int, opened: list[str], *, is_operand: bool) -> tuple[str, str]:
    first = text[position]
    if first == "`" or (first == "}" and opened[-1:] == ["${"]):
        template = TEMPLATE.match(text, position)
        return "text", template[0] if template else first
    token = TOKEN.match(text, position)
    kind, piece = (str(token.lastgroup), token[0]) if token else ("mark", first)
    if piece == "/" and not is_operand:
        expression = REGULAR_EXPRESSION.match(text, position)
        return ("text", expression[0]) if expression else (kind, piece)
    return kind, piece
