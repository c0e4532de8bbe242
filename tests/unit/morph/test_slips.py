"""Slips in attributes and expressions: which are found, and what is left alone."""

import pytest

from fatmorph import Markup, at, data, datastar_script, h
from fatmorph.morph import check

SIGNALS = data.signals({"count": 0, "user": {"name": ""}, "open": False})


def expression_view(expression: str):
    """Return a page with signals and one expression."""
    return h.body(SIGNALS, h.button({"data-on:click": expression}))


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("data-on-click", "@post('/a')", 'data.on("click", …)'),
        ("data-on-click__prevent", "", 'data.on("click", …)'),
        ("data-on-keydown__window", "save()", 'data.on("keydown", …)'),
        ("data-on-my-event", "$open = true", 'data.on("my-event", …)'),
        ("data-on-load", "@get('/a')", "data.init(…)"),
        ("data-onn:click", "save()", 'data.on("click", …)'),
        ("data-signals-count", "0", 'data.signals({"count": …})'),
        ("data-signal:count", "0", 'data.signals({"count": …})'),
        ("data-bind-name", "", 'data.bind("name")'),
        ("data-class-active", "$open", 'data.class_({"active": …})'),
        ("data-attr-disabled", "!$open", 'data.attr({"disabled": …})'),
        ("data-computed-total", "$count * 2", 'data.computed({"total": …})'),
        ("data-txet", "$count", "data.text(…)"),
        ("data-shwo", "$open", "data.show(…)"),
        ("data-on-intersects", "@get('/more')", 'data.on("intersects", …)'),
    ],
)
def test_a_name_that_the_client_does_not_read_is_found(name, value, fix):
    [finding] = check(h.p({name: value}))

    assert (finding.code, finding.fix) == ("unread-attribute", fix)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data-on-sale", True),
        ("data-class-id", "5"),
        ("data-style-name", "modern"),
        ("data-text-color", "red"),
        ("data-texture", "$5"),
        ("data-id", "$name"),
        ("data-test", "@home"),
        ("data-price", "$5"),
        ("data-controller", "hello"),
        ("data-theme", "dark"),
        ("data-show-more", "yes"),
        ("data-on-signal-patch-filter", "{include: /a/}"),
        ("data-persist", True),
        ("data-query-string", True),
        ("x-on:click", "open = true"),
        ("hx-on:click", "save()"),
    ],
)
def test_an_attribute_of_your_own_is_not(name, value):
    assert check(h.p({name: value})) == ()


@pytest.mark.parametrize(
    ("expression", "fix"),
    [
        ("/save", 'at.post("/save")'),
        ("/items/1/done?x=1", 'at.post("/items/1/done?x=1")'),
        ("https://example.com/a", 'at.post("https://example.com/a")'),
        ("post('/save')", 'at.post("/save")'),
        ("$open = true; delete(`/a`)", 'at.delete("/a")'),
        ("@psot('/save')", "at.post(…)  (did you mean @post?)"),
        ("@toggleall()", "@toggleAll(…)  (did you mean @toggleAll?)"),
        ("@post('/save'", "(…)"),
        ("$count++)", "(…)"),
        ("$open = [1, 2", "[…]"),
        ("$name = 'it's'", "…'"),
    ],
)
def test_an_expression_that_cannot_run_is_found(expression, fix):
    [finding] = check(expression_view(expression))

    assert (finding.code, finding.fix) == ("dead-expression", fix)


@pytest.mark.parametrize(
    ("expression", "signal"),
    [
        ("count++", "count"),
        ("open = !open", "open"),
        ("$count = count + 1", "count"),
        ("user.name = ''", "user"),
        ("open && @post('/a')", "open"),
        ("$count / count", "count"),
        ("evt.key === 'Enter' && !open", "open"),
    ],
)
def test_a_signal_without_its_dollar_is_found(expression, signal):
    [finding] = check(expression_view(expression))

    assert (finding.code, finding.fix) == (
        "signal-without-dollar",
        f"${signal}  (a signal begins with $)",
    )


@pytest.mark.parametrize(
    "expression",
    [
        "$count++; $open = !$open; $user.name = 'count'",
        "el.open = true; evt.detail.count; evt?.open",
        "el.dataset['open']",
        "@post('/count')",
        "@post('/save', {payload: {count: $count, open: true}})",
        "@get('/s', {filterSignals: {include: /^count$/}})",
        "open('/help')",
        "$items.filter(count => count > 1)",
        "[1, 2].map((count, open) => count + open)",
        "let count = 1; $count = count",
        "for (const open of $all) console.log(open)",
        "console.log(`count ${$count}`, \"it's\", 'a \\' b')",
        "if (/[(]/.test($a)) save()",
        "$a = /'/.test($b) ? 1 : 2",
        "window.open(`/a`); cache.delete('/a'); api.get('/b')",
        "fetch('/a').then(() => {})",
        "@myAction($count)",
        "@peek(() => $count); @setAll('a', {include: /b/})",
        "$a = 1 // it's (",
        "my_count = 1; recount()",
    ],
)
def test_an_expression_that_may_run_is_not(expression):
    assert check(expression_view(expression)) == ()


def test_a_signal_that_the_page_does_not_create_is_unknown():
    assert check(h.body(h.p(data.text("count")))) == ()


@pytest.mark.parametrize("action", [at.post("/a"), at.get("/a", include="^b$"), "@put('/a')"])
def test_an_action_among_the_children_is_found(action):
    for view in (h.button(action), h.button(action, "Save"), h.p(h.b("a"), action)):
        [finding] = check(view)
        assert finding.code == "action-as-text"


@pytest.mark.parametrize("text", ["@post", "@ada said: (hello)", "mail@get('x')", "@get(x)"])
def test_a_text_with_an_at_sign_is_not(text):
    assert check(h.p(text)) == ()


@pytest.mark.parametrize(
    "script",
    [
        datastar_script(),
        h.script(type="module", src="/app.js"),
        h.script("import '/app.js'", type="module"),
        Markup('<script src="/app.js"></script>'),
    ],
)
def test_a_page_with_any_script_may_load_the_client(script):
    view = h.body(h.p(data.text("$a")))

    assert [each.code for each in check(h.html(h.head(), view))] == ["client-missing"]
    assert check(h.html(h.head(script), view)) == ()


def test_a_page_without_attributes_of_datastar_needs_no_client():
    assert check(h.html(h.head(), h.body(h.p("Hello", data_id=1)))) == ()


def test_the_content_of_an_ignored_element_is_not_examined():
    view = h.div(data.ignore(), h.p({"data-on-click": "x", "data-text": "post('/a')"}))

    assert check(view) == ()
