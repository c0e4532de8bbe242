"""The elements with a check of their content; tests/core tests the checks."""

import pytest

from fatmorph import h, svg
from fatmorph.errors import ChildError, RawTextError
from fatmorph.markup._content import (
    COMMENT_CONTENT,
    RAW_TEXT,
    VERBATIM,
    check_namespace,
    content_of,
)
from fatmorph.markup._element import fragment
from fatmorph.markup._spec_elements import (
    ESCAPABLE_RAW_TEXT_ELEMENTS,
    HTML_ELEMENTS,
    MATHML_ELEMENTS,
    RAW_TEXT_ELEMENTS,
    SVG_ELEMENTS,
    VOID_ELEMENTS,
)


def test_every_html_element_with_special_content_is_checked():
    checked = {name for name in HTML_ELEMENTS if content_of(name, "html").check is not None}

    special = VOID_ELEMENTS | RAW_TEXT_ELEMENTS | ESCAPABLE_RAW_TEXT_ELEMENTS
    assert checked == special & set(HTML_ELEMENTS) | {"noscript", "select", "template"}


def test_every_svg_and_mathml_element_is_checked_unless_it_holds_html():
    unchecked = {
        name
        for namespace, names in (("svg", SVG_ELEMENTS), ("mathml", MATHML_ELEMENTS))
        for name in names
        if content_of(name, namespace).check is None
    }

    assert unchecked == {"annotation-xml", "desc", "foreignObject"}


@pytest.mark.parametrize(
    ("name", "namespace", "heeds", "holds"),
    [
        ("div", "html", 0, 0),
        ("script", "html", 0, RAW_TEXT | VERBATIM),
        ("title", "html", 0, VERBATIM),
        ("noscript", "html", RAW_TEXT | VERBATIM, VERBATIM),
        ("select", "html", RAW_TEXT, 0),
        ("svg", "html", RAW_TEXT, 0),
        ("path", "svg", RAW_TEXT, 0),
        ("STYLE", "svg", RAW_TEXT | VERBATIM, VERBATIM),
        ("math", "mathml", RAW_TEXT, 0),
    ],
)
def test_a_check_is_for_the_kinds_of_content_that_it_can_refuse(name, namespace, heeds, holds):
    content = content_of(name, namespace)

    assert (content.heeds, content.holds) == (heeds, holds)


def test_raw_text_becomes_one_child():
    check = content_of("script", "html").check

    assert check("script", ("a", "b")) == ("ab",)
    assert check("script", ("", "")) == ()


def test_raw_text_in_several_children_is_checked_as_one():
    with pytest.raises(RawTextError):
        content_of("script", "html").check("script", ("</scr", "ipt>"))
    with pytest.raises(RawTextError):
        COMMENT_CONTENT.check("#comment", ("--", ">"))


def test_a_check_for_some_content_keeps_the_children():
    children = ("a", h.b("c"))

    assert content_of("noscript", "html").check("noscript", children) is children
    assert content_of("g", "svg").check("g", children) is children


@pytest.mark.parametrize("view", [h.script("x"), h.a(h.style("x")), fragment("a", h.style("x"))])
@pytest.mark.parametrize(("namespace", "root"), [("svg", "svg"), ("mathml", "math")])
def test_raw_text_is_refused_in_a_view_that_is_parsed_in_svg_or_mathml(view, namespace, root):
    with pytest.raises(ChildError, match=f"into <{root}>"):
        check_namespace(view, namespace)


def test_raw_text_in_html_is_accepted_in_a_view_that_is_parsed_in_svg():
    check_namespace(svg.g(svg.foreignObject(h.style("x"))), "svg")
