"""The parts that views are made of. Each depends on its arguments alone."""

from typing import Any
from zlib import crc32

from board.database import COLUMNS, Card
from fatmorph import Element, data, dom_id, h, svg
from fatmorph.forms import Form
from fatmorph.types import AttributeMapping, AttributeValue, Child

ICONS = {
    "add": "M8 3v10M3 8h10",
    "edit": "m3 13 .8-3.2L11 2.6 13.4 5l-7.2 7.2L3 13Z",
    "leave": "M6 3H3v10h3M7 8h7m-3-3 3 3-3 3",
    "move": "M8 2v12M2 8h12M6 4l2-2 2 2M6 12l2 2 2-2M4 6 2 8l2 2m8-4 2 2-2 2",
    "picture": "M2 3h12v10H2zM2 11l4-4 3 3 2-2 3 3M10.5 6h.01",
    "search": "M11 11l3 3M12 7A5 5 0 1 1 2 7a5 5 0 0 1 10 0Z",
}


def icon(name: str) -> Element:
    box = {"class": "icon", "viewBox": "0 0 16 16", "aria-hidden": "true"}
    return svg.svg(box, svg.path(d=ICONS[name]))


def icon_button(name: str, label: str, *attributes: AttributeMapping) -> Element:
    return h.button(
        {"class": "quiet", "aria-label": label, "title": label, "type": "button"},
        *attributes,
        icon(name),
    )


def avatar(name: str) -> Element:
    hue = crc32(name.encode()) % 360
    return h.span(
        {"class": "avatar", "style": {"--hue": hue}, "title": name},
        h.span({"aria-hidden": "true"}, name[:1].upper()),
        h.span({"class": "hidden"}, name),
    )


def field(
    form: Form[Any], name: str, label: str, number: int = 0, **more: AttributeValue
) -> Element:
    """Return a labelled text field; another number makes an empty one."""
    error, key = form.errors.get(name), dom_id(name, number)
    valid = {"aria-invalid": error and "true", "aria-describedby": error and f"{key}-error"}
    return h.div(
        {"class": "field"},
        h.label({"for": key}, label),
        h.input(valid, id=key, name=name, **more),
        h.p({"id": f"{key}-error", "class": "error", "role": "alert"}, error),
    )


def submit(label: str, signal: str) -> Element:
    """Return the button of a form, which the signal marks as busy."""
    return h.button(
        {"class": "primary"}, data.attr({"aria-busy": f"${signal} ? 'true' : 'false'"}), label
    )


def chart(cards: list[Card]) -> Child:
    points = {column: sum(c.points for c in cards if c.column == column) for column in COLUMNS}
    total, x, bars = sum(points.values()), 0.0, list[Element]()
    for column in reversed(COLUMNS):
        width = 100 * points[column] / max(total, 1)
        bars.append(svg.rect(id=dom_id("bar", column), class_=column, x=x, width=width, height=6))
        x += width
    return h.figure(
        {"id": "chart"},
        svg.svg(
            {"viewBox": "0 0 100 6", "preserveAspectRatio": "none", "role": "img"},
            {"aria-label": ", ".join(f"{column}: {n} points" for column, n in points.items())},
            bars,
        ),
        h.figcaption(f"{points['done']} of {total} points are done"),
    )
