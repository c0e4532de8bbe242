"""Misspelt attributes: names that other libraries taught, which HTML does not know.

A browser would keep such an attribute without any effect. The list is closed: unknown names are
allowed in general, and a mapping may contain these too.

Source: https://react.dev/reference/react-dom/components/common
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fatmorph.errors import AttributeNameError
from fatmorph.markup._spec_attributes import (
    EVENT_HANDLER_ATTRIBUTES,
    HTML_ATTRIBUTES,
    MATHML_ATTRIBUTES,
    SVG_ATTRIBUTES,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("MISSPELT_KEYWORDS", "misspelling_error")


def _camel_case(name: str) -> str:
    first, *others = name.split("-")
    return first + "".join(word.capitalize() for word in others)


MISSPELT_KEYWORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        _camel_case(name): name.replace("-", "_")
        for name in sorted(HTML_ATTRIBUTES | SVG_ATTRIBUTES | MATHML_ATTRIBUTES)
        if "-" in name
    }
    | {f"on_{name.removeprefix('on')}": name for name in sorted(EVENT_HANDLER_ATTRIBUTES)}
    | dict.fromkeys(("className", "classname", "class_name", "cls", "_class", "klass"), "class_")
    | dict.fromkeys(("htmlFor", "htmlfor", "html_for", "_for", "phor"), "for_")
    | {"defaultValue": "value", "defaultChecked": "checked"}
    | {"dangerouslySetInnerHTML": "Markup(…)"}
)
"""Keyword → the keyword that was meant."""


def misspelling_error(keyword: str) -> AttributeNameError:
    """Return the error for a keyword of the list.

    Example:
        >>> print(misspelling_error("className"))
        cannot write className as an attribute
          why:   HTML has no such attribute, so a browser would ignore it
          fix:   class_=…  (or {"className": …} for an attribute of that very name)
    """
    meant = MISSPELT_KEYWORDS[keyword]
    fix = "Markup(…)  (as a child)" if "(" in meant else f"{meant}=…"
    return AttributeNameError(
        f"cannot write {keyword} as an attribute",
        why="HTML has no such attribute, so a browser would ignore it",
        fix=f'{fix}  (or {{"{keyword}": …}} for an attribute of that very name)',
    )
