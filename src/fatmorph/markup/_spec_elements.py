"""The elements of the HTML, SVG and MathML standards.

Only tables of names, without behaviour. Each names the section that it follows.

Departures:

1. `HTML_ELEMENTS` leaves out `math` and `svg`: they are listed with the namespace they open.
2. `SVG_ELEMENTS` leaves out `audio`, `canvas`, `iframe` and `video`, which SVG 2 borrows from HTML,
   and `unknown`, which no author writes.

Source: https://html.spec.whatwg.org/multipage/indices.html#elements-3
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = (
    "ESCAPABLE_RAW_TEXT_ELEMENTS",
    "HTML_ELEMENTS",
    "MATHML_ELEMENTS",
    "MATHML_TEXT_INTEGRATION_POINTS",
    "NEWLINE_DROPPING_ELEMENTS",
    "OBSOLETE_ELEMENTS",
    "RAW_TEXT_ELEMENTS",
    "READ_AS_TEXT_ELEMENTS",
    "RESERVED_ELEMENTS",
    "SVG_BREAKOUT_ELEMENTS",
    "SVG_ELEMENTS",
    "SVG_INTEGRATION_POINTS",
    "VOID_ELEMENTS",
)

# https://html.spec.whatwg.org/multipage/#toc-semantics, in the order of its sections.
HTML_ELEMENTS: Final[tuple[str, ...]] = (
    # 4.1 The document element, 4.2 Document metadata
    *("html", "head", "title", "base", "link", "meta", "style"),
    # 4.3 Sections
    *("body", "article", "section", "nav", "aside", "h1", "h2", "h3", "h4", "h5", "h6", "hgroup"),
    *("header", "footer", "address"),
    # 4.4 Grouping content
    *("p", "hr", "pre", "blockquote", "ol", "ul", "menu", "li", "dl", "dt", "dd", "figure"),
    *("figcaption", "main", "search", "div"),
    # 4.5 Text-level semantics
    *("a", "em", "strong", "small", "s", "cite", "q", "dfn", "abbr", "ruby", "rt", "rp", "data"),
    *("time", "code", "var", "samp", "kbd", "sub", "sup", "i", "b", "u", "mark", "bdi", "bdo"),
    *("span", "br", "wbr"),
    # 4.7 Edits
    *("ins", "del"),
    # 4.8 Embedded content
    *("picture", "source", "img", "iframe", "embed", "object", "video", "audio", "track", "map"),
    "area",
    # 4.9 Tabular data
    *("table", "caption", "colgroup", "col", "tbody", "thead", "tfoot", "tr", "td", "th"),
    # 4.10 Forms
    *("form", "label", "input", "button", "select", "datalist", "optgroup", "option", "textarea"),
    *("output", "progress", "meter", "fieldset", "legend", "selectedcontent"),
    # 4.11 Interactive elements
    *("details", "summary", "dialog"),
    # 4.12 Scripting
    *("script", "noscript", "template", "slot", "canvas"),
)

# SVG 2: https://svgwg.org/svg2-draft/eltindex.html, in the order of its chapters, then the modules.
SVG_ELEMENTS: Final[tuple[str, ...]] = (
    # 5 Document structure, 6 Styling
    *("svg", "g", "defs", "symbol", "use", "switch", "title", "desc", "metadata", "style"),
    # 9 Paths, 10 Basic shapes
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    # 11 Text, 12 Embedded content
    *("text", "tspan", "textPath", "image", "foreignObject"),
    # 13 Painting, 14 Paint servers
    *("marker", "linearGradient", "radialGradient", "stop", "pattern"),
    # 15 Scripting, 16 Linking
    *("script", "a", "view"),
    # https://drafts.csswg.org/css-masking-1/
    *("clipPath", "mask"),
    # https://drafts.csswg.org/filter-effects-1/
    *("filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feFuncR", "feFuncG"),
    *("feFuncB", "feFuncA", "feComposite", "feConvolveMatrix", "feDiffuseLighting"),
    *("feDisplacementMap", "feDropShadow", "feFlood", "feGaussianBlur", "feImage", "feMerge"),
    *("feMergeNode", "feMorphology", "feOffset", "feSpecularLighting", "feTile", "feTurbulence"),
    *("feDistantLight", "fePointLight", "feSpotLight"),
    # https://svgwg.org/specs/animations/
    *("animate", "set", "discard", "animateMotion", "mpath", "animateTransform"),
)

# https://w3c.github.io/mathml-core/#mathml-elements-and-attributes
MATHML_ELEMENTS: Final[tuple[str, ...]] = (
    "math",
    # 3.2 Token elements
    *("mtext", "mi", "mn", "mo", "mspace", "ms"),
    # 3.3 General layout schemata
    *("mrow", "mfrac", "msqrt", "mroot", "mstyle", "merror", "mpadded", "mphantom"),
    # 3.4 Script and limit schemata
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts"),
    # 3.5 Tabular math
    *("mtable", "mtr", "mtd"),
    # 3.6 Enlivening expressions, 3.7 Semantics and presentation
    *("maction", "semantics", "annotation", "annotation-xml"),
)

# Name → what to write instead, as code.
# https://html.spec.whatwg.org/multipage/obsolete.html#non-conforming-features
OBSOLETE_ELEMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "acronym": "h.abbr(...)",
        "applet": "h.object(...)",
        "basefont": 'h.body(..., style={"font-size": "1.125rem"})',
        "bgsound": "h.audio(...)",
        "big": 'h.span(..., style={"font-size": "larger"})',
        "blink": 'h.span(..., style={"animation": "blink 1s infinite"})',
        "center": 'h.div(..., style={"text-align": "center"})',
        "dir": "h.ul(...)",
        "font": 'h.span(..., style={"font-family": "serif", "color": "red"})',
        "frame": "h.iframe(...)",
        "frameset": 'h.div(h.iframe(...), h.iframe(...), style={"display": "grid"})',
        "isindex": "h.form(h.input(...))",
        "keygen": 'h.script("crypto.subtle.generateKey(...)")',
        "listing": "h.pre(h.code(...))",
        "marquee": 'h.div(..., style={"animation": "scroll 10s linear infinite"})',
        "menuitem": "h.button(...)",
        "multicol": 'h.div(..., style={"columns": 3})',
        "nextid": 'h.div(..., id="part-7")',
        "nobr": 'h.span(..., style={"white-space": "nowrap"})',
        "noembed": "h.object(...)",
        "noframes": "h.iframe(...)",
        "param": 'h.object(..., data="clip.webm")',
        "plaintext": "h.pre(...)",
        "rb": "h.ruby(...)",
        "rtc": "h.ruby(h.ruby(...), h.rt(...))",
        "spacer": 'h.div(..., style={"margin": "1rem"})',
        "strike": "h.del_(...)",
        "tt": "h.code(...)",
        "xmp": "h.pre(h.code(...))",
    }
)

# These have a hyphen in their name but are not custom elements.
# https://html.spec.whatwg.org/multipage/custom-elements.html#valid-custom-element-name
RESERVED_ELEMENTS: Final[frozenset[str]] = frozenset(
    (
        *("annotation-xml", "color-profile", "font-face", "font-face-format", "font-face-name"),
        *("font-face-src", "font-face-uri", "missing-glyph"),
    )
)

# https://html.spec.whatwg.org/multipage/syntax.html#void-elements
VOID_ELEMENTS: Final[frozenset[str]] = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
        *("track", "wbr"),
    )
)

# The obsolete elements are listed because `element("xmp")` can still write them. `noscript` is not
# listed: it is raw text only in a browser that runs scripts, which does not show it.
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-html-fragments
RAW_TEXT_ELEMENTS: Final[frozenset[str]] = frozenset(
    {"iframe", "noembed", "noframes", "script", "style", "xmp"}
)

# https://html.spec.whatwg.org/multipage/syntax.html#escapable-raw-text-elements
ESCAPABLE_RAW_TEXT_ELEMENTS: Final[frozenset[str]] = frozenset({"textarea", "title"})

# A parser may read the content of these as text up to their own end tag, in any namespace. Outside
# `<svg>` and `<math>`, elements of SVG and MathML are read as HTML; `noscript` is raw text if
# scripts run.
# `plaintext` is missing because it has no end.
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody
READ_AS_TEXT_ELEMENTS: Final[frozenset[str]] = (
    RAW_TEXT_ELEMENTS | ESCAPABLE_RAW_TEXT_ELEMENTS | {"noscript"}
)

# The elements of SVG and MathML, in lower case, whose content is HTML again. In those of MathML,
# `mglyph` and `malignmark` remain MathML. `annotation-xml` is one if its encoding is that of HTML.
# https://html.spec.whatwg.org/multipage/parsing.html#html-integration-point
# https://html.spec.whatwg.org/multipage/parsing.html#mathml-text-integration-point
SVG_INTEGRATION_POINTS: Final[frozenset[str]] = frozenset({"desc", "foreignobject", "title"})
MATHML_TEXT_INTEGRATION_POINTS: Final[frozenset[str]] = frozenset({"mi", "mn", "mo", "ms", "mtext"})

# The elements of HTML that a parser moves out of SVG and MathML; `font` with some attributes only.
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign
SVG_BREAKOUT_ELEMENTS: Final[frozenset[str]] = frozenset(
    (
        *("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em"),
        *("embed", "font", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li"),
        *("listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span"),
        *("strike", "strong", "sub", "sup", "table", "tt", "u", "ul", "var"),
    )
)

# The parser drops one newline after these start tags.
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody
NEWLINE_DROPPING_ELEMENTS: Final[frozenset[str]] = frozenset({"listing", "pre", "textarea"})
