"""Pretty printing, which adds line breaks only inside tags."""

import pytest

from fatmorph import Markup, comment, fragment, h, pretty, static
from fatmorph.errors import ChildError

LONG = "long " * 21


@pytest.mark.parametrize(
    ("view", "printed"),
    [
        (h.p("short"), "<p>short</p>"),
        (h.p(LONG), f"<p>{LONG}</p>"),
        (h.p(h.b(LONG)), f"<p\n  ><b>{LONG}</b\n></p>"),
        (h.p("a ", h.b(LONG)), f"<p>a <b>{LONG}</b\n></p>"),
        (h.br(title=LONG), f'<br\n  title="{LONG}"\n  >'),
        (h.p("a", id="x", title=LONG), f'<p\n  id="x"\n  title="{LONG}"\n  >a</p>'),
        (h.pre(f"\n{LONG}"), f"<pre>\n\n{LONG}</pre>"),
        (h.script(f"{LONG} && x"), f"<script>{LONG} && x</script>"),
        (h.html(h.p(LONG)), f"<!doctype html>\n<html\n  ><p>{LONG}</p\n></html>"),
        (h.html(), "<!doctype html><html></html>"),
        (fragment(h.p("a"), h.p("b")), "<p>a</p><p>b</p>"),
        (
            fragment(comment("c"), h.html(LONG)),
            f"<!--c--><!doctype html>\n<html>{LONG}</html>",
        ),
        (static(h.p(h.b(LONG))), f"<p\n  ><b>{LONG}</b\n></p>"),
        (h.p(Markup(f"<i>{LONG}</i>")), f"<p><i>{LONG}</i></p>"),
        (fragment(), ""),
    ],
)
def test_a_view_is_pretty_printed(view, printed):
    assert pretty(view) == printed


def test_indentation_has_a_limit():
    tree = h.i("x")
    for _ in range(200):
        tree = h.div(tree)

    assert max(map(len, pretty(tree).splitlines())) <= 150


def test_an_invalid_view_is_an_error():
    with pytest.raises(ChildError):
        pretty("text")
