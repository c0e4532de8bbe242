"""The two engines have the same results for all calls: values, types, errors and texts."""

from decimal import Decimal
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from markupsafe import Markup

from core.liars import LAZIES, PROXIES, RECORDS, claims
from core.outcomes import (
    HEAD,
    LASTS,
    LINE,
    LYING_NUMBERS,
    LYING_TEXTS,
    ODD_ITERATORS,
    STRANGE,
    TEMPLATE_TEXTS,
    attempt,
    described,
    html_answers,
    lies,
    make,
    outcome,
)
from core.shortened import SHORTENED
from core.threads import THREADS, outcomes_of_threads, unclear_outcomes
from fatmorph.markup._lines import event_bytes

PYTHON = import_module("fatmorph.markup._core_py")
C = import_module("fatmorph.markup._core_c")


def named(name, strategy):
    """Return the strategy under a name, so that strategies made from it have a short repr."""

    def drawn(draw):
        return draw(strategy)

    drawn.__name__ = name
    return st.composite(drawn)()


NASTY = st.sampled_from(
    (
        *("", "&", "<", ">", '"', "'", "\n", "\r", "\r\n", "\0", "\ud800", "\udc00", "\u2028"),
        *("</script", "</SCRIPT >", "<!--", "-->", "--", "</body>", "&amp;", "&lt", "é", "🙂"),
        *("</noscript>", "</Style ", "</title>"),
        *("x" * 260, "é" * 90, "javascript:alert(1)", " JAVA\tSCRIPT:x", "data:text/html,x"),
    )
)
TEXT = named("text", st.lists(NASTY | st.text(max_size=9), max_size=6).map("".join))
TAGS = (
    *("div", "p", "pre", "textarea", "listing", "script", "style", "title", "br", "img", "html"),
    *("DIV", "my-widget", "a", "svg", "i", "noscript", "select", "template", "col", "xmp"),
    "iframe",
)
FOREIGN = (
    *("svg", "g", "foreignObject", "desc", "title", "style", "script", "a", "math", "mi"),
    *("mglyph", "annotation-xml", "textarea", "NOSCRIPT", "x-y"),
)
NAMES = (
    *("id", "class", "style", "href", "src", "hidden", "aria-label", "draggable", "viewbox"),
    *("from", "values", "title", "data-x", "data-Ä", "CLASS", "on:click", "colspan"),
    *("nonce", "data-nonce", "data-preserve-attr", "srcdoc", "data-text", "label"),
)
LIES = st.sampled_from([*lies(PYTHON, ())])
HTML_ANSWERS = st.sampled_from([*html_answers(PYTHON, ())])
TAG = named("tag", st.sampled_from(TAGS))
FOREIGN_TAG = named("foreign_tag", st.sampled_from(FOREIGN))
NAME = named("name", st.sampled_from(NAMES))
KEYWORD = NAME | st.sampled_from(("class_", "for_", "data_on_click", "_", "a b", "", "viewBox"))

TEXT_CALL = TEXT.map(lambda text: ("value", text))
PLAIN = TEXT_CALL | st.sampled_from([None, True, False, 0, 7, -1, 2.5]).map(lambda v: ("value", v))
STRANGE = named(
    "strange",
    st.one_of(
        TEXT.map(lambda text: ("value", Markup(text))),
        TEXT.map(lambda text: ("broken text", text)),
        st.integers().map(lambda number: ("broken number", number)),
        st.floats().map(lambda number: ("value", number)),
        st.decimals().map(lambda number: ("value", Decimal(number))),
        st.sampled_from([b"x", 1j, object, NotImplemented, ...]).map(lambda v: ("value", v)),
        st.just(("broken html",)),
        st.just(("huge number", 5000)),
        TAG.map(lambda name: ("tag", name)),
        st.tuples(
            st.just("claiming"),
            st.sampled_from([*claims(PYTHON)]),
            st.sampled_from(["", "items", "text"]),
        ),
        st.tuples(st.just("lying text"), st.sampled_from([*LYING_TEXTS]), TEXT),
        st.tuples(st.just("lying number"), st.sampled_from([*LYING_NUMBERS]), st.integers(0, 9)),
        st.tuples(st.just("strange"), st.sampled_from([*STRANGE])),
        st.tuples(st.just("lazy"), st.sampled_from([*LAZIES]), TEXT_CALL),
    ),
)


# Mostly valid values: a tree with one error shows only that error.
VALUE = st.deferred(lambda: st.one_of(*[TEXT_CALL] * 6, *[PLAIN] * 4, STRANGE, CONTAINER))
ITEMS = st.lists(VALUE, max_size=3).map(tuple)


def pairs(values, names=NAME):
    return st.lists(st.tuples(names, values), max_size=3, unique_by=lambda pair: pair[0]).map(tuple)


KEY = NAME.map(lambda name: ("value", name))
ANY_KEY = st.one_of(
    KEY,
    TEXT.map(lambda name: ("broken text", name)),
    st.tuples(st.just("lying text"), st.sampled_from([*LYING_TEXTS]), NAME),
    KEY.map(lambda key: ("proxy", "", key)),
)
OPTION = st.sampled_from(["prevent", "delay", "retry", "if_missing", "case", "include"])
SHORTENED_CALL = named(
    "shortened",
    st.tuples(
        st.just("shortened"),
        st.sampled_from([*SHORTENED]),
        st.lists(st.deferred(lambda: TEXT_CALL | VALUE | MAPPING), min_size=1, max_size=2).map(
            tuple
        ),
        pairs(PLAIN, OPTION),
    ),
)
MAPPING = named(
    "mapping",
    st.one_of(
        st.tuples(st.just("dict"), pairs(TEXT_CALL, KEY)),
        st.tuples(st.just("attrs"), pairs(PLAIN, KEY)),
        SHORTENED_CALL,
        st.tuples(st.sampled_from(["dict", "changing dict"]), pairs(VALUE, ANY_KEY)),
        st.tuples(st.just("mapping"), pairs(VALUE, ANY_KEY), st.integers(-1, 3)),
        st.tuples(st.just("html mapping"), pairs(VALUE, KEY), VALUE),
        st.tuples(st.sampled_from(["lying dict", "registered"]), LIES, pairs(VALUE, ANY_KEY)),
        st.tuples(
            st.just("mutating"),
            st.sampled_from(["dict", "list", "class"]),
            st.sampled_from(["fails", "clears", "grows"]),
            pairs(VALUE, KEY),
        ),
    ),
)
ELEMENT = named(
    "element",
    st.tuples(
        st.just("element"),
        TAG,
        st.tuples(st.lists(MAPPING, max_size=2).map(tuple), ITEMS).map(
            lambda parts: sum(parts, ())
        ),
        pairs(PLAIN | VALUE, KEYWORD),
    ),
)
ELEMENTS = st.lists(ELEMENT, max_size=2).map(tuple)
ENDING = st.sampled_from(["", "", "fails", "interrupts", "nests", "uses itself", "spent"])
TEMPLATE_TEXT_TUPLES = st.lists(st.sampled_from(TEMPLATE_TEXTS), min_size=1, max_size=4).map(tuple)
CONTAINER = named(
    "container",
    st.one_of(
        ELEMENT,
        ELEMENT,
        st.tuples(st.sampled_from(["list", "tuple", "map", "fragment", "comment"]), ITEMS),
        st.tuples(st.just("generator"), ITEMS, ENDING),
        st.tuples(st.just("changing list"), ITEMS, st.sampled_from(["pop", "clear", "insert"])),
        st.tuples(st.just("list in itself"), ITEMS),
        st.tuples(st.just("nested"), st.sampled_from([1, 2, 98, 99, 100, 101]), VALUE),
        st.tuples(st.just("deep"), st.integers(1, 300), VALUE),
        st.tuples(st.just("foreign"), FOREIGN_TAG, st.sampled_from(["svg", "mathml"]), ITEMS),
        st.tuples(st.just("foreign"), FOREIGN_TAG, st.just("svg"), st.tuples(ELEMENT)),
        st.tuples(st.just("html"), VALUE),
        st.tuples(st.sampled_from(["frozen", "html of"]), ELEMENT),
        MAPPING,
        st.tuples(st.just("proxy"), st.sampled_from([*PROXIES]), VALUE),
        st.tuples(st.just("lazy"), st.sampled_from([*LAZIES]), VALUE),
        st.tuples(st.just("record"), st.sampled_from([*RECORDS]), ITEMS | ELEMENTS),
        st.tuples(st.just("template string"), TEMPLATE_TEXT_TUPLES, ITEMS),
        st.tuples(st.just("html property"), HTML_ANSWERS, VALUE),
        st.tuples(st.just("odd iterable"), ITEMS, st.sampled_from([*ODD_ITERATORS])),
        st.tuples(st.just("odd iterator"), ITEMS, st.sampled_from([*LASTS])),
        st.tuples(
            st.just("lying keywords"),
            st.sampled_from([*LYING_TEXTS]),
            pairs(PLAIN | VALUE, KEYWORD),
            VALUE,
        ),
    ),
)
ROOT = st.one_of(
    ELEMENT,
    ELEMENT.map(lambda call: ("frozen", call)),
    st.tuples(st.sampled_from(["fragment", "comment"]), ITEMS),
)

# Few words, so that two of the values are often equal or nearly equal.
SMALL = st.recursive(
    st.sampled_from([("value", "a"), ("value", Markup("a")), ("value", "b"), ("value", "")]),
    lambda inner: st.tuples(
        st.just("element"),
        st.sampled_from(["p", "i"]),
        st.lists(inner, max_size=2).map(tuple),
        pairs(st.sampled_from([("value", "a"), ("value", True)]), st.sampled_from("xyz")),
    )
    | st.tuples(st.just("frozen"), st.just(("element", "i", (("value", "a"),), ())))
    | st.tuples(st.just("fragment"), st.lists(inner, max_size=1).map(tuple)),
    max_leaves=6,
)  # fmt: skip


DRAWN = pytest.mark.slow("draws hundreds of examples")


# Large trees are intended, and a slow machine may take long to draw them.
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@DRAWN
@given(ROOT)
def test_a_call_has_the_same_outcome(call):
    assert outcome(C, call) == outcome(PYTHON, call)


# Threads take a hundred times as long as one.
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@DRAWN
@given(ROOT)
def test_a_call_has_the_same_outcome_in_several_threads(call):
    for core in (C, PYTHON):
        assert outcomes_of_threads(core, call) == [outcome(core, call)] * THREADS


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@DRAWN
@given(VALUE)
def test_an_element_is_intact_even_if_its_dict_and_list_change_while_it_is_built(call):
    assert [unclear_outcomes(core, call) for core in (C, PYTHON)] == [[], []]


@DRAWN
@given(SMALL, SMALL)
def test_two_values_have_the_same_equality_and_hashes(one, other):
    def compared(core):
        mine, theirs = make(core, one), make(core, other)
        return mine == theirs, mine != theirs, theirs == mine, len({mine, theirs})

    assert compared(C) == compared(PYTHON)


@DRAWN
@given(st.text(max_size=12) | TAG, st.sampled_from(["html", "svg", "mathml"]))
def test_the_same_tags_are_valid(name, namespace):
    def seen(core):
        tag = core.Tag(name, namespace)
        return tag.name, tag.namespace, repr(tag), core.render(tag("a")), tag == core.Tag(name)

    assert attempt(lambda: seen(C)) == attempt(lambda: seen(PYTHON))


@DRAWN
@given(st.text(max_size=12) | NAME, PLAIN)
def test_the_same_attributes_are_valid_as_keywords_and_in_mappings(name, value):
    written = ("element", "p", (("dict", ((("value", name), value),)),), ())
    keyword = ("element", "p", (), ((name, value),))

    assert outcome(C, written) == outcome(PYTHON, written)
    assert outcome(C, keyword) == outcome(PYTHON, keyword)


@DRAWN
@given(TEXT | TEXT.map(Markup))
def test_text_is_escaped_in_the_same_way(text):
    for name in ("escape_text", "escape_attribute"):
        escaped = [getattr(core, name)(text) for core in (C, PYTHON)]

        assert [(type(value), value) for value in escaped] == [(str, escaped[1])] * 2


@pytest.mark.parametrize("special", ["&", "<", ">", '"', "\n", "\r", "\t", "é"])
@pytest.mark.parametrize("length", [*range(1, 36), 63, 64, 65])
def test_a_special_character_is_found_at_every_position(special, length):
    texts = ["x" * before + special + "x" * (length - before - 1) for before in range(length)]

    pages = [
        [core.render_event(core.Tag("p")(text, title=text), HEAD, LINE) for text in texts]
        for core in (C, PYTHON)
    ]

    assert pages[0] == pages[1]


LINES = st.lists(st.sampled_from(["\r", "\n", "\r\n", "a", "<é>", "", "🙂"]), max_size=6).map(
    "".join
)
IN_LINES = st.recursive(
    LINES.map(lambda text: ("value", text)) | LINES.map(lambda text: ("value", Markup(text))),
    lambda inner: st.one_of(
        st.tuples(
            st.just("element"),
            st.sampled_from(["p", "pre", "i"]),
            st.lists(inner, max_size=4).map(tuple),
            pairs(LINES.map(lambda text: ("value", text)), st.sampled_from(["title", "id"])),
        ),
        inner.map(lambda call: ("frozen", ("element", "b", (call,), ()))),
    ),
    max_leaves=12,
)


@DRAWN
@given(st.lists(IN_LINES, max_size=4).map(tuple), st.binary(max_size=9), st.binary(max_size=9))
def test_an_event_has_the_lines_of_the_rendered_html(items, head, line):
    for core in (C, PYTHON):
        node = core.FRAGMENT([make(core, item) for item in items])

        event = core.render_event(node, head, line)

        assert event == event_bytes(head, line, core.render_bytes(node))


@pytest.mark.parametrize(
    ("html", "event"),
    [
        ("", b"event: page\n\n"),
        ("\n", b"event: page\ndata: elements \ndata: elements \n\n"),
        ("a\r", b"event: page\ndata: elements a\ndata: elements \n\n"),
        (
            "a\r\nb\rc\n",
            b"event: page\n" + LINE + b"a\n" + LINE + b"b\n" + LINE + b"c\n" + LINE + b"\n\n",
        ),
        ("\n\r", b"event: page\n" + (LINE + b"\n") * 3 + b"\n"),
    ],
)  # fmt: skip
def test_each_line_of_an_event_has_its_field(core, html, event):
    assert core.render_event(core.FRAGMENT(Markup(html)), HEAD, LINE) == event


def test_a_line_end_can_begin_in_one_child_and_end_in_the_next(core):
    node = core.Tag("p")("a\r", Markup("\nb"), core.frozen(core.Tag("i")("\n")), "\r", "\n")

    event = core.render_event(node, b"", b"> ")

    assert event == b"> <p>a\n> b<i>\n> </i>\n> </p>\n\n"


DEEP = ("deep", 5_000, ("value", "a\r"))
HOSTILE = {
    "many attributes": ("element", "p", (("dict", tuple(
        (("value", f"a{n}"), ("value", f"{n}")) for n in range(500))),), ()),
    "many keywords": ("element", "p", (), tuple((f"a{n}", ("value", n)) for n in range(300))),
    "many children": ("element", "p", (("tuple", (("value", "a"),) * 5000),), ()),
    "a deep tree": DEEP,
    "a deep tree in a frozen one": ("frozen", ("element", "p", (DEEP,), ())),
    "a deep tree with a lone surrogate": ("deep", 500, ("value", "\ud800")),
    "two lone surrogates": ("element", "p", (("value", "\ud83d\ude00"),), ()),
    "a frozen lone surrogate": ("frozen", ("element", "p", (), (("id", ("value", "\udc80")),))),
    "nested as deep as allowed": ("element", "p", (("nested", 100, ("value", "x")),), ()),
    "nested deeper": ("element", "p", (("nested", 101, ("value", "x")),), ()),
    "a generator that never ends": ("element", "p", (("generator", (), "nests"),), ()),
    "a number too long to write": ("element", "p", (("huge number", 5000),), ()),
    "an attribute too long to write": ("element", "p", (), (("id", ("huge number", 5000)),)),
    "an element as an attribute": (
        "element", "p", (), (("id", ("frozen", ("element", "i", (), ()))),)),
    "a fragment as an attribute": ("element", "p", (), (("id", ("fragment", ())),)),
    "class twice": ("element", "p", (("dict", ((("value", "class"), ("value", "a")),)),),
                    (("class_", ("list", (("value", "b"),))),)),
    "an attribute taken back": ("element", "p", (("dict", ((("value", "id"), ("value", "a")),)),),
                                (("id", ("value", None)),)),
    "an attribute and its other spelling": ("element", "p", (), (
        ("data_x", ("value", "a")), ("data-x", ("value", 7)), ("title", ("value", "b")))),
}  # fmt: skip


@pytest.mark.parametrize("call", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_call_has_the_same_outcome(call):
    assert outcome(C, call) == outcome(PYTHON, call)


def test_a_tree_of_one_engine_is_not_a_child_for_the_other():
    errors = [
        attempt(lambda mine=mine, theirs=theirs: mine.Tag("p")(theirs.Tag("i")))
        for mine, theirs in ((C, PYTHON), (PYTHON, C))
    ]

    assert errors[0] == errors[1]
    assert described(C, C.Tag("p")(PYTHON.Tag("i")("a"))) == described(
        PYTHON, PYTHON.Tag("p")(C.Tag("i")("a"))
    )
