"""The tags of Jinja2 and Django in a page, which an HTML parser would move or drop.

Each is replaced by a mark before the text is parsed. Between elements the mark is a comment, which
a parser keeps in any place, such as between the rows of a table. In a start tag it is an attribute
without a value; in a value, or in text that holds no elements, it is plain text.

Sources: https://jinja.palletsprojects.com/en/stable/templates/ and
https://docs.djangoproject.com/en/stable/ref/templates/language/
"""

from __future__ import annotations

import re

from fatmorph.markup._spec_elements import ESCAPABLE_RAW_TEXT_ELEMENTS, RAW_TEXT_ELEMENTS

__all__ = ("TemplateTags", "is_template_page")

TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
STATEMENT = re.compile(r"\{%-?\s*[a-z_]+.*?%\}|\{#.*?#\}", re.DOTALL)
EXPRESSION = re.compile(r"(?P<tag>\{\{.*?\}\})", re.DOTALL)
# Scripts use the same brackets, and so do the templates of libraries that run in the browser.
CODE = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
OTHER_LANGUAGE = re.compile(r"\s(?:v-|ng-|x-|\*ng|:[a-z]|@[a-z]|\[[a-z]|\([a-z])[-\w:.\])]*=")

PLACE = re.compile(
    rf"(?P<tag>{TAG.pattern})|<!--.*?(?:-->|\Z)|<![^>]*>?|<(?P<name>/?[A-Za-z][^\s/>{{]*)",
    re.DOTALL,
)
COMMENT = "TODO: line {line}: {tag}{place}"  # TODO: once written, they are for the reader
# Between the name of an element and the end of its start tag.
IN_START_TAG = re.compile(
    rf"(?P<tag>{TAG.pattern})|(?P<quote>=\s*[\"'])|(?P<equals>=\s*)|(?P<end>>)|[^=>{{]+|.",
    re.DOTALL,
)
IN_PLAIN_VALUE = re.compile(r"[^\s>{]+|\{(?![%{#])")
VERBATIM = RAW_TEXT_ELEMENTS | ESCAPABLE_RAW_TEXT_ELEMENTS
# Text that the template shows as it is, with its braces.
UNREAD = re.compile(r"(\{%-?\s*(raw|verbatim)\b[^%]*%\})(.*?)(?=\{%-?\s*end\2\b)", re.DOTALL)
# For private use in Unicode, but not of those that fonts of icons use.
MARKS = ("\U000fff00", "\U000fff01")
BRACE = "\U000fff02"  # an opening one in such text
MARK = re.compile(rf"{MARKS[0]}([0-9]{{1,9}}){MARKS[1]}")


def is_template_page(text: str) -> bool:
    """Return whether a page seems to be a template of Jinja2 or Django.

    Example:
        >>> is_template_page("<p>{{ name }}"), is_template_page("<p v-if='name'>{{ name }}")
        (True, False)
    """
    outside = CODE.sub("", text)
    if STATEMENT.search(outside):
        return True
    return EXPRESSION.search(outside) is not None and OTHER_LANGUAGE.search(outside) is None


class TemplateTags:
    """The tags of a page, and the page with marks in their places: `marked`."""

    def __init__(self, text: str, *, is_template: bool) -> None:
        self.tags: list[tuple[str, int]] = []
        self.marked = self._marked(text) if is_template else text

    def number(self, text: str) -> int | None:
        """Return which tag a text stands for, None if it is not a mark alone."""
        numbers = self._numbers(text) if MARK.fullmatch(text.strip()) else []
        return next(iter(numbers), None)

    def restored(self, text: str) -> str:
        """Return a text with the tags that its marks stand for."""
        if not self.tags:
            return text
        for number in self._numbers(text):
            text = text.replace(f"{MARKS[0]}{number}{MARKS[1]}", self.tags[number][0])
        return text.replace(BRACE, "{")

    def comments(self, text: str, place: str = "") -> tuple[str, ...]:
        """Return a comment for each tag in a text.

        Args:
            text: With marks.
            place: Where in the element the text is.
        """
        if not self.tags:
            return ()
        return tuple(self.comment(number, place) for number in self._numbers(text))

    def comment(self, number: int, place: str = "") -> str:
        """Return the comment for a tag: its line in the template, and itself."""
        tag, line = self.tags[number]
        source = " ".join(tag.split())
        shown = "".join(letter if letter.isprintable() else "?" for letter in source)
        return COMMENT.format(line=line, tag=shown, place=place)

    def _numbers(self, text: str) -> list[int]:
        found = [int(number) for number in MARK.findall(text)] if self.tags else []
        return [number for number in found if number < len(self.tags)]

    def _marked(self, text: str) -> str:
        """Return the text with marks."""
        for mark in (*MARKS, BRACE):  # a page with such characters keeps others in their places
            text = text.replace(mark, "\ufffd")
        text = UNREAD.sub(lambda found: found[1] + found[3].replace("{", BRACE), text)
        self._lines = _Lines(text)
        pieces: list[str] = []
        position = 0
        while found := PLACE.search(text, position):
            pieces.append(text[position : found.start()])
            position = found.end()
            if found["tag"]:
                pieces.append(f"<!--{self._mark(found)}-->")
                continue
            pieces.append(found[0])
            if found["name"]:
                position = self._mark_start_tag(text, position, pieces)
                position = self._mark_verbatim(found["name"].lower(), text, position, pieces)
        return "".join((*pieces, text[position:]))

    def _mark(self, found: re.Match[str]) -> str:
        self.tags.append((found["tag"], self._lines.line(found.start())))
        return f"{MARKS[0]}{len(self.tags) - 1}{MARKS[1]}"

    def _mark_start_tag(self, text: str, position: int, pieces: list[str]) -> int:
        while found := EXPRESSION.match(text, position):  # a part of the name: <h{{ level }}>
            is_end = pieces[-1].startswith("</")
            pieces.append("-template" if is_end else f"-template {self._mark(found)} ")
            position = found.end()
        while found := IN_START_TAG.match(text, position):
            position = found.end()
            if found["tag"]:
                pieces.append(f" {self._mark(found)} ")
                continue
            pieces.append(found[0])
            if found["end"]:
                break
            if found["quote"]:
                end = self._value_end(text, position, found["quote"][-1])
                position = self._mark_text(text, position, end, pieces)
            elif found["equals"]:
                position = self._mark_plain_value(text, position, pieces)
        return position

    def _mark_plain_value(self, text: str, position: int, pieces: list[str]) -> int:
        while found := re.compile(rf"(?P<tag>{TAG.pattern})", re.DOTALL).match(
            text, position
        ) or IN_PLAIN_VALUE.match(text, position):
            position = found.end()
            pieces.append(self._mark(found) if "tag" in found.groupdict() else found[0])
        return position

    def _value_end(self, text: str, position: int, quote: str) -> int:
        """Return the end of a value in quotes; those in template tags do not end it."""
        for found in re.compile(rf"{TAG.pattern}|{quote}", re.DOTALL).finditer(text, position):
            if found[0] == quote:
                return found.end()
        return len(text)

    def _mark_verbatim(self, name: str, text: str, position: int, pieces: list[str]) -> int:
        if name not in VERBATIM:
            return position
        found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(text, position)
        return self._mark_text(text, position, found.start() if found else len(text), pieces)

    def _mark_text(self, text: str, start: int, end: int, pieces: list[str]) -> int:
        for found in re.compile(rf"(?P<tag>{TAG.pattern})", re.DOTALL).finditer(text, start, end):
            pieces += (text[start : found.start()], self._mark(found))
            start = found.end()
        pieces.append(text[start:end])
        return end


class _Lines:
    """The numbers of lines, for positions in rising order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.number = 1

    def line(self, position: int) -> int:
        self.number += self.text.count("\n", self.position, position)
        self.position = position
        return self.number
