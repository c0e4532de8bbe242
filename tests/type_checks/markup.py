"""The types of the markup: checked, never run."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal, assert_type

from fatmorph import (
    Element,
    Markup,
    Tag,
    comment,
    data,
    element,
    fragment,
    h,
    js,
    json_script,
    mathml,
    pretty,
    render,
    render_bytes,
    static,
    svg,
)
from fatmorph.types import AttributeValue, Node


def component(*content: Node, **attributes: AttributeValue) -> Element:
    return h.div(*content, **attributes)


component({"id": "a"}, data.text("$a"), "text", h.p(), [h.p()], None, class_="b", hidden=True)
component(object())  # type: ignore[arg-type]
component(title=object())  # type: ignore[arg-type]


def items() -> Iterator[Element]:
    yield h.li("one")


a_tag: Tag = h.div
assert_type(h.div(), Element)
assert_type(svg.circle(), Element)
assert_type(mathml.mi(), Element)
assert_type(element("my-widget"), Tag)
assert_type(fragment(h.p(), "text"), Element)
assert_type(comment("text"), Element)
assert_type(static(h.p()), Element)
assert_type(json_script({"a": 1}, id="settings"), Element)
assert_type(js({"a": [1, None, True]}), str)
assert_type(render(h.p()), str)
assert_type(render_bytes(h.p()), bytes)
assert_type(pretty(h.p()), str)

# Every kind of child: text, numbers, elements, trusted text, results of `and`, nested iterables.
h.div("text", 1, 1.5, Decimal("1.5"), h.p(), Markup("<b>b</b>"))
h.div(None, True, False, bool(1) and h.p("x"))
h.ul(items(), [h.li(), [h.li()]], (h.li(number) for number in range(3)))
h.ul(h.li(text) if text else None for text in ("a", "b"))

# Attributes first, as mappings, then children; keyword attributes can be added to both.
h.div({"id": "home", "hidden": True}, h.p(), class_="container", data_cell_id=7)
h.div(class_={"cell": True, "painted": None}, style={"color": "red", "top": None})
h.div(class_=["a", "b"], hidden=None)

# Trusted HTML in an attribute: elements, and objects with `__html__`.
h.iframe(srcdoc=h.p("a"), data_tip=Markup("<b>b</b>"))

an_element = h.p()
assert_type(an_element.tag, str)
assert_type(an_element.id, str | None)
assert_type(an_element.attributes, Mapping[str, str | Literal[True]])
assert_type(str(an_element), str)
assert_type(an_element == h.p(), bool)
assert_type(an_element.__html__(), Markup)

# A type checker finds these mistakes before the page is built.
h.div(object())  # type: ignore[arg-type]
h.div(title=object())  # type: ignore[arg-type]
render("text")  # type: ignore[arg-type]
an_element.tag = "div"  # type: ignore[misc]
