"""Ids and morphs: what the browser keeps when a page is patched.

    from fatmorph.morph import check       find what would morph badly in a page
    from fatmorph.morph import simulate    predict what the browser does with a patch
    from fatmorph.morph import diff        find the smallest patches between two pages
    from fatmorph.morph import check_thin  find why these patches are not smaller

`dom_id` is in `fatmorph` itself.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fatmorph.morph.checks import check
    from fatmorph.morph.difference import Patch, check_thin, diff
    from fatmorph.morph.simulation import simulate

__all__ = ("Patch", "check", "check_thin", "diff", "simulate")

# No package may have the name of its function: once imported, it would replace it here.
_LAZY = {
    "Patch": "fatmorph.morph.difference",
    "check": "fatmorph.morph.checks",
    "check_thin": "fatmorph.morph.difference",
    "diff": "fatmorph.morph.difference",
    "simulate": "fatmorph.morph.simulation",
}


def __getattr__(name: str) -> Any:  # Any: as many types as there are lazy names
    if name not in _LAZY:
        raise AttributeError(f"module 'fatmorph.morph' has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(_LAZY[name]), name)
    return value
