"""A chart: SVG built from data, with axes, a legend and a formula below it."""

from fatmorph import Element, data, datastar_script, dom_id, h, mathml, svg

VALUES = [3, 1, 4, 1, 5, 9, 2, 6]


def bars_view(values: list[int]) -> Element:
    return svg.svg(
        {"viewBox": "0 0 80 100", "role": "img", "aria-label": "Sales"},
        svg.defs(svg.linearGradient({"id": "fade"}, svg.stop(offset=0), svg.stop(offset=1))),
        svg.g(svg.rect(x=10 * n, y=0, width=8, height=v) for n, v in enumerate(values)),
        svg.polyline(points=" ".join(f"{10 * n},{v}" for n, v in enumerate(values))),
        [svg.text(svg.title(f"{v} sold"), v, x=10 * n, y=99) for n, v in enumerate(values)],
        svg.a(svg.text("Source"), href="/source"),
    )


def page() -> Element:
    return h.html(
        {"lang": "en"},
        h.head(h.meta(charset="utf-8"), h.title("Sales"), datastar_script()),
        h.body(
            h.figure(bars_view(VALUES), h.figcaption("Sold in ", h.b(2026))),
            h.label("Year", for_="year"),
            h.input(data.bind("year"), type="range", id="year", min=2000, max=2026),
            h.ul(
                h.li({"id": dom_id("series", name)}, h.span({"class": "dot"}), name)
                for name in ("North", "South")
            ),
            h.p(mathml.math(mathml.mrow([mathml.mi(x) for x in "xy"]))),
        ),
    )


def broken() -> Element:
    """Return two charts with the same gradient id: the second would use the first gradient."""
    return h.body(h.figure(bars_view(VALUES)), h.figure(bars_view(VALUES)))


FOUND = ["duplicate-id"]
