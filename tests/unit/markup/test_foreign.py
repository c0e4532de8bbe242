"""The contexts in which a parser reads the content of elements; tests/core tests the checks.

The results are compared with an HTML5-conformant parser.
"""

import pytest
from justhtml import JustHTML

from fatmorph import h, mathml, svg
from fatmorph.markup._foreign import content_context, find_misread_raw_text
from fatmorph.markup._spec_elements import (
    MATHML_ELEMENTS,
    MATHML_TEXT_INTEGRATION_POINTS,
    SVG_BREAKOUT_ELEMENTS,
    SVG_ELEMENTS,
    SVG_INTEGRATION_POINTS,
)


def namespace_inside(html: str) -> str:
    """Return the namespace that a parser gives to the element called `x-y`."""
    return JustHTML(html, sanitize=False).query("x-y")[0].namespace or "html"


@pytest.mark.parametrize("name", sorted(set(SVG_ELEMENTS) - {"svg"}))
def test_a_parser_reads_the_content_of_an_svg_element_as(name):
    expected = {"svg": "svg", "html": "html"}[content_context(name, "svg")]

    assert namespace_inside(f"<svg><{name}><x-y>") == expected


@pytest.mark.parametrize("name", sorted(set(MATHML_ELEMENTS) - {"math", "annotation-xml"}))
def test_a_parser_reads_the_content_of_a_mathml_element_as(name):
    expected = {"mathml": "math", "mathml text": "html"}[content_context(name, "mathml")]

    assert namespace_inside(f"<math><{name}><x-y>") == expected


@pytest.mark.parametrize("name", sorted(SVG_BREAKOUT_ELEMENTS - {"font"}))
def test_a_parser_moves_an_element_out_of_svg(name):
    assert namespace_inside(f"<svg><{name}></{name}><x-y>") == "html"


@pytest.mark.parametrize("name", ["a", "x-y", "script", "title", "font", "foreignObject"])
def test_other_elements_are_not_moved_out_of_svg(name):
    assert name not in SVG_BREAKOUT_ELEMENTS - {"font"}


@pytest.mark.parametrize("table", [SVG_INTEGRATION_POINTS, MATHML_TEXT_INTEGRATION_POINTS])
def test_the_names_of_integration_points_are_in_lower_case(table):
    assert {name.lower() for name in table} == table


@pytest.mark.parametrize(
    ("name", "namespace", "context"),
    [
        ("svg", "html", "svg"),
        ("SVG", "svg", "svg"),
        ("math", "svg", "mathml"),
        ("foreignobject", "svg", "html"),
        ("desc", "mathml", "mathml"),
        ("MI", "mathml", "mathml text"),
        ("mi", "svg", "svg"),
        ("mglyph", "html", "mathml"),
        ("annotation-xml", "mathml", "html"),
        ("select", "html", "select"),
        ("select", "svg", "svg"),
        ("frameset", "html", "frameset"),
        ("div", "html", "html"),
    ],
)
def test_the_context_inside_an_element_is(name, namespace, context):
    assert content_context(name, namespace) == context


def test_the_first_raw_text_in_document_order_is_found():
    first, second = h.style("1"), h.style("2")

    assert find_misread_raw_text("svg", "g", ("a", h.a(first), second)) is first
    assert find_misread_raw_text("svg", "g", (svg.desc(first), second)) is second
    assert find_misread_raw_text("mathml", "mrow", (mathml.mi(first),)) is None


def test_there_is_no_raw_text_in_text():
    assert find_misread_raw_text("svg", "svg", ("a", svg.a("b"), h.p("c"))) is None
