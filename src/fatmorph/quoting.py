"""Text of others in messages: quoted, so that it begins no line and moves no cursor.

A message ends up in logs and on terminals, and may hold what a client sent. There a line break
would begin a record that never was, and an escape sequence would rewrite the ones above.

Sources: https://cwe.mitre.org/data/definitions/117.html (log records),
https://cwe.mitre.org/data/definitions/150.html (terminals),
https://trojansource.codes (characters that reorder a line).
"""

from __future__ import annotations

import re

__all__ = ("one_line", "quoted")

# How an error and a finding write their parts: `FatmorphError.__str__()`.
PART = re.compile(r"\n  (where|why|fix): +")


def quoted(text: str) -> str:
    r"""Return a text in which every character that cannot be printed is written as its escape.

    That is every kind of line break, control characters, and what changes the direction of a
    line or has no width. Letters of every script stay as they are.

    Example:
        >>> print(quoted("a\x1b[2J\u2028b é"))
        a\x1b[2J\u2028b é
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def one_line(message: object) -> str:
    r"""Return an error or a finding, which has up to four lines, in one.

    Example:
        >>> one_line("cannot take POST\n  why:   it is not yours")
        'cannot take POST; why: it is not yours'
    """
    return quoted(PART.sub(r"; \1: ", str(message)))
