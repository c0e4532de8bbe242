from __future__ import annotations

import pytest

from fatmorph.errors import TagNameError
from fatmorph.markup._suggestion import closest_name, unknown_element

UNKNOWN = "a browser would take it for an unknown element without any meaning"
SPELLING = (
    "names have the standard's case; a hyphen becomes _, a Python keyword gets one at its end"
)
CUSTOM = "all elements outside the HTML standard are custom elements, whose names have a hyphen"


def text(language: str, name: str, why: str, fix: str) -> str:
    return f"no {language} element is called {name!r}\n  why:   {why}\n  fix:   {fix}"


@pytest.mark.parametrize(
    ("name", "why", "fix"),
    [
        pytest.param("dvi", UNKNOWN, "h.div(...)  (did you mean 'div'?)", id="transposed"),
        pytest.param("buton", UNKNOWN, "h.button(...)  (did you mean 'button'?)", id="left-out"),
        pytest.param(
            "tabel", UNKNOWN, "h.table(...)  (did you mean 'table'?)", id="first-letter-t"
        ),
        pytest.param(
            "lable", UNKNOWN, "h.label(...)  (did you mean 'label'?)", id="first-letter-l"
        ),
        pytest.param("DIV", SPELLING, "h.div(...)  (did you mean 'div'?)", id="case"),
        pytest.param("text_area", SPELLING, "h.textarea(...)  (did you mean 'textarea'?)", id="_"),
        pytest.param("del", SPELLING, "h.del_(...)  (did you mean 'del_'?)", id="keyword"),
        pytest.param("circle", "'circle' is an SVG element", "svg.circle(...)", id="svg"),
        pytest.param("circel", "'circle' is an SVG element", "svg.circle(...)", id="svg-near"),
        pytest.param(
            "lineargradient",
            "'linearGradient' is an SVG element",
            "svg.linearGradient(...)",
            id="svg-case",
        ),
        pytest.param("mfrac", "'mfrac' is a MathML element", "mathml.mfrac(...)", id="mathml"),
        pytest.param(
            "center",
            "the HTML standard calls center obsolete",
            'h.div(..., style={"text-align": "center"})',
            id="obsolete",
        ),
        pytest.param(
            "font",
            "the HTML standard calls font obsolete",
            'h.span(..., style={"font-family": "serif", "color": "red"})',
            id="obsolete-font",
        ),
        pytest.param("my_widget", CUSTOM, 'element("my-widget")(...)', id="custom"),
        pytest.param("frobnicate", CUSTOM, 'element("my-frobnicate")(...)', id="custom-no-hyphen"),
    ],
)
def test_an_unknown_html_element_gets_the_code_to_write_instead(name, why, fix):
    error = unknown_element(name, "html")

    assert str(error) == text("HTML", name, why, fix)


@pytest.mark.parametrize(
    ("name", "why", "fix"),
    [
        (
            "lineargradient",
            SPELLING,
            "svg.linearGradient(...)  (did you mean 'linearGradient'?)",
        ),
        ("rec", UNKNOWN, "svg.rect(...)  (did you mean 'rect'?)"),
        ("div", "'div' is an HTML element", "h.div(...)"),
        ("font", "the catalog has only elements of the SVG standard", 'Tag("font", "svg")(...)'),
    ],
)
def test_an_unknown_svg_element_gets_the_code_to_write_instead(name, why, fix):
    error = unknown_element(name, "svg")

    assert str(error) == text("SVG", name, why, fix)


@pytest.mark.parametrize(
    ("name", "why", "fix"),
    [
        ("mfarc", UNKNOWN, "mathml.mfrac(...)  (did you mean 'mfrac'?)"),
        (
            "annotation-xml",
            SPELLING,
            "mathml.annotation_xml(...)  (did you mean 'annotation_xml'?)",
        ),
        ("span", "'span' is an HTML element", "h.span(...)"),
        (
            "reln",
            "the catalog has only elements of the MathML standard",
            'Tag("reln", "mathml")(...)',
        ),
    ],
)
def test_an_unknown_mathml_element_gets_the_code_to_write_instead(name, why, fix):
    error = unknown_element(name, "mathml")

    assert str(error) == text("MathML", name, why, fix)


def test_an_unknown_element_is_a_tag_name_error():
    assert type(unknown_element("dvi", "html")) is TagNameError


@pytest.mark.parametrize("name", ["__path__", "__wrapped__", "_repr_html_", "_private"])
def test_names_that_tools_look_up_get_a_plain_attribute_error(name):
    error = unknown_element(name, "svg")

    assert (type(error), str(error)) == (
        AttributeError,
        f"module 'fatmorph.svg' has no attribute {name!r}",
    )


@pytest.mark.parametrize(
    ("name", "closest"),
    [("lable", "label"), ("tabel", "table"), ("table", "table"), ("xyz", None), ("", None)],
)
def test_the_closest_name_is_the_most_likely_one(name, closest):
    assert closest_name(name, ["table", "label"]) == closest


def test_a_higher_share_gives_fewer_suggestions():
    assert closest_name("dvi", ["div"], share=0.8) is None
