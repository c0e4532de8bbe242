"""Queries, steps of a user, and the requests that they lead to."""

import json
from typing import Any

import pytest

from fatmorph import Context, Element, Relay, Writer, at, data, h, live_links, svg
from fatmorph.errors import StepError
from fatmorph.testing import File, Page, open_page


class Site:
    """One page, whose requests are noted.

    Args:
        content: The content of the body.
    """

    def __init__(self, *content: object) -> None:
        self.content = content
        self.requests: list[tuple[str, str, Any]] = []
        self.app = {"/": self.home, "/other": self.other, "/{path}": self.note}

    def view(self) -> Element:
        return h.html(h.head(h.title("Page")), h.body(*self.content))

    async def home(self, c: Context, w: Writer) -> None:
        w.html(self.view())

    async def other(self, c: Context, w: Writer) -> None:
        w.html(h.html(h.head(h.title("Other")), h.body(h.p(c.query.get("q", "")))))

    async def note(self, c: Context, w: Writer) -> None:
        signals = (await c.signals()) if c.is_datastar else None
        self.requests.append((c.method, c.path, signals))
        w.empty()


def button(expression: str, name: str = "Go", **attributes: Any) -> Element:
    return h.button(data.on("click", expression), name, **attributes)


async def test_an_element_is_found_by_its_role_and_its_name() -> None:
    site = Site(
        h.nav(h.a({"href": "/a"}, "Cart ", h.b("(2)"))),
        h.h2({"id": "title"}, "Cart"),
        h.button({"aria-labelledby": "title"}, "x"),
        h.button(h.img(src="/x", alt="Delete"), title="Remove it"),
        h.input(type="submit"),
        h.table(h.caption("Prices"), h.tr(h.th("Tea"), h.td("3"))),
        h.fieldset(h.legend("Size"), h.label(h.input(type="radio"), "Big")),
        h.div({"role": "alert"}, "Sold out"),
        h.button({"hidden": True}, "Hidden"),
        h.details(h.summary("More"), h.button("Inside")),
        h.input(placeholder="Search"),
    )
    async with open_page(site.app) as page:
        found = [
            page.get_by_role(role, name=name).node.name
            for role, name in (
                ("link", "cart (2)"),
                ("heading", "Cart"),
                ("button", "cart"),
                ("button", "delete"),
                ("button", "Submit"),
                ("table", "prices"),
                ("rowheader", "Tea"),
                ("group", "size"),
                ("radio", "big"),
                ("alert", None),
                ("textbox", "search"),
            )
        ]

        assert found == [
            *("a", "h2", "button", "button", "input", "table", "th", "fieldset", "input", "div"),
            "input",
        ]
        assert not page.get_by_role("button", name="Hidden")
        assert not page.get_by_role("button", name="Inside")


async def test_an_element_is_found_by_label_text_id_and_selector() -> None:
    site = Site(
        h.label({"for": "a"}, "First name"),
        h.input(id="a"),
        h.label("Last name", h.input(id="b")),
        h.textarea({"id": "c", "aria-label": "About you"}),
        h.ul(h.li("one ", h.b("two")), h.li("three")),
    )
    async with open_page(site.app) as page:
        ids = [
            page.get_by_label(text).attributes["id"] for text in ("first", "Last name", "about you")
        ]

        assert ids == ["a", "b", "c"]
        assert [query.text for query in page.get_by_css("ul > li")] == ["one two", "three"]
        assert page.get_by_text("one two").node.name == "li"
        assert page.get_by_text("two", exact=True).node.name == "b"
        assert page.get_by_id("a").name == "First name"
        assert page.get_by_css("ul").get_by_text("three").html == "<li>three</li>"
        with pytest.raises(StepError, match="there are 2 elements with label 'name'"):
            await page.click(page.get_by_label("name"))


@pytest.mark.parametrize(
    ("element", "role", "name"),
    [
        (h.select({"size": "many"}, h.option("a")), "combobox", ""),
        (h.div({"role": "unknown button"}, "Save"), "button", "Save"),
        (h.button({"role": "none"}, "Save"), "button", "Save"),
        (h.button(svg.svg(svg.title("Save"))), "button", "Save"),
        (h.label({"aria-label": "Full name"}, "Name", h.input()), "textbox", "Full name"),
        (h.label("Name", h.button("Ask")), "button", "Name"),
        (h.optgroup({"label": "Hot"}), "group", "Hot"),
        (h.input(type="image", src="/x", value="Go"), "button", "Go"),
        (h.section({"title": "News"}, "x"), "region", "News"),
    ],
    ids=str,
)
async def test_an_element_has_the_name_that_assistive_technology_reads(
    element: Element, role: str, name: str
) -> None:
    async with open_page(Site(element).app) as page:
        assert [each.name for each in page.get_by_role(role)] == [name]


async def test_a_text_of_closed_details_is_not_shown() -> None:
    site = Site(h.details({"id": "more"}, h.summary("More"), "secret ", h.b("too")))
    async with open_page(site.app) as page:
        before = page.get_by_id("more").text
        await page.click(page.get_by_text("More"))

        assert (before, page.get_by_id("more").text) == ("More", "More secret too")


async def test_an_error_has_the_outline_of_the_page() -> None:
    async with open_page(Site(h.main(h.h1("Cart"), h.button({"id": "buy"}, "Buy"))).app) as page:
        with pytest.raises(StepError) as raised:
            await page.click(page.get_by_role("link", name="By"))

    assert raised.value.fix == "get_by_role('button', name='Buy')"
    assert raised.value.__notes__ == ["main\n  heading 'Cart'\n  button 'Buy' #buy"]


@pytest.mark.parametrize(
    ("expression", "request_"),
    [
        (at.get("/a"), ("GET", "/a", {"n": 1, "user": {"name": "Ada"}})),
        (at.delete("/a"), ("DELETE", "/a", {"n": 1, "user": {"name": "Ada"}})),
        (at.post("/a", include="^user"), ("POST", "/a", {"user": {"name": "Ada"}})),
        (at.put("/a", exclude=r"name$"), ("PUT", "/a", {"n": 1, "_open": True})),
        (at.patch("/a", payload={"id": [7]}), ("PATCH", "/a", {"id": [7]})),
    ],
)
async def test_a_request_sends_the_signals_that_it_names(
    expression: str, request_: tuple[str, str, Any]
) -> None:
    signals = data.signals({"n": 1, "user": {"name": "Ada"}, "_open": True})
    site = Site(h.div(signals, button(expression)))
    async with open_page(site.app) as page:
        await page.click(page.get_by_role("button"))
        await page.settled()

    for _, _, sent in site.requests:
        sent.pop("fatmorph_page", None)
    assert site.requests == [request_]


async def test_an_indicator_is_true_while_a_request_is_under_way() -> None:
    site = Site(h.button(data.indicator("busy"), data.on("click", at.post("/a")), "Go"))
    async with open_page(site.app) as page:
        states = [page.signals["busy"]]
        await page.click(page.get_by_role("button"))
        states.append(page.signals["busy"])
        await page.settled()
        states.append(page.signals["busy"])

    assert states == [False, True, False]


async def test_a_second_call_of_one_method_and_url_cancels_the_first() -> None:
    site = Site(button(at.get("/a"), "One"), button(at.get("/a"), "Two"), button(at.get("/b"), "B"))
    async with open_page(site.app) as page:
        for name in ("One", "Two", "B"):
            await page.click(page.get_by_role("button", name=name))

        assert page.stream_count == 2


async def test_a_failed_request_is_repeated_as_its_option_says() -> None:
    statuses = [503, 503, 200]
    seen: list[float] = []

    async def home(c: Context, w: Writer) -> None:
        w.html(h.html(h.head(), h.body(button(at.post("/a", retry="error")), h.p(id="p"))))

    async def fail(c: Context, w: Writer) -> None:
        seen.append(statuses.pop(0))
        w.status = seen[-1]
        w.html(h.p({"id": "p"}, "Saved"))

    async with open_page({"/": home, "/a": fail}) as page:
        await page.click(page.get_by_role("button"))
        await page.settled()
        await page.advance(0.9)
        assert seen == [503]
        await page.advance(0.1)
        assert seen == [503, 503]
        await page.advance(2)

        assert (seen, page.get_by_id("p").text) == ([503, 503, 200], "Saved")


@pytest.mark.parametrize(
    ("modifiers", "counts"),
    [
        ({}, [1, 2, 3, 3, 3]),
        ({"delay": "500ms"}, [0, 0, 0, 3, 3]),
        ({"debounce": "500ms"}, [0, 0, 0, 1, 1]),
        ({"debounce": ("500ms", "leading")}, [1, 1, 1, 2, 2]),
        ({"throttle": "500ms"}, [1, 1, 1, 1, 1]),
        ({"throttle": ("500ms", "trailing")}, [1, 1, 1, 2, 2]),
        ({"once": True}, [1, 1, 1, 1, 1]),
    ],
)
async def test_a_handler_runs_at_its_time(modifiers: dict[str, Any], counts: list[int]) -> None:
    site = Site(data.signals({"n": 0}), h.button(data.on("click", "$n++", **modifiers), "Go"))
    found = []
    async with open_page(site.app) as page:
        for _ in range(3):
            await page.click(page.get_by_role("button"))
            found.append(page.signals["n"])
        for _ in range(2):
            await page.advance(0.6)
            found.append(page.signals["n"])

    assert found == counts


async def test_an_interval_runs_as_often_as_its_time_has_passed() -> None:
    site = Site(h.div(data.signals({"n": 0}), data.on_interval("$n++", duration="500ms")))
    async with open_page(site.app) as page:
        await page.advance(2.4)

        assert page.signals["n"] == 4


async def test_a_form_is_sent_by_the_browser_itself() -> None:
    site = Site(
        h.form(
            {"action": "/other"},
            h.input(name="q", aria_label="Query", required=True),
            h.button("Search"),
        )
    )
    async with open_page(site.app) as page:
        await page.click(page.get_by_role("button"))
        assert (page.title, page.focused.name) == ("Page", "Query")  # it is not valid

        await page.type(page.get_by_label("Query"), "tea & milk")
        await page.press("Enter")

        assert page.url == "http://localhost/other?q=tea+%26+milk"
        assert page.get_by_role("paragraph").text == "tea & milk"


async def test_a_link_and_the_address_bar_lead_to_other_pages() -> None:
    site = Site(h.a({"href": "other?q=1#part"}, "Other"), h.a({"href": "#top"}, "Top"))
    async with open_page(site.app) as page:
        await page.click(page.get_by_role("link", name="Top"))
        assert page.title == "Page"

        await page.click(page.get_by_role("link", name="Other"))
        assert page.url == "http://localhost/other?q=1"
        await page.goto("/")
        assert page.title == "Page"
        site.content = (h.h1("Changed"),)
        await page.reload()
        assert page.get_by_role("heading").text == "Changed"


async def test_events_bubble_until_they_are_stopped() -> None:
    site = Site(
        data.signals({"log": ""}),
        h.div(
            data.on("click", "$log += 'outer '"),
            h.p(
                data.on("click", "$log += el.id + ' '; evt.stopPropagation()"),
                h.button("Inner"),
                id="stops",
            ),
            h.p(data.on("mouseenter", "$log += evt.type"), h.button("Plain"), id="hover"),
        ),
    )
    async with open_page(site.app) as page:
        await page.click(page.get_by_role("button", name="Inner"))
        await page.click(page.get_by_role("button", name="Plain"))
        await page.fire(page.get_by_id("hover"), "mouseenter")

        assert page.signals["log"] == "stops outer mouseenter"


async def test_a_step_that_a_user_cannot_take_is_refused() -> None:
    site = Site(
        h.button({"disabled": True}, "Off"),
        h.fieldset({"disabled": True}, h.input(aria_label="In a fieldset")),
        h.input(aria_label="Fixed", readonly=True),
        h.input(type="checkbox", aria_label="Box"),
        h.div({"style": "display: none"}, h.button({"id": "hidden"}, "Hidden")),
    )
    refused = []
    async with open_page(site.app) as page:
        for step in (
            lambda: page.click(page.get_by_role("button", name="Off")),
            lambda: page.type(page.get_by_label("In a fieldset"), "x"),
            lambda: page.type(page.get_by_label("Fixed"), "x"),
            lambda: page.type(page.get_by_label("Box"), "x"),
            lambda: page.click(page.get_by_id("hidden")),
        ):
            with pytest.raises(StepError) as raised:
                await step()
            refused.append(raised.value.why.partition(",")[0])

    assert refused == [
        "it is disabled",
        "it is disabled",
        "it is read-only",
        "it takes no text",
        "it is hidden",
    ]


async def test_javascript_for_browsers_alone_is_listed_or_refused() -> None:
    site = Site(
        h.p({"id": "p"}, data.text("new Intl.NumberFormat().format(3)"), "3"),
        button("navigator.vibrate(200)"),
        h.script("document.body.hidden = true"),
    )
    async with open_page(site.app) as page:
        assert [(each.element, each.attribute) for each in page.skipped] == [
            ("p#p", "data-text"),
            ("html > body > script", "script"),
        ]
        assert page.get_by_id("p").text == "3"
        with pytest.raises(StepError, match="cannot run `navigator` without a browser"):
            await page.click(page.get_by_role("button"))


async def test_files_are_sent_with_the_signals_of_a_bound_field() -> None:
    site = Site(h.input(data.bind("files"), type="file", aria_label="Files"), button(at.post("/a")))
    async with open_page(site.app) as page:
        await page.upload(page.get_by_label("Files"), File("a.txt", b"meow", "text/plain"))
        await page.click(page.get_by_role("button"))
        await page.settled()

    ((_, _, signals),) = site.requests
    assert signals["files"] == [{"name": "a.txt", "contents": "bWVvdw==", "mime": "text/plain"}]


async def test_a_patch_without_a_target_is_in_the_console() -> None:
    async def home(c: Context, w: Writer) -> None:
        w.html(h.html(h.head(), h.body(button(at.get("/a")))))

    async def patch(c: Context, w: Writer) -> None:
        w.patch(h.p({"id": "missing"}))

    async with open_page({"/": home, "/a": patch}) as page:
        await page.click(page.get_by_role("button"))
        await page.settled()

        assert page.console == ("PatchElementsNoTargetsFound: #missing",)


@pytest.mark.parametrize(
    ("write", "state"),
    [
        (lambda w: w.json({"n": 2}), {"n": 2}),
        (lambda w: w.patch_signals({"n": 3, "m": 1}, only_if_missing=True), {"n": 1, "m": 1}),
        (lambda w: w.empty(), {"n": 1}),
        (lambda w: w.execute("document.title = 'Run'"), {"n": 1, "title": "Run"}),
        (lambda w: w.remove("#p"), {"n": 1, "p": 0}),
        (lambda w: w.navigate("/?again"), {"n": 1, "url": "http://localhost/?again"}),
        (lambda w: w.redirect("/?again"), {"n": 1, "url": "http://localhost/?again"}),
    ],
    ids=["json", "missing", "empty", "execute", "remove", "navigate", "redirect"],
)
async def test_every_kind_of_response_has_its_effect(write: Any, state: dict[str, Any]) -> None:
    async def home(c: Context, w: Writer) -> None:
        body = h.body(data.signals({"n": 1}), h.p({"id": "p"}), button(at.post("/a")))
        w.html(h.html(h.head(h.title("Page")), body))

    async def respond(c: Context, w: Writer) -> None:
        write(w)

    async with open_page({"/": home, "/a": respond}) as page:
        await page.click(page.get_by_role("button"))
        await page.settled()

        found = state_of(page)
        assert json.loads(json.dumps({name: found[name] for name in state})) == state
        assert page.console == page.skipped == ()


def state_of(page: Page) -> dict[str, Any]:
    return {
        **page.signals,
        "title": page.title,
        "url": page.url,
        "p": len(page.get_by_id("p")),
    }


async def test_a_live_link_is_followed_by_a_morph() -> None:
    async def show(c: Context, w: Writer) -> None:
        number = int(c.query.get("page", "1"))
        if number == 3:
            w.text("no page", status=404)
            return
        link = h.a({"id": "next", "href": f"/?page={number + 1}"}, "Next")
        notes = h.input(id="notes", aria_label="Notes")
        body = h.body(data.signals({"n": 1}, if_missing=True), link, notes, live_links())
        w.html(h.html(h.head(h.title(f"Page {number}")), body))

    async with open_page(show) as page:
        await page.type(page.get_by_label("Notes"), "mine")
        await page.click(page.get_by_role("link"))
        await page.settled()

        assert (page.title, page.url) == ("Page 2", "http://localhost/?page=2")
        assert page.get_by_label("Notes").value == "mine"
        assert (page.skipped, page.console, page.lost) == ((), (), ())

        await page.click(page.get_by_role("link"))
        await page.settled()
        assert (page.status, page.url) == (404, "http://localhost/?page=3")


async def test_a_stream_ends_when_its_element_gets_another_address() -> None:
    open_rooms: list[str] = []
    changes = Relay[None]()

    def view(room: str) -> Element:
        return h.html(h.head(), h.body(data.init(at.subscribe(f"/{room}/live")), h.p(room)))

    async def home(c: Context, w: Writer) -> None:
        w.html(view("kitchen"))

    async def live(c: Context, w: Writer) -> None:
        open_rooms.append(room := c.path_params["room"])
        await w.live(lambda: view("attic"), changes.subscribe("*"))
        open_rooms.remove(room)

    async with open_page({"/": home, "/{room}/live": live}) as page:
        assert (open_rooms, page.stream_count) == (["attic"], 1)


async def test_a_new_element_with_autofocus_takes_the_focus_once_if_nothing_has_it() -> None:
    hidden = h.div({"hidden": True}, h.input(autofocus=True))
    site = Site(hidden, h.button(data.on("click", at.post("/add")), "Add"))

    async def add(c: Context, w: Writer) -> None:
        w.patch(h.input(id="new", autofocus=True), selector="button", mode="after")

    async with open_page({"POST /add": add, **site.app}) as page:
        assert not page.focused
        await page.press("Enter", page.get_by_role("button"))
        await page.focus(None)
        await page.settled()
        assert page.focused.attributes["id"] == "new"

        await page.focus(None)
        await page.click(page.get_by_role("button"))
        await page.focus(None)
        await page.settled()
        assert not page.focused


async def test_an_element_that_comes_into_view_runs_its_handler() -> None:
    site = Site(
        h.p(data.on_intersect(at.post("/more"), once=True), "Loading"),
        h.p(data.on_intersect("$left = true", exit=True), "Leaving"),
        h.p({"hidden": True}, data.on_intersect(at.post("/more")), id="hidden"),
    )

    async with open_page(site.app) as page:
        assert site.requests == []
        await page.reveal(page.get_by_text("Loading"))
        await page.reveal(page.get_by_text("Loading"))
        await page.reveal(page.get_by_text("Leaving"))
        with pytest.raises(StepError, match="cannot reveal p#hidden"):
            await page.reveal(page.get_by_id("hidden"))
        await page.settled()

        assert (site.requests, page.signals) == ([("POST", "/more", {})], {})


async def test_an_element_of_several_is_chosen_by_its_number() -> None:
    site = Site(h.ul([h.li(h.b(drink)) for drink in ("tea", "coffee")]))

    async with open_page(site.app) as page:
        rows = page.get_by_role("listitem")
        assert [rows[0].text, rows[-1].text, rows[-2].text] == ["tea", "coffee", "tea"]
        assert rows[1].get_by_css("b").html == "<b>coffee</b>"
        assert not rows[2]
        with pytest.raises(StepError, match=r"there is no element with role 'listitem' \[2\]"):
            await page.click(rows[2])


async def test_names_of_other_libraries_are_answered_by_those_of_this_one() -> None:
    async with open_page(Site(button("$a = 1")).app) as page:
        with pytest.raises(AttributeError) as of_query:
            await page.get_by_role("button").click()  # type: ignore[attr-defined]
        with pytest.raises(AttributeError) as of_page:
            page.locator("#save")  # type: ignore[attr-defined]
        with pytest.raises(StepError) as of_text:
            await page.click("#save")  # type: ignore[arg-type]

    assert str(of_query.value) == (
        "'Query' object has no attribute 'click'; write await page.click(query)"
    )
    assert str(of_page.value) == (
        "'Page' object has no attribute 'locator'; write page.get_by_css(selector)"
    )
    assert (
        str(of_text.value)
        == """\
cannot use '#save' as an element
  where: a step of a page
  why:   a step takes a query of its page
  fix:   page.get_by_css('#save')"""
    )


async def test_keys_that_are_held_reach_the_handler_and_type_nothing() -> None:
    keydown = "$keys = `${evt.key} ${evt.code} ${evt.shiftKey} ${evt.ctrlKey}`"
    site = Site(h.textarea(data.on("keydown", keydown), aria_label="Text"))

    async with open_page(site.app) as page:
        seen = []
        for key in ("Shift+Enter", "Control+Enter", "Control+a", "a", "Space", "+"):
            await page.press(key, page.get_by_label("Text"))
            seen.append(page.signals["keys"])

        assert page.get_by_label("Text").value == "\na +"
    assert seen == [
        "Enter Enter true false",
        "Enter Enter false true",
        "a KeyA false true",
        "a KeyA false false",
        "  Space false false",
        "+ + false false",
    ]


async def test_a_key_whose_default_is_prevented_types_nothing() -> None:
    digits = "evt.key >= '0' && evt.key <= '9' || evt.preventDefault()"
    site = Site(h.input(data.on("keydown", digits), aria_label="Number"))

    async with open_page(site.app) as page:
        await page.type(page.get_by_label("Number"), "1a2")
        await page.press("b")

        assert page.get_by_label("Number").value == "12"


async def test_tab_moves_the_focus_to_the_next_control_that_can_be_used() -> None:
    site = Site(
        h.input(id="first"),
        h.p("text", h.a("no link"), h.input(disabled=True), h.button("x", tabindex=-1)),
        h.div({"hidden": True}, h.input()),
        h.a("link", href="/other", id="second"),
    )

    async with open_page(site.app) as page:
        stops = []
        for key in ("Tab", "Tab", "Shift+Tab", "Tab", "Tab"):
            await page.press(key)
            stops.append(page.focused and page.focused.attributes["id"])

    assert [stop or None for stop in stops] == ["first", "second", "first", "second", None]


@pytest.mark.parametrize(
    ("key", "line"),
    [("enter", "Enter"), ("Ctrl+a", "Control+a"), ("arrowup", "ArrowUp"), ("", "Enter")],
)
async def test_a_key_that_no_keyboard_has_is_refused(key: str, line: str) -> None:
    async with open_page(Site().app) as page:
        with pytest.raises(StepError) as raised:
            await page.press(key)

    assert (
        str(raised.value)
        == f"""\
cannot press {key!r}
  where: page.press(…)
  why:   a key is a character or a name of the standard, after the keys that are held
  fix:   await page.press("{line}")"""
    )
