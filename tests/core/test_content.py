"""Elements with rules of their own: void, raw text, text only, comments, fragments."""

import pytest
from markupsafe import Markup

from fatmorph.errors import ChildError, EncodingError, RawTextError
from fatmorph.markup._spec_elements import RAW_TEXT_ELEMENTS, VOID_ELEMENTS


@pytest.mark.parametrize("name", sorted(VOID_ELEMENTS))
def test_a_void_element_has_no_end_tag(core, name):
    assert core.render(core.Tag(name)(None, id="a")) == f'<{name} id="a">'


@pytest.mark.parametrize("child", ["text", "", ["a"], 0], ids=repr)
def test_a_void_element_refuses_children(core, child):
    with pytest.raises(ChildError, match="cannot put a child into <br>"):
        core.Tag("br")(child)


def test_an_svg_element_called_as_a_void_one_has_an_end_tag(core):
    assert core.render(core.Tag("link", "svg")("a")) == "<link>a</link>"


@pytest.mark.parametrize("name", sorted(RAW_TEXT_ELEMENTS))
def test_raw_text_is_written_verbatim(core, name):
    element = core.Tag(name)("if (a && b < c) ", ['alert("</b>")'], Markup(" // &amp;"), None, 7)

    assert core.render(element) == f'<{name}>if (a && b < c) alert("</b>") // &amp;7</{name}>'


@pytest.mark.parametrize("name", sorted(RAW_TEXT_ELEMENTS))
@pytest.mark.parametrize("end", ["", ">", " ", "\n", "/", "\t", "\f"], ids=ascii)
@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_raw_text_that_would_end_its_element_is_an_error(core, name, end, change):
    with pytest.raises(RawTextError, match="cannot write"):
        core.Tag(name)("x = '</", change(name) + end)


@pytest.mark.parametrize("text", ["</html>", "</head>", "</body>"])
@pytest.mark.parametrize("name", ["script", "style", "iframe"])
def test_raw_text_that_datastar_reads_as_a_page_is_an_error(core, name, text):
    with pytest.raises(RawTextError, match="cannot write"):
        core.Tag(name)(f"x {text} y")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("script", "</scripts>"),
        ("script", "<script>"),
        ("script", "</HTML>"),
        ("script", "</ script>"),
        ("script", "</style>"),
        ("style", "<!-- x -->"),
        ("style", "</stylesheet>"),
    ],
)
def test_raw_text_that_does_not_end_its_element_is_written(core, name, text):
    assert core.render(core.Tag(name)(text)) == f"<{name}>{text}</{name}>"


def test_a_comment_begun_in_a_script_is_an_error(core):
    with pytest.raises(RawTextError, match="cannot write '<!--' inside <script>"):
        core.Tag("script")("if (x<!--y) {}")


def test_trusted_raw_text_is_checked_too(core):
    with pytest.raises(RawTextError):
        core.Tag("script")(Markup("</script>"))


@pytest.mark.parametrize("name", ["script", "style", "title", "textarea"])
def test_an_element_that_holds_text_refuses_elements(core, name):
    with pytest.raises(ChildError, match=f"cannot put an element into <{name}>"):
        core.Tag(name)("a", core.Tag("b")())


def test_a_script_of_svg_is_escaped_as_its_parser_expects(core):
    assert core.render(core.Tag("script", "svg")("a && b")) == "<script>a &amp;&amp; b</script>"


@pytest.mark.parametrize("name", ["title", "textarea"])
def test_text_of_an_escapable_element_is_escaped(core, name):
    element = core.Tag(name)("</", name, "> & more", Markup(" &amp; 1 < 2"))

    assert core.render(element) == f"<{name}>&lt;/{name}&gt; &amp; more &amp; 1 < 2</{name}>"


@pytest.mark.parametrize("html", ["<b>x</b>", "</title>", "<!-- x -->", "a<?x"])
def test_trusted_html_with_tags_in_a_title_is_an_error(core, html):
    with pytest.raises(ChildError, match="cannot put an element into <title>"):
        core.Tag("title")(Markup(html))


@pytest.mark.parametrize("name", ["pre", "textarea", "listing"])
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\nx", "\n\nx"),
        ("\r\nx", "\n\r\nx"),
        ("\rx", "\n\rx"),
        ("x\n", "x\n"),
        ("", ""),
        (" \n", " \n"),
    ],
    ids=ascii,
)
def test_a_leading_newline_survives_the_parser(core, name, text, written):
    assert core.render(core.Tag(name)(text)) == f"<{name}>{written}</{name}>"
    assert core.render(core.Tag(name)("", [text])) == f"<{name}>{written}</{name}>"


@pytest.mark.parametrize("name", ["div", "p", "code"])
def test_a_leading_newline_elsewhere_is_written_once(core, name):
    assert core.render(core.Tag(name)("\nx")) == f"<{name}>\nx</{name}>"


def test_a_newline_after_an_element_is_not_leading(core):
    element = core.Tag("pre")(core.Tag("b")("\nx"), "\ny")

    assert core.render(element) == "<pre><b>\nx</b>\ny</pre>"


def test_the_page_begins_with_the_doctype(core):
    assert core.render(core.Tag("html")(lang="en")) == '<!doctype html><html lang="en"></html>'


@pytest.mark.parametrize(
    "text", ["", " cart ", "-", "--", "a--", "<", "a>", "--!", "<!", "a -- b", "a & b"]
)
def test_a_comment_is_written_verbatim(core, text):
    assert core.render(core.COMMENT((text,))) == f"<!--{text}-->"


@pytest.mark.parametrize(
    "text", [">", "->", ">a", "a-->b", "a--!>b", "a<!--b", "a<!-", "</html>", "a</body>", "</head>"]
)
def test_a_comment_that_would_end_early_is_an_error(core, text):
    with pytest.raises(RawTextError) as caught:
        core.COMMENT((text,))

    assert caught.value.fix == 'comment("text without angle brackets")'


def test_a_comment_refuses_elements_and_attributes(core):
    with pytest.raises(ChildError, match="cannot put an element into a comment"):
        core.COMMENT((core.Tag("b")(),))
    with pytest.raises(ChildError, match="cannot render dict as a child of a comment"):
        core.COMMENT(({"id": "a"},))


def test_a_comment_is_an_element_without_attributes(core):
    comment = core.COMMENT(("x",))

    assert (comment.tag, dict(comment.attributes), comment.children) == ("#comment", {}, ("x",))
    assert core.render(core.Tag("p")("a", comment)) == "<p>a<!--x--></p>"


def test_a_fragment_renders_its_children(core):
    fragment = core.FRAGMENT((core.Tag("dt")("a"), " < ", [Markup("<b>"), None]))

    assert fragment.tag == "#document-fragment"
    assert core.render(fragment) == "<dt>a</dt> &lt; <b>"


def test_an_empty_fragment_renders_nothing(core):
    assert core.render(core.FRAGMENT(())) == ""


def test_a_frozen_element_equals_and_renders_like_its_original(core):
    element = core.Tag("p")("a<b", core.Tag("i")("c"), id="x")

    frozen = core.frozen(element)

    assert frozen == element
    assert element == frozen
    assert hash(frozen) == hash(element)
    assert core.render(frozen) == core.render(element)
    assert (frozen.tag, frozen.id, frozen.children) == ("p", "x", element.children)
    assert core.render(core.Tag("div")(frozen)) == "<div>" + core.render(element) + "</div>"


def test_freezing_twice_gives_the_same_element(core):
    frozen = core.frozen(core.Tag("p")())

    assert core.frozen(frozen) is frozen


def test_the_children_of_a_frozen_fragment_are_frozen(core):
    fragment = core.FRAGMENT((core.Tag("dt")("a"), "text", core.Tag("dd")("b")))

    frozen = core.frozen(fragment)

    assert frozen == fragment
    assert core.Tag("dl")(frozen) == core.Tag("dl")(fragment)
    assert core.render(core.Tag("dl")(frozen)) == "<dl><dt>a</dt>text<dd>b</dd></dl>"


def test_a_frozen_element_is_refused_where_elements_are(core):
    with pytest.raises(ChildError):
        core.Tag("title")(core.frozen(core.Tag("b")()))


@pytest.mark.parametrize("text", ["", "naïve €", "😍", "\x00", "\u2028"], ids=ascii)
def test_the_bytes_are_the_text_in_utf_8(core, text):
    element = core.Tag("p")(text, title=text)

    assert core.render_bytes(element) == core.render(element).encode()


@pytest.mark.parametrize(
    ("build", "path", "text"),
    [
        (lambda core, tag: tag("p")("a\ud800"), "p", "a\ud800"),
        (lambda core, tag: tag("p")(title="\udfff"), "p", "\udfff"),
        (lambda core, tag: tag("p")(Markup("<b>\ud800")), "p", "<b>\ud800"),
        (lambda core, tag: tag("ul")(tag("li")(), tag("li")("\ud800")), "ul > li[2]", "\ud800"),
        (lambda core, tag: tag("p")(core.frozen(tag("b")("\ud800"))), "p > b", "\ud800"),
        (lambda core, tag: core.FRAGMENT(("\ud800",)), "#document-fragment", "\ud800"),
        (lambda core, tag: core.COMMENT(("\ud800",)), "#comment", "\ud800"),
    ],
)
def test_a_lone_surrogate_is_an_error_that_shows_its_place(core, build, path, text):
    element = build(core, core.Tag)

    with pytest.raises(EncodingError) as caught:
        core.render_bytes(element)

    assert str(caught.value) == (
        f"cannot encode {text!r} as UTF-8\n"
        f"  where: {path}\n"
        "  why:   it holds a lone surrogate, which is half a character\n"
        '  fix:   text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")'
    )
    assert core.render(element)
