"""The pages. They are functions of the cards, of the people, and of the page's state."""

from collections.abc import Sequence

from board import moving
from board.components import avatar, chart, field, icon, icon_button, submit
from board.database import COLUMNS, Card, Column
from board.layout import page
from board.state import MAX_TITLE, PICTURE, BoardSignals as S, Edit, Login, Sending, Tab
from fatmorph import Element, at, data, dom_id, h
from fatmorph.forms import Form

# It also runs when another user moves the card, and then leaves the focus elsewhere alone.
FOCUS = """
const focused = document.activeElement;
(focused == document.body || el.closest('.card').contains(focused)) && el.focus()
"""


def board_view(cards: list[Card], people: Sequence[str], tab: Tab) -> Element:
    found = [card for card in cards if tab.query.casefold() in card.title.casefold()]
    note = tab.note and h.p({"id": dom_id("note", tab.notes)}, tab.note)
    return page(
        tab.query or "Cards",
        data.page_id()
        | data.signals(S(query=tab.query), if_missing=True)
        | data.init(at.subscribe("/subscribe", include=S.query)),
        header_view(cards, people),
        h.main(
            {"id": "board"},
            data.on("dragstart", moving.DRAG_START),
            data.on("dragover", moving.DRAG_OVER),
            data.on("drop", moving.DROP),
            data.on("dragend", moving.DRAG_END),
            data.on("keydown", moving.KEYDOWN),
            [column_view(column, found, tab) for column in COLUMNS],
        ),
        new_card_view(tab),
        h.div({"id": "notes", "role": "status"}, note),
    )


def header_view(cards: list[Card], people: Sequence[str]) -> Element:
    return h.header(
        {"id": "header", "class": "bar"},
        h.h1("Board"),
        chart(cards),
        h.search(
            icon("search"),
            h.input(
                {"id": "query", "type": "search", "maxlength": MAX_TITLE, "placeholder": "Search"},
                {"aria-label": "Search in the cards"},
                data.bind(S.query),
                data.on("input", at.post("/search"), debounce="200ms"),
            ),
        ),
        h.ul(
            {"id": "people", "aria-label": "Here now"},
            [h.li({"id": dom_id("person", name)}, avatar(name)) for name in dict.fromkeys(people)],
        ),
        h.button(
            {"id": "add", "type": "button", "class": "primary"},
            data.on("click", f"{S.adding} = true"),
            icon("add"),
            "New card",
        ),
        h.form(
            {"id": "leave", "action": "/logout", "method": "post"},
            data.on("submit", at.post("/logout")),
            icon_button("leave", "Log out", {"type": "submit"}),
        ),
    )


def column_view(column: Column, found: list[Card], tab: Tab) -> Element:
    cards = [card for card in found if card.column == column]
    return h.section(
        {"id": column, "class": "column", "data-column": True},
        {"aria-labelledby": f"{column}-title"},
        data.attr({"data-over": f"{S.over} == '{column}'"}),
        data.preserve_attr("data-over"),
        h.h2({"id": f"{column}-title"}, column.capitalize(), " ", h.small(len(cards))),
        h.ul({"id": f"{column}-cards", "class": "cards"}, [card_view(card, tab) for card in cards]),
    )


def card_view(card: Card, tab: Tab) -> Element:
    edit = tab.edit if tab.edit and tab.edit.card == card.id else None
    sending = tab.sending if tab.sending and tab.sending.card == card.id else None
    edit_action = data.on("click", at.post(f"/cards/{card.id}/edit"))
    grip = {"id": dom_id("move", card.id), "data-grip": True}
    return h.li(
        {"id": dom_id("card", card.id), "class": "card", "data-card": card.id},
        {"draggable": "false" if edit else "true"},
        data.attr({"data-dragged": f"{S.dragged} == {card.id}"}),
        data.preserve_attr("data-dragged"),
        card.picture and h.img(src=f"/files/{card.picture}", alt="", draggable="false"),
        edit_view(edit) if edit else h.p(card.title),
        sending_view(sending or Sending(card.id, None)),
        h.footer(
            avatar(card.author),
            h.span({"class": "points", "title": "Points"}, card.points),
            picture_form(card, tab.sent),
            icon_button("edit", f"Edit {card.title}", {"id": dom_id("edit", card.id)}, edit_action),
            icon_button("move", f"Move {card.title} with the arrow keys", grip),
        ),
    )


def edit_view(edit: Edit) -> Element:
    url = f"/cards/{edit.card}"
    focus = f"document.getElementById('{dom_id('edit', edit.card)}').focus()"
    return h.form(
        {"id": dom_id("rename", edit.card), "class": "rename"},
        data.on("submit", f"{at.post(f'{url}/rename', content_type='form')}; {focus}"),
        data.on("reset", f"{at.post('/cancel')}; {focus}"),
        data.on("keydown", "evt.key == 'Escape' && el.reset()"),
        h.input(
            {"id": dom_id("title", edit.card), "name": "title", "aria-label": "Title"},
            {"value": edit.title, "required": True, "maxlength": MAX_TITLE, "autocomplete": "off"},
            data.init(FOCUS),
        ),
        h.button({"class": "primary"}, "Save"),
        h.button({"type": "reset"}, "Cancel"),
    )


def picture_form(card: Card, sent: int) -> Element:
    url, name = f"/cards/{card.id}/picture", dom_id("picture", card.id, sent)
    send = at.post(url, content_type="form", retry="never", retry_max_count=0)
    return h.form(
        {"id": dom_id("pictures", card.id), "enctype": "multipart/form-data"},
        h.label({"for": name, "class": "quiet", "title": "Add a picture"}, icon("picture")),
        h.input(
            {"id": name, "class": "hidden", "name": "picture", "type": "file"},
            {"accept": PICTURE.accept, "aria-label": f"Add a picture to {card.title}"},
            {"aria-describedby": dom_id("sent", card.id)},
            data.on("change", send),
        ),
    )


def sending_view(sending: Sending) -> Element:
    is_running = sending.percent is not None
    return h.div(
        {"id": dom_id("sent", sending.card), "class": "error", "role": "alert"},
        is_running and h.progress(max=100, value=sending.percent, aria_label="Sent"),
        sending.error,
    )


def new_card_view(tab: Tab) -> Element:
    form, column = tab.new_card, dom_id("column", tab.added)
    options = [h.option(each.capitalize(), value=each) for each in COLUMNS]
    return h.dialog(
        {"id": "new-card", "aria-labelledby": "new-card-title"},
        data.preserve_attr("open"),
        data.effect(f"{S.adding} ? el.open || el.showModal() : el.close()"),
        data.on("close", f"{S.adding} = false"),
        h.form(
            {"id": dom_id("new", tab.added), "novalidate": True},
            data.indicator("creating"),
            data.on("submit", f"$creating || {at.post('/cards', content_type='form')}"),
            h.h2({"id": "new-card-title"}, "New card"),
            field(form, "title", "Title", tab.added, autocomplete="off"),
            field(form, "points", "Points", tab.added, inputmode="numeric"),
            h.label({"for": column}, "Column"),
            h.select({"id": column, "name": "column"}, options),
            h.input(id="key", type="hidden", name="key", value=tab.key),
            h.footer(
                h.button({"type": "button"}, data.on("click", f"{S.adding} = false"), "Cancel"),
                submit("Add", "creating"),
            ),
        ),
    )


def login_view(form: Form[Login]) -> Element:
    return page(
        "Log in",
        {"class": "login"},
        h.form(
            {"id": "login", "class": "form panel", "action": "/enter", "method": "post"},
            data.indicator("entering"),
            data.on("submit", f"$entering || {at.post('/enter', content_type='form')}"),
            h.h1("Board"),
            field(form, "name", "Name", value=form.values.get("name"), autocomplete="username"),
            field(form, "password", "Password", type="password", autocomplete="current-password"),
            submit("Log in", "entering"),
            h.p({"class": "hint"}, "Try ada and lovelace, or grace and hopper."),
        ),
    )
