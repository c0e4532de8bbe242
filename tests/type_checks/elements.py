"""The attributes and children of single elements: checked, never run."""

# Pyright must find each mistake too.
# pyright: reportUnnecessaryTypeIgnoreComment=error

from collections import deque
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from fatmorph import Element, Markup, data, h, mathml, svg
from fatmorph.types import AttributeValue, Child, ClassValue, Node


class Color(StrEnum):
    RED = "red"


def values(
    text: str,
    maybe: str | None,
    *,
    flag: bool,
    whole: int,
    part: float,
    anything: Any,
    color: Color,
) -> None:
    """Accept every value that an attribute may have."""
    h.input(type="text", name=text, value=maybe, maxlength=whole, step=part, required=flag)
    h.input(type=flag and "submit", value=color, id=Decimal(1), title=Markup("a"), size=None)
    h.input(type=anything, disabled=anything)
    h.option(selected=flag)
    h.option(selected=text == "a", value=whole)
    h.button(type="submit", disabled=flag, popovertarget="menu", popovertargetaction="show")
    h.form(method="POST", action="/", novalidate=True, autocomplete="off")
    h.form(method="get", enctype="multipart/form-data")
    h.a(href="/", target="_blank", rel="noopener", download=True)
    h.a(target=text, download="a.txt", hreflang="en")
    h.img(src=text, alt="", width=part, height="10", loading="lazy", crossorigin=True)
    h.script(type="module", src=text, defer=flag)
    h.script(type="text/x-template")
    h.link(rel="stylesheet", href=text)
    h.meta(http_equiv="Content-Type", content=text)
    h.ol(type="A", start=whole, reversed=flag)
    h.th(scope="col", colspan=whole)
    h.textarea(rows=whole, wrap="hard")
    h.div(hidden="until-found", popover=True, contenteditable=False, draggable=flag, dir="rtl")
    h.div(spellcheck=False, translate=flag, tabindex=flag and 0, inert=flag, role="alert")
    h.div(aria_expanded=flag, aria_current="page", aria_pressed="mixed", aria_level=whole)
    h.iframe(srcdoc=h.p("a"), sandbox="allow-scripts")
    svg.svg(svg.circle(cx=whole, cy=part, r="4", fill="red", stroke_width=2), viewBox="0 0 1 1")
    mathml.math(mathml.mi("x", mathcolor="red"), display="block")
    h.svg(svg.path(d="M0 0"), viewBox="0 0 10 10")


def open_names(path: str, obj: Element) -> None:
    """Accept names that no standard has."""
    h.button(data_cell_id=7, hx_get=path, x_tip=obj, onclick="go()", whatever=["a"])
    svg.g(data_x=1)


def text_that_is_not_known(kind: str, values: dict[str, Any]) -> None:
    """Accept any text as the value in a mapping."""
    h.input({"type": kind}, name="a")
    h.input({"type": "TEXT"})
    h.input(values, {"type": kind}, class_="wide")
    h.input(type=kind)  # type: ignore[arg-type]


def class_and_style(names: ClassValue, *, flag: bool) -> None:
    """Accept text, lists and mappings, also those whose types are mixed."""
    mixed = {"top": None, "color": "red", "width": 1}
    listed = ["a", flag and "b", {"c": flag}]
    h.p(class_="a", style="color: red")
    h.p(class_=["a", flag and "b"], style={"color": "red", "top": None})
    h.p(class_={"a": flag, "b": 1, Color.RED: None}, style={Color.RED: "x"})
    h.p(class_=listed, style=mixed)
    h.p(class_=names, style=None)
    h.p(class_=(name for name in ("a", "b")))
    h.p(class_=flag and "a", style=flag and "color: red")


def kinds_of_children(
    elements: Iterable[Element],
    texts: Sequence[str],
    children: Iterable[Child],
    nodes: Iterable[Node],
    numbers: Sequence[int],
    counts: Iterator[int],
    tuples: tuple[int, ...],
    queue: deque[float],
    collection: Collection[int],
    mapping: dict[str, int],
    generator: Generator[Element | str | None],
    maybe: str | None,
    anything: Any,
    *,
    flag: bool,
) -> None:
    """Accept every kind of child."""
    h.div(elements, texts, children, nodes, numbers, counts, tuples, queue, collection)
    h.div(mapping.values(), generator, maybe, anything, Markup("a"), Color.RED, Decimal(1))
    h.div([1, 2], (1, 2.5), {1, 2}, range(3), [], (), map(str, [1]), reversed([1]), sorted([1]))
    h.div([1, h.p(), None, ["a", [h.p(), 2]]], ("a", h.p()), [h.p()] if flag else None)
    h.div((number for number in (1, 2)), [h.li(number) for number in (1, 2)])
    h.div(flag and h.p(), maybe and h.p(maybe), flag and [h.p()], [h.p()] if flag else "a")
    h.div({"id": "a"}, data.text("$a"), flag and {"title": "a"}, h.b(), 1, 1.5, None, True)


def void_elements(*, flag: bool) -> None:
    """Accept attributes alone."""
    h.br()
    h.hr({"id": "a"}, data.show("$a"), flag and {"title": "a"}, None, class_="b")


def card(*content: Node, class_: str = "", **attributes: AttributeValue) -> Element:
    """Pass on what a component was given."""
    return h.section({"class": ["card", class_]}, *content, **attributes)


def field(label: str, **attributes: AttributeValue) -> Element:
    """Pass on attributes to an element whose own have other types."""
    return h.label(label, h.input(type="text", **attributes))


def loose(**attributes: Any) -> Element:
    return h.input(**attributes)


card("a", [h.p()], title="a", hidden=True, data_x=1)
field("Name", required=True, maxlength=10)
field("Name", title=object())  # type: ignore[arg-type]

# Wrong children.
h.div(b"a")  # type: ignore[arg-type]
h.div([b"a"])  # type: ignore[list-item]
h.div(bytearray(b"a"))  # type: ignore[arg-type]
h.div(datetime.now())  # type: ignore[arg-type]
h.div(h.p)  # type: ignore[arg-type]
h.ul([h.li])  # type: ignore[list-item]
h.ul([object()])  # type: ignore[list-item]
h.br("a")  # type: ignore[arg-type]
h.img("a")  # type: ignore[arg-type]
h.input(h.p())  # type: ignore[arg-type]
h.input(["a"])  # type: ignore[arg-type]
svg.g(b"a")  # type: ignore[arg-type]
mathml.mi(b"a")  # type: ignore[arg-type]

# Wrong values.
h.input(type="txt")  # type: ignore[arg-type]
h.input(disabled="no")  # type: ignore[arg-type]
h.form(method="pots")  # type: ignore[arg-type]
h.button(type="sumbit")  # type: ignore[arg-type]
h.img(loading="lasy")  # type: ignore[arg-type]
h.ol(type="b")  # type: ignore[arg-type]
h.textarea(wrap="yes")  # type: ignore[arg-type]
h.iframe(srcdoc="<p>")  # type: ignore[arg-type]
h.div(dir="left")  # type: ignore[arg-type]
h.div(draggable="yes")  # type: ignore[arg-type]
h.div(popover="always")  # type: ignore[arg-type]
h.div(aria_expanded="yes")  # type: ignore[arg-type]
h.div(aria_live=True)  # type: ignore[arg-type]
h.div(title=["a"])  # type: ignore[list-item]
h.div(title=b"a")  # type: ignore[arg-type]
h.div(id={"a": 1})  # type: ignore[dict-item]
h.div(class_=5)  # type: ignore[arg-type]
h.div(style=["color: red"])  # type: ignore[list-item]
h.div(data_x=object())  # type: ignore[arg-type]
svg.circle(r=object())  # type: ignore[arg-type]
