"""A table: sortable, selectable and paginated."""

from fatmorph import Element, at, data, datastar_script, dom_id, h

ORDERS = [(7, "Ada", "12.50"), (8, "Grace", "3.00"), (9, "Edsger", "99.99")]


def row_view(number: int, *cells: str) -> Element:
    return h.tr(
        {"id": dom_id("order", number)},
        h.td(h.input(type="checkbox", name="order", value=number, id=dom_id("pick", number))),
        h.th({"scope": "row"}, number),
        [h.td(cell) for cell in cells],
        h.td(h.button(data.on("click", at.delete(f"/orders/{number}")), "Delete")),
    )


def page() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Orders"), datastar_script()),
        h.body(
            data.init(at.subscribe("/orders/changes")),
            h.nav([h.a(text, href=f"/{text.lower()}") for text in ("Orders", "Customers")]),
            h.main(
                h.h1("Orders"),
                h.search(h.input(data.bind("query"), type="search", aria_label="Search")),
                h.table(
                    h.caption("All orders"),
                    h.thead(
                        h.tr(
                            h.td(),
                            [h.th({"scope": "col"}, name) for name in ("Number", "Name", "Sum")],
                            h.td(),
                        )
                    ),
                    h.tbody({"id": "orders"}, [row_view(*order) for order in ORDERS]),
                ),
                h.nav(
                    {"aria-label": "Pages"},
                    h.ul(h.li(h.a(n, href=f"?page={n}")) for n in range(1, 4)),
                ),
            ),
        ),
    )


def broken() -> Element:
    """Return rows without ids: a tick would move to another order when a new one arrives."""
    return h.table(
        h.tbody(
            h.tr(h.td(h.input(type="checkbox", name="order", value=number)), h.td(name))
            for number, name, _ in ORDERS
        )
    )


FOUND = ["generated-without-id"]
