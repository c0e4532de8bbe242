"""The back and the forward button of a page in memory."""

import pytest

from fatmorph import Context, Element, Writer, at, data, h, live_links
from fatmorph.errors import StepError
from fatmorph.testing import open_page


def room_view(name: str, *content: object) -> Element:
    links = [h.a(room, href=f"/rooms/{room}") for room in ("attic", "cellar")]
    return h.html(h.head(h.title(name)), h.body(h.nav({"id": "nav"}, links), content))


async def room(c: Context, w: Writer) -> None:
    w.html(room_view(c.path_params["name"], h.input(id="note", aria_label="Note")))


async def test_back_and_forward_load_the_pages_of_links() -> None:
    async with open_page({"/rooms/{name}": room}, "/rooms/hall") as page:
        await page.click(page.get_by_role("link", name="attic"))
        await page.click(page.get_by_role("link", name="cellar"))

        await page.back()
        await page.back()
        assert (page.title, page.url) == ("hall", "http://localhost/rooms/hall")

        await page.forward()
        assert (page.title, page.url) == ("attic", "http://localhost/rooms/attic")


async def test_a_page_that_is_loaded_after_going_back_replaces_those_ahead() -> None:
    async with open_page({"/rooms/{name}": room}, "/rooms/hall") as page:
        await page.click(page.get_by_role("link", name="attic"))
        await page.back()
        await page.click(page.get_by_role("link", name="cellar"))

        with pytest.raises(StepError) as raised:
            await page.forward()

    assert (
        str(raised.value)
        == """\
cannot go forward
  where: http://localhost/rooms/cellar
  why:   it is entry 2 of 2 in the history
  fix:   await page.goto("/")"""
    )


async def test_an_address_of_a_script_has_a_popstate_and_is_not_loaded() -> None:
    loads: list[str] = []

    async def rows(c: Context, w: Writer) -> None:
        loads.append(c.query.get("page", "1"))
        shown = h.p(data.on("popstate", "$seen = location.search", window=True))
        w.html(h.html(h.body(shown, h.button(data.on("click", at.post("/next")), "Next"))))

    async def turn(c: Context, w: Writer) -> None:
        w.push_url("?page=2")

    async with open_page({"/": rows, "POST /next": turn}, "/?page=1") as page:
        await page.click(page.get_by_role("button"))
        await page.settled()
        assert page.url == "http://localhost/?page=2"

        await page.back()
        assert (page.signals, page.url) == ({"seen": "?page=1"}, "http://localhost/?page=1")

        await page.forward()
        assert (page.signals, page.url) == ({"seen": "?page=2"}, "http://localhost/?page=2")

    assert loads == ["1"]


async def test_a_live_link_is_followed_back_and_keeps_the_page() -> None:
    async def live_room(c: Context, w: Writer) -> None:
        note = h.input(id="note", aria_label="Note")
        w.html(room_view(c.path_params["name"], note, live_links()))

    async with open_page({"/rooms/{name}": live_room}, "/rooms/hall") as page:
        await page.type(page.get_by_label("Note"), "mine")
        await page.click(page.get_by_role("link", name="attic"))
        await page.settled()

        await page.back()
        await page.settled()

        assert (page.title, page.url) == ("hall", "http://localhost/rooms/hall")
        assert page.get_by_label("Note").value == "mine"


@pytest.mark.parametrize(
    "expression",
    [
        at.post("/replace"),
        "location.replace('/rooms/cellar')",
        "history.replaceState({}, '', '/rooms/cellar')",
    ],
)
async def test_an_address_that_was_replaced_is_not_gone_back_to(expression: str) -> None:
    async def replace(c: Context, w: Writer) -> None:
        w.replace_url("/rooms/cellar")

    async def attic(c: Context, w: Writer) -> None:
        w.html(room_view("attic", h.button(data.on("click", expression), "Replace")))

    app = {"/rooms/attic": attic, "/rooms/{name}": room, "POST /replace": replace}
    async with open_page(app, "/rooms/hall") as page:
        await page.click(page.get_by_role("link", name="attic"))
        await page.click(page.get_by_role("button"))
        await page.settled()
        assert page.url == "http://localhost/rooms/cellar"

        await page.back()

        assert page.title == "hall"


async def test_an_expression_goes_back() -> None:
    async def attic(c: Context, w: Writer) -> None:
        w.html(room_view("attic", h.button(data.on("click", "history.back()"), "Back")))

    async with open_page({"/rooms/attic": attic, "/rooms/{name}": room}, "/rooms/hall") as page:
        await page.click(page.get_by_role("link", name="attic"))

        await page.click(page.get_by_role("button", name="Back"))

        assert page.title == "hall"


async def save(c: Context, w: Writer) -> None:
    if (await c.form())["way"] == "redirect":
        w.redirect("/rooms/saved")
    else:
        w.html(room_view("saved"))


def form_view(way: str) -> Element:
    form = h.form({"method": "post", "action": "/save"}, h.button("Save", name="way", value=way))
    return room_view("form", form)


async def form(c: Context, w: Writer) -> None:
    w.html(form_view(c.query["way"]))


async def test_a_form_is_not_sent_again_by_going_back_or_by_a_reload() -> None:
    app = {"/": form, "POST /save": save, "/rooms/{name}": room}
    async with open_page(app, "/?way=redirect") as page:
        await page.click(page.get_by_role("button"))
        await page.reload()
        assert (page.title, page.status) == ("saved", 200)

        await page.goto("/?way=page")
        await page.click(page.get_by_role("button"))
        await page.click(page.get_by_role("link", name="attic"))
        with pytest.raises(StepError, match="cannot go back to POST http://localhost/save"):
            await page.back()
