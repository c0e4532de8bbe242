"""Misspelt attributes: which names are almost those of a standard."""

import pytest

from fatmorph import element, h, svg
from fatmorph.html import __all__ as html_names
from fatmorph.markup._misspelling import ARIA_NAMES
from fatmorph.markup._spec_attributes import (
    EVENT_HANDLER_ATTRIBUTES,
    GLOBAL_ATTRIBUTES,
    HTML_ATTRIBUTES,
    MATHML_ATTRIBUTES,
    SVG_ATTRIBUTES,
)
from fatmorph.morph.checks import check, check_patch
from fatmorph.morph.checks._misspelt import meant_attribute

STANDARD = sorted(
    GLOBAL_ATTRIBUTES
    | EVENT_HANDLER_ATTRIBUTES
    | HTML_ATTRIBUTES
    | SVG_ATTRIBUTES
    | MATHML_ATTRIBUTES
    | {f"aria-{name.replace('_', '')}" for name in ARIA_NAMES}
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("hrf", "href"),
        ("tpye", "type"),
        ("calss", "class"),
        ("clas", "class"),
        ("classs", "class"),
        ("onclik", "onclick"),
        ("vlaue", "value"),
        ("VLAUE", "value"),
        ("plceholder", "placeholder"),
        ("placholer", "placeholder"),
        ("disable", "disabled"),
        ("heigth", "height"),
        ("fro", "for"),
        ("accpet-charset", "accept-charset"),
        ("aria-lable", "aria-label"),
        ("aria-labeledby", "aria-labelledby"),
    ],
)
def test_a_name_with_a_mistake_is_that_of_an_attribute(name: str, meant: str) -> None:
    assert meant_attribute(name) == meant


@pytest.mark.parametrize(
    "name",
    [
        *("test", "item", "key", "model", "variant", "tone", "cell", "cells", "note", "line"),
        *("lines", "control", "col", "row", "tile", "ref", "values", "forms", "sx", "x"),
        *("hx-get", "x-data", "v-if", "ng-model", "up-target", "@click", ":href", "_", "data-hrf"),
        *("aria-grabbed", "title2", "naïve"),
    ],
)
def test_a_name_of_its_own_is_left_alone(name: str) -> None:
    assert meant_attribute(name) == ""


def test_an_attribute_of_a_standard_is_left_alone() -> None:
    found = {name: meant_attribute(name) or meant_attribute(name.upper()) for name in STANDARD}

    assert {name for name, meant in found.items() if meant} == set()


@pytest.mark.parametrize(
    ("name", "meant"),
    [("veiwBox", "viewBox"), ("stroke-widht", "stroke-width"), ("trnasform", "transform")],
)
def test_svg_has_attributes_of_its_own(name: str, meant: str) -> None:
    assert meant_attribute(name, is_foreign=True) == meant


@pytest.mark.parametrize(
    ("view", "path"),
    [
        (h.body(h.a("x", hrf="/")), "body > a"),
        (h.body(h.svg(veiwBox="0 0 1 1")), "body > svg"),
        (h.body(svg.svg(svg.path(fil="red"))), "body > svg > path"),
        (h.body(h.p({"tpye": ""})), "body > p"),
        (h.body(h.p(hiden=True)), "body > p"),
    ],
)
def test_the_finding_names_the_element(view: object, path: str) -> None:
    [finding] = check(view)

    assert (finding.code, finding.path) == ("misspelt-attribute", path)


def test_a_finding_shows_the_keyword_to_write() -> None:
    [finding] = check(h.p(calss="wide"))

    assert str(finding) == (
        "warning misspelt-attribute: <p> has the attribute calss, which no standard has\n"
        "  where: p\n"
        "  why:   a browser ignores it; it is almost class\n"
        '  fix:   class_=…  (or {"data-calss": …} for an attribute of your own)'
    )


def test_the_writer_of_a_patch_finds_it_too() -> None:
    [finding] = check_patch(h.main(h.a("x", hrf="/"), id="main"))

    assert finding.code == "misspelt-attribute"


@pytest.mark.parametrize(
    "view",
    [
        h.body(element("my-link")("x", hrf="/")),
        h.body(h.a({"is": "my-link"}, "x", hrf="/")),
        h.body(element("unknown")("x", hrf="/")),
    ],
)
def test_a_custom_element_has_attributes_of_its_own(view: object) -> None:
    assert check(view) == ()


def test_every_element_is_examined() -> None:
    examined = {
        name
        for name in html_names
        if "misspelt-attribute"
        in {finding.code for finding in check(getattr(h, name)({"nmae": "a"}))}
    }

    assert examined == set(html_names)
