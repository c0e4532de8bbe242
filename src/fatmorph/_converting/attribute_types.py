"""The types of attributes' values: flags, numbers, and the words that a standard allows.

Only tables of names. A value of another type is valid HTML too, but a type checker would ask
about it, so it is written in a dict.

Source: https://html.spec.whatwg.org/multipage/indices.html#attributes-3
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = (
    "ANY_TEXT",
    "BOOLEANS",
    "INTEGERS",
    "NUMBERS",
    "TEXTS_OF_ARIA",
    "WORDS",
    "WORDS_ON_ELEMENTS",
)

BOOLEANS: Final = frozenset(
    (
        *("allowfullscreen", "alpha", "async", "autofocus", "autoplay", "checked", "controls"),
        *("default", "defer", "disabled", "formnovalidate", "headingreset", "hidden", "inert"),
        *("ismap", "itemscope", "loop", "multiple", "muted", "nomodule", "novalidate", "open"),
        *("playsinline", "readonly", "required", "reversed", "selected", "shadowrootclonable"),
        *("shadowrootdelegatesfocus", "shadowrootserializable", "switch", "webkitdirectory"),
    )
)
INTEGERS: Final = frozenset(
    (
        *("cols", "colspan", "height", "maxlength", "minlength", "rows", "rowspan", "size"),
        *("span", "start", "tabindex", "width"),
    )
)
# In SVG, where a number may also be a length or a percentage.
NUMBERS: Final = frozenset(
    (
        *("cx", "cy", "dx", "dy", "fill-opacity", "fx", "fy", "height", "opacity", "pathLength"),
        *("r", "refX", "refY", "rx", "ry", "stroke-opacity", "stroke-width", "width", "x", "x1"),
        *("x2", "y", "y1", "y2"),
    )
)
TEXTS_OF_ARIA: Final = frozenset(
    (
        *("aria-activedescendant", "aria-braillelabel", "aria-brailleroledescription"),
        *("aria-controls", "aria-describedby", "aria-description", "aria-details"),
        *("aria-errormessage", "aria-flowto", "aria-keyshortcuts", "aria-label"),
        *("aria-labelledby", "aria-owns", "aria-placeholder", "aria-roledescription"),
        "aria-valuetext",
    )
)
# Attributes that hold any text on every element.
ANY_TEXT: Final = frozenset(
    (
        *(
            "abbr",
            "action",
            "alt",
            "cite",
            "class",
            "content",
            "for",
            "href",
            "id",
            "label",
            "name",
        ),
        *("placeholder", "src", "srcset", "summary", "title", "value"),
    )
)
REFERRER_POLICIES = (
    "no-referrer no-referrer-when-downgrade origin origin-when-cross-origin same-origin "
    "strict-origin strict-origin-when-cross-origin unsafe-url"
)
WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        name: frozenset(words.split())
        for name, words in (
            ("as", "audio document embed fetch font image object script style track video worker"),
            ("autocapitalize", "none off on sentences words characters"),
            ("autocorrect", "on off"),
            ("blocking", "render"),
            ("capture", "environment user"),
            ("closedby", "any closerequest none"),
            ("colorspace", "display-p3 limited-srgb"),
            ("contenteditable", "true false plaintext-only"),
            ("crossorigin", "anonymous use-credentials"),
            ("decoding", "async auto sync"),
            ("dir", "auto ltr rtl"),
            ("draggable", "true false"),
            ("enctype", "application/x-www-form-urlencoded multipart/form-data text/plain"),
            ("enterkeyhint", "done enter go next previous search send"),
            ("fetchpriority", "auto high low"),
            ("formenctype", "application/x-www-form-urlencoded multipart/form-data text/plain"),
            ("formmethod", "dialog get post"),
            ("hidden", ""),
            ("http-equiv", "content-security-policy content-type default-style refresh"),
            ("inputmode", "decimal email none numeric search tel text url"),
            ("kind", "captions chapters descriptions metadata subtitles"),
            ("loading", "eager lazy"),
            ("method", "dialog get post"),
            ("popover", "auto hint manual"),
            ("popovertargetaction", "hide show toggle"),
            ("preload", "auto metadata none"),
            ("referrerpolicy", REFERRER_POLICIES),
            ("scope", "col colgroup row rowgroup"),
            ("shape", "circle default poly rect"),
            ("shadowrootmode", "closed open"),
            ("spellcheck", "true false"),
            ("srcdoc", ""),  # HTML, not text
            ("translate", "yes no"),
            ("wrap", "hard soft"),
            ("writingsuggestions", "true false"),
        )
    }
)
WORDS_ON_ELEMENTS: Final[Mapping[tuple[str, str], frozenset[str]]] = MappingProxyType(
    {
        ("button", "type"): frozenset(("button", "reset", "submit")),
        ("form", "autocomplete"): frozenset(("off", "on")),
        ("input", "type"): frozenset(
            (
                *("button", "checkbox", "color", "date", "datetime-local", "email", "file"),
                *("hidden", "image", "month", "number", "password", "radio", "range", "reset"),
                *("search", "submit", "tel", "text", "time", "url", "week"),
            )
        ),
        ("li", "type"): frozenset(),
        ("ol", "type"): frozenset(("1", "A", "I", "a", "i")),
        ("ul", "type"): frozenset(),
    }
)
"""The words of attributes that hold other words on other elements."""
