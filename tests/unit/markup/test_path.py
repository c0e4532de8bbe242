"""The path of an element in a tree."""

import pytest

from fatmorph import comment, fragment, h, static
from fatmorph.markup.path import find_path, find_unencodable

TREE = h.body(
    comment("x"),
    h.main("text", h.ul(h.li("one"), h.li("two", h.b("!")), h.p("three")), id="home"),
    static(h.main(h.i("four"))),
)


@pytest.mark.parametrize(
    ("tag", "path"),
    [
        ("body", "body"),
        ("main", "body > main#home"),
        ("li", "body > main#home > ul > li[1]"),
        ("b", "body > main#home > ul > li[2] > b"),
        ("p", "body > main#home > ul > p"),
        ("i", "body > main[2] > i"),
        ("#comment", "body > #comment"),
    ],
)
def test_the_first_matching_element_is_found_with_its_path(tag, path):
    found = find_path(TREE, lambda element: element.tag == tag)

    assert (found[0], found[1].tag) == (path, tag)


def test_a_search_without_a_match_returns_none():
    assert find_path(TREE, lambda element: False) is None


def test_elements_are_searched_in_document_order():
    asked = []

    find_path(TREE, lambda element: asked.append(element.tag))

    assert asked == ["body", "#comment", "main", "ul", "li", "li", "b", "p", "main", "i"]


def test_a_path_in_a_fragment_starts_with_the_fragment():
    found = find_path(fragment(h.p(), h.p(id="a")), lambda element: element.id == "a")

    assert found[0] == "#document-fragment > p#a"


def test_the_first_lone_surrogate_is_found():
    assert find_unencodable(h.div(h.p("a"), h.p(title="\ud800"))) == ("div > p[2]", "\ud800")


def test_a_search_for_lone_surrogates_can_find_none():
    assert find_unencodable(TREE) == ("body", "")
