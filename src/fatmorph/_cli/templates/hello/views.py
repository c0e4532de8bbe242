"""The pages. A view depends on its arguments alone, so that a test can call it."""

from fatmorph import Element, at, data, h

from layout import page


def home_view(count: int) -> Element:
    return page(f"{count} · Hello", data.init(at.subscribe("/subscribe")), counter_view(count))


def counter_view(count: int) -> Element:
    return h.main(
        {"id": "counter"},
        h.h1("Hello"),
        h.output({"id": "count"}, count),
        h.button({"id": "add", "type": "button"}, data.on("click", at.post("/add")), "Add one"),
        h.p("Open this page in a second window, and add one here."),
    )
