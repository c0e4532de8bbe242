"""In a browser: text of a user, actions of another site, and the scripts that a policy allows."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fatmorph import (
    Element,
    Markup,
    comment,
    data,
    datastar_script,
    fragment,
    h,
    js,
    json_script,
    render_bytes,
    svg,
)
from fatmorph.datastar import events
from servers import Server, running

PROGRAMS = Path(__file__).parent / "programs"
INTEGRATIONS = Path(__file__).parents[1] / "integrations"

EVIL = """<!doctype html><title>Evil</title>
<form method="post" action="TARGET/act"><button>Win</button></form>
<iframe name="inner" sandbox="allow-scripts allow-forms"
  srcdoc='<form method="post" action="TARGET/act"><button>Win</button></form>'></iframe>"""

FETCH = """async ([url, options]) => {
  try { return (await fetch(url, options)).status } catch (error) { return error.name }
}"""


@pytest.fixture(scope="module")
def shop() -> Iterator[Server]:
    with running([sys.executable, "security_app.py", "{port}"], cwd=INTEGRATIONS) as server:
        yield server


def acted(page: Page, shop: Server) -> str:
    return page.request.get(f"{shop.base_url}/count").text()


@pytest.fixture(params=["127.0.0.1", "localhost"], ids=["same-site", "cross-site"])
def evil_page(
    request: pytest.FixtureRequest,
    page: Page,
    shop: Server,
    serve_responses: Callable[[dict[str, tuple[str, bytes]]], str],
) -> Page:
    html = EVIL.replace("TARGET", shop.base_url).encode()
    base_url = serve_responses({"/": ("text/html", html), "/favicon.ico": ("image/x-icon", b"")})
    page.goto(base_url.replace("127.0.0.1", request.param))
    return page


@pytest.mark.console_errors("403")
def test_a_form_of_another_site_is_refused(evil_page: Page, shop: Server) -> None:
    before = acted(evil_page, shop)

    with evil_page.expect_navigation() as navigation:
        evil_page.locator("form button").click()

    assert (navigation.value.status, acted(evil_page, shop)) == (403, before)


@pytest.mark.console_errors("403")
def test_a_form_in_a_sandbox_is_refused(evil_page: Page, shop: Server) -> None:
    before = acted(evil_page, shop)

    with evil_page.expect_response("**/act") as response:
        evil_page.frame_locator("iframe").locator("button").click()

    assert (response.value.status, acted(evil_page, shop)) == (403, before)


@pytest.mark.console_errors("403", "CORS", "ERR_FAILED")
@pytest.mark.parametrize(
    "options",
    [
        {"method": "POST", "mode": "no-cors", "credentials": "include"},
        {"method": "POST", "body": '{"a":1}', "headers": {"Content-Type": "text/plain"}},
        {"method": "DELETE"},
        {"headers": {"Datastar-Request": "true"}},
        {"headers": {"Fatmorph-Nonce": "n0nce"}},
    ],
)
def test_a_script_of_another_site_cannot_act(
    evil_page: Page, shop: Server, options: dict[str, object]
) -> None:
    before = acted(evil_page, shop)

    status = evil_page.evaluate(FETCH, [f"{shop.base_url}/act", options])

    assert status in (0, "TypeError"), "the browser shows an opaque answer, or none"
    assert acted(evil_page, shop) == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_script_of_the_own_site_can_act(page: Page, shop: Server, method: str) -> None:
    page.goto(f"{shop.base_url}/count")

    assert page.evaluate(FETCH, ["/act", {"method": method}]) == 200


# The policy is in the page here; a policy in a header also hides nonces: see below.
def page_under(policy: str, nonce: str | None = None) -> bytes:
    return render_bytes(
        h.html(
            h.head(
                h.meta(http_equiv="content-security-policy", content=policy),
                h.title("Policy"),
                datastar_script("/datastar.js", nonce=nonce),
            ),
            h.body(
                h.button({"id": "run"}, data.on("click", "@get('/execute')"), "Run"),
                h.output({"id": "ready"}, data.init("el.textContent = 'ready'")),
            ),
        )
    )


@pytest.fixture
def open_under(
    page: Page,
    serve_responses: Callable[[dict[str, tuple[str, bytes]]], str],
    datastar_bundle: Path,
) -> Callable[..., Page]:
    def open_page(policy: str, nonce: str | None = None) -> Page:
        script = "document.title = 'Executed'"
        attributes = {"nonce": nonce} if nonce else None
        event = events.execute_script(script, attributes=attributes)
        base_url = serve_responses(
            {
                "/": ("text/html", page_under(policy, nonce)),
                "/datastar.js": ("text/javascript", datastar_bundle.read_bytes()),
                "/execute": ("text/event-stream", event),
                "/favicon.ico": ("image/x-icon", b""),
            }
        )
        page.goto(base_url)
        return page

    return open_page


@pytest.mark.console_errors("Content Security Policy", "unsafe-eval", "EvalError")
def test_expressions_need_unsafe_eval(open_under: Callable[..., Page]) -> None:
    page = open_under("script-src 'self'")

    with page.expect_console_message(lambda message: "unsafe-eval" in message.text):
        page.reload()
    expect(page.locator("#ready")).to_be_empty()


def test_a_nonce_lets_the_client_and_scripts_that_have_it_run(
    open_under: Callable[..., Page],
) -> None:
    page = open_under("script-src 'nonce-n0nce' 'unsafe-eval'", "n0nce")

    expect(page.locator("#ready")).to_have_text("ready")
    page.locator("#run").click()
    expect(page).to_have_title("Executed")


@pytest.mark.console_errors("Content Security Policy")
def test_a_script_without_the_nonce_does_not_run(open_under: Callable[..., Page]) -> None:
    page = open_under("script-src 'self' 'unsafe-eval'")

    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.locator("#run").click()
    expect(page).to_have_title("Policy")


@pytest.fixture(scope="module")
def policy(datastar_bundle: Path) -> Iterator[Server]:
    env = {"DATASTAR": str(datastar_bundle)}
    with running([sys.executable, "policy.py"], cwd=PROGRAMS, env=env) as server:
        yield server


@pytest.mark.parametrize("way", ["whole", "stream"])
@pytest.mark.parametrize(
    ("action", "title"), [("execute", "Run 1"), ("navigate", "Next"), ("redirect", "Next")]
)
def test_a_script_with_the_nonce_of_the_policy_runs_once(
    policy: Server, page: Page, way: str, action: str, title: str
) -> None:
    page.goto(policy.base_url)

    page.locator(f"#{way}-{action}").click()

    expect(page).to_have_title(title)
    expect(page.locator("script")).to_have_count(0 if title == "Next" else 1)


@pytest.mark.console_errors("Content Security Policy")
@pytest.mark.parametrize("way", ["whole", "stream"])
@pytest.mark.parametrize("action", ["other", "none"])
def test_a_script_without_the_nonce_of_the_policy_does_not_run(
    policy: Server, page: Page, way: str, action: str
) -> None:
    page.goto(policy.base_url)

    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.locator(f"#{way}-{action}").click()

    expect(page).to_have_title("Policy")


def test_a_nonce_that_the_browser_hides_stays_hidden_after_a_fat_morph(
    policy: Server, page: Page
) -> None:
    page.goto(policy.base_url)

    page.locator("#whole-page").click()
    expect(page).to_have_title("Again")
    script = page.locator("#datastar")

    assert script.evaluate("e => [e.nonce.length, e.getAttribute('nonce')]") == [22, ""]


# A user's text, and its effect if it runs.
ATTACK = "<script>top.attacked = true</script>"
IN_QUOTES = "&#39;-(top.attacked = true)-&#39;"
DATA_URLS = [f"data:{kind},top.attacked = true" for kind in ("", "text/plain", "image/x", "font/x")]

HARMLESS: dict[str, Element] = {
    "a script of SVG": h.svg(svg.script(f"var name = {js(IN_QUOTES)}, other = {js(ATTACK)}")),
    "a script in SVG": h.svg(svg.desc(h.script(f"var name = {js(IN_QUOTES)}"))),
    "data in SVG": h.svg(svg.foreignObject(json_script({"name": IN_QUOTES + ATTACK}))),
    "raw text in SVG": h.svg(svg.foreignObject(h.style("</svg>" + ATTACK))),
    "text of SVG outside SVG": h.div(svg.style(ATTACK), svg.title(f"</title>{ATTACK}")),
    "text in noscript": h.noscript(
        f"</noscript>{ATTACK}", h.p(ATTACK, title=f"</noscript>{ATTACK}")
    ),
    "verbatim text in noscript": h.noscript(comment(ATTACK), h.style(ATTACK)),
    "raw text in a template": h.template(
        h.table(h.colgroup(h.col())), h.style("</template>" + ATTACK)
    ),
    "text in a frame": h.iframe(srcdoc=h.p(ATTACK, title=f"</p>{ATTACK}")),
    "formatted HTML in a frame": h.iframe(srcdoc=Markup("<p>{}</p>").format(ATTACK)),
    "text in an event handler": h.style(
        "p {}", onload=f"var name = {js(IN_QUOTES)}, other = {js(ATTACK)}"
    ),
    "data as a script": fragment([h.script(src=url) for url in DATA_URLS]),
    "data as a script of SVG": h.svg(
        svg.script(href=url) if index % 2 else svg.script({"xlink:href": url})
        for index, url in enumerate(DATA_URLS)
    ),
}
HARMFUL = {
    "SVG": f"<svg><script>var name = '{IN_QUOTES}'</script></svg>",
    "noscript": f"<noscript><!--</noscript>{ATTACK}--></noscript>",
    "a frame": f'<iframe srcdoc="{ATTACK}"></iframe>',
    "an event handler": f"""<style onload="var name = '{IN_QUOTES}'">p {{}}</style>""",
    "data": f'<script src="{DATA_URLS[1]}"></script>',
    "data of SVG": f'<svg><script href="{DATA_URLS[0]}"></script></svg>',
    "a template": f"<template><col><style></template>{ATTACK}</style></template>",
}


@pytest.fixture
def open_view(
    page: Page,
    serve_responses: Callable[[dict[str, tuple[str, bytes]]], str],
    datastar_bundle: Path,
) -> Callable[[Element | Markup, str], Page]:
    """Open a page that has a view from the beginning, or gets it by a patch."""

    def open_page(view: Element | Markup, way: str) -> Page:
        loaded = view if way == "loaded" else h.i(data.init("@get('/patch')"))
        body = h.body(h.div({"id": "place"}, loaded), h.p({"id": "end"}, way))
        event = events.patch_elements(
            fragment(h.div({"id": "place"}, view), h.p({"id": "end"}, "patched"))
        )
        base_url = serve_responses(
            {
                "/": ("text/html", render_bytes(h.html(h.head(datastar_script("/d.js")), body))),
                "/d.js": ("text/javascript", datastar_bundle.read_bytes()),
                "/patch": ("text/event-stream", event),
                "/favicon.ico": ("image/x-icon", b""),
            }
        )
        page.goto(base_url)
        expect(page.locator("#end")).to_have_text("loaded" if way == "loaded" else "patched")
        return page

    return open_page


@pytest.mark.console_errors("ERR_UNKNOWN_URL_SCHEME", "Not allowed to load")
@pytest.mark.parametrize("way", ["loaded", "by a patch"])
@pytest.mark.parametrize("view", HARMLESS.values(), ids=HARMLESS)
def test_text_of_a_user_does_not_run(
    open_view: Callable[[Element | Markup, str], Page], view: Element, way: str
) -> None:
    page = open_view(view, way)

    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.attacked") is None


@pytest.mark.parametrize("html", HARMFUL.values(), ids=HARMFUL)
def test_the_same_text_runs_in_html_that_is_written_by_hand(
    open_view: Callable[[Element | Markup, str], Page], html: str
) -> None:
    page = open_view(Markup(html), "loaded")

    assert page.wait_for_function("window.attacked").json_value() is True
