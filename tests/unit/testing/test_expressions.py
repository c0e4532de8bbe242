"""The part of JavaScript that a page in memory understands."""

from collections.abc import Callable
from typing import Any

import pytest

from fatmorph import at, data, js
from fatmorph.markup.escape import JSExpression
from fatmorph.testing._expressions.evaluator import evaluate
from fatmorph.testing._expressions.tokens import NotUnderstoodError
from fatmorph.testing._signals import Signals


class Calls:
    """Actions that are only noted."""

    def __init__(self) -> None:
        self.made: list[tuple[str, list[Any]]] = []

    def call(self, name: str, arguments: list[Callable[[], Any]]) -> None:
        self.made.append((name, [argument() for argument in arguments]))


def value_of(text: str, **values: Any) -> Any:
    signals = Signals()
    signals.merge({"n": 3, "name": "Ada", "list": [1, 2], "user": {"age": 36}, **values})
    return evaluate(text, signals=signals, actions=Calls(), names={"el": None}, is_value=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$n + 1", 4),
        ("$n + 'x'", "3x"),
        ("'1' + 2 * 3", "16"),
        ("1 - -1", 2),
        ("2 ** 3 ** 2", 512),
        ("7 % 4 / 2", 1.5),
        ("1 / 0", float("inf")),
        ("-7 % 4", -3),
        ("0.1 + 0.2", 0.1 + 0.2),
        ("!$n", False),
        ("!'' && !0 && !null", True),
        ("[] ? 'full' : 'empty'", "full"),
        ("$n > 2 && $name", "Ada"),
        ("$n < 2 || 'other'", "other"),
        ("null ?? 'default'", "default"),
        ("'' ?? 'default'", ""),
        ("'10' == 10", True),
        ("'10' === 10", False),
        ("'b' > 'a'", True),
        ("$n > 2 ? 'big' : $n > 1 ? 'middle' : 'small'", "big"),
        ("`${$name} is ${$user.age > 30 ? `over ${30}` : 'young'}`", "Ada is over 30"),
        ("`a\\`b\\n$c`", "a`b\n$c"),
        ("'it\\x27s \\u{1F600}'", "it's 😀"),
        ("$n++; $n", 4),
        ("$n += 2; --$n", 4),
        ("$user.age = 37; $user", {"age": 37}),
        ("let half = $n / 2; half * 4", 6),
        ("if ($n > 2) { $n = 10 } else $n = 0; $n", 10),
        ("({a: 1, 'b-c': [2], 3: $n})", {"a": 1, "b-c": [2], "3": 3}),
        ("{a: 1}", {"a": 1}),
        ("$name.trim().toUpperCase().length", 3),
        ("$name[0] + $name.slice(-1)", "Aa"),
        ("[3, 1].concat([2]).map(x => x * 2).filter((x, i) => i > 0).join('-')", "2-4"),
        ("[1, 2].includes(2) && 'abc'.includes('bc')", True),
        ("(a => { if (a) { return 'yes' } return 'no' })(0)", "no"),
        ("(() => 7)()", 7),
        ("Math.max(1, $n, 2) + Math.floor(2.9) + Math.round(2.5)", 8),
        ("JSON.stringify({a: [1, 'x']})", '{"a":[1,"x"]}'),
        ("(0.1).toFixed(2) + (255).toString(16)", "0.10ff"),
        ("Number('12') + parseInt('3px') + String(4)", "154"),
        ("typeof $missing + typeof $n", "stringnumber"),
        ("encodeURIComponent('a b&c')", "a%20b%26c"),
        ("$n /* three */ + 1 // four", 4),
        ("$user?.age ?? 0", 36),
        ("$a-b + 1", "1"),
        ("const [a, b, c] = $list; a + b + typeof c", "3undefined"),
        ("const none = undefined; none?.a.b(1).c", None),
        ("({a: [1]})['b'] ?? {x: 2}['x']", 2),
        ("'n' in $ ? $n : 0", 3),
        ("'m' in $ || 'age' in $user", True),
        ("$['n'] + $.n", 6),
    ],
)
def test_an_expression_has_its_value(text: str, value: Any) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "new Audio('/ding.mp3').play()",
        "await fetch('/x')",
        "for (const x of $list) { $n += x }",
        "function f() {}",
        "el.animate([])",
        "window.innerWidth",
        "document.cookie",
        "$n = ",
        "a b",
        "'open",
        "`open ${",
        "class A {}",
        "$n.unknownMethod()",
        "navigator.clipboard.writeText($name)",
        "#private",
        "({$n})",
    ],
)
def test_everything_else_says_what_is_not_understood(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        value_of(text)


@pytest.mark.parametrize(
    ("expression", "name", "arguments"),
    [
        (at.get("/a/b?c=d&e"), "get", ["/a/b?c=d&e"]),
        (
            at.post("/a", payload={"n": 1, "t": "it's </b>"}),
            "post",
            ["/a", {"n": 1, "t": "it's </b>"}],
        ),
        (at.delete(JSExpression("`/rows/${$n}`")), "delete", ["/rows/3"]),
        (at.put("/a", headers={"X-A": JSExpression("$name")}), "put", ["/a", {"X-A": "Ada"}]),
        (at.patch("/a", content_type="form", selector="#f"), "patch", ["/a", "form", "#f"]),
    ],
)
def test_actions_are_read_as_they_are_written(
    expression: str, name: str, arguments: list[Any]
) -> None:
    calls, signals = Calls(), Signals()
    signals.merge({"n": 3, "name": "Ada"})

    evaluate(expression, signals=signals, actions=calls, names={"el": None})

    ((called, given),) = calls.made
    options = {**(given[1] if len(given) > 1 else {})}
    headers = options.pop("headers", {})
    headers.pop("Fatmorph-State", None)
    values = [options.get("payload"), headers, options.get("contentType"), options.get("selector")]
    assert (called, [given[0], *filter(None, values)]) == (name, arguments)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1.5,
        "",
        'it\'s "quoted" </script> \\ \n \u2028',
        [1, ["a", None]],
        {"a-b": {}},
    ],
)
def test_literals_of_js_are_read_back(value: Any) -> None:
    assert value_of(f"[{js(value)}]") == [value]


def test_unsafe_urls_are_refused_as_in_a_browser() -> None:
    (text,) = data.attr({"href": "$url"}).values()

    class Link:
        def read(self, name: str) -> str:
            return "a"

    signals = Signals()
    found = []
    for url in ("/shop", "javascript:alert(1)", " java\tscript:alert(1)", "data:image/png,x"):
        signals.merge({"url": url})
        names = {"el": Link()}
        found.append(
            evaluate(str(text), signals=signals, actions=Calls(), names=names, is_value=True)
        )

    assert found == [
        {"href": "/shop"},
        {"href": "unsafe:javascript:alert(1)"},
        {"href": "unsafe: java\tscript:alert(1)"},
        {"href": "data:image/png,x"},
    ]
