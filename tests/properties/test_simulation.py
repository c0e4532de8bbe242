"""The laws of a simulated patch, for random pages.

If ids are unique, the new page is shown as sent, regardless of the old one.
"""

from hypothesis import given, strategies as st

from fatmorph import h, render
from fatmorph.morph.simulation import simulate

TAGS = (h.div, h.p, h.b, h.ul)
IDS = tuple("abcdefgh")

shapes = st.recursive(
    st.text("xy", max_size=2),
    lambda below: st.tuples(st.integers(0, 3), st.booleans(), st.lists(below, max_size=4)),
    max_leaves=20,
)
pages = st.tuples(st.permutations(IDS), st.lists(shapes, max_size=5))


def built(page):
    """Return a page in <main>; each id is used at most once.

    Only <div> contains elements, so that the parser has nothing to correct.
    """
    ids, shapes = page
    unused = list(ids)

    def element(shape):
        if isinstance(shape, str):
            return shape
        tag, has_id, below = shape
        own_id = unused.pop() if has_id and unused else None
        children = [element(child) for child in below]
        is_text = all(isinstance(child, str) for child in children)
        return (TAGS[tag] if is_text else h.div)({"id": own_id}, children)

    return h.main({"id": "main"}, [element(shape) for shape in shapes])


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
    assert sorted(origins) == sorted(node.path for node in old)
    assert len({node.path for node in result.nodes}) == len(result.nodes)


def test_a_page_of_a_hundred_thousand_nodes_can_be_patched():
    rows = 50_000

    def items(keys):
        return f'<ul id="list">{"".join(f"<li id=i{key}>{key}" for key in keys)}</ul>'

    result = simulate(items(range(rows)), items(range(1, rows + 1)))

    assert (len(result.nodes), len(result.created), len(result.removed)) == (2 * rows + 1, 2, 2)
