"""Names: every element of the catalogs and some others, every attribute of the standards.

Elements are Python expressions. Event handlers and Datastar's `data-…` are left out, because their
values are code.

Sources: https://html.spec.whatwg.org/multipage/indices.html#attributes-3 and #obsolete,
https://svgwg.org/svg2-draft/attindex.html and propidx.html, https://w3c.github.io/mathml-core/,
https://w3c.github.io/aria/#state_prop_def
"""

from fatmorph import html, mathml, svg
from fatmorph.markup._spec_attributes import (
    GLOBAL_ATTRIBUTES,
    HTML_ATTRIBUTES,
    MATHML_ATTRIBUTES,
    SVG_ATTRIBUTES,
)
from fatmorph.markup._spec_elements import (
    ESCAPABLE_RAW_TEXT_ELEMENTS,
    OBSOLETE_ELEMENTS,
    RAW_TEXT_ELEMENTS,
)

__all__ = ("ATTRIBUTES", "ATTRIBUTE_GROUPS", "ELEMENTS", "TEXT_ELEMENTS")

# Left out: parts of the page itself, and the element that no end tag ends. Anywhere else, they stop
# the page with any text.
PAGE_ELEMENTS = ("h.html", "h.head", "h.body", 'element("plaintext")')

OTHER_ELEMENTS = (
    # Unknown elements, proposed ones, and special cases of parsers.
    *("my-widget", "x-unknown", "unknown", "image", "foreignobject", "annotation-xml", "mglyph"),
    *("malignmark", "fencedframe", "portal", "permission", "geolocation", "model", "webview"),
    *("content", "shadow", "command", "rb", "imported", "sarcasm", "desc", "mi", "mtext"),
)
ELEMENTS = (
    *(
        name
        for name in (
            *(f"h.{name}" for name in html.__all__),
            *(f'element("{name}")' for name in (*OBSOLETE_ELEMENTS, *OTHER_ELEMENTS)),
        )
        if name not in PAGE_ELEMENTS
    ),
    *(f"svg.{name}" for name in svg.__all__),
    *(f"mathml.{name}" for name in mathml.__all__),
)
# A parser reads their content as text up to the end tag. A script's text is code.
TEXT_ELEMENTS = tuple(
    f"h.{tag}" if tag in html.__all__ else f'element("{tag}")'
    for tag in sorted((RAW_TEXT_ELEMENTS | ESCAPABLE_RAW_TEXT_ELEMENTS) - {"script"})
)

# Attributes of browsers, of other libraries, and unknown ones.
OTHER_ATTRIBUTES = """
adauctionheaders allowpaymentrequest anchor attributionsrc browsingtopics credentialless csp
elementtiming focusgroup handler implements import incremental interestfor interesttarget
invoketarget invokeaction mayscript mozbrowser policy privatetoken pseudo results security seamless
sharedstoragewritable virtualkeyboardpolicy webkitdirectory x-webkit-speech ng-app ng-click v-html
v-on:click @click :href x-data x-html hx-get hx-on up-target _hyperscript
"""
ARIA_ATTRIBUTES = """
activedescendant atomic autocomplete braillelabel brailleroledescription busy checked colcount
colindex colindextext colspan controls current describedby description details disabled dropeffect
errormessage expanded flowto grabbed haspopup hidden invalid keyshortcuts label labelledby level
live modal multiline multiselectable orientation owns placeholder posinset pressed readonly relevant
required roledescription rowcount rowindex rowindextext rowspan selected setsize sort valuemax
valuemin valuenow valuetext
"""
# Similar to Datastar's attributes.
DATA_ATTRIBUTES = "data-x data-user-id data-url data-src data-href data-html data-text-x data-initx"

# A browser acts on these, or they change the meaning of others: each is tried alone.
LIVE_AS_TEXT = """
action archive async attributionsrc background blocking by charset classid code codebase command
commandfor content contenteditable credentialless crossorigin csp cursor data datasrc defer
download dynsrc encoding event filter for form formaction formmethod formtarget from handler href
http-equiv id implements imagesrcset import integrity is language link loading longdesc lowsrc
manifest mask media method mode name nomodule nonce object open param path ping popover
popovertarget poster profile rel role sandbox shadowrootmode src srcdoc srcset style target to type
urn usemap value values version xlink:href xml:base xmlns xmlns:xlink
"""
LIVE = set(LIVE_AS_TEXT.split())
CHUNK = 40

ATTRIBUTES = tuple(
    dict.fromkeys(
        (
            *sorted(GLOBAL_ATTRIBUTES | HTML_ATTRIBUTES | SVG_ATTRIBUTES | MATHML_ATTRIBUTES),
            *OTHER_ATTRIBUTES.split(),
            *(f"aria-{name}" for name in ARIA_ATTRIBUTES.split()),
            *DATA_ATTRIBUTES.split(),
        )
    )
)
INERT = [name for name in ATTRIBUTES if name not in LIVE]
# Every attribute once: alone, or together with others that do not change its meaning.
ATTRIBUTE_GROUPS = (
    *((name,) for name in ATTRIBUTES if name in LIVE),
    *(tuple(INERT[start : start + CHUNK]) for start in range(0, len(INERT), CHUNK)),
)
