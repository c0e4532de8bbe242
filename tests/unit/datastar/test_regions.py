"""Regions: parts of a page, found by their ids."""

import pytest

from fatmorph import Markup, fragment, h, svg
from fatmorph.datastar.events import patch_elements
from fatmorph.datastar.events._regions import region
from fatmorph.errors import EventError
from fatmorph.markup._element import static

TOTAL = h.output("7", id="total")
CART = h.div(h.p(TOTAL), id="cart")
NEWS = h.li("news", id="news")
SLICE = svg.path(id="slice", d="M0 0")
AXIS = svg.g(svg.path(), id="axis")
CHART = h.svg(SLICE, AXIS, id="chart")
PAGE = h.html(h.head(h.title("Shop")), h.body(CART, h.ul(NEWS), CHART, id="body"), id="page")


@pytest.mark.parametrize(
    ("only", "found"),
    [
        ("#cart", (CART, "html")),
        ("#total", (TOTAL, "html")),
        ("#page", (PAGE, "html")),
        (["#cart"], (CART, "html")),
        (("#cart", "#news"), (fragment(CART, NEWS), "html")),
        (("#news", "#cart"), (fragment(CART, NEWS), "html")),
        (("#total", "#cart"), (CART, "html")),
        (("#news", "#news"), (NEWS, "html")),
        (("#news", "#chart"), (fragment(NEWS, CHART), "html")),
        ("#slice", (SLICE, "svg")),
        ("#chart", (CHART, "html")),
    ],
)
def test_a_region_is_an_element_of_the_view(only: str, found: object) -> None:
    assert region(PAGE, only) == found


def test_a_region_is_found_in_static_elements_and_in_fragments() -> None:
    assert region(fragment(h.p(), static(CART)), "#total") == (TOTAL, "html")


def test_a_duplicate_id_finds_the_first_element() -> None:
    assert region(h.div(h.p("1", id="a"), h.p("2", id="a")), "#a") == (h.p("1", id="a"), "html")


def test_an_id_is_not_a_selector() -> None:
    view = h.div(h.p(id="a.b"), h.p(id="a", class_="b"))

    assert region(view, "#a.b") == (h.p(id="a.b"), "html")


@pytest.mark.parametrize(
    ("view", "only", "error"),
    [
        (
            PAGE,
            "#crt",
            (
                "cannot find the region #crt\n"
                "  where: only\n"
                "  why:   the closest ids of the view are #cart, #chart\n"
                '  fix:   only="#cart"'
            ),
        ),
        (
            PAGE,
            ("#cart", "#zzzzzz"),
            (
                "cannot find the region #zzzzzz\n"
                "  where: only\n"
                "  why:   the view has the ids #page, #body, #cart, #total, #news\n"
                '  fix:   h.div({"id": "zzzzzz"}, …)'
            ),
        ),
        (
            Markup('<p id="a">'),
            "#a",
            (
                "cannot find the region #a\n"
                "  where: only\n"
                "  why:   no element of the view has an id, and HTML in a Markup is not read\n"
                '  fix:   h.div({"id": "a"}, …)'
            ),
        ),
        (
            PAGE,
            ".cart",
            (
                "cannot find a region by only='.cart'\n"
                "  where: only\n"
                "  why:   a region is an id with a # before it, or several of them\n"
                '  fix:   only="#cart"'
            ),
        ),
        (
            PAGE,
            (),
            (
                "cannot find a region by only=()\n"
                "  where: only\n"
                "  why:   a region is an id with a # before it, or several of them\n"
                '  fix:   only="#cart"'
            ),
        ),
        (
            PAGE,
            ("#slice", "#axis"),
            (
                "cannot send several regions of svg in one event\n"
                "  where: only=('#slice', '#axis')\n"
                "  why:   the client drops every second element of another namespace than HTML\n"
                '  fix:   w.patch(page, only="#slice"); w.patch(page, only="#axis")'
            ),
        ),
    ],
)
def test_an_unknown_id_raises_with_the_ids_that_exist(view: object, only: str, error: str) -> None:
    with pytest.raises(EventError) as raised:
        region(view, only)

    assert str(raised.value) == error


@pytest.mark.parametrize(
    ("only", "event"),
    [
        (
            "#total",
            b'event: datastar-patch-elements\ndata: elements <output id="total">7</output>\n\n',
        ),
        (
            "#slice",
            (
                b"event: datastar-patch-elements\n"
                b"data: namespace svg\n"
                b'data: elements <path id="slice" d="M0 0"></path>\n\n'
            ),
        ),
    ],
)
def test_an_event_carries_the_region_alone(only: str, event: bytes) -> None:
    assert patch_elements(PAGE, only=only) == event


def test_a_region_with_a_selector_is_refused() -> None:
    with pytest.raises(EventError) as raised:
        patch_elements(PAGE, only="#cart", selector="#other")

    assert str(raised.value) == (
        "cannot patch only='#cart' with a selector\n"
        "  where: patch_elements()\n"
        "  why:   a region says where it belongs by its id\n"
        "  fix:   patch_elements(page, only='#cart')"
    )
