"""Attributes that keep the appearance of an element equal to expressions.

Part of `data`. The names go into a JavaScript object in the value, where HTML does not lower-case
them and `:`, `/` and `__` mean nothing.

Source: https://data-star.dev/reference/attributes
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fatmorph.datastar._attributes.expressions import (
    Expression,
    expression_items,
    object_text,
    value_text,
)
from fatmorph.datastar._attributes.modifiers import attribute_name, name_error, verbatim_key
from fatmorph.datastar._attributes.sinks import GUARDS, SWITCHES, is_trusted, url_guard
from fatmorph.markup._attributes import Attrs, one_attribute
from fatmorph.markup._shortcuts import shortened
from fatmorph.markup._spec_attributes import GLOBAL_ATTRIBUTES, HTML_ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("attr", "class_", "show", "style", "text")

CSS_PROPERTY = re.compile(r"--[A-Za-z0-9_-]+|-?[A-Za-z][A-Za-z0-9-]*", re.ASCII)
# In an object the client respells custom properties: --a1 becomes --a-1.
RESPELLED = re.compile(r"--.*(?:[A-Z_]|[a-z][0-9]|[0-9][a-z])")
# https://www.w3.org/TR/wai-aria-1.2/#state_prop_def, those that change
ARIA_STATES = frozenset(
    (
        *("aria-busy", "aria-checked", "aria-current", "aria-disabled", "aria-expanded"),
        *("aria-hidden", "aria-invalid", "aria-label", "aria-pressed", "aria-selected"),
        *("aria-valuenow", "aria-valuetext"),
    )
)
# Attributes that hold neither code nor URLs.
HARMLESS = (GLOBAL_ATTRIBUTES | HTML_ATTRIBUTES | ARIA_STATES) - (GUARDS.keys() | SWITCHES.keys())


@shortened("object", harmless=HARMLESS)
def attr(expressions: Mapping[str, Expression]) -> Attrs:
    """Keep attributes equal to expressions.

    The browser adds `unsafe:` before a URL that would run code, as elements do.

    Args:
        expressions: Attribute name → JavaScript. `true` and `""` set an attribute without a
            value, `false` and `null` remove it. `Markup` marks an expression as trusted: its URL
            is not checked, and it may set an attribute that is code.

    Raises:
        DatastarError: A name that HTML cannot write, an expression without a value, or an
            attribute that is code, such as `onclick`, `srcdoc` or `data-text`.

    Example:
        >>> attr({"disabled": "$busy", "aria-label": "$n + ' new'"})
        Attrs({'data-attr': "{disabled: $busy, 'aria-label': $n + ' new'}"})

    Source: https://data-star.dev/reference/attributes#data-attr
    """
    guards: dict[str, str] = {}
    entries = dict(expression_items(expressions, "data.attr"))
    for name, expression in entries.items():
        attribute_name(name, "data.attr")
        guards[name] = "" if is_trusted(expression) else url_guard(name, "data.attr")
    return one_attribute("data-attr", object_text(entries, "data.attr", guards))


@shortened("object")
def class_(expressions: Mapping[str, Expression]) -> Attrs:
    """Add and remove classes.

    Args:
        expressions: Class, or several with spaces between → JavaScript; truthy adds it.

    Raises:
        DatastarError: An empty class, or an expression without a value.

    Example:
        >>> class_({"active": "$on", "text-sm font-bold": "!$on"})
        Attrs({'data-class': "{active: $on, 'text-sm font-bold': !$on}"})

    Source: https://data-star.dev/reference/attributes#data-class
    """
    entries = dict(expression_items(expressions, "data.class_"))
    return one_attribute("data-class", object_text(entries, "data.class_"))


def style(expressions: Mapping[str, Expression]) -> Attrs:
    """Keep inline styles equal to expressions.

    Args:
        expressions: CSS property → JavaScript; a falsy value (not 0) restores the first one.

    Raises:
        DatastarError: A name that is not a CSS property or that the client would change, or an
            expression without a value.

    Example:
        >>> style({"background-color": "$color", "--columns2": "$n"})
        Attrs({'data-style': "{'background-color': $color}", 'data-style:--columns2': '$n'})

    Source: https://data-star.dev/reference/attributes#data-style
    """
    together: dict[str, Expression] = {}
    alone: dict[str, str] = {}
    for name, expression in expression_items(expressions, "data.style"):
        if not isinstance(name, str) or not CSS_PROPERTY.fullmatch(name):
            raise name_error(name, "data.style", "it is not a CSS property", '"background-color"')
        if RESPELLED.match(name):
            key = verbatim_key(name, "data.style")
            alone[f"data-style:{key}"] = value_text(expression, f"data.style, {name}")
        else:
            together[name] = expression
    written = {"data-style": object_text(together, "data.style")} if together or not alone else {}
    return Attrs(written | alone)


@shortened("value")
def show(expression: Expression) -> Attrs:
    """Show the element while an expression is true, else hide it.

    Raises:
        DatastarError: An expression that is empty or has no value.

    Example:
        >>> show("$open")
        Attrs({'data-show': '$open'})

    Source: https://data-star.dev/reference/attributes#data-show
    """
    return one_attribute("data-show", value_text(expression, "data.show"))


@shortened("value")
def text(expression: Expression) -> Attrs:
    """Keep the element's text equal to an expression.

    Raises:
        DatastarError: An expression that is empty or has no value.

    Example:
        >>> text("$count + ' tiles'")
        Attrs({'data-text': "$count + ' tiles'"})

    Source: https://data-star.dev/reference/attributes#data-text
    """
    return one_attribute("data-text", value_text(expression, "data.text"))
