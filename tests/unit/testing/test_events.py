"""The reader of server-sent events: the cases of the standard, and what our encoder writes."""

import pytest
from hypothesis import given, strategies as st

from fatmorph import comment, fragment, h
from fatmorph.datastar import events
from fatmorph.testing import Event, events_of
from fatmorph.testing._events import EventReader


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: YHOO\ndata: +2\ndata: 10\n\n", [("message", "YHOO\n+2\n10", "")]),
        (
            b": test\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third\n\n",
            [
                ("message", "first event", "1"),
                ("message", "second event", ""),
                ("message", " third", ""),
            ],
        ),
        (b"data\n\ndata\ndata\n\ndata:", [("message", "", ""), ("message", "\n", "")]),
        (b"data:test\n\ndata: test\n\n", [("message", "test", ""), ("message", "test", "")]),
        (b"event: add\ndata: 1\r\ndata: 2\r\r", [("add", "1\n2", "")]),
        (b"event: empty\n\ndata: x\n\n", [("message", "x", "")]),
        (b"data: no blank line\n", []),
        ("\ufeffdata: ä\u2028ö\x0bü\n\n".encode(), [("message", "ä\u2028ö\x0bü", "")]),
        (b"id: a\0b\nunknown: 1\nretry: x\ndata: y\n\n", [("message", "y", "")]),
    ],
)
def test_a_stream_is_read_as_the_standard_says(
    body: bytes, expected: list[tuple[str, str, str]]
) -> None:
    assert list(events_of(body)) == [Event(*each) for each in expected]


def test_a_stream_may_arrive_in_any_parts() -> None:
    body = "event: ä\r\nid: 7\r\nretry: 250\r\ndata: x\r\n\r\n".encode()
    reader = EventReader()

    found = [event for byte in body for event in reader.feed(bytes([byte]))]

    assert found == [Event("ä", "x", "7")]
    assert (reader.retry_ms, reader.last_id) == (250, "7")


TEXTS = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=40
)


@given(text=TEXTS, selector=st.sampled_from([None, "#a", ".b > c"]), cut=st.integers(0, 200))
def test_the_reader_and_the_encoder_of_elements_agree(
    text: str, selector: str | None, cut: int
) -> None:
    view = fragment(h.p(text), comment("c"), h.pre(f"\n{text}\n"))
    mode = "inner" if selector else None
    body = events.patch_elements(view, selector=selector, **({"mode": mode} if mode else {}))
    reader = EventReader()

    (event,) = (*reader.feed(body[:cut]), *reader.feed(body[cut:]))

    assert event.elements == str(view)
    assert (event.field("selector"), event.field("mode")) == (selector, mode)


@given(
    values=st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), TEXTS | st.integers(-9, 9))
)
def test_the_reader_and_the_encoder_of_signals_agree(values: dict[str, str | int]) -> None:
    (event,) = events_of(events.patch_signals(values, only_if_missing=True, event_id="7"))

    assert (event.signals, event.elements, event.id) == (values, None, "7")
    assert event.field("onlyIfMissing") == "true"
