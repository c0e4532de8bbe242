"""Simulated patches: their reports about nodes, and the arguments that they refuse.

test_cases.py and the browser tests show that they agree with the real client.
"""

import sys

import pytest

from fatmorph import Markup, at, data, h
from fatmorph.errors import MissingExtraError, MorphError
from fatmorph.morph.simulation import PatchedNode, Run, Simulation, Write, simulate


def names(nodes: tuple[PatchedNode, ...]) -> list[str]:
    return [str(node) for node in nodes]


def items(*keys: object) -> str:
    return '<ul id="list">' + "".join(f'<li id="i{key}">{key}</li>' for key in keys) + "</ul>"


def test_a_tree_and_its_html_are_the_same_page():
    before = h.ul({"id": "list"}, h.li({"id": "i1"}, 1), h.li({"id": "i2"}, 2))

    assert simulate(before, items(2, 1)) == simulate(items(1, 2), items(2, 1))


def test_trusted_html_is_read_as_html():
    assert simulate(Markup("<p id='a'>1"), Markup("<p id='a'>2")).html == '<p id="a">2</p>'


def test_a_node_has_its_new_and_its_old_path():
    result = simulate(items(1, 2), items(2, 3))

    assert result.nodes == (
        PatchedNode("ul#list", "ul", "/0", "/0"),
        PatchedNode("ul#list > li#i2", "li", "/0/0", "/0/1"),
        PatchedNode("ul#list > li#i2 > #text", "#text", "/0/0/0", "/0/1/0"),
        PatchedNode("ul#list > li#i3", "li", "/0/1", None),
        PatchedNode("ul#list > li#i3 > #text", "#text", "/0/1/0", None),
    )
    assert result.removed == (
        PatchedNode("ul#list > li#i1", "li", None, "/0/0"),
        PatchedNode("ul#list > li#i1 > #text", "#text", None, "/0/0/0"),
    )


def test_every_node_is_kept_or_created():
    result = simulate(items(1, 2), items(2, 3))

    assert names(result.kept) == ["ul#list", "ul#list > li#i2", "ul#list > li#i2 > #text"]
    assert names(result.created) == ["ul#list > li#i3", "ul#list > li#i3 > #text"]


def test_a_row_that_another_row_overtakes_is_parked_and_moved():
    result = simulate(items(1, 2), items(2, 1))

    assert names(result.moved) == names(result.parked) == ["ul#list > li#i1"]


def test_a_parked_node_that_is_not_used_again_is_removed():
    before = '<div id="r"><section><p id="x"></p></section><p></p></div>'

    result = simulate(before, '<div id="r"><p id="x"></p></div>')

    assert names(result.removed) == ["div#r > section", "div#r > section > p#x"]
    assert names(result.parked) == ["div#r > section"]
    assert result.moved == ()


GROUP = (
    '<main id="m"><details name="a" id="x"{}></details><details name="a" id="y"{}></details></main>'
)
OPEN = ' open=""'


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ((OPEN, ""), ("", OPEN), ("", OPEN)),
        (("", OPEN), (OPEN, ""), (OPEN, "")),
        ((OPEN, OPEN), ("", ""), ("", "")),
        ((OPEN, ""), (OPEN, OPEN), (OPEN, "")),
        (("", ""), (OPEN, OPEN), (OPEN, "")),
    ],
)
def test_only_one_of_the_details_with_a_name_is_open(before, after, shown):
    result = simulate(GROUP.format(*before), GROUP.format(*after))

    assert result.html == GROUP.format(*shown)


def test_opening_one_of_the_details_with_a_name_closes_the_other():
    before = GROUP.format(OPEN, "")

    result = simulate(before, '<details name="a" id="y" open data-preserve-attr="class"></details>')

    assert [(str(each.node), each.name, each.after) for each in result.attributes] == [
        ("main#m > details#y", "open", ""),
        ("main#m > details#x", "open", None),
        ("main#m > details#y", "data-preserve-attr", "class"),
    ]


def test_new_details_are_closed_if_one_with_their_name_is_open():
    new = '<details name="a" id="z" open></details>'

    result = simulate(GROUP.format(OPEN, ""), new, mode="append", selector="#m")

    closed = '<details name="a" id="z"></details></main>'
    assert result.html == GROUP.format(OPEN, "").replace("</main>", closed)


def test_details_that_replace_an_open_one_stay_open():
    opened = '<details name="a" open=""></details>'

    result = simulate(f"<div>{opened}</div>", opened, mode="replace", selector="div")

    assert result.html == opened


def test_details_that_get_a_name_are_closed_if_one_with_it_is_open():
    other = '<details name="a" open=""></details>'

    result = simulate(
        f'<main>{other}<details id="y" open></details></main>',
        '<details id="y" open name="a"></details>',
    )

    assert result.html == f'<main>{other}<details id="y" name="a"></details></main>'


def test_details_in_a_template_are_a_group_of_their_own():
    opened = '<details name="a" open=""></details>'
    template = f"<template>{opened}{{}}<template>{opened}</template></template>"

    result = simulate(opened, template.format(opened), mode="append", selector="body")

    assert result.html == opened + template.format('<details name="a"></details>')


def test_a_nested_declaration_of_a_shadow_root_stays_a_template():
    inside = '<p><template shadowrootmode="open"><b>x</b></template></p>'

    result = simulate('<div id="a"></div>', f'<div id="a">{inside}</div>')

    assert result.html == f'<div id="a">{inside}</div>'


def test_a_script_runs_the_text_of_its_own_and_not_that_of_elements_in_it():
    before = '<script id="a"></script>'

    empty = simulate(before, "<svg>run()</svg>", mode="append", selector="#a")
    full = simulate(before, "run()", mode="append", selector="#a")

    assert (len(empty.runs), len(full.runs)) == (0, 1)


def test_attributes_are_written_and_removed():
    result = simulate('<p id="a" class="x" lang="en">', '<p id="a" class="y" title="t">')

    (node,) = result.nodes
    assert result.attributes == (
        Write(node, "class", "x", "y"),
        Write(node, "title", None, "t"),
        Write(node, "lang", "en", None),
    )


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ('<input id="a" value="1">', '<input id="a" value="2">', [("value", "1", "2")]),
        ('<input id="a" value="1">', '<input id="a" value="1" class="x">', []),
        ('<input id="a">', '<input id="a" checked>', [("checked", None, "")]),
        (
            '<input id="a" value="1">',
            '<input id="a" value="2" data-preserve-attr="value">',
            [],
        ),
        ('<input id="a" type="file">', '<input id="a" type="file" value="x">', []),
        ("<textarea id='a'>1</textarea>", "<textarea id='a'>2</textarea>", [("value", "1", "2")]),
    ],
    ids=["value", "same value", "checked", "preserved", "file", "textarea"],
)
def test_a_property_is_written_when_its_attribute_changes(before, after, written):
    result = simulate(before, after)

    assert [(write.name, write.before, write.after) for write in result.properties] == written


def test_a_field_whose_type_changes_has_its_value_after_the_type():
    after = '<input id="a" type="hidden" title="t" value="1">'

    result = simulate('<input id="a">', after)

    assert result.html == '<input id="a" type="hidden" value="1" title="t">'


def test_a_subscription_on_an_unchanged_body_does_not_run_again():
    def page(count):
        return h.html(h.head(h.title(count)), h.body(data.init(at.subscribe("/")), h.p(count)))

    assert simulate(page(1), page(2)).runs == ()


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [
        ("<p id='a' data-init='x'>", "<p id='a' data-init='y'>", [("p#a", "data-init", 1)]),
        ("<p id='a'>", "<p id='a' data-init='y'>", [("p#a", "data-init", 1)]),
        ("<p id='a' data-init='x'>", "<p id='a'>", []),
        ("<p id='a' data-id='1'>", "<p id='a' data-id='2'>", []),
        ("<p id='a'>", "<p id='a' data-ignore data-init='y'>", []),
        (
            "<main id='m'></main>",
            "<main id='m'><b data-on:click='x' data-text='y'></b></main>",
            [("main#m > b", "data-on:click", 1), ("main#m > b", "data-text", 1)],
        ),
        (
            "<main id='m'><i id='x'></i></main>",
            "<main id='m'><b data-init='y'><i id='x'></i><u data-init='z'></u></b></main>",
            [("main#m > b", "data-init", 2), ("main#m > b > u", "data-init", 2)],
        ),
    ],
    ids=["changed", "added", "removed", "not Datastar's", "ignored", "created", "wrapped"],
)
def test_the_runs_of_attributes_are_counted(before, after, runs):
    result = simulate(before, after)

    assert [(str(run.node), run.name, run.times) for run in result.runs] == runs


@pytest.mark.parametrize(
    ("mode", "selector", "script", "times"),
    [
        ("outer", None, "<main id='m'><script>1</script></main>", [2]),
        ("append", "#m", "<script>1</script>", [1]),
        ("append", "#m", "<script type='application/json'>1</script>", []),
        ("append", "#m", "<script></script>", []),
        ("outer", None, "<html><head></head><body><script>1</script></body></html>", [1]),
    ],
    ids=["fragment", "appended", "data", "empty", "page"],
)
def test_a_new_script_runs_once_or_twice(mode, selector, script, times):
    result = simulate("<main id='m'></main>", script, mode=mode, selector=selector)

    assert [run.times for run in result.runs if run.name == "script"] == times


@pytest.mark.parametrize(
    ("before", "after", "times"),
    [
        ("<script></script>", "<script>1</script>", [1]),
        ("<script></script>", "<script src='a.js'></script>", [1]),
        ("<script>1</script>", "<script>2</script>", []),
        ("<script type='text/plain'>1</script>", "<script>1</script>", []),
        ("<script type='text/plain'>1</script>", "<script>1</script><script>2</script>", [2]),
        ("<svg><script></script></svg>", "<svg><script>1</script></svg>", []),
    ],
    ids=["text", "source", "changed", "type", "new after it", "svg"],
)
def test_an_existing_script_runs_when_it_first_gets_code(before, after, times):
    result = simulate(f"<main id='m'>{before}</main>", f"<main id='m'>{after}</main>")

    assert [run.times for run in result.runs if run.name == "script"] == times


def test_attributes_of_a_new_script_run_on_it_and_on_the_copy_that_replaces_it():
    script = "<script data-init='x'>1</script>"

    direct = simulate("<main id='m'></main>", f"<main id='m'>{script}</main>")
    within = simulate("<main id='m'></main>", f"<main id='m'><p>{script}</p></main>")

    assert [(str(run.node), run.node.after, run.name, run.times) for run in direct.runs] == [
        ("main#m > script", "/0/0", "data-init", 1),
        ("main#m > script", "/0/0", "script", 2),
        ("script", None, "data-init", 1),
    ]
    assert [(run.node.after, run.name, run.times) for run in within.runs] == [
        ("/0/0/0", "data-init", 2),
        ("/0/0/0", "script", 2),
    ]


def test_a_removed_element_inside_data_ignore_stays_ignored():
    before = "<ul><li><ol data-ignore><li></li></ol></li></ul>"

    (run,) = simulate(before, "<li data-init='x'></li>", selector="li").runs

    assert (str(run.node), run.times) == ("ul > li", 1)


def test_an_element_created_and_removed_by_one_patch_still_runs():
    twice = "<p id='a'><b data-init='x'></b></p><p id='a'></p>"

    (run,) = simulate("<p id='a'></p>", twice).runs

    assert run == Run(PatchedNode("b", "b", None, None), "data-init", 1)


def test_the_content_of_a_template_is_written_and_parsed_again():
    after = "<template id='t'><pre>\n\n\n1</pre></template>"

    result = simulate("<template id='t'></template>", after)

    assert result.html == '<template id="t"><pre>\n1</pre></template>'


def test_a_missing_target_is_a_warning():
    result = simulate("<p id='a'>", "<p id='b'>")

    assert (result.warnings, result.exception) == (("PatchElementsNoTargetsFound: #b",), None)


def test_a_selector_that_matches_nothing_is_a_warning():
    result = simulate("<p id='a'>", "<p>", mode="append", selector="#gone")

    assert result.warnings == ("PatchElementsNoTargetsFound: #gone",)


def test_an_empty_id_aborts_the_morph():
    result = simulate(
        '<main id="m"><p id="">1</p></main>', '<main id="m"><p id="">1</p><b>2</b></main>'
    )

    assert result.exception == "TypeError: Cannot read properties of null (reading 'parentNode')"
    assert result.html == '<main id="m"><p id="">1</p></main>'


def test_a_mode_that_needs_a_selector_throws_without_one():
    assert simulate("<p>", "<p>", mode="append").exception == "PatchElementsExpectedSelector"


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ({"mode": "inside"}, "cannot simulate mode='inside'"),
        ({"namespace": "xml"}, "cannot simulate namespace='xml'"),
        ({"selector": "p["}, "cannot read the selector 'p['"),
    ],
)
def test_arguments_that_the_client_does_not_know_are_refused(arguments, what):
    with pytest.raises(MorphError) as caught:
        simulate("<p>", "<p>", **arguments)

    assert caught.value.what == what


SIDES = pytest.mark.parametrize(
    "pages",
    [
        lambda deep: (deep, "<p>"),
        lambda deep: ("<p>", deep),
        lambda deep: (f"<!doctype html>{deep}", "<p>"),
        lambda deep: ("<p>", f"<html><body>{deep}</body></html>"),
    ],
    ids=["before", "after", "page before", "page after"],
)


@pytest.mark.slow("simulates large pages")
@SIDES
@pytest.mark.parametrize("depth", [510, 512, 513, 514, 10_000, 100_000])
def test_a_page_deeper_than_browsers_allow_is_an_error(pages, depth):
    with pytest.raises(MorphError, match="more than 509 elements deep"):
        simulate(*pages("<div>" * depth))


@SIDES
def test_a_page_as_deep_as_browsers_allow_can_be_patched(pages):
    assert simulate(*pages("<div>" * 507)).exception is None


@pytest.mark.parametrize("text", ["", "plain text", "<", "</p>", "\0", "<!doctype>"])
def test_any_text_can_be_patched(text):
    result = simulate(text, "<p id='a'>")

    assert isinstance(result, Simulation)
    assert result.warnings == ("PatchElementsNoTargetsFound: #a",)


def test_the_error_for_a_missing_selector_library_names_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "cssselect2", None)

    with pytest.raises(MissingExtraError, match="cannot find elements by a selector"):
        simulate("<p>", "<p>", mode="append", selector="p")


def test_results_can_be_compared_and_runs_ordered():
    before, after = items(1, 2), items(2, 1)

    assert simulate(before, after) == simulate(before, after)
    assert Run(PatchedNode("a", "a", "/0", None), "data-init", 1) < Run(
        PatchedNode("b", "b", "/1", None), "data-init", 1
    )


# Pairs of pages with a number of elements, each of which makes a careless algorithm slow.
SHOWN = {
    # options before, options after, what the select shows, and whether the browser has copied it
    "another is selected": ("A|B", "A|*B", "B", True),
    "it is selected before its text changes": ("*A|B", "A2|*<b>B2</b>", "B", True),
    "the selected one is not any more": ("A|*B", "A|B", "A", True),
    "its text changes": ("A|B", "A2|B", "A2", False),
    "one comes before it": ("a:A|b:B", "n:N|a:A|b:B", "N", False),
    "one that is selected comes": ("a:A", "a:A|*n:N", "N", True),
    "it goes": ("a:A|b:B", "b:B2", "B2", True),
    "it moves": ("a:A|b:B|c:C", "b:B|c:C|a:A", "A", True),
    "another one moves": ("*a:A|b:B|c:C", "*a:A|c:C|b:B", "A", False),
    "all are replaced": ("a:A|b:B", "x:X|y:Y", "X", True),
}


@pytest.mark.parametrize("case", SHOWN)
def test_a_select_shows_a_copy_of_the_option_that_was_chosen_as_browsers_do(case):
    before, after, shown, is_copied = SHOWN[case]

    result = simulate(select(before), select(after))

    [text] = [node for node in result.nodes if node.after == "/0/0/0/0"]
    assert f"<selectedcontent>{shown}</selectedcontent>" in result.html
    assert (text in result.created) is is_copied


def test_a_select_of_several_options_shows_none():
    before, after = (select(text).replace("<select ", "<select multiple ") for text in ("*A", "*B"))

    result = simulate(before, after)

    assert "<selectedcontent></selectedcontent>" in result.html


def select(options: str) -> str:
    """Return a select with its options: `*` marks a selected one, and `a:` gives an id."""
    written = [
        f"<option id={text[: text.find(':')]}" * (":" in text)
        + "<option" * (":" not in text)
        + " selected" * option.startswith("*")
        + f">{text.rpartition(':')[2]}</option>"
        for option in options.split("|")
        for text in [option.removeprefix("*")]
    ]
    shown = "<button><selectedcontent></selectedcontent></button>"
    return f"<select id=s>{shown}{''.join(written)}</select>"


SLOW_PAIRS = {
    "reversed rows": lambda n: (items(*range(n)), items(*reversed(range(n)))),
    "other tags": lambda n: ("<p id='a'>" + "<i>1</i>" * n, "<p id='a'>" + "<b>1</b>" * n),
    "other ids": lambda n: (items(*range(n)), items(*range(n, 2 * n))),
    "no ids": lambda n: ("<p id='a'>" + "<b>1</b>" * n, "<p id='a'>" + "<b>2</b>" * (n + 1)),
    "double ids": lambda n: (
        "<p id='a'>" + "<b id='x'>1</b>" * n,
        "<p id='a'>" + "<b id='x'>1</b><i id='x'></i>" * n,
    ),
    "deep rows": lambda n: (
        "<div id='a'>" + "<div>" * 200 + items(*range(n)),
        "<div id='a'>" + "<div>" * 201 + items(*reversed(range(n))),
    ),
    "targets": lambda n: (
        "".join(f"<p id='p{key}'>1</p>" for key in range(n)),
        "".join(f"<p id='p{key}'>2</p>" for key in range(n)),
    ),
    "wrapped": lambda n: (
        "<div id='a'>" + "".join(f"<b id='b{key}'></b>" for key in range(n)),
        "<div id='a'>" + "".join(f"<p><b id='b{key}'></b></p>" for key in range(n)),
    ),
    "scripts": lambda n: ("<p id='a'>", "<p id='a'>" + "<b><script>1</script></b>" * n),
    "templates": lambda n: (
        "<p id='a'>" + "<template>1</template>" * n,
        "<p id='a'>" + "<template>2</template>" * n,
    ),
    "form": lambda n: (
        "<form id='a'>" + "<input name='x'>" * n,
        "<form id='a'>" + "<input name='y'>" * n + "<b>",
    ),
    "forms": lambda n: (
        "<p id='a'>" + "<form><input></form>" * n,
        "<p id='a'>" + "<form><input><b></b></form>" * n,
    ),
    "twins outside": lambda n: (
        "<b id='x'></b>" * n + "<p id='a'>" + "<i id='x'></i>" * n,
        "<p id='a'>" + "<b id='x'></b>" * n,
    ),
}


@pytest.mark.slow("simulates large pages")
@pytest.mark.parametrize("name", SLOW_PAIRS)
def test_the_work_grows_linearly_with_the_page(name):
    pair = SLOW_PAIRS[name]

    few, many = (count_steps(*pair(n)) for n in (100, 200))

    assert many < 2.3 * few


def count_steps(before: str, after: str) -> int:
    """Return the number of lines of Python that a simulation executes."""
    steps = 0

    def count(*_: object) -> object:
        nonlocal steps
        steps += 1
        return count

    sys.settrace(count)
    try:
        simulate(before, after)
    finally:
        sys.settrace(None)
    return steps
