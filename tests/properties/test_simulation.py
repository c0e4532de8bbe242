"""The laws of a simulated patch, for random pages.

If ids are unique, the new page is shown as sent, regardless of the old one.
"""

import pytest
from hypothesis import given

from fatmorph import render
from fatmorph.morph.simulation import simulate
from properties.small_pages import built, pages


@given(pages, pages)
def test_a_page_with_unique_ids_is_shown_as_sent(before, after):
    sent = built(after)

    result = simulate(built(before), sent)

    assert (result.html, result.exception) == (render(sent), None)


@given(pages)
def test_the_same_page_again_changes_nothing(page):
    view = built(page)

    result = simulate(view, view)

    assert (result.created, result.removed, result.moved) == ((), (), ())
    assert (result.attributes, result.properties, result.runs) == ((), (), ())


@given(pages, pages)
def test_every_old_node_is_kept_or_removed_and_every_path_is_unique(before, after):
    old = simulate(built(before), "").nodes

    result = simulate(built(before), built(after))

    origins = [node.before for node in (*result.kept, *result.removed)]
    assert sorted(origins) == sorted(node.after for node in old)
    assert len({node.after for node in result.nodes}) == len(result.nodes)


@pytest.mark.slow("patches 100,000 nodes")
def test_a_page_of_a_hundred_thousand_nodes_can_be_patched():
    rows = 50_000

    def items(keys):
        return f'<ul id="list">{"".join(f"<li id=i{key}>{key}" for key in keys)}</ul>'

    result = simulate(items(range(rows)), items(range(1, rows + 1)))

    assert (len(result.nodes), len(result.created), len(result.removed)) == (2 * rows + 1, 2, 2)
