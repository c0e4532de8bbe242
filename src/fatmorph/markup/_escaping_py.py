"""Escaping in the reference engine: text and double-quoted attributes.

Source: https://html.spec.whatwg.org/multipage/parsing.html#escapingString
"""

from __future__ import annotations

__all__ = ("escape_attribute", "escape_text", "escaped", "escaped_in_quotes")


def escape_text(text: str) -> str:
    """Return text with `& < >` as references."""
    return escaped(str.__str__(text))  # no method of a subclass is called


def escape_attribute(text: str) -> str:
    """Return text with `& < > "` as references, for a double-quoted attribute."""
    return escaped_in_quotes(str.__str__(text))


def escaped(text: str) -> str:
    """Return text, which is a plain `str`, with `& < >` as references."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text


def escaped_in_quotes(text: str) -> str:
    """Return text, which is a plain `str`, with `& < > "` as references."""
    if '"' in text:
        return escaped(text).replace('"', "&quot;")
    return escaped(text)
