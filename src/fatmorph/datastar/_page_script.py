"""Scripts of this library that run in a page: as `data-init` expressions, which no policy forbids.

A policy that allows Datastar allows its expressions, without a nonce of their own.
"""

from __future__ import annotations

from fatmorph.datastar._attributes.triggers import init
from fatmorph.markup._attributes import Attrs
from fatmorph.markup._element import Element, Tag
from fatmorph.markup.escape import js
from fatmorph.types import SignalValue

__all__ = ("hidden_script", "page_script")

SPAN = Tag("span")


def page_script(script: str, **values: SignalValue) -> Attrs:
    r"""Return the attribute that runs a script of several lines when the client applies it.

    Args:
        script: JavaScript in which each statement ends with a semicolon.
        **values: Written as JavaScript in place of the names, which are in capital letters.

    Example:
        >>> page_script("show(\nTEXT)", TEXT="it's")["data-init"]
        "show( 'it\\x27s')"
    """
    # One line: parsers normalize line breaks, and the first tags of a page should stay readable.
    text = script.replace("\n", " ")
    for name, value in values.items():
        text = text.replace(name, js(value))
    return init(text)


def hidden_script(script: str, **values: SignalValue) -> Element:
    """Return an element that runs a script, which removes it; arguments as for `page_script()`."""
    return SPAN({"hidden": True}, page_script(script, **values))
