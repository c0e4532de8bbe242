"""The law of thin patches: they leave what the whole page leaves, in any page without changes.

`browser/test_thin_patches.py` plays it in the real client.
"""

import pytest
from hypothesis import given, strategies as st

from browser.differential.changes import page_pair
from fatmorph.morph import diff, simulate
from fatmorph.morph.difference import _differ, difference, shown_page


@given(st.integers(0, 2**32))
def test_thin_patches_leave_what_the_whole_page_leaves(seed):
    before, after = page_pair(seed)

    thin, whole = simulate(before, diff(before, after)), simulate(before, after)

    assert (thin.html, thin.nodes, thin.removed, thin.warnings, thin.exception) == (
        whole.html,
        whole.nodes,
        whole.removed,
        whole.warnings,
        whole.exception,
    )
    for name in ("attributes", "properties", "runs"):
        assert written(thin, name) == written(whole, name)


def written(simulation, name):
    """Return what was written to nodes of the page, or ran there.

    The client forgets some nodes in its pantry, and applies them again at every morph.
    """
    found = getattr(simulation, name)
    return sorted((each for each in found if each.node.after is not None), key=repr)


@given(st.integers(0, 2**32))
def test_the_short_way_finds_what_the_long_way_finds(seed):
    before, after = page_pair(seed)
    shown = shown_page(before, 0)
    short = difference(shown, after)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_differ, "changed_regions", lambda _before, _after: None)
        assert difference(shown, after) == short
