"""Every `data-*` attribute of Datastar 1.0, as functions; `fatmorph.data` is this module.

Each returns immutable `Attrs`, given to an element before its children. An attribute that the
client would ignore, misread or reject raises `DatastarError`: one bad attribute stops the page.
The attributes that show expressions are in `appearance`, those that run them in `triggers`,
those of Datastar Pro in `pro`.
Signal names go into values, never into attribute names, where HTML would lower-case them;
the names that must go there get the `__case` modifier that keeps them.

Source: https://data-star.dev/reference/attributes
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fatmorph.datastar._attributes.appearance import attr, class_, show, style, text
from fatmorph.datastar._attributes.expressions import (
    Expression,
    expression_items,
    expression_text,
    value_text,
)
from fatmorph.datastar._attributes.modifiers import (
    attribute_name,
    cased_key,
    kebab_property,
    name_error,
)
from fatmorph.datastar._attributes.pro import (
    animate,
    custom_validity,
    match_media,
    on_raf,
    on_resize,
    persist,
    query_string,
    replace_url,
    scroll_into_view,
    view_transition,
)
from fatmorph.datastar._attributes.signals import (
    SignalPattern,
    filter_text,
    signal_name,
    signals_text,
)
from fatmorph.datastar._attributes.sinks import checked_property, is_trusted
from fatmorph.datastar._attributes.triggers import (
    init,
    on,
    on_intersect,
    on_interval,
    on_signal_patch,
)
from fatmorph.errors import DatastarError, short_repr
from fatmorph.http._page_id import ID_SIGNAL, NEW_ID
from fatmorph.markup._attributes import Attrs, one_attribute
from fatmorph.markup._shortcuts import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from fatmorph.datastar._signal_classes import Signal

__all__ = (
    "animate",
    "attr",
    "bind",
    "class_",
    "computed",
    "custom_validity",
    "effect",
    "ignore",
    "ignore_morph",
    "indicator",
    "init",
    "json_signals",
    "match_media",
    "on",
    "on_intersect",
    "on_interval",
    "on_raf",
    "on_resize",
    "on_signal_patch",
    "page_id",
    "persist",
    "preserve_attr",
    "query_string",
    "ref",
    "replace_url",
    "scroll_into_view",
    "show",
    "signals",
    "style",
    "text",
    "view_transition",
)

_EVENT_TAG = re.compile(r"[^\x00-\x20\x7f-\x9f\"'<>/=.A-Z]+")


@shortened("signals")
def signals(values: Mapping[str, object] | object, *, if_missing: bool = False) -> Attrs:
    """Create signals, or set them.

    A change of this text sets all of them again, over what the user did: keep it constant, or
    use `if_missing`. Names that start with `_` stay in the browser.

    Args:
        values: An instance of `Signals`, a dataclass or a msgspec `Struct`; or name → value, nested
            as needed. Values are data; `JSExpression("Date.now()")` is code, evaluated once. `None`
            removes a signal.
        if_missing: Keep the signals that exist.

    Raises:
        DatastarError: A name with a dot or one that `$name` cannot read, NaN, an integer that
            JavaScript rounds, or `None` together with `if_missing`.

    Example:
        >>> signals({"user_id": "u1", "count": 0}, if_missing=True)
        Attrs({'data-signals__ifmissing': "{user_id: 'u1', count: 0}"})

    Source: https://data-star.dev/reference/attributes#data-signals
    """
    name = "data-signals__ifmissing" if if_missing else "data-signals"
    return one_attribute(name, signals_text(values, if_missing=if_missing))


def computed(expressions: Mapping[str, Expression]) -> Attrs:
    """Create read-only signals that follow others.

    Args:
        expressions: Signal name → JavaScript; a dot in a name nests. The last statement is
            the value.

    Returns:
        One attribute per signal.

    Raises:
        DatastarError: A name that `$name` cannot read, or an expression without a value.

    Example:
        >>> computed({"total": "$price * $count", "isFree": "$total === 0"})
        Attrs({'data-computed:total': '$price * $count', 'data-computed:is-free': '$total === 0'})

    Source: https://data-star.dev/reference/attributes#data-computed
    """
    written: dict[str, str] = {}
    for name, expression in expression_items(expressions, "data.computed"):
        where = f"data.computed, {short_repr(name)}"
        key = cased_key(signal_name(name, where), "camel", where)
        written[f"data-computed:{key}"] = value_text(expression, where)
    return Attrs(written)


@shortened("signal")
def bind(
    name: str | Signal[Any],
    *,
    prop: str | None = None,
    event: str | Iterable[str] | None = None,
) -> Attrs:
    """Bind a signal to the element's value, both ways.

    A `get` or `delete` carries its signals in the URL, which nginx refuses from 8 kB on and
    uvicorn from 64 kB on. Limit a text with `maxlength`, or let the name begin with `_`.

    Args:
        name: The signal, as text or as `Board.query`; an existing one decides the type, else the
            element's value creates it.
        prop: Bind this property of the element instead, such as `"valueAsNumber"`. `Markup`
            allows a property whose value may be code.
        event: Read the element on this event, or on these, instead of `input` or `change`.

    Raises:
        DatastarError: A name that `$name` cannot read, a property or event that the
            attribute's name cannot hold, a property whose value may be code, such as
            `innerHTML` and `href`, or one that cannot be set, such as `children`.

    Example:
        >>> bind("user_name")
        Attrs({'data-bind': 'user_name'})
        >>> bind("volume", prop="valueAsNumber", event="change")
        Attrs({'data-bind__prop.value-as-number__event.change': 'volume'})

    Source: https://data-star.dev/reference/attributes#data-bind
    """
    modifiers = ""
    if prop is not None:
        where = "data.bind, prop"
        modifiers += f"__prop.{kebab_property(prop, where)}"
        if not is_trusted(prop):
            checked_property(prop, where)
    if event is not None:
        modifiers += f"__event.{_event_tags(event)}"
    return one_attribute(f"data-bind{modifiers}", signal_name(name, "data.bind"))


@shortened("statements")
def effect(expression: Expression) -> Attrs:
    """Run an expression now, and whenever a signal that it reads changes.

    Raises:
        DatastarError: An empty expression.

    Example:
        >>> effect("document.title = $title")
        Attrs({'data-effect': 'document.title = $title'})

    Source: https://data-star.dev/reference/attributes#data-effect
    """
    return one_attribute("data-effect", expression_text(expression, "data.effect"))


@shortened("signal")
def indicator(name: str | Signal[Any]) -> Attrs:
    """Make a signal that is true while a request of this element is under way.

    Raises:
        DatastarError: A name that `$name` cannot read.

    Example:
        >>> indicator("saving")
        Attrs({'data-indicator': 'saving'})

    Source: https://data-star.dev/reference/attributes#data-indicator
    """
    return one_attribute("data-indicator", signal_name(name, "data.indicator"))


@shortened("signal")
def ref(name: str | Signal[Any]) -> Attrs:
    """Make a signal that is this element.

    Args:
        name: Start it with `_`, else each request carries it to the server, as `{}`.

    Raises:
        DatastarError: A name that `$name` cannot read.

    Example:
        >>> ref("_canvas")
        Attrs({'data-ref': '_canvas'})

    Source: https://data-star.dev/reference/attributes#data-ref
    """
    return one_attribute("data-ref", signal_name(name, "data.ref"))


def ignore(*, self_only: bool = False) -> Attrs:
    """Make Datastar leave this element and everything in it alone.

    Args:
        self_only: Leave only the element alone, not what is in it (modifier `__self`).

    Example:
        >>> ignore(), ignore(self_only=True)
        (Attrs({'data-ignore': True}), Attrs({'data-ignore__self': True}))

    Source: https://data-star.dev/reference/attributes#data-ignore
    """
    return Attrs({"data-ignore__self" if self_only else "data-ignore": True})


def ignore_morph() -> Attrs:
    """Make morphs leave this element and everything in it alone, old and new both marked.

    Example:
        >>> ignore_morph()
        Attrs({'data-ignore-morph': True})

    Source: https://data-star.dev/reference/attributes#data-ignore-morph
    """
    return Attrs({"data-ignore-morph": True})


def json_signals(
    *,
    include: SignalPattern | None = None,
    exclude: SignalPattern | None = None,
    terse: bool = False,
) -> Attrs:
    """Show the signals as JSON in the element, for debugging; local ones (`_`) too.

    Args:
        include: Only signals whose path matches this pattern; default all.
        exclude: No signals whose path matches this pattern; default none.
        terse: On one line.

    Raises:
        DatastarError: A pattern that JavaScript would misread.

    Example:
        >>> json_signals(include="^cart", terse=True)
        Attrs({'data-json-signals__terse': '{include: /^cart/}'})

    Source: https://data-star.dev/reference/attributes#data-json-signals
    """
    name = "data-json-signals__terse" if terse else "data-json-signals"
    return Attrs({name: filter_text(include, exclude, "data.json_signals") or True})


def page_id() -> Attrs:
    """Make the id of this page in the browser, for `fatmorph.Pages` to find the page's state.

    Put it on an element before the subscription, or on the same one before it: `<body>`. The text
    is the same for every page and every draw; a page keeps its id until it is loaded again.

    Example:
        >>> from fatmorph import at, h
        >>> body = h.body(page_id(), init(at.subscribe("/subscribe")))
        >>> list(body.attributes)
        ['data-signals:fatmorph_page__ifmissing', 'data-init']

    Source: https://data-star.dev/reference/attributes#data-signals
    """
    return Attrs({f"data-signals:{ID_SIGNAL}__ifmissing": NEW_ID})


def preserve_attr(*names: str) -> Attrs:
    """Keep what the browser did to these attributes when the element is morphed.

    Args:
        *names: At least one attribute, such as `"open"` on `<details>`.

    Raises:
        DatastarError: No name, or one that HTML cannot write.

    Example:
        >>> preserve_attr("open", "class")
        Attrs({'data-preserve-attr': 'open class'})

    Source: https://data-star.dev/reference/attributes#data-preserve-attr
    """
    if not names:
        raise DatastarError(
            "cannot preserve no attribute",
            where="data.preserve_attr",
            why="without a name the client preserves nothing",
            fix='data.preserve_attr("open")',
        )
    checked = [attribute_name(name, "data.preserve_attr") for name in names]
    return Attrs({"data-preserve-attr": " ".join(checked)})


def _event_tags(event: str | Iterable[str]) -> str:
    events = [event] if isinstance(event, str) else list(event)
    for name in events or [""]:
        if not isinstance(name, str) or not _EVENT_TAG.fullmatch(name) or "__" in name:
            why = "HTML lower-cases it, and a dot or __ would end it"
            raise name_error(name, "data.bind, event", why, 'event="change"')
    return ".".join(events)


def __dir__() -> tuple[str, ...]:
    return __all__
