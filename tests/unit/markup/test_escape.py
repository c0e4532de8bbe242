"""JavaScript literals, and the functions that escape text."""

import json
import shutil
import subprocess
from enum import Enum, StrEnum
from types import MappingProxyType

import pytest

from fatmorph import h, json_script
from fatmorph.errors import AttributeValueError
from fatmorph.markup.escape import JSExpression, escape_attribute, escape_text, js, url_literal
from machine import missing


class Colour(StrEnum):
    RED = "red"


class Name(str, Enum):  # noqa: UP042 - other than a StrEnum it has another text when formatted
    USER = "user"


class Proxy:
    """A proxy for another value, which claims its class."""

    def __init__(self, target):
        self.target = target

    @property
    def __class__(self):
        return type(self.target)


LITERALS = [
    (None, "null", None),
    (True, "true", True),
    (False, "false", False),
    (0, "0", 0),
    (-7, "-7", -7),
    (2**53 - 1, "9007199254740991", 2**53 - 1),
    (1.5, "1.5", 1.5),
    (1e300, "1e+300", 1e300),
    ("", "''", ""),
    ("plain", "'plain'", "plain"),
    ("it's", r"'it\x27s'", "it's"),
    ('"quoted"', r"'\x22quoted\x22'", '"quoted"'),
    ("back\\slash", r"'back\x5cslash'", "back\\slash"),
    ("a\nb\r\tc\x00", r"'a\nb\x0d\x09c\x00'", "a\nb\r\tc\x00"),
    ("</script><!--", r"'\x3c\x2fscript>\x3c!--'", "</script><!--"),
    ("\u2028\u2029", r"'\u2028\u2029'", "\u2028\u2029"),
    ("€ 😍", "'€ 😍'", "€ 😍"),
    ("\U0001f595", r"'\ud83d\udd95'", "\U0001f595"),
    ("&#39;", r"'\x26#39\x3b'", "&#39;"),
    ("x/;y", r"'x\x2f\x3by'", "x/;y"),
    ("mail@home(1)", r"'mail\x40home(1\x29'", "mail@home(1)"),
    ("@ @1 a@", "'@ @1 a@'", "@ @1 a@"),
    ("$count `${x}`", r"'\x24count \x60$\x7bx\x7d\x60'", "$count `${x}`"),
    ("5 $, $5", r"'5 $, \x245'", "5 $, $5"),
    (Colour.RED, "'red'", "red"),
    ([], "[]", []),
    (("a", [1]), "['a', [1]]", ["a", [1]]),
    ({}, "{}", {}),
    (MappingProxyType({"a": 1}), "{a: 1}", {"a": 1}),
    (
        {"a_1": 1, "data-id": 2, "1": 3, "": 4, "it's": 5, "é": 6},
        r"{a_1: 1, 'data-id': 2, '1': 3, '': 4, 'it\x27s': 5, 'é': 6}",
        {"a_1": 1, "data-id": 2, "1": 3, "": 4, "it's": 5, "é": 6},
    ),
    ({"__proto__": 1}, "{['__proto__']: 1}", {"__proto__": 1}),
    ({Name.USER: Name.USER}, "{user: 'user'}", {"user": "user"}),
    ({"@post(x": "@a("}, r"{'\x40post(x': '\x40a('}", {"@post(x": "@a("}),
    ({"w-1/2;&": 1, "$a": 2}, r"{'w-1\x2f2\x3b\x26': 1, '\x24a': 2}", {"w-1/2;&": 1, "$a": 2}),
]


@pytest.mark.parametrize(
    ("value", "literal"), [(v, text) for v, text, _ in LITERALS], ids=[t for _, t, _ in LITERALS]
)
def test_a_value_is_written_as_a_literal(value, literal):
    assert js(value) == literal


def test_javascript_reads_every_literal_as_the_value():
    node = shutil.which("node") or missing("node", "no node on the PATH")
    literals = ",".join(js(value) for value, _, _ in LITERALS)
    program = f"process.stdout.write(JSON.stringify([{literals}]))"

    finished = subprocess.run([node, "-"], input=program.encode(), capture_output=True, check=True)

    assert json.loads(finished.stdout) == [meant for _, _, meant in LITERALS]


def test_an_expression_is_not_changed():
    assert js({"a": [JSExpression("$b + 1")]}) == "{a: [$b + 1]}"


def test_a_lone_surrogate_is_written_as_an_escape():
    assert js("\ud800") == r"'\ud800'"


@pytest.mark.parametrize("target", ["text", 7, 1.5, True], ids=repr)
def test_a_proxy_of_text_or_a_number_is_refused(target):
    with pytest.raises(AttributeValueError) as caught:
        js([Proxy(target)])

    assert (caught.value.what, caught.value.fix) == (
        "cannot write Proxy as a JavaScript literal",
        "str(value)",
    )


@pytest.mark.parametrize(
    ("value", "where", "fix"),
    [
        (2**53, "js(…): 9007199254740992", "str(value)"),
        (-(2**53), "js(…): -9007199254740992", "str(value)"),
        (float("nan"), "js(…): nan", "None  (null)"),
        ({"a": [float("inf")]}, "a[0]: inf", "None  (null)"),
        ({"a": {"b": b"x"}}, "a.b: b'x'", "str(value)"),
        ([{1}], "[0]: {1}", "str(value)"),
        ({"a": {7: 1}}, "a: 7", "str(key)"),
    ],
)
def test_a_value_that_json_cannot_hold_is_an_error_that_shows_its_place(value, where, fix):
    with pytest.raises(AttributeValueError) as caught:
        js(value)

    assert (caught.value.where, caught.value.fix) == (where, fix)


@pytest.mark.parametrize("depth", [100_000])
def test_a_value_nested_too_deep_is_an_error(depth):
    value = []
    for _ in range(depth):
        value = [value]

    with pytest.raises(AttributeValueError, match="as a JavaScript literal"):
        js(value)
    with pytest.raises(AttributeValueError, match="as JSON"):
        json_script(value)


def test_a_literal_is_safe_in_an_attribute_and_in_a_script():
    literal = js("</script>\"'<b>&")

    assert str(h.p({"data-init": f"f({literal})"})) == (
        r"""<p data-init="f('\x3c\x2fscript&gt;\x22\x27\x3cb&gt;\x26')"></p>"""
    )
    assert str(h.script(f"f({literal})")) == (
        r"<script>f('\x3c\x2fscript>\x22\x27\x3cb>\x26')</script>"
    )


def test_the_literal_of_a_url_keeps_its_slashes():
    assert url_literal("/a/b;c?d=1&e='2'") == r"'/a/b\x3bc?d=1\x26e=\x272\x27'"


def test_text_is_escaped_for_text():
    assert escape_text("& < > \" '") == "&amp; &lt; &gt; \" '"


def test_text_is_escaped_for_an_attribute_in_double_quotes():
    assert escape_attribute("& < > \" '") == "&amp; &lt; &gt; &quot; '"
