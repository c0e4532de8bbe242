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
    from collections.abc import Iterator, Mapping

__all__ = ("ARIA_NAMES", "MISSPELT_KEYWORDS", "misspelling_error")

# With underscores between their words. https://w3c.github.io/aria/#state_prop_def
ARIA_NAMES: Final = (
    *("active_descendant", "atomic", "auto_complete", "braille_label", "braille_role_description"),
    *("busy", "checked", "col_count", "col_index", "col_index_text", "col_span", "controls"),
    *("current", "described_by", "description", "details", "disabled", "error_message"),
    *("expanded", "flow_to", "has_popup", "hidden", "invalid", "key_shortcuts", "label"),
    *("labelled_by", "level", "live", "modal", "multi_line", "multi_selectable", "orientation"),
    *("owns", "placeholder", "pos_in_set", "pressed", "read_only", "relevant", "required"),
    *("role_description", "row_count", "row_index", "row_index_text", "row_span", "selected"),
    *("set_size", "sort", "value_max", "value_min", "value_now", "value_text"),
)
# The first words of events of several words, such as `onkeydown`.
_EVENT_WORDS = (
    *("after", "animation", "aux", "before", "can", "context", "cue", "dbl", "drag", "duration"),
    *("focus", "form", "got", "hash", "key", "language", "load", "loaded", "lost", "message"),
    *("mouse", "page", "pointer", "pop", "rate", "scroll", "security", "select", "selection"),
    *("slot", "time", "touch", "transition", "unhandled", "volume"),
)


def _camel_case(name: str, separator: str = "-") -> str:
    first, *others = name.split(separator)
    return first + "".join(word.capitalize() for word in others)


def _aria(name: str) -> Iterator[str]:
    """Return the spellings of an ARIA attribute as a property, and with its words apart."""
    yield _camel_case(f"aria_{name}", "_")
    if "_" in name:
        yield f"aria_{name}"


def _events(name: str) -> Iterator[str]:
    """Return the spellings of an event handler with underscores between its words."""
    event = name.removeprefix("on")
    yield f"on_{event}"
    for word in _EVENT_WORDS:
        if event.startswith(word) and event != word:
            yield f"on_{word}_{event.removeprefix(word)}"


MISSPELT_KEYWORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        _camel_case(name): name.replace("-", "_")
        for name in sorted(HTML_ATTRIBUTES | SVG_ATTRIBUTES | MATHML_ATTRIBUTES)
        if "-" in name
    }
    | {wrong: "aria_" + name.replace("_", "") for name in ARIA_NAMES for wrong in _aria(name)}
    | dict.fromkeys(("aria_labeledby", "aria_labeled_by", "ariaLabeledBy"), "aria_labelledby")
    | {wrong: name for name in sorted(EVENT_HANDLER_ATTRIBUTES) for wrong in _events(name)}
    | dict.fromkeys(("onDoubleClick", "on_double_click"), "ondblclick")
    | dict.fromkeys(("className", "classname", "class_name", "cls", "_class", "klass"), "class_")
    | dict.fromkeys(("htmlClass", "classList"), "class_")
    | dict.fromkeys(("htmlFor", "htmlfor", "html_for", "_for", "phor"), "for_")
    | dict.fromkeys(("xlinkHref", "xlink_href"), "href")
    | dict.fromkeys(("xmlLang", "xml_lang"), "lang")
    | {"defaultValue": "value", "defaultChecked": "checked"}
    | dict.fromkeys(("dangerouslySetInnerHTML", "innerHTML"), "Markup(…)")
    | dict.fromkeys(("textContent", "innerText"), '"text"')
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
    fix = f"{meant}=…" if meant.isidentifier() else f"{meant}  (as a child)"
    return AttributeNameError(
        f"cannot write {keyword} as an attribute",
        why="HTML has no such attribute, so a browser would ignore it",
        fix=f'{fix}  (or {{"{keyword}": …}} for an attribute of that very name)',
    )
