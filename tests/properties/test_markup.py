"""Laws of markup that hold for any text and any tree.

The judges are independent of the library: an HTML5-conformant parser for pages and Node for
JavaScript. For CSS and URL schemes, this module has its own parsers, written from the standards.
"""

import json
import re
import shutil
import subprocess

from hypothesis import example, given, settings, strategies as st
from justhtml import JustHTML
from justhtml.parser.context import FragmentContext
from markupsafe import Markup

from fatmorph import h, svg
from fatmorph.errors import AttributeValueError, RawTextError
from fatmorph.markup._element import comment, fragment, json_script, static
from fatmorph.markup._pretty import pretty
from fatmorph.markup._render import render, render_bytes
from fatmorph.markup.escape import escape_attribute, escape_text, js
from machine import missing

# The parser drops NUL from text and reads CR as LF, so HTML can express neither.
NASTY = [
    "<",
    ">",
    "&",
    '"',
    "'",
    "\n",
    " ",
    "-",
    "!",
    "/",
    "&amp;",
    "&lt",
    "</script",
    "<!--",
    "]]>",
]
texts = st.lists(
    st.sampled_from(NASTY) | st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12
).map("".join)
any_texts = st.text(st.characters(codec="utf-8"))
names = ["id", "title", "class", "data-on:click__once", "aria-label"]
attributes = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(names, texts) | {"hidden": st.booleans(), "data-x": st.just(True)}
)


def safe_raw(text: str) -> str:
    """Return text that is valid in a script or style."""
    return re.sub(r"</(script|style|html|head|body)|<!--", "", text, flags=re.IGNORECASE)


leaves = st.one_of(
    texts,
    st.builds(h.pre, attributes, texts),
    st.builds(h.textarea, attributes, texts),
    st.builds(lambda text: h.script(safe_raw(safe_raw(text))), texts),
    st.builds(lambda text: h.style(safe_raw(safe_raw(text))), texts),
    st.builds(lambda text: comment(re.sub("[<>]|-$", "", text)), texts),
    st.builds(
        lambda tag, given: tag(given), st.sampled_from([h.br, h.img, h.input, h.hr]), attributes
    ),
    st.builds(
        lambda given, text: h.svg(given, svg.linearGradient(svg.title(text), viewBox=text)),
        attributes,
        texts,
    ),
)


def branches(children: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    nesting = st.sampled_from([h.div, h.section, h.span, h.i, h.b, h.ul, h.li, h.pre, h.main])
    # A list item closes an open one, so it is put into its own list.
    inner = st.builds(
        lambda tag, given, items: h.ul(tag(given, items)) if tag == h.li else tag(given, items),
        nesting,
        attributes,
        st.lists(children, max_size=4),
    )
    return inner | inner.map(static) | st.lists(children, max_size=3).map(lambda c: fragment(*c))


trees = st.recursive(leaves, branches, max_leaves=12)
pages = st.builds(h.main, attributes, st.lists(trees, max_size=4))


def parse(html: str) -> object:
    """Return the tree that a browser builds from a fragment of HTML, with adjacent texts joined."""
    document = JustHTML(html, sanitize=False, fragment_context=FragmentContext("div"))
    return joined(read(child) for child in document.root.children or ())


def read(node):
    match node.name:
        case "#text":
            return node.data
        case "#comment":
            return ("#comment", node.data)
    content = getattr(node, "template_content", None) or node
    given = {name: value or "" for name, value in (node.attrs or {}).items()}
    return (node.name, given, joined(read(child) for child in content.children or ()))


def expected(node):
    """Return the tree that `parse()` should return for a node."""
    if isinstance(node, str):
        return str.__str__(node)
    if node.tag == "#comment":
        return ("#comment", "".join(node.children))
    given = {name: "" if value is True else value for name, value in node.attributes.items()}
    return (node.tag, given, joined(expected(child) for child in node.children))


def joined(nodes):
    """Return nodes with adjacent texts joined, as in a DOM."""
    result = []
    for node in nodes:
        if isinstance(node, str) and result and isinstance(result[-1], str):
            result[-1] += node
        elif node != "":
            result.append(node)
    return result


@given(pages)
def test_parsing_the_page_gives_back_the_tree(page):
    assert parse(render(page)) == [expected(page)]


@given(pages)
def test_the_pretty_page_parses_like_the_compact_one(page):
    assert parse(pretty(page)) == parse(render(page))


@given(pages)
def test_bytes_are_the_encoded_text(page):
    assert render_bytes(page) == render(page).encode()


@given(pages)
def test_freezing_changes_nothing(page):
    frozen = static(page)

    assert frozen == page
    assert hash(frozen) == hash(page)
    assert render(h.div(frozen)) == render(h.div(page))


@given(any_texts)
@example("</title><script>")
@example('"><script>')
def test_text_stays_in_its_place(text):
    visible = text.replace("\r\n", "\n").replace("\r", "\n")
    page = h.div(h.b(text), h.textarea(text), h.i(title=text))

    ((_, _, children),) = parse(render(page))

    assert [child[0] for child in children] == ["b", "textarea", "i"]
    assert "".join(children[0][2]) == visible.replace("\x00", "")
    assert "".join(children[1][2]) == visible.replace("\x00", "\ufffd")
    assert children[2] == ("i", {"title": visible.replace("\x00", "\ufffd")}, [])


@given(any_texts)
def test_raw_text_is_refused_or_stays_in_its_element(text):
    for tag in (h.script, h.style):
        try:
            element = tag(text)
        except RawTextError:
            continue
        html = render(h.div(element, h.b("after")))

        ((_, _, children),) = parse(html)

        assert [child[0] for child in children] == [element.tag, "b"]
        assert not re.search("</(html|head|body)>", html)


@given(any_texts)
@example("->")
@example("--!>")
def test_a_comment_is_refused_or_stays_a_comment(text):
    try:
        html = render(h.div(comment(text), h.b("after")))
    except RawTextError:
        return

    ((_, _, children),) = parse(html)

    assert [child[0] for child in children] == ["#comment", "b"]


@given(any_texts)
def test_escaped_text_contains_no_markup_and_unescapes_to_the_text(text):
    assert not set("<>") & set(escape_text(text))
    assert not set('<>"') & set(escape_attribute(text))
    assert Markup(escape_text(text)).unescape() == Markup(escape_attribute(text)).unescape()
    assert escape_text(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


# --- JavaScript

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(
        st.characters(codec="utf-8") | st.sampled_from(list("'\"\\`$@{}<>\u2028\u2029\x00\r\n"))
    ),
)
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=6) | st.just("__proto__"), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=15)  # each example starts a process
@given(st.lists(json_values, min_size=20, max_size=40))
def test_javascript_reads_a_literal_as_the_value(values):
    node = shutil.which("node") or missing("node", "no node on the PATH")
    program = "process.stdout.write(JSON.stringify([" + ",".join(map(js, values)) + "]))"

    finished = subprocess.run([node, "-"], input=program.encode(), capture_output=True, check=True)

    # JavaScript has one kind of number: 1e16 is returned without its exponent.
    assert json.loads(finished.stdout, parse_int=float) == json.loads(
        json.dumps(values), parse_int=float
    )


@given(json_values)
def test_a_literal_cannot_end_a_script_or_be_rewritten_by_datastar(value):
    literal = js(value)

    assert not re.search("[<\u2028\u2029\n\r\x00]", literal)
    assert not re.search(r"@[A-Za-z_$]", literal)
    assert not re.search(r"\\['\"\\`]", literal)


@given(json_values)
def test_a_browser_reads_embedded_json_as_the_value(value):
    html = render(h.div(json_script(value)))

    ((_, _, (script,)),) = parse(html)

    assert json.loads("".join(script[2])) == json.loads(json.dumps(value))


# --- URLs

fillers = st.text(st.sampled_from("\t\n\r"), max_size=2)
heads = st.text(st.sampled_from([chr(code) for code in range(0x21)]), max_size=3)
schemes = st.sampled_from(
    ["javascript:", "vbscript:", "data:text/html,", "https:", "data:image/png,"]
)


@st.composite
def disguised_urls(draw):
    letters = draw(schemes) + draw(st.text(max_size=5))
    cased = [letter.upper() if draw(st.booleans()) else letter for letter in letters]
    return draw(heads) + "".join(draw(fillers) + letter for letter in cased)


def scheme_and_rest(url: str) -> tuple[str, str]:
    """Return the result of the URL standard's basic parser, https://url.spec.whatwg.org/."""
    url = url.strip("".join(map(chr, range(0x21))))
    url = url.replace("\t", "").replace("\n", "").replace("\r", "")
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", url, re.DOTALL)
    return (found[1].lower(), found[2]) if found else ("", url)


@given(disguised_urls() | any_texts)
def test_no_url_runs_code(url):
    ((_, given_attributes, _),) = parse(render(h.a(href=url)))
    written = given_attributes["href"]

    scheme, rest = scheme_and_rest(written)

    assert scheme not in {"javascript", "vbscript"}
    assert not (scheme == "data" and re.match(r"\s*text/html|[^,;]*xml", rest, re.IGNORECASE))


@given(disguised_urls() | any_texts)
def test_a_url_is_written_completely(url):
    assert h.a(href=url).attributes["href"] in (url, "unsafe:" + url)


# --- CSS


def declarations(css: str) -> list[str]:
    """Return a style's declarations, split as https://drafts.csswg.org/css-syntax-3/ does."""
    found, start, position, closers = [], 0, 0, []
    css = (
        css.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\x00", "\ufffd")
    )
    while position < len(css):
        token_end = end_of_token(css, position)
        token = css[position:token_end]
        if token == ";" and not closers:
            found.append(css[start:position])
            start = token_end
        elif token[-1] == "(" or token in ("[", "{"):
            closers.append({"(": ")", "[": "]", "{": "}"}[token[-1]])
        elif closers and token == closers[-1]:
            closers.pop()
        position = token_end
    return [*found, css[start:]]


IDENT = r"(?:[-\w]|[^\x00-\x7f]|\\(?:[0-9a-fA-F]{1,6}[ \t\n]?|[^\n0-9a-fA-F]))+"


def end_of_token(css: str, position: int) -> int:
    if css.startswith("/*", position):
        end = css.find("*/", position + 2)
        return len(css) if end < 0 else end + 2
    if css[position] in "\"'":
        return end_of_string(css, position)
    name = re.compile(IDENT).match(css, position)
    if name is None:
        return position + 1
    end = name.end()
    if css[end : end + 1] != "(":
        return end
    if unescaped(name[0]).lower() == "url" and not re.match(r"\s*[\"']", css[end + 1 :]):
        # A url token, or the remnants of a bad one: both end at the first unescaped `)`.
        close = re.compile(r"(?:\\.|[^)\\])*\)?", re.DOTALL).match(css, end + 1)
        return close.end() if close else len(css)
    return end + 1


def end_of_string(css: str, position: int) -> int:
    quote = css[position]
    inner = re.compile(rf"(?:\\.|[^\\\n{quote}])*{quote}?", re.DOTALL).match(css, position + 1)
    return max(inner.end() if inner else 0, position + 1)


def unescaped(name: str) -> str:
    def character(found):
        return chr(int(found[1], 16)) if found[1] else found[2]

    return re.sub(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|(.))", character, name)


css_pieces = st.sampled_from(
    [
        *(
            "url(",
            "URL(",
            "\\75 rl(",
            "u",
            "rl",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "'",
            '"',
            "\\",
            ";",
            ":",
        ),
        *("/*", "*/", "/", "\n", " ", "top:0", "a", "7", "\\3b", "#", "@", "--", "<!--"),
    ]
)
css_values = st.lists(css_pieces, max_size=10).map("".join) | any_texts


@given(st.dictionaries(st.sampled_from(["color", "--x", "top"]), css_values, min_size=1))
@example({"color": "url(a'b);top:0;'x)"})
@example({"--x": "\\;", "top": "0"})
def test_a_style_has_the_declarations_that_it_was_given(style):
    try:
        element = h.p({"style": style}, style={"left": "0"})
    except AttributeValueError:
        return

    written = declarations(element.attributes["style"])

    assert [part.partition(":")[0] for part in written if part] == [*style, "left"]
    assert written[-1] == "left:0"
