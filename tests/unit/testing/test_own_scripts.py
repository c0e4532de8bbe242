"""A page in memory runs the scripts and the expressions that the library itself writes."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from fatmorph import (
    Context,
    Element,
    Pages,
    Relay,
    Signal,
    Signals,
    Streams,
    Writer,
    at,
    connection_state,
    data,
    h,
    live_links,
    signal,
)
from fatmorph.testing import open_page

# The answer of an action → the address of the page afterwards.
ANSWERS: list[tuple[Callable[[Writer], None], str]] = [
    (lambda w: w.redirect("/next"), "http://localhost/next"),
    (lambda w: w.navigate("/next"), "http://localhost/next"),
    (lambda w: w.navigate(""), "http://localhost/?q=old"),
    (lambda w: w.replace_url("?q=t%C3%A9a"), "http://localhost/?q=t%C3%A9a"),
    (lambda w: w.push_url("/rows?page=2"), "http://localhost/rows?page=2"),
]


@pytest.mark.parametrize("number", range(len(ANSWERS)))
async def test_an_answer_changes_the_address(number: int) -> None:
    answer, address = ANSWERS[number]

    async def home(_c: Context, w: Writer) -> None:
        w.html(h.html(h.body(h.button(data.on("click", at.post("/act")), "Act"))))

    async def act(_c: Context, w: Writer) -> None:
        answer(w)

    async with open_page({"/": home, "/next": home, "POST /act": act}, "/?q=old") as page:
        await page.click(page.get_by_role("button"))
        await page.settled()

        assert (page.url, page.skipped) == (address, ())


async def test_a_redirect_of_a_page_with_live_links_opens_the_other_page() -> None:
    async def home(_c: Context, w: Writer) -> None:
        button = h.button(data.on("click", at.post("/act")), "Act")
        w.html(h.html(h.body(button, live_links(), connection_state())))

    async def act(_c: Context, w: Writer) -> None:
        w.redirect("/?q=next")

    async with open_page({"/": home, "POST /act": act}) as page:
        await page.click(page.get_by_role("button"))
        await page.settled()

        assert page.url == "http://localhost/?q=next"


class Search(Signals):
    query: Signal[str] = signal("")


@dataclass
class Tab:
    query: str = ""


SUBSCRIPTIONS = [at.subscribe("/live"), at.subscribe("/live", include=Search)]


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS)
async def test_a_page_has_a_state_of_its_own(subscription: str) -> None:
    tabs = Pages(Tab)

    def view(tab: Tab) -> Element:
        return h.html(
            h.body(
                data.page_id(),
                data.init(subscription),
                h.input(data.bind(Search.query), id="query", aria_label="Search"),
                h.button(data.on("click", at.post("/search")), "Find"),
                h.p({"id": "found"}, tab.query),
            )
        )

    async def home(_c: Context, w: Writer) -> None:
        w.html(view(Tab()))

    async def live(c: Context, w: Writer) -> None:
        async with tabs.open(c) as tab:
            await w.live(lambda: view(tab.state), tab.changes)

    async def search(c: Context, _w: Writer) -> None:
        async with tabs.of(c) as tab:
            tab.state.query = (await c.signals(Search)).query

    handlers = {"/": home, "/live": live, "POST /search": search}
    async with open_page(handlers) as ada, open_page(handlers) as bob:
        await ada.type(ada.get_by_label("Search"), "tea")
        await ada.click(ada.get_by_role("button"))
        await ada.settled()

        assert (ada.get_by_id("found").text, bob.get_by_id("found").text) == ("tea", "")
        assert (len(tabs), ada.skipped, ada.lost) == (2, (), ())


async def test_a_header_that_only_a_browser_can_make_is_skipped_with_its_request() -> None:
    action = "@post('/act', {headers: {'X-Width': innerWidth}})"

    async def home(_c: Context, w: Writer) -> None:
        w.html(h.html(h.body(data.init(action))))

    async with open_page(home) as page:
        assert [skipped.reason for skipped in page.skipped] == ["`innerWidth`"]


async def test_another_page_goes_where_the_action_of_a_page_sends_it() -> None:
    streams, is_in = Streams(), [True]

    async def home(_c: Context, w: Writer) -> None:
        button = h.button(data.on("click", at.post("/logout")), "Log out")
        w.html(h.html(h.body(data.init(at.subscribe("/live")), button)))

    async def live(_c: Context, w: Writer) -> None:
        with streams.open(w, "session"):
            if not is_in[0]:
                w.redirect("/login")
                return
            await w.live(lambda: h.p("board", id="board"), Relay[int]().subscribe("*"))

    async def logout(_c: Context, w: Writer) -> None:
        is_in[0] = False
        streams.end("session")
        w.redirect("/login")

    async def login(_c: Context, w: Writer) -> None:
        w.html(h.html(h.body("Log in")))

    handlers = {"/": home, "/live": live, "/login": login, "POST /logout": logout}
    async with open_page(handlers) as ada, ada.another_tab("/") as other:
        await other.click(other.get_by_role("button"))
        await ada.advance(2)

        assert (ada.url, other.url) == ("http://localhost/login",) * 2
