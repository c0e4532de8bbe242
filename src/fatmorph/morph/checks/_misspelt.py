"""Misspelt attributes: names that are almost those of a standard, on an element of a standard.

An attribute may have any name, so only names with one mistake are found, and long ones that are
nearly equal. A plural is a name of its own.

Source: https://html.spec.whatwg.org/multipage/indices.html#attributes-3
"""

from __future__ import annotations

import keyword
from functools import lru_cache
from typing import Final

from fatmorph.markup._misspelling import ARIA_NAMES
from fatmorph.markup._spec_attributes import (
    EVENT_HANDLER_ATTRIBUTES,
    GLOBAL_ATTRIBUTES,
    HTML_ATTRIBUTES,
    MATHML_ATTRIBUTES,
    SVG_ATTRIBUTES,
)
from fatmorph.markup._suggestion import closest_name
from fatmorph.morph.checks._listeners import is_one_mistake

__all__ = ("meant_attribute", "written_keyword")

ARIA: Final = frozenset(f"aria-{name.replace('_', '')}" for name in ARIA_NAMES)
ON_ALL: Final = GLOBAL_ATTRIBUTES | EVENT_HANDLER_ATTRIBUTES | ARIA
IN_HTML: Final = sorted(ON_ALL | HTML_ATTRIBUTES)
IN_FOREIGN: Final = sorted(ON_ALL | SVG_ATTRIBUTES | MATHML_ATTRIBUTES)
KNOWN: Final = frozenset(name.lower() for name in (*IN_HTML, *IN_FOREIGN)) | {
    *("aria-dropeffect", "aria-grabbed"),  # deprecated
    *("ref", "tile"),  # a name of Vue's, and a word
}
SHORTEST: Final = 3  # letters; the shortest that has one letter less than a name that is likely
LONGEST: Final = 40  # more than the longest name has, and little to remember
LONG: Final = 8  # letters; a longer name may have two mistakes
NEARLY_EQUAL: Final = 0.88  # of difflib's ratio: `placholer` and `placeholder` have 0.9


def meant_attribute(name: str, *, is_foreign: bool = False) -> str:
    """Return the attribute that a name is almost, the empty text if there is none.

    Args:
        name: As it is written in HTML.
        is_foreign: Whether the element is one of SVG or MathML.

    Example:
        >>> meant_attribute("hrf")
        'href'
    """
    is_possible = SHORTEST <= len(name) <= LONGEST and name.replace("-", "").isalpha()
    return _near(name, is_foreign=is_foreign) if is_possible else ""


@lru_cache(maxsize=1024)
def _near(name: str, *, is_foreign: bool) -> str:
    lower = name.lower()
    if lower in KNOWN:
        return ""
    likely = [
        each
        for each in (IN_FOREIGN if is_foreign else IN_HTML)
        if ("-" in each) == ("-" in name) and len(each) >= SHORTEST
    ]
    if any(_is_plural(lower, each) or _is_plural(each, lower) for each in likely):
        return ""
    near = [each for each in likely if is_one_mistake(lower, each.lower())]
    if near:
        return min(near, key=lambda each: (sorted(each) != sorted(lower), each[0] != name[0]))
    return (closest_name(lower, likely, NEARLY_EQUAL) or "") if len(name) >= LONG else ""


def _is_plural(name: str, other: str) -> bool:
    return name == f"{other}s" and other[-1] != "s"


def written_keyword(name: str) -> str:
    """Return the keyword that writes an attribute.

    Example:
        >>> written_keyword("accept-charset"), written_keyword("class")
        ('accept_charset', 'class_')
    """
    name = name.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name
