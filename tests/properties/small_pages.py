"""Small random pages, as a strategy that Hypothesis can shrink."""

from hypothesis import strategies as st

from fatmorph import h

__all__ = ("built", "pages")

TAGS = (h.div, h.p, h.b, h.ul)
IDS = tuple("abcdefgh")

shapes = st.recursive(
    st.text("xy", max_size=2),
    lambda below: st.tuples(st.integers(0, 3), st.booleans(), st.lists(below, max_size=4)),
    max_leaves=20,
)
pages = st.tuples(st.permutations(IDS), st.lists(shapes, max_size=5))


def built(page, attributes=None):
    """Return a `<main>`; each id is used at most once, and every element has the attributes.

    Only <div> holds elements, so that the parser has nothing to correct.
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
        return (TAGS[tag] if is_text else h.div)({"id": own_id}, attributes, children)

    return h.main({"id": "main"}, attributes, [element(shape) for shape in shapes])
