"""Ids and morphs: what the browser keeps when a page is patched.

    from fatmorph.morph import check       what in a page would morph badly
    from fatmorph.morph import simulate    what the browser does with a patch, node by node

`dom_id` is in `fatmorph` itself.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fatmorph.morph.checks import check
    from fatmorph.morph.simulation import simulate

__all__ = ("check", "simulate")

# No module may have the name of its function: once imported, it would take its place here.
_LAZY = {"check": "fatmorph.morph.checks", "simulate": "fatmorph.morph.simulation"}


def __getattr__(name: str) -> Any:  # Any: as many types as there are lazy names
    if name not in _LAZY:
        raise AttributeError(f"module 'fatmorph.morph' has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(_LAZY[name]), name)
    return value
