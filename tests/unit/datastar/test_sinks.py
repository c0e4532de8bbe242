"""Attributes and properties that are code: their values are judged, refused or trusted."""

import pytest
from markupsafe import Markup

from fatmorph import Tag, at, data, element, h, svg
from fatmorph.datastar._attributes.sinks import URL_GUARD, URL_LIST_GUARD
from fatmorph.errors import AttributeValueError, DatastarError
from fatmorph.markup._spec_attributes import URL_ATTRIBUTES
from fatmorph.markup.escape import JSExpression

HANDLERS = ["onclick", "ONLOAD", "onWheel", "on"]
SWITCHES = ["allow", "nonce", "sandbox", "srcdoc", "SrcDoc", "Sandbox"]
PROGRAMS = [
    "data-text",
    "DATA-TEXT",
    "data-on:click",
    "data-on:click__once",
    "data-init__delay.5ms",
    "data-on-signal-patch-filter",
    "data-attr:title",
    "data-bind",
    "data-class",
    "data-persist",
    "data-star-init",
]


def test_a_url_goes_through_the_parser_of_the_browser() -> None:
    assert data.attr({"href": "$url", "title": "$text"}) == {
        "data-attr": (
            "{href: (url => {try {if (typeof url == 'string' && "
            "['javascript:', 'vbscript:', 'data:'].includes("
            "new URL(url.slice(0, url.indexOf(':') + 1), location).protocol) && "
            r"!/^(?:(?!script )\S+ [\x00- ]*data: *(?:(?:image|audio|video|font)\x2f[-.\w]+"
            r"|application\x2f(?:font-[-.\w]+|[-.\w]+\+json|json|pdf|g?zip|octet-stream"
            r"|vnd\.(?:ms-|oasis|openxml)[-.\w]+)"
            r"|text\x2f(?:plain|csv|calendar|vcard|vtt|markdown))?"
            r"|(?:feImage|image|img|input|link|source) [\x00- ]*data: *image\x2fsvg\+xml"
            r"|link [\x00- ]*data: *text\x2fcss)"
            r" *(?![^,\x3b])/i"
            ".test(el.localName + ' ' + url)) return 'unsafe:' + url} catch {} return url})($url), "
            "title: $text}"
        )
    }


@pytest.mark.parametrize("name", sorted({*URL_ATTRIBUTES, "by"} - {"values", "xlink:href"}))
def test_every_url_is_judged_once(name: str) -> None:
    assert data.attr({name: "$a, $b;"}) == {"data-attr": f"{{{name}: {URL_GUARD}(($a, $b))}}"}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("HREF", f"{{HREF: {URL_GUARD}($url)}}"),
        ("formAction", f"{{formAction: {URL_GUARD}($url)}}"),
        ("xlink:href", f"{{'xlink:href': {URL_GUARD}($url)}}"),
        ("XLINK:HREF", f"{{'XLINK:HREF': {URL_GUARD}($url)}}"),
        ("values", f"{{values: {URL_LIST_GUARD}($url)}}"),
    ],
)
def test_a_url_is_known_in_any_case(name: str, written: str) -> None:
    assert data.attr({name: "$url"}) == {"data-attr": written}


def test_a_guard_holds_nothing_that_the_client_looks_for() -> None:
    assert not {"$", "@", ";", "`", '"'} & set(URL_GUARD + URL_LIST_GUARD)
    assert URL_GUARD.count("/") == URL_LIST_GUARD.count("/") == 2


def test_javascript_in_a_jsexpression_is_judged_like_text() -> None:
    assert data.attr({"href": JSExpression("$url")}) == data.attr({"href": "$url"})


@pytest.mark.parametrize("name", ["href", "values", *HANDLERS, *SWITCHES, "srcdoc"])
def test_a_trusted_expression_is_written_as_it_is(name: str) -> None:
    assert data.attr({name: Markup("$trusted")}) == {"data-attr": f"{{{name}: $trusted}}"}


def test_the_mark_of_one_expression_is_not_that_of_another() -> None:
    trusted = data.attr({"href": Markup("$url"), "src": "$src"})

    assert trusted == {"data-attr": f"{{href: $url, src: {URL_GUARD}($src)}}"}
    assert data.attr({"href": "$url", "src": Markup("$src")}) == {
        "data-attr": f"{{href: {URL_GUARD}($url), src: $src}}"
    }
    assert data.attr({"href": Markup("$url"), "src": "$src"}) == trusted


@pytest.mark.parametrize("name", HANDLERS + SWITCHES + PROGRAMS)
def test_an_attribute_that_is_code_refuses_an_expression(name: str) -> None:
    for set_attribute in (lambda: data.attr({name: "$text"}), lambda: data.attr({name: "true"})):
        with pytest.raises(DatastarError) as raised:
            set_attribute()

        assert raised.value.what == f"cannot set {name!r} to the value of an expression"


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("onclick", 'data.on("click", "…")'),
        ("data-class:a", "data.class_(…)"),
        ("data-on-intersect", "data.on_intersect(…)"),
        ("data-on-signal-patch-filter", "data.on_signal_patch(…)"),
        ("nonce", 'h.script(nonce="…")'),
        ("sandbox", 'h.iframe(sandbox="…")'),
        ("srcdoc", 'h.iframe(srcdoc=h.p("…"))'),
    ],
)
def test_the_error_says_what_to_write_instead(name: str, fix: str) -> None:
    with pytest.raises(DatastarError) as raised:
        data.attr({name: "$text"})

    assert raised.value.fix == (
        f'{fix}  (or {{"{name}": Markup("…")}}, if no user has a say in the value)'
    )


@pytest.mark.parametrize(
    "name",
    [
        *("data-theme", "data-id", "data-ignore-morph", "data-preserve-attr", "data-texts"),
        *("style", "is", "target", "rel", "type", "content", "srcset", "data-online"),
    ],
)
def test_other_attributes_are_set_as_they_are(name: str) -> None:
    (written,) = data.attr({name: "$text"}).values()

    assert written.endswith(": $text}")


PROPERTIES = {
    "innerHTML": 'data.text("$name")',
    "innerHtml": 'data.text("$name")',
    "outerHTML": 'data.text("$name")',
    "srcdoc": 'h.iframe(srcdoc=h.p("…"))',
    "sandbox": 'h.iframe(sandbox="…")',
    "nonce": 'h.script(nonce="…")',
    "onclick": 'data.on("click", "…")',
    "href": 'data.attr({"href": "$name"})',
    "src": 'data.attr({"src": "$name"})',
    "data": 'data.attr({"data": "$name"})',
    "action": 'data.attr({"action": "$name"})',
    "formAction": 'data.attr({"formaction": "$name"})',
    "protocol": 'data.attr({"href": "$name"})',
}


@pytest.mark.parametrize(("name", "fix"), PROPERTIES.items())
def test_a_property_that_may_be_code_cannot_be_bound(name: str, fix: str) -> None:
    with pytest.raises(DatastarError) as raised:
        data.bind("text", prop=name)

    assert raised.value.what == f"cannot bind a signal to the property {name!r}"
    assert raised.value.fix == fix


UNSETTABLE = {
    "attributeStyleMap": 'data.effect("$name = el.attributeStyleMap")  (to read it)',
    "children": 'data.effect("$name = el.children")  (to read it)',
    "contentEditable": 'data.attr({"contenteditable": "$name"})',
    "outerText": 'data.text("$name")',
}


@pytest.mark.parametrize(("name", "fix"), UNSETTABLE.items())
def test_a_property_that_fails_when_set_cannot_be_bound(name: str, fix: str) -> None:
    with pytest.raises(DatastarError) as raised:
        data.bind("text", prop=name)

    assert raised.value.what == f"cannot bind a signal to the property {name!r}"
    assert raised.value.fix == fix


@pytest.mark.parametrize("tag", [h.script, h.style, svg.script, svg.style, element("SCRIPT")])
@pytest.mark.parametrize("name", ["text", "textContent", "innerText"])
def test_the_text_of_a_script_or_style_cannot_be_bound(tag: Tag, name: str) -> None:
    with pytest.raises(AttributeValueError, match="cannot write data-bind"):
        tag(data.bind("text", prop=name))


@pytest.mark.parametrize("name", ["inner-html", "inner-h-t-m-l", "form-action", "inner_html"])
def test_another_spelling_of_a_property_is_refused(name: str) -> None:
    with pytest.raises(DatastarError, match="as the name of a property"):
        data.bind("text", prop=name)


def test_a_trusted_property_is_bound() -> None:
    assert data.bind("rows", prop=Markup("data")) == {"data-bind__prop.data": "rows"}


def test_a_text_property_is_bound() -> None:
    assert data.bind("note", prop="textContent") == {"data-bind__prop.text-content": "note"}


@pytest.mark.parametrize("name", ["href", "src", "onclick", "srcdoc", "data-text", "values"])
def test_an_attribute_that_may_be_code_is_not_animated(name: str) -> None:
    with pytest.raises(DatastarError) as raised:
        data.animate(name, "$x")

    assert raised.value.what == f"cannot set {name!r} to the value of an expression"


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("data:text/html,<p id=a>", r"@get('unsafe:data:text/html,\x3cp id=a>')"),
        (" \tDA\nTA:,a", r"@get('unsafe: \x09DA\nTA:,a')"),
        ("javascript:a", "@get('unsafe:javascript:a')"),
        ("/data:,a", "@get('/data:,a')"),
        ("database", "@get('database')"),
        ("https://a.example/", "@get('https://a.example/')"),
    ],
)
def test_a_url_that_contains_its_own_response_is_made_unsafe(url: str, written: str) -> None:
    assert at.get(url) == written


def test_a_part_of_an_object_does_not_return() -> None:
    with pytest.raises(DatastarError) as raised:
        data.attr({"title": "return $text"})

    assert (raised.value.what, raised.value.fix) == (
        "cannot use return in a part of larger JavaScript",
        "$text",
    )
