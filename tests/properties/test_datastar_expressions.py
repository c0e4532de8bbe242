"""Values from Python reach the Datastar client unchanged, for any text.

Judged by the client's own code: its functions that take names apart and compile expressions are
cut out of the official bundle and run by Node, one process for all examples.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, reject, settings, strategies as st

from browser.datastar_bundle import BundleUnavailableError, datastar_bundle_path
from fatmorph import at, data
from fatmorph.datastar._attributes.modifiers import wait_tag
from fatmorph.datastar._attributes.sinks import url_guard
from fatmorph.errors import DatastarError
from fatmorph.markup._url import neutral_url, plain_url
from fatmorph.markup.escape import js
from hostile_texts import TRAPS
from machine import missing

# One line of JSON per question and answer.
JUDGE = r"""
const client = require('fs').readFileSync(process.argv[1], 'utf8');
const cut = (from, to) => {
  const start = client.indexOf(from);
  return client.slice(start, client.indexOf(to, start));
};
const { compile, parse, cased, property, time } = new Function(`
  const ht = /🖕JS_DS🚀/.source, Ue = ht.slice(0, 5), Je = ht.slice(4), re = { n: 10, q: "it's" };
  const ye = (context, ...rest) => new Error(JSON.stringify(rest));
  const kt = { get: (context, ...args) => args };
  ${cut('var ae=', 'var dn=')}
  const ${cut('Ct={camel', ',W=')};
  const ${cut('yn=e=>', ',bn=')};
  const ${cut('Sn=(e,{', ';I({name:"peek"')};
  ${cut('var Q=', ',ie=')};
  return { compile: Sn, parse: yn, cased: O, property: Pt, time: Q };
`)();
const special = (key, value) =>
  value instanceof RegExp ? String(value) : value === Infinity ? 'Infinity' : value;
const answers = {
  value: ({ expression }) => compile(expression, { returnsValue: true })({ id: '', tagName: 'P' }),
  plain: ({ program }) => Function(`return eval(${JSON.stringify(program)})`)(),
  guarded: ({ guard, element, url, page }) => {
    const guarded = Function('el', 'location', `return ${guard}`)({ localName: element }, page);
    return guarded(url);
  },
  name: ({ name, assumed }) => {
    const { pluginName, key, mods } = parse(name);
    return [pluginName, cased(key, mods, assumed)];
  },
  prop: ({ name }) => property([...parse(name).mods.get('prop')][0]),
  time: ({ tag }) => time(new Set(tag.split('.'))),
};
console.error = () => {};
globalThis.document = new EventTarget();
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = { value: answers[question.ask](question) };
  } catch (error) {
    answer = { error: error.message };
  }
  console.log(JSON.stringify(answer, special));
});
"""

Client = Callable[..., Any]


class ClientError(Exception):
    """The client would stop the page."""


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    node = shutil.which("node") or missing("node", "no node on the PATH")
    try:
        bundle = datastar_bundle_path("1.0.1")  # JUDGE cuts by the names of this release
    except BundleUnavailableError as error:
        missing("datastar", str(error))
    with subprocess.Popen(
        [node, "-e", JUDGE, str(bundle)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(what: str, **question: object) -> Any:
            print(json.dumps({"ask": what, **question}), file=process.stdin, flush=True)
            # JavaScript has one type of number; it prints 2.0**60 as an integer, rounded.
            answer = json.loads(process.stdout.readline(), parse_int=float)
            if "error" in answer:
                raise ClientError(answer["error"])
            return answer.get("value")

        yield ask
        process.stdin.close()


letters = st.text(st.characters(exclude_categories=["Cs"]))
texts = st.lists(st.sampled_from(TRAPS) | letters).map("".join)
keys = texts.filter(lambda key: "." not in key and key != "__proto__")
safe_integers = st.integers(-(2**53) + 1, 2**53 - 1)
# -0.0 is 0 in JSON.
numbers = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
values = st.recursive(
    st.none() | st.booleans() | safe_integers | numbers | texts,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
    max_leaves=10,
)
TAKE_OVER = "🖕JS_$`_DS🚀+(globalThis.taken=1)});//"


@given(values)
@example(TAKE_OVER)
@example({"a": "x\\", "b": "y;z"})
def test_a_signals_value_arrives_as_it_is(client: Client, value: object) -> None:
    attributes = data.signals({"value": value})

    arrived = client("value", expression=attributes["data-signals"])

    assert arrived == {"value": value}


# Each of these makes one of the client's regular expressions misread the code around it.
NEIGHBOURS = [
    "$n / 2",
    "1 / $n",
    "/'/.test($q)",
    '/"/.test($q)',
    "/`/.test($q)",
    "/[/;]/.test($q)",
    "`it's ${$n / 2}`",
    "`${$q + 'a'}`",
    "1 /* it's; a half */",
    "// don't\n 1",
    "'a;b/c'",
    "(() => 2)()",
    "(() => { let m = $n / 2; return m })()",
    "(() => $n // it's\n + 1)()",
    "[$n].map(m => { let k = m; return k })",
]
PLAIN = "plain"
BEGINNINGS = ["", "let half = $n / 2; ", "// it's\n", "/* a; b */ ", "let r = /;/; "]
SHAPES = [
    "TEXT",
    "`${TEXT}`",
    "`${$n /* it's */ + TEXT}`",
    "(() => TEXT)()",
    "(() => { return TEXT })()",
]
pieces = st.lists(st.sampled_from(NEIGHBOURS) | st.sampled_from(SHAPES), min_size=1, max_size=5)


@given(st.sampled_from(BEGINNINGS), pieces, texts)
@example("", ["$n / 2", "TEXT"], "x/;y")
@example("", ["/'/.test($q)", "TEXT"], "$n")
@example("", ['/"/.test($q)', "TEXT"], '"')
@example("", ["`${$n + TEXT}`", "$n", "'a'"], "}")
@example("", ["(() => TEXT)()", "'a;b'"], ")()")
def test_an_expressions_meaning_does_not_depend_on_the_text_in_it(
    client: Client, beginning: str, written: list[str], text: str
) -> None:
    program = f"{beginning}[{', '.join(written)}]"

    arrived = outcome(client, program.replace("TEXT", js(text)))

    assert arrived == outcome(client, program.replace("TEXT", js(PLAIN))).replace(
        PLAIN, json.dumps(text)[1:-1]
    )


def outcome(client: Client, expression: str) -> str:
    """Return the value of an expression as JSON, or that it has none for the client."""
    try:
        return json.dumps(client("value", expression=expression))
    except ClientError:
        return "the client stops"


STATEMENTS = [
    "let a = 8 / 2",
    "let b = /[/;]/.test('/')",
    "let c = `;${8 / 2};`",
    "let d = 'it\\'s; ' + '\\\\'",
    "let e = 8 /* ; */ / 2",
    "// it's; a half\n 8",
    "if (8 > 1) { 2; }",
    "for (let i = 0; i < 2; i++) 2",
    "let f = x => { let y = x; return y }",
    "let g = `${`;`}`",
    "/* ; */",
    "",
]
OPERANDS = [
    "8 / 2",
    "(8 / 2) / 2",
    "'a;b/c'",
    '"/;"',
    "`;${8 / 2};`",
    "`${`;`}`",
    "/;/.source",
    "/[/;]/.source",
    r"/\/;/.source",
    "8 /* ; */",
    "8 // ;\n",
    "(() => { let x = 8 / 2; return x })()",
    "(x => { let y = x; return y })(8)",
    "[8, 2].map(x => { let y = x; return y / 2 })",
]
programs = st.tuples(
    st.lists(st.sampled_from(STATEMENTS), max_size=3, unique=True),
    st.lists(st.sampled_from(OPERANDS), min_size=1, max_size=3).map(", ".join),
    st.sampled_from(["", ";", " ; ", "; ;", "; /* a */", " // a", "; let z = 1"]),
).map(lambda parts: f"{'; '.join([*parts[0], f'[{parts[1]}]'])}{parts[2]}")


@given(programs)
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_an_expression_is_run_as_javascript_reads_it_or_is_refused(
    client: Client, program: str
) -> None:
    attributes = accepted(data.text, program)

    arrived = client("value", expression=attributes["data-text"])

    assert arrived == client("plain", program=program)


@given(texts.filter(str.strip), values)
def test_a_url_and_a_payload_arrive_as_they_are(client: Client, url: str, payload: object) -> None:
    expression = at.get(url, payload={"value": payload}, retry="always")

    arrived_url, options = client("value", expression=expression)
    options.pop("headers", None)

    assert [arrived_url, options] == [url, {"payload": {"value": payload}, "retry": "always"}]


@given(texts.filter(str.strip))
@example("/a/b;c/'d'")
@example("data:,/")
def test_a_url_arrives_beside_divisions_and_statements(client: Client, url: str) -> None:
    attributes = data.text(f"let half = $n / 2; [half, {at.get(url)}, ';']")

    arrived = client("value", expression=attributes["data-text"])

    is_code = plain_url(url).startswith(("data:", "javascript:", "vbscript:"))
    assert arrived == [5, [f"unsafe:{url}" if is_code else url], ";"]


@given(texts.filter(bool), texts)
def test_an_escaped_pattern_matches_its_text_and_no_other(
    client: Client, text: str, other: str
) -> None:
    expression = at.get("/", include=f"^{re.escape(text)}$")
    pattern = expression.partition("filterSignals: {include: ")[2].removesuffix("}})")

    found = client("value", expression=f"[{js([text, other])}.map(t => {pattern}.test(t))][0]")

    assert found == [True, text == other]


@pytest.mark.slow("starts a JavaScript engine")
def test_the_permanent_streams_options_arrive(client: Client) -> None:
    subscription = at.subscribe("/subscribe", retry_interval=50, retry_scaler=2)
    url, options = client("value", expression=subscription)
    page = options["headers"].pop("Fatmorph-Page")
    options["headers"].pop("Fatmorph-State", None)  # undefined outside of a page

    assert re.fullmatch(r"[0-9a-z]{1,16} 50", page)
    assert [url, options] == [
        "/subscribe",
        {
            "payload": {},
            "headers": {"Fatmorph-Signals": "include="},
            "requestCancellation": "cleanup",
            "retry": "always",
            "retryInterval": 50,
            "retryScaler": 2,
            "retryMaxWait": 10000,
            "retryMaxCount": "Infinity",
        },
    ]


@pytest.mark.slow("starts a JavaScript engine")
def test_a_subscriptions_interval_grows_after_each_wait(client: Client) -> None:
    options = at.subscribe("/").removeprefix("@get('/', ").removesuffix(")")
    # The client reads it twice for one wait; -1 stands for two different values.
    waits = client(
        "value",
        expression=f"[({options}).retryInterval].flatMap(wait => [[Date.now, 1e6]].flatMap(clock =>"
        " [Date.now = () => clock[1]].flatMap(() => Array.from({length: 14}, () =>"
        " [Number(wait)].map(first => first === Number(wait) ? (clock[1] += first + 1, first) : -1)"
        "[0]).concat((Date.now = clock[0], [])))))",
    )

    nominal = [min(100 * 2**n, 8000) for n in range(14)]
    assert all(0.8 * n <= wait <= 1.2 * n for n, wait in zip(nominal, waits, strict=True)), waits


FAILURES = ["failure"] * 5
QUICK = [1.25, 1.25, 1.25]


@pytest.mark.slow("starts a JavaScript engine")
@pytest.mark.parametrize(
    ("happened", "factors"),
    [
        (FAILURES, [*QUICK, 4, 4.5]),
        ([*FAILURES, "datastar-open el", *FAILURES], [*QUICK, 4, 4.5, 5, 5.5, 6, 6.5, 7]),
        ([*FAILURES, "datastar-stop el", *FAILURES], [*QUICK, 4, 4.5, 5, 5.5, 6, 6.5, 7]),
        (["failure", "datastar-open el", *FAILURES], [1.25, 3, 3.5, 4, 4.5, 5]),
        (["failure", "datastar-stop el", *FAILURES], [1.25, *QUICK, 2, 2]),
        (["datastar-stop el", *FAILURES, "datastar-open el"] * 2, [*QUICK, 2, 2] * 2),
        (["datastar-stop el", *FAILURES, "datastar-open el", *FAILURES],
         [*QUICK, 2, 2, *QUICK, 4, 4.5]),
        (["failure", "11 seconds", "datastar-open el", *FAILURES], [1.25, *QUICK, 4, 4.5]),
        (["datastar-stop other", *FAILURES], [*QUICK, 4, 4.5]),
        ([*FAILURES, "started el", "failure"], [*QUICK, 4, 4.5, 5]),
    ],
    ids=[
        *("an outage", "a stream that opens after failures", "a server that stops after failures"),
        *("a failure before a stream", "a failure before a server stops", "two restarts"),
        *("an outage after a restart", "a failure long ago", "another stream", "another event"),
    ],
)  # fmt: skip
def test_a_subscriptions_waits_are_short_at_the_beginning_of_an_outage(
    client: Client, happened: list[str], factors: list[float]
) -> None:
    options = at.subscribe("/").removeprefix("@get('/', ").removesuffix(")")
    found = client(
        "value",
        expression=f"[({options}).retryScaler].flatMap(scaler => [Date.now].flatMap(clock =>"
        f" {js(happened)}.flatMap(event => event == 'failure' ? [Number(scaler)]"
        " : event == '11 seconds' ? (Date.now = () => clock() + 11000, [])"
        " : [event.split(' ')].flatMap(([type, owner]) =>"
        " (document.dispatchEvent(Object.assign(new Event('datastar-fetch'),"
        " {detail: {type, el: owner == 'el' ? el : {}}})), []))).concat((Date.now = clock, []))))",
    )

    assert found == factors


# Without spaces and controls, which the browser encodes inside a URL.
PIECES = [
    "javascript:", "JaVaScRiPt:", "vbscript:", "data:", "DATA:", "java", "script:", "http:", ":",
    "//", "/", "\\", "?", "#", ",", ";", ";base64", "+xml", "image/png", "IMAGE/PNG", "image/",
    "image/svg+xml", "text/html", "text/plain", "application/font-woff", "font/x", "x-y",
    "<script>", "alert(1)", "%6a", "&colon;", "[", "]", "@", "..", "a",
]  # fmt: skip
urls = st.tuples(
    st.text(" \t\n\r\0\x1f", max_size=2), st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
).map("".join)
GUARDED_ELEMENTS = ["a", "area", "feImage", "form", "iframe", "image", "img", "link", "object"]
PAGE = "https://shop.example/a/b"


@given(st.sampled_from(GUARDED_ELEMENTS), urls, st.sampled_from(["", "\t", "\n"]))
@example("iframe", "data:image/svg+xml,a", "")
@example("img", "data:image/svg+xml;base64,a", "")
@example("a", "javascript:alert(1)", "")
@example("a", "https://[", "")
@example("form", "javascript://a|b/%0aalert(1)//", "")
def test_a_url_is_judged_in_the_browser_as_elements_judge_it(
    client: Client, element: str, url: str, dropped: str
) -> None:
    guard = url_guard("href", "test")

    plain, disguised = (
        client("guarded", guard=guard, element=element, url=text, page=PAGE)
        for text in (url, dropped.join(url))
    )

    assert plain == neutral_url(element, url)
    # A disguised URL may be refused although it is safe.
    assert disguised in (neutral_url(element, dropped.join(url)), f"unsafe:{dropped.join(url)}")


@given(urls)
@example("data:text/plain,alert(1)")
def test_no_data_url_is_the_source_of_a_script(client: Client, url: str) -> None:
    guard = url_guard("src", "test")

    written = client("guarded", guard=guard, element="script", url=url, page=PAGE)

    assert not plain_url(written).startswith(("data:", "javascript:", "vbscript:"))


@given(st.sampled_from(GUARDED_ELEMENTS), st.lists(urls, max_size=3).map(";".join))
def test_each_url_between_semicolons_is_judged(client: Client, element: str, listed: str) -> None:
    single, several = (url_guard(name, "test") for name in ("href", "values"))

    written = client("guarded", guard=several, element=element, url=listed, page=PAGE)

    assert written == ";".join(
        client("guarded", guard=single, element=element, url=url, page=PAGE)
        for url in listed.split(";")
    )


names = st.text("abzABZ019_-.:é", min_size=1)


@given(names)
@example("DOMContentLoaded")
@example("my__event")
def test_an_events_name_arrives_as_it_is_or_is_refused(client: Client, name: str) -> None:
    (attribute,) = accepted(data.on, name, "1", once=True)

    arrived = client("name", name=attribute.lower().removeprefix("data-"), assumed="kebab")

    assert arrived == ["on", name]


@given(st.from_regex(r"[a-zA-Z0-9_]{1,9}(-[a-zA-Z0-9_]{1,9}){0,2}", fullmatch=True))
def test_a_computed_signals_name_arrives_as_it_is_or_is_refused(client: Client, name: str) -> None:
    (attribute,) = accepted(data.computed, {name: "1"})

    arrived = client("name", name=attribute.lower().removeprefix("data-"), assumed="camel")

    assert arrived == ["computed", name]


@given(st.from_regex(r"[a-zA-Z0-9_]{1,12}", fullmatch=True))
def test_a_propertys_name_arrives_as_it_is_or_is_refused(client: Client, name: str) -> None:
    (attribute,) = accepted(data.bind, "n", prop=name)

    arrived = client("prop", name=attribute.lower().removeprefix("data-"))

    assert arrived == name


@given(st.integers(1, 2**31 - 1))
def test_a_time_arrives_as_it_is(client: Client, milliseconds: int) -> None:
    assert client("time", tag=wait_tag(milliseconds, "test")) == milliseconds
    assert client("time", tag=wait_tag(str(milliseconds), "test")) == milliseconds


def accepted(function: Callable[..., Any], *args: object, **options: object) -> Any:
    """Return what a call returns; another example is tried where it is refused."""
    try:
        return function(*args, **options)
    except DatastarError:
        reject()
