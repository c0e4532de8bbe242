"""The layout of expressions, as ruff formats them: on one line if it fits, else a line per item.

Only what converted pages are made of is known: literals, calls, dicts, lists, comprehensions, and
comments before an item.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fatmorph._converting import strings

__all__ = ("LINE", "Code", "Comprehension", "Group", "Item", "Text", "Word", "comment_line")

LINE = 100  # columns
STEP = 4
MIN_COMMENT = 40  # columns


class Code:
    """An expression; `flat` is its source on one line, None if it needs several."""

    flat: str | None = None

    def lines(self, indent: int, before: str = "", after: str = "") -> list[str]:
        """Return the lines of the expression.

        Args:
            indent: Columns before each line.
            before: Text before the expression on its first line, such as `return `.
            after: Text after it on its last line, such as a comma.
        """
        if self.flat is not None:
            line = f"{' ' * indent}{before}{self.flat}{after}"
            if strings.width(line) <= LINE:
                return [line]
        return self.broken_lines(indent, before, after)

    def broken_lines(self, indent: int, before: str, after: str) -> list[str]:
        """Return the lines of the expression where it does not fit on one line."""
        return [f"{' ' * indent}{before}{self.flat}{after}"]


class Word(Code):
    """Source that is never divided, such as a name or a number."""

    def __init__(self, source: str) -> None:
        self.flat = source


class Text(Code):
    """A text, which is divided between words if it is a child.

    Args:
        text: The text.
        is_divided: Whether that may be done.
    """

    def __init__(self, text: str, *, is_divided: bool = True) -> None:
        self.text = text
        self.is_divided = is_divided
        self.flat = strings.literal(text)

    def broken_lines(self, indent: int, before: str, after: str) -> list[str]:
        """Return a line per part, or one line for a value that has a name."""
        if before or not self.is_divided:
            return super().broken_lines(indent, before, after)
        *parts, last = strings.parts(self.text, LINE - indent - len(after))
        return [f"{' ' * indent}{part}" for part in (*parts, last + after)]


@dataclass(frozen=True)
class Item:
    """A member of a group: comments, a name with its sign, and code; or only comments."""

    code: Code | None
    name: str = ""
    comments: tuple[str, ...] = ()


class Group(Code):
    """Items between brackets: a call, a dict, a tuple or a list."""

    def __init__(self, opening: str, items: Sequence[Item], closing: str) -> None:
        self.opening = opening
        self.items = tuple(items)
        self.closing = closing
        self.flat = self._flat()

    def _flat(self) -> str | None:
        sources: list[str] = []
        length = len(self.opening)
        for item in self.items:
            if item.code is None or item.comments or item.code.flat is None:
                return None
            sources.append(f"{item.name}{item.code.flat}")
            length += len(sources[-1])
            if length > LINE:
                return None
        end = "," if self.opening == "(" and len(sources) == 1 else ""
        return f"{self.opening}{', '.join(sources)}{end}{self.closing}"

    def broken_lines(self, indent: int, before: str, after: str) -> list[str]:
        """Return a line for each bracket, and the lines of each item between them."""
        inner = indent + STEP
        lines = [f"{' ' * indent}{before}{self.opening}"]
        for item in self.items:
            lines += [comment_line(text, inner) for text in item.comments]
            if item.code is not None:
                lines += item.code.lines(inner, item.name, ",")
        return [*lines, f"{' ' * indent}{self.closing}{after}"]


class Comprehension(Code):
    """A list of one expression for each item of an iterable."""

    def __init__(self, element: Code, clause: str) -> None:
        self.element = element
        self.clause = clause
        self.flat = None if element.flat is None else f"[{element.flat} {clause}]"

    def broken_lines(self, indent: int, before: str, after: str) -> list[str]:
        """Return the expression and the clause on lines of their own."""
        inner = indent + STEP
        return [
            f"{' ' * indent}{before}[",
            *self.element.lines(inner),
            f"{' ' * inner}{self.clause}",
            f"{' ' * indent}]{after}",
        ]


def comment_line(text: str, indent: int) -> str:
    """Return a comment on one line, cut at the end of the line.

    Example:
        >>> comment_line("line 3: {{ name }}", 4)
        '    # line 3: {{ name }}'
    """
    line = f"{' ' * indent}# {text}"
    while strings.width(line) > max(LINE, indent + MIN_COMMENT):
        line = line[:-2] + "…"
    return line
