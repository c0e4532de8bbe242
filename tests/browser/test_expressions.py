"""Users' text in expressions has its own value, in Chromium with the real client.

One page shows every text in every context, so a single broken expression would stop all others.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from datastar_py.attributes import JSExpression
from playwright.sync_api import Page, expect

from fatmorph import Attrs, data, datastar_script, h, js, render_bytes
from fatmorph.datastar import events
from hostile_texts import hostile_texts

HTML = "text/html; charset=utf-8"

ServeResponses = Callable[[dict[str, tuple[str, bytes]]], str]


def signal(text: str) -> str:
    """Return the name of a signal of the text's own."""
    return f"t{text.encode().hex()}"


# Attributes with a text in them → what the element shows of it, {} being the text.
CONTEXTS: list[tuple[Callable[[str], Attrs], str]] = [
    (lambda text: data.text(js(text)), "{}"),
    (lambda text: data.text(f"$n / 2 + {js(text)}"), "5{}"),
    (lambda text: data.text(f"{js(text)} + 20 / $n"), "{}2"),
    (lambda text: data.text(f"$n / 2 + {js(text)} + 20 / $n"), "5{}2"),
    (lambda text: data.text(f"let half = $n / 2; half + {js(text)}"), "5{}"),
    (lambda text: data.text(f"let text = {js(text)}; text + $n / 2"), "{}5"),
    (lambda text: data.text(rf"$q.replace(/'/g, '') + {js(text)}"), "its{}"),
    (lambda text: data.text(rf"/[;]/.test($q) + {js(text)} + /\//.test($q)"), "false{}false"),
    (lambda text: data.text(f"/\"/.test($q) + {js(text)} + $n + 'x'"), "false{}10x"),
    (lambda text: data.text(f"/`/.test($q) + {js(text)} + $n"), "false{}10"),
    (lambda text: data.text(f"`a; ${{$n / 2}}, ${{{js(text)}}}/` + $n"), "a; 5, {}/10"),
    (lambda text: data.text(f"`${{$n + {js(text)}}}` + $n + 'a'"), "10{}10a"),
    (lambda text: data.text(f"/* a; b */ $n + {js(text)} /* it's; */"), "10{}"),
    (lambda text: data.text(f"// half\n $n + {js(text)} + '.'"), "10{}."),
    (lambda text: data.text(f"(() => {js(text)})() + ';' + $n / 2"), "{};5"),
    (lambda text: data.text(f"(() => {{ let t = {js(text)}; return t }})() + 'a;'"), "{}a;"),
    (lambda text: data.text(f"[{js(text)}, $n / 2].join(';')"), "{};5"),
    (lambda text: data.text(f"({js({'a': {text: text}})}).a[{js(text)}] + $n / 2"), "{}5"),
    (lambda text: data.text(f"Object.keys({js({f'-{text}': 1})})[0] + $n / 2"), "-{}5"),
    (
        lambda text: data.attr({"title": "$n / 2", "data-x": js(text)}) | data.text("el.dataset.x"),
        "{}",
    ),
    (
        lambda text: (
            data.signals({signal(text): {"half": JSExpression("$n / 2"), "text": text}})
            | data.text(f"${signal(text)}.half + ${signal(text)}.text")
        ),
        "5{}",
    ),
    (
        lambda text: data.class_({"half": "$n / 2 > 1", f"c{text}": f"$n / 2 > 9 && {js(text)}"}),
        "half",
    ),
    (
        lambda text: (
            data.computed({f"{signal(text)}c": f"$n / 2 + {js(text)}"})
            | data.text(f"${signal(text)}c")
        ),
        "5{}",
    ),
    (lambda text: data.init(f"$n; el.textContent = $n / 2 + {js(text)}"), "5{}"),
    (lambda text: data.effect(f"el.textContent = $q.replace(/'/, '') + {js(text)}"), "its{}"),
]
SHOWN = "[...document.querySelectorAll('p')].map(p => p.textContent || p.className)"


def page_of(texts: list[str], title: str) -> bytes:
    return render_bytes(
        h.html(
            h.head(h.title(title), datastar_script("/datastar.js")),
            h.body(
                data.signals({"n": 10, "q": "it's"}),
                [h.p(attributes(text)) for text in texts for attributes, _ in CONTEXTS],
                h.output(data.text(f"{js(title)} + ' is alive'"), id="last"),
                h.button({"id": "patch"}, data.on("click", "@get('/patch')"), "Patch"),
            ),
        )
    )


def shown_of(texts: list[str]) -> list[str]:
    return [shown.replace("{}", text) for text in texts for _, shown in CONTEXTS]


@pytest.mark.parametrize("seed", range(3))
def test_a_text_has_the_same_value_next_to_any_code(
    page: Page, datastar_bundle: Path, serve_responses: ServeResponses, seed: int
) -> None:
    texts = ["x/;y", *hostile_texts(20, seed)]
    patched = hostile_texts(20, seed + 100)
    base_url = serve_responses(
        {
            "/": (HTML, page_of(texts, "page")),
            "/patch": (HTML, page_of(patched, "patch")),
            "/datastar.js": ("text/javascript", datastar_bundle.read_bytes()),
        }
    )

    page.goto(base_url)
    expect(page.locator("#last")).to_have_text("page is alive")
    assert page.evaluate(SHOWN) == shown_of(texts)

    page.locator("#patch").click()
    expect(page.locator("#last")).to_have_text("patch is alive")
    assert page.evaluate(SHOWN) == shown_of(patched)


def test_signals_leave_the_objects_of_the_page_alone(
    page: Page, datastar_bundle: Path, serve_responses: ServeResponses
) -> None:
    signals = {
        "constructor": "a",
        "toString": 1,
        "races": [{"constructor": {"prototype": {"keys": 1}, "keys": 1}}],
    }
    patch = events.patch_signals({"valueOf": 2, "done": [{"toString": {"call": 1}}]})
    view = h.html(
        h.head(h.title("Signals"), datastar_script("/datastar.js")),
        h.body(
            data.signals(signals),
            h.button({"id": "patch"}, data.on("click", "@get('/patch')"), "Patch"),
            h.output({"id": "done"}, data.text("$done?.length")),
            h.pre(data.json_signals()),
        ),
    )
    base_url = serve_responses(
        {
            "/": (HTML, render_bytes(view)),
            "/patch": ("text/event-stream", patch),
            "/datastar.js": ("text/javascript", datastar_bundle.read_bytes()),
        }
    )

    page.goto(base_url)
    page.locator("#patch").click()
    expect(page.locator("#done")).to_have_text("1")
    page.locator("#patch").click()

    assert page.evaluate(
        "[typeof Object.keys, typeof ({}).toString.call, ({}).keys === undefined]"
    ) == ["function", "function", True]
