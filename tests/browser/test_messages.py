"""The how-to on messages, in a real browser: its own files, on Starlette."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from documented_programs import write_program
from servers import Server, running

PROGRAMS = Path(__file__).parents[1] / "integrations" / "documented"
LINE = "    orders.append(key)"
SLOW = {LINE: f"    import asyncio\n\n    await asyncio.sleep(0.3)\n{LINE}"}
FLASH = {
    "async def subscribe(c, w):\n    async with tabs.open(c) as tab:\n": (
        "async def profile(c, w):\n"
        '    c.request.session["message"] = "Your profile is saved."\n'
        '    w.redirect("/")\n\n\n'
        "async def subscribe(c, w):\n"
        "    async with tabs.open(c) as tab:\n"
        '        if message := c.request.session.pop("message", None):\n'
        "            tab.state.tell(message)\n"
    )
}
REMOVABLE = {
    "            rows_view(tab.edit),\n": (
        "            rows_view(tab.edit),\n"
        '            h.ul({"id": "removable"}, removable_view(9, "Milk")),\n'
    ),
    "from rows import relay": "from removable import removable_view\nfrom rows import relay",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    write_program("how-to/messages.md", tmp_path, {**SLOW, **FLASH, **REMOVABLE})
    routes = (PROGRAMS / "messages_routes.py").read_text(encoding="utf-8")
    routes += 'from shop import profile\n\nROUTES.append(("/profile", profile, "POST"))\n'
    (tmp_path / "routes_here.py").write_text(routes, encoding="utf-8")
    env = {"PYTHONPATH": f"{tmp_path}:{PROGRAMS}", "ROUTES": "routes_here"}
    command = [sys.executable, "-m", "uvicorn", "starlette_program:app", "--port", "{port}"]
    with running(command, cwd=tmp_path, env=env) as server:
        yield server


@pytest.fixture(autouse=True)
def client_from_disk(context: BrowserContext, official_bundle: Callable[[str], Path]) -> None:
    """Answer for the network from which the page loads the client."""
    context.route(
        "https://cdn.jsdelivr.net/**",
        lambda route: route.fulfill(
            path=official_bundle("1.0.4"),
            content_type="text/javascript",
            headers={"access-control-allow-origin": "*"},
        ),
    )


def open_shop(page: Page, server: Server) -> None:
    page.clock.install()  # time goes on, and can be put forward
    with page.expect_response("**/subscribe*"):
        page.goto(server.base_url)


def place_order(page: Page) -> None:
    page.locator("#order").click()
    expect(page.locator("#notes")).to_contain_text("Done: Your order is placed.")


def edit(page: Page, row: int, text: str) -> None:
    page.locator(f"#row-{row}").get_by_role("button", name="Edit").click()
    expect(page.locator(f"#text-{row}")).to_be_focused()
    page.locator(f"#text-{row}").fill(text)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def pass_seconds(page: Page) -> None:
    page.clock.fast_forward(7_000)


def test_a_message_survives_another_users_change_and_is_of_its_page_only(
    server: Server, new_page: Callable[[], Page]
) -> None:
    mine, other = new_page(), new_page()
    open_shop(mine, server)
    open_shop(other, server)
    place_order(mine)

    edit(other, 1, "Coffee")
    save(other)

    expect(mine.locator("#row-1")).to_contain_text("Coffee")
    expect(mine.get_by_role("status").first).to_contain_text("Your order is placed.")
    expect(other.locator("#notes")).not_to_contain_text("Your order is placed.")


def test_a_message_goes_away_after_it_was_seen_for_some_seconds(server: Server, page: Page) -> None:
    open_shop(page, server)
    place_order(page)
    page.mouse.move(0, 0)

    pass_seconds(page)

    expect(page.locator("#notes")).to_be_empty()


def test_a_message_waits_for_a_tab_that_is_hidden(server: Server, page: Page) -> None:
    open_shop(page, server)
    place_order(page)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    pass_seconds(page)
    pass_seconds(page)
    assert requested == []

    page.evaluate("Object.defineProperty(document, 'hidden', {value: false})")
    pass_seconds(page)

    expect(page.locator("#notes")).to_be_empty()


def test_a_message_waits_while_the_focus_is_on_it(server: Server, page: Page) -> None:
    open_shop(page, server)
    place_order(page)
    close = page.locator("#notes").get_by_role("button", name="Close")
    close.focus()

    pass_seconds(page)
    page.locator("#order").focus()
    expect(close).to_be_visible()
    pass_seconds(page)

    expect(close).to_have_count(0)


def test_a_message_goes_away_when_it_is_closed(server: Server, page: Page) -> None:
    open_shop(page, server)
    place_order(page)

    page.locator("#notes").get_by_role("button", name="Close").click()

    expect(page.locator("#notes")).to_be_empty()


def test_a_message_of_the_page_before_is_shown_once(server: Server, page: Page) -> None:
    page.request.post(f"{server.base_url}/profile", max_redirects=0)

    open_shop(page, server)

    expect(page.locator("#notes")).to_contain_text("Your profile is saved.")
    open_shop(page, server)
    expect(page.locator("#notes")).to_be_empty()


def test_the_row_that_is_edited_keeps_its_text_while_others_change_the_page(
    server: Server, new_page: Callable[[], Page]
) -> None:
    mine, other = new_page(), new_page()
    open_shop(mine, server)
    open_shop(other, server)
    edit(mine, 1, "Green tea")

    edit(other, 2, "Cake")
    save(other)

    expect(mine.locator("#row-2")).to_contain_text("Cake")
    expect(mine.locator("#text-1")).to_have_value("Green tea")
    expect(mine.locator("#text-1")).to_be_focused()
    expect(other.locator("#row-1")).to_contain_text("Tea")
    save(mine)
    expect(other.locator("#row-1")).to_contain_text("Green tea")
    expect(mine.locator("#row-1")).to_contain_text("Green tea")


def test_a_row_that_another_user_has_changed_is_not_overwritten(
    server: Server, new_page: Callable[[], Page]
) -> None:
    mine, other = new_page(), new_page()
    open_shop(mine, server)
    open_shop(other, server)
    edit(mine, 1, "Green tea")
    edit(other, 1, "Coffee")
    save(other)
    expect(other.locator("#row-1")).to_contain_text("Coffee")
    expect(mine.locator("#text-1")).to_have_value("Green tea")

    save(mine)

    expect(mine.get_by_role("alert")).to_contain_text("Error: Another user has changed this row")
    expect(mine.get_by_role("alert")).to_contain_text("“Green tea” is not saved")
    expect(mine.locator("#row-1")).to_contain_text("Coffee")
    pass_seconds(mine)
    expect(mine.get_by_role("alert")).to_contain_text("“Green tea” is not saved")


def test_the_page_says_that_it_is_ordering_before_the_server_has_answered(
    server: Server, page: Page
) -> None:
    open_shop(page, server)

    page.locator("#order").click()

    expect(page.locator("#ordering")).to_have_text("Ordering …")
    expect(page.locator("#order")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#orders")).to_have_text("1 orders")
    expect(page.locator("#ordering")).to_have_text("")
    expect(page.locator("#order")).to_have_attribute("aria-disabled", "false")
    expect(page.locator("#order")).to_be_focused()


def test_a_second_click_sends_nothing(server: Server, page: Page) -> None:
    open_shop(page, server)
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))

    page.locator("#order").evaluate("button => { button.click(); button.click() }")

    expect(page.locator("#notes")).to_contain_text("Your order is placed.")
    expect(page.locator("#orders")).to_have_text("1 orders")
    assert len(requested) == 1


@pytest.mark.console_errors(r"net::ERR_", "network error", "Failed to fetch", "Datastar failed")
def test_an_order_whose_answer_was_lost_is_sent_again_and_placed_once(
    server: Server, page: Page
) -> None:
    open_shop(page, server)
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort("connectionreset")

    page.route("**/order*", lose_the_first_answer)
    with page.expect_response("**/order*") as second:
        page.locator("#order").click()

    assert (lost, second.value.status) == ([second.value.url], 204)
    expect(page.locator("#orders")).to_have_text("1 orders")
    place_order(page)
    expect(page.locator("#orders")).to_have_text("2 orders")


@pytest.mark.console_errors("500")
def test_a_hint_undoes_itself_when_the_request_fails(server: Server, page: Page) -> None:
    open_shop(page, server)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/rows/9*", hold)
    expect(page.locator("#removable-9")).not_to_have_class("fading")

    with page.expect_request("**/rows/9*"):
        page.get_by_role("button", name="Remove").click()

    expect(page.locator("#removable-9")).to_have_class("fading")
    held[0].fulfill(status=500)
    expect(page.locator("#removable-9")).not_to_have_class("fading")
