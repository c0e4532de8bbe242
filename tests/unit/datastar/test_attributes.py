"""Every attribute of Datastar, as HTML writes it, and every mistake that is refused."""

from dataclasses import dataclass, field
from enum import Enum

import msgspec
import pytest
from datastar_py.attributes import JSExpression

from fatmorph import data
from fatmorph.errors import DatastarError
from fatmorph.markup._attributes import Attrs


@dataclass
class Cart:
    items: list[str] = field(default_factory=list)
    total: float = 0.0


class User(msgspec.Struct):
    name: str
    cart: Cart


class Name(str, Enum):  # noqa: UP042 - other than a StrEnum it has another text when formatted
    ACTIVE = "active"


SPELLINGS = [
    (data.attr({"disabled": "$busy"}), {"data-attr": "{disabled: $busy}"}),
    (
        data.attr({"aria-label": "$a, $b", "title": "$t;"}),
        {"data-attr": "{'aria-label': ($a, $b), title: $t}"},
    ),
    (data.bind("user_name"), {"data-bind": "user_name"}),
    (data.bind("user.first-name"), {"data-bind": "user.first-name"}),
    (data.bind("a__b"), {"data-bind": "a__b"}),
    (data.bind("on", prop="checked"), {"data-bind__prop.checked": "on"}),
    (data.bind("n", prop="valueAsNumber"), {"data-bind__prop.value-as-number": "n"}),
    (data.bind("n", event="change"), {"data-bind__event.change": "n"}),
    (data.bind("n", event=["input", "blur"]), {"data-bind__event.input.blur": "n"}),
    (
        data.bind("n", prop="value", event=("input", "blur")),
        {"data-bind__prop.value__event.input.blur": "n"},
    ),
    (data.class_({"active": "$on"}), {"data-class": "{active: $on}"}),
    (data.class_({Name.ACTIVE: "$on2"}), {"data-class": "{active: $on2}"}),
    (data.signals({Name.ACTIVE: Name.ACTIVE}), {"data-signals": "{active: 'active'}"}),
    (
        data.class_({"w-1/2 hover:Bold": "$on", "block__part": "!$on"}),
        {"data-class": r"{'w-1\x2f2 hover:Bold': $on, block__part: !$on}"},
    ),
    (data.class_({"$a": "$on"}), {"data-class": r"{'\x24a': $on}"}),
    (data.class_({}), {"data-class": "{}"}),
    (data.computed({"total": "$a + $b"}), {"data-computed:total": "$a + $b"}),
    (
        data.computed({"full_name": "$f", "isFree": "$p === 0", "cart.total": "1"}),
        {
            "data-computed:full_name": "$f",
            "data-computed:is-free": "$p === 0",
            "data-computed:cart.total": "1",
        },
    ),
    (data.computed({"a-b": "1"}), {"data-computed:a-b__case.kebab": "1"}),
    (data.computed({"a__b": "1"}), {"data-computed:a--b__case.snake": "1"}),
    (data.computed({"Total": "1"}), {"data-computed:total__case.pascal": "1"}),
    (
        data.computed({"total": "let t = $a; t * 2"}),
        {"data-computed:total": "let t = $a; t * 2"},
    ),
    (data.effect("document.title = $t"), {"data-effect": "document.title = $t"}),
    (data.ignore(), {"data-ignore": True}),
    (data.ignore(self_only=True), {"data-ignore__self": True}),
    (data.ignore_morph(), {"data-ignore-morph": True}),
    (data.indicator("saving"), {"data-indicator": "saving"}),
    (data.init("@get('/')"), {"data-init": "@get('/')"}),
    (data.init(JSExpression("$n = 1")), {"data-init": "$n = 1"}),
    (data.init("$n = 1", delay=500), {"data-init__delay.500ms": "$n = 1"}),
    (
        data.init("$n = 1", delay="1s", view_transition=True),
        {"data-init__delay.1s__viewtransition": "$n = 1"},
    ),
    (data.json_signals(), {"data-json-signals": True}),
    (data.json_signals(terse=True), {"data-json-signals__terse": True}),
    (
        data.json_signals(include="^cart", exclude=JSExpression("/x/i")),
        {"data-json-signals": "{include: /^cart/, exclude: /x/i}"},
    ),
    (data.on("click", "$n++"), {"data-on:click": "$n++"}),
    (data.on("click", "if ($a) { $b = 1 }"), {"data-on:click": "if ($a) { $b = 1 }"}),
    (data.on("myEvent", "1"), {"data-on:my-event__case.camel": "1"}),
    (data.on("MyEvent", "1"), {"data-on:my-event__case.pascal": "1"}),
    (data.on("my__event", "1"), {"data-on:my--event__case.snake": "1"}),
    (data.on("DOMContentLoaded", "1"), {"data-on:d-o-m-content-loaded__case.pascal": "1"}),
    (data.on("htmx:load.now", "1"), {"data-on:htmx:load.now": "1"}),
    (data.on("my-event", "1", case="camel"), {"data-on:my-event__case.camel": "1"}),
    (data.on("my-event", "1", case="kebab"), {"data-on:my-event": "1"}),
    (data.on("keydown", "1", window=True), {"data-on:keydown__window": "1"}),
    (data.on("keydown", "1", document=True), {"data-on:keydown__document": "1"}),
    (data.on("click", "1", outside=True), {"data-on:click__outside": "1"}),
    (data.on("click", "1", prevent=True, stop=True), {"data-on:click__prevent__stop": "1"}),
    (data.on("click", "1", once=True, capture=True), {"data-on:click__once__capture": "1"}),
    (data.on("wheel", "1", passive=True), {"data-on:wheel__passive": "1"}),
    (data.on("input", "1", debounce="300ms"), {"data-on:input__debounce.300ms": "1"}),
    (data.on("input", "1", debounce=300), {"data-on:input__debounce.300ms": "1"}),
    (data.on("input", "1", debounce="300"), {"data-on:input__debounce.300ms": "1"}),
    (
        data.on("input", "1", debounce=("300ms", "leading")),
        {"data-on:input__debounce.300ms.leading": "1"},
    ),
    (
        data.on("input", "1", debounce=(300, "leading", "notrailing")),
        {"data-on:input__debounce.300ms.leading.notrailing": "1"},
    ),
    (data.on("scroll", "1", throttle="1s"), {"data-on:scroll__throttle.1s": "1"}),
    (
        data.on("scroll", "1", throttle=("1s", "trailing")),
        {"data-on:scroll__throttle.1s.trailing": "1"},
    ),
    (
        data.on("scroll", "1", throttle=("1s", "noleading", "trailing")),
        {"data-on:scroll__throttle.1s.noleading.trailing": "1"},
    ),
    (
        data.on("click", "1", delay=5, debounce=6, throttle=7, view_transition=True),
        {"data-on:click__delay.5ms__debounce.6ms__throttle.7ms__viewtransition": "1"},
    ),
    (data.on_intersect("1"), {"data-on-intersect": "1"}),
    (data.on_intersect("1", once=True, full=True), {"data-on-intersect__once__full": "1"}),
    (data.on_intersect("1", exit=True, half=True), {"data-on-intersect__exit__half": "1"}),
    (data.on_intersect("1", threshold=25), {"data-on-intersect__threshold.25": "1"}),
    (
        data.on_intersect("1", delay=1, debounce=2, throttle=3, view_transition=True),
        {"data-on-intersect__delay.1ms__debounce.2ms__throttle.3ms__viewtransition": "1"},
    ),
    (data.on_interval("1"), {"data-on-interval__duration.1s": "1"}),
    (
        data.on_interval("1", duration="500ms", leading=True, view_transition=True),
        {"data-on-interval__duration.500ms.leading__viewtransition": "1"},
    ),
    (data.on_signal_patch("patch"), {"data-on-signal-patch": "patch"}),
    (
        data.on_signal_patch("1", include="^a", exclude="b$", delay=1, debounce=2, throttle=3),
        {
            "data-on-signal-patch__delay.1ms__debounce.2ms__throttle.3ms": "1",
            "data-on-signal-patch-filter": "{include: /^a/, exclude: /b$/}",
        },
    ),
    (data.preserve_attr("open"), {"data-preserve-attr": "open"}),
    (data.preserve_attr("open", "class"), {"data-preserve-attr": "open class"}),
    (data.ref("_canvas"), {"data-ref": "_canvas"}),
    (data.show("$open"), {"data-show": "$open"}),
    (data.signals({"n": 1}), {"data-signals": "{n: 1}"}),
    (
        data.signals({"user_id": "u1"}, if_missing=True),
        {"data-signals__ifmissing": "{user_id: 'u1'}"},
    ),
    (
        data.signals({"a": {"b-c": [None, True, 1.5]}, "now": JSExpression("Date.now()")}),
        {"data-signals": "{a: {'b-c': [null, true, 1.5]}, now: Date.now()}"},
    ),
    (
        data.signals({"top": JSExpression("Math.max($a, 2);"), "half": [JSExpression("$a / 2")]}),
        {"data-signals": "{top: (Math.max($a, 2)), half: [$a / 2]}"},
    ),
    (
        data.signals({"constructor": "a", "races": [{"constructor": {"name": "b"}}]}),
        {"data-signals": "{constructor: 'a', races: [{constructor: {name: 'b'}}]}"},
    ),
    (data.signals({"gone": None}), {"data-signals": "{gone: null}"}),
    (data.signals(Cart(["tea"], 2.5)), {"data-signals": "{items: ['tea'], total: 2.5}"}),
    (
        data.signals(User("Ada", Cart())),
        {"data-signals": "{name: 'Ada', cart: {items: [], total: 0.0}}"},
    ),
    (
        data.signals({"cart": Cart(["tea"])}),
        {"data-signals": "{cart: {items: ['tea'], total: 0.0}}"},
    ),
    (data.style({"color": "$c"}), {"data-style": "{color: $c}"}),
    (
        data.style({"background-color": "$c", "--accent": "$a"}),
        {"data-style": "{'background-color': $c, '--accent': $a}"},
    ),
    (data.style({"--column2": "$n"}), {"data-style:--column2": "$n"}),
    (
        data.style({"--_a": "$n", "color": "$c"}),
        {"data-style": "{color: $c}", "data-style:--_a": "$n"},
    ),
    (data.text("$n"), {"data-text": "$n"}),
    (data.text("return $n"), {"data-text": "return $n"}),
    (data.text("'http://x' + $n"), {"data-text": "'http://x' + $n"}),
    (data.text("// it's\n $n + '.'"), {"data-text": "// it's\n $n + '.'"}),
    (data.text("/a\\/\\/b/.test($n)"), {"data-text": r"/a\/\/b/.test($n)"}),
    (data.text("let half = $n / 2; half + 1"), {"data-text": "let half = $n / 2; half + 1"}),
    (data.text("'a;b' + /;/.source; `;${$n};`;"), {"data-text": "'a;b' + /;/.source; `;${$n};`;"}),
    (
        data.text("if ($a) { $b = 1; } ; /* ; */ $b"),
        {"data-text": "if ($a) { $b = 1; } ; /* ; */ $b"},
    ),
    (
        data.text("let rows = $n.map(x => { let y = x; return y }); rows.length"),
        {"data-text": "let rows = $n.map(x => { let y = x; return y }); rows.length"},
    ),
    (
        data.text("return $n.map(x => { let y = x; return y })"),
        {"data-text": "return $n.map(x => { let y = x; return y })"},
    ),
    (
        data.text("(() => { let n = $n / 2; return n / 3 })()"),
        {"data-text": "(() => { let n = $n / 2; return n / 3 })()"},
    ),
    # After the division, the slashes of the URL would be part of a regular expression.
    (
        data.text("let n = $n / 2; n > 1 && @get('/a/b')"),
        {"data-text": r"let n = $n / 2; n > 1 && @get('\x2fa\x2fb')"},
    ),
    (
        data.attr({"title": "$n / 2 && @get('/a')", "alt": "';'"}),
        {"data-attr": r"{title: $n / 2 && @get('\x2fa'), alt: ';'}"},
    ),
    (data.text("$n / 2 && @get('/a/b')"), {"data-text": "$n / 2 && @get('/a/b')"}),
]

PRO_SPELLINGS = [
    (data.animate("width", "$w"), {"data-animate:width": "$w"}),
    (
        data.animate("r", "50", duration="2s", ease="outsine", delay=10, loop=True, pingpong=True),
        {"data-animate:r__duration.2s__ease.outsine__delay.10ms__loop__pingpong": "50"},
    ),
    (data.custom_validity("$a ? '' : 'no'"), {"data-custom-validity": "$a ? '' : 'no'"}),
    (
        data.match_media("isDark", "prefers-color-scheme: dark"),
        {"data-match-media:is-dark": "'prefers-color-scheme: dark'"},
    ),
    (data.on_raf("1", throttle="16ms"), {"data-on-raf__throttle.16ms": "1"}),
    (
        data.on_resize("1", debounce=50, throttle=60),
        {"data-on-resize__debounce.50ms__throttle.60ms": "1"},
    ),
    (data.persist(), {"data-persist": True}),
    (data.persist("my-key", session=True), {"data-persist:my-key__session": True}),
    (data.persist(include="^a"), {"data-persist": "{include: /^a/}"}),
    (data.query_string(), {"data-query-string": True}),
    (
        data.query_string(filter=True, history=True, exclude="b"),
        {"data-query-string__filter__history": "{exclude: /b/}"},
    ),
    (data.replace_url("`/${$page}`"), {"data-replace-url": "`/${$page}`"}),
    (data.scroll_into_view(), {"data-scroll-into-view": True}),
    (
        data.scroll_into_view(
            behavior="smooth", horizontal="center", vertical="nearest", focus=True
        ),
        {"data-scroll-into-view__smooth__hcenter__vnearest__focus": True},
    ),
    (data.view_transition("'hero'"), {"data-view-transition": "'hero'"}),
]


@pytest.mark.parametrize(("attributes", "written"), SPELLINGS + PRO_SPELLINGS)
def test_an_attribute_is_spelled_as_the_client_reads_it(
    attributes: Attrs, written: dict[str, object]
) -> None:
    assert dict(attributes) == written


# Each refused call with line one of its error.
REFUSALS = [
    (lambda: data.show(""), "cannot write an empty expression"),
    (lambda: data.init(" ; "), "cannot write an empty expression"),
    (lambda: data.text(3), "cannot use int as a Datastar expression"),
    (lambda: data.text("$n // note"), "cannot end an expression with a // comment"),
    (lambda: data.text("let a = 1"), "cannot use the value of the statement 'let a = 1'"),
    (lambda: data.show("$a; if ($b) $c"), "cannot use the value of the statement 'if ($b) $c'"),
    (
        lambda: data.attr({"title": "let a = $a; a"}),
        "cannot put several statements into one value of an object",
    ),
    (lambda: data.text("$a; let b = 1;"), "cannot use the value of the statement 'let b = 1'"),
    (
        lambda: data.text("$a; /* b */ if ($b) $c"),
        "cannot use the value of the statement 'if ($b) $c'",
    ),
    (lambda: data.text("'//' + $n // it's"), "cannot end an expression with a // comment"),
    (lambda: data.show(JSExpression(";")), "cannot write an empty expression"),
    (lambda: data.signals({"a": JSExpression(";")}), "cannot write an empty expression"),
    (
        lambda: data.signals({"a": JSExpression("$b // note")}),
        "cannot end an expression with a // comment",
    ),
    (
        lambda: data.signals({"a": JSExpression("$b; $c")}),
        "cannot put several statements into one value of an object",
    ),
    (
        lambda: data.attr({"title": "'a'; 'b'"}),
        "cannot put several statements into one value of an object",
    ),
    (lambda: data.attr({"a b": "$a"}), "cannot use 'a b' as a name"),
    (lambda: data.attr("$a"), "cannot use str as names with expressions"),
    (lambda: data.class_({" ": "$a"}), "cannot use ' ' as a name"),
    (lambda: data.class_({"__proto__": "$a"}), "cannot use '__proto__' as a name"),
    (lambda: data.style({"back color": "$a"}), "cannot use 'back color' as a name"),
    (
        lambda: data.style({"--x__y": "$a"}),
        "cannot write '--x__y' into an attribute's name",
    ),
    (lambda: data.bind("$name"), "cannot use '$name' as the name of a signal"),
    (lambda: data.bind(""), "cannot use '' as the name of a signal"),
    (lambda: data.ref("a b"), "cannot use 'a b' as the name of a signal"),
    (lambda: data.indicator("größe"), "cannot use 'größe' as the name of a signal"),
    (
        lambda: data.bind("constructor.prototype.a"),
        "cannot use 'constructor' as the name of signals",
    ),
    (lambda: data.computed({"toString.a": "1"}), "cannot use 'toString' as the name of signals"),
    (lambda: data.bind("a.__proto__"), "cannot use 'a.__proto__' as the name of a signal"),
    (lambda: data.computed({"a b": "1"}), "cannot use 'a b' as the name of a signal"),
    (lambda: data.computed({"a-B__c": "1"}), "cannot write 'a-B__c' into an attribute's name"),
    (lambda: data.bind("n", prop="x1y"), "cannot write 'x1y' as the name of a property"),
    (lambda: data.bind("n", event=[]), "cannot use '' as a name"),
    (lambda: data.bind("n", event="myEvent"), "cannot use 'myEvent' as a name"),
    (lambda: data.bind("n", event="a.b"), "cannot use 'a.b' as a name"),
    (lambda: data.on("", "1"), "cannot write '' into an attribute's name"),
    (lambda: data.on("a b", "1"), "cannot write 'a b' into an attribute's name"),
    (lambda: data.on("a>b", "1"), "cannot write 'a>b' into an attribute's name"),
    (lambda: data.on("a__B-c", "1"), "cannot write 'a__B-c' into an attribute's name"),
    (lambda: data.on("onclick", "1"), "no event is called 'onclick'"),
    (lambda: data.on("click", ""), "cannot write an empty expression"),
    (
        lambda: data.on("myEvent", "1", case="camel"),
        "cannot write 'myEvent' into an attribute's name",
    ),
    (lambda: data.on("my-event", "1", case="upper"), "no case is called 'upper'"),
    (lambda: data.on("x", "1", window=True, document=True), "cannot combine window and document"),
    (lambda: data.on("x", "1", window=True, outside=True), "cannot combine window and outside"),
    (lambda: data.on("x", "1", passive=True, prevent=True), "cannot combine prevent and passive"),
    (lambda: data.on("x", "1", debounce="0.2s"), "cannot use '0.2s' as a time"),
    (lambda: data.on("x", "1", debounce=0.3), "cannot use 0.3 as a time"),
    (lambda: data.on("x", "1", delay=0), "cannot use '0ms' as a time"),
    (lambda: data.on("x", "1", delay=True), "cannot use True as a time"),
    (lambda: data.on("x", "1", delay=""), "cannot use '' as a time"),
    (lambda: data.on("x", "1", delay="30 days"), "cannot use '30 days' as a time"),
    (lambda: data.on("x", "1", delay="2147484s"), "cannot use '2147484s' as a time"),
    (lambda: data.on("x", "1", debounce=("300ms", "trailing")), "cannot use ('trailing',) as tags"),
    (
        lambda: data.on("x", "1", debounce=("300ms", "notrailing")),
        "cannot use ('notrailing',) as tags",
    ),
    (
        lambda: data.on("x", "1", throttle=("300ms", "noleading")),
        "cannot use ('noleading',) as tags",
    ),
    (lambda: data.on("x", "1", throttle=()), "cannot use None as a time"),
    (lambda: data.on_intersect("1", half=True, full=True), "cannot combine half and full"),
    (lambda: data.on_intersect("1", half=True, threshold=9), "cannot combine half and threshold"),
    (lambda: data.on_intersect("1", threshold=101), "cannot use 101 as a threshold"),
    (lambda: data.on_intersect("1", threshold=0.5), "cannot use 0.5 as a threshold"),
    (lambda: data.on_interval("1", duration="1.5s"), "cannot use '1.5s' as a time"),
    (
        lambda: data.on_signal_patch("1", include="("),
        "cannot write '(' as a JavaScript regular expression",
    ),
    (
        lambda: data.json_signals(include=""),
        "cannot write '' as a JavaScript regular expression",
    ),
    (data.preserve_attr, "cannot preserve no attribute"),
    (lambda: data.preserve_attr("a b"), "cannot use 'a b' as a name"),
    (lambda: data.signals({"a.b": 1}), "cannot use 'a.b' as the name of a signal"),
    (lambda: data.signals({"a": {"b.c": 1}}), "cannot use 'b.c' as the name of a signal"),
    (lambda: data.signals({"a b": 1}), "cannot use 'a b' as the name of a signal"),
    (lambda: data.signals({"__proto__": 1}), "cannot use '__proto__' as the name of a signal"),
    (
        lambda: data.signals({"a": {"constructor": {"prototype": {"b": 1}}}}),
        "cannot use 'constructor' as the name of signals",
    ),
    (
        lambda: data.signals({"valueOf": Cart()}),
        "cannot use 'valueOf' as the name of signals",
    ),
    (lambda: data.signals({1: 1}), "cannot use 1 as the name of a signal"),
    (lambda: data.signals({"a": float("nan")}), "cannot write float as a JavaScript literal"),
    (lambda: data.signals({"a": 2**53}), "cannot write int as a JavaScript literal"),
    (
        lambda: data.signals({"a": None}, if_missing=True),
        "cannot write NoneType as the value of a signal",
    ),
    (lambda: data.signals({"a": object()}), "cannot write object as the value of a signal"),
    (lambda: data.signals("a"), "cannot use str as signals"),
    (lambda: data.animate("w", "1", ease="out.sine"), "cannot use 'out.sine'"),
    (lambda: data.animate("viewBox", "1"), "cannot write 'viewBox' into an attribute's name"),
    (lambda: data.match_media("dark", ""), "cannot use ''"),
    (lambda: data.scroll_into_view(behavior="smoth"), "cannot use 'smoth'"),
]


# The client would cut these elsewhere than JavaScript does.
CUT = "cannot write an expression that the client would cut in the wrong place"
REFUSALS += [
    (lambda: data.text("let x = $a / 2; x / 3"), CUT),
    (lambda: data.text("$a / 2 + 'x/;y'"), CUT),
    (lambda: data.text("$a.map(x => { let y = x; return y })"), CUT),
    (lambda: data.text("((x) => { let y = x; return y })($a)"), CUT),
    (lambda: data.text("$a; // half; of it\n $b"), CUT),
    (lambda: data.text("$a; /* note */"), CUT),
    (lambda: data.text("$a / 2; /* note */"), CUT),
    (lambda: data.text("$a; ;"), CUT),
    (lambda: data.text("/[/;]/.test($a)"), CUT),
    (lambda: data.text("`${`a;`}`"), CUT),
    (
        lambda: data.attr({"title": "$a / 2", "alt": "(() => { let r = /b/; return r })()"}),
        CUT,
    ),
    (
        lambda: data.signals({"a": JSExpression("$a / 2"), "b": JSExpression("/;/.source")}),
        CUT,
    ),
]


@pytest.mark.parametrize(("call", "line"), REFUSALS)
def test_a_mistake_that_the_client_would_ignore_or_reject_is_refused(call, line: str) -> None:
    with pytest.raises(DatastarError) as raised:
        call()

    assert raised.value.what == line
    assert all((raised.value.where, raised.value.why, raised.value.fix))


def test_an_error_shows_the_place_the_reason_and_the_code_to_write() -> None:
    with pytest.raises(DatastarError) as raised:
        data.on("input", "@get('/search')", debounce="0.3s")

    assert str(raised.value) == (
        "cannot use '0.3s' as a time\n"
        "  where: data.on('input'), debounce\n"
        "  why:   a time is whole milliseconds or seconds; a dot ends it\n"
        '  fix:   "300ms"'
    )


def test_an_error_about_signals_shows_no_values() -> None:
    with pytest.raises(DatastarError) as raised:
        data.signals({"user": {"token": "secret", "id": 2**60}})

    assert str(raised.value) == (
        "cannot write int as a JavaScript literal\n"
        "  where: data.signals, signal user.id\n"
        "  why:   the browser would round it\n"
        "  fix:   str(value)"
    )


def test_a_dotted_key_names_the_nested_mapping_to_write() -> None:
    with pytest.raises(DatastarError) as raised:
        data.signals({"user.name": "Ada"})

    assert raised.value.fix == '{"user": {"name": …}}'


def test_a_word_that_is_nearly_right_is_suggested() -> None:
    with pytest.raises(DatastarError) as raised:
        data.scroll_into_view(vertical="centre")  # type: ignore[arg-type]  # the mistake

    assert raised.value.fix == 'vertical="center"'


def test_attributes_of_one_element_join() -> None:
    joined = data.show("$open") | data.on("click", "$open = false")

    assert joined == {"data-show": "$open", "data-on:click": "$open = false"}


def test_signals_that_hold_themselves_are_refused() -> None:
    ring: dict[str, object] = {}
    ring["ring"] = ring

    with pytest.raises(DatastarError) as raised:
        data.signals(ring)

    assert raised.value.why == "it holds itself, or is nested too deep"


def test_one_and_true_are_different_arguments() -> None:
    data.on_intersect("1", threshold=1)

    with pytest.raises(DatastarError):
        data.on_intersect("1", threshold=True)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"prevent": True}, "evt.preventDefault()"),
        ({"stop": True, "once": True}, "evt.stopPropagation()"),
        ({"prevent": True, "stop": True}, "evt.preventDefault(); evt.stopPropagation()"),
    ],
)
@pytest.mark.parametrize("expression", ["", " \n", None])
def test_a_listener_that_only_prevents_is_shown_with_the_code_for_it(
    expression: str | None, options: dict[str, bool], code: str
) -> None:
    with pytest.raises(DatastarError) as caught:
        data.on("click", expression, **options)  # type: ignore[arg-type]  # the mistake under test

    assert caught.value.fix == f"data.on('click', \"{code}\")"
