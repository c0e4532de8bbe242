"""The attributes of an element: their names and values in HTML."""

import enum
from decimal import Decimal

import pytest
from markupsafe import Markup

from fatmorph.errors import AttributeNameError, AttributeValueError
from fatmorph.markup._attributes import Attrs
from fatmorph.markup._misspelling import MISSPELT_KEYWORDS
from fatmorph.markup._spec_attributes import (
    EVENT_HANDLER_ATTRIBUTES,
    HTML_ATTRIBUTES,
    MATHML_ATTRIBUTES,
    SVG_ATTRIBUTES,
)


class Text(str):
    __slots__ = ()

    def __str__(self):
        return "<not what it holds>"


class Size(enum.IntEnum):
    BIG = 3


@pytest.mark.parametrize(
    ("keyword", "name"),
    [
        ("id", "id"),
        ("class_", "class"),
        ("for_", "for"),
        ("data_cell_id", "data-cell-id"),
        ("aria_label", "aria-label"),
        ("http_equiv", "http-equiv"),
        ("accept_charset", "accept-charset"),
        ("viewBox", "viewBox"),
        ("viewbox", "viewBox"),
        ("onClick", "onclick"),
        ("self", "self"),
        ("x__", "x-"),
        ("hx-on:click", "hx-on:click"),
        ("data-signals:user_id", "data-signals:user_id"),
        ("data-on:click__debounce.500ms", "data-on:click__debounce.500ms"),
        ("@click_", "@click_"),
        ("größe", "größe"),
    ],
)
def test_a_keyword_names_the_attribute(core, keyword, name):
    element = core.Tag("p")(**{keyword: "v"})

    assert dict(element.attributes) == {name: "v"}
    assert core.Tag("p")(**{keyword: "v"}) == element


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("class", "class"),
        ("data-signals:user_id", "data-signals:user_id"),
        ("x_", "x_"),
        ("ID", "id"),
        ("xlink:href", "xlink:href"),
        ("preserveaspectratio", "preserveAspectRatio"),
        ("ÄB", "Äb"),
        (Text("id"), "id"),
        ("_", "_"),
    ],
)
def test_a_key_of_a_mapping_is_written_in_the_case_of_the_parser(core, key, name):
    assert dict(core.Tag("p")({key: "v"}).attributes) == {name: "v"}


@pytest.mark.parametrize(
    "name",
    [*"\x00\t\n\f\r \"'<>/=\x7f\x80\x9f\ud800", "a b", "a=b", "x/", "a>", "onload='", "\udcffx"],
    ids=ascii,
)
def test_a_name_that_could_break_out_of_the_tag_is_an_error(core, name):
    with pytest.raises(AttributeNameError, match="as an attribute name"):
        core.Tag("p")({name: "v"})
    with pytest.raises(AttributeNameError, match="as an attribute name"):
        core.Tag("p")(**{name: "v"})


def test_a_name_of_another_type_is_a_type_error(core):
    with pytest.raises(TypeError, match="cannot write int as an attribute name"):
        core.Tag("p")({7: "v"})


@pytest.mark.parametrize("name", ["", None, 7, b"id", ("a", "b")], ids=repr)
def test_a_name_that_is_not_text_is_an_error(core, name):
    with pytest.raises(AttributeNameError, match="as an attribute name"):
        core.Tag("p")({name: "v"})


def test_a_keyword_of_one_underscore_is_the_attribute_of_hyperscript(core):
    element = core.Tag("p")(_="on click toggle .red")

    assert core.render(element) == '<p _="on click toggle .red"></p>'


@pytest.mark.parametrize(
    ("keyword", "meant"),
    [
        ("className", "class_"),
        ("cls", "class_"),
        ("_class", "class_"),
        ("htmlFor", "for_"),
        ("html_for", "for_"),
        ("_for", "for_"),
        ("on_click", "onclick"),
        ("on_animationend", "onanimationend"),
        ("strokeWidth", "stroke_width"),
        ("acceptCharset", "accept_charset"),
        ("httpEquiv", "http_equiv"),
        ("defaultValue", "value"),
        ("htmlClass", "class_"),
        ("classList", "class_"),
        ("onDoubleClick", "ondblclick"),
        ("on_key_down", "onkeydown"),
        ("on_before_unload", "onbeforeunload"),
        ("ariaLabel", "aria_label"),
        ("ariaLabelledBy", "aria_labelledby"),
        ("aria_described_by", "aria_describedby"),
        ("aria_labeledby", "aria_labelledby"),
        ("xlinkHref", "href"),
        ("xml_lang", "lang"),
    ],
)
def test_a_keyword_of_another_library_is_an_error_that_names_the_own_one(core, keyword, meant):
    with pytest.raises(AttributeNameError) as caught:
        core.Tag("p")(**{keyword: "a"})

    assert (caught.value.what, caught.value.fix.partition("=")[0]) == (
        f"cannot write {keyword} as an attribute",
        meant,
    )


@pytest.mark.parametrize(
    "keyword", ["tab_index", "view_box", "max_length", "hx_get", "clas", "aria_x", "on_x"]
)
def test_an_unknown_keyword_is_written(core, keyword):
    element = core.Tag("my-chart")(**{keyword: "a"})

    assert list(element.attributes.values()) == ["a"]


def test_no_attribute_of_the_standards_counts_as_misspelt():
    standard = HTML_ATTRIBUTES | SVG_ATTRIBUTES | MATHML_ATTRIBUTES | EVENT_HANDLER_ATTRIBUTES

    keywords = {name.replace("-", "_") for name in standard}

    assert keywords & MISSPELT_KEYWORDS.keys() == set()


@pytest.mark.parametrize("name", ["cls", "className", "on_click"])
def test_a_mapping_may_have_a_name_that_is_an_error_as_a_keyword(core, name):
    assert core.render(core.Tag("p")({name: "a"})) == f'<p {name.lower()}="a"></p>'


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"c", "a", "b"}, "a b c"),
        (frozenset({"b", "a"}), "a b"),
        (["", "a"], "a"),
        (["a", "", "b", ""], "a b"),
        ({"": True, "a": True}, "a"),
        ({"b": 1, "a": 2}.keys(), "b a"),
    ],
    ids=["set", "frozenset", "empty first", "empty between", "empty key", "keys in their order"],
)
def test_class_names_are_sorted_if_their_set_is_not_and_joined_by_one_space(core, value, written):
    assert core.render(core.Tag("p")(class_=value)) == f'<p class="{written}"></p>'


@pytest.mark.parametrize(
    ("name", "earlier", "later", "written"),
    [
        ("style", "color:red; ", "top:0", "color:red;top:0"),
        ("style", "color:red", " top:0", "color:red;top:0"),
        ("style", " ", "top:0", "top:0"),
        ("style", "content:\\ ", "top:0", "content:\\ ;top:0"),
        ("style", "content:\\;", "top:0", "content:\\;;top:0"),
        ("class", "a ", " b", "a b"),
        ("class", "", "b", "b"),
        ("class", "a", " ", "a"),
    ],
)
def test_two_values_are_joined_by_one_separator(core, name, earlier, later, written):
    assert (
        core.render(core.Tag("p")({name: earlier}, {name: later})) == f'<p {name}="{written}"></p>'
    )


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("a", ' title="a"'),
        ("", ' title=""'),
        ("& < > \" '", ' title="&amp; &lt; &gt; &quot; \'"'),
        (Text("a"), ' title="a"'),
        (True, " title"),
        (False, ""),
        (None, ""),
        (0, ' title="0"'),
        (Size.BIG, ' title="3"'),
        (1.5, ' title="1.5"'),
        (Decimal("1.50"), ' title="1.50"'),
        ("line\nbreak", ' title="line\nbreak"'),
        ("$count > 1 && !$open ? 'a' : `b`", None),
    ],
    ids=repr,
)
def test_a_value_is_written_as(core, value, html):
    expected = html or (html is None) * " title=\"$count &gt; 1 &amp;&amp; !$open ? 'a' : `b`\""

    assert core.render(core.Tag("p")(title=value)) == f"<p{expected}></p>"
    assert core.render(core.Tag("p")({"title": value})) == f"<p{expected}></p>"


@pytest.mark.parametrize(
    ("trusted", "text"),
    [
        ("a &amp; b", "a & b"),
        ("&lt;&#34;&#x27;&QUOT;", '<"\'"'),
        ("fish &amp chips", "fish & chips"),
        ("?a=1&copy=2", "?a=1&copy=2"),
        ("&copy1 &copyx; &copy", "&copy1 &copyx; ©"),
        ("&nosuch; & &;", "&nosuch; & &;"),
        ("&notin; &notit;", "∉ &notit;"),
    ],
)
def test_markup_in_an_attribute_becomes_the_text_that_a_parser_reads(core, trusted, text):
    element = core.Tag("p")(title=Markup(trusted))

    assert element.attributes["title"] == text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("aria_hidden", ("true", "false")),
        ("aria_label", ("true", "false")),
        ("contenteditable", ("true", "false")),
        ("draggable", ("true", "false")),
        ("spellcheck", ("true", "false")),
        ("translate", ("yes", "no")),
        ("autocomplete", ("on", "off")),
    ],
)
def test_an_enumerated_attribute_has_words_for_true_and_false_and_none_leaves_it_out(
    core, name, words
):
    written = name.replace("_", "-")

    assert dict(core.Tag("p")(**{name: True}).attributes) == {written: words[0]}
    assert dict(core.Tag("p")(**{name: False}).attributes) == {written: words[1]}
    assert dict(core.Tag("p")(**{name: None}).attributes) == {}
    assert dict(core.Tag("p")(**{name: "mixed"}).attributes) == {written: "mixed"}


def test_the_later_of_two_values_wins(core):
    element = core.Tag("p")({"id": "a", "ID": "b"}, {"title": "a"}, id="c", Title="b")

    assert dict(element.attributes) == {"id": "c", "title": "b"}


@pytest.mark.parametrize("nothing", [None, False])
def test_a_later_none_or_false_removes_an_attribute(core, nothing):
    assert dict(core.Tag("p")({"hidden": True}, hidden=nothing).attributes) == {}


@pytest.mark.parametrize("nothing", [None, False, {}, [], {"c": False}])
def test_a_later_class_without_names_keeps_the_earlier(core, nothing):
    assert dict(core.Tag("p")({"class": "a"}, class_=nothing).attributes) == {"class": "a"}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a b", "a b"),
        (["a", "b"], "a b"),
        (("a", None, False, "b"), "a b"),
        ({"a": True, "b": 0, "c": "yes", "d e": 1, "f": None}, "a c d e"),
        (["a", {"b": True, "c": False}], "a b"),
        (Text("a"), "a"),
        ([Text("a"), Markup("b&amp;c")], "a b&c"),
        (Markup("b&amp;c"), "b&c"),
        ("", ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_class_joins_names(core, value, written):
    assert dict(core.Tag("p")(class_=value).attributes) == {"class": written}


def test_a_class_joins_the_names_of_a_generator(core):
    names = (name for name in ["a", "b"])

    assert dict(core.Tag("p")(class_=names).attributes) == {"class": "a b"}


@pytest.mark.parametrize("value", [[], {}, {"a": False}, [None], None, False], ids=repr)
def test_a_class_without_names_is_left_out(core, value):
    assert core.render(core.Tag("p")(class_=value)) == "<p></p>"


@pytest.mark.parametrize(
    "value",
    [
        True,
        7,
        1.5,
        b"a",
        pytest.param(object(), id="object"),
        [7],
        [["a"]],
        {7: True},
        [b"a"],
        [True],
    ],
    ids=repr,
)
def test_an_invalid_class_is_an_error(core, value):
    with pytest.raises(AttributeValueError, match="as the value of class"):
        core.Tag("p")(class_=value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("color: red; top: 0", "color: red; top: 0"),
        ({"color": "red", "top": 0}, "color:red;top:0"),
        ({"color": None, "top": False, "left": 1.5}, "left:1.5"),
        ({"--accent": "#f00", "--1": "x", "--Case_d": "y"}, "--accent:#f00;--1:x;--Case_d:y"),
        ({"COLOR": "red", "-webkit-line-clamp": 3}, "COLOR:red;-webkit-line-clamp:3"),
        ({"width": "calc(100% - (2 * 3px))"}, "width:calc(100% - (2 * 3px))"),
        ({"grid-area": "[a] 1 / 2"}, "grid-area:[a] 1 / 2"),
        ({"content": "'a;b'"}, "content:'a;b'"),
        ({"content": r'"a\";b"'}, r'content:"a\";b"'),
        ({"background": "url(data:image/png;base64,AA==)"}, None),
        ({"background": "url( /a.png ) no-repeat"}, "background:url( /a.png ) no-repeat"),
        ({"background": "url('a;b)')"}, "background:url('a;b)')"),
        ({"color": "red !important"}, "color:red !important"),
        ({"font-family": "Ünïcode, serif"}, "font-family:Ünïcode, serif"),
        ({"--x": r"\;"}, r"--x:\;"),
        ({"color": Markup("&#34;a&#34;")}, 'color:"a"'),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_style_joins_declarations(core, value, written):
    expected = written or "background:url(data:image/png;base64,AA==)"

    assert dict(core.Tag("p")(style=value).attributes) == {"style": expected}


@pytest.mark.parametrize(
    "value",
    [
        "red;top:0",
        "red}",
        "{",
        "red/*",
        "(",
        ")",
        "[)]",
        "'",
        '"a',
        "'a\nb'",
        "\\",
        "a\\\n;",
        "url(",
        "url(a'b);top:0;'x)",
        'URL( a"b);top:0;"x)',
        "url(a(b);top:0;c)",
        "\\75rl(a'b);top:0;'x)",
        "\\000075 rl(a'b);top:0;'x)",
        "u\\rl(a'b);top:0;'x)",
        "#url({)",
        "xurl({)",
        "5px/**/;",
        "url(/*)",
        "url(\x01')",
        "rgb(0;0;0)",
    ],
    ids=ascii,
)
def test_a_style_value_that_leaves_its_declaration_is_an_error(core, value):
    with pytest.raises(AttributeValueError, match="as one CSS value"):
        core.Tag("p")(style={"color": value})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("background_color", "background-color"),
        ("backgroundColor", "background-color"),
        ("WebkitLineClamp", "-webkit-line-clamp"),
        ("color:red;top", "background-color"),
        ("", "background-color"),
        ("1a", "background-color"),
        ("a b", "background-color"),
        (7, "background-color"),
        ("-", "background-color"),
    ],
)
def test_an_invalid_property_is_an_error_that_suggests_a_valid_one(core, name, meant):
    with pytest.raises(AttributeNameError) as caught:
        core.Tag("p")(style={name: "x"})

    assert caught.value.what == f"cannot write {name!r} as a CSS property"
    assert caught.value.fix == f'style={{"{meant}": …}}'


@pytest.mark.parametrize(
    "value", [True, [], ["color:red"], b"x", {"color": True}, {"color": []}], ids=repr
)
def test_an_invalid_style_is_an_error(core, value):
    with pytest.raises(AttributeValueError, match="as the value of style"):
        core.Tag("p")(style=value)


def test_class_and_style_from_mappings_attrs_and_keywords_are_joined(core):
    element = core.Tag("p")(
        {"class": "a", "style": "color:red;"},
        Attrs({"class": ["b"], "style": {"top": 0}}),
        {"CLASS": {"c": True}},
        class_="d",
        style={"left": 0},
    )

    assert dict(element.attributes) == {
        "class": "a b c d",
        "style": "color:red;top:0;left:0",
    }


def test_a_style_is_joined_after_an_escaped_semicolon(core):
    element = core.Tag("p")({"style": {"--x": "\\;"}}, style={"top": 0})

    assert dict(element.attributes) == {"style": "--x:\\;;top:0"}


@pytest.mark.parametrize("first", ["", None, {}], ids=repr)
def test_an_empty_class_or_style_joins_without_a_separator(core, first):
    element = core.Tag("p")({"class": first, "style": first}, class_="a", style="top:0")

    assert dict(element.attributes) == {"class": "a", "style": "top:0"}


NONCES = {
    "a keyword": lambda tag: tag(nonce="n0nce"),
    "a mapping": lambda tag: tag({"NONCE": "n0nce"}),
    "Attrs": lambda tag: tag(Attrs({"nonce": "n0nce"})),
    "joined Attrs": lambda tag: tag({"nonce": "n0nce"} | Attrs({"id": None})),
    "Markup": lambda tag: tag(nonce=Markup("n&#48;nce")),
    "Markup in Attrs": lambda tag: tag(Attrs({"nonce": Markup("n&#48;nce")})),
    "the later of two": lambda tag: tag({"nonce": "other"}, nonce="n0nce"),
}


@pytest.mark.parametrize("build", NONCES.values(), ids=NONCES)
@pytest.mark.parametrize("name", ["script", "style", "link", "my-widget"])
def test_the_client_does_not_show_a_nonce_that_the_browser_hides(core, name, build):
    element = build(core.Tag(name))

    assert dict(element.attributes) == {"nonce": "n0nce", "data-preserve-attr": "nonce"}


def test_the_client_does_not_show_the_nonce_that_it_reads(core):
    element = core.Tag("html")({"data-nonce": "n0nce", "nonce": "n0nce"}, lang="en")

    assert core.render(element) == (
        '<!doctype html><html data-nonce="n0nce" data-preserve-attr="data-nonce nonce"'
        ' nonce="n0nce" lang="en"></html>'
    )


@pytest.mark.parametrize("nothing", [None, False])
def test_an_element_without_a_nonce_preserves_no_attribute(core, nothing):
    assert dict(core.Tag("script")(nonce=nothing, data_nonce=nothing).attributes) == {}


def test_attrs_leave_the_hiding_of_a_nonce_to_the_element():
    assert dict(Attrs({"nonce": "a"}) | {"data-nonce": "b"}) == {"nonce": "a", "data-nonce": "b"}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ([{"data-preserve-attr": "open"}, {"nonce": "n"}], "open nonce"),
        ([{"nonce": "n"}, {"data-preserve-attr": "open"}], "nonce open"),
        ([{"nonce": "n"}, Attrs({"data-preserve-attr": "open  nonce\nid"})], "nonce open id"),
        ([{"data-preserve-attr": "nonce open"}, Attrs({"nonce": "n"})], "nonce open"),
        ([{"data-preserve-attr": True}, {"nonce": "n"}], "nonce"),
        ([{"data-preserve-attr": "open"}, {"data-preserve-attr": None}], "open"),
        ([Attrs({"data-preserve-attr": "a"}) | {"data-preserve-attr": "b a"}], "a b"),
        ([{"data-preserve-attr": "a"}, {"DATA-PRESERVE-ATTR": "b"}], "a b"),
    ],
    ids=repr,
)
def test_names_of_attributes_to_preserve_are_joined_without_duplicates(core, given, names):
    assert core.Tag("p")(*given).attributes["data-preserve-attr"] == names


def test_names_of_attributes_to_preserve_are_joined_with_those_of_a_keyword(core):
    element = core.Tag("p")({"data-preserve-attr": "open"}, data_preserve_attr="id", nonce="n")

    assert element.attributes["data-preserve-attr"] == "open id nonce"


@pytest.mark.parametrize(
    ("keyword", "value", "fix"),
    [
        ("title", b"x", "title=value.decode()"),
        ("title", ["a"], 'title=" ".join(value)'),
        ("data_x", {"a": 1}, "data_x=json.dumps(value)"),
        ("data-on:click", {"a": 1}, '{"data-on:click": json.dumps(value)}'),
        ("for_", object(), "for_=str(value)"),
        ("onclick", print, 'data.on("click", at.post("/click"))  (as a positional argument)'),
        ("title", print, "title=value()"),
        ("style", ["a"], 'style={"color": "red"}'),
        ("class_", True, 'class_={"open": is_open}'),
        ("class_", b"x", "class_=value.decode()"),
    ],
)
def test_the_error_for_a_value_shows_what_to_write(core, keyword, value, fix):
    with pytest.raises(AttributeValueError) as caught:
        core.Tag("p")(**{keyword: value})

    assert caught.value.fix == fix


@pytest.mark.parametrize(
    ("tag", "keyword", "value", "fix"),
    [
        ("select", "options", ["a"], "h.select([h.option(item) for item in value])"),
        (
            *("select", "choices", [("a", "A"), ("b", "B")]),
            "h.select([h.option(text, value=key) for key, text in value])",
        ),
        (
            *("datalist", "options", {"a": "A"}),
            "h.datalist([h.option(text, value=key) for key, text in value.items()])",
        ),
        ("ul", "items", ("a",), "h.ul([h.li(item) for item in value])"),
        (
            "table",
            "rows",
            [[1]],
            "h.table([h.tr([h.td(cell) for cell in item]) for item in value])",
        ),
        ("tr", "cells", [1], "h.tr([h.td(item) for item in value])"),
        ("div", "children", ["a"], "h.div(value)  (as a positional argument)"),
        ("div", "attrs", {"id": "a"}, "h.div(value)  (as a positional argument)"),
        (
            *("div", "dataset", {"a": 1}),
            (
                'h.div({f"data-{key}": item for key, item in value.items()})  '
                "(as a positional argument)"
            ),
        ),
        (
            *("div", "aria", {"label": "a"}),
            (
                'h.div({f"aria-{key}": item for key, item in value.items()})  '
                "(as a positional argument)"
            ),
        ),
        ("div", "classes", ["a"], "class_=value"),
        ("meta", "content", ["a"], 'content=" ".join(value)'),
        ("textarea", "rows", [1], 'rows=" ".join(value)'),
    ],
)
def test_the_error_for_a_name_of_another_library_shows_what_it_means_here(
    core, tag, keyword, value, fix
):
    with pytest.raises(AttributeValueError) as caught:
        core.Tag(tag)(**{keyword: value})

    assert caught.value.fix == fix


def test_the_children_of_an_element_that_has_none_of_its_own_stay_elements(core):
    with pytest.raises(AttributeValueError) as caught:
        core.Tag("ul")(children=[core.Tag("li")("a")])

    assert caught.value.fix == "h.ul(value)  (as a positional argument)"


def test_an_id_without_a_value_is_not_an_id(core):
    element = core.Tag("p")(id=True)

    assert (element.id, core.render(element)) == (None, "<p id></p>")


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), (7, "7"), (None, None), ("", "")])
def test_an_element_has_its_id(core, value, expected):
    assert core.Tag("p")(id=value).id == expected


CODE = ["data-on:click", "data-on:keydown__window", "data-on-intersect", "data-on-interval"]
CODE += ["data-init", "data-init__delay.1s", "data-effect", "data-on-signal-patch"]
ENTRIES = ["data-signals", "data-signals__ifmissing", "data-class", "data-attr", "data-style"]
ENTRIES += ["data-computed"]


@pytest.mark.parametrize("name", [*CODE, *ENTRIES])
@pytest.mark.parametrize("kind", [dict, Attrs])
def test_code_that_another_attribute_would_replace_is_refused(core, name, kind):
    with pytest.raises(AttributeValueError, match=f"^cannot write {name} twice"):
        core.Tag("p")(kind({name: "first"}), kind({name: "second"}))
    with pytest.raises(AttributeValueError, match=f"^cannot write {name} twice"):
        core.Tag("p")(kind({name: "first"}), **{name: "second"})
    with pytest.raises(AttributeValueError, match=f"^cannot write {name} twice"):
        Attrs({name: "first"}) | {name: "second"}


@pytest.mark.parametrize("name", ["data-attr:title", "data-show", "data-text", "data-bind", "id"])
def test_a_single_value_replaces_the_earlier_one(core, name):
    assert dict(core.Tag("p")({name: "first"}, {name: "second"}).attributes) == {name: "second"}


def test_code_that_is_equal_or_was_removed_can_be_written_again(core):
    click = "data-on:click"

    equal = core.Tag("p")({click: "first"}, {click: "first"})
    removed = core.Tag("p")({click: "first"}, {click: None}, {click: "second"})

    assert (dict(equal.attributes), dict(removed.attributes)) == (
        {click: "first"},
        {click: "second"},
    )
