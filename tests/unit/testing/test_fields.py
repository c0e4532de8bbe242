"""Fields as a browser has them: their values, their signals, their keys, and what a form sends."""

from typing import Any

import pytest

from fatmorph import Context, Element, Writer, at, data, h
from fatmorph.errors import StepError
from fatmorph.testing import Page, open_page


class Site:
    """One page, whose forms are noted.

    Args:
        content: The content of the body.
    """

    def __init__(self, *content: object) -> None:
        self.content = content
        self.forms: list[dict[str, list[str]]] = []
        self.app = {"/": self.home, "POST /form": self.form}

    async def home(self, c: Context, w: Writer) -> None:
        w.html(h.html(h.head(h.title("Page")), h.body(*self.content)))

    async def form(self, c: Context, w: Writer) -> None:
        form = await c.form()
        self.forms.append({name: form.get_all(name) for name in form})


def field(kind: str, **attributes: Any) -> Element:
    return h.input(data.bind("x"), type=kind, **attributes)


def select(*options: str, **attributes: Any) -> Element:
    return h.select(data.bind("x"), map(h.option, options), **attributes)


@pytest.mark.parametrize(
    ("signal", "bound", "value"),
    [
        (None, field("range"), 50),
        (None, field("range", min=2, max=8, step=4, value="7"), 6),
        (None, field("color", value="red"), "#000000"),
        (None, field("date", value="2024-02-30"), ""),
        (None, field("time", value="10:30"), "10:30"),
        (None, field("number", value="four"), 0),
        (None, field("text", value="a\nb"), "ab"),
        (None, field("email", value=" a@b "), "a@b"),
        (None, select("1", "2"), "1"),
        (None, select("1", "2", size=2), ""),
        ("5", field("number"), "5"),
        (2, select("1", "2"), 2),
    ],
    ids=str,
)
async def test_a_signal_has_the_value_that_its_field_can_hold(
    signal: Any, bound: Element, value: Any
) -> None:
    site = Site(data.signals({} if signal is None else {"x": signal}), bound)
    async with open_page(site.app) as page:
        assert page.signals["x"] == value


async def type_nine(page: Page) -> None:
    await page.type(page.get_by_css("input, textarea"), "9")


async def tick(page: Page) -> None:
    await page.tick(page.get_by_css("input"))


async def choose(page: Page) -> None:
    await page.choose(page.get_by_css("select"), "2", "3")


@pytest.mark.parametrize(
    ("signal", "bound", "step", "value"),
    [
        ("5", field("number"), type_nine, "59"),
        (5, field("number"), type_nine, 59),
        (5, field("text"), type_nine, 59),
        (5, h.textarea(data.bind("x")), type_nine, "59"),
        ("", field("checkbox"), tick, "on"),
        (0, field("checkbox"), tick, True),
        (False, field("checkbox", value="yes"), tick, True),
        ("", field("checkbox", value="yes"), tick, "yes"),
        (7, field("radio", value="3"), tick, 3),
        (["1", 3], select("1", "2", "3", multiple=True), choose, ["2", 3]),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
async def test_a_signal_keeps_its_type_when_its_field_changes(
    signal: Any, bound: Element, step: Any, value: Any
) -> None:
    async with open_page(Site(data.signals({"x": signal}), bound).app) as page:
        await step(page)

        assert (page.signals["x"], type(page.signals["x"])) == (value, type(value))


async def test_fields_with_one_list_have_an_item_each() -> None:
    site = Site(
        data.signals({"days": [], "lines": ["a", "b"]}),
        [field_of("days", day, type="checkbox", value=day) for day in ("mon", "tue", "wed")],
        [field_of("lines", name) for name in ("first", "second")],
    )
    async with open_page(site.app) as page:
        await page.tick(page.get_by_label("tue"))
        await page.type(page.get_by_label("second"), "c")

        assert page.signals == {"days": ["", "tue", ""], "lines": ["a", "bc"]}
        assert page.get_by_label("second").value == "bc"


def field_of(signal: str, label: str, **attributes: Any) -> Element:
    return h.input(data.bind(signal), {"aria-label": label}, **attributes)


async def test_radio_buttons_without_a_name_become_a_group() -> None:
    site = Site([field("radio", value=each, aria_label=each) for each in ("a", "b")])
    async with open_page(site.app) as page:
        await page.tick(page.get_by_label("a"))
        await page.tick(page.get_by_label("b"))

        assert page.signals == {"x": "b"}
        assert not page.get_by_label("a").is_ticked


async def test_a_text_that_is_read_before_its_field_creates_the_signal() -> None:
    site = Site(h.p(data.text("$x")), field("text", value="lost"))
    async with open_page(site.app) as page:
        assert (page.signals, page.get_by_css("input").value) == ({"x": ""}, "")


FORM = (
    ({"type": "number", "min": "3"}, "2", "4"),
    ({"type": "number"}, "1.5", "2"),
    ({"type": "number", "step": "any", "max": "2"}, "2.5", "1.5"),
    ({"type": "url"}, "shop", "https://shop.example"),
    ({"type": "email", "multiple": True}, "a@b,c", "a@b, c@d"),
    ({"minlength": "3"}, "ab", "abc"),
    ({"pattern": "[a-z]+"}, "1", "a"),
)


@pytest.mark.parametrize(("attributes", "wrong", "right"), FORM, ids=str)
async def test_a_form_is_sent_when_its_fields_are_valid(
    attributes: dict[str, Any], wrong: str, right: str
) -> None:
    submit = data.on("submit", at.post("/form", content_type="form"))
    site = Site(h.form(submit, h.input(attributes, name="q"), h.button("Send")))
    async with open_page(site.app) as page:
        await page.type(page.get_by_css("input"), wrong)
        await page.click(page.get_by_role("button"))
        await page.settled()
        sent = list(site.forms)
        await page.clear(page.get_by_css("input"))
        await page.type(page.get_by_css("input"), right)
        await page.click(page.get_by_role("button"))
        await page.settled()

        assert (sent, site.forms) == ([], [{"q": [right.replace(" ", "")]}])


async def test_fields_that_a_user_cannot_fill_do_not_stop_a_form() -> None:
    site = Site(
        h.form(
            data.on("submit", at.post("/form", content_type="form")),
            h.input(name="a", required=True, readonly=True),
            h.input(name="b", required=True, type="hidden"),
            h.fieldset(h.input(name="c", required=True), disabled=True),
            h.select(h.option("x", disabled=True, selected=True), name="d"),
            h.input(name="e", value="ab", minlength=3),
            h.button("Send", name="way", value="1"),
            h.input(name="last"),
        )
    )
    async with open_page(site.app) as page:
        await page.click(page.get_by_role("button"))
        await page.settled()

        sent = {"a": [""], "b": [""], "e": ["ab"], "last": [""], "way": ["1"]}
        assert site.forms == [sent]


async def test_keys_choose_options_radio_buttons_numbers_and_the_focus() -> None:
    site = Site(
        h.select({"id": "select"}, map(h.option, ["a", "b"])),
        h.input(type="number", id="number", value=3, step=2),
        [h.input(type="radio", name="r", value=each, id=each) for each in ("one", "two")],
        h.button("skipped", disabled=True),
        h.details(h.summary("More", id="summary"), "x"),
    )
    async with open_page(site.app) as page:
        await page.press("ArrowDown", page.get_by_id("select"))
        await page.press("ArrowDown", page.get_by_id("number"))
        await page.press("Space", page.get_by_id("one"))
        await page.press("ArrowRight")
        await page.press("Tab")
        focused = page.focused.attributes["id"]
        await page.press(" ")
        await page.press("Shift+Tab")

        assert page.get_by_id("select").value == "b"
        assert page.get_by_id("number").value == "1"
        assert page.get_by_id("two").is_ticked
        assert (focused, page.focused.attributes["id"]) == ("summary", "two")
        assert page.get_by_css("details").is_open


async def test_a_key_that_a_handler_prevents_writes_nothing() -> None:
    handler = data.on("keydown", "(evt.ctrlKey || evt.key === 'x') && evt.preventDefault()")
    async with open_page(Site(h.input(handler)).app) as page:
        await page.type(page.get_by_css("input"), "axb")
        await page.press("Control+k")

        assert page.get_by_css("input").value == "ab"


async def test_a_date_is_typed_as_a_whole() -> None:
    async with open_page(Site(field("date")).app) as page:
        await page.type(page.get_by_css("input"), "2030-01-31")
        with pytest.raises(StepError, match="it takes a date"):
            await page.type(page.get_by_css("input"), "tomorrow")

        assert page.signals == {"x": "2030-01-31"}


@pytest.mark.parametrize(
    ("content", "signals"),
    [
        (h.label(h.b("Go", id="it"), h.button(data.on("click", "$b = 1"))), {"b": 1}),
        (h.label(h.b("Go", id="it"), h.select(h.option("a"))), {}),
        (h.label(h.b("Go", id="it"), h.input(data.bind("b"), type="checkbox")), {"b": True}),
        (
            h.label(h.b("Go", id="it"), h.input(data.bind("b"), type="checkbox", hidden=True)),
            {"b": True},
        ),
    ],
    ids=["button", "select", "checkbox", "hidden checkbox"],
)
async def test_a_label_presses_its_control(content: Element, signals: dict[str, Any]) -> None:
    async with open_page(Site(content).app) as page:
        await page.click(page.get_by_id("it"))

        assert page.signals == signals


async def test_a_dialog_says_that_it_closes_and_with_which_value() -> None:
    site = Site(
        h.button({"commandfor": "box", "command": "show-modal"}, "Ask"),
        h.button("Behind"),
        h.dialog(
            {"id": "box"},
            data.on("close", "$closed = ($closed || '') + el.returnValue + ';'"),
            data.on("cancel", "$cancelled = 1"),
            h.form({"method": "dialog"}, h.button("Yes", value="yes")),
        ),
    )
    async with open_page(site.app) as page:
        await page.click(page.get_by_role("button", name="Ask"))
        with pytest.raises(StepError, match="a modal dialog is open"):
            await page.click(page.get_by_role("button", name="Behind"))
        await page.press("Escape")
        await page.click(page.get_by_role("button", name="Ask"))
        await page.click(page.get_by_role("button", name="Yes"))

        assert page.signals == {"cancelled": 1, "closed": ";yes;"}


async def test_a_script_presses_and_focuses_as_a_user_does() -> None:
    site = Site(
        h.button(data.on("click", "$box.click(); $field.focus()"), "Go"),
        h.input(data.ref("box"), data.bind("ticked"), type="checkbox"),
        h.input(data.ref("field"), data.on("focus", "$focused = 1"), data.on("blur", "$left = 1")),
        h.button(data.on("mousedown", "$field.blur()"), "Leave"),
    )
    async with open_page(site.app) as page:
        await page.click(page.get_by_role("button", name="Go"))
        await page.click(page.get_by_role("button", name="Leave"))

        found = {name: page.signals[name] for name in ("focused", "left", "ticked")}
        assert found == {"focused": 1, "left": 1, "ticked": True}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (h.div({"id": "it", "contenteditable": True}, "x"), "which is contenteditable"),
        (h.input(id="it", disabled=True), "it is disabled"),
        (h.input(id="it", readonly=True), "it is read-only"),
    ],
    ids=["contenteditable", "disabled", "read-only"],
)
async def test_an_element_that_cannot_be_typed_into_says_why(
    content: Element, message: str
) -> None:
    async with open_page(Site(content).app) as page:
        with pytest.raises(StepError, match=message):
            await page.type(page.get_by_id("it"), "x")


async def test_a_part_of_a_disabled_button_cannot_be_clicked() -> None:
    site = Site(h.button(data.on("click", "$sent = 1"), h.b("Send", id="it"), disabled=True))
    async with open_page(site.app) as page:
        with pytest.raises(StepError, match="it is disabled"):
            await page.click(page.get_by_id("it"))

        assert page.signals == {}
