"""Every finding: what brings it up, and what is close to it and does not."""

import pickle
from functools import partial
from pathlib import Path

import pytest
from markupsafe import Markup

from example_programs import example_module
from fatmorph import (
    Context,
    Signal,
    Signals,
    at,
    comment,
    data,
    datastar_script,
    dom_id,
    element,
    fragment,
    h,
    mathml,
    signal,
    svg,
)
from fatmorph.errors import ChildError
from fatmorph.markup.escape import JSExpression
from fatmorph.markup.parse import parse_document, parse_fragment
from fatmorph.markup.path import find_path
from fatmorph.morph.checks import check, check_change, check_patch, check_urls
from fatmorph.morph.checks._outside_urls import PRESENTATION
from fatmorph.morph.checks._wording import WORDING
from fatmorph.morph.simulation import simulate

ROOT = Path(__file__).parents[3]
ROW = data.init(at.subscribe("/rows"))


def codes(findings):
    return [finding.code for finding in findings]


OPEN = partial(h.details, {"open": True, "data-preserve-attr": "open"})

# Code → a view with this finding and no other, and the path of it.
FOUND = {
    "duplicate-id": (h.body(h.p(id="a"), h.ul(h.li(id="a"), h.li(id="a"))), "body > ul > li#a"),
    "empty-id": (h.body(h.p(id="")), "body > p"),
    "page-end": (h.body(h.p(Markup("<b></body></b>"))), "body > p"),
    "noscript": (h.body(h.noscript("Switch it on")), "body > noscript"),
    "shadow-root": (h.body(h.template(shadowrootmode="open")), "body > template"),
    "misnested": (h.body(h.p("a", h.div("b"))), "body > p > div"),
    "datastar-value": (h.body(h.p({"data-text": True})), "body > p"),
    "generated-without-id": (h.body(h.ul([h.li("a"), h.li("b")])), "body > ul > li[1]"),
    "state-without-id": (
        h.body(h.form(h.label("a", h.input(name="a")), h.label("b"))),
        "body > form > label[1] > input",
    ),
    "open-not-preserved": (h.body(h.details(h.summary("Why?"))), "body > details"),
    "stylesheet-can-shift": (
        h.html(
            h.head(
                [h.link(rel="icon", href="i"), None],
                h.link(rel="stylesheet", href="a"),
            )
        ),
        "head",
    ),
    "signals-can-reset": (
        h.ul([h.li(data.signals({"n": 1}), id="a"), h.li(id="b")]),
        "ul > li#a",
    ),
    "subscription-can-move": (h.ul([h.li(ROW, id="a"), h.li(id="b")]), "ul > li#a"),
    "stream-sends-input": (
        h.body(data.init(at.subscribe("/", include=".")), h.textarea(data.bind("a"), id="a")),
        "body > textarea#a",
    ),
    "signal-after-request": (
        h.body(data.init(at.get("/s")), h.main(data.signals({"a": 1}))),
        "body",
    ),
    "same-subscription": (h.body(ROW, h.main(ROW)), "body > main"),
    "misspelt-attribute": (h.body(h.a("x", hrf="/")), "body > a"),
    "dead-listener": (h.body(h.button(data.on("clcik", "load()"))), "body > button"),
    "unread-attribute": (h.body(h.p({"data-on-click": "@post('/a')"})), "body > p"),
    "dead-expression": (h.body(h.p(data.on("click", "post('/a')"))), "body > p"),
    "action-as-text": (h.body(h.button(at.post("/a"))), "body > button"),
    "signal-without-dollar": (
        h.body(data.signals({"count": 0}), h.p(data.text("count"))),
        "body > p",
    ),
    "client-missing": (h.html(h.head(), h.body(h.p(data.text("$a")))), "body > p"),
    "control-named-id": (h.form(h.input(name="id")), "form > input"),
    "details-of-one-name": (
        h.body(OPEN(id="a", name="x"), OPEN(id="b", name="x")),
        "body > details#b",
    ),
    "action-ends-stream": (
        h.body(data.init(at.subscribe("/s")), data.on("keydown", at.post("/key"), window=True)),
        "body",
    ),
    "neutral-url": (h.body(h.a("x", href="javascript:x")), "body > a"),
    "same-action": (
        h.body(h.button(data.on("click", at.post("/a"))), h.a(data.on("click", at.post("/a")))),
        "body > a",
    ),
    "preserve-attr-list": (h.p({"data-preserve-attr": "class,title"}), "p"),
    "ids-on-cells": (
        h.table(
            [h.tr({"id": f"r{n}"}, [h.td(id=f"c{n}-{m}") for m in range(4)]) for n in range(250)]
        ),
        "table > tr#r0 > td#c0-0",
    ),
}


def test_a_write_that_ends_with_its_element_ends_others_with_its_url_too():
    save = data.on("click", at.post("/a", request_cancellation="cleanup"))

    [finding] = check(h.body(h.button(save), h.a(save)))

    assert (finding.code, finding.path) == ("same-action", "body > a")


@pytest.mark.parametrize("code", FOUND)
def test_a_finding_is_found_where_it_is(code):
    view, path = FOUND[code]

    [finding] = check(view)

    assert (finding.code, finding.path) == (code, path)
    assert finding.severity == WORDING[code][0]
    assert min(map(len, (finding.what, finding.reason, finding.fix))) > 10


CLEAN = {
    "ids on other elements": h.body(h.p(id="a"), h.p(id="b")),
    "an id in a template": h.body(h.p(id="a"), h.template(h.p(id="a"))),
    "an empty noscript": h.body(h.noscript()),
    "a template": h.body(h.template(h.slot())),
    "the end of a page, escaped": h.body(h.p("</body>", title="</html>"), comment("body")),
    "a whole page as trusted HTML": fragment(Markup("<html><body></body></html>")),
    "a row without a table section": h.table(h.tr(h.td("a"))),
    "a row as a part": h.tr(h.td("a")),
    "rows as parts": fragment(h.tr(h.td("a"), id="a"), h.tr(h.td("b"), id="b")),
    "a cell in a template": h.template(h.td("a")),
    "a block in a button in a paragraph": h.p(h.button(h.p("a"))),
    "a block in an object in a paragraph": h.p(h.object(h.div("a"), id="o")),
    "inline elements in a paragraph": h.p(h.a(h.b("a")), h.button("b"), h.img(src="c")),
    "links in cells of a table in a link": h.a(h.table(h.tr(h.td(h.a("b"))))),
    "a hidden field in a table": h.table(h.input(type="hidden"), h.tr(h.td("a"))),
    "an empty form in a table": h.table(h.tbody(h.form(), h.tr(h.td("a")))),
    "forms in a template": h.template(h.form(h.div(h.form()))),
    "a paragraph in a select in a paragraph": h.p(h.select(h.option("a"), h.p("b"), id="c")),
    "an option in a box in an option": h.select(h.option(h.div(h.option("a"))), id="c"),
    "html in a formula": mathml.math(mathml.mtext(h.div(h.p("a")))),
    "html in an annotation": mathml.math(
        mathml.annotation_xml({"encoding": "text/html"}, h.div("a"))
    ),
    "svg in an annotation": mathml.math(mathml.annotation_xml(svg.svg(svg.circle(r=1)))),
    "html in the title of svg": svg.svg(svg.title(h.b("a")), svg.desc(h.p("b"))),
    "a list in a list in an item": h.ul(h.li(h.b(h.ul(h.li("a"))))),
    "ruby": h.ruby("a", h.rp("("), h.rt("b"), h.rp(")")),
    "a page without a head": h.html(h.title("a"), h.body()),
    "a comment after the body": h.html(h.head(), h.body(), comment("a")),
    "links side by side": h.p(h.a("a"), h.a("b")),
    "svg links in a link": h.a(svg.svg(svg.a(svg.text("a")))),
    "svg titles": h.body(svg.svg(svg.title("a"), svg.g(svg.title("b")))),
    "html in svg": h.p(svg.svg(svg.foreignObject(h.div("a")))),
    "a list in a list": h.ul(h.li("a", h.ul(h.li("b")))),
    "a sectioned heading": h.h1(h.span("a")),
    "spaces in a table": h.table("\n", h.tbody("\n", h.tr("\n", h.td("a")))),
    "an empty head": h.html(h.head(), h.body()),
    "datastar below data-ignore": h.div(data.ignore(), h.p({"data-text": ""})),
    "cells": h.tr({"id": "a"}, [h.td("a"), h.td("b")]),
    "options": h.select({"id": "a"}, [h.option("a"), h.option("b")]),
    "shapes": svg.svg([svg.circle(r=1), svg.circle(r=2)]),
    "formulas": mathml.math([mathml.mi("x"), mathml.mi("y")]),
    "phrasing": h.p([h.span("a"), h.span("b")], [h.a("c", href="d"), h.a("e", href="f")]),
    "paragraphs": h.article([h.p("a"), h.p("b")], [h.h2("c"), h.h2("d")]),
    "terms": h.dl([(h.dt("a"), h.dd("b")), (h.dt("c"), h.dd("d"))]),
    "comments": h.ul([comment("a"), comment("b")]),
    "navigation": h.nav(h.ul([h.li(h.a("a", href="b")), h.li(h.a("c", href="d"))])),
    "written out, not generated": h.ul(h.li("a"), h.li("b")),
    "unpacked": h.ul(*[h.li("a"), h.li("b")]),
    "one of each": h.main([h.section("a"), h.article("b"), h.ul("c")]),
    "one only": h.ul([h.li("a")]),
    "ids on generated": h.ul([h.li("a", id="a"), h.li("b", id="b")]),
    "ids inside of generated": h.ul([h.li(h.input(id=x), h.label("a", for_=x)) for x in "ab"]),
    "below data-ignore-morph": h.div(data.ignore_morph(), [h.div(h.input()), h.div(h.input())]),
    "the only input": h.form(h.label("a", h.input(name="a")), h.button("Send")),
    "the only input of a row": h.ul([h.li(h.input(name="a"), id=x) for x in "ab"]),
    "inputs without state": h.form(h.input(type="hidden"), h.input(type="submit")),
    "init on the body": h.html(h.head(datastar_script()), h.body(ROW)),
    "details that stay": h.details(data.preserve_attr("open"), h.summary("a")),
    "details of the browser": h.details(data.attr({"open": "$open"}), h.summary("a")),
    "a dialog of the server": h.dialog({"open": True}, "a"),
    "links in a fixed order": h.html(
        h.head(
            [h.meta(name="a")],
            h.link(rel="stylesheet", href="a"),
            h.link(rel="stylesheet", href="b"),
        )
    ),
    "signals of a row, if missing": h.ul(
        [h.li(data.signals({"n": 1}, if_missing=True), id=x) for x in "ab"]
    ),
    "requests that do not end each other": h.main(
        h.p(data.init(at.get("/a")), id="a"), h.p(data.init(at.get("/b")), id="b")
    ),
    "a field named id outside of a form": h.body(h.input(name="id")),
    "details of two names": h.body(OPEN(id="a", name="x"), OPEN(id="b", name="y")),
    "details of one name, one open": h.body(
        OPEN(id="a", name="x"), h.details(data.preserve_attr("open"), id="b", name="x")
    ),
    "details of one name in a template": h.template(OPEN(name="x"), OPEN(name="x")),
    "writes to two URLs": h.body(
        h.button(data.on("click", at.post("/a/1"))), h.button(data.on("click", at.post("/a/2")))
    ),
    "writes of two methods": h.body(
        h.button(data.on("click", at.put("/a"))), h.button(data.on("click", at.delete("/a")))
    ),
    "writes of one element": h.button(
        data.on("click", at.post("/a")), data.on("keydown", at.post("/a"))
    ),
    "writes that end no others": h.body(
        [
            h.button(data.on("click", at.post("/a", request_cancellation="disabled")), id=x)
            for x in "ab"
        ]
    ),
    "reads of one URL": h.body(
        h.input(data.on("input", at.get("/a"))), h.select(data.on("change", at.get("/a")))
    ),
    "writes that the client ignores": h.body(
        data.ignore(),
        h.button(data.on("click", at.post("/a"))),
        h.button(data.on("click", at.post("/a"))),
    ),
    "a request of the element of a subscription, which cancels no other": h.body(
        data.init(at.subscribe("/s")),
        data.on("keydown", at.post("/key", request_cancellation="disabled"), window=True),
    ),
    "a request of the element of a subscription that no other cancels": h.body(
        data.init(at.subscribe("/s", request_cancellation="disabled")),
        data.on("keydown", at.post("/key"), window=True),
    ),
    "a request of another element than that of the subscription": h.body(
        data.init(at.subscribe("/s")),
        h.main(data.on("keydown", at.post("/key"), window=True)),
    ),
    "a request of the element of a subscription, in a newer client": h.html(
        h.head(datastar_script(version="1.0.2")),
        h.body(data.init(at.subscribe("/s")), data.on("keydown", at.post("/key"), window=True)),
    ),
    "two names in data-preserve-attr": h.p({"data-preserve-attr": "class title"}),
    "ids on rows": h.table([h.tr({"id": f"r{n}"}, h.td(n)) for n in range(1_000)]),
    "ids on cells alone": h.table(
        [h.tr([h.td(id=f"c{n}-{m}") for m in range(4)]) for n in range(250)]
    ),
    "custom elements": h.body(element("my-map")(), element("my-list")(h.p("a"))),
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_correct_page_has_no_findings(name):
    assert check(CLEAN[name]) == ()


MISNESTED = {
    "p": h.p(h.p("a")),
    "table in p": h.p(h.table()),
    "deep in p": h.p(h.span(h.b(h.ul()))),
    "form in p": h.p(h.form()),
    "a in a": h.a(h.b(h.a("c"))),
    "button in button": h.button(h.span(h.button("a"))),
    "form in form": h.form(h.div(h.form())),
    "li in li": h.li(h.li("a")),
    "dt in dd": h.dd(h.dt("a")),
    "heading in heading": h.h1(h.h2("a")),
    "tr in div": h.div(h.tr()),
    "td in table in td": h.table(h.tr(h.td(h.td("a")))),
    "col in tbody": h.table(h.tbody(h.col())),
    "div in table": h.table(h.div("a")),
    "div in tbody": h.table(h.tbody(h.div("a"))),
    "text in tr": h.table(h.tr("a")),
    "div in head": h.html(h.head(h.div("a"))),
    "body in body": h.html(h.body(h.div(h.body()))),
    "html in div": h.div(h.html(h.body("a"))),
    "div in svg": svg.svg(svg.g(h.div("a"))),
    "button in svg": svg.svg(h.button("a")),
    "link in svg": svg.svg(h.a("b")),
    "div in math": mathml.math(mathml.mrow(h.div("a"))),
    "span in math": mathml.math(mathml.mrow(h.span("a"))),
    "svg in math": mathml.math(svg.svg()),
    "shape in div": h.div(svg.g(svg.circle(r=1))),
    "formula in div": h.div(mathml.mrow(mathml.mi("x"))),
    "shape in template": h.template(svg.circle(r=1)),
    "font with a color in svg": svg.svg(element("font")({"color": "red"}, "a")),
    "select in select": h.select(h.select(h.option("a"))),
    "input in select": h.select(h.input()),
    "option in option": h.option(h.option("a")),
    "option in p in select": h.select(h.p(h.option("a"))),
    "rt in rt": h.ruby(h.rt(h.rt("a"))),
    "li in b in li": h.ul(h.li(h.b(h.li("a")))),
    "li in div in li": h.ul(h.li(h.div(h.li("a")))),
    "nobr in nobr": element("nobr")(element("nobr")("a")),
    "div in xmp in p": h.p(element("xmp")("a")),
    "row in a form in a table": h.table(h.form(h.tr())),
    "field in a table": h.table(h.input()),
    "cell in colgroup": h.table(h.colgroup(h.td())),
    "text in colgroup": h.table(h.colgroup("a")),
    "row in caption": h.table(h.caption(h.tr())),
    "table in table": h.table(h.table()),
    "row after a paragraph in a template": h.template(h.p("a"), h.tr()),
    "row after a cell in a template": h.template(h.td("a"), h.tr()),
    "frame in div": h.div(element("frame")()),
    "image": h.div(element("image")()),
    "plaintext": h.div(element("plaintext")("a")),
    "keygen with content": element("keygen")(h.b("a")),
}


@pytest.mark.parametrize("name", MISNESTED)
def test_the_parser_changes_the_tree_and_it_is_found(name):
    view = MISNESTED[name]

    assert {*codes(check(h.main(view)))} == {"misnested"}
    assert shape(parse_fragment(f"<main>{view}</main>").children[0]) != shape(h.main(view))


@pytest.mark.parametrize(
    "name",
    [
        "a block in a button in a paragraph",
        "a block in an object in a paragraph",
        "inline elements in a paragraph",
        "links side by side",
        "svg links in a link",
        "svg titles",
        "html in svg",
        "a list in a list",
        "a sectioned heading",
        "an empty form in a table",
        "forms in a template",
        "a paragraph in a select in a paragraph",
        "an option in a box in an option",
        "html in a formula",
        "html in an annotation",
        "svg in an annotation",
        "html in the title of svg",
        "a list in a list in an item",
        "ruby",
    ],
)
def test_the_parser_keeps_the_tree_where_nothing_is_found(name):
    view = CLEAN[name] if CLEAN[name].tag != "body" else h.div(CLEAN[name].children)

    assert shape(parse_fragment(f"<main>{view}</main>").children[0]) == shape(h.main(view))


def shape(root):
    """Return the texts and elements of a tree in order, each with its parent's tag."""
    nodes, pending = [], [(root, "")]
    while pending:
        node, parent = pending.pop()
        if isinstance(node, str):
            nodes.append((parent, node))
            continue
        nodes.append((parent, node.tag, node.namespace))
        content = getattr(node, "content", None) or node
        pending += [(child, node.tag) for child in content.children]
    return nodes


def test_misnested_elements_are_reported_once_where_the_mistake_begins():
    view = h.div(svg.svg(h.div(h.p(h.b("a")), svg.svg(svg.circle(r=1)))))

    [finding] = check(view)

    assert (finding.path, finding.fix) == ("div > svg > div", "svg.foreignObject(h.div(…))")


PAGES = {
    "an element after the body": h.html(h.body(), h.p("a")),
    "a head after the body": h.html(h.body(), h.head()),
    "metadata between head and body": h.html(h.head(), h.link(rel="icon", href="a"), h.body()),
    "an element before the body": h.html(h.p("a"), h.body()),
    "two bodies": h.html(h.body(), h.body()),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_parts_of_a_page_have_an_order(name):
    assert codes(check(PAGES[name])) == ["misnested"]


def test_parts_of_a_table_do_not_follow_other_elements_in_a_patch():
    assert codes(check(fragment(h.p("a"), h.tr(h.td("b"))))) == ["misnested"]
    assert codes(check(fragment(h.tr(h.td("b")), h.td("c")))) == ["misnested"]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("data-init", ""),
        ("data-show", True),
        ("data-on", "x"),
        ("data-on:click", ""),
        ("data-bind", ""),
        ("data-bind:name", "name"),
        ("data-text:key", "$x"),
        ("data-effect", ""),
        ("data-attr:title", ""),
    ],
)
def test_a_datastar_attribute_that_the_client_throws_at_is_an_error(attribute, value):
    [finding] = check(h.p({attribute: value}))

    assert (finding.severity, finding.code) == ("error", "datastar-value")


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("data-bind:name", True), ("data-signals", ""), ("data-json-signals", True), ("data-x", "")],
)
def test_a_datastar_attribute_may_do_without_a_value_where_the_client_takes_it(attribute, value):
    assert check(h.p({attribute: value})) == ()


STATES = {
    "input": h.input(),
    "textarea": h.textarea(),
    "select": h.select(),
    "video": h.video(),
    "iframe": h.iframe(),
    "canvas": h.canvas(),
    "scroller": h.div(style={"overflow-y": "scroll"}),
    "init": h.p(data.init("$a = 1")),
    "bind": element("my-input")(data.bind("a")),
    "ref": h.p(data.ref("_a")),
    "indicator": h.p(data.indicator("_a")),
    "interval": h.p(data.on_interval("$a++")),
    "editable": h.p(contenteditable=True),
    "popover": h.div(popover=True),
    "widget": h.div(data.ignore_morph()),
}


@pytest.mark.parametrize("name", STATES)
def test_an_element_with_state_needs_an_id_among_its_like(name):
    view = h.main(STATES[name], STATES[name])

    assert codes(check(view)) == ["state-without-id"] * 2


@pytest.mark.parametrize("name", STATES)
def test_a_single_element_with_state_needs_no_id(name):
    assert check(h.main(STATES[name])) == ()


@pytest.mark.parametrize("name", STATES)
def test_generated_elements_with_state_need_ids_whatever_they_are(name):
    view = h.p([h.span(STATES[name]), h.span(STATES[name])])

    assert "generated-without-id" in codes(check(view))


def test_generated_buttons_that_act_need_ids():
    view = h.div([h.button(data.on("click", at.post(f"/{n}")), n) for n in range(3)])

    [finding] = check(view)

    assert finding.what == "3 of 3 generated <button> have no id"


def test_an_element_of_many_steps_is_named_by_the_last_ones():
    view = h.p(id="")
    for _ in range(100):
        view = h.div(view)

    [finding] = check(view)

    assert finding.path == "… > " + "div > " * 15 + "p"


def test_a_path_is_the_one_of_errors():
    view = h.main({"id": "home"}, h.ul(h.li("a"), h.li("b"), h.li("c", h.p(id=""))))

    [finding] = check(h.html(h.body(view)))

    path, _ = find_path(view, lambda each: each.id == "")
    assert finding.path == f"body > {path}" == "body > main#home > ul > li[3] > p"


def test_a_finding_is_a_value():
    [one], [other] = check(h.p(id="")), check(h.p(id=""))

    assert one == other
    assert {one, other} == {pickle.loads(pickle.dumps(one))}
    assert str(one) == (
        "error empty-id: <p> has an empty id\n"
        "  where: p\n"
        "  why:   it counts as an id, and the patch throws when the next page has one too, in "
        "clients before 1.0.5\n"
        '  fix:   id=dom_id("p", item.id)  (or None for no id)'
    )


def test_findings_sort_errors_first():
    view = h.body(h.details(), h.p(id=""))

    found = check(view)

    assert codes(found) == ["empty-id", "open-not-preserved"]
    assert tuple(sorted({*found})) == found


@pytest.mark.parametrize("engine_type", ["", "a", None, 7, ["a"]])
def test_a_value_that_is_not_a_view_is_refused(engine_type):
    with pytest.raises(ChildError):
        check(engine_type)


def test_a_parsed_page_is_checked_as_ours_is():
    text = '<p id=""><a href="#">a</a></p><details></details><script>"</body>"</script>'

    found = check(parse_document(f"<!doctype html><body>{text}</body>"))

    assert codes(found) == ["empty-id", "page-end", "open-not-preserved"]
    assert found[0].path == "body > p"


# ------------------------------------------------------------------------------------- pairs

LIST = "abcd"


def rows(order, **attributes):
    return h.ul({"id": "list"}, [h.li({"id": x}, data.init(f"$a = '{x}'")) for x in order])


PAIRS = {
    "html-id-changed": (h.html({"id": "a"}, h.body()), h.html({"id": "b"}, h.body())),
    "id-changed-tag": (h.main(h.p(id="a")), h.main(h.div(id="a"))),
    "id-changed-parent": (h.main(h.p(id="a")), h.main(h.div(h.p(id="a")))),
    "init-runs-again": (h.body(data.init("$a = 1")), h.body(data.init("$a = 2"))),
    "signals-reset": (h.body(data.signals({"a": 1})), h.body(data.signals({"a": 2}))),
    "id-lost": (h.main(h.input(id="a")), h.main(h.input())),
    "state-lost": (
        h.main(h.form(h.input()), "Saved"),
        h.main("Saved", h.form(h.input())),
    ),
    "value-overwritten": (h.input(id="a", value="1"), h.input(id="a", value="2")),
    "focus-moves": (h.main(h.button("a"), h.button("b")), h.main(h.button("b"))),
    "stylesheet-shifts": (
        h.html(h.head(h.link(rel="stylesheet", href="a"))),
        h.html(h.head(h.link(rel="stylesheet", href="b"), h.link(rel="stylesheet", href="a"))),
    ),
}


@pytest.mark.parametrize("code", PAIRS)
def test_a_pair_shows_what_one_page_cannot(code):
    before, after = PAIRS[code]

    [finding] = check(before, after)

    assert (finding.code, finding.severity) == (code, WORDING[code][0])
    assert check_change(before, after) == (finding,)
    assert check(before) == check(after) == ()


UNCHANGED = {
    "an id appears": (h.html(h.body()), h.html({"id": "a"}, h.body())),
    "the id of the body changes": (h.html(h.body(id="a")), h.html(h.body(id="b"))),
    "a parent gets an id": (h.main(h.p(h.b(id="a"))), h.main(h.p(h.b(id="a"), id="p"))),
    "a sibling comes": (h.main(h.p(id="a")), h.main(h.div(), h.p(id="a"))),
    "signals if missing": (
        h.body(data.signals({"a": 1}, if_missing=True)),
        h.body(data.signals({"a": 2}, if_missing=True)),
    ),
    "signals of what is not morphed": (
        h.body(h.p(data.ignore_morph(), data.signals({"a": 1}), id="a")),
        h.body(h.p(data.ignore_morph(), data.signals({"a": 2}), id="a")),
    ),
    "signals that the client ignores": (
        h.body(data.ignore(), data.signals({"a": 1})),
        h.body(data.ignore(), data.signals({"a": 2})),
    ),
    "a comment without text": (h.p(comment(""), id="a"), h.p("b", comment(""), id="a")),
    "trusted HTML": (h.p(Markup("<b>1</b>"), h.i(id="a")), h.p(Markup("<u>2</u>"), h.i(id="a"))),
    "init for the first time": (h.body(), h.body(data.init("$a = 1"))),
    "init of a new row": (rows("abc"), rows("nabc")),
    "init of a row that stays": (rows("abc"), rows("ac")),
    "the id of a paragraph goes": (h.main(h.p(id="a")), h.main(h.p())),
    "an alert without a wrapper goes": (
        h.main(h.p("Saved"), h.form(h.input())),
        h.main(h.form(h.input())),
    ),
    "a form goes": (h.main(h.form(h.input(id="a"))), h.main(h.p("Thanks"))),
    "a value that is preserved": (
        h.input(data.preserve_attr("value"), id="a", value="1"),
        h.input(data.preserve_attr("value"), id="a", value="2"),
    ),
    "a value that users do not type": (
        h.form(
            h.input(id="a", type="hidden", value="1"), h.input(id="b", type="submit", value="1")
        ),
        h.form(
            h.input(id="a", type="hidden", value="2"), h.input(id="b", type="submit", value="2")
        ),
    ),
    "a value that stays": (h.input(id="a", value="1"), h.input(id="a", value="1", class_="b")),
    "a box that the server checks": (
        h.input(id="a", type="checkbox"),
        h.input(id="a", type="checkbox", checked=True),
    ),
    "a button that changes its text": (h.main(h.button("Show")), h.main(h.button("Hide"))),
    "buttons with ids": (
        h.main(h.button("a", id="a"), h.button("b", id="b")),
        h.main(h.button("b", id="b")),
    ),
    "a button after the others goes": (
        h.main(h.button("a"), h.button("b")),
        h.main(h.button("a")),
    ),
    "another title": (h.html(h.head(h.title("1"))), h.html(h.head(h.title("2")))),
    "another stylesheet": (
        h.html(h.head(h.link(rel="stylesheet", href="a?1"))),
        h.html(h.head(h.link(rel="stylesheet", href="a?2"))),
    ),
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_a_change_without_harm_is_not_found(name):
    assert check_change(*UNCHANGED[name]) == ()


@pytest.mark.parametrize(
    ("after", "moved"),
    [
        ("dcba", "dca"),
        ("bcda", "a"),
        ("dabc", "d"),
        ("acbd", "b"),
        ("nabcd", ""),
        ("db", "b"),
    ],
)
def test_data_init_runs_again_for_the_rows_that_the_client_moves(after, moved):
    found = check_change(rows("abcd"), rows(after))

    assert [finding.path for finding in found] == [f"ul#list > li#{x}" for x in moved]


def test_data_init_runs_again_below_what_moves():
    before = h.main(h.div({"id": "a"}, h.p(data.init("$a = 1"))), h.section(id="b"))
    after = h.main(h.section({"id": "b"}, h.div({"id": "a"}, h.p(data.init("$a = 1")))))

    found = check_change(before, after)

    assert codes(found) == ["id-changed-parent", "init-runs-again"]
    assert found[1].what == ("data-init of <p> runs again, because div#a moves to another parent")


LOAD = data.init("load()")
DAY = h.tr(id="day")


def part(*inside):
    return h.section({"id": "part"}, *inside)


def row(name):
    return h.li(h.b(LOAD, id=name))


# Decisions of the client's matching: before, after, and why each `data-init` runs again.
LOSSES = {
    "an input with a name loses its id": (
        part(h.form(h.label("a", h.input(id="a", name="b")))),
        part(h.form(h.label("a", h.input(name="b")))),
        ["id-lost section#part > form > label > input"],
    ),
    "an alert of the tag of the form's box goes": (
        part(h.div("Saved"), h.div(h.form(h.textarea()))),
        part(h.div(h.form(h.textarea()))),
        ["state-lost section#part > div > form > textarea"],
    ),
    "the only alert of two lists goes": (
        part(h.ul(h.li("Saved")), h.ul(h.li(h.form(h.select(h.option("a")))))),
        part(h.ul(h.li(h.form(h.select(h.option("a")))))),
        ["state-lost section#part > ul > li > form > select"],
    ),
    "a text is written over": (
        part(h.textarea("a", id="a")),
        part(h.textarea("b", id="a")),
        ["value-overwritten section#part > textarea#a"],
    ),
    "a value comes": (
        part(h.input(type="search", id="a")),
        part(h.input(type="search", id="a", value="b")),
        ["value-overwritten section#part > input#a"],
    ),
    "a button comes in front": (
        part(h.button("b")),
        part(h.button("a"), h.button("b")),
        ["focus-moves section#part > button[1]"],
    ),
    "two buttons change places": (
        part(h.button("a"), h.button("b")),
        part(h.button("b"), h.button("a")),
        ["focus-moves section#part > button[1]", "focus-moves section#part > button[2]"],
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_the_user_is_found(name):
    before, after, found = LOSSES[name]

    assert [f"{each.code} {each.path}" for each in check_change(before, after)] == found


def test_a_loss_that_the_page_shows_is_not_found_again():
    form = h.div(h.form(h.input()))

    assert codes(check(part(form), part(h.div("Saved"), form))) == ["state-without-id"]


MATCHED = {
    "behind an element that holds ids, nothing moves": (
        part(h.div(h.p(id="a"), h.p(id="b")), h.p(LOAD, id="c")),
        part(h.div(h.p("new", id="a"), h.p(id="b")), h.p(LOAD, id="c")),
        {},
    ),
    "an id under a new id above stays": (
        part(h.div(h.p(h.b(LOAD, id="a")))),
        part(h.div(h.p(h.b(LOAD, id="a")), id="new")),
        {},
    ),
    "rows that are known by an id in them are made anew": (
        h.ul({"id": "part"}, row("a"), row("b")),
        h.ul({"id": "part"}, row("b"), row("a")),
        {"ul#part > li[2] > b#a": "b#a moves to another parent"},
    ),
    "an element of one id does not pass one of two": (
        part(h.div(h.p(LOAD, id="a")), h.article(h.p(id="b"), h.p(id="c"))),
        part(h.article(h.p(id="b"), h.p(id="c")), h.div(h.p(LOAD, id="a"))),
        {"section#part > div > p#a": "p#a moves to another parent"},
    ),
    "a neighbour without an id is taken instead": (
        part(h.div(h.p(LOAD, id="a")), h.p("other")),
        part(h.p(LOAD, id="a")),
        {"section#part > p#a": "p#a is created again"},
    ),
    "a text in front takes the place of an element without an id": (
        part(h.b(LOAD), "text"),
        part("text", h.b(LOAD)),
        {"section#part > b": "b is created again"},
    ),
    "an element of another tag is named where it begins": (
        part(h.div({"id": "a"}, h.p(LOAD))),
        part(h.article({"id": "a"}, h.p(LOAD))),
        {"section#part > article#a > p": "article#a is created again"},
    ),
    "a shape without its svg is another element": (
        part(svg.svg(svg.g(LOAD, id="a"))),
        part(svg.g(LOAD, id="a")),
        {"section#part > g#a": "g#a is created again"},
    ),
    "nothing is applied below data-ignore": (
        part(data.ignore(), h.p(LOAD, id="a"), h.p(id="b")),
        part(data.ignore(), h.p(id="b"), h.p(LOAD, id="a")),
        {},
    ),
    "nothing is written below data-ignore-morph": (
        part(h.div(data.ignore_morph(), h.p(data.init("$a = 1"), id="a"))),
        part(h.div(data.ignore_morph(), h.p(data.init("$a = 2"), id="a"))),
        {},
    ),
    "what is not morphed moves as a whole": (
        part(h.div({"id": "a"}, data.ignore_morph(), h.p(LOAD)), h.div(id="b")),
        part(h.div(id="b"), h.div({"id": "a"}, data.ignore_morph(), h.p(LOAD))),
        {"section#part > div#a > p": "div#a moves among its siblings"},
    ),
    "nothing is applied in a template": (
        part(h.template(h.p(data.init("$a = 1")))),
        part(h.template(h.p(data.init("$a = 2")))),
        {},
    ),
    "rows without a table section stand in one": (
        h.table({"id": "part"}, h.thead(h.tr({"id": "a"}, h.th(id="b"))), h.tr(LOAD, id="c"), DAY),
        h.table({"id": "part"}, h.tr(LOAD, id="c"), DAY, h.thead(h.tr({"id": "a"}, h.th(id="b")))),
        {},
    ),
}


@pytest.mark.parametrize("name", MATCHED)
def test_data_init_runs_again_where_the_client_puts_it(name):
    before, after, reasons = MATCHED[name]

    found = [each for each in check_change(before, after) if each.code == "init-runs-again"]

    told = {each.path: each.what.partition("runs again, because ")[2] for each in found}
    assert told == reasons


@pytest.mark.parametrize("name", MATCHED)
def test_the_simulation_runs_what_is_found_to_run_again(name):
    before, after, reasons = MATCHED[name]

    runs = simulate(before, after).runs

    assert {run.node.path for run in runs if run.node.after} == {*reasons}


PARENTS = {
    "a parent of another tag": (
        part(h.div(h.p(id="a"))),
        part(h.article(h.p(id="a"))),
        ["<p> 'a' changes from section#part > div to section#part > article"],
    ),
    "a parent that is not found again, though it stands where it stood": (
        part(h.div(h.p(id="a")), h.ul(h.li(id="b"), h.li(id="c"))),
        part(h.ul(h.li(id="b"), h.li(id="c")), h.div(h.p(id="a"))),
        ["<p> 'a' changes from section#part > div to a new section#part > div"],
    ),
    "parents without ids that change places": (
        part(h.div(h.p(id="a")), h.div(h.p(id="b"))),
        part(h.div(h.p(id="b")), h.div(h.p(id="a"))),
        ["<p> 'a' changes from section#part > div[1] to section#part > div[2]"],
    ),
    "a parent that moves with its child": (
        part(h.div({"id": "a"}, h.p(id="b")), h.div({"id": "c"}, h.p(id="d"))),
        part(h.div({"id": "c"}, h.p(id="d")), h.div({"id": "a"}, h.p(id="b"))),
        [],
    ),
    "a parent behind one more without an id": (
        part(h.div(h.p(id="a"))),
        part(h.div(), h.div(h.p(id="a"))),
        [],
    ),
    "an id above the parent": (
        part(h.div(h.p(h.b(id="a")))),
        part(h.div(h.p(h.b(id="a")), id="new")),
        [],
    ),
    "a parent that is not morphed": (
        part(h.div(data.ignore_morph(), h.p(h.b(id="a")))),
        part(h.div(data.ignore_morph(), h.b(id="a"))),
        [],
    ),
    "the root": (
        h.p(id="a"),
        h.div(h.p(id="a")),
        ["<p> 'a' changes from the root to div"],
    ),
}


@pytest.mark.parametrize("name", PARENTS)
def test_an_id_changes_its_parent_where_another_element_holds_it(name):
    before, after, told = PARENTS[name]

    assert [each.what for each in check_change(before, after)] == told


def board(column, *inside):
    card = h.li({"id": "card"}, *inside, h.button(data.on("click", "save()"), "Edit"))
    return h.main(
        h.ul({"id": "todo"}, column == "todo" and card),
        h.ul({"id": "done"}, column == "done" and card),
    )


def test_a_card_may_go_from_column_to_column():
    assert check(board("todo", "Buy tea"), board("done", "Buy tea")) == ()


@pytest.mark.parametrize(
    "held",
    [
        h.iframe(src="/map"),
        h.p(h.input(name="title")),
        h.p(data.signals({"a": 1})),
        h.p(data.on_intersect("load()")),
        h.p(data.on_interval("load()")),
    ],
    ids=str,
)
def test_a_card_may_lose_what_it_holds(held):
    assert codes(check_change(board("todo", held), board("done", held))) == ["id-changed-parent"]


def page_with(*links):
    return h.html(h.head(h.title("Page"), *links), h.body())


def style(name, **attributes):
    return h.link(rel="stylesheet", href=name, **attributes)


ICON = h.link(rel="icon", href="icon")
LINKS = {
    "a link comes in front": ([style("a")], [style("b"), style("a")], "a"),
    "a link in front goes": ([style("a"), style("b")], [style("b")], "b"),
    "an icon in front goes": ([ICON, style("a")], [style("a")], "a"),
    "an icon comes in front": ([style("a")], [ICON, style("a")], "a"),
    "a link with an id is passed by": (
        [style("a"), style("x", id="x"), style("b")],
        [style("x", id="x"), style("a"), style("b")],
        "ab",
    ),
    "a link comes behind": ([style("a")], [style("a"), style("b")], ""),
    "links have ids": ([style("a", id="a")], [style("b", id="b"), style("a", id="a")], ""),
    "another element comes in front": ([style("a")], [h.meta(name="x"), style("a")], ""),
}


@pytest.mark.parametrize("name", LINKS)
def test_a_stylesheet_is_loaded_again_where_another_link_takes_it_over(name):
    before, after, again = LINKS[name]

    found = check_change(page_with(*before), page_with(*after))

    assert [each.what for each in found] == [
        f"<link> '{href}' moves to another place among the links" for href in again
    ]


@pytest.mark.parametrize("name", LINKS)
def test_the_simulation_writes_or_makes_the_links_that_are_found(name):
    before, after, again = LINKS[name]

    result = simulate(page_with(*before), page_with(*after))

    written = {write.node.after for write in result.attributes if write.name == "href"}
    made = {node.after for node in result.created if node.name == "link"}
    sent = [after[int(path.rpartition("/")[2]) - 1] for path in written | made]  # after a title
    shown = {link.attributes.get("href") for link in before}
    assert {link.attributes["href"] for link in sent} & shown == {*again}


def test_a_script_from_a_template_runs_for_the_first_time():
    inside = h.div({"id": "a"}, h.p(LOAD))

    assert check_change(part(h.template(inside)), part(inside)) == ()


def test_the_reference_has_every_finding():
    page = (ROOT / "docs" / "reference" / "check.md").read_text(encoding="utf-8")

    assert [code for code in WORDING if f"`{code}`" not in page] == []


# ------------------------------------------------------------------------------------ patches


def test_a_part_without_an_id_needs_a_selector():
    assert codes(check_patch(h.p("a"))) == ["root-without-id"]
    assert check_patch(h.p("a"), has_selector=True) == ()
    assert check_patch(h.p("a", id="a")) == ()
    assert check_patch(h.html(h.body())) == check_patch(fragment(h.head(), h.body())) == ()


def test_a_patch_in_a_namespace_has_one_root():
    shapes = fragment(svg.circle(id="a"), svg.circle(id="b"))

    assert codes(check_patch(shapes, namespace="svg")) == ["namespace-roots"]
    assert check_patch(svg.circle(id="a"), namespace="svg") == ()


def test_a_shape_is_patched_in_its_namespace():
    [finding] = check_patch(svg.circle(id="a"))

    assert (finding.code, finding.fix) == (
        "namespace-missing",
        'w.patch(view, namespace="svg")',
    )
    assert check_patch(svg.svg(svg.circle(), id="a")) == ()


# ------------------------------------------------------------------------------- large pages


class Node:
    """A node that counts how often it is asked for its children."""

    asked = 0

    def __init__(self, tag, children=(), **attributes):
        self.tag, self.attributes, self._children = tag, attributes, children
        self.id = attributes.get("id")

    @property
    def children(self):
        Node.asked += 1
        return self._children


def wide(count):
    rows = [Node("li", (Node("input"), Node("p", id="")), id=f"r{n % 100}") for n in range(count)]
    return Node("ul", rows)


def deep(count):
    node = Node("p", (Node("input"), Node("input")), id="")
    for _ in range(count):
        node = Node("div", (node, Node("input")))
    return node


def changed(count):
    return [Node("li", (), id=str(n), **{"data-init": "x"}) for n in range(count)]


def steps(function, *arguments):
    Node.asked = 0
    function(*arguments)
    return Node.asked


@pytest.mark.parametrize("tree", [wide, deep])
def test_twice_the_page_takes_twice_the_steps(tree):
    one, two = tree(500), tree(1000)

    once = steps(check, one)

    assert steps(check, two) <= 2.1 * once


def test_a_reversed_list_takes_steps_in_proportion_to_its_length():
    def reverse(count):
        return steps(check, Node("ul", changed(count)), Node("ul", changed(count)[::-1]))

    assert reverse(1000) <= 2.1 * reverse(500)


@pytest.mark.slow("checks 100,000 nodes")
def test_a_page_of_100_000_nodes_is_checked():
    page = h.ul([h.li("a", id=dom_id("row", n)) for n in range(100_000)])

    assert check(page) == ()


def test_a_page_of_depth_10_000_is_checked():
    page = h.p(data.init("$a = 1"))
    for _ in range(10_000):
        page = h.div(page)

    [finding] = check(page, page)

    assert finding.what == "<div> is nested more than 512 elements deep"


def hello():
    return example_module("hello").home_view(7)


def tiles():
    return example_module("tiles").home_view("u1", ["u1", "u2", "u1"], {3: "u2"})


def chat():
    example = example_module("chat")
    return example.room_view(next(iter(example.rooms)))


@pytest.mark.parametrize("example", [chat, hello, tiles])
def test_the_examples_are_clean(example):
    page = example()

    assert check(page) == check(page, page) == ()


SENT = data.init(at.subscribe("/", include="^(draft|photo|userName)$"))


@pytest.mark.parametrize(
    ("subscription", "field"),
    [
        (SENT, h.textarea(data.bind("draft"), id="a")),
        (SENT, h.input(data.bind("draft"), id="a")),
        (SENT, h.input(data.bind("draft"), id="a", type="search")),
        (SENT, h.input(data.bind("photo"), id="a", type="file", maxlength=9)),
        (SENT, h.input({"data-bind:user-name__event.blur": True}, id="a")),
        (data.init(at.get("/", retry="always")), h.input(data.bind("draft"), id="a")),
        (data.init(at.get("/", retry="always", exclude="x")), h.input(data.bind("_a"), id="a")),
    ],
    ids=["area", "input", "search", "file", "key", "all signals", "local signals"],
)
def test_a_stream_that_sends_what_a_user_types_is_found(subscription, field):
    assert codes(check(h.body(subscription, field))) == ["stream-sends-input"]


@pytest.mark.parametrize(
    ("field", "fix"),
    [
        (
            h.textarea(data.bind("draft"), id="a"),
            'h.textarea(…, maxlength=200), or at.subscribe("/subscribe", include="^user_id$")',
        ),
        (
            h.input(data.bind("draft"), id="a", type="file"),
            'at.subscribe("/subscribe", include="^user_id$")',
        ),
    ],
    ids=["text", "file"],
)
def test_a_text_that_a_stream_sends_can_be_limited_and_a_file_left_out(field, fix):
    [finding] = check(h.body(data.init(at.subscribe("/", include="draft")), field))

    assert finding.fix == f"{fix}  (only what the stream reads)"


@pytest.mark.parametrize(
    ("subscription", "field"),
    [
        (SENT, h.textarea(data.bind("draft"), id="a", maxlength=500)),
        (SENT, h.textarea(data.bind("other"), id="a")),
        (SENT, h.textarea(id="a")),
        (SENT, h.input(data.bind("draft"), id="a", type="number")),
        (SENT, h.select(data.bind("draft"), id="a")),
        (data.init(at.subscribe("/")), h.input(data.bind("photo"), id="a", type="file")),
        (data.init(at.subscribe("/", payload={})), h.textarea(data.bind("draft"), id="a")),
        (data.init(at.subscribe("/", include="a", exclude="t$")), h.input(data.bind("at"), id="a")),
        (data.init(at.get("/", retry="always")), h.input(data.bind("_a"), id="a")),
        (data.init(at.get("/")), h.textarea(data.bind("draft"), id="a")),
        ({}, h.textarea(data.bind("draft"), id="a")),
    ],
    ids=[
        *("limited", "another", "unbound", "number", "select", "no signals", "a payload"),
        *("excluded", "local", "no subscription", "no stream"),
    ],
)
def test_a_stream_that_sends_nothing_of_any_length_is_not(subscription, field):
    assert check(h.body(subscription, field)) == ()


class Late(Signals):
    query: Signal[str] = signal("")


FROM_URL = data.init(at.get(JSExpression("`/search/${$query}`")))
LATE_SIGNALS = {
    "an id": (h.body(data.init(at.subscribe("/")), data.page_id()), "fatmorph_page"),
    "an id below": (h.body(data.init(at.subscribe("/")), h.p(data.page_id())), "fatmorph_page"),
    "an id after a form": (
        h.form(data.init(at.post("/", content_type="form")), data.page_id(), id="a"),
        "fatmorph_page",
    ),
    "all signals": (h.body(data.init(at.post("/")), data.signals({"query": ""})), "query"),
    "all but some": (
        h.body(data.init(at.get("/", exclude="x")), data.signals({"_query": ""})),
        "_query",
    ),
    "some signals": (h.body(SENT, data.signals({"draft": ""})), "draft"),
    "a signal that is missing": (
        h.body(SENT, data.signals({"draft": ""}, if_missing=True)),
        "draft",
    ),
    "a signal with a key": (h.body(SENT, h.p({"data-signals:draft": "1"})), "draft"),
    "a nested signal": (
        h.body(
            data.init(at.subscribe("/", include="^user.name$")),
            data.signals({"n": [{"a": 1}], "user": {"id": "a: {b", "name": ""}}),
        ),
        "user.name",
    ),
    "a computed signal": (h.body(SENT, h.p({"data-computed": "{draft: () => $a + 1}"})), "draft"),
    "a media query": (h.body(SENT, data.match_media("draft", "print")), "draft"),
    "a class": (h.body(data.init(at.subscribe("/", include=Late)), data.signals(Late())), "query"),
    "an effect": (
        h.body(data.effect(at.post("/")), h.p(data.signals({"query": ""}))),
        "query",
    ),
    "an interval that begins at once": (
        h.body(
            data.on_interval(at.post("/"), duration="9s", leading=True),
            data.signals({"query": ""}),
        ),
        "query",
    ),
    "a field that an expression reads": (
        h.body(FROM_URL, h.input(data.bind("query"), id="a")),
        "query",
    ),
    "an indicator that an expression reads": (h.body(FROM_URL, data.indicator("query")), "query"),
}


@pytest.mark.parametrize(("view", "signal"), LATE_SIGNALS.values(), ids=LATE_SIGNALS)
def test_a_signal_after_the_first_request_that_needs_it_is_found(view, signal):
    [finding] = check(view)

    assert (finding.code, repr(signal) in finding.what) == ("signal-after-request", True)


@pytest.mark.parametrize(
    "view",
    [
        h.body(data.page_id(), data.init(at.subscribe("/"))),
        h.main(data.signals({"draft": ""}), h.div(SENT, h.p(data.signals({"draft": "a"})))),
        h.body(data.init(at.subscribe("/")), data.signals({"query": ""})),
        h.body(SENT, data.signals({"query": ""})),
        h.body(SENT, h.input(data.bind("draft"), id="a", maxlength=9)),
        h.body(SENT, data.indicator("draft")),
        h.body(data.init(at.get("/")), data.signals({"_query": "", "user": {"_name": ""}})),
        h.body(data.init(at.post("/"), delay="1s"), data.signals({"query": ""})),
        h.body(data.init("$query = 1"), data.signals({"query": ""})),
        h.body(data.on("click", at.post("/")), data.signals({"query": ""})),
        h.body(data.on_intersect(at.post("/")), data.signals({"query": ""})),
        h.body(data.init(at.post("/", payload={"a": "$query"})), h.p(data.signals({"query": ""}))),
        h.body(data.init(at.post("/")), h.template(h.p(data.signals({"query": ""})))),
        h.body(data.init(at.post("/")), h.div(data.ignore(), h.p(data.signals({"query": ""})))),
        h.ul(
            [
                h.li(
                    data.signals({f"open{n}": False}, if_missing=True),
                    data.init(at.get(f"/{n}")),
                    id=f"row-{n}",
                )
                for n in range(3)
            ]
        ),
    ],
    ids=[
        *("the id first", "also earlier", "nothing sent", "another sent", "a field"),
        *("an indicator", "local", "later", "no request", "a click", "a view", "in a text"),
        *("in a template", "ignored", "another row's"),
    ],
)
def test_a_signal_that_no_earlier_request_needs_is_not(view):
    assert check(view) == ()


def test_a_request_before_several_of_its_signals_is_found_once():
    view = h.body(data.init(at.get("/")), data.signals({"a": 1, "b": 2}), h.p(data.page_id()))

    [finding] = check(view)

    assert finding.what == (
        "data-init of <body> sends 'a', which data-signals of body creates later"
    )
    assert finding.fix == "h.body(data.signals({…}), data.init(…), …)  (the signal first)"


@pytest.mark.parametrize(
    "view",
    [
        h.a("x", href="data:text/html,x"),
        h.form(action="vbscript:x"),
        h.iframe(src="data:image/svg+xml,x"),
        h.object(data="javascript:x"),
        svg.svg(svg.a({"xlink:href": "javascript:x"})),
        svg.svg(svg.animate(values="/a;javascript:x")),
        svg.svg(svg.animate(by="javascript:x")),
        h.button(data.on("click", at.post("data:,x"))),
        h.p(data.init(at.get(" java\tscript:x"))),
        h.p(data.on_interval(at.get("data:text/html,x"), duration="1s")),
    ],
    ids=str,
)
def test_each_url_that_was_neutralised_is_found(view):
    assert [finding.code for finding in check(view)] == ["neutral-url"]


@pytest.mark.parametrize(
    "view",
    [
        h.a("x", href="data:text/csv,a"),
        h.a("x", href="unsafe:at-any-speed"),
        h.a("x", href=Markup("javascript:x")),
        h.p("x", title="unsafe:javascript:x"),
        h.a(data.attr({"href": "$url"}), "x"),
        h.p(data.text("'unsafe:javascript:x'")),
        element("my-chart")(data="data: 1"),
    ],
    ids=str,
)
def test_another_url_is_not_found(view):
    assert check(view) == ()


@pytest.mark.parametrize(
    ("attribute", "state"), [("contenteditable", "a text"), ("popover", "an open state")]
)
def test_an_id_that_is_lost_takes_along_the_state_of_any_element(attribute, state):
    before = h.main(h.div({"id": "note", attribute: True}, "x"))

    [finding] = check_change(before, h.main(h.div({attribute: True}, "x")))

    assert finding.code == "id-lost"
    assert state in finding.reason


# ------------------------------------------------------------------------------------- prefixes


def test_urls_outside_of_a_prefix_are_one_finding_with_the_first_of_them():
    page = h.html(
        h.head(h.link(rel="stylesheet", href="/static/style.css")),
        h.body(
            data.init(at.subscribe("/subscribe")),
            h.a("Cart", href="/shop/cart?id=1"),
            h.a("Shops", href="/shopping"),
            h.form({"action": "/pay"}, h.button({"formaction": "/shop"}, "Pay")),
            h.button(data.on("click", at.post("/shop/add"))),
        ),
    )

    [finding] = check_urls(page, "/shop")

    assert (finding.code, finding.path) == ("outside-prefix", "html > head > link")
    assert finding.what == "4 URLs lead out of /shop, the first is '/static/style.css'"
    assert finding.fix == "c.url('/static/style.css')"


@pytest.mark.parametrize(
    "url", ["cart", "?page=2", "#top", "//cdn.example/a.css", "https://help.example/", "/shop#a"]
)
def test_urls_that_a_prefix_does_not_concern_are_not_reported(url):
    assert check_urls(h.a("a", href=url), "/shop") == ()


@pytest.mark.parametrize("root_path", ["/räume", "/a b", "/50%", "/50%25", "/it's", "/r%C3%A4ume"])
def test_the_urls_of_a_context_are_below_its_prefix(root_path):
    context = Context(method="GET", path="/", root_path=root_path)
    page = h.main(data.init(at.subscribe(context.url("/s"))), h.a("A", href=context.url("/a")))

    assert check_urls(page, context.root_path) == ()


@pytest.mark.parametrize("root_path", ["", "/"])
def test_an_application_without_a_prefix_has_all_paths(root_path):
    assert check_urls(h.a("Cart", href="/cart"), root_path) == ()


def test_a_slash_at_the_end_of_a_prefix_does_not_matter():
    assert check_urls(h.a("Cart", href="/shop/cart"), "/shop/") == ()


@pytest.mark.parametrize(
    "element",
    [
        h.img(srcset="data:image/png;base64,/9j/4A 1x, /a.png 2x", alt=""),
        h.img(srcset="a.png, /a.png", alt=""),
        h.img(srcset=",, a.png (1, /b) 1x,/a.png 2x", alt=""),
        h.link(rel="preload", imagesrcset="/a.png 1x,https://b.example/c.png 2x"),
        h.video(poster="/a.png"),
        h.video(src=" /a.png"),
        h.track(src="/a.png"),
        h.object(data="/a.png"),
        h.blockquote(cite="/a.png"),
        h.a("a", href="/shop", ping="https://b.example/ /a.png"),
        h.meta(http_equiv="refresh", content="5; URL='/a.png'"),
        h.meta(http_equiv="Refresh", content="0;/a.png"),
        h.div(style="background: url( '/a.png' )"),
        h.input(type="image", src="/a.png", alt=""),
        h.svg(svg.use({"xlink:href": "/a.png"})),
        h.svg(svg.set(attributeName="href", to="/a.png")),
        h.svg(svg.animate(attributeName="href", from_="/a.png", to="b.png", dur="1s")),
        h.svg(svg.animate(attributeName="href", values="b.png; /a.png")),
        *(h.svg(svg.path({name: "url(/a.png)"})) for name in PRESENTATION),
        h.style("p { background: url('/a.png') }"),
        h.style("@import '/a.png';"),
        h.div(style='background: image-set("/a.png" 1x)'),
        h.table({"background": "/a.png"}),
    ],
    ids=str,
)
def test_each_attribute_with_a_url_is_read(element):
    [finding] = check_urls(h.main(element), "/shop")

    assert finding.what == "1 URLs lead out of /shop, the first is '/a.png'"


@pytest.mark.parametrize(
    "element",
    [
        h.img(srcset="/shop/a.png 1x, b.png 2x", alt=""),
        h.img(srcset="/shop/a.png,/b.png 1x", alt=""),  # one URL: only a space ends it
        h.img(srcset="b.png x(1, /a)", alt=""),
        h.meta(name="twitter:site", content="/a"),
        h.meta(http_equiv="refresh", content="5"),
        h.div(title="/a", style="color: red", id="/a"),
        h.a("a", href="/shop/b", ping="/shop/c d"),
        h.svg(svg.path(d="M0 0h9", fill="url(#g)", stroke="url(/shop/a.svg#g)")),
        h.style("p::before { content: '/a'; background: url(/shop/b.png) } /* /c */"),
        h.object({"archive": "/a", "codebase": "/b"}),  # which no browser loads
        h.p("url(/a)"),
    ],
    ids=str,
)
def test_an_attribute_without_such_a_url_is_not_reported(element):
    assert check_urls(element, "/shop") == ()


def test_a_list_without_a_url_is_read_in_linear_time():
    commas = h.img(srcset="," * 100_000, alt="")

    assert check_urls(commas, "/shop") == ()  # took a minute and a half
