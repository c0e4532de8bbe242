"""The places of values in template strings: whether a value can be written there safely.

The texts of a template are read as a browser would read them, with a letter or a digit in the place
of each value. Only the syntax that decides where values are safe is read: tags, comments, raw text,
foreign elements; in JavaScript strings, comments and regular expressions.

Sources: https://html.spec.whatwg.org/multipage/parsing.html#tokenization and
https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from fatmorph.markup._spec_elements import ESCAPABLE_RAW_TEXT_ELEMENTS, READ_AS_TEXT_ELEMENTS

__all__ = ("WRITABLE", "Place", "PlaceKind", "html_places", "js_places")

PlaceKind: TypeAlias = Literal[
    "children", "text", "tag", "comment", "raw text", "code", "string", "regular expression", "word"
]
"""`children` and `code` accept every value, `text` accepts text, and the others none."""

# Templates outlive requests and may be made of user data, so a cache holds a limited number of
# them, of limited length.
MAX_CACHED_TEMPLATES = 1024
MAX_KEPT_TEXT = 8192

# Patterns stay text here: `re` compiles and keeps each when it is first used.
# A letter, because `<` and a value could begin a tag; and a mark, for names that values are in.
PLACEHOLDER, MARK = "x\ue000", "\ue000"
MARKUP_START = r"<(?:[!?/A-Za-z]|\Z)"
MARKUP = r"""(?xs)
    (?P<comment><!--) (?: -?> | .*? --!?> )
  | <(?P<slash>/?) (?P<name>[A-Za-z][^\t\n\f\r />]*)
    (?>(?:
        [\t\n\f\r /]
      | [^\t\n\f\r />][^\t\n\f\r />=]*+
        (?: [\t\n\f\r ]*=[\t\n\f\r ]*+
            (?: "[^"]*" | '[^']*' | [^\t\n\f\r >"'][^\t\n\f\r >]* | (?=>) )
          | (?![\t\n\f\r ]*=)
        )
    )*)
    >
  | <(?:[!?]|/(?![A-Za-z])) [^>]* >
"""
# In these, a parser reads elements by other rules than those of HTML.
FOREIGN_ELEMENTS = frozenset({"frameset", "math", "select", "svg"})
READ_AS_TEXT = READ_AS_TEXT_ELEMENTS | {"plaintext"}

JS_LEXEME = r"""(?xs)
    (?P<space> \s+ )
  | (?P<comment> //[^\n\r\u2028\u2029]* | /\*.*?(?:\*/|\Z) )
  | (?P<string> '(?:[^'\\\n\r]|\\.)*'? | "(?:[^"\\\n\r]|\\.)*"? )
  | (?P<word> [\w$]+ )
  | (?P<slash> / )
  | (?P<quote> ` )
  | (?P<sign> . )
"""
JS_REGEX = r"/(?:[^/\\\[\n\r]|\\.|\[(?:[^\]\\\n\r]|\\.)*\])+/\w*"
JS_TEXT = r"(?s)(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{|\Z)"
# A slash after one of these words, or after a sign other than a closing bracket, begins a regular
# expression.
WORDS_BEFORE_VALUES = frozenset(
    {"await", "case", "delete", "do", "else", "in", "instanceof", "new", "of", "return", "throw"}
    | {"typeof", "void", "yield"}
)
BEFORE_WORD = r"(?:[\w$#@'\"`\\]|(?<!\.\.)\.)\Z"
AFTER_WORD = r"[\w$'\"`\\]"


class Place(NamedTuple):
    """The place of a value, or of the end of a template."""

    kind: PlaceKind
    name: str = ""
    """The name of the element or tag around it, if that decides."""


Places: TypeAlias = "tuple[Place, ...]"

WRITABLE: frozenset[PlaceKind] = frozenset({"children", "text"})
"""The kinds of places in HTML that accept values."""
CODE, STRING, REGEX = Place("code"), Place("string"), Place("regular expression")
JS_PLACES = {"string": STRING, "comment": Place("comment")}
UNCERTAIN_ENDS = (")", "}")  # of an operand, or of a statement's head


def html_places(strings: tuple[str, ...]) -> Places:
    """Return the place of each value in HTML, then that of the end.

    Args:
        strings: The texts around the values: one more than there are values.
    """
    return _cached(_cached_html_places, _read_html, strings)


def js_places(strings: tuple[str, ...]) -> Places:
    """Return the place of each value in JavaScript, then that of the end."""
    return _cached(_cached_js_places, _read_js, strings)


def _cached(
    cached: Callable[[tuple[str, ...]], Places],
    read: Callable[[tuple[str, ...]], Places],
    strings: tuple[str, ...],
) -> Places:
    is_kept = sum(map(len, strings)) <= MAX_KEPT_TEXT
    return (cached if is_kept else read)(strings)


def _joined(strings: tuple[str, ...], placeholder: str) -> tuple[str, list[int]]:
    """Return the texts with a placeholder for each value, and the positions of these."""
    source, positions = strings[0], list[int]()
    for text in strings[1:]:
        positions.append(len(source))
        source += placeholder + text
    return source, positions


class Zone(NamedTuple):
    """A part of a source, with the place of everything in it."""

    start: int
    place: Place


def _places(zones: list[Zone], positions: list[int]) -> list[Place]:
    """Return the place at each position; zones are in order, the first one begins at zero."""
    found: list[Place] = []
    current = 0
    for position in positions:
        while current + 1 < len(zones) and zones[current + 1].start <= position:
            current += 1
        found.append(zones[current].place)
    return found


# --- HTML


def _read_html(strings: tuple[str, ...]) -> Places:
    source, positions = _joined(strings, PLACEHOLDER)
    zones = _html_zones(source)
    return (*_places(zones, positions), zones[-1].place)


def _html_zones(source: str) -> list[Zone]:
    zones = [Zone(0, Place("children"))]
    open_foreign: Counter[str] = Counter()
    position = 0
    while start := re.compile(MARKUP_START).search(source, position):
        markup = re.compile(MARKUP).match(source, start.start())
        if markup is None:
            return [*zones, Zone(start.start(), _unfinished(source[start.start() :]))]
        name = _name(markup["name"])
        zones.append(Zone(markup.start(), Place("tag" if markup["name"] else "comment", name)))
        _count_foreign(open_foreign, markup, name)
        position = markup.end()
        if not markup["slash"] and name in READ_AS_TEXT:
            end = _raw_text_end(source, position, name, is_foreign=any(open_foreign.values()))
            if end is None:
                return [*zones, Zone(position, Place("raw text", name))]
            zones += _raw_text_zones(source, position, end, name)
            position = end
        else:
            foreign = next(iter(+open_foreign), None)
            zones.append(Zone(position, Place("text", foreign) if foreign else Place("children")))
    return zones


def _raw_text_end(source: str, position: int, name: str, *, is_foreign: bool) -> int | None:
    """Return where the end tag of raw text begins; None if parsers may see another end."""
    end = re.compile(rf"(?i)</{name}(?=[\t\n\f\r />])").search(source, position)
    if end is None or name == "plaintext":
        return None
    content = source[position : end.start()]
    if name == "script" and "<!--" in content:
        return None
    if name == "noscript" or is_foreign:  # markup to some parsers, raw text to others
        return end.start() if _html_zones(content)[-1].place.kind in WRITABLE else None
    return end.start()


def _raw_text_zones(source: str, start: int, end: int, name: str) -> list[Zone]:
    """Return the zones between two tags; in SVG, tags between those of a title are real."""
    if name not in ESCAPABLE_RAW_TEXT_ELEMENTS:
        return [Zone(start, Place("raw text", name))]
    return [
        Zone(start + zone.start, Place("text", name) if zone.place.kind in WRITABLE else zone.place)
        for zone in _html_zones(source[start:end])
    ]


def _unfinished(rest: str) -> Place:
    if rest.startswith("<!"):
        return Place("comment")
    found = re.match(r"</?([A-Za-z][^\t\n\f\r />]*)", rest)
    return Place("tag", _name(found and found[1]))


def _name(found: str | None) -> str:
    """Return the name of a tag; none if a value is in it."""
    return "" if found is None or MARK in found else found.lower()


def _count_foreign(open_foreign: Counter[str], markup: re.Match[str], name: str) -> None:
    if name not in FOREIGN_ELEMENTS:
        return
    if markup["slash"]:
        open_foreign[name] = max(open_foreign[name] - 1, 0)
    elif not (markup[0].endswith("/>") and name in ("svg", "math")):
        open_foreign[name] += 1


# --- JavaScript


def _read_js(strings: tuple[str, ...]) -> Places:
    source, positions = _joined(strings, "0")
    places = _places(_js_zones(source), positions)
    for index, place in enumerate(places):
        before, after = strings[index], strings[index + 1]
        is_second = index > 0 and not before
        is_word = re.search(BEFORE_WORD, before) or re.match(AFTER_WORD, after)
        if place.kind == "code" and (is_second or is_word):
            places[index] = Place("word")
    return (*places, Place("code"))


def _js_zones(source: str) -> list[Zone]:
    zones = [Zone(0, CODE)]
    open_brackets: list[int] = []  # in each `${` of a template literal around the position
    before = ""  # the last token that is neither space nor a comment
    position = 0
    while token := re.compile(JS_LEXEME).match(source, position):
        place, end = JS_PLACES.get(token.lastgroup or "", CODE), token.end()
        is_text = token.lastgroup == "quote" or (token[0] == "}" and open_brackets[-1:] == [0])
        if is_text:
            place, end = STRING, _text_end(source, end, open_brackets, token[0])
        elif open_brackets and token[0] in ("{", "}"):
            open_brackets[-1] += 1 if token[0] == "{" else -1
        elif token[0] == "/" and (regex := _regex(source, position, before)):
            place, end = REGEX, regex.end()
            if before.endswith(UNCERTAIN_ENDS):
                return [*zones, Zone(position, REGEX)]
        if place != CODE:
            zones += [Zone(position, place), Zone(end, CODE)]
        if token.lastgroup not in ("space", "comment"):
            before = token[0] if place == CODE else "''"
        position = end
    return zones


def _text_end(source: str, position: int, open_brackets: list[int], opener: str) -> int:
    """Return where the text of a template literal ends, and keep count of its `${`."""
    if opener == "}":
        open_brackets.pop()
    text = re.compile(JS_TEXT).match(source, position)
    end = len(source) if text is None else text.end()
    if source.endswith("${", position, end):
        open_brackets.append(0)
    return end


def _regex(source: str, position: int, before: str) -> re.Match[str] | None:
    """Return the regular expression that begins at a slash, or None if the slash divides."""
    is_operand = re.search(r"[\w$)\]}'\"`]\Z", before) and before not in WORDS_BEFORE_VALUES
    found = re.compile(JS_REGEX).match(source, position)
    if not is_operand or found is None:
        return found
    # `if (a) /'/.test(b)`: without a quote in it, both readings have the same strings.
    has_quote = before.endswith(UNCERTAIN_ENDS) and re.search("['\"`]", found[0])
    return found if has_quote else None


_cached_html_places = lru_cache(maxsize=MAX_CACHED_TEMPLATES)(_read_html)
_cached_js_places = lru_cache(maxsize=MAX_CACHED_TEMPLATES)(_read_js)
