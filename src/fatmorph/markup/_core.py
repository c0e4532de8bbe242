"""The engine in use: the only place that chooses one."""

from __future__ import annotations

from fatmorph.markup._core_py import (
    COMMENT,
    FRAGMENT,
    Child,
    Element,
    Tag,
    drops_newline,
    escape_attribute,
    escape_text,
    frozen,
    render,
    render_bytes,
)

__all__ = (
    "COMMENT",
    "FRAGMENT",
    "Child",
    "Element",
    "Tag",
    "drops_newline",
    "escape_attribute",
    "escape_text",
    "frozen",
    "render",
    "render_bytes",
)
