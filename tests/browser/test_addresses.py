"""The address of a page: live links, the back button, a search in the URL, and no JavaScript."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.retry_rates import let_pass
from servers import running

PROGRAMS = Path(__file__).parent / "programs"
HOSTILE = "räume & <b>'\"</script>"
IS_SAME_DOCUMENT = "document.isSame === true"


@pytest.fixture(scope="module", params=["1.0.1", "1.0.4", "1.0.4 under a prefix"])
def site(request: pytest.FixtureRequest, official_bundle: Callable[[str], Path]) -> Iterator[str]:
    """Return the URL of the program, with one version of the client."""
    version, _, prefix = request.param.partition(" ")
    env = {"DATASTAR": str(official_bundle(version)), "PREFIX": "/shop" if prefix else ""}
    with running([sys.executable, "addresses.py"], cwd=PROGRAMS, env=env) as server:
        yield server.base_url + env["PREFIX"]


def open_page(page: Page, site: str, path: str) -> None:
    page.goto(f"{site}{path}")
    page.wait_for_function("document.liveLinks")
    page.evaluate("document.isSame = true")


def expect_page(page: Page, site: str, path: str, title: str) -> None:
    expect(page).to_have_title(title)
    expect(page).to_have_url(f"{site}{path}")
    assert page.evaluate(IS_SAME_DOCUMENT)


def wait_for_streams(page: Page, site: str, expected: list[str]) -> None:
    page.wait_for_function(
        """async ([url, expected]) => {
            const found = await (await fetch(url, {method: 'POST'})).json()
            return JSON.stringify(found) == JSON.stringify(expected)
        }""",
        arg=[f"{site}/draw", expected],
        polling=100,
    )


def test_a_link_morphs_in_its_page_with_title_address_and_stream(site: str, page: Page) -> None:
    open_page(page, site, "/one")
    wait_for_streams(page, site, ["one"])

    page.locator("#to-two").click()

    expect_page(page, site, "/two", "Page two")
    wait_for_streams(page, site, ["two"])
    before = page.locator("#draws").text_content()
    page.request.post(f"{site}/draw")
    expect(page.locator("#draws")).not_to_have_text(before or "")
    expect_page(page, site, "/two", "Page two")


def test_a_page_without_a_stream_has_none_after_a_link(site: str, page: Page) -> None:
    open_page(page, site, "/one")
    wait_for_streams(page, site, ["one"])

    page.locator("#to-three").click()

    expect_page(page, site, "/three", "Page three")
    wait_for_streams(page, site, [])
    let_pass(page, 4.5)  # longer than it takes to load a page without a stream again
    expect_page(page, site, "/three", "Page three")


def test_back_and_forward_show_each_page_where_it_was_left(site: str, page: Page) -> None:
    open_page(page, site, "/one")
    page.evaluate("scrollTo(0, 900)")
    page.evaluate("document.querySelector('#to-three').click()")
    expect_page(page, site, "/three", "Page three")
    assert page.evaluate("scrollY") == 0
    page.evaluate("scrollTo(0, 1700)")
    page.wait_for_function("history.state.scroll[1] == 1700")

    page.go_back()
    expect_page(page, site, "/one", "Page one")
    page.wait_for_function("scrollY == 900")
    page.go_forward()
    expect_page(page, site, "/three", "Page three")
    page.wait_for_function("scrollY == 1700")
    page.reload()
    expect(page).to_have_title("Page three")
    page.wait_for_function("scrollY == 1700")
    page.wait_for_function("document.liveLinks")
    page.go_back()
    expect(page).to_have_title("Page one")
    page.wait_for_function("scrollY == 900")


def test_a_link_to_a_part_of_another_page_shows_this_part(site: str, page: Page) -> None:
    open_page(page, site, "/one")

    page.locator("#to-part").click()

    expect_page(page, site, "/two#part", "Page two")
    page.wait_for_function(
        "Math.abs(document.getElementById('part').getBoundingClientRect().y) < 2"
    )
    page.go_back()
    expect_page(page, site, "/one", "Page one")
    page.go_forward()
    expect_page(page, site, "/two#part", "Page two")
    page.wait_for_function(
        "Math.abs(document.getElementById('part').getBoundingClientRect().y) < 2"
    )


def test_a_link_to_a_part_of_the_same_page_asks_for_nothing(site: str, page: Page) -> None:
    open_page(page, site, "/one")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.locator("#to-here").click()
    expect(page).to_have_url(f"{site}/one#part")
    page.go_back()
    expect(page).to_have_url(f"{site}/one")

    assert asked == []


def test_the_focus_goes_to_the_start_of_the_new_page(site: str, page: Page) -> None:
    open_page(page, site, "/one")

    page.locator("#to-two").click()
    expect_page(page, site, "/two", "Page two")
    expect(page.locator("#note-two")).to_be_focused()
    page.locator("#to-three").click()
    expect_page(page, site, "/three", "Page three")

    assert page.evaluate("document.activeElement == document.body")


def test_a_field_of_the_page_before_does_not_reach_the_next_one(site: str, page: Page) -> None:
    open_page(page, site, "/one")
    page.locator("#note-one").fill("a secret")

    page.locator("#to-two").click()

    expect_page(page, site, "/two", "Page two")
    expect(page.locator("#note-two")).to_have_value("")


@pytest.mark.parametrize("modifier", ["Control", "Shift", "middle", "target"])
def test_a_link_for_another_tab_stays_the_browsers_own(
    site: str, page: Page, modifier: str
) -> None:
    open_page(page, site, "/one")
    ways = {
        "middle": lambda: page.locator("#to-two").click(button="middle"),
        "target": lambda: page.locator("#to-tab").click(),
    }

    with page.context.expect_page() as opened:
        ways.get(modifier, lambda: page.locator("#to-two").click(modifiers=[modifier]))()  # type: ignore[list-item]  # one of two

    expect(opened.value).to_have_title("Page two")
    expect_page(page, site, "/one", "Page one")


@pytest.mark.console_errors("status of 404")
@pytest.mark.parametrize(
    ("link", "path", "text"),
    [("missing", "/missing", "Not here"), ("file", "/file", "A file"), ("old", "/two", "Page two")],
)
def test_a_response_that_is_not_a_page_is_loaded_by_the_browser(
    site: str, page: Page, link: str, path: str, text: str
) -> None:
    open_page(page, site, "/one")

    page.locator(f"#to-{link}").click()

    expect(page).to_have_url(f"{site}{path}")
    expect(page.locator("body")).to_contain_text(text)
    page.wait_for_function("document.isSame !== true")


def test_a_redirect_takes_over_the_entry_of_its_link(site: str, page: Page) -> None:
    open_page(page, site, "/one")
    before = page.evaluate("history.length")

    page.locator("#to-old").click()

    expect(page).to_have_title("Page two")
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(page).to_have_title("Page one")


def test_the_last_of_two_links_wins(site: str, page: Page) -> None:
    open_page(page, site, "/one")
    page.locator("#to-slow").click()
    expect(page).to_have_url(f"{site}/slow")

    page.locator("#to-two").click()

    expect_page(page, site, "/two", "Page two")
    page.go_back()
    expect_page(page, site, "/one", "Page one")


@pytest.mark.parametrize("text", ["tea", HOSTILE])
def test_a_search_survives_a_reload(site: str, page: Page, text: str) -> None:
    open_page(page, site, "/search")
    page.locator("#query").fill(text)
    expect(page).to_have_url(re.compile(r"search\?q=."))
    expect(page.locator("#found li").last).to_contain_text(text)
    found = page.locator("#found").inner_html()

    page.reload()

    expect(page.locator("#query")).to_have_value(text)
    assert page.locator("#found").inner_html() == found
    page.go_back()
    assert page.url == "about:blank"


def test_back_and_forward_go_through_the_searches_with_entries_of_their_own(
    site: str, page: Page
) -> None:
    open_page(page, site, "/search?q=tea")
    for word in ("coffee", "teapot", "teapot"):
        with page.expect_response("**/search?push=1") as response:
            page.locator(f"#push-{word}").click()
        response.value.finished()
        expect(page.locator("#found li")).to_have_text([word])
        expect(page).to_have_url(f"{site}/search?q={word}")

    page.go_back()
    expect(page.locator("#found li")).to_have_text(["coffee"])
    expect(page.locator("#query")).to_have_value("coffee")
    page.go_back()
    expect(page.locator("#found li")).to_have_text(["tea", "teapot"])
    expect(page.locator("#query")).to_have_value("tea")
    page.go_forward()
    expect(page.locator("#found li")).to_have_text(["coffee"])
    expect(page.locator("#query")).to_have_value("coffee")
    expect_page(page, site, "/search?q=coffee", "Search coffee")


@pytest.mark.parametrize(
    ("url", "search", "fragment"),
    [
        ("?q=räume 東京 👍", "?q=räume 東京 👍", ""),
        ("?q='\"`</script><!--${1}", "?q='\"`</script><!--${1}", ""),
        ("?q=a%26b#part", "?q=a&b", "#part"),
        (
            "?next=https://example.com/&x=javascript:1",
            "?next=https://example.com/&x=javascript:1",
            "",
        ),
        ("?q=" + "x" * 7900, "?q=" + "x" * 7900, ""),
    ],
    ids=["letters", "quotes", "fragment", "another site in the query", "long"],
)
def test_an_address_arrives_as_it_is_written_and_leads_back(
    site: str, page: Page, url: str, search: str, fragment: str
) -> None:
    open_page(page, site, "/one")
    page.evaluate("url => window.next = url", url)

    page.locator("#push-url").click()
    page.wait_for_function("location.search")

    assert page.evaluate("[decodeURIComponent(location.search), location.hash]") == [
        search,
        fragment,
    ]
    page.go_back()
    expect_page(page, site, "/one", "Page one")
    page.go_forward()
    page.wait_for_function("location.search")
    page.reload()
    expect(page).to_have_title("Page one")


def test_two_tabs_have_their_own_addresses(site: str, new_page: Callable[[], Page]) -> None:
    first, second = new_page(), new_page()
    for page in (first, second):
        open_page(page, site, "/one")

    first.locator("#to-two").click()
    expect_page(first, site, "/two", "Page two")
    wait_for_streams(first, site, ["one", "two"])

    expect_page(second, site, "/one", "Page one")


def test_without_javascript_links_and_forms_load_pages(site: str, browser: Browser) -> None:
    with closing(browser.new_context(java_script_enabled=False)) as context:
        page = context.new_page()
        page.goto(f"{site}/one")
        page.locator("#to-two").click()
        expect(page).to_have_title("Page two")

        page.goto(f"{site}/name")
        page.locator("#save").click()
        expect(page.locator("#error")).to_have_text("Say a name.")
        page.locator("#name").fill("Ada")
        page.locator("#save").click()
        expect(page).to_have_url(f"{site}/one?name=Ada")

        page.goto(f"{site}/search")
        page.locator("#query").fill("tea")
        page.locator("#query").press("Enter")
        expect(page).to_have_url(f"{site}/search?q=tea")
        expect(page.locator("#found li")).to_have_text(["tea", "teapot"])


def test_with_javascript_the_same_handler_patches_the_error(site: str, page: Page) -> None:
    open_page(page, site, "/name")

    page.locator("#save").click()

    expect(page.locator("#error")).to_have_text("Say a name.")
    expect_page(page, site, "/name", "Name")
    page.locator("#name").fill("Ada")
    page.locator("#save").click()
    expect(page).to_have_url(f"{site}/one?name=Ada")


def test_a_push_during_a_morph_keeps_every_entry(site: str, page: Page) -> None:
    open_page(page, site, "/one")

    page.evaluate("document.querySelector('#to-two').click()")
    page.evaluate("history.pushState({}, '', '?late')")

    page.go_back()
    expect_page(page, site, "/two", "Page two")
    page.go_back()
    expect_page(page, site, "/one", "Page one")
