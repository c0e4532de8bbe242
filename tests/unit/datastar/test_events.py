"""The events that the Datastar client reads, as bytes."""

import datetime
import enum
import math
from dataclasses import dataclass
from types import MappingProxyType

import msgspec
import pytest
from datastar_py.consts import ElementPatchMode
from datastar_py.starlette import DatastarResponse
from markupsafe import Markup

from fatmorph import Signal, Signals, element, html as h, signal, svg
from fatmorph.datastar.events import (
    DatastarEvent,
    as_text,
    comment,
    execute_script,
    navigate,
    patch_elements,
    patch_signals,
    push_url,
    remove_elements,
    remove_signals,
    replace_url,
)
from fatmorph.errors import ChildError, EncodingError, EventError, RawTextError
from fatmorph.markup._element import fragment
from fatmorph.markup.escape import JSExpression

PATCH = "event: datastar-patch-elements\n"
SIGNALS = "event: datastar-patch-signals\n"
VIEW = h.p("Hi", id="a")
LONE_SURROGATE = "\ud800"


def message(function, *arguments, **options) -> str:
    with pytest.raises(EventError) as caught:
        function(*arguments, **options)
    return str(caught.value)


class TestPatchElements:
    def test_a_patch_by_ids_has_nothing_but_its_elements(self):
        assert patch_elements(VIEW).decode() == PATCH + 'data: elements <p id="a">Hi</p>\n\n'

    def test_a_full_page_is_one_event(self):
        page = h.html(h.head(h.title("T")), h.body("Hi"))

        assert patch_elements(page).decode() == (
            PATCH + "data: elements <!doctype html><html><head><title>T</title></head>"
            "<body>Hi</body></html>\n\n"
        )

    def test_all_options_come_in_the_order_of_the_sdks(self):
        event = patch_elements(
            VIEW,
            selector="#list > li",
            mode="append",
            namespace="svg",
            view_transition=True,
            view_transition_selector="#list",
            event_id="7",
            retry_ms=2000,
        )

        assert event.decode() == (
            PATCH + "id: 7\nretry: 2000\ndata: selector #list > li\ndata: mode append\n"
            "data: namespace svg\ndata: useViewTransition true\n"
            'data: viewTransitionSelector #list\ndata: elements <p id="a">Hi</p>\n\n'
        )

    @pytest.mark.parametrize(
        "view", [h.script("x"), h.a(h.style("x")), fragment(element("xmp")("x"))]
    )
    @pytest.mark.parametrize(("namespace", "root"), [("svg", "svg"), ("mathml", "math")])
    def test_raw_text_of_html_is_refused_in_another_namespace(self, view, namespace, root):
        with pytest.raises(ChildError, match=f"into <{root}>"):
            patch_elements(view, selector="#icon", mode="inner", namespace=namespace)

    def test_raw_text_may_be_where_another_namespace_holds_html(self):
        view = svg.foreignObject(h.style("a > b"), id="a")

        assert patch_elements(view, namespace="svg").decode() == (
            PATCH + "data: namespace svg\n"
            'data: elements <foreignObject id="a"><style>a > b</style></foreignObject>\n\n'
        )

    def test_defaults_are_left_out_when_they_are_given(self):
        event = patch_elements(VIEW, mode="outer", namespace="html", view_transition=False)

        assert event == patch_elements(VIEW)

    def test_a_retry_of_a_second_is_sent_because_a_stream_may_have_another(self):
        assert b"retry: 1000\n" in patch_elements(VIEW, retry_ms=1000)

    def test_an_empty_event_id_makes_the_client_forget_its_own(self):
        assert patch_elements(VIEW, event_id="").startswith(PATCH.encode() + b"id: \n")

    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
    def test_a_line_end_begins_a_line_of_elements(self, end):
        event = patch_elements(Markup(f"<pre>a{end}{end}  b{end}</pre>"))

        assert event.decode() == (
            PATCH + "data: elements <pre>a\ndata: elements \n"
            "data: elements   b\ndata: elements </pre>\n\n"
        )

    @pytest.mark.parametrize("character", "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e\0\ufeff")
    def test_a_character_that_is_a_line_end_only_in_python_stays(self, character):
        event = patch_elements(Markup(f"a{character}b"))

        assert event.decode() == PATCH + f"data: elements a{character}b\n\n"

    def test_trusted_html_and_foreign_elements_are_sent_unescaped(self):
        class Foreign:
            def __html__(self):
                return "<b>&amp;</b>"

        assert patch_elements(Markup("<b>&amp;</b>")) == patch_elements(Foreign())
        assert patch_elements(Foreign()).decode() == PATCH + "data: elements <b>&amp;</b>\n\n"

    def test_an_empty_fragment_empties_its_target(self):
        event = patch_elements(fragment(), selector="#list", mode="inner")

        assert event.decode() == PATCH + "data: selector #list\ndata: mode inner\n\n"

    def test_a_mode_of_datastar_py_is_a_mode(self):
        event = patch_elements(VIEW, selector="#a", mode=ElementPatchMode.APPEND)

        assert event == patch_elements(VIEW, selector="#a", mode="append")

    @pytest.mark.parametrize("mode", ["inner", "prepend", "append", "before", "after", "remove"])
    def test_a_mode_that_finds_no_target_by_id_needs_a_selector(self, mode):
        assert message(patch_elements, VIEW, mode=mode) == (
            f"cannot patch with mode='{mode}' and no selector\n"
            "  where: patch_elements()\n"
            "  why:   only 'outer' and 'replace' find their targets by the ids of the elements\n"
            f"  fix:   patch_elements(..., selector=\"#target\", mode='{mode}')"
        )

    def test_outer_and_replace_find_their_targets_by_id(self):
        assert patch_elements(VIEW, mode="replace").decode() == (
            PATCH + 'data: mode replace\ndata: elements <p id="a">Hi</p>\n\n'
        )

    @pytest.mark.parametrize(
        ("option", "value", "fix"),
        [
            ("mode", "apend", "mode='append'"),
            ("mode", "Inner", "mode='inner'"),
            ("mode", "morph", "mode='outer'"),
            ("mode", None, "mode='outer'"),
            ("namespace", "xhtml", "namespace='html'"),
            ("namespace", "mathMl", "namespace='mathml'"),
            ("namespace", 7, "namespace='html'"),
        ],
    )
    def test_an_unknown_choice_is_refused_with_the_nearest(self, option, value, fix):
        with pytest.raises(EventError) as caught:
            patch_elements(VIEW, **{option: value})

        assert caught.value.what == f"cannot patch elements with {option}={value!r}"
        assert caught.value.fix == fix

    @pytest.mark.parametrize(
        ("view", "kind", "fix"),
        [
            ("<p>", "str", "patch_elements(Markup(html))  # only trusted HTML: it is not escaped"),
            ([VIEW], "list", "patch_elements(fragment(*elements))"),
            (7, "int", 'patch_elements(h.div(..., id="target"))'),
            (None, "NoneType", 'remove_elements("#target")'),
        ],
    )
    def test_a_value_that_is_not_a_view_is_refused(self, view, kind, fix):
        with pytest.raises(EventError) as caught:
            patch_elements(view)

        assert (caught.value.what, caught.value.fix) == (f"cannot patch {kind} as elements", fix)

    def test_a_view_that_lost_its_return_does_not_empty_the_target(self):
        assert message(patch_elements, None, selector="#list", mode="inner") == (
            "cannot patch NoneType as elements\n"
            "  where: patch_elements()\n"
            "  why:   nothing would be sent; a view that returns None has probably lost its "
            "`return`\n"
            '  fix:   patch_elements(fragment(), selector="#target", mode="inner")  # to empty it'
        )

    def test_a_view_to_remove_is_refused(self):
        assert message(patch_elements, VIEW, selector="#a", mode="remove") == (
            "cannot patch a view with mode='remove'\n"
            "  where: patch_elements()\n"
            "  why:   the client would ignore it; only the selector says what to remove\n"
            '  fix:   remove_elements("#target")'
        )

    @pytest.mark.parametrize(
        ("view", "options"),
        [
            (h.html(h.body()), {"mode": "replace"}),
            (h.html(h.body()), {"selector": "#main"}),
            (h.body(), {"selector": "body", "mode": "inner"}),
            (h.head(), {"selector": "head", "mode": "append"}),
        ],
    )
    def test_a_page_cannot_be_put_into_the_page(self, view, options):
        with pytest.raises(EventError) as caught:
            patch_elements(view, **options)

        assert caught.value.fix == "patch_elements(page)"

    @pytest.mark.parametrize(
        ("view", "options"),
        [
            (h.body(), {}),
            (h.body(), {"selector": "body"}),
            (h.body(), {"mode": "replace"}),
            (h.head(), {}),
        ],
    )
    def test_a_body_or_head_can_take_the_place_of_the_pages_own(self, view, options):
        assert str(view).encode() in patch_elements(view, **options)

    def test_a_transition_selector_without_a_transition_is_refused(self):
        assert message(patch_elements, VIEW, view_transition_selector="#a") == (
            "cannot use a view_transition_selector without a view transition\n"
            "  where: view_transition_selector\n"
            "  why:   the client would ignore it\n"
            "  fix:   view_transition=True, view_transition_selector='#a'"
        )

    @pytest.mark.parametrize("selector", ["", " ", "a\nb", "a\rdata: mode remove", "a\0b", 7])
    def test_a_selector_is_one_line_of_text(self, selector):
        assert message(patch_elements, VIEW, selector=selector) == (
            f"cannot use {selector!r} as a selector\n"
            "  where: selector\n"
            "  why:   it is one line of text; a line break would begin another field of the "
            "event\n"
            '  fix:   selector="#target"'
        )

    @pytest.mark.parametrize("event_id", ["a\nb", "a\r\nretry: 0", "\0", "日", "\x1b", "\x7f"])
    def test_an_event_id_fits_into_a_header(self, event_id):
        with pytest.raises(EventError) as caught:
            patch_elements(VIEW, event_id=event_id)

        assert caught.value.what == f"cannot use {event_id!r} as an event id"

    def test_an_event_id_is_text(self):
        assert message(patch_elements, VIEW, event_id=7) == (
            "cannot use int as an event id\n"
            "  where: event_id=\n"
            "  why:   it is text\n"
            "  fix:   event_id='7'"
        )

    @pytest.mark.parametrize("retry_ms", [0, -1, True, False, 1.5, "250", 2**31, math.inf])
    def test_a_retry_without_a_pause_is_refused(self, retry_ms):
        assert message(patch_elements, VIEW, retry_ms=retry_ms) == (
            f"cannot wait {retry_ms!r} ms before a retry\n"
            "  where: retry_ms\n"
            "  why:   a whole number from 1 to 2147483647; with any other the client may connect "
            "again without a pause\n"
            "  fix:   retry_ms=250"
        )

    @pytest.mark.parametrize(
        ("view", "options"),
        [(VIEW, {"selector": LONE_SURROGATE}), (h.p(LONE_SURROGATE), {})],
    )
    def test_a_lone_surrogate_is_refused(self, view, options):
        with pytest.raises(EncodingError):
            patch_elements(view, **options)


class TestRemoveElements:
    def test_a_removal_is_a_patch_without_elements(self):
        assert remove_elements("#a").decode() == (
            PATCH + "data: selector #a\ndata: mode remove\n\n"
        )

    def test_a_removal_can_be_animated_and_numbered(self):
        event = remove_elements(
            "#a",
            view_transition=True,
            view_transition_selector="#list",
            event_id="7",
            retry_ms=5,
        )

        assert event.decode() == (
            PATCH + "id: 7\nretry: 5\ndata: selector #a\ndata: mode remove\n"
            "data: useViewTransition true\ndata: viewTransitionSelector #list\n\n"
        )

    def test_a_removal_without_a_selector_is_refused(self):
        with pytest.raises(EventError):
            remove_elements("")


class Color(enum.Enum):
    RED = "red"


class Point(msgspec.Struct):
    x: int


class Menu(Signals):
    _draft: Signal[str] = signal("")


class Page(Signals):
    query: Signal[str] = signal("")
    menu: Signal[Menu] = signal(Menu())
    _open: Signal[bool] = signal(True)


@dataclass
class Home:
    user_id: str
    point: Point


class TestPatchSignals:
    @pytest.mark.parametrize(
        ("signals", "json"),
        [
            ({}, "{}"),
            ({"a": 1, "b": None, "c": [True, {"d": 1.5}]}, '{"a":1,"b":null,"c":[true,{"d":1.5}]}'),
            ({"text": "a\nb\r\u2028</script>é"}, '{"text":"a\\nb\\r\u2028</script>é"}'),
            (MappingProxyType({"m": MappingProxyType({"t": (1, 2)})}), '{"m":{"t":[1,2]}}'),
            ({"color": Color.RED, "day": datetime.date(2026, 1, 2)},
             '{"color":"red","day":"2026-01-02"}'),
            ({"html": Markup("<b>")}, '{"html":"<b>"}'),
            (Home("u1", Point(3)), '{"user_id":"u1","point":{"x":3}}'),
            (Point(3), '{"x":3}'),
            ({"max": 2**53 - 1, "min": -(2**53) + 1},
             '{"max":9007199254740991,"min":-9007199254740991}'),
        ],
    )  # fmt: skip
    def test_signals_are_sent_as_json_on_one_line(self, signals, json):
        assert patch_signals(signals).decode() == SIGNALS + f"data: signals {json}\n\n"

    def test_an_expression_is_not_sent_as_its_text(self):
        assert message(patch_signals, {"a": [JSExpression("Date.now()")]}).splitlines()[:2] == [
            "cannot send JSExpression as a signal",
            "  where: patch_signals(), signal a[0]",
        ]

    def test_local_signals_of_a_class_are_left_out(self):
        signals = Page(query="a", menu=Menu(_draft="b"))

        assert patch_signals(signals) == patch_signals({"query": "a", "menu": {}})
        assert patch_signals({"menu": Menu()}) == patch_signals({"menu": {}})

    def test_all_options_come_before_the_signals(self):
        event = patch_signals({"a": 1}, only_if_missing=True, event_id="7", retry_ms=2000)

        assert event.decode() == (
            SIGNALS + 'id: 7\nretry: 2000\ndata: onlyIfMissing true\ndata: signals {"a":1}\n\n'
        )

    def test_json_text_is_sent_line_by_line_as_it_is(self):
        assert patch_signals('{\r\n "a":  1\n}').decode() == (
            SIGNALS + 'data: signals {\ndata: signals  "a":  1\ndata: signals }\n\n'
        )

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_a_number_that_is_not_in_json_is_refused_with_the_path_of_its_signal(self, value):
        assert message(patch_signals, {"cart": {"prices": [1.5, value]}}) == (
            "cannot send float as a signal\n"
            "  where: patch_signals(), signal cart.prices[1]\n"
            "  why:   JSON has neither NaN nor Infinity\n"
            "  fix:   None"
        )

    def test_an_integer_that_the_browser_would_round_is_refused(self):
        assert message(patch_signals, {"id": 2**53}) == (
            "cannot send int as a signal\n"
            "  where: patch_signals(), signal id\n"
            "  why:   the browser would round it\n"
            "  fix:   str(value)"
        )

    @pytest.mark.parametrize(
        ("signals", "name", "path", "fix"),
        [
            ({"user.name": 1}, "'user.name'", "user.name", '{"user": {"name": ...}}'),
            ({"a": {"b.c": 1}}, "'b.c'", "a.b.c", '{"b": {"c": ...}}'),
            ({"$count": 1}, "'$count'", "$count", '{"count": ...}'),
            ({"a": [{7: 1}]}, "7", "a[0].7", '{"7": ...}'),
            ({"": 1}, "''", "", '{"name": ...}'),
            ({"__proto__": 1}, "'__proto__'", "__proto__", '{"name": ...}'),
            ('{"user.name": 1}', "'user.name'", "user.name", '{"user": {"name": ...}}'),
        ],
    )
    def test_a_name_that_no_expression_could_read_is_refused(self, signals, name, path, fix):
        assert message(patch_signals, signals) == (
            f"cannot use {name} as the name of a signal\n"
            f"  where: patch_signals(), signal {path}\n"
            "  why:   a name is text, without the $ of expressions; a dot in it does not nest\n"
            f"  fix:   {fix}"
        )

    @pytest.mark.parametrize(
        ("signals", "name", "path"),
        [
            ({"a": {"constructor": {"prototype": {"b": 1}}}}, "constructor", "a.constructor"),
            ({"valueOf": {}}, "valueOf", "valueOf"),
            ('{"toString": {"call": 1}}', "toString", "toString"),
        ],
    )
    def test_signals_inside_a_name_that_all_objects_inherit_are_refused(self, signals, name, path):
        assert message(patch_signals, signals) == (
            f"cannot use {name!r} as the name of a signal\n"
            f"  where: patch_signals(), signal {path}\n"
            "  why:   all objects inherit something of this name, and the client would change it\n"
            f'  fix:   {{"{name}_": ...}}'
        )

    def test_a_value_may_have_a_name_that_all_objects_inherit(self):
        signals = {"constructor": "a", "races": [{"constructor": {"name": "b"}}]}

        assert b'{"constructor":"a","races":[{"constructor":{"name":"b"}}]}' in patch_signals(
            signals
        )

    @pytest.mark.parametrize(
        ("signals", "kind"), [([1], "list"), (None, "NoneType"), ("[1]", "list"), ("7", "int")]
    )
    def test_a_value_without_names_is_refused_as_signals(self, signals, kind):
        with pytest.raises(EventError) as caught:
            patch_signals(signals)

        assert caught.value.what == f"cannot patch {kind} as signals"

    @pytest.mark.parametrize("text", ["", "{a: 1}", '{"a": NaN}', '{"a": 1', "\ufeff{}"])
    def test_text_that_is_not_json_is_refused(self, text):
        with pytest.raises(EventError) as caught:
            patch_signals(text)

        assert caught.value.what == "cannot patch text that is not JSON as signals"

    @pytest.mark.parametrize("deep", ["cycle", "tree", "text"])
    def test_signals_nested_without_end_are_refused(self, deep):
        cycle: dict = {}
        cycle["self"] = cycle
        tree: dict = {}
        for _ in range(100_000):
            tree = {"a": tree}
        signals = {"cycle": cycle, "tree": tree, "text": '{"a":' * 100_000 + "1" + "}" * 100_000}

        with pytest.raises(EventError) as caught:
            patch_signals(signals[deep])

        assert caught.value.why == "JSON is a tree, and a signal's path is short"

    def test_a_value_that_json_cannot_hold_is_refused_without_being_shown(self):
        with pytest.raises(EventError) as caught:
            patch_signals({"session": {"secret": object()}})

        assert (caught.value.what, caught.value.where) == (
            "cannot send object as a signal",
            "patch_signals(), signal session.secret",
        )

    @pytest.mark.parametrize(
        "signals", [{"a": LONE_SURROGATE}, {LONE_SURROGATE: 1}, LONE_SURROGATE]
    )
    def test_a_lone_surrogate_is_refused(self, signals):
        with pytest.raises(EncodingError):
            patch_signals(signals)


class TestRemoveSignals:
    @pytest.mark.parametrize(
        ("names", "json"),
        [
            (["one"], '{"one":null}'),
            (["one", "two.alpha", "two.beta"], '{"one":null,"two":{"alpha":null,"beta":null}}'),
            (["two", "two.alpha"], '{"two":null}'),
            (["two.alpha", "two"], '{"two":null}'),
        ],
    )
    def test_signals_are_removed_by_nulls(self, names, json):
        assert remove_signals(*names).decode() == SIGNALS + f"data: signals {json}\n\n"

    def test_a_removal_can_be_numbered(self):
        assert remove_signals("a", event_id="7", retry_ms=5) == patch_signals(
            {"a": None}, event_id="7", retry_ms=5
        )

    @pytest.mark.parametrize("names", [[], [""], ["a..b"], [".a"], ["$a"], [7], [None]])
    def test_a_name_that_cannot_be_of_a_signal_is_refused(self, names):
        with pytest.raises(EventError):
            remove_signals(*names)


class TestExecuteScript:
    def test_a_script_is_appended_to_the_body_and_removes_itself(self):
        assert execute_script("a && b()").decode() == (
            PATCH + "data: selector body\ndata: mode append\n"
            'data: elements <script data-effect="el.remove()">a && b()</script>\n\n'
        )

    def test_a_script_can_stay_and_have_attributes(self):
        event = execute_script(
            "b()", auto_remove=False, attributes={"type": "module"}, event_id="7", retry_ms=5
        )

        assert event.decode() == (
            PATCH + "id: 7\nretry: 5\ndata: selector body\ndata: mode append\n"
            'data: elements <script type="module">b()</script>\n\n'
        )

    @pytest.mark.parametrize("nonce", ["n0nce", "Zm9v", "a+/_-b=="])
    def test_a_script_carries_the_nonce_of_its_page(self, nonce):
        assert execute_script("a()", nonce=nonce).decode() == (
            PATCH + "data: selector body\ndata: mode append\n"
            f'data: elements <script data-effect="el.remove()" nonce="{nonce}"'
            ' data-preserve-attr="nonce">a()</script>\n\n'
        )

    @pytest.mark.parametrize("nonce", ["", "a b", "a'; script-src *", 'a"b', "é", "a=b", "a\n"])
    def test_a_nonce_that_is_invalid_in_a_policy_is_refused_and_kept_secret(self, nonce):
        assert message(execute_script, "a()", nonce=nonce) == (
            "cannot use text that is not Base64 as a nonce\n"
            "  where: nonce=\n"
            "  why:   no Content-Security-Policy could name it, "
            "so the browser would not run the script\n"
            "  fix:   nonce=secrets.token_urlsafe()  (once per page: the one in its policy)"
        )

    def test_a_nonce_that_would_be_lost_is_refused(self):
        with pytest.raises(EventError) as caught:
            execute_script("a()", nonce="n0nce", attributes={"nonce": "other"})

        assert caught.value.what == "cannot write nonce twice on one script"

    @pytest.mark.parametrize("text", ["</script>", "<!--", "</body>", "'</HTML>'.x</html>"])
    def test_text_that_would_end_the_script_or_the_page_is_refused(self, text):
        with pytest.raises(RawTextError):
            execute_script(text)

    def test_a_script_is_text(self):
        assert message(execute_script, 7) == (
            "cannot use int as a script\n"
            "  where: execute_script()\n"
            "  why:   it is text\n"
            "  fix:   execute_script(str(value))"
        )

    def test_an_effect_that_would_be_lost_is_refused(self):
        with pytest.raises(EventError) as caught:
            execute_script("a()", attributes={"data-effect": "b()"})

        assert caught.value.what == "cannot write data-effect twice on one script"


class TestNavigate:
    def test_the_browser_goes_to_the_url_after_the_event(self):
        assert navigate("/a?b='c'&d").decode() == (
            PATCH + "data: selector body\ndata: mode append\n"
            'data: elements <script data-effect="el.remove()">'
            "setTimeout(() => window.location = '/a?b=\\x27c\\x27\\x26d')</script>\n\n"
        )

    def test_a_navigation_carries_the_nonce_of_its_page(self):
        assert b' nonce="n0nce" data-preserve-attr="nonce">setTimeout(' in navigate(
            "/", nonce="n0nce"
        )

    def test_a_navigation_can_be_numbered(self):
        assert navigate("/", event_id="7", retry_ms=5).startswith(
            PATCH.encode() + b"id: 7\nretry: 5\n"
        )

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " \x00\x1fjavascript:alert(1)",
            "java\nscr\tipt\r:alert(1)",
            "vbscript:x",
            "data:text/html,<script>",
            Markup("javascript:alert(1)"),
        ],
    )
    def test_a_url_that_is_a_script_is_refused(self, url):
        with pytest.raises(EventError) as caught:
            navigate(url)

        assert caught.value.why == "such a URL runs as a script in the page"

    @pytest.mark.parametrize("url", ["", "#top", "?page=2", "//host/x", "/javascript:x", "tel:1"])
    def test_any_other_url_is_allowed(self, url):
        assert f"'{url}'".encode() in navigate(url)

    def test_a_url_is_text(self):
        with pytest.raises(EventError) as caught:
            navigate(None)

        assert caught.value.fix == "navigate(str(value))"


class TestAddress:
    def test_a_pushed_address_is_a_new_entry_unless_the_page_has_it(self):
        assert push_url("/items?page=2").decode() == (
            PATCH + "data: selector body\ndata: mode append\n"
            'data: elements <script data-effect="el.remove()">'
            "{const url = new URL('/items?page=2', document.baseURI).href; "
            "if (url != location.href) history.pushState({}, '', url)}</script>\n\n"
        )

    def test_a_replaced_address_keeps_the_state_of_its_entry(self):
        assert replace_url("?q=tea").decode() == (
            PATCH + "data: selector body\ndata: mode append\n"
            'data: elements <script data-effect="el.remove()">'
            "history.replaceState(history.state, '', '?q=tea')</script>\n\n"
        )

    @pytest.mark.parametrize("write", [push_url, replace_url])
    def test_an_address_carries_the_nonce_of_its_page_and_can_be_numbered(self, write):
        event = write("/", nonce="n0nce", event_id="7", retry_ms=5)

        assert event.startswith(PATCH.encode() + b"id: 7\nretry: 5\n")
        assert b' nonce="n0nce" data-preserve-attr="nonce">' in event

    @pytest.mark.parametrize("write", [push_url, replace_url])
    @pytest.mark.parametrize(
        ("url", "written"),
        [
            ("", ""),
            ("?", "?"),
            ("#part", "#part"),
            ("/räume und", "/r%C3%A4ume%20und"),
            ("/r%C3%A4ume?q=100%", "/r%C3%A4ume?q=100%"),
            ("/?q='\"`</script><!--", "/?q=\\x27%22%60%3C/script%3E%3C!--"),
            ("/\\example.com", "/%5Cexample.com"),
            ("/\r\n\t/x", "/%0D%0A%09/x"),
            (" javascript:alert(1)", "%20javascript:alert(1\\x29"),
            ("/?next=https://example.com", "/?next=https://example.com"),
            ("/" + "x" * 7999, "/" + "x" * 7999),
        ],
    )
    def test_an_address_of_this_site_is_encoded(self, write, url, written):
        assert f"'{written}'".encode() in write(url)

    @pytest.mark.parametrize("write", [push_url, replace_url])
    @pytest.mark.parametrize(
        "url",
        [
            *("https://example.com/", "//example.com", "HTTP:x", "javascript:alert(1)"),
            *("data:text/html,x", "a:b", "//[", "\ud800"),
        ],
    )
    def test_an_address_of_another_site_is_refused(self, write, url):
        with pytest.raises(EventError) as caught:
            write(url)

        assert caught.value.why == "a page can have only addresses of its own site"
        assert caught.value.where == f"{write.__name__}()"

    @pytest.mark.parametrize("write", [push_url, replace_url])
    @pytest.mark.parametrize("url", ["/" + "x" * 8000, "/?q=" + "ä" * 1333])
    def test_an_address_that_servers_refuse_when_it_is_loaded_again_is_refused(self, write, url):
        with pytest.raises(EventError) as caught:
            write(url)

        assert caught.value.what.endswith("bytes as the address of the page")
        assert caught.value.fix == 'h.input(data.bind("query"), maxlength=200)'

    def test_an_address_is_text(self):
        with pytest.raises(EventError) as caught:
            push_url(None)

        assert caught.value.fix == "push_url(str(value))"


class TestComment:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", b":\n\n"),
            ("still here", b": still here\n\n"),
            ("a\nb\r\nc\rdata: x", b": a\n: b\n: c\n: data: x\n\n"),
            ("a\n\nb", b": a\n: \n: b\n\n"),
        ],
    )
    def test_each_line_is_a_comment_line(self, text, expected):
        assert comment(text) == expected


class TestAsText:
    def test_the_text_is_an_event_of_datastar_py(self):
        event = as_text(patch_elements(h.p("é")))

        assert type(event) is DatastarEvent
        assert event == PATCH + "data: elements <p>é</p>\n\n"

    async def test_datastar_pys_response_sends_our_events_as_they_are(self):
        ours = [patch_elements(Markup("<p>a\u2028b\n")), patch_signals({"a": 1}), comment("end")]
        response = DatastarResponse(as_text(event) for event in ours)
        sent = []

        async def send(event):
            sent.append(event)

        await response({"type": "http", "asgi": {"spec_version": "2.4"}}, None, send)

        assert dict(sent[0]["headers"])[b"content-type"] == b"text/event-stream"
        assert [event["body"] for event in sent[1:]] == [*ours, b""]
