from __future__ import annotations

import pytest

from fatmorph import svg
from fatmorph.errors import TagNameError
from fatmorph.markup._element import Tag
from fatmorph.markup._spec_elements import SVG_ELEMENTS


def expected_tags() -> dict[str, Tag]:
    return {name: Tag(name, "svg") for name in SVG_ELEMENTS}


def test_the_catalog_holds_every_element_of_the_standard_under_its_name():
    tags = {name: getattr(svg, name) for name in svg.__all__}

    assert tags == expected_tags()


def test_the_catalog_is_in_the_order_of_the_standard():
    names = tuple(value.name for value in vars(svg).values() if isinstance(value, Tag))

    assert names == SVG_ELEMENTS


def test_all_is_a_sorted_tuple():
    assert svg.__all__ == tuple(sorted(svg.__all__))


def test_a_star_import_brings_the_tags_and_nothing_else():
    namespace: dict[str, object] = {}

    exec("from fatmorph.svg import *", namespace)

    del namespace["__builtins__"]
    assert namespace == expected_tags()


def test_a_name_in_the_wrong_spelling_raises_with_the_right_one():
    with pytest.raises(TagNameError) as caught:
        _ = svg.lineargradient

    assert str(caught.value) == (
        "no SVG element is called 'lineargradient'\n"
        "  why:   names have the standard's case; a hyphen becomes _, "
        "a Python keyword gets one at its end\n"
        "  fix:   svg.linearGradient(...)  (did you mean 'linearGradient'?)"
    )


def test_an_element_of_html_raises_with_the_other_catalog():
    with pytest.raises(TagNameError) as caught:
        _ = svg.div

    assert str(caught.value) == (
        "no SVG element is called 'div'\n  why:   'div' is an HTML element\n  fix:   h.div(...)"
    )


@pytest.mark.parametrize("name", ["__path__", "__wrapped__", "_repr_html_"])
def test_a_special_name_of_python_raises_a_plain_attribute_error(name):
    with pytest.raises(AttributeError) as caught:
        getattr(svg, name)

    assert type(caught.value) is AttributeError
