"""The arguments of a call of a tag."""

from types import MappingProxyType

import pytest
from datastar_py.attributes import attribute_generator

from fatmorph.errors import ChildError, TagNameError
from fatmorph.markup._attributes import Attrs


def test_a_call_without_arguments_is_an_empty_element(core):
    element = core.Tag("div")()

    assert (element.tag, dict(element.attributes), element.children) == ("div", {}, ())
    assert core.render(element) == "<div></div>"


def test_mappings_are_attributes_and_the_rest_are_children(core):
    element = core.Tag("a")({"href": "/"}, {"title": "Home"}, "to ", "the start", class_="home")

    assert core.render(element) == '<a href="/" title="Home" class="home">to the start</a>'


@pytest.mark.parametrize(
    "mapping",
    [
        {"data-on:click": "$n++"},
        MappingProxyType({"data-on:click": "$n++"}),
        Attrs({"data-on:click": "$n++"}),
    ],
    ids=lambda mapping: type(mapping).__name__,
)
def test_any_kind_of_mapping_holds_attributes(core, mapping):
    element = core.Tag("p")(mapping, "text")

    assert core.render(element) == '<p data-on:click="$n++">text</p>'


def test_modifiers_chained_by_datastar_py_are_kept(core):
    attribute = attribute_generator.on("input", "@get('/search')").debounce("300ms")

    element = core.Tag("input")(attribute)

    assert dict(element.attributes) == dict(attribute)
    assert "__debounce.300ms" in core.render(element)


def test_the_attributes_of_another_element_can_be_given(core):
    paragraph = core.Tag("p")(id="one", hidden=True)

    element = core.Tag("div")(paragraph.attributes)

    assert core.render(element) == '<div id="one" hidden></div>'


@pytest.mark.parametrize("skipped", [None, True, False])
def test_none_and_booleans_are_skipped_before_attributes_and_among_children(core, skipped):
    element = core.Tag("p")(skipped, {"id": "a"}, skipped, "text", skipped)

    assert core.render(element) == '<p id="a">text</p>'


@pytest.mark.parametrize("first", ["text", "", [], (), 0], ids=repr)
def test_a_mapping_after_a_child_is_an_error_even_if_the_child_renders_nothing(core, first):
    with pytest.raises(ChildError) as caught:
        core.Tag("p")(first, {"id": "a"})

    assert str(caught.value) == (
        "cannot render dict as a child of <p>\n"
        "  where: p(…), positional argument 2: {'id': 'a'}\n"
        "  why:   attributes come before the first child\n"
        "  fix:   p({…}, child, child)"
    )


def test_a_mapping_in_a_list_is_an_error(core):
    with pytest.raises(ChildError, match="cannot render dict as a child of <p>"):
        core.Tag("p")([{"id": "a"}])


def test_every_word_can_be_a_keyword(core):
    element = core.Tag("p")(self="1", positional="2", attributes="3", element="4", name="5")

    assert core.render(element) == (
        '<p self="1" positional="2" attributes="3" element="4" name="5"></p>'
    )


def test_a_call_does_not_change_its_arguments(core):
    attributes = {"class": "a", "style": {"color": "red"}}
    children = ["x", ["y"]]

    core.Tag("p")(attributes, children, class_="b", style="top:0")

    assert attributes == {"class": "a", "style": {"color": "red"}}
    assert children == ["x", ["y"]]


def test_an_element_does_not_change_with_its_arguments(core):
    attributes = {"id": "a"}
    children = ["x"]
    element = core.Tag("p")(attributes, children)

    attributes["id"] = "b"
    children.append("y")

    assert core.render(element) == '<p id="a">x</p>'


@pytest.mark.parametrize(
    "name",
    ["", "1a", "a b", "a>", "a/", "-a", "é", "a\n", "a\x00", "a=", "a\ud800", "#comment", None, 7],
    ids=ascii,
)
def test_a_name_that_a_start_tag_cannot_contain_is_an_error(core, name):
    with pytest.raises(TagNameError, match="as an element's name"):
        core.Tag(name)


@pytest.mark.parametrize("name", ["h1", "my-widget", "x-1.2_3", "emotion-😍", "math-β"])
def test_a_custom_element_has_any_name_that_the_standard_allows(core, name):
    assert core.render(core.Tag(name)("x")) == f"<{name}>x</{name}>"


def test_html_names_become_lower_case_as_in_a_browser(core):
    assert core.Tag("SCRIPT") == core.Tag("script")
    assert core.render(core.Tag("SCRIPT")("a && b")) == "<script>a && b</script>"


def test_svg_names_keep_their_case(core):
    gradient = core.Tag("linearGradient", "svg")

    assert core.render(gradient()) == "<linearGradient></linearGradient>"


def test_tags_are_equal_by_name_and_namespace(core):
    assert core.Tag("title") == core.Tag("title")
    assert hash(core.Tag("title")) == hash(core.Tag("title"))
    assert core.Tag("title") != core.Tag("title", "svg")
    assert core.Tag("title") != "title"


def test_a_tag_has_its_name_and_namespace(core):
    tag = core.Tag("circle", "svg")

    assert (tag.name, tag.namespace, repr(tag)) == ("circle", "svg", "<Tag circle>")


def test_a_tag_cannot_be_a_base_class(core):
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("MyTag", (core.Tag,), {})
