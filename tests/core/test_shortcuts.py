"""Shortcuts have the results of their functions, for all arguments, and keep no user's text."""

import copy
import gc
import inspect
import pickle
import sys
import tracemalloc
import weakref
from datetime import date
from decimal import Decimal
from functools import update_wrapper
from itertools import count

import pytest
from hypothesis import given, settings, strategies as st
from markupsafe import Markup

from core.liars import Claiming
from core.shortened import SHORTENED, reference, short
from fatmorph import Signal, Signals, at, data, dom_id, signal
from fatmorph.datastar._attributes.appearance import HARMLESS
from fatmorph.datastar._attributes.sinks import url_guard
from fatmorph.markup._attributes import Attrs
from fatmorph.markup.escape import JSExpression

FUNCTIONS = [*SHORTENED]
NOISE_BYTES = 100_000


class Board(Signals):
    query: Signal[str] = signal("")


class Text(str):
    __slots__ = ()


PIECES = (
    *("", " ", "\n", "\t", "$a", "; ", "//", "/", "https://x", "/rows/7", "?a=1&b='x'", "@get("),
    *(
        "${x}",
        "{",
        "}",
        ",",
        "let ",
        "return ",
        "if(",
        "dot",
        "http",
        "javascript:",
        ":",
        "#",
        "\\",
    ),
    *(
        "é",
        "\ud800",
        "\U0001f595",
        "\u2028",
        "\xa0",
        "\x7f",
        "__proto__",
        "constructor",
        "toString",
    ),
    *(
        "x" * 300,
        "a.b",
        "toString.a",
        "-",
        "_",
        "7",
        '"',
        "<",
        "`",
        "'",
        "\0",
        "on",
        "data",
        "myEvent",
    ),
)
TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=4).map("".join)
NAME = (
    st.sampled_from(["click", "my-event", "disabled", "href", "aria-label", "a b", "rows"]) | TEXT
)
SCALAR = st.one_of(
    TEXT,
    TEXT,
    st.integers(),
    st.floats(),
    st.sampled_from([None, True, False, 2**53, -7, 0, Board.query, b"x", date(2030, 1, 2)]),
    st.sampled_from([Markup("$a"), Text("$a"), Decimal("1.5"), ("a", 1), object]),
    st.just(5000).map(lambda digits: 10**digits),
    TEXT.filter(str.strip).map(JSExpression),
)
ARGUMENT = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3),
    max_leaves=6,
) | st.dictionaries(NAME, TEXT, max_size=3)
OPTIONS = st.dictionaries(
    st.sampled_from(
        (
            *("prevent", "once", "passive", "window", "outside", "delay", "debounce", "throttle"),
            *("case", "retry", "content_type", "include", "headers", "payload", "if_missing"),
            *("half", "threshold", "duration", "leading", "event", "prop", "expression", "url"),
        )
    ),
    st.sampled_from(
        (
            *(True, False, None, 0, 1, 1.0, 25, "300ms", "0.3s", ("300ms", "leading"), "camel"),
            *("form", "error", "^a", "valueAsNumber", {"X-A": "b"}, {}, ("300ms", ["leading"])),
        )
    )
    | TEXT,
    max_size=2,
)


def answer(function, args, options):
    """Return all that a caller can see of a call."""
    try:
        result = function(*args, **options)
    except (TypeError, ValueError, RecursionError) as error:
        return type(error), str(error)
    if type(result) is Attrs:
        return [(name, type(text), text) for name, text in result.items()]
    return type(result), result


@settings(max_examples=600)
@given(
    name=st.sampled_from(FUNCTIONS),
    subject=st.lists(NAME | ARGUMENT, max_size=1),
    texts=st.lists(ARGUMENT, min_size=1, max_size=2),
    options=st.just({}) | OPTIONS,
)
def test_a_shortcut_has_the_results_of_its_function(
    engine_modules, name, subject, texts, options
) -> None:
    calls = [[*subject, text] for text in (*texts, *texts)]

    expected = [answer(reference(name), args, options) for args in calls]

    for core in engine_modules:
        assert [answer(short(core, name), args, options) for args in calls] == expected


@pytest.mark.parametrize(
    ("name", "args", "options"),
    [
        ("at.post", ["/a?b='c'&d={e}\n"], {}),
        ("at.post", ["?page=2"], {"retry": "never"}),
        ("at.post", ["//elsewhere/a"], {"content_type": "form"}),
        ("at.post", ["rows:7"], {"content_type": "form"}),
        ("at.subscribe", ["/subscribe"], {}),
        ("data.on", ["click", "a"], {"debounce": ("300ms", "leading")}),
        ("data.on", ["click", "http://a"], {}),
        ("data.on", ["click", "\xa0"], {"prevent": True}),
        ("data.on_interval", ["a"], {"duration": 1}),
        ("data.on_interval", ["a"], {"duration": True}),
        ("data.show", [Claiming(None)], {"prevent": True}),
        ("data.text", ["continue"], {}),
        ("data.text", ["continued"], {}),
        ("data.text", ["$a / 2 // half"], {}),
        ("data.bind", ["__proto__"], {}),
        ("data.bind", ["rows.__proto__"], {}),
        ("data.bind", ["rows.toString.a"], {}),
        ("data.bind", ["_rows.r7.toString"], {}),
        ("data.bind", ["rows..a"], {}),
        ("data.bind", ["rows.a\0"], {}),
        ("data.bind", [".a"], {}),
        ("data.signals", [{"a": {"toString": {}}}], {}),
        ("data.signals", [{"a": [{"toString": {}}], "String": {}}], {}),
        ("data.signals", [{"a": None}], {"if_missing": True}),
        ("data.signals", [{"a": 2**53 - 1, "b": -(2**53), "c": 1e999}], {}),
        ("data.class_", [{"a b": "$a, $b", "c-d": "{}"}], {}),
        ("data.attr", [{"href": "$a"}], {}),
        ("data.attr", [{"title": "return 1"}], {}),
        ("dom_id", ["a-b_c", -7, "", "é", 10**30], {}),
        ("dom_id", ["7", True], {}),
        ("dom_id", [], {}),
    ],
)
def test_a_call_at_the_edge_has_the_result_of_the_function(core, name, args, options):
    expected = answer(reference(name), args, options)

    assert [answer(short(core, name), args, options) for _ in range(3)] == [expected] * 3


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("at.post", ["/a"]),
        ("data.on", ["click", "a"]),
        ("data.init", ["a"]),
        ("data.show", ["$a"]),
        ("data.show", [Board.query]),
        ("data.bind", ["a"]),
        ("data.bind", ["_rows.r7.is_done"]),
        ("data.attr", [{"title": "$a"}]),
    ],
)
def test_a_plain_call_asks_its_function_once(core, name, args):
    kind, _ = SHORTENED[name]
    asked = []
    function = reference(name)
    shortcut = core.shortcut(kind, lambda *args: asked.append(args) or function(*args))

    for _ in range(3):
        shortcut(*args)

    assert len(asked) == 1


def test_options_that_a_developer_writes_are_asked_for_once(core):
    asked = []
    shortcut = core.shortcut(
        "event", lambda *args, **options: asked.append(args) or data.on(*args, **options)
    )

    for number in range(3):
        shortcut("click", f"$n = {number}", prevent=True, debounce=("300ms", "leading"))

    assert len(asked) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda core, text: short(core, "at.post")(f"/{text}"),
        lambda core, text: short(core, "at.post")("/", include=text),
        lambda core, text: short(core, "data.on")("click", f"$n = {text}"),
        lambda core, text: short(core, "data.signals")({"a": text}),
        lambda core, text: short(core, "data.class_")({text: text}),
        lambda core, text: short(core, "dom_id")(text),
    ],
    ids=["a URL", "an option", "an expression", "a signal", "a class", "an id"],
)
def test_a_text_of_a_user_is_not_kept(core, call):
    texts = [f"{number}ms" for number in range(1000, 1040)]
    before = [sys.getrefcount(text) for text in texts]

    for index in range(80):
        call(core, texts[index % 40])

    assert [sys.getrefcount(text) for text in texts] == before


def test_the_address_of_a_freed_option_is_not_taken_for_another_one(core):
    on = short(core, "data.on")

    results = [dict(on("click", "a", delay=f"{n}00ms")) for n in range(1, 200)]

    assert results == [{f"data-on:click__delay.{n}00ms": "a"} for n in range(1, 200)]


# The Python engine under a sanitizer takes a minute for a million.
TIMES = {"fatmorph.markup._core_c": 1_000_000, "fatmorph.markup._core_py": 100_000}


@pytest.mark.slow("makes a million calls")
def test_a_million_calls_with_new_values_leave_no_memory(core):
    numbers = count()
    calls = [
        lambda n: short(core, "at.post")(f"/paint/{n}"),
        lambda n: short(core, "at.post")(f"/paint/{n}?a='&'", retry="never"),
        lambda n: short(core, "data.on")("click", f"$n = {n}", once=True),
        lambda n: short(core, "data.on")("click", f"$n = {n}"),
        lambda n: short(core, "data.show")(f"$n > {n}"),
        lambda n: short(core, "data.bind")(f"rows.r{n}"),
        lambda n: short(core, "data.attr")({"title": f"$row_{n}"}),
        lambda n: short(core, "dom_id")("tile", n, f"{n}"),
        lambda n: core.Tag("i")(short(core, "data.on")("click", f"{n}"), class_={f"c{n}": True}),
        lambda n: core.Tag("i")(style={"width": f"{n}px"}),
    ]

    def repeat(times):
        for call in calls:
            for _ in range(times // len(calls)):
                call(next(numbers))

    repeat(1000)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    repeat(TIMES[core.__name__])
    tracemalloc.start()
    repeat(1000)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert grown < NOISE_BYTES


@pytest.fixture
def shortcut(core):
    """Return a shortcut with the attributes of its function."""
    function = reference("data.on")
    made = core.shortcut("event", function)
    return update_wrapper(made, function)


def test_a_shortcut_looks_like_its_function(shortcut):
    function = reference("data.on")

    seen = (shortcut.__name__, shortcut.__module__, shortcut.__doc__, inspect.signature(shortcut))

    assert seen == ("on", function.__module__, function.__doc__, inspect.signature(function))
    assert inspect.isroutine(shortcut)
    assert repr(shortcut).startswith("<function on at ")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_with_a_shortcut_can_be_pickled_and_copied(name):
    function = SHORTENED[name][1]

    copies = [pickle.loads(pickle.dumps(function)), copy.copy(function), copy.deepcopy(function)]

    assert copies == [function] * 3


def test_a_shortcut_in_a_class_is_a_method(shortcut):
    kind = type("Page", (), {"on": shortcut})

    with pytest.raises(TypeError, match=r"on\(\) takes 2 positional arguments but 3 were given"):
        kind().on("click", "a")
    assert kind.on("click", "a") == {"data-on:click": "a"}


def test_a_shortcut_can_be_referred_to_weakly(core):
    made = core.shortcut("value", lambda text: Attrs({"data-text": text}))
    reference = weakref.ref(made)

    del made
    gc.collect()

    assert reference() is None


def test_a_cycle_through_a_shortcut_is_collected(core):
    class Holder:
        def __call__(self, text):
            return Attrs({"data-text": text})

    holder = Holder()
    holder.made = core.shortcut("value", holder)
    reference = weakref.ref(holder)

    del holder
    gc.collect()

    assert reference() is None


def test_attributes_of_a_shortcut_are_like_others(core):
    on = short(core, "data.on")
    plain = Attrs({"data-on:click": "$n++"})

    made = [on("click", "$n++") for _ in range(2)]

    assert made == [plain, plain]
    assert {hash(each) for each in made} == {hash(plain)}
    assert [repr(each) for each in made] == [repr(plain)] * 2
    assert [pickle.loads(pickle.dumps(each)) for each in made] == [plain] * 2
    assert made[1] | {"id": "a"} == {"data-on:click": "$n++", "id": "a"}
    assert {"id": "a"} | made[1] == {"id": "a", "data-on:click": "$n++"}


def test_attributes_of_a_shortcut_join_the_others_of_an_element(core):
    on = short(core, "data.on")
    on("click", "a")

    element = core.Tag("p")({"id": "a"}, on("click", "b"), on("keydown", "c"), class_={"d": True})

    assert core.render(element) == (
        '<p id="a" data-on:click="b" data-on:keydown="c" class="d"></p>'
    )


def test_attributes_of_a_shortcut_do_not_replace_code(core):
    on = short(core, "data.on")
    on("click", "a")

    with pytest.raises(ValueError, match="cannot write data-on:click twice"):
        core.Tag("p")(on("click", "b"), on("click", "c"))


def test_a_harmless_attribute_has_no_guard():
    assert {url_guard(name, "data.attr") for name in HARMLESS} == {""}


def test_the_functions_in_use_are_shortened():
    assert dom_id("cell", 7) == "cell-7"
    assert at.post("/a") == "@post('/a')"
