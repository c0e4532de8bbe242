"""Values that are written as literals in JavaScript, and the members of an object.

Only literals of data are read; anything else raises `ValueError`, and is kept as text.

Source: https://tc39.es/ecma262/#sec-literals
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ("literal_values", "object_members")

TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)(?![\w.$])
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<mark>[{}\[\]:,])
    )""",
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
NAMED_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
WORDS = {"true": True, "false": False, "null": None}
MAX_NESTED = 50
# A text, in which commas and brackets mean nothing, or a single character.
PIECE = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|.""", re.DOTALL)
MEMBER = re.compile(
    r"""\s*(?:([A-Za-z_$][\w$]*)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))\s*:\s*(.*?)\s*\Z""",
    re.DOTALL,
)


def literal_values(text: str) -> list[Any]:  # Any: JSON values
    """Return the values of literals with commas between them.

    Raises:
        ValueError: The text is anything else.

    Example:
        >>> literal_values("'/list', {retry: 'never', count: 2}")
        ['/list', {'retry': 'never', 'count': 2}]
    """
    reader = _Reader(text)
    values = [reader.value(0)]
    while reader.take(","):
        values.append(reader.value(0))
    reader.end()
    return values


def object_members(text: str) -> dict[str, str]:
    """Return the names of an object, each with the source of its value.

    Raises:
        ValueError: The text is not an object with plain names.

    Example:
        >>> object_members("{active: $tab == 1, 'is-big': $n > 3}")
        {'active': '$tab == 1', 'is-big': '$n > 3'}
    """
    inner = text.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        raise ValueError("not an object")
    members: dict[str, str] = {}
    for source in _split(inner[1:-1]):
        found = MEMBER.match(source)
        if found is None:
            raise ValueError("not a member")
        members[found[1] or _text(found[2])] = found[3]
    return members


def _split(text: str) -> list[str]:
    sources, depth = [""], 0
    for piece in PIECE.findall(text):
        depth += (piece in "([{") - (piece in ")]}")
        if piece == "," and depth == 0:
            sources.append("")
        else:
            sources[-1] += piece
    return [source for source in sources if source.strip()]


def _text(source: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        return chr(int(code, 16)) if code else NAMED_ESCAPES.get(found[3], found[3])

    return ESCAPE.sub(character, source[1:-1])


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def value(self, depth: int) -> Any:
        token = self._next()
        if depth > MAX_NESTED:
            raise ValueError("too deep")
        if token["text"]:
            return _text(token["text"])
        if token["number"]:
            return float(token["number"]) if "." in token["number"] else int(token["number"])
        if token["mark"] == "{":
            return self._object(depth)
        if token["mark"] == "[":
            return self._list(depth)
        if token["name"] in WORDS:
            return WORDS[token["name"]]
        raise ValueError("not a literal")

    def take(self, mark: str) -> bool:
        found = TOKEN.match(self.text, self.position)
        if found is None or found["mark"] != mark:
            return False
        self.position = found.end()
        return True

    def end(self) -> None:
        if self.text[self.position :].strip():
            raise ValueError("more than literals")

    def _next(self) -> re.Match[str]:
        found = TOKEN.match(self.text, self.position)
        if found is None:
            raise ValueError("not a literal")
        self.position = found.end()
        return found

    def _object(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while not self.take("}"):
            token = self._next()
            if not (token["name"] or token["text"]) or not self.take(":"):
                raise ValueError("not a member")
            members[token["name"] or _text(token["text"])] = self.value(depth + 1)
            if not self.take(","):
                if self.take("}"):
                    break
                raise ValueError("no end")
        return members

    def _list(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while not self.take("]"):
            items.append(self.value(depth + 1))
            if not self.take(","):
                if self.take("]"):
                    break
                raise ValueError("no end")
        return items
