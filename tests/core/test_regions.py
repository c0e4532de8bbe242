"""The regions that contain all differences of two trees of the same shape."""

import pytest
from markupsafe import Markup

from browser.differential.changes import changed_pages

PAGES = 300


def page(core, *body):
    html, head, title = map(core.Tag, ("html", "head", "title"))
    return html(head(title("Page")), core.Tag("body")(*body))


def found(core, before, after):
    """Return the ids of the regions, or None."""
    regions = core.changed_regions(page(core, before), page(core, after))
    return regions if regions is None else [each.id for each in regions]


def part(core, text, *, tag="p", namespace="html", **attributes):
    """Return a region with a text in an element."""
    return core.Tag("div")(core.Tag(tag, namespace)(text, **attributes), id="part")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1", "2"),
        (("1", {"class": "a"}), ("1", {"class": "b"})),
        (("1", {}), ("1", {"hidden": True})),
        (("1", {"class": "a", "title": "b"}), ("1", {"title": "c"})),
        (("1", {"id": "x", "title": "b"}), ("1", {"title": "c", "id": "x"})),
    ],
    ids=["a text", "a value", "a new attribute", "fewer attributes", "another order"],
)
def test_a_difference_is_in_the_nearest_element_with_an_id(core, before, after):
    olds, news = (each if isinstance(each, tuple) else (each, {}) for each in (before, after))
    regions = [core.Tag("div")(core.Tag("p")(each[1], each[0]), id="near") for each in (olds, news)]

    expected = ["x"] if "id" in olds[1] else ["near"]
    assert found(core, *(core.Tag("main")(each, id="far") for each in regions)) == expected


def test_equal_trees_have_no_difference(core):
    assert found(core, part(core, "1"), part(core, "1")) == []
    one = page(core, part(core, "1"))
    assert core.changed_regions(one, one) == []


def test_an_element_without_a_difference_may_be_anything(core):
    def view(text):
        others = [core.Tag("svg", "svg")(core.Tag("a", "svg")("same")), core.COMMENT(Markup("x"))]
        return core.Tag("main")(*others, core.Tag("b")(text, id="b"), Markup("<i>same</i>"))

    assert found(core, view("1"), view("2")) == ["b"]


def test_regions_inside_of_another_one_are_left_out(core):
    def view(text):
        inner = [core.Tag("b")(text, id=name) for name in ("one", "two")]
        return core.Tag("main")(core.Tag("div")(*inner, core.Tag("i")(text), id="outer"),
                                core.Tag("b")(text, id="after"))  # fmt: skip

    assert found(core, view("1"), view("2")) == ["outer", "after"]


@pytest.mark.parametrize(
    "changed",
    [
        {"id": ("a", "b")},
        {"name": ("a", "b")},
        {"TYPE": ("text", "file")},
        {"data-preserve-attr": ("open", "class")},
        {"data-ignore-morph": (None, True)},
        {"data-scope-children": (None, True)},
        {"ñ": ("a", "b")},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_attributes_that_decide_about_a_morph_must_be_equal(core, changed):
    olds, news = ({name: both[side] for name, both in changed.items()} for side in (0, 1))

    before = core.Tag("div")(core.Tag("p")(olds, "1"), id="part")
    assert found(core, before, core.Tag("div")(core.Tag("p")(news, "1"), id="part")) is None


@pytest.mark.parametrize(
    ("tag", "namespace"),
    [("script", "html"), ("template", "html"), ("text", "svg"), ("mi", "mathml"), ("head", "html")],
)
def test_some_elements_hide_their_differences(core, tag, namespace):
    one, other = (part(core, text, tag=tag, namespace=namespace) for text in "12")

    assert found(core, one, other) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1", Markup("1")),
        (Markup("1"), Markup("2")),
        (" \n", "2"),
        ("", "2"),
        ("1", ["1", "2"]),
    ],
)
def test_other_texts_are_not_compared(core, before, after):
    assert found(core, part(core, before), part(core, after)) is None


def test_a_comment_and_an_ignored_element_are_not_compared(core):
    ignored = [core.Tag("i")({"data-ignore-morph": True, "id": "i"}, text) for text in "12"]
    assert found(core, *ignored) is None
    comments = [core.Tag("i")(core.COMMENT(text), id="i") for text in "12"]
    assert found(core, *comments) is None


def test_a_difference_outside_of_all_regions_is_not_found(core):
    assert found(core, "1", "2") is None
    assert found(core, core.Tag("p")("1"), core.Tag("p")("2")) is None


def test_trees_may_be_deeper_than_the_stack(core):
    def deep(text):
        tree = core.Tag("b")(text, id="b")
        for _ in range(20_000):
            tree = core.Tag("i")(tree)
        return tree

    assert found(core, deep("1"), deep("2")) == ["b"]


def test_only_elements_are_compared():
    from fatmorph.markup import _core_c

    with pytest.raises(TypeError, match="expected an Element, not str"):
        _core_c.changed_regions("a", "b")
    with pytest.raises(TypeError, match="expected 2 elements, not 0"):
        _core_c.changed_regions()


def test_both_engines_find_the_same(engine_modules):
    for seed in range(PAGES):
        both = []
        for core in engine_modules:
            before, after = (rebuilt(core, each) for each in changed_pages(seed, 1))
            regions = core.changed_regions(before, after)
            both.append(regions if regions is None else list(map(str, regions)))
        assert both[0] == both[1], seed


def rebuilt(core, node):
    """Return a tree of an engine; texts as they are."""
    if isinstance(node, str):
        return node
    tag = core.COMMENT if node.tag == "#comment" else core.Tag(node.tag, node.namespace)
    children = tuple(rebuilt(core, child) for child in node.children)
    return core.revive_element(tag, dict(node.attributes), children)
