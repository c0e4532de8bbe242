"""Views: the values that can be rendered."""

import pytest
from markupsafe import Markup

from fatmorph import fragment, h, render, render_bytes
from fatmorph.errors import ChildError
from fatmorph.markup._render import as_element


class Widget:
    def __html__(self):
        return "<b>é</b>"


VIEWS = [
    (h.p("é"), "<p>é</p>"),
    (fragment("<", h.p()), "&lt;<p></p>"),
    (Markup("<b>"), "<b>"),
    (Widget(), "<b>é</b>"),
    (h.html(), "<!doctype html><html></html>"),
]


@pytest.mark.parametrize(("view", "html"), VIEWS, ids=[html for _, html in VIEWS])
def test_a_view_is_rendered_as_text_and_as_bytes(view, html):
    assert (render(view), render_bytes(view)) == (html, html.encode())


def test_small_and_large_pages_can_be_rendered_in_turn():
    lengths = (0, 100_000, 1, 200_000, *range(50), 300_000, 4096)

    pages = [render_bytes(h.p("x" * length)) for length in lengths]

    assert pages == [b"<p>%b</p>" % (b"x" * length) for length in lengths]


def test_as_element_returns_an_element_unchanged():
    element = h.p()

    assert as_element(element) is element


@pytest.mark.parametrize(
    ("view", "fix"),
    [
        ("text", "fragment(value)"),
        (7, "fragment(value)"),
        (None, "return h.div(…)"),
        ([h.p()], "fragment(*value)"),
        ((h.p() for _ in "a"), "fragment(*value)"),
        (h.p, "value()"),
        (h.p.__call__, "value()"),
        (b"<p>", "value.decode()"),
        (object(), "fragment(str(value))"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_invalid_view_is_refused_with_a_fix(view, fix):
    for function in (render, render_bytes, as_element):
        with pytest.raises(ChildError) as caught:
            function(view)

        assert caught.value.what == f"cannot render {type(view).__name__} as a view"
        assert caught.value.fix == fix
