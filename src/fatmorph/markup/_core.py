"""The engine in use: the only place that chooses one.

It is the compiled engine if that was built, otherwise the reference. Both have the same results.
`FATMORPH_PURE_PYTHON=1` in the environment chooses the reference.

Source: https://peps.python.org/pep-0399/
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Literal, TypeAlias

from fatmorph.markup._compiled import compiled_engine

if TYPE_CHECKING:
    from fatmorph.markup._core_py import (
        COMMENT,
        FRAGMENT,
        Element,
        Memo,
        Tag,
        changed_regions,
        drops_newline,
        escape_attribute,
        escape_text,
        frozen,
        generated_range,
        place_of,
        record_places,
        render,
        render_bytes,
        render_event,
        revive_element,
        revive_tag,
    )
    from fatmorph.markup._shortcuts_py import shortcut

__all__ = (
    "COMMENT",
    "ENGINE",
    "FRAGMENT",
    "BuiltChild",
    "Element",
    "Memo",
    "Tag",
    "changed_regions",
    "drops_newline",
    "escape_attribute",
    "escape_text",
    "frozen",
    "generated_range",
    "place_of",
    "record_places",
    "render",
    "render_bytes",
    "render_event",
    "revive_element",
    "revive_tag",
    "shortcut",
)

ENGINE: Literal["C", "Python"] = "Python"
"""The engine in use."""

BuiltChild: TypeAlias = "str | Element"
"""A child of an element: text (`str`), trusted HTML (`Markup`, a `str`), or an element."""

if not TYPE_CHECKING:
    try:
        if os.environ.get("FATMORPH_PURE_PYTHON") == "1":
            raise ImportError  # noqa: TRY301 - as if it had not been built
        _engine = compiled_engine()
    except ImportError:
        _engine = import_module("fatmorph.markup._core_py")
    else:
        ENGINE = "C"
    globals().update(
        (name, getattr(_engine, name)) for name in __all__ if name not in ("BuiltChild", "ENGINE")
    )

# In development, elements know where they were made.
if os.environ.get("FATMORPH_DEV") == "1":
    record_places(
        os.path.dirname(os.path.dirname(__file__)) + os.sep,  # noqa: PTH120 - imports nothing
        os.environ.get("FATMORPH_OVERLAY") != "0",
    )

# A pickle names this module, so that it can be loaded with either engine.
revive_element.__module__ = revive_tag.__module__ = __name__
