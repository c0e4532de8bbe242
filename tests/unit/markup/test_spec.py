"""The tables agree with each other and with an HTML5-conformant parser."""

from __future__ import annotations

import pytest
from justhtml import JustHTML

from fatmorph.markup import _spec_attributes as attributes, _spec_elements as elements

OWN_CASE = {"svg", "feDropShadow"}


def parsed_element(html: str, tag: str):
    """Return the first element called `tag` that a browser would build from `html`."""
    return JustHTML(html, sanitize=False).query(tag)[0]


@pytest.mark.parametrize("table", ["HTML_ELEMENTS", "SVG_ELEMENTS", "MATHML_ELEMENTS"])
def test_no_element_is_listed_twice(table):
    names = getattr(elements, table)

    assert len(names) == len(set(names))


def test_the_sizes_are_those_of_the_standards():
    sizes = {
        "html": len(elements.HTML_ELEMENTS),
        "svg": len(elements.SVG_ELEMENTS),
        "mathml": len(elements.MATHML_ELEMENTS),
        "void": len(elements.VOID_ELEMENTS),
        "attribute case": len(attributes.SVG_ATTRIBUTE_CASE),
        "global attributes": len(attributes.GLOBAL_ATTRIBUTES),
        "event handlers": len(attributes.EVENT_HANDLER_ATTRIBUTES),
        "html attributes": len(attributes.HTML_ATTRIBUTES),
        "svg attributes": len(attributes.SVG_ATTRIBUTES),
        "mathml attributes": len(attributes.MATHML_ATTRIBUTES),
    }

    assert sizes == {
        "html": 113,
        "svg": 64,
        "mathml": 30,
        "void": 13,
        "attribute case": 59,
        "global attributes": 39,
        "event handlers": 148,
        "html attributes": 216,
        "svg attributes": 265,
        "mathml attributes": 120,
    }


def test_the_html_order_is_that_of_the_standards_sections():
    first_of_each_section = (
        *("html", "body", "p", "a", "ins", "picture", "table", "form", "details", "script"),
    )

    in_order = sorted(first_of_each_section, key=elements.HTML_ELEMENTS.index)

    assert in_order == list(first_of_each_section)


TABLES_OF_ATTRIBUTES = (
    *("GLOBAL_ATTRIBUTES", "EVENT_HANDLER_ATTRIBUTES", "HTML_ATTRIBUTES", "SVG_ATTRIBUTES"),
    "MATHML_ATTRIBUTES",
)


@pytest.mark.parametrize("table", TABLES_OF_ATTRIBUTES)
def test_the_names_of_attributes_have_the_case_of_the_parser(table):
    names = getattr(attributes, table)

    assert {
        attributes.SVG_ATTRIBUTE_CASE.get(name.lower(), name.lower()) for name in names
    } == names


def test_no_attribute_of_single_elements_is_global():
    single = attributes.HTML_ATTRIBUTES | attributes.SVG_ATTRIBUTES

    assert single & (attributes.GLOBAL_ATTRIBUTES | attributes.EVENT_HANDLER_ATTRIBUTES) == set()


def test_the_tables_of_attributes_hold_those_that_other_tables_name():
    known = frozenset().union(*(getattr(attributes, table) for table in TABLES_OF_ATTRIBUTES))
    old = {"externalResourcesRequired"}  # of SVG 1.1, in a case that no parser gives it

    named = {
        *attributes.URL_ATTRIBUTES,
        *attributes.SVG_ATTRIBUTE_CASE.values(),
        *attributes.TRUE_FALSE_ATTRIBUTES,
    }
    assert named - known == old


def test_no_table_of_attributes_holds_names_for_data_or_aria():
    known = frozenset().union(*(getattr(attributes, table) for table in TABLES_OF_ATTRIBUTES))

    assert {name for name in known if name.startswith(("data-", "aria-"))} == set()


def test_every_event_handler_begins_with_on():
    assert {name[:2] for name in attributes.EVENT_HANDLER_ATTRIBUTES} == {"on"}


def test_no_element_is_both_current_and_obsolete():
    assert set(elements.OBSOLETE_ELEMENTS) & set(elements.HTML_ELEMENTS) == set()


def test_every_void_element_is_an_html_element():
    assert set(elements.VOID_ELEMENTS) - set(elements.HTML_ELEMENTS) == set()


def test_escapable_raw_text_elements_are_html_elements():
    assert set(elements.ESCAPABLE_RAW_TEXT_ELEMENTS) - set(elements.HTML_ELEMENTS) == set()


def test_raw_text_elements_outside_the_standard_are_obsolete_ones():
    beyond = set(elements.RAW_TEXT_ELEMENTS) - set(elements.HTML_ELEMENTS)

    assert beyond == {"noembed", "noframes", "xmp"}
    assert beyond <= set(elements.OBSOLETE_ELEMENTS)


def test_the_three_kinds_of_content_exclude_each_other():
    kinds = (
        elements.VOID_ELEMENTS,
        elements.RAW_TEXT_ELEMENTS,
        elements.ESCAPABLE_RAW_TEXT_ELEMENTS,
    )

    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))


@pytest.mark.parametrize(
    "table",
    [
        elements.OBSOLETE_ELEMENTS,
        attributes.SVG_ATTRIBUTE_CASE,
        attributes.TRUE_FALSE_ATTRIBUTES,
    ],
    ids=["OBSOLETE_ELEMENTS", "SVG_ATTRIBUTE_CASE", "TRUE_FALSE_ATTRIBUTES"],
)
def test_a_mapping_cannot_be_changed(table):
    with pytest.raises(TypeError):
        table["new"] = "value"


# A parser reads a `col` only in a table.
@pytest.mark.parametrize("name", sorted(elements.VOID_ELEMENTS - {"col"}))
def test_a_parser_puts_text_after_a_void_element_next_to_it(name):
    element = parsed_element(f"<body><div><{name}>text</div>", name)

    assert list(element.children or ()) == []


@pytest.mark.parametrize("name", sorted(elements.RAW_TEXT_ELEMENTS))
def test_a_parser_reads_neither_tags_nor_references_in_raw_text(name):
    element = parsed_element(f"<body><{name}><b>&lt;</b></{name}>", name)

    assert [child.data for child in element.children] == ["<b>&lt;</b>"]


@pytest.mark.parametrize("name", sorted(elements.ESCAPABLE_RAW_TEXT_ELEMENTS))
def test_a_parser_reads_references_but_no_tags_in_escapable_raw_text(name):
    element = parsed_element(f"<body><{name}><b>&lt;</b></{name}>", name)

    assert [child.data for child in element.children] == ["<b><</b>"]


@pytest.mark.parametrize("name", sorted(elements.NEWLINE_DROPPING_ELEMENTS))
def test_a_parser_drops_the_first_newline(name):
    element = parsed_element(f"<body><{name}>\n\ntext</{name}>", name)

    assert [child.data for child in element.children] == ["\ntext"]


def test_no_other_element_drops_a_newline():
    ordinary = sorted(
        set(elements.HTML_ELEMENTS)
        - elements.NEWLINE_DROPPING_ELEMENTS
        - elements.VOID_ELEMENTS
        # These parse in their own place only; their content is not read as they are here.
        - {"html", "head", "body", "template", "noscript", "select"}
        - {"table", "caption", "colgroup", "tbody", "thead", "tfoot", "tr", "td", "th"}
    )

    texts = {
        name: [
            child.data for child in parsed_element(f"<body><{name}>\n\nx</{name}>", name).children
        ]
        for name in ordinary
    }

    assert texts == {name: ["\n\nx"] for name in ordinary}


# The standard's table has `feDropShadow` too; the parser's copy of it is from before.
@pytest.mark.parametrize("name", [name for name in elements.SVG_ELEMENTS if name not in OWN_CASE])
def test_a_parser_gives_svg_elements_the_listed_case(name):
    parent = parsed_element(f"<svg><{name.lower()}></svg>", "svg")

    assert [(child.name, child.namespace) for child in parent.children] == [(name, "svg")]


@pytest.mark.parametrize("name", [name for name in elements.MATHML_ELEMENTS if name != "math"])
def test_a_parser_puts_mathml_elements_in_their_namespace(name):
    parent = parsed_element(f"<math><{name}></math>", "math")

    assert [(child.name, child.namespace) for child in parent.children] == [(name, "math")]


def test_a_parser_gives_svg_attributes_the_listed_case():
    lower = " ".join(
        f'{name}=""' for name in attributes.SVG_ATTRIBUTE_CASE if name != "definitionurl"
    )

    element = parsed_element(f"<svg {lower}>", "svg")

    listed = [name for name in attributes.SVG_ATTRIBUTE_CASE.values() if name != "definitionURL"]
    assert list(element.attrs) == listed


def test_a_parser_gives_the_mathml_attribute_the_listed_case():
    element = parsed_element("<math definitionurl=''>", "math")

    assert list(element.attrs) == [attributes.SVG_ATTRIBUTE_CASE["definitionurl"]]


def test_attributes_that_navigate_or_run_are_url_attributes():
    dangerous = {"action", "data", "formaction", "href", "src", "to", "values", "xlink:href"}

    assert dangerous - attributes.URL_ATTRIBUTES == set()


@pytest.mark.parametrize("name", ["srcset", "usemap", "srcdoc", "class", "style", "id", "content"])
def test_other_attributes_are_not_url_attributes(name):
    assert name not in attributes.URL_ATTRIBUTES


@pytest.mark.parametrize("name", ["checked", "disabled", "hidden", "open", "popover", "required"])
def test_boolean_attributes_have_no_words_for_true_and_false(name):
    assert name not in attributes.TRUE_FALSE_ATTRIBUTES


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("contenteditable", ("true", "false")),
        ("draggable", ("true", "false")),
        ("spellcheck", ("true", "false")),
        ("writingsuggestions", ("true", "false")),
        ("translate", ("yes", "no")),
        ("autocomplete", ("on", "off")),
        ("autocorrect", ("on", "off")),
        ("autocapitalize", ("on", "off")),
        ("displaystyle", ("true", "false")),
        ("preserveAlpha", ("true", "false")),
    ],
)
def test_enumerated_attributes_have_the_standards_words(name, words):
    assert attributes.TRUE_FALSE_ATTRIBUTES[name] == words
