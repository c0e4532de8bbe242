"""The smallest safe patches between two pages.

docs/explanation/thin-patches.md numbers the traps.
"""

import pytest

from fatmorph import Markup, comment, h, render, svg
from fatmorph.datastar.events import patch_elements
from fatmorph.morph import Patch, diff, simulate

FILLING = h.footer("A page is worth a thin patch only if most of it stays as it is. " * 20)


def page(*body, title="Board", **attributes):
    return h.html(h.head(h.title(title)), h.body(attributes, *body, FILLING))


def items(*names):
    return h.ul([h.li(name, id=name) for name in names], id="list")


def sent(before, after):
    """Return what is sent; it leaves what the whole page leaves."""
    patches = diff(before, after)
    assert outcome(simulate(before, patches)) == outcome(simulate(before, after))
    return [(each.mode, each.selector, "" if each.view is None else str(each.view))
            for each in patches]  # fmt: skip


def outcome(simulation):
    """Return everything but the runs of elements that the client forgets in its pantry."""
    runs = [run for run in simulation.runs if run.node.after is not None]
    return (
        *(simulation.html, simulation.nodes, simulation.removed, simulation.attributes),
        *(simulation.properties, runs, simulation.warnings, simulation.exception),
    )


def is_whole(before, after):
    return diff(before, after) == (Patch(after),)


def test_equal_pages_need_no_patch():
    assert diff(page(items("a")), page(items("a"))) == ()


def test_the_nearest_element_with_an_id_is_sent():
    def view(text):
        return page(h.main(h.p(h.b(text), id="near"), h.p("beside"), id="far"))

    assert sent(view("1"), view("2")) == [("outer", None, '<p id="near"><b>2</b></p>')]


def test_several_changes_are_several_elements_of_one_event():
    def view(text):
        return page(h.p(text, id="a"), h.p("same", id="b"), h.p(text, id="c"))

    assert sent(view("1"), view("2")) == [("outer", None, '<p id="a">2</p><p id="c">2</p>')]


def test_an_element_inside_another_one_that_is_sent_is_not_sent_again():
    def view(text):
        return page(h.div(h.p(text, id="inner"), id="outer", title=text))

    expected = '<div id="outer" title="2"><p id="inner">2</p></div>'
    assert sent(view("1"), view("2")) == [("outer", None, expected)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("nabc", [("before", ":not(:has(>#n))>#a", '<li id="n">n</li>')]),
        ("abnc", [("before", ":not(:has(>#n))>#c", '<li id="n">n</li>')]),
        ("abcn", [("after", ":not(:has(>#n))>#c", '<li id="n">n</li>')]),
        (
            "abcno",
            [
                ("after", ":not(:has(>#n))>#c", '<li id="n">n</li>'),
                ("after", ":not(:has(>#o))>#n", '<li id="o">o</li>'),
            ],
        ),
        ("ac", [("remove", "#b", "")]),
        ("", [("remove", "#a,#b,#c", "")]),
        (
            "n",
            [
                ("remove", "#a,#b,#c", ""),
                ("append", "#list:empty", '<li id="n">n</li>'),
            ],
        ),
        (
            "anc",
            [("remove", "#b", ""), ("before", ":not(:has(>#n))>#c", '<li id="n">n</li>')],
        ),
    ],
)
def test_rows_are_inserted_and_removed_by_themselves(names, expected):
    assert sent(page(items(*"abc")), page(items(*names))) == expected


def test_a_row_may_change_next_to_one_that_is_inserted():
    before = page(h.ul(h.li("1", id="a"), id="list"))
    after = page(h.ul(h.li("n", id="n"), h.li("2", id="a"), id="list"))

    assert sent(before, after) == [
        ("before", ":not(:has(>#n))>#a", '<li id="n">n</li>'),
        ("outer", None, '<li id="a">2</li>'),
    ]


def test_many_new_rows_are_sent_as_a_whole_list():
    names = [f"row-{number}" for number in range(12)]

    (patch,) = diff(page(items("first")), page(items("first", *names)))

    assert (patch.mode, patch.view.id) == ("outer", "list")


def test_a_row_that_has_moved_and_is_also_in_another_row_makes_the_page_whole():
    one, other = h.li("1", id="one"), h.li("2", id="other")
    before = page(h.ul(one, other, id="list"))
    after = page(h.ul(other, one, h.li(h.ul(one), id="new"), id="list"))

    assert is_whole(before, after)


def test_ids_that_leave_a_removed_row_move_with_the_list():
    def view(name):
        return page(h.ul(h.li(h.input(id="field"), id=name), id="list"))

    (patch,) = sent(view("a"), view("b"))

    assert patch[:2] == ("outer", None)


def test_a_list_may_have_other_content_before_and_after_the_change():
    def view(*names):
        rows = [h.li(name, id=name) for name in names]
        return page(h.ul("\n", h.li("a title"), rows, h.li("last", id="last"), " ", id="list"))

    assert sent(view("a", "b"), view("n", "b")) == [
        ("remove", "#a", ""),
        ("before", ":not(:has(>#n))>#b", '<li id="n">n</li>'),
    ]
    assert sent(view("a"), view("a", "n")) == [
        ("before", ":not(:has(>#n))>#last", '<li id="n">n</li>')
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["a", h.i(id="x"), "b"], ["a", "b"]),
        ([h.i("1"), h.i(id="x")], [h.i("1"), h.i(id="x"), h.i(id="y"), "text"]),
        ([h.i("1"), h.i("2")], [h.i("1"), h.i(id="y"), h.i("2")]),
        ([h.i(id="x"), "text"], [h.i(id="x"), h.i(id="y"), "text"]),
        (["text"], ["text", h.i(id="y")]),
    ],
    ids=["joined texts", "text at the end", "rows without ids", "before a text", "after a text"],
)
def test_a_list_is_sent_whole_if_a_neighbour_could_be_mistaken(before, after):
    (patch,) = sent(page(h.p(before, id="p")), page(h.p(after, id="p")))

    assert patch[2].startswith('<p id="p">')


def test_sorted_rows_are_compared_as_the_same_objects():
    rows = [h.li(h.b(name, id=f"b-{name}"), id=name) for name in "abcd"]

    def view(*rows):
        return page(h.ul(rows, id="list"), h.p("1", id="count"))

    (patch,) = sent(view(*rows), view(*rows[::-1]))
    assert patch[2].startswith('<ul id="list"><li id="d">')
    assert is_whole(view(*rows), view(*rows, rows[0]))


def test_rows_with_a_script_are_never_sorted_thin():
    rows = [h.li(h.script("1"), id="a"), h.li(id="b"), h.li(id="c")]

    def view(*rows):
        return page(h.ul(rows, id="list"))

    assert is_whole(view(*rows), view(*rows[::-1]))


def test_rows_whose_parent_is_not_written_are_sent_with_the_table():
    def view(*names):
        return page(h.table([h.tr(h.td(name), id=name) for name in names], id="table"))

    (patch,) = sent(view("a", "b"), view("b"))

    assert patch[2].startswith('<table id="table">')


@pytest.mark.parametrize(
    "unsafe",
    [
        h.div(Markup("<p id=a>1</p>")),
        h.p({"id": ""}),
        h.p({"id": "the parser\rchanges it"}),
        h.p({"id": "the parser\0changes it"}),
        h.form(h.input(name="id")),
        h.noscript("x"),
        h.template(h.p("x")),
        h.details(h.summary("x"), name="group"),
        h.div({"data-preserve-attr": "id"}),
        h.div({"data-ignore-morph": True}, h.p("x", id="inside"), id="widget"),
        h.div({"data-ignore-morph": True}),
        h.input(type="file"),
        h.div({"data-scope-children": True}),
        h.p(h.div("ends the paragraph")),
        h.table(h.div("moved in front of the table")),
        h.table(h.form(" ")),
        h.a(h.span(h.a("ends the link"))),
        h.select(h.div("dropped by older browsers")),
        h.iframe(Markup("text")),
    ],
    ids=str,
)
def test_a_page_that_a_browser_may_read_differently_is_whole(unsafe):
    def view(text):
        return page(h.p(text, id="a"), unsafe)

    assert is_whole(view("1"), view("2"))


@pytest.mark.parametrize(
    "table_of",
    [
        lambda *parts: h.table(*parts, id="part"),
        lambda *parts: h.table(h.tbody(*parts, id="part")),
        lambda *parts: h.table(h.tbody(h.tr(*parts, id="part"))),
        lambda *parts: h.table(h.colgroup(*parts, id="part")),
    ],
)
def test_a_new_element_that_the_parser_puts_elsewhere_makes_the_page_whole(table_of):
    before, after = page(table_of()), page(table_of(h.p(id="new")))

    assert sent(before, after) == [("outer", None, str(after))]


def test_a_page_that_becomes_unsafe_is_whole():
    before = page(h.p("1", id="a"), h.div(id="b"))
    after = page(h.p("1", id="a"), h.div(Markup("<i>"), id="b"))

    assert is_whole(before, after)
    assert is_whole(after, before)


def test_a_trusted_text_without_tags_is_safe():
    def view(text):
        return page(h.p(text, id="a"), h.p(Markup("&copy;")))

    assert sent(view("1"), view("2")) == [("outer", None, '<p id="a">2</p>')]


def test_scripts_and_styles_elsewhere_are_safe():
    def view(text):
        return page(h.p(text, id="a"), h.script("1 < 2"), h.style("p { color: red }"))

    assert sent(view("1"), view("2")) == [("outer", None, '<p id="a">2</p>')]


def test_anything_but_a_whole_page_is_sent_as_it_is():
    after = h.main(h.p("2", id="a"), FILLING, id="main")

    assert diff(h.main(h.p("1", id="a"), FILLING, id="main"), after) == (Patch(after),)
    assert diff(page(), Markup("<p>")) == (Patch(Markup("<p>")),)


def test_a_change_of_more_than_half_of_the_page_is_sent_whole():
    before = h.html(h.body(h.p("1" * 100, id="a"), h.p("2")))
    after = h.html(h.body(h.p("3" * 100, id="a"), h.p("2")))

    assert is_whole(before, after)


def test_one_of_four_hundred_cells_takes_less_than_three_hundred_bytes():
    def view(chosen):
        cells = [
            h.button(
                {"data-on:click": f"@post('/toggle/{number}')"},
                id=f"cell-{number}",
                class_="cell on" if number == chosen else "cell",
            )
            for number in range(400)
        ]
        return page(h.main(h.div(cells, id="grid"), id="home"))

    (patch,) = diff(view(None), view(7))

    assert len(patch_elements(patch.view)) <= 300
    assert len(patch_elements(view(7))) > 30_000


def seen(page_before, page_after):
    """Return a page that a script or a user has changed, after the whole page and thin."""

    def body(simulation):
        return simulation.html.partition("<body>")[2].partition("<footer>")[0]

    def after(changed):
        whole, thin = (
            simulate(changed, page_after),
            simulate(changed, diff(page_before, page_after)),
        )
        return body(whole), body(thin)

    return after


def counted(text, *rest):
    return page(h.p(text, id="count"), *rest)


@pytest.mark.parametrize(
    ("changed", "whole", "thin"),
    [
        pytest.param(
            h.div(class_="dark"), "<div></div>", '<div class="dark"></div>', id="1: a class"
        ),
        pytest.param(
            h.div({"open": True}), "<div></div>", '<div open=""></div>', id="2, 3: opened"
        ),
        pytest.param(None, "<div></div>", "", id="4: removed"),
    ],
)
def test_traps_1_to_4_a_thin_patch_leaves_what_the_client_has_changed(changed, whole, thin):
    after = seen(counted("1", h.div()), counted("2", h.div()))

    count = '<p id="count">2</p>'
    assert after(counted("1", changed)) == (count + whole, count + thin)


def test_trap_5_a_thin_patch_does_not_bring_back_its_target():
    before, after = counted("1"), counted("2")

    result = simulate(page(), diff(before, after))

    assert result.warnings == ("PatchElementsNoTargetsFound: #count",)
    assert "count" not in result.html


def test_trap_6_an_insertion_next_to_a_row_that_is_gone_is_lost():
    after = seen(page(items("a", "b")), page(items("a", "n", "b")))

    assert after(page(items("a"))) == (
        '<ul id="list"><li id="a">a</li><li id="n">n</li><li id="b">b</li></ul>',
        '<ul id="list"><li id="a">a</li></ul>',
    )


def test_trap_7_an_insertion_that_arrives_twice_counts_once():
    before, after = page(items("a")), page(items("n", "a"))

    once, twice = simulate(before, diff(before, after)), simulate(before, diff(before, after) * 2)

    assert twice.html == once.html == simulate(before, after).html


def test_trap_8_a_patch_of_what_was_missed_has_no_target():
    missed, shown = page(items("a")), page(items("a", "b"))
    after = page(h.ul(h.li("a", id="a"), h.li("2", id="b"), id="list"))

    result = simulate(missed, diff(shown, after))

    assert result.warnings == ("PatchElementsNoTargetsFound: #b",)


def test_trap_9_rows_that_a_script_has_sorted_stay_sorted():
    after = seen(page(items("a", "b", "c")), page(items("b", "c")))

    assert after(page(items("c", "b", "a"))) == (
        '<ul id="list"><li id="b">b</li><li id="c">c</li></ul>',
        '<ul id="list"><li id="c">c</li><li id="b">b</li></ul>',
    )


def test_trap_10_rows_without_ids_are_sent_with_their_list():
    def view(*texts):
        return page(h.ul([h.li(text) for text in texts], id="list"))

    assert sent(view("1", "2"), view("1", "3")) == [
        ("outer", None, '<ul id="list"><li>1</li><li>3</li></ul>')
    ]


def test_traps_11_and_12_a_move_is_a_morph_of_the_list():
    (patch,) = sent(page(items("a", "b", "c")), page(items("c", "a", "b")))

    assert patch[2].startswith('<ul id="list"><li id="c">')


def test_trap_13_a_move_to_another_parent_is_a_morph_of_what_contains_both():
    def view(left, right):
        return page(h.div(h.ul(left, id="left"), h.ul(right, id="right"), id="both"))

    row = h.li(h.input(id="field"), id="row")

    (patch,) = sent(view(row, None), view(None, row))

    assert patch[2].startswith('<div id="both">')


def test_trap_14_duplicate_ids_make_the_page_whole():
    def view(text):
        return page(h.p("A", id="twice"), h.p(text, id="twice"))

    assert is_whole(view("B"), view("B2"))
    assert is_whole(page(h.p("A", id="once"), h.div(id="b")),
                    page(h.p("A", id="once"), h.div(h.p("B", id="once"), id="b")))  # fmt: skip


def test_trap_15_an_element_is_morphed_and_not_replaced():
    def view(text):
        return page(h.p({"data-init": "start()"}, text, id="a"))

    sent(view("1"), view("2"))

    assert simulate(view("1"), diff(view("1"), view("2"))).runs == ()


def test_trap_16_an_attribute_is_sent_with_the_content_of_its_element():
    def view(name):
        return page(h.main(h.p("kept"), id="main", class_=name))

    assert sent(view("a"), view("b")) == [
        ("outer", None, '<main id="main" class="b"><p>kept</p></main>')
    ]
    assert is_whole(page(class_="a"), page(class_="b"))


def test_trap_17_parts_of_a_table_have_an_event_of_their_own():
    def view(text):
        rows = h.table(h.tbody(h.tr(h.td(text), id="row-1"), h.tr(h.td(text), id="row-2")))
        return page(h.p(text, id="above"), rows, h.p(text, id="below"))

    assert sent(view("1"), view("2")) == [
        ("outer", None, '<p id="above">2</p>'),
        ("outer", None, '<tr id="row-1"><td>2</td></tr><tr id="row-2"><td>2</td></tr>'),
        ("outer", None, '<p id="below">2</p>'),
    ]


def test_traps_18_and_19_each_element_of_svg_has_an_event_in_its_namespace():
    def view(radius):
        circles = [svg.circle(id=f"circle-{number}", r=radius) for number in range(2)]
        return page(svg.svg(circles))

    sent(view(1), view(2))

    assert diff(view(1), view(2)) == (
        Patch(svg.circle(id="circle-0", r=2), namespace="svg"),
        Patch(svg.circle(id="circle-1", r=2), namespace="svg"),
    )


@pytest.mark.parametrize("name", ["a.b:c", "1", "é", 'say "hi"', "back\\slash", "new\nline", ">"])
def test_trap_20_any_id_can_be_selected(name):
    (patch,) = sent(page(items("a", name)), page(items("a")))

    assert patch[0] == "remove"
    assert "\n" not in patch[1]


def test_traps_21_to_23_text_and_comments_are_sent_with_their_parent():
    def view(*children):
        return page(h.p(*children, id="total"))

    total = h.b("1", id="t")
    changes = [
        (("Total: ", total), ("Sum: ", total)),
        (("a ", h.b("b", id="b"), " c"), ("a ", " c")),
        ((comment("1"), total), (comment("2"), total)),
    ]

    for before, after in changes:
        (patch,) = sent(view(*before), view(*after))
        assert patch[2].startswith('<p id="total">')


def test_trap_24_a_script_makes_the_page_whole():
    def view(*scripts):
        return page(h.div(*scripts, id="a"))

    assert is_whole(view(), view(h.script("start()")))
    assert is_whole(view(h.script("start()")), view(h.p("x"), h.script("start()")))


def test_trap_25_a_title_makes_the_page_whole():
    assert is_whole(page(title="1"), page(title="2"))


def test_trap_26_nothing_is_sent_into_an_ignored_element():
    def view(*children):
        return page(h.ul({"data-ignore-morph": True}, *children, id="list"))

    assert sent(view("a"), view("a", "b")) == []


def test_trap_27_no_patch_has_a_view_transition():
    (patch,) = diff(counted("1"), counted("2"))

    assert patch == Patch(h.p("2", id="count"))


def test_the_result_of_the_patches_is_the_page():
    before, after = page(items("a", "b")), page(items("b", "n"), h.p("new", id="p"))

    result = simulate(before, diff(before, after))

    assert "<!doctype html>" + result.html == render(after)
