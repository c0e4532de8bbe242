"""Pages under a strict Content-Security-Policy: allowed scripts run, and nothing is violated."""

import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from browser.policies import STRICT, TRUSTED_TYPES, WITH_EVAL, recorded_violations
from rules.markdown import Page as MarkdownPage
from rules.source_tree import ROOT
from servers import Server, free_port, running

PROGRAM = Path(__file__).parent / "programs" / "strict_policy.py"
HOW_TO = MarkdownPage(ROOT / "docs" / "how-to" / "content-security-policy.md")
CDN = "https://cdn.jsdelivr.net/**"
SCRIPT_OF_ANOTHER_SITE = {"content-type": "text/javascript", "access-control-allow-origin": "*"}
RESTART_TIMEOUT_MS = 20_000  # a Python that starts on a busy machine
# Messages of the browser while the server is unreachable.
AWAY = (r"net::ERR_", "network error", "Failed to fetch", "Datastar failed to reach")

# The variables of the program, and the release of the client.
STRICT_PAGE = {"CLIENT": "1.0.4", "POLICY": STRICT, "HAS_CSP_MODE": "yes"}
MODES = {
    "1.0.4": {**STRICT_PAGE, "SENDS_NONCE": "no"},
    "1.0.4 that sends its nonce": {**STRICT_PAGE, "SENDS_NONCE": "yes"},
    "1.0.1 that sends its nonce": {
        "CLIENT": "1.0.1",
        "POLICY": WITH_EVAL,
        "HAS_CSP_MODE": "no",
        "SENDS_NONCE": "yes",
    },
}
SENDING = [name for name in MODES if "sends" in name]
sending = pytest.mark.parametrize("env", SENDING, indirect=True, scope="module")
ways = pytest.mark.parametrize("way", ["act", "tell"])


@pytest.fixture(scope="module", params=MODES)
def env(request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]) -> dict[str, str]:
    mode = MODES[request.param]
    return {**mode, "DATASTAR": str(official_bundle(mode["CLIENT"]))}


@pytest.fixture(scope="module")
def server(env: dict[str, str]) -> Iterator[Server]:
    with running([sys.executable, PROGRAM], cwd=PROGRAM.parent, env=env) as server:
        yield server


@pytest.fixture(autouse=True)
def violations(context: BrowserContext) -> Iterator[list[str]]:
    with recorded_violations(context) as found:
        yield found


def open_page(page: Page, server: Server) -> str:
    """Open the page, wait for the first page of its stream, and return its nonce."""
    response = page.goto(server.base_url)
    expect(page.locator("#source")).to_have_text(f"stream of {server.process.pid}")
    assert response is not None
    nonces = set(re.findall("'nonce-([^']+)'", response.headers["content-security-policy"]))
    assert len(nonces) == 1
    return nonces.pop()


def shown_page(page: Page) -> int:
    return int(page.locator("#number").inner_text())


def scripts_that_run(page: Page) -> list[str]:
    """Return a list that grows with every script that says that it ran."""
    ran: list[str] = []

    def note(message: ConsoleMessage) -> None:
        ran.extend(re.findall("^ran .*", message.text))

    page.on("console", note)
    return ran


def click(page: Page, button: str) -> list[str]:
    """Press a button that makes a script run, then patch the page; return what ran meanwhile."""
    ran = scripts_that_run(page)
    before = page.locator("#number").inner_text()
    with page.expect_console_message(lambda message: message.text.startswith("ran ")):
        page.locator(button).click()
    page.locator("#act-page").click()
    expect(page.locator("#number")).not_to_have_text(before)
    return ran


def readable_nonces(page: Page) -> list[str]:
    """Return the elements whose nonce a selector in a stylesheet could find."""
    selector = '[nonce]:not([nonce=""]), [data-nonce]'
    return page.locator(selector).evaluate_all("found => found.map(each => each.outerHTML)")


@ways
def test_fat_morphs_and_regions_arrive_and_the_nonce_stays_hidden(
    server: Server, page: Page, way: str
) -> None:
    nonce = open_page(page, server)
    before = shown_page(page)

    page.locator(f"#{way}-page").click()
    expect(page.locator("#number")).to_have_text(str(before + 1))
    page.locator(f"#{way}-region").click()
    expect(page.locator("#number")).to_have_text(str(before + 2))

    expect(page.locator("#number")).to_have_css("opacity", "0.5")
    assert readable_nonces(page) == []
    assert page.locator("#datastar").evaluate("script => script.nonce") == nonce


@ways
def test_a_script_that_is_new_in_a_patch_runs_once(server: Server, page: Page, way: str) -> None:
    open_page(page, server)
    number = page.locator("body script").count()

    ran = click(page, f"#{way}-script")

    assert ran == [f"ran {number}"]
    assert readable_nonces(page) == []


@ways
def test_an_executed_script_runs_once(server: Server, page: Page, way: str) -> None:
    open_page(page, server)

    ran = click(page, f"#{way}-execute")

    assert ran == ["ran execute"]


def test_the_client_lets_scripts_without_a_nonce_run_if_the_server_patches_them_in(
    server: Server, page: Page
) -> None:
    open_page(page, server)

    ran = click(page, "#act-bare")

    assert ran == ["ran bare"]


ATTACK = """
<base href="https://evil.example/">
<script>console.info("ran attack")</script>
<script nonce="NONCE">console.info("ran attack")</script>
<script src="/next"></script>
<img src="" onerror="console.info('ran attack')">
<iframe src="javascript:console.info('ran attack')"></iframe>
<object data="/next"></object>
"""


@pytest.mark.console_errors("Content Security Policy")
def test_a_script_that_an_attacker_writes_into_a_page_is_stopped(
    server: Server, page: Page, violations: list[str]
) -> None:
    nonce_of_another_load = open_page(page, server)
    ran = scripts_that_run(page)

    attack = urlencode({"attack": ATTACK.replace("NONCE", nonce_of_another_load)})
    page.goto(f"{server.base_url}/?{attack}")
    expect(page.locator("#source")).to_contain_text("stream")
    page.close()

    assert "ran attack" not in ran
    assert sorted({violation.partition(":")[0] for violation in violations}) == [
        "base-uri",
        "object-src",
        "script-src-attr",
        "script-src-elem",
    ]
    violations.clear()


@ways
@pytest.mark.parametrize("action", ["navigate", "redirect"])
def test_another_page_is_opened(server: Server, page: Page, way: str, action: str) -> None:
    open_page(page, server)

    page.locator(f"#{way}-{action}").click()

    expect(page).to_have_title("Next")


@ways
@pytest.mark.parametrize(("action", "added"), [("push", 1), ("replace", 0)])
def test_the_address_changes(server: Server, page: Page, way: str, action: str, added: int) -> None:
    open_page(page, server)
    before = page.evaluate("history.length")

    page.locator(f"#{way}-{action}").click()

    expect(page).to_have_url(re.compile(f"{action}"))
    assert page.evaluate("history.length") == before + added
    expect(page).to_have_title("Policy")


def test_a_live_link_morphs_in_its_page(server: Server, page: Page) -> None:
    open_page(page, server)
    page.evaluate("document.isSame = true")

    page.locator("#link").click()

    expect(page).to_have_title("Next")
    expect(page).to_have_url(f"{server.base_url}/next")
    assert page.evaluate("document.isSame")


@sending
@ways
def test_a_style_that_is_new_in_a_patch_applies_if_the_page_sends_its_nonce(
    server: Server, page: Page, way: str
) -> None:
    open_page(page, server)
    number = page.locator("style").count()
    expect(page.locator("#heading")).to_have_css("order", str(number - 1))

    page.locator(f"#{way}-style").click()

    expect(page.locator("#heading")).to_have_css("order", str(number))
    assert readable_nonces(page) == []


def test_every_load_and_every_tab_has_a_nonce_of_its_own(
    server: Server, new_page: Callable[[], Page]
) -> None:
    tabs = [new_page(), new_page()]
    nonces = [open_page(tab, server) for tab in (*tabs, tabs[0])]

    for tab in tabs:
        ran = click(tab, "#act-execute")
        assert ran == ["ran execute"]
    with (
        tabs[0].expect_console_message(lambda message: message.text.startswith("ran ")),
        tabs[1].expect_console_message(lambda message: message.text.startswith("ran ")),
    ):
        tabs[0].locator("#tell-script").click()

    assert len(set(nonces)) == 3


@sending
def test_a_nonce_is_in_no_url_and_no_signal(server: Server, page: Page) -> None:
    requests: list[Request] = []

    def note(request: Request) -> None:
        requests.append(request)

    page.on("request", note)
    nonce = open_page(page, server)
    click(page, "#act-execute")

    assert [each.url for each in requests if nonce in each.url + (each.post_data or "")] == []
    asked = [each for each in requests if each.headers.get("datastar-request")]
    assert [each.headers["fatmorph-nonce"] for each in asked] == [nonce] * 3
    assert page.locator(f"[data-init*='{nonce}']").count() == 0


@pytest.mark.console_errors(*AWAY)
def test_a_page_goes_on_after_a_restart_of_the_server(env: dict[str, str], page: Page) -> None:
    def start() -> AbstractContextManager[Server]:
        return running([sys.executable, PROGRAM], cwd=PROGRAM.parent, env=env, port=port)

    port = free_port()
    with start() as server:
        nonce = open_page(page, server)

    with start() as server:
        again = f"stream of {server.process.pid}"
        expect(page.locator("#source")).to_have_text(again, timeout=RESTART_TIMEOUT_MS)
        ran = [*click(page, "#act-execute"), *click(page, "#tell-script")]

    assert ran == ["ran execute", "ran 0"]
    assert readable_nonces(page) == []
    assert page.locator("#datastar").evaluate("script => script.nonce") == nonce


@pytest.mark.console_errors(*AWAY)
def test_a_saved_view_appears_by_hot_reload(
    env: dict[str, str], page: Page, tmp_path: Path
) -> None:
    main = tmp_path / "main.py"
    shutil.copy(PROGRAM, main)
    watchfiles = Path(sys.executable).with_name("watchfiles")
    command = [watchfiles, shlex.join([sys.executable, "main.py"]), "."]

    with running(command, cwd=tmp_path, env=env) as server:
        page.goto(server.base_url)
        expect(page.locator("#source")).to_contain_text("stream")
        draft = tmp_path / "main.py~"  # which watchfiles does not look at
        draft.write_text(main.read_text().replace('"Under a policy"', '"Saved"'))
        draft.replace(main)

        expect(page.locator("#heading")).to_have_text("Saved", timeout=RESTART_TIMEOUT_MS)
        ran = click(page, "#tell-execute")

    assert ran == ["ran execute"]
    assert readable_nonces(page) == []


@pytest.mark.parametrize("trusted_types", ["", TRUSTED_TYPES], ids=["", "trusted types"])
def test_the_program_of_the_how_to_does_what_it_says(
    context: BrowserContext,
    page: Page,
    official_bundle: Callable[[str], Path],
    tmp_path: Path,
    trusted_types: str,
) -> None:
    port = free_port()
    text = next(block.text for block in HOW_TO.blocks if block.title == "main.py")
    for written, instead in (
        ("    serve(app)", f"    serve(app, port={port})"),
        ("frame-ancestors 'none'", f"frame-ancestors 'none'{trusted_types}"),
    ):
        assert text.count(written) == 1
        text = text.replace(written, instead)
    (tmp_path / "main.py").write_text(text, encoding="utf-8")
    client = official_bundle("1.0.4").read_text(encoding="utf-8")
    context.route(CDN, lambda asked: asked.fulfill(body=client, headers=SCRIPT_OF_ANOTHER_SITE))

    with running([sys.executable, "main.py"], cwd=tmp_path, port=port) as server:
        page.goto(server.base_url)
        with page.expect_console_message(lambda message: message.text == "ordered"):
            page.locator("#order").click()
        expect(page.locator("h1")).to_have_text("1 orders")
        page.locator("#pay").click()

        expect(page).to_have_title("Paid")
