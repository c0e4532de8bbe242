"""Python's literals for texts, as ruff formats them.

Source: https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ("block_literal", "literal", "parts", "width")

ESCAPES = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
# A piece of a long text: up to a line break, or to the blanks after a word.
PIECE = re.compile(r"[^\n ]*(?:\n+| +|\Z)")
MIN_PART = 32  # columns of a part of a long text, however deep it is


def literal(text: str) -> str:
    r"""Return a literal on one line, in double quotes unless single quotes need fewer escapes.

    Example:
        >>> print(literal("it's"), literal('a "word"'), literal("a\nb\x1b"))
        "it's" 'a "word"' "a\nb\x1b"
    """
    quote = "'" if text.count('"') > text.count("'") else '"'
    return f"{quote}{_escaped(text).replace(quote, chr(92) + quote)}{quote}"


def block_literal(text: str) -> str:
    r"""Return a literal in three quotes, whose lines are those of the text.

    Example:
        >>> len(block_literal("one\ntwo").splitlines())
        2
    """
    is_plain = all(map(_is_shown, text.split("\n"))) and "\\" not in text
    if not is_plain and _is_raw(text):
        return f'r"""{text}"""'
    *before, last = (_lines(piece) for piece in text.split('"""'))
    if last.endswith('"'):
        last = last[:-1] + '\\"'
    body = '\\"\\"\\"'.join((*before, last))
    return f'"""{body}"""'


def parts(text: str, columns: int) -> list[str]:
    r"""Return literals whose texts are the text together, each in so many columns if possible.

    Example:
        >>> parts("one two three", 9)
        ['"one two three"']
        >>> parts("once upon a time there was\na page of a small size", 40)
        ['"once upon a time there was\\n"', '"a page of a small size"']
    """
    columns = max(columns, MIN_PART)
    found: list[str] = []
    line = ""
    for piece in filter(None, PIECE.findall(text)):
        if line and (line.endswith("\n") or width(literal(line + piece)) > columns):
            found.append(line)
            line = ""
        line += piece
    return [literal(part) for part in (*found, line)]


def width(text: str) -> int:
    """Return the columns of a text, in which letters of East Asia take two.

    Example:
        >>> width("page"), width("頁")
        (4, 2)
    """
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _escaped(text: str, kept: str = "") -> str:
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(
        letter
        if letter in kept or (letter.isprintable() and letter != "\\")
        else ESCAPES.get(letter) or _numeric(letter)
        for letter in text
    )


def _numeric(letter: str) -> str:
    code = ord(letter)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _lines(text: str) -> str:
    """Return the lines of a literal; blanks at their ends are escaped, or editors drop them."""
    lines = (_escaped(line, kept="\t") for line in text.split("\n"))
    return "\n".join(
        line[:-1] + ("\\x20" if line[-1] == " " else "\\t") if line.endswith((" ", "\t")) else line
        for line in lines
    )


def _is_raw(text: str) -> bool:
    """Return whether a raw literal holds the text, and shows all of it."""
    is_shown = all(map(_is_shown, text.split("\n")))
    return is_shown and '"""' not in text and text[-1:] not in ("\\", '"')


def _is_shown(line: str) -> bool:
    return line.replace("\t", " ").isprintable() and not line.endswith((" ", "\t"))
