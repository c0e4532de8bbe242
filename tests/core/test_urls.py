"""URL attributes that run code, in all forms that a browser accepts."""

import logging

import pytest
from markupsafe import Markup

from fatmorph.markup._attributes import Attrs
from fatmorph.markup._spec_attributes import URL_ATTRIBUTES

DISGUISES = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "\x00javascript:alert(1)",
    "\x01\x1f javascript:alert(1)",
    "\t\n\r javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript\r:alert(1)",
    "j\ta\nv\ra\ts\nc\rr\ti\np\rt\t:alert(1)",
    "javascript\t:alert(1)",
    "javascript:",
    "javascript://%0aalert(1)",
    "vbscript:x",
    " VBScript:x",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "DATA:TEXT/HTML,x",
    "da\tta:text/\nhtml,x",
    "data: text/html,x",
    "data:text/xml,<x/>",
    "data:application/xhtml+xml,<x/>",
    "data:image/svg+xml,<svg onload='alert(1)'/>",
    "data:image/svg+xml;charset=utf-8,<svg/>",
    "data:image/x+xml,<html/>",
    "data:text/plain+xml,<html/>",
    "data:font/x+XML ;a=b,<html/>",
    "data:application/javascript,alert(1)",
    "data:text/css,*{}",
    "data:text/plainer,x",
    "data:text/csv+xml,x",
    "data:text/csvx,x",
    "data:application/vnd.mozilla.xul+xml,x",
    "data:application/vnd.ms-x+xml,x",
    "data:application/vnd.wap.xhtml+xml,x",
    "data:application/xjson+xml,x",
    "data:application/xml,x",
    "data:application/json+xml,x",
    "data:application/x-shockwave-flash,x",
    "data:text/event-stream,x",
    "data:multipart/related,x",
    "data:text/html;text/csv,x",
]

HARMLESS = [
    "",
    "/",
    "/javascript:alert(1)",
    "?next=javascript:alert(1)",
    "#javascript:",
    "./data:text/html",
    "https://example.org/data:text/html",
    "mailto:a@example.org",
    "javascript",
    "javascripts:x",
    "j avascript:x",
    "xjavascript:x",
    "date/2026",
    "data/x",
    "d",
    "view",
    "data:image/png;base64,AA==",
    "data:image/webp,x",
    "data:video/mp4,x",
    "data:audio/ogg,x",
    "data:font/woff2;base64,AA==",
    "data:text/plain,x",
    "data:text/csv,a;b",
    "DATA:text/csv;charset=utf-8,a",
    "data: text/calendar ,x",
    "data:text/vcard,x",
    "data:text/vtt,WEBVTT",
    "data:text/markdown,x",
    "data:application/json,{}",
    "data:application/ld+json,{}",
    "data:application/vnd.api+json,{}",
    "data:application/pdf;base64,JVBERi0=",
    "data:application/zip,x",
    "data:application/gzip,x",
    "data:application/octet-stream,x",
    "data:application/vnd.ms-excel,x",
    "data:application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;base64,UEs=",
    "data:application/vnd.oasis.opendocument.text,x",
    "data:text/plain;charset=utf-8,x",
    "data:,x",
    "data:;base64,AA==",
    "\u00a0javascript:x",
    "java\u017fcript:x",
]


@pytest.mark.parametrize("url", DISGUISES, ids=ascii)
def test_a_url_that_runs_code_gets_a_scheme_that_is_unknown_to_browsers(core, url):
    element = core.Tag("a")(href=url)

    assert dict(element.attributes) == {"href": "unsafe:" + url}


@pytest.mark.parametrize("url", HARMLESS, ids=ascii)
def test_a_harmless_url_is_not_changed(core, url):
    assert dict(core.Tag("a")(href=url).attributes) == {"href": url}


@pytest.mark.parametrize("name", sorted(URL_ATTRIBUTES | {"by"}))
def test_every_url_attribute_is_neutralised(core, name):
    element = core.Tag("x")({name.upper(): "javascript:x"})

    assert dict(element.attributes) == {name: "unsafe:javascript:x"}


def test_a_second_call_is_neutralised_like_the_first(core):
    core.Tag("a")(href="/safe")

    assert core.Tag("a")(href="javascript:x").attributes["href"] == "unsafe:javascript:x"


@pytest.mark.parametrize("name", ["title", "alt", "data-href", "value", "data-attr:href"])
def test_other_attributes_are_not_changed(core, name):
    assert dict(core.Tag("a")({name: "javascript:x"}).attributes) == {name: "javascript:x"}


def test_every_url_of_a_list_of_values_is_neutralised(core):
    element = core.Tag("animate", "svg")(values="/a; javascript:x;data:image/png;base64,AA==")

    assert dict(element.attributes) == {
        "values": "/a;unsafe: javascript:x;data:image/png;base64,AA=="
    }


@pytest.mark.parametrize("tag", ["img", "input", "source", "image", "link", "feImage"])
def test_an_svg_image_may_be_shown_where_it_cannot_run_scripts(core, tag):
    url = "data:image/svg+xml,<svg/>"

    assert core.Tag(tag, "svg")(src=url).attributes["src"] == url


@pytest.mark.parametrize("tag", ["iframe", "embed", "object", "a", "use", "script"])
def test_an_svg_image_may_not_be_opened_as_a_document(core, tag):
    url = "data:image/svg+xml,<svg/>"

    assert core.Tag(tag, "svg")(src=url).attributes["src"] == "unsafe:" + url


@pytest.mark.parametrize(("tag", "prefix"), [("link", ""), ("a", "unsafe:"), ("use", "unsafe:")])
def test_a_stylesheet_is_kept_where_it_is_loaded(core, tag, prefix):
    url = "data:text/css,p{color:red}"

    assert dict(core.Tag(tag)(href=url).attributes) == {"href": prefix + url}


@pytest.mark.parametrize("tag", ["my-chart", "x-y", "div", "time", "a"])
@pytest.mark.parametrize("name", ["by", "data", "from", "to", "values"])
@pytest.mark.parametrize("text", ["data: 1", "Data: x", "javascript: the good parts"])
def test_a_word_that_is_a_url_only_on_other_elements_is_not_changed(core, tag, name, text):
    element = core.Tag(tag)({name: text})

    assert dict(element.attributes) == {name: text}
    assert core.Tag(tag)(Attrs({name: text})) == element
    assert core.Tag(tag)(**{name: text}) == element


@pytest.mark.parametrize(
    ("tag", "namespace", "name"),
    [
        ("object", "html", "data"),
        ("animate", "svg", "to"),
        ("animate", "html", "from"),
        ("set", "svg", "to"),
        ("animateTransform", "svg", "by"),
        ("animate", "svg", "values"),
        ("font-face", "svg", "to"),
        ("my-link", "html", "href"),
        ("my-button", "html", "formaction"),
        ("my-image", "html", "src"),
    ],
)
def test_the_same_word_is_neutralised_where_it_may_be_a_url(core, tag, namespace, name):
    element = core.Tag(tag, namespace)({name: "javascript:x"})

    assert dict(element.attributes) == {name: "unsafe:javascript:x"}


def test_a_neutralised_url_is_logged_without_the_url(core, caplog):
    caplog.set_level(logging.DEBUG, "fatmorph.markup")

    core.Tag("a")(href="javascript:secret()")
    core.Tag("a")({"href": "data:text/csv,a", "title": "javascript:x"})

    assert caplog.messages == ["wrote unsafe: before a URL in href of <a>"]


@pytest.mark.parametrize(
    ("tag", "namespace", "name"),
    [
        ("script", "html", "src"),
        ("SCRIPT", "html", "src"),
        ("script", "svg", "href"),
        ("Script", "svg", "xlink:href"),
        ("script", "mathml", "src"),
    ],
)
@pytest.mark.parametrize(
    "url",
    [
        "data:,alert(1)",
        "data:text/plain,alert(1)",
        "data:;base64,YWxlcnQoMSk=",
        "data:image/png,alert(1)",
        "data:audio/x,alert(1)",
        "data:video/x;charset=utf-8,alert(1)",
        "data:font/x,alert(1)",
        "data:application/font-x,alert(1)",
        "data:image/svg+xml,alert(1)",
        " \x00DA\tTA\n:,alert(1)",
        "data:",
        "data:text/csv,alert(1)",
        "data:application/json,alert(1)",
        "data:application/ld+json,alert(1)",
        "data:application/pdf,alert(1)",
        "data:text/vtt,alert(1)",
        "data:text/css,alert(1)",
        "data:application/octet-stream,alert(1)",
    ],
    ids=ascii,
)
def test_a_script_gets_no_data_url(core, tag, namespace, name, url):
    element = core.Tag(tag, namespace)({name: url})

    assert dict(element.attributes) == {name: "unsafe:" + url}
    assert core.Tag(tag, namespace)(Attrs({name: url})) == element


def test_a_script_gets_a_data_url_that_is_trusted(core):
    element = core.Tag("script")(src=Markup("data:,alert(1)"))

    assert dict(element.attributes) == {"src": "data:,alert(1)"}


def test_a_trusted_url_is_not_changed(core):
    element = core.Tag("a")(href=Markup("javascript:a&amp;&amp;b"))

    assert dict(element.attributes) == {"href": "javascript:a&&b"}
    assert core.render(element) == '<a href="javascript:a&amp;&amp;b"></a>'


def test_attrs_keep_the_trust_in_a_url(core):
    attrs = Attrs({"href": Markup("javascript:a&amp;b")}) | {"id": "x"}

    assert core.render(core.Tag("a")(attrs)) == '<a href="javascript:a&amp;b" id="x"></a>'


def test_attrs_leave_the_check_of_a_url_to_the_element(core):
    attrs = Attrs({"src": "data:image/svg+xml,<svg/>", "href": "javascript:x"})

    image = core.Tag("img")(attrs)
    frame = core.Tag("iframe")(attrs)

    assert dict(image.attributes) == {
        "src": "data:image/svg+xml,<svg/>",
        "href": "unsafe:javascript:x",
    }
    assert frame.attributes["src"] == "unsafe:data:image/svg+xml,<svg/>"


@pytest.mark.parametrize("value", [True, None, 7], ids=repr)
def test_a_url_attribute_accepts_other_values_too(core, value):
    assert core.Tag("a")(href=value) == core.Tag("a")({"href": value})
