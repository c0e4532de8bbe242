"""Losses of the user by a patch: typed text, focus, open details, scroll positions."""

from contextlib import AbstractAsyncContextManager

import pytest

from fatmorph import Element, Relay, Writer, at, data, h
from fatmorph.testing import Page, open_page

BODY = data.init(at.subscribe("/live"))


class Program:
    """A page that shows one view, and then another.

    Args:
        before: The content of the body.
        after: The same after a change.
    """

    def __init__(self, before: object, after: object) -> None:
        self.content = before
        self.after = after
        self.changes = Relay[None]()

    def view(self) -> Element:
        return h.html(h.head(h.title("Page")), h.body(BODY, self.content))

    async def home(self, c: object, w: Writer) -> None:
        w.html(self.view())

    async def live(self, c: object, w: Writer) -> None:
        await w.live(self.view, self.changes.subscribe("*"))

    def open(self) -> AbstractAsyncContextManager[Page]:
        return open_page({"/": self.home, "/live": self.live})

    async def change(self, page: Page) -> list[tuple[str, str]]:
        """Show the other view, and return what was lost."""
        self.content = self.after
        self.changes.publish("view", None)
        await page.settled()
        return [(loss.kind, loss.element) for loss in page.lost]


def note(name: str, **attributes: str) -> Element:
    return h.li(attributes, h.b(name), h.input(aria_label=f"Note for {name}"))


async def test_the_focus_moves_to_another_row_without_ids() -> None:
    program = Program(h.ul(note("a"), note("b")), h.ul(note("new"), note("a"), note("b")))
    async with program.open() as page:
        await page.focus(page.get_by_label("Note for b"))

        assert await program.change(page) == [("focus", "html > body > ul > li[2] > input")]


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        # The only row becomes another one, and a new row is the old one.
        (
            [h.li(h.input(type="checkbox", aria_label="a"))],
            [
                h.li(h.input(type="radio", aria_label="new", id="new")),
                h.li(h.input(type="checkbox", aria_label="a")),
            ],
            "new",
        ),
        # The row is removed, and the field of the next one becomes its field.
        (
            [h.li(h.input(type="checkbox", aria_label="a")), h.li(h.input(aria_label="b"))],
            [
                h.li(h.p(h.textarea(aria_label="new"))),
                h.li(h.input(type="checkbox", aria_label="a")),
                h.li(h.input(aria_label="b")),
            ],
            "",
        ),
    ],
    ids=["kept", "removed"],
)
async def test_a_tick_without_an_id_is_lost_when_another_field_becomes_the_ticked_one(
    before: list[Element], after: list[Element], kept: str
) -> None:
    program = Program(h.ul(before), h.ul(after))
    async with program.open() as page:
        await page.tick(page.get_by_label("a"))

        lost = await program.change(page)

        assert [kind for kind, _ in lost] == ["typed text", "focus"]
        assert not page.get_by_label("a").is_ticked
        assert [each.attributes["aria-label"] for each in page.focused] == list(
            filter(None, [kept])
        )


async def test_a_text_that_a_signal_brings_back_is_not_lost() -> None:
    def row(name: str) -> Element:
        return h.li(h.input(data.bind(name), aria_label=name))

    program = Program(
        h.ul(h.li(h.input(type="checkbox")), row("a"), row("b")), h.ul(row("a"), row("b"))
    )
    async with program.open() as page:
        await page.type(page.get_by_label("a"), "mine")

        lost = await program.change(page)

        assert [kind for kind, _ in lost] == ["focus"]
        assert page.get_by_label("a").value == "mine"


async def test_a_field_that_a_patch_clears_clears_the_signal_that_it_was_bound_to() -> None:
    def field(signal: str) -> Element:
        return h.input(data.bind(signal), aria_label=signal)

    program = Program(
        h.ul(h.li(h.p(field("a"))), h.li(field("b")), h.li(h.input(value=""))),
        h.ul(h.li(field("b")), h.li(h.input(value=""))),
    )
    async with program.open() as page:
        await page.type(page.get_by_label("b"), "mine")

        await program.change(page)

        assert (page.signals["b"], page.get_by_label("b").value) == ("", "")


async def test_typed_text_moves_to_another_row_without_ids() -> None:
    program = Program(h.ul(note("a"), note("b")), h.ul(note("new"), note("a"), note("b")))
    async with program.open() as page:
        await page.type(page.get_by_label("Note for b"), "mine")

        lost = await program.change(page)

        path = "html > body > ul > li[2] > input"
        assert lost == [("typed text", path), ("focus", path)]
        assert page.get_by_label("Note for a").value == "mine"
        assert page.lost[0].reason == (
            "its row has no id, so the text is now next to 'a'; give the row an id"
        )
        assert page.lost[0].patch is page.events[-1]


async def test_typed_text_stays_in_its_row_with_ids() -> None:
    program = Program(
        h.ul(note("a", id="a"), note("b", id="b")),
        h.ul(note("new", id="new"), note("a", id="a"), note("b", id="b")),
    )
    async with program.open() as page:
        await page.type(page.get_by_label("Note for b"), "mine")

        assert await program.change(page) == []
        assert page.get_by_label("Note for b").value == "mine"


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        pytest.param(
            h.div(h.input(aria_label="Name")),
            [h.div("Hello!"), h.div(h.input(aria_label="Name"))],
            [
                ("typed text", "html > body > div > input"),
                ("focus", "html > body > div > input"),
            ],
            id="a banner of the same tag before a form without ids",
        ),
        pytest.param(
            h.p(h.input(id="name", aria_label="Name")),
            h.div(h.p(h.textarea(id="name", aria_label="Name"))),
            [("typed text", "input#name"), ("focus", "input#name")],
            id="another tag with the same id",
        ),
        pytest.param(
            h.input(id="name", aria_label="Name", value="a"),
            h.input(id="name", aria_label="Name", value="b"),
            [("typed text", "input#name")],
            id="another value from the server",
        ),
        pytest.param(
            h.input(id="name", aria_label="Name", value="a"),
            [h.p("Hello!"), h.input(id="name", aria_label="Name", value="a", class_="b")],
            [],
            id="the same value, other attributes",
        ),
        pytest.param(
            h.input(id="name", aria_label="Name"),
            h.p("Thank you!"),
            [],
            id="a field that the server has left out",
        ),
        pytest.param(
            h.div(h.input(data.bind("name"), aria_label="Name")),
            [h.div("Hello!"), h.div(h.input(data.bind("name"), aria_label="Name"))],
            [("focus", "html > body > div > input")],
            id="a bound field, whose text is in a signal",
        ),
    ],
)
async def test_typed_text_and_focus_are_lost(
    before: object, after: object, lost: list[tuple[str, str]]
) -> None:
    program = Program(before, after)
    async with program.open() as page:
        await page.type(page.get_by_label("Name"), "Ada")

        assert await program.change(page) == lost


@pytest.mark.parametrize(
    ("keep", "lost"), [(data.preserve_attr("open"), []), (None, [("open", "details#more")])]
)
async def test_details_stay_open_if_their_attribute_is_preserved(
    keep: dict[str, str] | None, lost: list[tuple[str, str]]
) -> None:
    def details(text: str) -> Element:
        return h.details({"id": "more"}, keep, h.summary("More"), h.p(text))

    program = Program(details("1"), details("2"))
    async with program.open() as page:
        await page.click(page.get_by_text("More"))
        assert page.get_by_id("more").is_open

        assert await program.change(page) == lost


async def test_a_list_that_is_parked_loses_its_scroll_position() -> None:
    first, second = h.div(h.p(id="p"), id="first"), h.ul({"id": "second"}, h.li({"id": "x"}))
    program = Program([first, second, h.p(id="last")], [second, h.p(id="last"), first])
    async with program.open() as page:
        await page.scroll(page.get_by_id("first"), 120)

        assert await program.change(page) == [("scroll", "div#first")]


async def test_a_data_init_that_is_moved_runs_again() -> None:
    row = h.li({"id": "row"}, data.init("$runs = ($runs || 0) + 1"))
    program = Program(h.ul(row, h.li({"id": "b"})), h.ul(h.li({"id": "b"}), row))
    async with program.open() as page:
        lost = await program.change(page)

        assert lost == [("init", "li#row")]
        assert page.signals["runs"] == 3  # once at first, twice because the client parks the row


async def test_focus_and_text_survive_a_move_by_id() -> None:
    program = Program(
        h.ul(note("a", id="a"), note("b", id="b")), h.ul(note("b", id="b"), note("a", id="a"))
    )
    async with program.open() as page:
        await page.type(page.get_by_label("Note for a"), "mine")

        assert await program.change(page) == []
        assert page.focused.value == "mine"
