"""The attributes of the HTML, SVG and MathML standards.

Only tables of names, without behaviour. Each names the section that it follows.

Source: https://html.spec.whatwg.org/multipage/indices.html#attributes-3
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = (
    "EVENT_HANDLER_ATTRIBUTES",
    "GLOBAL_ATTRIBUTES",
    "HTML_ATTRIBUTES",
    "MATHML_ATTRIBUTES",
    "SVG_ATTRIBUTES",
    "SVG_ATTRIBUTE_CASE",
    "TRUE_FALSE_ATTRIBUTES",
    "URL_ATTRIBUTES",
)

# Lower case → the case in SVG; the last name is of MathML.
# https://html.spec.whatwg.org/multipage/parsing.html#adjust-svg-attributes
# https://html.spec.whatwg.org/multipage/parsing.html#adjust-mathml-attributes
SVG_ATTRIBUTE_CASE: Final[Mapping[str, str]] = MappingProxyType(
    {
        name.lower(): name
        for name in (
            *("attributeName", "attributeType", "baseFrequency", "baseProfile", "calcMode"),
            *("clipPathUnits", "diffuseConstant", "edgeMode", "filterUnits", "glyphRef"),
            *("gradientTransform", "gradientUnits", "kernelMatrix", "kernelUnitLength"),
            *("keyPoints", "keySplines", "keyTimes", "lengthAdjust", "limitingConeAngle"),
            *("markerHeight", "markerUnits", "markerWidth", "maskContentUnits", "maskUnits"),
            *("numOctaves", "pathLength", "patternContentUnits", "patternTransform"),
            *("patternUnits", "pointsAtX", "pointsAtY", "pointsAtZ", "preserveAlpha"),
            *("preserveAspectRatio", "primitiveUnits", "refX", "refY", "repeatCount"),
            *("repeatDur", "requiredExtensions", "requiredFeatures", "specularConstant"),
            *("specularExponent", "spreadMethod", "startOffset", "stdDeviation"),
            *("stitchTiles", "surfaceScale", "systemLanguage", "tableValues", "targetX"),
            *("targetY", "textLength", "viewBox", "viewTarget", "xChannelSelector"),
            *("yChannelSelector", "zoomAndPan", "definitionURL"),
        )
    }
)

# https://html.spec.whatwg.org/multipage/dom.html#global-attributes, with `part` and `exportparts`
# of https://drafts.csswg.org/css-shadow-parts/, `role` of https://w3c.github.io/aria/,
# `elementtiming` of https://w3c.github.io/element-timing/, `virtualkeyboardpolicy` of
# https://w3c.github.io/virtual-keyboard/, and two that are obsolete. `aria-*` and the event
# handlers are global too.
GLOBAL_ATTRIBUTES: Final[frozenset[str]] = frozenset(
    (
        *("accesskey", "autocapitalize", "autocorrect", "autofocus", "class"),
        *("contenteditable", "contextmenu", "dir", "draggable", "dropzone", "elementtiming"),
        *("enterkeyhint", "exportparts", "headingoffset", "headingreset", "hidden", "id"),
        *("inert", "inputmode", "is", "itemid", "itemprop", "itemref", "itemscope"),
        *("itemtype", "lang", "nonce", "part", "popover", "role", "slot", "spellcheck"),
        *("style", "tabindex", "title", "translate", "virtualkeyboardpolicy"),
        *("writingsuggestions", "xmlns"),
    )
)

# https://html.spec.whatwg.org/multipage/webappapis.html#event-handlers-on-elements,-document-objects,-and-window-objects
# with those of the specifications for other events (pointers, touches, animations, transitions,
# selections, SVG's animations), those of single browsers, and obsolete ones.
EVENT_HANDLER_ATTRIBUTES: Final[frozenset[str]] = frozenset(
    (
        *("onabort", "onactivate", "onafterprint", "onanimationcancel", "onanimationend"),
        *("onanimationiteration", "onanimationstart", "onauxclick", "onbeforecopy"),
        *("onbeforecut", "onbeforeinput", "onbeforematch", "onbeforepaste", "onbeforeprint"),
        *("onbeforetoggle", "onbeforeunload", "onbegin", "onblur", "onbounce", "oncancel"),
        *("oncanplay", "oncanplaythrough", "onchange", "onclick", "onclose", "oncommand"),
        *("oncontentvisibilityautostatechange", "oncontextlost", "oncontextmenu"),
        *("oncontextrestored", "oncopy", "oncuechange", "oncut", "ondblclick", "ondrag"),
        *("ondragend", "ondragenter", "ondragexit", "ondragleave", "ondragover"),
        *("ondragstart", "ondrop", "ondurationchange", "onemptied", "onencrypted", "onend"),
        *("onended", "onerror", "onfinish", "onfocus", "onfocusin", "onfocusout"),
        *("onformdata", "onfullscreenchange", "onfullscreenerror", "ongotpointercapture"),
        *("onhashchange", "oninput", "oninterest", "oninvalid", "onkeydown", "onkeypress"),
        *("onkeyup", "onlanguagechange", "onload", "onloadeddata", "onloadedmetadata"),
        *("onloadend", "onloadstart", "onloseinterest", "onlostpointercapture", "onmessage"),
        *("onmessageerror", "onmousedown", "onmouseenter", "onmouseleave", "onmousemove"),
        *("onmouseout", "onmouseover", "onmouseup", "onmousewheel", "onoffline", "ononline"),
        *("onpagehide", "onpagereveal", "onpageshow", "onpageswap", "onpaste", "onpause"),
        *("onplay", "onplaying", "onpointercancel", "onpointerdown", "onpointerenter"),
        *("onpointerleave", "onpointermove", "onpointerout", "onpointerover"),
        *("onpointerrawupdate", "onpointerup", "onpopstate", "onprogress", "onratechange"),
        *("onrejectionhandled", "onrepeat", "onreset", "onresize", "onscroll", "onscrollend"),
        *("onscrollsnapchange", "onscrollsnapchanging", "onsearch"),
        *("onsecuritypolicyviolation", "onseeked", "onseeking", "onselect"),
        *("onselectionchange", "onselectstart", "onshow", "onslotchange", "onstalled"),
        *("onstart", "onstorage", "onsubmit", "onsuspend", "ontimeupdate", "ontoggle"),
        *("ontouchcancel", "ontouchend", "ontouchmove", "ontouchstart", "ontransitioncancel"),
        *("ontransitionend", "ontransitionrun", "ontransitionstart", "onunhandledrejection"),
        *("onunload", "onvolumechange", "onwaiting", "onwaitingforkey"),
        *("onwebkitanimationend", "onwebkitanimationiteration", "onwebkitanimationstart"),
        *("onwebkitfullscreenchange", "onwebkitfullscreenerror", "onwebkittransitionend"),
        *("onwheel", "onzoom"),
    )
)

# The attributes of single elements: https://html.spec.whatwg.org/multipage/indices.html#attributes-3
# and https://html.spec.whatwg.org/multipage/obsolete.html#non-conforming-features, with those of
# https://www.w3.org/TR/html-rdfa/ and of specifications that extend an element, such as
# https://w3c.github.io/remote-playback/. `srcdoc` is one of them, and the only one with HTML in it.
HTML_ATTRIBUTES: Final[frozenset[str]] = frozenset(
    (
        *("abbr", "about", "accept", "accept-charset", "action", "align", "alink", "allow"),
        *("allowfullscreen", "allowpaymentrequest", "allowtransparency", "allowusermedia"),
        *("alpha", "alt", "archive", "as", "async", "attributionsrc", "autocomplete"),
        *("autoplay", "autosave", "axis", "background", "behavior", "bgcolor", "blocking"),
        *("border", "bordercolor", "bottommargin", "browsingtopics", "capture", "cellpadding"),
        *("cellspacing", "challenge", "char", "charoff", "charset", "checked", "cite"),
        *("classid", "clear", "closedby", "code", "codebase", "codetype", "color"),
        *("colorspace", "cols", "colspan", "command", "commandfor", "compact", "content"),
        *("controls", "controlslist", "coords", "credentialless", "crossorigin", "csp"),
        *("data", "datafld", "dataformatas", "datapagesize", "datasrc", "datatype"),
        *("datetime", "declare", "decoding", "default", "defer", "direction", "dirname"),
        *("disabled", "disablepictureinpicture", "disableremoteplayback", "download"),
        *("dynsrc", "enctype", "event", "face", "fetchpriority", "for", "form", "formaction"),
        *("formenctype", "formmethod", "formnovalidate", "formtarget", "frame", "frameborder"),
        *("framespacing", "headers", "height", "high", "href", "hreflang", "hspace"),
        *("http-equiv", "icon", "imagesizes", "imagesrcset", "incremental", "inlist"),
        *("integrity", "interestfor", "ismap", "keyparams", "keytype", "kind", "label"),
        *("language", "leftmargin", "link", "list", "loading", "longdesc", "loop", "low"),
        *("lowsrc", "manifest", "marginheight", "marginwidth", "max", "maxlength"),
        *("mayscript", "media", "method", "methods", "min", "minlength", "multiple", "muted"),
        *("name", "nohref", "nomodule", "noresize", "noshade", "novalidate", "nowrap"),
        *("object", "open", "optimum", "pattern", "ping", "placeholder", "playsinline"),
        *("popovertarget", "popovertargetaction", "poster", "prefix", "preload", "profile"),
        *("prompt", "property", "radiogroup", "readonly", "referrerpolicy", "rel", "required"),
        *("resource", "results", "rev", "reversed", "rightmargin", "rows", "rowspan", "rules"),
        *("sandbox", "scheme", "scope", "scoped", "scrollamount", "scrolldelay", "scrolling"),
        *("seamless", "selected", "shadowrootclonable", "shadowrootcustomelementregistry"),
        *("shadowrootdelegatesfocus", "shadowrootmode", "shadowrootreferencetarget"),
        *("shadowrootserializable", "shadowrootslotassignment", "shape"),
        *("sharedstoragewritable", "size", "sizes", "span", "src", "srcdoc", "srclang"),
        *("srcset", "standby", "start", "step", "summary", "switch", "target", "text"),
        *("topmargin", "truespeed", "type", "typemustmatch", "typeof", "urn", "usemap"),
        *("valign", "value", "valuetype", "version", "vlink", "vocab", "vspace"),
        *("webkitdirectory", "width", "wrap"),
    )
)

# In the case that a parser gives them: https://svgwg.org/svg2-draft/attindex.html and
# https://svgwg.org/svg2-draft/propidx.html (presentation attributes), with those of
# https://www.w3.org/TR/SVG11/attindex.html, https://drafts.csswg.org/css-masking-1/,
# https://drafts.csswg.org/filter-effects-1/ and https://svgwg.org/specs/animations/.
SVG_ATTRIBUTES: Final[frozenset[str]] = frozenset(
    (
        *("accent-height", "accumulate", "additive", "alignment-baseline", "alphabetic"),
        *("amplitude", "arabic-form", "ascent", "attributeName", "attributeType", "azimuth"),
        *("baseFrequency", "baseline-shift", "baseProfile", "bbox", "begin", "bias", "by"),
        *("calcMode", "cap-height", "clip", "clip-path", "clip-rule", "clipPathUnits"),
        *("color", "color-interpolation", "color-interpolation-filters", "color-profile"),
        *("color-rendering", "contentscripttype", "contentstyletype", "crossorigin", "cursor"),
        *("cx", "cy", "d", "descent", "diffuseConstant", "direction", "display", "divisor"),
        *("dominant-baseline", "download", "dur", "dx", "dy", "edgeMode", "elevation"),
        *("enable-background", "end", "exponent", "externalresourcesrequired"),
        *("fetchpriority", "fill", "fill-opacity", "fill-rule", "filter", "filterres"),
        *("filterUnits", "flood-color", "flood-opacity", "focusable", "font-family"),
        *("font-size", "font-size-adjust", "font-stretch", "font-style", "font-variant"),
        *("font-weight", "format", "fr", "from", "fx", "fy", "g1", "g2", "glyph-name"),
        *("glyph-orientation-horizontal", "glyph-orientation-vertical", "glyphRef"),
        *("gradientTransform", "gradientUnits", "hanging", "height", "horiz-adv-x"),
        *("horiz-origin-x", "horiz-origin-y", "href", "hreflang", "ideographic"),
        *("image-rendering", "in", "in2", "inline-size", "intercept", "k", "k1", "k2", "k3"),
        *("k4", "kernelMatrix", "kernelUnitLength", "kerning", "keyPoints", "keySplines"),
        *("keyTimes", "lengthAdjust", "letter-spacing", "lighting-color", "limitingConeAngle"),
        *("local", "marker-end", "marker-mid", "marker-start", "markerHeight", "markerUnits"),
        *("markerWidth", "mask", "mask-type", "maskContentUnits", "maskUnits", "mathematical"),
        *("max", "media", "method", "min", "mode", "name", "numOctaves", "offset", "opacity"),
        *("operator", "order", "orient", "orientation", "origin", "overflow"),
        *("overline-position", "overline-thickness", "paint-order", "panose-1", "path"),
        *("pathLength", "patternContentUnits", "patternTransform", "patternUnits", "ping"),
        *("pointer-events", "points", "pointsAtX", "pointsAtY", "pointsAtZ", "preserveAlpha"),
        *("preserveAspectRatio", "primitiveUnits", "r", "radius", "referrerpolicy", "refX"),
        *("refY", "rel", "rendering-intent", "repeatCount", "repeatDur", "requiredExtensions"),
        *("requiredFeatures", "restart", "result", "rev", "rotate", "rx", "ry", "scale"),
        *("seed", "shape-inside", "shape-margin", "shape-padding", "shape-rendering"),
        *("shape-subtract", "side", "slope", "spacing", "specularConstant"),
        *("specularExponent", "spreadMethod", "startOffset", "stdDeviation", "stemh", "stemv"),
        *("stitchTiles", "stop-color", "stop-opacity", "strikethrough-position"),
        *("strikethrough-thickness", "string", "stroke", "stroke-dasharray"),
        *("stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
        *("stroke-opacity", "stroke-width", "surfaceScale", "systemLanguage", "tableValues"),
        *("target", "targetX", "targetY", "text-anchor", "text-decoration", "text-overflow"),
        *("text-rendering", "textLength", "to", "transform", "transform-origin", "type", "u1"),
        *("u2", "underline-position", "underline-thickness", "unicode", "unicode-bidi"),
        *("unicode-range", "units-per-em", "v-alphabetic", "v-hanging", "v-ideographic"),
        *("v-mathematical", "values", "vector-effect", "version", "vert-adv-y"),
        *("vert-origin-x", "vert-origin-y", "viewBox", "viewTarget", "visibility"),
        *("white-space", "width", "widths", "word-spacing", "writing-mode", "x", "x-height"),
        *("x1", "x2", "xChannelSelector", "xlink:actuate", "xlink:arcrole", "xlink:href"),
        *("xlink:role", "xlink:show", "xlink:title", "xlink:type", "xml:base", "xml:lang"),
        *("xml:space", "xmlns:xlink", "y", "y1", "y2", "yChannelSelector", "zoomAndPan"),
    )
)

# https://w3c.github.io/mathml-core/#mathml-elements-and-attributes and
# https://w3c.github.io/mathml/#parsing_attributes, which has those of MathML 3 and 4.
MATHML_ATTRIBUTES: Final[frozenset[str]] = frozenset(
    (
        *("accent", "accentunder", "actiontype", "align", "alignmentscope", "altimg"),
        *("altimg-height", "altimg-valign", "altimg-width", "alttext", "arg", "background"),
        *("base", "bevelled", "cd", "cdgroup", "charalign", "charspacing", "close", "closure"),
        *("color", "columnalign", "columnlines", "columnspacing", "columnspan", "columnwidth"),
        *("crossout", "decimalpoint", "definitionURL", "denomalign", "depth", "dir"),
        *("display", "displaystyle", "edge", "encoding", "equalcolumns", "equalrows", "fence"),
        *("fontfamily", "fontsize", "fontstyle", "fontweight", "form", "frame"),
        *("framespacing", "groupalign", "height", "href", "indentalign", "indentalignfirst"),
        *("indentalignlast", "indentshift", "indentshiftfirst", "indentshiftlast"),
        *("indenttarget", "index", "infixlinebreakstyle", "intent", "largeop", "leftoverhang"),
        *("length", "linebreak", "linebreakmultchar", "linebreakstyle", "lineleading"),
        *("linethickness", "location", "longdivstyle", "lquote", "lspace", "macros"),
        *("mathbackground", "mathcolor", "mathsize", "mathvariant", "maxsize", "maxwidth"),
        *("minlabelspacing", "minsize", "mode", "movablelimits", "mslinethickness", "name"),
        *("nargs", "notation", "numalign", "occurrence", "open", "order", "other", "overflow"),
        *("position", "rightoverhang", "rowalign", "rowlines", "rowspacing", "rowspan"),
        *("rquote", "rspace", "scope", "scriptlevel", "scriptminsize", "scriptsizemultiplier"),
        *("selection", "separator", "separators", "shift", "side", "src", "stackalign"),
        *("stretchy", "subscriptshift", "superscriptshift", "symmetric", "type", "valign"),
        *("voffset", "width", "xref"),
    )
)

# Attributes whose value a browser may navigate to, load or run as a URL.
# Not here: `srcset` and `imagesrcset` (candidate lists, fetched as images only), `usemap` (a name
# in the page), `itemid`, `itemtype` and `xmlns` (names that are never fetched), `srcdoc` (HTML),
# `icon`, `classid`, `codebase`, `archive` and `profile` (no browser reads them any more).
# https://html.spec.whatwg.org/multipage/indices.html#attributes-3
URL_ATTRIBUTES: Final[frozenset[str]] = frozenset(
    {
        "action",  # form: navigates
        "background",  # body, table (obsolete): loads an image
        "cite",  # blockquote, del, ins, q: a browser may offer it as a link
        "data",  # object: loads a document, scripts included
        "formaction",  # button, input: navigates
        "from",  # SVG animate: becomes the animated attribute, which may be href
        "href",  # a, area: navigate; base, link, SVG use, image, script: load
        "longdesc",  # img (obsolete): a browser may offer it as a link
        "manifest",  # html (obsolete): loads
        "ping",  # a, area: posts to each URL
        "poster",  # video: loads an image
        "src",  # iframe, embed: load documents; script: runs; img, audio, …: load
        "to",  # SVG animate, set: becomes the animated attribute, which may be href
        "values",  # SVG animate: URLs between semicolons, each as `to`
        "xlink:href",  # SVG, as href
    }
)

# Name → the words for True and False, for attributes with a third meaning when they are absent.
# `aria-*` is treated in the same way, by its prefix.
# https://html.spec.whatwg.org/multipage/indices.html#attributes-3
# https://w3c.github.io/mathml-core/#attributes-common-to-html-and-mathml-elements
TRUE_FALSE_ATTRIBUTES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        # HTML
        "autocapitalize": ("on", "off"),
        "autocomplete": ("on", "off"),
        "autocorrect": ("on", "off"),
        "contenteditable": ("true", "false"),
        "draggable": ("true", "false"),
        "spellcheck": ("true", "false"),
        "translate": ("yes", "no"),
        "writingsuggestions": ("true", "false"),
        # MathML
        "accent": ("true", "false"),
        "accentunder": ("true", "false"),
        "displaystyle": ("true", "false"),
        "fence": ("true", "false"),
        "largeop": ("true", "false"),
        "movablelimits": ("true", "false"),
        "separator": ("true", "false"),
        "stretchy": ("true", "false"),
        "symmetric": ("true", "false"),
        # SVG; the last two are of SVG 1.1 and SVG Tiny 1.2, still found in files
        "preserveAlpha": ("true", "false"),
        "externalResourcesRequired": ("true", "false"),
        "focusable": ("true", "false"),
    }
)
