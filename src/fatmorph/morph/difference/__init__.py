"""The difference of two pages as the smallest patches: `diff()`.

docs/explanation/thin-patches.md describes the rules, and why they hold.
"""

from fatmorph.morph.difference._advice import check_thin
from fatmorph.morph.difference._differ import (
    Difference,
    ShownPage,
    diff,
    difference,
    is_small,
    region_patches,
    safe_regions,
    shown_page,
    unit_difference,
)
from fatmorph.morph.difference._patch import Patch

__all__ = (
    "Difference",
    "Patch",
    "ShownPage",
    "check_thin",
    "diff",
    "difference",
    "is_small",
    "region_patches",
    "safe_regions",
    "shown_page",
    "unit_difference",
)
