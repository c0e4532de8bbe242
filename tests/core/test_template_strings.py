"""Template strings, `t"…"`, which exist from Python 3.14: their texts are trusted, values are not.

The cases are text, because older versions of Python cannot parse them.
"""

import re
import sys
from datetime import date
from pathlib import Path

import pytest
from markupsafe import Markup

from fatmorph import Attrs, at, data, fragment, js, render
from fatmorph.datastar import events
from fatmorph.errors import AttributeValueError, ChildError, DatastarError
from fatmorph.markup._pretty import pretty
from fatmorph.markup.escape import JSExpression
from machine import missing

NASTY = """<b title='a' "b">&"""
VALUES = {
    "nasty": NASTY,
    "n": 3,
    "ratio": 0.256,
    "nothing": None,
    "when": date(2026, 3, 1),
    "trusted": Markup("<hr>&amp;"),
    "script_url": "javascript:alert(1)",
    "names": ["a", "<"],
    "Attrs": Attrs,
    "JSExpression": JSExpression,
}


@pytest.fixture
def run(core):
    """Return a function that evaluates Python source with the tags of an engine."""
    names = ("a", "b", "i", "iframe", "li", "p", "script", "style", "textarea", "title", "ul")
    tags = {name: core.Tag(name) for name in names}
    tags |= {"fragment": lambda *children: core.FRAGMENT(children), "comment": core.COMMENT}
    return lambda source: evaluated(source, tags)


def evaluated(source, names=()):
    if sys.version_info < (3, 14):
        missing("python3.14", "template strings exist from Python 3.14")
    return eval(source, VALUES | {"js": js} | dict(names))


def cases(text):
    """Return a parameter for each line: source, then what it gives."""
    pairs = [re.split(" {2,}→ ", line.strip()) for line in text.strip().splitlines()]
    return pytest.mark.parametrize(("source", "expected"), pairs, ids=[pair[0] for pair in pairs])


# --- children


@cases(r"""
    p(t"hello {n}")                        → <p>hello 3</p>
    p(t"")                                 → <p></p>
    p(t"<b>&amp; {nasty}</b>")             → <p><b>&amp; &lt;b title='a' "b"&gt;&amp;</b></p>
    p(t"{b(nasty, id=n)}.")                → <p><b id="3">&lt;b title='a' "b"&gt;&amp;</b>.</p>
    p(t"{trusted}")                        → <p><hr>&amp;</p>
    p(t"{nothing}{True}{False}{n}")        → <p>3</p>
    p("a", t"{n}", "<")                    → <p>a3&lt;</p>
    p({"id": "x"}, t"{n}")                 → <p id="x">3</p>
    ul(t"{[li(name) for name in names]}")  → <ul><li>a</li><li>&lt;</li></ul>
    ul(t"{(li(name) for name in names)}")  → <ul><li>a</li><li>&lt;</li></ul>
    ul([t"<li>{name}" for name in names])  → <ul><li>a<li>&lt;</ul>
    p(t"{t'<b>{nasty!s:.3}</b>'}{n}")      → <p><b>&lt;b </b>3</p>
    p(fragment(t"{n}", t"<br>"))           → <p>3<br></p>
    p(t"a < b & c")                        → <p>a < b & c</p>
    title(t"{n} & {nasty}")                → <title>3 & &lt;b title='a' "b"&gt;&amp;</title>
    textarea(t"{nasty}")                   → <textarea>&lt;b title='a' "b"&gt;&amp;</textarea>
    comment(t"a {n}")                      → <!--a 3-->
    script(t"f()")                         → <script>f()</script>
""")
def test_a_template_string_as_a_child_is(core, run, source, expected):
    assert core.render(run(source)) == expected


@cases(r"""
    p(t"{ratio:.1%}")        → <p>25.6%</p>
    p(t"{n:03}")             → <p>003</p>
    p(t"{n!r:>{n}}")         → <p>  3</p>
    p(t"{nasty!r}")          → <p>'&lt;b title=\'a\' "b"&gt;&amp;'</p>
    p(t"{'é'!a}")            → <p>'\xe9'</p>
    p(t"{when:%d.%m.}")      → <p>01.03.</p>
    p(t"{when!s}")           → <p>2026-03-01</p>
    p(t"{n=}")               → <p>n=3</p>
    p(t"{trusted!r}")        → <p>Markup('&lt;hr&gt;&amp;amp;')</p>
    p(title=t"{when:%Y} {n=} {nasty!r:.2}")  → <p title="2026 n=3 '&lt;"></p>
""")
def test_conversions_and_formats_are_those_of_an_f_string(core, run, source, expected):
    assert core.render(run(source)) == expected


@pytest.mark.parametrize("tail", ["{nasty}", "{n} {nasty}", "{nasty:>40}{names!r}", "{ratio:e}"])
def test_values_with_conversions_have_the_text_of_an_f_string(core, run, tail):
    escaped = core.escape_text(eval(f'f"{tail}"', dict(VALUES)))

    formatted = re.sub(r"\{(\w+)\}", r"{\1!s}", tail)

    assert core.render(run(f'p(t"{formatted}")')) == f"<p>{escaped}</p>"


def test_a_template_string_is_not_a_loop(core, run):
    """`check()` asks for ids on the elements that a loop makes."""
    element = run('p(t"{b()}{i()}")')

    assert core.generated_range(element) == (0, 0)


def test_a_template_string_is_a_view():
    template = evaluated('t"<p>{nasty}</p>"')
    html = "<p>&lt;b title='a' \"b\"&gt;&amp;</p>"

    assert (render(template), render(fragment(template))) == (html, html)
    assert pretty(template) == html
    assert html.encode() in events.patch_elements(template)


def test_a_class_of_another_library_with_the_name_is_not_a_template_string(core):
    class Template(list):
        strings, interpolations = ("<b>",), ()

    Template.__module__ = "string.templatelib"

    assert core.render(core.Tag("p")(Template(["<b>"]))) == "<p>&lt;b&gt;</p>"


# --- places where a value could become markup


@cases(r"""
    t"<a href={n}>x</a>"                 → a(href=n)
    t"<a href='{n}'>x</a>"               → a(href=n)
    t'<a title="x" class="{n}">x</a>'    → a(class_=n)
    t"<a href='/user/{n}/edit'>x</a>"    → a(href=t"/user/{n}…")
    t"<p data-x=' > {n}'>"               → p(data_x=t" > {n}…")
    t"<{nasty}>"                         → element("…")(…)
    t"<p {nasty}>"                       → p(…)
    t"</{nasty}>"                        → element("…")(…)
    t"<p/x='{n}'>"                       → p(x=n)
    t"<p"                                → t"<b>{text}</b>"  (or &lt; for a less-than sign)
    t"<p title='>"                       → t"<b>{text}</b>"  (or &lt; for a less-than sign)
    t"{n} <"                             → t"<b>{text}</b>"  (or &lt; for a less-than sign)
    t"<!-- {n} -->"                      → comment(t"{n}")
    t"<!-- a > {n} -->"                  → comment(t"{n}")
    t"<!a {n}>"                          → comment(t"{n}")
    t"<!-- a"                            → t"<b>{text}</b>"  (or &lt; for a less-than sign)
    t"<script>f({n})</script>"           → script(js(t"…"))
    t"<SCRIPT >'</b>'; f({n})</script>"  → script(js(t"…"))
    t"<script><!--<script></script>{n}"  → script(js(t"…"))
    t"<style>p{{top:{n}}}</style>"       → div(style={"--size": n})  (var(--size) in the style)
    t"<noscript>{n}</noscript>"          → noscript(n)
    t"<noscript><p title='</noscript>{n}'>"  → noscript(n)
    t"<svg><title><p title='</title>{n}'>"   → title(n)
    t"<svg><title><p title={n}></title></svg>"  → p(title=n)
    t"<iframe>{n}</iframe>"              → iframe(n)
    t"<plaintext>{n}"                    → plaintext(n)
    t"<title>{trusted}</title>"          → title(trusted)
    t"<textarea>{b()}</textarea>"        → textarea(b())
    t"<title></tit{nothing}le>{n}</title>"  → element("…")(…)
    t"<svg>{b()}</svg>"                  → svg(b())
    t"<svg><g>{names}</g></svg>"         → svg(names)
    t"<select>{t'<option>'}</select>"    → select(t'<option>')
""")
def test_a_value_that_could_become_markup_is_refused_with_the_tag_to_write(run, source, expected):
    with pytest.raises(ChildError) as caught:
        run(f"p({source})")

    assert caught.value.fix == expected


@cases(r"""
    t"<a href='>'>{n}</a>"                   → <a href='>'>3</a>
    t"<p title=a'b>{n}"                      → <p title=a'b>3
    t"<p a'b=c>{n}'"                         → <p a'b=c>3'
    t"<!-- <p '> -->{n}"                     → <!-- <p '> -->3
    t"<!-->{n}-->"                           → <!-->3-->
    t"<script>'<b'</script>{n}"              → <script>'<b'</script>3
    t"<noscript><img src='a'></noscript>{n}"  → <noscript><img src='a'></noscript>3
    t"<title>{nasty}</title>"                → <title>&lt;b title='a' "b"&gt;&amp;</title>
    t"<svg><title>{n}</title></svg>{b()}"    → <svg><title>3</title></svg><b></b>
    t"<svg viewBox='0 0 1 1'/>{b()}"         → <svg viewBox='0 0 1 1'/><b></b>
    t"1 < 2 <= {n} <3"                       → 1 < 2 <= 3 <3
    t"<select><option>{n}</select>{b()}"     → <select><option>3</select><b></b>
""")
def test_a_value_among_children_is_written(core, run, source, expected):
    assert core.render(run(f"p({source})")) == f"<p>{expected}</p>"


@pytest.mark.parametrize("name", ["script", "style"])
def test_a_value_in_a_script_or_style_is_refused(run, name):
    with pytest.raises(ChildError, match=rf"cannot write \{{n\}} inside the <{name}>"):
        run(f'{name}(t"a({{n}})")')


def test_a_value_that_is_not_a_child_is_refused_with_its_place(run):
    with pytest.raises(ChildError) as caught:
        run('p("a", [t"b {n} {when}"])')

    assert caught.value.where == (
        "p(…), positional argument 2, item 1, item 4: datetime.date(2026, 3, 1)"
    )


def test_the_failure_of_a_format_is_raised_with_its_place(run):
    with pytest.raises(ValueError, match="Unknown format code") as caught:
        run('p(t"{n:q}")')

    assert caught.value.__notes__ == ["while formatting {n} of a template string"]


def test_a_part_of_a_template_string_is_refused(run):
    with pytest.raises(ChildError) as caught:
        run('p(*t"a {n}")')

    assert caught.value.fix == "value.value"


# --- attributes


@cases(r"""
    p(title=t"hi {nasty}")            → <p title="hi &lt;b title='a' &quot;b&quot;&gt;&amp;"></p>
    p(title=t"{nothing}{False}{True}")     → <p title=""></p>
    p(title=t"{t'{n}'}-{n}")               → <p title="3-3"></p>
    p(title=t"{trusted}")                  → <p title="&lt;hr&gt;&amp;"></p>
    a(href=t"/user/{n}?a&b")               → <a href="/user/3?a&amp;b"></a>
    a(href=t"{script_url}")                → <a href="unsafe:javascript:alert(1)"></a>
    a(href=t"java{'script:'}alert(1)")     → <a href="unsafe:javascript:alert(1)"></a>
    a({"href": t"{script_url}"})           → <a href="unsafe:javascript:alert(1)"></a>
    a(Attrs({"href": t"{script_url}"}))    → <a href="unsafe:javascript:alert(1)"></a>
    p(class_=t"a b-{n} {nothing}")         → <p class="a b-3 "></p>
    p(class_=["a", t"b-{n}"])              → <p class="a b-3"></p>
    p({"class": "a"}, class_=t"b-{n}")     → <p class="a b-3"></p>
    p(style=t"width:{n}px;color:red")      → <p style="width:3px;color:red"></p>
    p(style={"width": t"{n}px"})           → <p style="width:3px"></p>
    p(aria_label=t"{n}", data_x=t"{n}")    → <p aria-label="3" data-x="3"></p>
    p(onclick=t"f()")                      → <p onclick="f()"></p>
""")
def test_a_template_string_in_an_attribute_is_text(core, run, source, expected):
    assert core.render(run(source)) == expected


@cases(r"""
    p(style=t"--a:'{"';color:red;'"}'")  → cannot write "';color:red;'" as one CSS value
    p(style=t"font:1px/{'* 0'} a")       → cannot write '* 0' as one CSS value
    p(style=t"width:{'1;color:red'}")    → cannot write '1;color:red' as one CSS value
    p(style={"width": t"{'1;'}px"})      → cannot write '1;px' as one CSS value
    p(onclick=t"f({n})")                 → cannot write a template string as the value of onclick
    p({"data-on:a": t"f({n})"})          → cannot write a template string as the value of data-on:a
    p(data_show=t"$a == {n}")            → cannot write a template string as the value of data-show
    p(title=t"{when}")                   → cannot write date as the value of title
    p(title=t"{b()}")                    → cannot write Element as the value of title
    p(title=t"{names}")                  → cannot write list as the value of title
    iframe(srcdoc=t"<p>{n}</p>")         → cannot write str as the value of srcdoc
""")
def test_an_attribute_refuses_a_template_string_with(run, source, expected):
    with pytest.raises(AttributeValueError) as caught:
        run(source)

    assert caught.value.what == expected


# --- JavaScript


@cases(r"""
    t"$a = {nasty}"                       → $a = '\x3cb title=\x27a\x27 \x22b\x22>\x26'
    t"f({n}, {nothing}, {True}, {names})"  → f(3, null, true, ['a', '\x3c'])
    t"f(...{names})"                      → f(...['a', '\x3c'])
    t"{{a: {dict(b=n)}}}"                 → {a: {b: 3}}
    t"{n:03}"                             → '003'
    t"{JSExpression('$b')} + {n}"         → $b + 3
    t"f({t'{n} + 1'})"                    → f(3 + 1)
    t"'a' + {n} + `b ${{ {n} }}`"         → 'a' + 3 + `b ${ 3 }`
    t"`a ${{ `b ${{ {n} }}` }}` + {n}"    → `a ${ `b ${ 3 }` }` + 3
    t"$a / {n} / 2 + '/'"                 → $a / 3 / 2 + '/'
    t"/['\"]/.test({n})"                  → /['"]/.test(3)
    t"/* ' */ {n}"                        → /* ' */ 3
""")
def test_a_template_string_in_javascript_is_code_with_literals(source, expected):
    assert js(evaluated(source)) == expected


def test_a_comment_of_javascript_ends_with_its_line():
    assert js(evaluated(r't"f() // it\'s\n+ {n}"')) == "f() // it's\n+ 3"


@cases(r"""
    t"f('{nasty}')"            → a string
    t'f("{nasty}")'            → a string
    t"f('it\\'s {nasty}')"     → a string
    t"`a {nasty}`"             → a string
    t"`a ${{ 'b' }} {nasty}`"  → a string
    t"f() // {nasty}"          → a comment
    t"/* {nasty} */"           → a comment
    t"/a{nasty}/.test('b')"    → a regular expression
    t"return /'{nasty}/"       → a regular expression
    t"if ($a) /'/.test({n})"   → a regular expression
    t"f(/[/']/, '{nasty}')"    → a string
    t"$row{n} = 1"             → or next to a word or another value
    t"{n}px"                   → or next to a word or another value
    t"$a.{nasty} = 1"          → or next to a word or another value
    t"{n}{n}"                  → or next to a word or another value
    t"@{nasty}('/a')"          → or next to a word or another value
    t"${nasty} = 1"            → or next to a word or another value
""")
def test_a_value_that_would_leave_its_literal_is_refused(source, expected):
    with pytest.raises(AttributeValueError) as caught:
        js(evaluated(source))

    assert caught.value.what.endswith(f"}} inside {expected} of JavaScript")


def test_a_template_string_in_a_literal_is_code():
    assert js({"total": evaluated('t"$a + {n}"')}) == "{total: $a + 3}"


def test_a_value_that_is_not_a_literal_is_refused_with_its_place():
    with pytest.raises(AttributeValueError) as caught:
        js(evaluated('t"f({[when]})"'))

    assert caught.value.where == "{[when]}[0]: datetime.date(2026, 3, 1)"


def test_javascript_of_a_template_string_is_an_expression(core):
    code = js(evaluated('t"$name = {script_url}"'))

    assert core.render(core.Tag("p")(data.on("click", code))) == (
        r"""<p data-on:click="$name = 'javascript:alert(1\x29'"></p>"""
    )


@pytest.mark.parametrize(
    "use",
    [
        lambda template: data.on("click", template),
        data.show,
        lambda template: data.class_({"a": template}),
    ],
)
def test_a_template_string_that_is_not_yet_code_is_refused_with_the_fix(use):
    with pytest.raises(DatastarError) as caught:
        use(evaluated('t"$a == {n}"'))

    assert caught.value.fix == "js(value)"


def test_a_template_string_that_is_the_value_of_a_signal_is_refused_with_the_fix():
    with pytest.raises(DatastarError) as caught:
        data.signals(evaluated('{"a": {"b": t"hello {n}"}}'))

    assert (caught.value.where, caught.value.fix) == (
        "data.signals, signal a.b",
        'f"hello {name}"',
    )


def test_a_template_string_is_the_url_of_an_action():
    url = evaluated('t"/items/{n}?q={nasty}"')

    assert at.get(url) == r"@get('/items/3?q=\x3cb title=\x27a\x27 \x22b\x22>\x26')"
    assert at.post(evaluated('t"{script_url}"')) == r"@post('unsafe:javascript:alert(1\x29')"


def test_the_examples_of_the_page_on_template_strings_run():
    page = Path(__file__).parents[2] / "docs" / "how-to" / "template-strings.md"
    blocks = re.findall(r"```text\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)

    evaluated("run(code, {})", {"run": exec, "code": "".join(blocks)})

    assert len(blocks) == 4
