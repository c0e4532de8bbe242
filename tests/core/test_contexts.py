"""The places for verbatim text, where a parser reads it as text."""

import copy
import pickle

import pytest
from markupsafe import Markup

from fatmorph.errors import AttributeValueError, ChildError, RawTextError
from fatmorph.markup._attributes import Attrs
from fatmorph.markup._spec_elements import RAW_TEXT_ELEMENTS, READ_AS_TEXT_ELEMENTS

raw_text = pytest.mark.parametrize("name", sorted(RAW_TEXT_ELEMENTS))


class Builder:
    """A builder of elements of all namespaces, with one engine."""

    def __init__(self, core):
        self.core = core

    def html(self, name, *content):
        return self.core.Tag(name)(*content)

    def svg(self, name, *content):
        return self.core.Tag(name, "svg")(*content)

    def mathml(self, name, *content):
        return self.core.Tag(name, "mathml")(*content)


@pytest.fixture
def build(core):
    return Builder(core)


def deep(build, node):
    for _ in range(1_000):
        node = build.html("x-y", node)
    return node


WAYS_IN = {
    "a child": lambda build, raw: raw,
    "a list": lambda build, raw: ["a", [raw]],
    "a generator": lambda build, raw: (child for child in ("a", raw)),
    "a fragment": lambda build, raw: build.core.FRAGMENT("a", build.core.FRAGMENT([raw])),
    "static": lambda build, raw: build.core.frozen(raw),
    "a static fragment": lambda build, raw: build.core.frozen(build.core.FRAGMENT(raw)),
    "below HTML": lambda build, raw: build.html("a", build.html("x-y", raw)),
    "below static HTML": lambda build, raw: build.core.frozen(build.html("a", raw)),
    "below a group": lambda build, raw: build.html("a", [build.html("g", "a", raw)]),
    "below what a parser moves out": lambda build, raw: build.html("p", raw),
    "below noscript": lambda build, raw: build.html("noscript", raw),
    "below a select": lambda build, raw: build.html("select", raw),
    "beside what is HTML": lambda build, raw: [build.svg("desc", "x"), build.html("x-y", raw)],
    "a copy": lambda build, raw: copy.deepcopy(build.html("a", raw)),
    "a pickle": lambda build, raw: pickle.loads(pickle.dumps(build.html("a", raw))),
    "deep below": deep,
}
ROOTS = {
    "svg": lambda build, *content: build.svg("svg", *content),
    "svg of HTML": lambda build, *content: build.html("SVG", *content),
    "a group": lambda build, *content: build.svg("g", *content),
    "a link": lambda build, *content: build.svg("a", {"href": "/"}, *content),
    "math": lambda build, *content: build.mathml("math", *content),
    "math of HTML": lambda build, *content: build.html("math", *content),
    "a row": lambda build, *content: build.mathml("mrow", *content),
    "math in svg": lambda build, *content: build.svg("svg", build.mathml("math", *content)),
}


@pytest.mark.parametrize("root", ROOTS.values(), ids=ROOTS)
@pytest.mark.parametrize("way", WAYS_IN.values(), ids=WAYS_IN)
def test_raw_text_of_html_below_svg_and_math_is_an_error(build, root, way):
    raw = build.html("script", "a && b")

    with pytest.raises(ChildError, match="cannot put an HTML <script> into <"):
        root(build, "x", way(build, raw))


@raw_text
def test_every_element_of_raw_text_is_refused_below_svg_and_math(build, name):
    with pytest.raises(ChildError, match=f"cannot put an HTML <{name}> into <svg>"):
        build.svg("svg", build.html(name.upper(), "x"))
    with pytest.raises(ChildError, match=f"cannot put an HTML <{name}> into <math>"):
        build.mathml("math", build.html(name, ""))


@pytest.mark.parametrize("root", ROOTS.values(), ids=ROOTS)
@pytest.mark.parametrize("way", WAYS_IN.values(), ids=WAYS_IN)
def test_a_template_of_html_below_svg_and_math_is_an_error(build, root, way):
    template = build.html("template", build.html("b", "a < b"))

    with pytest.raises(ChildError, match="cannot put an HTML <template> into <"):
        root(build, "x", way(build, template))


SHELTERS = {
    "foreignObject": lambda build, *content: build.svg(
        "svg", build.svg("g", build.svg("foreignObject", *content))
    ),
    "foreignobject": lambda build, *content: build.svg("svg", build.svg("foreignobject", *content)),
    "FOREIGNOBJECT of HTML": lambda build, *content: build.svg(
        "svg", build.html("FOREIGNOBJECT", *content)
    ),
    "desc": lambda build, *content: build.svg("svg", build.svg("desc", *content)),
    "title": lambda build, *content: build.svg("svg", build.svg("title", *content)),
    "foreignObject in a link": lambda build, *content: build.svg(
        "svg", build.svg("a", build.svg("foreignObject", build.html("div", *content)))
    ),
    "foreignObject beside icons": lambda build, *content: build.svg(
        "svg",
        build.svg(
            "foreignObject",
            build.html("div", build.svg("svg", build.svg("title", "x"), build.svg("path"))),
            *content,
        ),
    ),
    "svg in foreignObject": lambda build, *content: build.svg(
        "svg",
        build.svg(
            "foreignObject",
            build.html(
                "div", build.svg("svg", build.svg("foreignObject", build.html("div", *content)))
            ),
        ),
    ),
    **{
        name: lambda build, *content, name=name: build.mathml(
            "math", build.mathml("mrow", build.mathml(name, *content))
        )
        for name in ("mi", "mo", "mn", "ms", "mtext", "MTEXT")
    },
    "svg in mi": lambda build, *content: build.mathml(
        "math", build.mathml("mi", build.svg("svg", build.svg("desc", *content)))
    ),
    "an annotation in HTML": lambda build, *content: build.mathml(
        "math", build.mathml("annotation-xml", {"encoding": "text/HTML"}, *content)
    ),
    "an annotation in XHTML": lambda build, *content: build.mathml(
        "math",
        build.mathml(
            "semantics",
            build.mathml("annotation-xml", {"encoding": "application/xhtml+xml"}, *content),
        ),
    ),
    "svg in an annotation": lambda build, *content: build.mathml(
        "math",
        build.mathml("annotation-xml", build.svg("svg", build.svg("foreignObject", *content))),
    ),
}


@pytest.mark.parametrize("shelter", SHELTERS.values(), ids=SHELTERS)
def test_a_template_is_written_where_the_parser_reads_html_again(core, build, shelter):
    html = core.render(shelter(build, build.html("template", build.html("b", "a < b"))))

    assert "<template><b>a &lt; b</b></template>" in html


@raw_text
@pytest.mark.parametrize("shelter", SHELTERS.values(), ids=SHELTERS)
def test_raw_text_is_written_where_the_parser_reads_html_again(core, build, shelter, name):
    html = core.render(shelter(build, build.html("div", build.html(name, "a < b"))))

    assert f"<div><{name}>a < b</{name}></div>" in html


NO_SHELTERS = {
    "an annotation": lambda build, raw: build.mathml(
        "math", build.mathml("annotation-xml", {"encoding": "MathML-Content"}, raw)
    ),
    "an annotation with spaces": lambda build, raw: build.mathml(
        "math", build.mathml("annotation-xml", {"encoding": " text/html"}, raw)
    ),
    "an annotation with a bare name": lambda build, raw: build.mathml(
        "math", build.mathml("annotation-xml", {"encoding": True}, raw)
    ),
    "an annotation in svg": lambda build, raw: build.svg(
        "svg", build.mathml("annotation-xml", {"encoding": "text/html"}, raw)
    ),
    "foreignObject in svg in math": lambda build, raw: build.mathml(
        "math", build.svg("svg", build.svg("foreignObject", raw))
    ),
    "mi in math in svg": lambda build, raw: build.svg(
        "svg", build.mathml("math", build.mathml("mi", raw))
    ),
    "desc in math": lambda build, raw: build.mathml("math", build.svg("desc", raw)),
    "mglyph in mi": lambda build, raw: build.mathml(
        "math", build.mathml("mi", build.mathml("mglyph", raw))
    ),
    "mglyph below what a parser drops": lambda build, raw: build.mathml(
        "math", build.mathml("mi", build.html("frame", build.html("malignmark", raw)))
    ),
    "foreignObject in foreignObject of math": lambda build, raw: build.mathml(
        "math", build.svg("foreignObject", build.svg("foreignObject", raw))
    ),
}


@raw_text
@pytest.mark.parametrize("place", NO_SHELTERS.values(), ids=NO_SHELTERS)
def test_raw_text_is_refused_where_only_the_names_look_like_html(build, place, name):
    with pytest.raises(ChildError, match=f"cannot put an HTML <{name}> into <"):
        place(build, build.html("x-y", build.html(name, "x")))


STRAY_ENDS = {
    "a link in a link": lambda build, raw: build.svg(
        "svg",
        build.svg("a", build.svg("foreignObject", build.html("a", build.html("a", "x")), raw)),
    ),
    "a row without a table": lambda build, raw: build.svg(
        "svg", build.html("tr", build.svg("desc", build.html("tr"), raw))
    ),
    "an image that is an img": lambda build, raw: build.svg(
        "svg", build.svg("image", build.svg("desc", build.html("image"), raw))
    ),
    "a paragraph in an inner svg": lambda build, raw: build.svg(
        "svg", build.svg("svg", build.svg("desc", build.svg("svg", build.html("hr")), raw))
    ),
    "a table around an inner svg": lambda build, raw: build.svg(
        "svg",
        build.svg(
            "foreignObject",
            build.html("table", build.svg("svg", build.svg("desc", build.html("table")))),
            raw,
        ),
    ),
}


@pytest.mark.parametrize("build_it", STRAY_ENDS.values(), ids=STRAY_ENDS)
def test_raw_text_is_refused_where_a_stray_end_tag_would_lead_back_to_svg(build, build_it):
    build_it(build, "text is escaped")

    with pytest.raises(ChildError, match="cannot put an HTML <style> into <svg>"):
        build_it(build, build.html("style", "x"))


@pytest.mark.parametrize("name", sorted(RAW_TEXT_ELEMENTS - {"script"}))
def test_a_select_refuses_raw_text_whose_tag_a_parser_may_drop(build, name):
    with pytest.raises(ChildError, match=f"cannot put an HTML <{name}> into <select>"):
        build.html("select", build.html("option", [build.html(name, "x")]))


def test_a_select_accepts_a_script_and_the_content_of_a_template(core, build):
    select = build.html(
        "select",
        build.html("script", "a < b"),
        build.html("template", build.html("style", "a > b")),
    )

    assert core.render(select) == (
        "<select><script>a < b</script><template><style>a > b</style></template></select>"
    )


@pytest.mark.parametrize("name", sorted(RAW_TEXT_ELEMENTS - {"noframes"}))
def test_a_frameset_refuses_raw_text_whose_tag_a_parser_drops(core, build, name):
    frames = build.html("frameset", build.html("noframes", "a < b"))

    assert core.render(frames) == "<frameset><noframes>a < b</noframes></frameset>"
    with pytest.raises(ChildError, match=f"cannot put an HTML <{name}> into <frameset>"):
        build.html("frameset", build.html("template", build.html(name, "x")))


@raw_text
def test_a_template_that_begins_with_a_col_refuses_raw_text(core, build, name):
    raw = build.html("div", build.html(name, "x"))

    assert core.render(build.html("template", raw)).startswith("<template><div>")
    assert build.html("template", build.html("colgroup", build.html("col")), raw)
    with pytest.raises(ChildError, match=f"cannot put an HTML <{name}> into <template>"):
        build.html("template", [build.html("col")], raw)


# --- Elements that a parser may read as text up to their own end tag

FOREIGN = sorted(READ_AS_TEXT_ELEMENTS)
READ_AS_TEXT = [
    ("noscript", "html"),
    *((name, namespace) for name in FOREIGN for namespace in ("svg", "mathml")),
]
read_as_text = pytest.mark.parametrize(("name", "namespace"), READ_AS_TEXT)
VERBATIM = {
    "a comment": lambda build, text: build.core.COMMENT(text),
    "Markup": lambda build, text: Markup(text),
    "Markup in a list": lambda build, text: [["a", Markup(text)]],
    "an object with HTML": lambda build, text: Html(text),
    "Markup in pieces": lambda build, text: (Markup(text[:4]), Markup(text[4:])),
    "Markup and text": lambda build, text: (Markup(text[:4]), text[4:]),
    "a comment below": lambda build, text: build.html("p", build.core.COMMENT(text)),
    "a static comment": lambda build, text: build.core.frozen(build.core.COMMENT(text)),
    "a static element": lambda build, text: build.core.frozen(build.html("p", Markup(text))),
    "a fragment": lambda build, text: build.core.FRAGMENT([build.core.COMMENT(text)]),
    "a static fragment": lambda build, text: build.core.frozen(build.core.FRAGMENT(Markup(text))),
    "a pickle": lambda build, text: pickle.loads(pickle.dumps(build.html("p", Markup(text)))),
    "deep below": lambda build, text: deep(build, Markup(text)),
}


class Html:
    def __init__(self, text):
        self.text = text

    def __html__(self):
        return self.text


@read_as_text
@pytest.mark.parametrize("verbatim", VERBATIM.values(), ids=VERBATIM)
def test_an_element_that_is_read_as_text_refuses_its_own_end_tag(
    core, build, name, namespace, verbatim
):
    with pytest.raises(RawTextError, match=f"cannot write '</{name}' inside <{name}>"):
        core.Tag(name, namespace)(verbatim(build, f"</{name} "))


@read_as_text
@pytest.mark.parametrize("end", [">", " ", "\t", "\n", "\f", "\r", "/"], ids=ascii)
@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_an_element_that_is_read_as_text_refuses_every_spelling_of_its_end_tag(
    core, name, namespace, end, change
):
    with pytest.raises(RawTextError):
        core.Tag(name, namespace)(core.COMMENT("</" + change(name) + end))


@pytest.mark.parametrize("inner", ["style", "script", "iframe", "noembed", "noframes", "xmp"])
def test_a_noscript_refuses_its_end_tag_in_raw_text(core, build, inner):
    with pytest.raises(RawTextError, match="cannot write '</noscript' inside <noscript>"):
        build.html("noscript", build.html("div", build.html(inner, "</noscript>")))


@read_as_text
def test_an_element_that_is_read_as_text_refuses_a_descendant_of_its_own_name(
    core, build, name, namespace
):
    with pytest.raises(RawTextError, match=f"cannot write '</{name}' inside <{name}>"):
        core.Tag(name, namespace)(build.html("p", core.Tag(name, namespace)("x")))


@read_as_text
def test_escaped_end_tags_in_text_and_attributes_are_safe(core, build, name, namespace):
    end = f"</{name}>"

    element = core.Tag(name, namespace)(end, build.html("p", {"title": end}, end), Markup("<b>"))

    assert core.render(element) == (
        f'<{name}>&lt;/{name}&gt;<p title="&lt;/{name}&gt;">&lt;/{name}&gt;</p><b></{name}>'
    )


@pytest.mark.parametrize(
    "text", ["</noscripts>", "</ noscript>", "<noscript>", "</title>", "</style>", "noscript>"]
)
def test_a_noscript_accepts_text_that_is_not_its_end_tag(core, build, text):
    element = build.html("noscript", core.COMMENT(text))

    assert core.render(element) == f"<noscript><!--{text}--></noscript>"


def test_a_script_accepts_the_end_tag_of_another_element(core, build):
    page = build.html("body", build.html("script", "'</title></noscript>'"))

    assert core.render(page) == "<body><script>'</title></noscript>'</script></body>"


def test_an_end_tag_is_refused_only_where_it_ends_its_element(core, build):
    verbatim = core.COMMENT("</noscript></style></title>")

    assert core.render(build.html("div", build.svg("svg", verbatim))) == (
        "<div><svg><!--</noscript></style></title>--></svg></div>"
    )


# --- Signals as code

CODE = [(name, space) for name in ("script", "style") for space in ("html", "svg", "mathml")]
BINDINGS = [
    "data-text",
    "DATA-TEXT",
    "data-text__delay.1s",
    "data-bind",
    "data-bind:code",
    "data-bind__prop.inner-html",
    "data-bind:code__prop.text-content__event.input",
]


@pytest.mark.parametrize(("name", "namespace"), [*CODE, ("SCRIPT", "html"), ("Style", "svg")])
@pytest.mark.parametrize("attribute", BINDINGS)
def test_a_signal_cannot_become_the_text_of_code(core, name, namespace, attribute):
    tag = core.Tag(name, namespace)
    ways = [
        lambda: tag({attribute: "$code"}),
        lambda: tag(Attrs({attribute: "$code"})),
        lambda: tag({"id": "a"} | Attrs({attribute: "$code"}), "x"),
        lambda: tag(**{attribute: "$code"}),
        lambda: tag("x", **{attribute: True}),
    ]

    for way in ways:
        with pytest.raises(AttributeValueError) as caught:
            way()
        assert caught.value.what == f"cannot write {attribute.lower()} on <{tag.name}>"


@pytest.mark.parametrize(
    "attribute", ["data-texts", "data-binding", "data-test", "data-effect", "data-on:load", "text"]
)
def test_code_accepts_the_attributes_that_write_no_text(core, attribute):
    element = core.Tag("script")({attribute: "$code"})

    assert dict(element.attributes) == {attribute: "$code"}


@pytest.mark.parametrize("attribute", BINDINGS)
def test_other_elements_accept_signals(core, attribute):
    element = core.Tag("p")({attribute: "$name"})

    assert dict(element.attributes) == {attribute.lower(): "$name"}
