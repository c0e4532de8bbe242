"""HTML as the value of an attribute: its source, or the text that a parser reads from it."""

import pickle

import pytest
from markupsafe import Markup

from fatmorph.errors import AttributeValueError
from fatmorph.markup._attributes import Attrs
from fatmorph.markup._spec_attributes import (
    EVENT_HANDLER_ATTRIBUTES,
    GLOBAL_ATTRIBUTES,
    HTML_ATTRIBUTES,
    MATHML_ATTRIBUTES,
    SVG_ATTRIBUTES,
)
from fatmorph.markup._spec_elements import RESERVED_ELEMENTS

HTML = Markup("<p>&lt;script&gt; &amp;amp;</p>")
SOURCE = "<p>&lt;script&gt; &amp;amp;</p>"
TEXT = "<p><script> &amp;</p>"


class Widget:
    """An object with HTML that is not text."""

    def __init__(self, returns=SOURCE):
        self.returns = returns

    def __html__(self):
        return self.returns

    def __repr__(self):
        return "Widget()"


class HtmlText(str):
    """Text whose HTML differs from it."""

    __slots__ = ()

    def __html__(self):
        return SOURCE


WAYS = {
    "a keyword": lambda tag, name, value: tag(**{name: value}),
    "a mapping": lambda tag, name, value: tag({name.upper(): value}),
    "Attrs": lambda tag, name, value: tag(Attrs({name: value})),
    "Attrs of Attrs": lambda tag, name, value: tag(Attrs(Attrs({name: value}))),
    "joined Attrs": lambda tag, name, value: tag(Attrs({name: True, "id": None}) | {name: value}),
    "a joined mapping": lambda tag, name, value: tag({name: value} | Attrs({"id": None})),
    "the later of two": lambda tag, name, value: tag({name: True}, Attrs({name: value})),
    "pickled Attrs": lambda tag, name, value: tag(pickle.loads(pickle.dumps(Attrs({name: value})))),
}
ways = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


# --- srcdoc


@ways
@pytest.mark.parametrize("value", [HTML, Widget(), HtmlText("x")], ids=lambda v: type(v).__name__)
@pytest.mark.parametrize("name", ["iframe", "div", "my-frame"])
def test_srcdoc_holds_the_source_of_html(core, way, value, name):
    frame = way(core.Tag(name), "srcdoc", value)

    assert dict(frame.attributes) == {"srcdoc": SOURCE}
    assert core.render(frame) == (
        f'<{name} srcdoc="&lt;p&gt;&amp;lt;script&amp;gt; &amp;amp;amp;&lt;/p&gt;"></{name}>'
    )


def test_srcdoc_accepts_an_element_and_a_fragment(core):
    page = core.Tag("p")("a < b")

    frames = [
        core.Tag("iframe")(srcdoc=view)
        for view in (
            page,
            core.frozen(page),
            core.FRAGMENT(page),
            Attrs({"srcdoc": page})["srcdoc"],
        )
    ]

    assert {frame.attributes["srcdoc"] for frame in frames} == {"<p>a &lt; b</p>"}


@pytest.mark.parametrize("value", ["<script>x</script>", "", "text", str.__str__(HTML)], ids=repr)
@pytest.mark.parametrize(("name", "namespace"), [("iframe", "html"), ("x-y", "html"), ("a", "svg")])
def test_srcdoc_refuses_text(core, name, namespace, value):
    tag = core.Tag(name, namespace)
    calls = [
        lambda: tag(srcdoc=value),
        lambda: tag({"SRCDOC": value}, "x"),
        lambda: tag(Attrs({"srcdoc": value})),
        lambda: tag(Attrs({}) | {"srcdoc": value}),
        lambda: tag(tag(srcdoc=Markup(value)).attributes),
    ]

    for call in calls:
        with pytest.raises(AttributeValueError) as caught:
            call()
        assert caught.value.what == "cannot write str as the value of srcdoc"
        assert caught.value.fix == (
            "srcdoc=p(text)  (or srcdoc=Markup(html), for HTML that you trust)"
        )


@ways
@pytest.mark.parametrize(("value", "written"), [(True, True), (7, "7"), (1.5, "1.5")], ids=repr)
def test_srcdoc_accepts_true_and_numbers(core, way, value, written):
    frame = core.Tag("iframe")({"srcdoc": value})

    assert dict(frame.attributes) == {"srcdoc": written}
    assert way(core.Tag("iframe"), "id", "a").id == "a"


@pytest.mark.parametrize("nothing", [None, False])
def test_srcdoc_can_be_left_out(core, nothing):
    assert dict(core.Tag("iframe")(srcdoc=nothing).attributes) == {}


# --- Attributes that may hold HTML


@ways
@pytest.mark.parametrize("value", [HTML, Widget(), HtmlText("x")], ids=lambda v: type(v).__name__)
@pytest.mark.parametrize("name", ["data-tip", "data-text", "tooltip", "foo", "hx-vals", "@click"])
def test_an_attribute_unknown_to_the_standards_keeps_the_source(core, way, value, name):
    element = way(core.Tag("p"), name, value)

    assert dict(element.attributes) == {name: SOURCE}


@ways
@pytest.mark.parametrize("value", [HTML, Widget(), HtmlText("x")], ids=lambda v: type(v).__name__)
@pytest.mark.parametrize(
    "name", ["content", "label", "value", "alt", "placeholder", "href", "from"]
)
def test_an_attribute_of_a_custom_element_keeps_the_source(core, way, value, name):
    element = way(core.Tag("my-card"), name, value)

    assert dict(element.attributes) == {name: SOURCE}


@ways
@pytest.mark.parametrize(("tag", "name"), [("p", "label"), ("p", "title"), ("my-card", "title")])
def test_text_is_text_in_mappings_attrs_and_keywords(core, way, tag, name):
    element = way(core.Tag(tag), name, HTML)

    assert dict(element.attributes) == {name: TEXT}


@pytest.mark.parametrize("value", [HTML, HtmlText("x")], ids=lambda v: type(v).__name__)
@pytest.mark.parametrize(
    ("tag", "name"),
    [
        *(("p", name) for name in ("title", "alt", "placeholder", "content", "value", "label")),
        *(("p", name) for name in ("aria-label", "aria-unknown", "onclick", "href", "summary")),
        *(("my-card", name) for name in ("title", "id", "lang", "dir", "hidden", "tabindex")),
        *(("my-card", name) for name in ("role", "aria-label", "onclick", "slot", "part")),
        *((name, "label") for name in sorted(RESERVED_ELEMENTS)),
    ],
)
def test_an_attribute_that_holds_text_gets_the_text_that_html_means(core, value, tag, name):
    element = core.Tag(tag)({name: value})

    assert dict(element.attributes) == {name: TEXT}


def test_every_attribute_of_the_standards_but_srcdoc_holds_text(core):
    tables = (HTML_ATTRIBUTES, SVG_ATTRIBUTES, MATHML_ATTRIBUTES, EVENT_HANDLER_ATTRIBUTES)
    names = GLOBAL_ATTRIBUTES.union(*tables) - {"srcdoc"}

    element = core.Tag("p")(dict.fromkeys(names, Markup("&lt;b&gt;")))

    kept = {"data-preserve-attr": "nonce"}
    assert dict(element.attributes) == dict.fromkeys(names, "<b>") | kept


@pytest.mark.parametrize("namespace", ["html", "svg", "mathml"])
def test_the_namespace_of_an_element_does_not_matter(core, namespace):
    element = core.Tag("text", namespace)({"data-tip": HTML, "label": HTML})

    assert dict(element.attributes) == {"data-tip": SOURCE, "label": TEXT}


@ways
@pytest.mark.parametrize(
    ("tag", "name"), [("p", "title"), ("p", "label"), ("a", "href"), ("my-card", "title")]
)
def test_an_attribute_that_holds_text_refuses_an_object_that_is_not_text(core, way, tag, name):
    with pytest.raises(AttributeValueError, match=f"cannot write Widget as the value of {name}"):
        way(core.Tag(tag), name, Widget())


def test_class_and_style_hold_text_on_every_element(core):
    element = core.Tag("my-card")(class_=[Markup("a&amp;b")], style={"--x": Markup("&#34;a&#34;")})

    assert dict(element.attributes) == {"class": "a&b", "style": '--x:"a"'}


@ways
@pytest.mark.parametrize("returned", [None, b"x", 7], ids=repr)
def test_html_that_is_not_text_is_an_error(core, way, returned):
    with pytest.raises(AttributeValueError) as caught:
        way(core.Tag("p"), "data-tip", Widget(returned))

    assert caught.value.why == f"its __html__() returned {type(returned).__name__} instead of str"


def test_a_failure_of_the_html_method_gets_a_note_with_the_attribute(core):
    class Broken:
        def __html__(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        core.Tag("p")(data_tip=Broken())

    assert caught.value.__notes__ == ["while reading data-tip of <p>"]


def test_the_repr_of_attrs_shows_their_values():
    attrs = Attrs({"label": HTML, "data-tip": HTML, "title": HTML, "value": Widget()})

    assert dict(attrs) == {"label": SOURCE, "data-tip": SOURCE, "title": TEXT, "value": SOURCE}
    assert [type(value) is str for value in attrs.values()] == [False, True, True, False]
    assert hash(attrs) == hash(pickle.loads(pickle.dumps(attrs)))
