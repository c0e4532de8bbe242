"""A user's text in a signal never runs as code, in Chromium with the real client.

Only an attacker's script sets `window.pwned`. A control test marks each expression as trusted and
sees the attack run, so the other tests cannot pass because an attack does not work.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from markupsafe import Markup
from playwright.sync_api import Page, expect

from fatmorph import Attrs, Element, data, datastar_script, h, js, render_bytes, svg
from fatmorph.datastar import events
from fatmorph.errors import DatastarError

ServeResponses = Callable[[dict[str, tuple[str, bytes]]], str]
HTML = "text/html; charset=utf-8"
# Chromium's messages about an unknown scheme and about a script that cannot be fetched.
UNKNOWN_SCHEME = ("unsafe:", "Failed to launch", "ERR_UNKNOWN_URL_SCHEME", "Failed to load")

CODE = "top.pwned = [...(top.pwned || []), NUMBER]"
URL = f"javascript:void({CODE})"
PAGE = f"<script>{CODE}</script>"


class Attack(NamedTuple):
    """An attribute, the text that is code in it, and the element that has it."""

    name: str
    text: str
    element: Callable[..., Element]


def linked(*content: Element, **attributes: Any) -> Element:
    """Return a square inside a link of SVG."""
    square = svg.rect(width=20, height=20, class_="click")
    return svg.svg(svg.a(attributes, *content, square), width=20, height=20)


def link(attributes: Attrs) -> Element:
    return h.a(attributes, "x", class_="click")


def button(attributes: Attrs) -> Element:
    return h.button(attributes, "x", class_="click")


URLS = [
    Attack("href", URL, link),
    Attack("HREF", URL, link),
    Attack("href", f" \n\x01Java\tScript:void({CODE})", link),
    Attack("href", URL, lambda attributes: linked(**attributes)),
    Attack("xlink:href", URL, lambda attributes: linked(**{"xlink:href": "#"}, **attributes)),
    Attack("values", f"{URL};#", lambda a: linked(svg.animate(a, attributeName="href", dur="9s"))),
    Attack("action", URL, lambda attributes: h.form(attributes, button(Attrs({})))),
    # The parser refuses the `|` in the host, so `new URL()` throws.
    Attack("action", f"javascript://a|b/%0a{CODE}//", lambda a: h.form(a, button(Attrs({})))),
    Attack("formaction", URL, lambda attributes: h.form(button(attributes))),
    Attack("src", URL, h.iframe),
    Attack("src", f"data:text/plain,{CODE}", h.script),
    Attack("src", f"data:,{CODE}", h.script),
    Attack("src", f"DATA:image/svg+xml,{CODE}", h.script),
]
PROGRAMS = [
    Attack("srcdoc", PAGE, h.iframe),
    Attack("onclick", CODE, button),
    Attack("OnPointerDown", CODE, button),
    Attack("data-text", CODE, h.p),
    Attack("data-init__delay.1ms", CODE, h.p),
    Attack("data-on:click", CODE, button),
    Attack("data-json-signals", CODE, h.p),
]
PROPERTIES = [
    Attack("innerHTML", f"<img src=x onerror='{CODE}'>", h.p),
    Attack("outerHTML", f"<img src=x onerror='{CODE}'>", h.p),
    Attack("srcdoc", PAGE, h.iframe),
    Attack("href", URL, link),
    Attack("formAction", URL, lambda attributes: h.form(button(attributes))),
    Attack("src", URL, h.iframe),
]


def attacks(listed: list[Attack], way: str, mark: Callable[[str], str] = str) -> list[Element]:
    """Return the elements of attacks, whose texts come in one of three ways."""

    def attack(number: int, name: str, text: str, element: Callable[..., Element]) -> Element:
        text, signal = text.replace("NUMBER", str(number)), f"text{number}"
        expression = {"signal": f"${signal}", "literal": js(text), "comma": f"$x, ${signal};"}[way]
        return h.div(
            data.signals({signal: text}), element(data.attr({name: mark(expression)})), id=signal
        )

    return [attack(number, *listed) for number, listed in enumerate(listed)]


def bindings(listed: list[Attack]) -> list[Element]:
    """Return the elements of attacks by properties, which are marked as trusted."""
    return [
        h.div(
            data.signals({f"text{number}": attack.text.replace("NUMBER", str(number))}),
            attack.element(data.bind(f"text{number}", prop=Markup(attack.name))),
        )
        for number, attack in enumerate(listed)
    ]


@pytest.fixture
def opened(
    page: Page, datastar_bundle: Path, serve_responses: ServeResponses
) -> Callable[..., Page]:
    """Open a page with elements, or patch them into one, click them all, and see it alive."""

    def open_page(elements: Iterable[Element], moment: str, then: bytes = b"") -> Page:
        content = {"load": [], "patch": [], moment: list(elements)}
        view = h.html(
            h.head(h.title("Sinks"), datastar_script("/datastar.js")),
            h.body(
                h.button({"id": "patch"}, data.on("click", "@get('/patch')"), "Patch"),
                h.main(content["load"], id="place"),
                h.output({"id": "alive"}, data.text("$done || 'loaded'")),
            ),
        )
        patch = events.patch_elements(h.main(content["patch"], id="place"))
        done = events.patch_signals({"done": "patched"})
        base_url = serve_responses(
            {
                "/": (HTML, render_bytes(view)),
                "/patch": ("text/event-stream", (patch if content["patch"] else b"") + then + done),
                "/datastar.js": ("text/javascript", datastar_bundle.read_bytes()),
                "/favicon.ico": ("image/x-icon", b""),
            }
        )
        page.goto(base_url)
        expect(page.locator("#alive")).to_have_text("loaded")
        # A real click before the first frame would be lost.
        page.locator("#patch").dispatch_event("click")
        expect(page.locator("#alive")).to_have_text("patched")
        for target in page.locator(".click").all():
            target.click()
        # Longer than any script takes that is already under way.
        page.evaluate("fetch('/favicon.ico').then(answer => answer.text())")
        return page

    return open_page


FAILING_PROPERTIES = """() => {
  "use strict"
  const names = []
  const start = Object.getPrototypeOf(document.createElement("x-y"))
  for (let each = start; each !== Object.prototype; each = Object.getPrototypeOf(each))
    names.push(...Object.getOwnPropertyNames(each))
  return names.filter(name => {
    const element = document.createElement("x-y")
    document.createElement("p").append(element)
    try { element[name] = "text"; element[name] = "other"; return false }
    catch { return name != name.toUpperCase() }
  })
}"""


def is_refused(name: str) -> bool:
    try:
        data.bind("text", prop=name)
    except DatastarError:
        return True
    return False


@pytest.mark.console_errors("focusgroup")  # which warns about text
def test_a_property_of_every_element_that_fails_when_set_is_refused(page: Page) -> None:
    failing = page.evaluate(FAILING_PROPERTIES)

    assert "attributeStyleMap" in failing
    assert [name for name in failing if not is_refused(name)] == []


@pytest.mark.console_errors(*UNKNOWN_SCHEME)
@pytest.mark.parametrize("moment", ["load", "patch"])
@pytest.mark.parametrize("way", ["signal", "literal", "comma"])
def test_a_url_that_a_user_typed_does_not_run(
    opened: Callable[..., Page], way: str, moment: str
) -> None:
    page = opened(attacks(URLS, way), moment)

    assert page.evaluate("window.pwned ?? []") == []


@pytest.mark.console_errors(*UNKNOWN_SCHEME)
def test_a_url_that_a_user_types_later_does_not_run(opened: Callable[..., Page]) -> None:
    typed = {f"text{n}": attack.text.replace("NUMBER", str(n)) for n, attack in enumerate(URLS)}
    elements = [
        h.div(data.signals({f"text{n}": ""}), attack.element(data.attr({attack.name: f"$text{n}"})))
        for n, attack in enumerate(URLS)
    ]

    page = opened(elements, "load", events.patch_signals(typed))

    assert page.evaluate("window.pwned ?? []") == []


@pytest.mark.parametrize("moment", ["load", "patch"])
@pytest.mark.parametrize(
    "elements",
    [attacks(URLS, "signal", Markup), attacks(PROGRAMS, "signal", Markup), bindings(PROPERTIES)],
    ids=["urls", "programs", "properties"],
)
@pytest.mark.console_errors(*UNKNOWN_SCHEME, "404")
def test_an_attack_runs_if_its_expression_is_trusted(
    opened: Callable[..., Page], elements: list[Element], moment: str
) -> None:
    page = opened(elements, moment)

    page.wait_for_function("count => new Set(window.pwned).size >= count", arg=len(elements))
    assert set(page.evaluate("window.pwned")) == set(range(len(elements)))


VALUES = [
    "'/a'", "'a?b#c'", "''", "'#'", "'https://shop.example/'", "'//shop.example'", "'mailto:a@b.c'",
    "'unsafe:a'", "'http://['", "' javascript/'", "'data:image/png;base64,AA'", "'data:,a'",
    "null", "undefined", "true", "false", "0", "1.5", "['javascript:a']", "({a: 'javascript:a'})",
    "$list", "$tree", "$gone", "new String('javascript:a')",
]  # fmt: skip
SHOWN = "list => [...document.querySelectorAll(list)].map(e => e.getAttribute('href'))"


def test_a_safe_value_is_set_as_the_client_sets_it(opened: Callable[..., Page]) -> None:
    signals = data.signals({"list": ["javascript:a"], "tree": {"a": "javascript:a"}})
    elements = [
        h.p(
            h.a(data.attr({"href": value}), class_="judged"),
            h.a(data.attr({"href": Markup(value)}), class_="trusted"),
        )
        for value in VALUES
    ]

    page = opened([h.div(signals), *elements], "load")

    assert page.evaluate(SHOWN, ".judged") == page.evaluate(SHOWN, ".trusted")
