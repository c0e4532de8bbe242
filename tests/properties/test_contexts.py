"""No verbatim text becomes markup, in any place where an element accepts it.

The judge is a parser that reads pages as browsers do, with and without scripting, and patches as
the client does.
"""

from typing import Any

from hypothesis import example, given, settings, strategies as st

from fatmorph import Element, Tag, comment, fragment, render
from fatmorph.errors import FatmorphError
from fatmorph.markup._spec_elements import RAW_TEXT_ELEMENTS
from fatmorph.markup.parse import ParsedElement, parse_document, parse_template

MARK = "<zz-z>"  # an element that nothing else makes, and that leaves no foreign content
ENDS = ["", "</svg>", "</math>", "</template>", "</select>", "</noscript>", "</title>", "</desc>"]
HTML_NAMES = (
    *("a", "b", "button", "caption", "col", "colgroup", "div", "font", "form", "frame", "frameset"),
    *("h1", "head", "hr", "image", "input", "li", "mglyph", "nobr", "noscript", "option", "p"),
    *("select", "span", "table", "td", "template", "tr", "svg", "math", "foreignobject", "x-y"),
)
SVG_NAMES = (
    *("svg", "g", "a", "foreignObject", "desc", "title", "image", "style", "script", "textarea"),
)
MATHML_NAMES = ("math", "mi", "mtext", "mrow", "mglyph", "annotation-xml", "title")

Call = tuple[Any, ...]

raw_texts = st.tuples(
    st.sampled_from([*sorted(RAW_TEXT_ELEMENTS), "comment"]), st.sampled_from(ENDS)
)
tags = st.one_of(
    st.sampled_from(HTML_NAMES).map(lambda name: (name, "html")),
    st.sampled_from(SVG_NAMES).map(lambda name: (name, "svg")),
    st.sampled_from(MATHML_NAMES).map(lambda name: (name, "mathml")),
)
encodings = st.sampled_from([None, "text/html", "application/XHTML+xml", "other"])
trees = st.recursive(
    raw_texts,
    lambda inner: st.tuples(tags, encodings, st.lists(inner, min_size=1, max_size=3)),
    max_leaves=12,
)


def built(tree: Call) -> Element:
    """Return what a tree describes; an element that refuses its content is left empty."""
    if len(tree) == 2:
        name, end = tree
        text = f"{end}{MARK}"
        try:
            return comment(text) if name == "comment" else Tag(name)(text)
        except FatmorphError:
            return fragment()
    (name, namespace), encoding, items = tree
    tag = Tag(name, namespace)
    try:
        return tag({"encoding": encoding}, *map(built, items))
    except FatmorphError:
        return tag({"encoding": encoding})


def has_mark(root: ParsedElement) -> bool:
    pending: list[ParsedElement | str] = [root]
    while pending:
        node = pending.pop()
        if not isinstance(node, str):
            if node.tag == "zz-z":
                return True
            pending += [*node.children, *([node.content] if node.content else [])]
    return False


def link(*items: Call) -> Call:
    return ("a", "html"), None, [*items]


STYLE = ("style", "")


@settings(max_examples=200)
@given(trees)
@example((("svg", "svg"), None, [link(STYLE)]))
@example((("template", "html"), None, [(("col", "html"), None, []), ("xmp", "</template>")]))
@example(
    (
        ("svg", "svg"),
        None,
        [(("a", "svg"), None, [(("desc", "svg"), None, [link(link()), STYLE])])],
    )
)
@example((("noscript", "html"), None, [("comment", "</noscript>")]))
@example((("title", "svg"), None, [("style", "</title>")]))
def test_no_verbatim_text_becomes_markup(tree: Call) -> None:
    html = render(built(tree))

    readings = [
        parse_document(f"<!doctype html><body>{html}"),
        parse_document(f"<!doctype html><body>{html}", scripting=False),
        parse_document(f"<!doctype html><head>{html}", scripting=False),
        parse_template(html),
    ]
    assert [has_mark(reading) for reading in readings] == [False] * 4, html
