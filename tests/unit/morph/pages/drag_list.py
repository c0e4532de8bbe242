"""A board of cards that are dragged from column to column."""

from fatmorph import Element, at, data, datastar_script, dom_id, h

COLUMNS = {"todo": ["write", "test"], "doing": ["draw"], "done": []}


def card_view(card: str) -> Element:
    return h.li(
        {"id": dom_id("card", card), "draggable": True},
        data.on("dragstart", "evt.dataTransfer.setData('text', el.id)"),
        card,
        h.input(type="text", name="note", placeholder="Note"),
    )


def column_view(column: str, cards: list[str]) -> Element:
    return h.section(
        {"id": dom_id("column", column)},
        data.on("drop", at.post(f"/drop/{column}"), prevent=True),
        h.h2(column.title(), " ", h.small(len(cards))),
        h.ul({"id": dom_id("cards", column)}, [card_view(card) for card in cards]),
        None if cards else h.p("Nothing here."),
    )


def page(columns: dict[str, list[str]] | None = None) -> Element:
    columns = COLUMNS if columns is None else columns
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Board"), datastar_script()),
        h.body(
            data.init(at.subscribe("/board/stream")),
            h.main({"id": "board"}, [column_view(*column) for column in columns.items()]),
        ),
    )


def broken() -> Element:
    """Return cards that would reset their signals whenever they are dragged."""
    return h.ul(
        h.li({"id": dom_id("card", card)}, data.signals({"votes": 0}), card)
        for card in ("write", "test")
    )


FOUND = ["signals-can-reset", "signals-can-reset"]
