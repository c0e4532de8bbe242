"""Sinks: attributes and properties whose value a browser or the client may run as code.

Datastar sets them in the browser, from signals, and a user may have typed a signal's value. URLs
are judged in the browser when they are set, by its own parser and by the policy of `markup.url`.
The other sinks are refused, unless the expression is marked as trusted by `Markup`. CSS is not
treated as code.

Source: https://w3c.github.io/trusted-types/dist/spec/#injection-sink
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fatmorph.errors import DatastarError
from fatmorph.markup._spec_attributes import URL_ATTRIBUTES
from fatmorph.markup._url import SAFE_DATA, STYLE_ELEMENT, SVG_IMAGE_ELEMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("checked_property", "is_trusted", "refuse_url", "url_guard")

# The client reads these attributes as expressions or as names of signals, also when they appear
# later. Datastar Pro's are included.
PLUGINS: Final = frozenset(
    (
        *("animate", "attr", "bind", "class", "computed", "custom-validity", "effect", "indicator"),
        *("init", "json-signals", "match-media", "on", "on-intersect", "on-interval", "on-raf"),
        *("on-resize", "on-signal-patch", "on-signal-patch-filter", "persist", "query-string"),
        *("ref", "replace-url", "scroll-into-view", "show", "signals", "style", "text"),
        "view-transition",
    )
)
# Attribute → the reason why an expression cannot set it.
SWITCHES: Mapping[str, str] = MappingProxyType(
    {
        "allow": "it decides what the document in a frame may do",
        "nonce": "it decides which scripts run",
        "sandbox": "it decides what the document in a frame may do",
        "srcdoc": "it is a page of this site, with its scripts",
    }
)
# SVG's animations have no properties with the names of these three attributes.
GUARDED_PROPERTIES = (URL_ATTRIBUTES - {"from", "to", "values"}) | {"protocol"}

# Properties of every element that throw when they are set to text, which ends the client's updates:
# read-only ones, those that hold an object, and two that refuse some or all later texts.
# https://dom.spec.whatwg.org/#interface-element and
# https://html.spec.whatwg.org/multipage/dom.html#htmlelement
UNSETTABLE_PROPERTIES: Final = frozenset(
    (
        *("activeviewtransition", "ariaactionselements", "ariaactivedescendantelement"),
        *("ariacontrolselements", "ariadescribedbyelements", "ariadetailselements"),
        *("ariaerrormessageelements", "ariaflowtoelements", "arialabelledbyelements"),
        *("ariaownselements", "assignedslot", "attributes", "attributestylemap", "baseuri"),
        *("childelementcount", "childnodes", "children", "clientheight", "clientleft", "clienttop"),
        *("clientwidth", "contenteditable", "currentcsszoom", "customelementregistry", "dataset"),
        *("editcontext", "firstchild", "firstelementchild", "isconnected", "iscontenteditable"),
        *("lastchild", "lastelementchild", "localname", "namespaceuri", "nextelementsibling"),
        *("nextsibling", "nodename", "nodetype", "offsetheight", "offsetleft", "offsetparent"),
        *("offsettop", "offsetwidth", "outertext", "ownerdocument", "parentelement", "parentnode"),
        *("prefix", "previouselementsibling", "previoussibling", "scrollheight", "scrollwidth"),
        *("shadowroot", "tagname"),
    )
)

# Matches the element's name and a `data:` URL that is safe in it. Without `/` and `;`, which would
# mean something to the client.
SAFE_DATA_OF_ELEMENT = (
    rf"^(?:(?!script )\S+ [\x00- ]*data: *{SAFE_DATA.pattern}"
    rf"|(?:{'|'.join(sorted(SVG_IMAGE_ELEMENTS))}) [\x00- ]*data: *image/svg\+xml"
    rf"|{STYLE_ELEMENT} [\x00- ]*data: *text/css) *(?![^,;])"
).translate({ord("/"): r"\x2f", ord(";"): r"\x3b"})
# The parser judges the scheme alone. It refuses `javascript://a|b/...` as a whole, but Chromium
# runs such a URL as the action of a form.
URL_GUARD = (
    "(url => {try {if (typeof url == 'string' && ['javascript:', 'vbscript:', 'data:']"
    ".includes(new URL(url.slice(0, url.indexOf(':') + 1), location).protocol) && "
    f"!/{SAFE_DATA_OF_ELEMENT}/i.test(el.localName + ' ' + url)) "
    "return 'unsafe:' + url} catch {} return url})"
)
URL_LIST_GUARD = (
    r"(urls => typeof urls == 'string' ? urls.split('\x3b')"
    rf".map({URL_GUARD}).join('\x3b') : urls)"
)
# SVG's <animate> adds the value of `by` to the attribute that it animates, often href.
GUARDS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(URL_ATTRIBUTES | {"by"}, URL_GUARD) | {"values": URL_LIST_GUARD}
)


def is_trusted(expression: object) -> bool:
    """Return whether an expression has the mark of trusted text that elements know.

    Example:
        >>> from markupsafe import Markup
        >>> is_trusted(Markup("$url")), is_trusted("$url")
        (True, False)
    """
    return hasattr(type(expression), "__html__")


def url_guard(name: str, where: str) -> str:
    """Return the JavaScript function that makes a value safe for an attribute, if it needs one.

    Raises:
        DatastarError: No value of this attribute is safe.

    Example:
        >>> url_guard("title", "data.attr"), url_guard("href", "data.attr")[:9]
        ('', '(url => {')
    """
    lower = name.lower()
    plugin = lower.removeprefix("data-").removeprefix("star-").partition("__")[0].partition(":")[0]
    if lower.startswith("on"):
        why, fix = "it is a script", f'data.on("{lower[2:] or "click"}", "…")'
    elif lower.startswith("data-") and plugin in PLUGINS:
        why, fix = "it is an expression to the client", f"data.{_python_name(plugin)}(…)"
    elif lower in SWITCHES:
        why, fix = SWITCHES[lower], _written_on_the_server(lower)
    else:
        return GUARDS.get(lower, "")
    raise DatastarError(
        f"cannot set {name!r} to the value of an expression",
        where=where,
        why=f"{why}, and a user may have typed what a signal holds",
        fix=f'{fix}  (or {{"{name}": Markup("…")}}, if no user has a say in the value)',
    )


def refuse_url(name: str, where: str) -> None:
    """Refuse an attribute whose value is a URL, or code.

    Raises:
        DatastarError: No value of this attribute is safe, or some URLs are not.

    Example:
        >>> refuse_url("width", "data.animate")
    """
    if url_guard(name, where):
        raise DatastarError(
            f"cannot set {name!r} to the value of an expression",
            where=where,
            why="it is a URL, which may be code, and only data.attr judges it",
            fix=f'data.attr({{"{name}": "…"}})',
        )


def checked_property(name: str, where: str) -> str:
    """Return the name of a property that a signal may be bound to.

    Raises:
        DatastarError: Some values of the property are code, or setting it throws.

    Example:
        >>> checked_property("valueAsNumber", "data.bind, prop")
        'valueAsNumber'
    """
    lower = name.lower()
    if lower in UNSETTABLE_PROPERTIES:
        raise _unsettable_error(name, where)
    if lower in ("innerhtml", "outerhtml"):
        why, fix = "it is read as HTML, scripts included", 'data.text("$name")'
    elif lower.startswith("on"):
        why, fix = "it is a script", f'data.on("{lower[2:] or "click"}", "…")'
    elif lower in SWITCHES:
        why, fix = SWITCHES[lower], _written_on_the_server(lower)
    elif lower in GUARDED_PROPERTIES:
        attribute = "href" if lower == "protocol" else lower
        why, fix = "a URL may be code", f'data.attr({{"{attribute}": "$name"}})'
    else:
        return name
    raise DatastarError(
        f"cannot bind a signal to the property {name!r}",
        where=where,
        why=f"{why}, and a user may have typed what a signal holds",
        fix=fix,
    )


def _unsettable_error(name: str, where: str) -> DatastarError:
    fixes = {
        "contenteditable": 'data.attr({"contenteditable": "$name"})',
        "outertext": 'data.text("$name")',
    }
    return DatastarError(
        f"cannot bind a signal to the property {name!r}",
        where=where,
        why="setting it to text can fail, which stops the other expressions of the page",
        fix=fixes.get(name.lower(), f'data.effect("$name = el.{name}")  (to read it)'),
    )


def _python_name(plugin: str) -> str:
    name = plugin.removesuffix("-filter").replace("-", "_")
    return "class_" if name == "class" else name


def _written_on_the_server(name: str) -> str:
    if name == "srcdoc":
        return 'h.iframe(srcdoc=h.p("…"))'
    return f'h.{"script" if name == "nonce" else "iframe"}({name}="…")'
