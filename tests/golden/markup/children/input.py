"""Every kind of child, including skipped ones."""

from decimal import Decimal

from fatmorph import Markup, fragment, h, static


class Widget:
    def __html__(self):
        return "<b>widget</b>"


view = h.main(
    "text < & >",
    None,
    False,
    True,
    0,
    -1.5,
    Decimal("2.50"),
    Widget(),
    Markup("<i>trusted</i>"),
    (h.li(number) for number in range(3)),
    [["nested", ["lists"]], ()],
    fragment("of a ", h.em("fragment")),
    static(h.p("static ", h.b("bytes"))),
)
