from __future__ import annotations

import copy

import pytest

import fatmorph.html as h
from fatmorph.errors import TagNameError
from fatmorph.markup._element import Tag
from fatmorph.markup._spec_elements import HTML_ELEMENTS, OBSOLETE_ELEMENTS


def expected_tags() -> dict[str, Tag]:
    tags = {name: Tag(name) for name in HTML_ELEMENTS}
    tags["del_"] = tags.pop("del")
    return tags | {"svg": Tag("svg", "svg"), "math": Tag("math", "mathml")}


def test_the_catalog_holds_every_element_of_the_standard_under_its_name():
    tags = {name: getattr(h, name) for name in h.__all__}

    assert tags == expected_tags()


def test_the_catalog_is_in_the_order_of_the_standard():
    names = [value.name for value in vars(h).values() if isinstance(value, Tag)]

    assert names == [*HTML_ELEMENTS, "svg", "math"]


def test_all_is_a_sorted_tuple():
    assert h.__all__ == tuple(sorted(h.__all__))


def test_a_star_import_brings_the_tags_and_nothing_else():
    namespace: dict[str, object] = {}

    exec("from fatmorph.html import *", namespace)

    del namespace["__builtins__"]
    assert namespace == expected_tags()


def test_an_unknown_element_raises_with_the_closest_name():
    with pytest.raises(TagNameError) as caught:
        _ = h.dvi

    assert str(caught.value) == (
        "no HTML element is called 'dvi'\n"
        "  why:   a browser would take it for an unknown element without any meaning\n"
        "  fix:   h.div(...)  (did you mean 'div'?)"
    )


@pytest.mark.parametrize("name", sorted(OBSOLETE_ELEMENTS))
def test_an_obsolete_element_raises_with_what_to_write_instead(name):
    with pytest.raises(TagNameError) as caught:
        getattr(h, name)

    assert (caught.value.why, caught.value.fix) == (
        f"the HTML standard calls {name} obsolete",
        OBSOLETE_ELEMENTS[name],
    )


@pytest.mark.parametrize("name", sorted(OBSOLETE_ELEMENTS))
def test_what_to_write_instead_of_an_obsolete_element_runs(name):
    code = OBSOLETE_ELEMENTS[name].replace("...", "{}")

    element = eval(code, {"h": h})

    assert element.tag in HTML_ELEMENTS


def test_hasattr_is_false_for_an_unknown_element():
    assert not hasattr(h, "dvi")


@pytest.mark.parametrize("name", ["__path__", "__wrapped__", "_repr_html_"])
def test_a_special_name_of_python_raises_a_plain_attribute_error(name):
    with pytest.raises(AttributeError) as caught:
        getattr(h, name)

    assert type(caught.value) is AttributeError


def test_a_copied_tag_equals_the_original():
    assert copy.deepcopy(h.div) == h.div
