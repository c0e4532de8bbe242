"""HTML parsed as in a browser: the resulting tree, and its interface."""

import sys

import pytest

from fatmorph.errors import MissingExtraError
from fatmorph.markup.parse import (
    ParsedElement,
    is_document,
    parse_document,
    parse_fragment,
    parse_template,
)


def outline(tree: ParsedElement) -> list[object]:
    """Return a tree as nested lists of the tag, the attributes and the children."""
    children = [
        child if isinstance(child, str) else outline(child)
        for child in tree.children
        if isinstance(child, str) or child.tag
    ]
    return [tree.tag, tree.attributes, *children]


def test_a_parsed_fragment_has_the_interface_of_an_element():
    (paragraph,) = parse_fragment('<p id="a" hidden>1 &lt; 2<!-- why --></p>').children

    assert isinstance(paragraph, ParsedElement)
    assert (paragraph.tag, paragraph.namespace, paragraph.id) == ("p", "html", "a")
    assert outline(paragraph) == [
        "p",
        {"id": "a", "hidden": ""},
        "1 < 2",
        ["#comment", {}, " why "],
    ]


def test_any_text_is_parsed_to_a_document_with_head_and_body():
    document = parse_document("<title>Hello</title>there")

    assert outline(document) == [
        "#document",
        {},
        ["html", {}, ["head", {}, ["title", {}, "Hello"]], ["body", {}, "there"]],
    ]


def test_errors_are_corrected_as_in_a_browser():
    fragment = parse_fragment("<p>1<p>2<table><tr><td>3")

    assert outline(fragment) == [
        "#document-fragment",
        {},
        ["p", {}, "1"],
        ["p", {}, "2"],
        ["table", {}, ["tbody", {}, ["tr", {}, ["td", {}, "3"]]]],
    ]


def test_elements_of_svg_and_mathml_keep_their_namespace_and_case():
    svg, math = parse_fragment("<svg viewbox='0'><CIRCLE/></svg><math><mi>x</mi></math>").children

    assert isinstance(svg, ParsedElement) and isinstance(math, ParsedElement)
    assert (svg.namespace, math.namespace) == ("svg", "mathml")
    assert outline(svg) == ["svg", {"viewBox": "0"}, ["circle", {}]]


def test_the_content_of_a_template_is_separate_from_its_children():
    (template,) = parse_fragment("<template><i>1</i></template>").children

    assert isinstance(template, ParsedElement)
    assert template.content is not None
    assert (outline(template), outline(template.content)) == (
        ["template", {}],
        ["#document-fragment", {}, ["i", {}, "1"]],
    )


@pytest.mark.parametrize(
    ("scripting", "content"), [(True, "<b>1</b>"), (False, ["b", {}, "1"])], ids=["page", "patch"]
)
def test_scripting_determines_the_content_of_noscript(scripting, content):
    document = parse_document("<body><noscript><b>1</b></noscript>", scripting=scripting)

    _, _, html = outline(document)
    assert html[3][2] == ["noscript", {}, content]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!doctype html><html></html>", True),
        ("\n <HTML lang=en>", True),
        ("<!-- made by hand --><!DOCTYPE html>", True),
        ("<p>Hello</p>", False),
        ("<htmlx>", False),
        ("", False),
    ],
)
def test_a_document_begins_with_a_doctype_or_html(text, expected):
    assert is_document(text) == expected


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("<tr><td>1<td>2<tr>", ["tr", "tr"]),
        (" <td><table></table></td><th></th>", ["td", "th"]),
        ("<tbody><tr><td></td></tr></tbody><tfoot></tfoot>", ["tbody", "tfoot"]),
        ("<tbody><tr><td><table></table></td><td></td></tr></tbody><tbody>", ["tbody", "tbody"]),
        ("<option>1<option>2", ["option", "option"]),
        ("<li>1<li>2", ["li", "li"]),
        ("<div></div><tr><td>", ["div"]),
        ("<tr><td>1</td></tr><div></div>", ["tr", "div"]),
        ("text<td>1", ["td"]),
        ("<p>1<table></table>", ["p"]),
        ("<b>1</b></template><i>2</i>", ["b"]),
        ("", []),
    ],
)
def test_the_content_of_a_template_can_have_any_root(text, tags):
    children = parse_template(text).children

    assert [child.tag for child in children if isinstance(child, ParsedElement)] == tags


def test_cells_after_a_nested_table_are_kept():
    (row,) = parse_template("<tr><td><table></table></td><td></td></tr>").children

    assert outline(row) == ["tr", {}, ["td", {}, ["table", {}]], ["td", {}]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!-- why -->", ["#comment", {}, " why "]),
        ("<?xml version='1'?>", ["#comment", {}, "?xml version='1'?"]),
        ("<svg><![CDATA[1 < 2]]></svg>", ["svg", {}, "1 < 2"]),
        ("<i class=' a  b ' rel='x  y'>", ["i", {"class": " a  b ", "rel": "x  y"}]),
        ("<svg xlink:href='#a'>", ["svg", {"xlink:href": "#a"}]),
        ("<template shadowrootmode=open></template>", ["template", {"shadowrootmode": "open"}]),
    ],
    ids=["comment", "instruction", "cdata", "token lists", "foreign", "shadow root"],
)
def test_every_kind_of_node_is_read_unchanged(text, expected):
    (node,) = parse_fragment(text).children

    assert outline(node) == expected


def test_the_repr_of_an_element_shows_its_tag_and_id():
    assert repr(parse_fragment('<p id="a"></p><p></p>').children) == "[<p#a>, <p>]"


def test_the_error_for_a_missing_parser_names_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "turbohtml", None)

    with pytest.raises(MissingExtraError, match="cannot parse HTML without turbohtml"):
        parse_document("<p>")
