"""The elements that make thin patches larger than they need to be."""

import pytest

from fatmorph import Markup, element, h, mathml, svg
from fatmorph.morph import check_thin

FILLING = h.footer("A page is worth a thin patch only if most of it stays as it is. " * 20)


def page(*body):
    return h.html(h.head(h.title("Board")), h.body(*body, FILLING))


def found(before, after):
    return [(finding.code, finding.path) for finding in check_thin(before, after)]


def test_a_small_change_has_no_findings():
    assert found(page(h.p("1", id="count")), page(h.p("2", id="count"))) == []
    assert found(page(h.p("1", id="count")), page(h.p("1", id="count"))) == []


def test_a_changed_element_without_an_id_is_found():
    def view(text):
        return page(h.main(h.p("same " * 20), h.p(h.b(text)), id="main"))

    (finding,) = check_thin(view("1"), view("2"))

    assert (finding.code, finding.path) == ("change-without-id", "body > main#main > p[2] > b")
    assert finding.what == "a change of <b> sends 145 bytes"


@pytest.mark.parametrize(
    ("view", "fix"),
    [
        (h.del_, 'h.del_({"id": "del"}, …)'),
        (element("my-total"), 'element("my-total")({"id": "my-total"}, …)'),
        (lambda text: svg.svg(svg.text(text)), 'svg.text({"id": "text"}, …)'),
        # The client finds no element of MathML by itself.
        (lambda text: mathml.math(mathml.mi(text)), 'mathml.math({"id": "math"}, …)'),
    ],
)
def test_the_line_to_write_is_code_that_makes_the_patch_small(view, fix):
    (finding,) = check_thin(page(h.main(view("1"))), page(h.main(view("2"))))

    assert finding.fix == fix


@pytest.mark.parametrize("view", [h.script, lambda text: text])
def test_a_change_that_no_id_makes_smaller_is_not_found(view):
    assert found(page(view("1")), page(view("2"))) == []


def test_a_changed_element_without_any_id_around_it_makes_the_page_whole():
    def view(text):
        return page(h.p(text))

    (finding,) = check_thin(view("1"), view("2"))

    assert finding.what == f"a change of <p> sends {len(str(view('2'))):,} bytes"


def test_changes_in_several_places_need_no_single_id():
    def view(text):
        return page(h.div(h.p(text, id="a"), h.p(text, id="b")))

    assert found(view("1"), view("2")) == []


@pytest.mark.parametrize(
    ("unsafe", "reason"),
    [
        (h.div(Markup("<b>")), "it holds trusted HTML, which is not read"),
        (h.div(h.p(id="a")), "the id 'a' occurs twice"),
        (h.noscript("x"), "a parser reads <noscript> in a way of its own"),
        (h.div({"id": ""}), "a parser may read it differently, or an attribute hides its id"),
        (
            h.div({"data-ignore-morph": True}, h.p(id="b"), id="widget"),
            "it has an id inside of an element with data-ignore-morph",
        ),
    ],
    ids=str,
)
def test_an_element_that_makes_every_page_whole_is_found(unsafe, reason):
    before, after = page(h.p("1", id="a"), unsafe), page(h.p("2", id="a"), unsafe)

    (finding,) = check_thin(before, after)

    assert (finding.code, finding.reason) == ("page-not-thin", reason)
    assert finding.path.startswith("body > ")


def test_ids_in_the_rows_of_a_long_list_are_found():
    def view(cell_ids):
        rows = [
            h.tr(
                [h.td("x", id=f"cell-{row}-{cell}" if cell_ids else None) for cell in range(3)],
                id=f"row-{row}",
            )
            for row in range(300)
        ]
        return page(h.table(h.tbody(rows, id="rows")), h.p("1", id="count"))

    assert found(view(True), view(True)) == [("ids-in-rows", "body > table > tbody#rows")]
    assert found(view(False), view(False)) == []


def test_parts_of_a_page_have_no_findings():
    assert check_thin(h.p("1"), h.p("2")) == ()
    assert check_thin(page(h.p("1")), Markup("<p>")) == ()
