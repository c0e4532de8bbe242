"""`fatmorph._converting`: the code for each kind of HTML."""

import textwrap

import pytest

from fatmorph._converting.comparing import Difference
from fatmorph._converting.converter import convert


def code(html: str, **options: bool) -> str:
    """Return the code for HTML without the head of the module; it renders the same page."""
    found = convert(html, **options)
    assert found.difference is None
    return found.code.partition("\n\n")[2].strip()


def lines(text: str) -> str:
    return textwrap.dedent(text).strip()


def test_a_page_is_an_expression_with_its_imports() -> None:
    assert code("<!doctype html><title>Shop</title><p>Hello</p>") == lines(
        """
        from fatmorph import h

        page = h.html(h.head(h.title("Shop")), h.body(h.p("Hello")))
        """
    )


def test_a_view_is_a_function_that_returns_the_page() -> None:
    found = convert("<p>Hello</p>", title="Converted from a.html.", view="hello_view")

    assert (
        found.code
        == lines(
            '''
        """Converted from a.html."""

        from fatmorph import Element, h


        def hello_view() -> Element:
            return h.p("Hello")
        '''
        )
        + "\n"
    )


@pytest.mark.parametrize(
    ("html", "page"),
    [
        ("<p>a</p><p>b</p>", 'fragment(h.p("a"), h.p("b"))'),
        ("<p>2 &lt; 3 &amp; 4", 'h.p("2 < 3 & 4")'),
        ("""<p>it's</p>""", """h.p("it's")"""),
        ("""<p>"so" he said</p>""", """h.p('"so" he said')"""),
        ("<p>a&nbsp;b&#8232;</p>", r'h.p("a\xa0b\u2028")'),
        ("<p>日本</p>", 'h.p("日本")'),
        (r"<p>C:\new</p>", r'h.p("C:\\new")'),
        ("<del>x</del>", 'h.del_("x")'),
        ("<br>", "h.br()"),
        ("<label for=a class='b  c'>x", 'h.label("x", for_="a", class_="b c")'),
        ("<p><b class=a>x</b> y", 'h.p(h.b("x", class_="a"), " y")'),
        ("<p class=a><b>x</b>", 'h.p({"class": "a"}, h.b("x"))'),
        ("<input disabled type=checkbox>", 'h.input(disabled=True, type="checkbox")'),
        ("<input disabled=disabled>", 'h.input({"disabled": "disabled"})'),
        ("<input type=txt>", 'h.input({"type": "txt"})'),
        ("<form autocomplete=no method=pots>", 'h.form({"autocomplete": "no", "method": "pots"})'),
        ("<input autocomplete=email>", 'h.input(autocomplete="email")'),
        ("<img width=40 height=50% alt=''>", 'h.img({"height": "50%"}, width=40, alt="")'),
        ("<p aria-hidden=true aria-label=true>", 'h.p(aria_hidden=True, aria_label="true")'),
        ("<p data-user_id=1 hx-get=/a>", 'h.p({"data-user_id": "1"}, hx_get="/a")'),
        ("<p classname=a>", 'h.p({"classname": "a"})'),
        ("<p style='color: red; margin:0'>", 'h.p(style={"color": "red", "margin": "0"})'),
        ("<p style='color:red;color:blue'>", 'h.p(style="color:red;color:blue")'),
        ("<template><td>x</template>", 'h.template(h.td("x"))'),
        ("<noscript><img src=a></noscript>", 'h.noscript(h.img(src="a"))'),
        ("<!-- c --><p>x", 'fragment(comment(" c "), h.p("x"))'),
        ("<tr><td>x", 'h.tr(h.td("x"))'),
    ],
)
def test_html_is_written_as(html: str, page: str) -> None:
    assert code(html).partition("page = ")[2] == page


@pytest.mark.parametrize(
    ("html", "page"),
    [
        (
            "<svg viewBox='0 0 9 9'><circle cx=5 r=4.5 stroke-width=1></circle></svg>",
            'svg.svg({"viewBox": "0 0 9 9"}, svg.circle(cx=5, r=4.5, stroke_width=1))',
        ),
        (
            "<svg><foreignObject><p>x</p></foreignObject></svg>",
            'svg.svg(svg.foreignObject(h.p("x")))',
        ),
        ("<math><mi>x</mi></math>", 'mathml.math(mathml.mi("x"))'),
    ],
)
def test_svg_and_mathml_have_their_catalogs(html: str, page: str) -> None:
    assert code(html).partition("page = ")[2] == page


@pytest.mark.parametrize(
    ("attribute", "call"),
    [
        ("""data-on:click="@post('/save')\"""", 'data.on("click", at.post("/save"))'),
        (
            """data-on:my-event__case.camel__debounce.300ms.leading="$n++\"""",
            'data.on("myEvent", "$n++", debounce=("300ms", "leading"))',
        ),
        ("""data-on:click__once__prevent="a()\"""", '{"data-on:click__once__prevent": "a()"}'),
        ('data-bind="name"', 'data.bind("name")'),
        ("data-bind:name", '{"data-bind:name": ""}'),
        ("""data-signals="{n: 1, a: ['b', null]}\"""", 'data.signals({"n": 1, "a": ["b", None]})'),
        ("""data-signals='{"n": 1}'""", """data_signals='{"n": 1}'"""),
        ('data-signals__ifmissing="{n: 1}"', 'data.signals({"n": 1}, if_missing=True)'),
        ('data-class="{active: $on}"', 'data.class_({"active": "$on"})'),
        ('data-computed:is-free="$n == 0"', 'data.computed({"isFree": "$n == 0"})'),
        ('data-on-interval__duration.2s="$n++"', 'data.on_interval("$n++", duration="2s")'),
        ("data-ignore-morph", "data.ignore_morph()"),
        (
            """data-init="@get('/live', {retry: 'always', retryMaxCount: 3})\"""",
            'data.init(at.get("/live", retry="always", retry_max_count=3))',
        ),
        ('data-show="$open"', 'data.show("$open")'),
        ('data-text="(() => {"', 'data.text("(() => {")'),
    ],
)
def test_datastar_is_written_with_calls_that_write_the_same(attribute: str, call: str) -> None:
    assert f"h.p({call})" in code(f"<p {attribute}></p>")


def test_white_space_that_a_browser_ignores_is_left_out() -> None:
    html = "<ul>\n  <li> one\n   two </li>\n  <li><b>a</b> <i>b</i>\n</li></ul>"

    assert code(html).partition("page = ")[2] == (
        'h.ul(h.li("one two"), h.li(h.b("a"), " ", h.i("b")))'
    )


@pytest.mark.parametrize(
    ("html", "page"),
    [
        ("<pre>\n a\n  b</pre>", r'h.pre(" a\n  b")'),
        ("<p style='white-space:pre'>a\n b</p>", r'h.p("a\n b", style={"white-space": "pre"})'),
        ("<textarea>\n\n a</textarea>", r'h.textarea("\n a")'),
        ("<p>a <script>1</script> b", 'h.p("a ", h.script("1"), " b")'),
        ("<p><a> b </a></p>", 'h.p(h.a(" b "))'),
    ],
)
def test_white_space_that_matters_is_kept(html: str, page: str) -> None:
    assert code(html).partition("page = ")[2] == page


def test_every_blank_is_kept_if_asked_to() -> None:
    html = "<p  class=' a  b' style='color: red'>\n x </p>"

    assert code(html, exact=True).partition("page = ")[2] == (
        r'h.p("\n x ", class_=" a  b", style="color: red")'
    )


def test_a_long_text_is_divided_between_words() -> None:
    html = f"<p>{'word ' * 30}end</p>"

    assert code(html).partition("page = ")[2] == lines(
        f"""
        h.p(
            "{"word " * 18}"
            "{"word " * 12}end",
        )
        """
    )


def test_a_script_of_several_lines_is_a_constant() -> None:
    assert code("<script>\nlet a = /\\d/;\nb();\n</script>") == lines(
        '''
        from fatmorph import h

        SCRIPT = r"""
        let a = /\\d/;
        b();
        """

        page = h.script(SCRIPT)
        '''
    )


@pytest.mark.parametrize(
    "text", ['"', '"""', '\\"""', "a\n'''\"", "\\", "\\\n", 'x\n"""" ', "\t\n "]
)
def test_any_script_comes_back_from_its_literal(text: str) -> None:
    assert convert(f"<script>{text}</script>", exact=True).difference is None


def test_an_element_that_no_catalog_has_is_a_tag_of_its_own() -> None:
    assert code("<my-map><center>x</center></my-map>") == lines(
        """
        from fatmorph import element

        center = element("center")
        my_map = element("my-map")

        page = my_map(center("x"))
        """
    )


@pytest.mark.parametrize(
    ("html", "page"),
    [
        (
            "<script>if (a <!--b) c()</script>",
            """
            fragment(
                # Markup, because fatmorph refuses this script: cannot write '<!--' inside <script>
                Markup("<script>if (a <!--b) c()</script>"),
            )
            """,
        ),
        (
            "<a href='javascript:a(&quot;&amp;lt;&quot;)'>x</a>",
            """
            # href is Markup, because fatmorph would change its text
            h.a({"href": Markup('javascript:a("&amp;lt;")')}, "x")
            """,
        ),
        (
            "<div><o:p>x <b>y</b></o:p></div>",
            """
            h.div(
                # the tags of <o:p> are Markup: cannot write 'o:p' as an element's name
                Markup("<o:p>"),
                "x ",
                h.b("y"),
                Markup("</o:p>"),
            )
            """,
        ),
    ],
)
def test_refused_html_is_markup_with_the_reason(html: str, page: str) -> None:
    written = code(html).replace("page = h.a", "h.a").replace("page = ", "")

    assert written.partition("\n\n")[2] == lines(page)


def test_a_part_of_a_page_that_is_long_is_a_function() -> None:
    items = "".join(f"<li>{'word ' * 16}{number}</li>" for number in range(40))

    found = code(f"<!doctype html><body><nav id=main-nav><ul>{items}</ul></nav>")

    assert "def main_nav_part() -> Element:\n    return h.nav(" in found
    assert found.endswith("page = h.html(h.body(main_nav_part()))")


def test_a_page_of_any_depth_is_divided_into_functions() -> None:
    found = convert("<!doctype html>" + "<div><p>x</p>" * 500, view="deep_view")

    assert found.difference is None
    assert max(len(line) - len(line.lstrip()) for line in found.code.splitlines()) < 80


def test_html_that_no_parser_gives_the_same_tree_is_reported_with_its_place() -> None:
    found = convert("<html><p>a<table><tr><td>x")

    assert found.difference == Difference("html[1] > body[1]", "nothing", "<table>")
    assert not found.is_written_by_html


@pytest.mark.parametrize(
    "html",
    [
        "<p title='\"); import os #'>x",
        '<script>"""\nimport os\n"""</script>',
        "<x-__import__>a</x-__import__>",
        "<p id='a\\'>x</p>",
        "<section id='import os'>" + "<p>x</p>" * 40 + "</section>",
        "<section id='class'>" + "<p>x</p>" * 40 + "</section>",
        "<p title='\ue002exit\ue003'>\ue002exit\ue003</p>",
        "<p title='&#xd800;exit&#xdfff;'>&#xd800;exit&#xdfff;</p>",
        "<p>{{ a }} &#xfff00;7&#xfff01; &#xfff00;0&#xfff01;</p>",
        "<page></page><h></h><print>x</print>",
    ],
)
def test_no_text_of_a_page_becomes_code(html: str) -> None:
    assert convert(html).difference is None
