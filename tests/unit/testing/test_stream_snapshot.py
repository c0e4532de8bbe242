"""The fixture as a project uses it, and the text that it stores."""

from collections.abc import Callable

import pytest

from fatmorph import Context, Writer, h
from fatmorph.datastar import events
from fatmorph.errors import SnapshotError
from fatmorph.testing import call
from fatmorph.testing._stream_text import DEFAULT_MASKS, stream_text

pytest_plugins = ("pytester",)

Run = Callable[..., pytest.RunResult]

STREAM = """
from fatmorph import h
from fatmorph.datastar import events

def test_cart(stream_snapshot):
    stream_snapshot([events.patch_elements(h.p("{text}", id="cart"))])
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Return a function that writes `test_it.py` and returns the result of pytest on it."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_it=source)
        return pytester.runpytest_inprocess(*options)

    return run


def test_a_stream_has_a_block_for_each_event() -> None:
    page = h.html(h.head(h.title("Cart")), h.body(h.ul([h.li("one " * 9), h.li("two " * 9)])))
    stream = [
        events.patch_elements(page),
        events.patch_elements(h.li("x"), selector="#cart", mode="append"),
        events.patch_signals({"count": 1, "user": {"name": "Ada"}}),
        events.patch_elements(mode="remove", selector=".old"),
    ]

    text = stream_text(stream, DEFAULT_MASKS)

    assert (
        text
        == """\
patch-elements
<html>
  <head><title>Cart</title></head>
  <body>
    <ul>
      <li>one one one one one one one one one </li>
      <li>two two two two two two two two two </li>
    </ul>
  </body>
</html>

patch-elements
  selector: #cart
  mode: append
<li>x</li>

patch-signals
{
  "count": 1,
  "user": {
    "name": "Ada"
  }
}

patch-elements
  selector: .old
  mode: remove
"""
    )


def test_a_long_start_tag_has_a_line_for_each_attribute() -> None:
    stream = [
        events.patch_elements(
            h.section(
                h.input(id="a", title="long " * 20),
                h.p("short ", "text " * 20, id="b"),
                h.template({"title": "long " * 20}, h.b("content")),
                h.script("<b>" * 40),
                id="home",
            )
        )
    ]

    text = stream_text(stream, {})

    assert text.splitlines()[1:] == [
        '<section id="home">',
        "  <input",
        '    id="a"',
        f'    title="{"long " * 20}"',
        "  >",
        f'  <p id="b">short {"text " * 20}</p>',
        "  <template",
        f'    title="{"long " * 20}"',
        "  >",
        "    <b>content</b>",
        "  </template>",
        f"  <script>{'<b>' * 40}</script>",
        "</section>",
    ]


def test_values_of_time_and_chance_are_masked_by_their_names() -> None:
    stream = [
        events.patch_elements(
            h.p(
                "order 7f3a at 2026-11-29T02:03:04Z by ",
                "8a2b0b5e-0f6c-4d4e-9d0c-0123456789ab, then 99aa, then 7f3a",
                id="p",
            )
        )
    ]

    text = stream_text(stream, {**DEFAULT_MASKS, "order": r"\b[0-9a-f]{4}\b"})

    assert text.splitlines()[-1] == (
        '<p id="p">order <order 1> at <time 1> by <uuid 1>, then <order 2>, then <order 1></p>'
    )


async def test_a_response_that_is_not_a_stream_is_refused() -> None:
    async def buy(c: Context, w: Writer) -> None:
        w.patch(h.p({"id": "stock"}, "1 left"))

    response = await call(buy, method="POST", signals={})

    with pytest.raises(SnapshotError) as raised:
        stream_text(response, {})
    message = str(raised.value)
    assert (
        message
        == """\
cannot compare a response with text/html; charset=utf-8 as a stream
  where: stream_snapshot(…), response with status 200
  why:   it has no events; an action that writes one patch answers with HTML or JSON
  fix:   assert response.text == …"""
    )


@pytest.mark.slow("starts pytest in the test")
def test_a_changed_stream_fails_with_the_differing_lines(run: Run) -> None:
    run(STREAM.format(text="empty"), "--snapshot-update")

    result = run(STREAM.format(text="one apple"))

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*the stream differs from *stream.txt", '*-<p id="cart">empty</p>', "*+<p id=*"]
    )
