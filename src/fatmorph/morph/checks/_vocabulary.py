"""The meaning of names to the checks: which elements hold state, which attributes are Datastar's.

Sources: https://data-star.dev/reference/attributes (which attributes need a key or a value) and
docs/reference/check.md (where identity matters, and where it does not).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fatmorph.markup._spec_attributes import URL_ATTRIBUTES
from fatmorph.morph._matching.runs import plugin_name
from fatmorph.morph.checks._listeners import dead_listener
from fatmorph.morph.checks._misspelt import meant_attribute
from fatmorph.morph.checks._unread_attributes import may_be_unread

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = (
    "ACTION",
    "APPLIED",
    "CANCELS_BY_ELEMENT_BEFORE",
    "CANCELS_BY_URL_SINCE",
    "CHECKED",
    "DEAD",
    "EMPTY_IDS_MATTER_BEFORE",
    "EXPRESSION",
    "HOLDS_URL",
    "ID",
    "IGNORE",
    "IGNORE_MORPH",
    "INIT",
    "MATCHED_BY_POSITION",
    "MISSPELT",
    "NAME",
    "NAMED_IDS_MATTER_BEFORE",
    "NEEDS_KEY",
    "NEEDS_NO_KEY",
    "NEEDS_NO_VALUE",
    "NEEDS_VALUE",
    "NOTED",
    "PRESERVE",
    "RAW_TEXT",
    "SIGNALS",
    "STATE",
    "STATEFUL",
    "STATELESS_INPUTS",
    "STYLE",
    "UNREAD",
    "URL",
    "attribute_kind",
    "datastar_call",
    "keeps_open",
)

# The clients that a rule concerns. https://github.com/starfederation/datastar/releases
CANCELS_BY_ELEMENT_BEFORE: Final = "1.0.2"
CANCELS_BY_URL_SINCE: Final = "1.0.2"
EMPTY_IDS_MATTER_BEFORE: Final = "1.0.5"
NAMED_IDS_MATTER_BEFORE: Final = "1.0.5"

# The meaning of an attribute's name, as bits.
ID, NAME, STYLE, STATE, ACTION, INIT, SIGNALS, IGNORE, IGNORE_MORPH = (1 << n for n in range(9))
NEEDS_VALUE, NEEDS_NO_VALUE, NEEDS_KEY, NEEDS_NO_KEY = (1 << n for n in range(9, 13))
PRESERVE, URL = 1 << 13, 1 << 14
DEAD = 1 << 15
APPLIED = 1 << 16  # creates signals, or runs as soon as the client comes to it
UNREAD = 1 << 17  # may be a Datastar attribute with a mistake in its name
EXPRESSION = 1 << 18
MISSPELT = 1 << 19  # almost an attribute of a standard
HOLDS_URL = NEEDS_VALUE | URL  # an expression may contain an action with its URL
CHECKED = NEEDS_VALUE | NEEDS_NO_VALUE | NEEDS_KEY | NEEDS_NO_KEY
# Attributes that are examined regardless of their value.
NOTED = (APPLIED | STYLE | STATE | SIGNALS | IGNORE | PRESERVE | DEAD | MISSPELT | UNREAD) | (
    NEEDS_NO_VALUE | NEEDS_KEY | NEEDS_NO_KEY
)

# Tag → the state that a user or the browser keeps in the element.
STATEFUL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "audio": "a playing position",
        "canvas": "a drawing",
        "details": "an open state",
        "dialog": "an open state",
        "embed": "a document",
        "iframe": "a document",
        "input": "a value",
        "object": "a document",
        "select": "a choice",
        "textarea": "a text",
        "video": "a playing position",
    }
)
STATELESS_INPUTS: Final = frozenset({"button", "hidden", "image", "reset", "submit"})

RAW_TEXT: Final = frozenset({"#comment", "iframe", "noembed", "noframes", "script", "style", "xmp"})

# If these hold no state, becoming their neighbour does no harm: text, cells, metadata.
MATCHED_BY_POSITION: Final = frozenset(
    {
        # phrasing
        *("a", "abbr", "area", "b", "bdi", "bdo", "br", "button", "cite", "code", "data", "del"),
        *("dfn", "em", "i", "img", "ins", "kbd", "label", "map", "mark", "meter", "output"),
        *("picture", "progress", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong"),
        *("sub", "sup", "time", "u", "var", "wbr", "svg", "math"),
        # blocks of text
        *("blockquote", "caption", "dd", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("hgroup", "hr", "legend", "p", "pre", "summary"),
        # cells of a row, choices, sources, metadata
        *("col", "colgroup", "td", "th", "optgroup", "option", "source", "track"),
        *("base", "link", "meta", "script", "style", "template", "title"),
    }
)

_STATE_ATTRIBUTES = frozenset({"contenteditable", "popover"})
# Datastar's attribute → the requirements on its name and value.
_KINDS = {
    "attr": EXPRESSION | NEEDS_VALUE,
    "bind": STATE | APPLIED,
    "class": EXPRESSION | NEEDS_VALUE,
    "computed": EXPRESSION | NEEDS_VALUE | APPLIED,
    "effect": EXPRESSION | NEEDS_VALUE | NEEDS_NO_KEY | APPLIED,
    "ignore": IGNORE,
    "ignore-morph": STATE | IGNORE_MORPH,
    "indicator": STATE | APPLIED,
    "init": EXPRESSION | STATE | INIT | APPLIED | NEEDS_VALUE | NEEDS_NO_KEY,
    "on": EXPRESSION | ACTION | NEEDS_VALUE | NEEDS_KEY,
    "on-intersect": EXPRESSION | ACTION | NEEDS_VALUE | NEEDS_NO_KEY,
    "match-media": APPLIED,
    "on-interval": EXPRESSION | STATE | APPLIED | NEEDS_VALUE | NEEDS_NO_KEY,
    "preserve-attr": PRESERVE,
    "ref": STATE | APPLIED,
    "show": EXPRESSION | NEEDS_VALUE | NEEDS_NO_KEY,
    "signals": SIGNALS | APPLIED,
    "style": EXPRESSION | NEEDS_VALUE,
    "text": EXPRESSION | NEEDS_VALUE | NEEDS_NO_KEY,
}
_EITHER_KEY_OR_VALUE = frozenset({"bind", "indicator", "ref"})
_HTML_KINDS = {"id": ID, "name": NAME, "style": STYLE, "by": URL} | dict.fromkeys(
    URL_ATTRIBUTES, URL
)


def attribute_kind(name: str) -> int:
    """Return the meaning of an attribute's name, as bits, without requirements that it meets."""
    if not name.startswith("data-"):
        if name in _STATE_ATTRIBUTES:
            return STATE
        return _HTML_KINDS.get(name, 0) or (MISSPELT if _is_near_miss(name) else 0)
    plugin, has_key, key = name[5:].partition("__")[0].partition(":")
    kind = _KINDS.get(plugin) or (UNREAD if may_be_unread(name) else 0)
    if kind & ACTION and dead_listener(key)[0]:
        kind |= DEAD
    if plugin in _EITHER_KEY_OR_VALUE:
        return kind | (NEEDS_NO_VALUE if has_key else NEEDS_VALUE)
    return kind & ~(NEEDS_KEY if has_key else NEEDS_NO_KEY)


def _is_near_miss(name: str) -> bool:
    return bool(meant_attribute(name) or meant_attribute(name, is_foreign=True))


def datastar_call(name: str) -> str:
    """Return our call that writes a Datastar attribute correctly."""
    plugin = plugin_name(name)
    event = '"click", ' if plugin == "on" else ""
    return f'data.{plugin.replace("-", "_")}({event}"…")'


def keeps_open(tag: str, attributes: Mapping[str, object]) -> bool:
    """Return whether a details or dialog element says how it is opened and closed."""
    if tag == "dialog" and "open" in attributes:
        return True  # the server does
    for name, value in attributes.items():
        text = str(value)
        if name == "data-preserve-attr" and "open" in text.split():
            return True
        if name == "data-attr:open" or (name == "data-attr" and "open" in text):
            return True  # Datastar does
    return False
