"""The ways to make an element other than a catalog's tags."""

import pytest

from fatmorph import Markup, comment, element, fragment, h, json_script, static, svg
from fatmorph.errors import AttributeValueError, ChildError, RawTextError, TagNameError


def test_a_custom_element_is_written_in_lower_case():
    assert str(element("My-Widget")("x", id="a")) == '<my-widget id="a">x</my-widget>'


@pytest.mark.parametrize(
    ("name", "tag"), [("script", h.script), ("br", h.br), ("svg", svg.svg), ("math", h.math)]
)
def test_the_element_of_a_standard_name_is_that_of_the_catalog(name, tag):
    assert element(name) == tag
    assert element(name).namespace == tag.namespace


@pytest.mark.parametrize("name", ["", "a b", "1", None, 7, ["a"]], ids=repr)
def test_an_invalid_name_of_an_element_is_an_error(name):
    with pytest.raises(TagNameError):
        element(name)


def test_a_fragment_has_children_but_no_element():
    assert str(fragment("a<", h.b("b"), None, ["c"])) == "a&lt;<b>b</b>c"
    assert str(fragment()) == ""
    assert h.p(fragment("a", h.b())) == h.p("a", h.b())


def test_a_fragment_has_no_attributes():
    with pytest.raises(ChildError) as caught:
        fragment("a", {"id": "b"})

    assert caught.value.where == "fragment(…), positional argument 2: {'id': 'b'}"


def test_a_comment_is_text():
    assert str(comment("a & b -- c")) == "<!--a & b -- c-->"
    with pytest.raises(RawTextError):
        comment("-->")
    with pytest.raises(ChildError):
        comment({"id": "a"})


def test_a_static_element_equals_its_original():
    footer = h.footer(h.p("x"), id="f")

    assert static(footer) == footer
    assert str(static(footer)) == str(footer)
    assert static(static(footer)) == footer


@pytest.mark.parametrize("value", ["text", None, 7, [], h.p, Markup("<b>")], ids=repr)
def test_only_an_element_can_be_static(value):
    with pytest.raises(ChildError, match="as a view"):
        static(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, None, True]}, '{"a":[1,null,true]}'),
        ("</script><!--", '"\\u003c/script>\\u003c!--"'),
        ("</body>", '"\\u003c/body>"'),
        ({"&lt;": "&quot;,&#34;"}, '{"\\u0026lt;":"\\u0026quot;,\\u0026#34;"}'),
        ("é\u2028", '"é\u2028"'),
        ("\ud800", '"\\ud800"'),
    ],
    ids=ascii,
)
def test_a_json_script_embeds_a_value(value, text):
    assert str(json_script(value)) == f'<script type="application/json">{text}</script>'


def test_a_json_script_accepts_attributes_and_another_type():
    assert str(json_script({}, id="map", type="importmap")) == (
        '<script type="importmap" id="map">{}</script>'
    )


@pytest.mark.parametrize(
    "value", [pytest.param(object(), id="object"), {1, 2}, float("nan"), b"x"], ids=repr
)
def test_a_value_that_json_cannot_hold_is_an_error(value):
    with pytest.raises(AttributeValueError, match="as JSON"):
        json_script(value)
