"""A table with long rows."""

from fatmorph import h

view = h.table(
    h.caption("Prices of everything that is sold"),
    h.thead(h.tr(h.th(name, scope="col") for name in ("Product", "Price", "Stock"))),
    h.tbody(
        h.tr(
            h.td(f"Product number {row}", class_="name"),
            h.td(f"{row * 1.5} €", class_="price"),
            h.td(row * 7, class_={"stock": True, "low": row < 2}),
            id=f"row-{row}",
        )
        for row in range(3)
    ),
)
