"""Facts about the real Datastar client that the library builds on, without the library.

The pages and the events are written by hand and served by the standard library's HTTP server. If
one of these tests fails, an assumption about the client or the browser is wrong, not our code.
"""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

ServeResponses = Callable[[dict[str, tuple[str, bytes]]], str]

HTML = "text/html; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
EVENT_STREAM = "text/event-stream; charset=utf-8"
CLIENT = '<script type="module" src="/datastar.js"></script>'

BEFORE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Before</title>\
{CLIENT}</head><body class="before"><main id="home" data-signals="{{word: 'hello'}}">\
<p id="greeting" data-text="$word"></p><input id="name"><p id="count">1</p>\
<button id="change" data-on:click="@get('/change')">change</button></main></body></html>"""

AFTER = f"""<!doctype html><html lang="de" data-theme="dark"><head><meta charset="utf-8">\
<title>After</title>{CLIENT}</head><body class="after"><main id="home" \
data-signals="{{word: 'hello'}}"><p id="greeting" data-text="$word"></p><h1 id="heading">New</h1>\
<input id="name"><p id="count" title="two">2</p>\
<button id="change" data-on:click="@get('/change')">change</button></main></body></html>"""

EVENT = f"event: datastar-patch-elements\ndata: elements {AFTER}\n\n"


def test_the_client_runs_and_shows_a_signal(
    page: Page, datastar_bundle: Path, serve_responses: ServeResponses
) -> None:
    page.goto(_serve(serve_responses, datastar_bundle))

    expect(page.locator("#greeting")).to_have_text("hello")


def test_a_full_page_event_changes_title_head_body_and_attributes(
    page: Page, datastar_bundle: Path, serve_responses: ServeResponses
) -> None:
    page.goto(_serve(serve_responses, datastar_bundle))

    page.locator("#change").click()

    expect(page.locator("#heading")).to_have_text("New")
    shown = page.evaluate(
        """() => ({
            title: document.title,
            html: {...document.documentElement.dataset, lang: document.documentElement.lang},
            body: document.body.className,
            count: document.getElementById('count').outerHTML,
            greeting: document.getElementById('greeting').textContent,
        })"""
    )
    assert shown == {
        "title": "After",
        "html": {"lang": "de", "theme": "dark"},
        "body": "after",
        "count": '<p id="count" title="two">2</p>',
        "greeting": "hello",
    }


def test_a_full_page_event_keeps_nodes_with_ids_and_typed_text(
    page: Page, datastar_bundle: Path, serve_responses: ServeResponses
) -> None:
    page.goto(_serve(serve_responses, datastar_bundle))
    page.locator("#name").fill("Ada")
    page.evaluate("window.nodes = [...document.querySelectorAll('html, body, [id]')]")
    page.locator("#change").dispatch_event("click")
    expect(page.locator("#heading")).to_have_text("New")

    kept = page.evaluate("window.nodes.map(node => [node.id || node.localName, node.isConnected])")

    assert kept == [
        ["html", True],
        ["body", True],
        ["home", True],
        ["greeting", True],
        ["name", True],
        ["count", True],
        ["change", True],
    ]
    expect(page.locator("#name")).to_have_value("Ada")
    expect(page.locator("#name")).to_be_focused()


def _serve(serve_responses: ServeResponses, datastar_bundle: Path) -> str:
    return serve_responses(
        {
            "/": (HTML, BEFORE.encode()),
            "/change": (EVENT_STREAM, EVENT.encode()),
            "/datastar.js": (SCRIPT, datastar_bundle.read_bytes()),
        }
    )
