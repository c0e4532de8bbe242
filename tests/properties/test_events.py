"""Laws of events: text never leaves its place, and only its line ends are altered.

The judge is a separate, strict parser that follows the client's byte by byte: terminators, fields,
data keys, and values as Datastar joins them.
"""

import json
import re
from typing import NamedTuple

import pytest
from hypothesis import assume, given, strategies as st
from markupsafe import Markup

from fatmorph.datastar import events
from fatmorph.datastar._attributes.inherited_names import INHERITED_NAMES
from fatmorph.errors import EventError

# The characters that break naive writers, with a high frequency.
NASTY = st.sampled_from(
    (
        *("\r", "\n", "\r\n", "\0", " ", ":", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"),
        *("data: ", "event: x", "id: 7", "retry: 0", "\n\n", "elements ", "\ufeff", "🙂", ""),
    )
)
TEXT = st.lists(st.one_of(NASTY, st.text(max_size=5)), max_size=12).map("".join)
SELECTOR = st.text(min_size=1, max_size=20)
# Without names that are refused.
NAME = st.text(min_size=1, max_size=8).filter(
    lambda name: "." not in name and not name.startswith("$") and name not in INHERITED_NAMES
)
NUMBER = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3),
    max_leaves=8,
)
SIGNALS = st.dictionaries(NAME, VALUE, max_size=4)


class Event(NamedTuple):
    """An event as the client sees it."""

    name: str
    id: str | None
    retry: str | None
    data: dict[str, str]


def lines_of(stream: bytes) -> list[bytes]:
    """Return the terminated lines; CR, LF and CRLF are terminators."""
    found, line, position = [], bytearray(), 0
    while position < len(stream):
        byte = stream[position : position + 1]
        position += 1
        if byte not in (b"\r", b"\n"):
            line += byte
            continue
        position += stream[position - 1 : position + 1] == b"\r\n"
        found.append(bytes(line))
        line.clear()
    assert not line, "the stream ends inside a line"
    return found


def parse(stream: bytes) -> list[Event]:
    """Return the events, and fail on any line that the client would ignore."""
    found, fields = [], []
    for line in lines_of(stream):
        if line:
            fields.append(line)
            continue
        found.append(parse_event(fields))
        fields = []
    assert not fields, "the stream ends inside an event"
    return found


def parse_event(fields: list[bytes]) -> Event:
    single: dict[str, str] = {}
    data: dict[str, list[str]] = {}
    for field in fields:
        name, colon, value = field.decode().partition(": ")
        assert colon, f"no field: {field!r}"
        if name == "data":
            key, space, content = value.partition(" ")
            assert space, f"no data key: {field!r}"
            data.setdefault(key, []).append(content)
        else:
            assert name in {"event", "id", "retry"}, f"unknown field: {field!r}"
            assert name not in single, f"twice: {field!r}"
            single[name] = value
    joined = {key: "\n".join(values) for key, values in data.items()}
    return Event(single["event"], single.get("id"), single.get("retry"), joined)


def with_line_feeds(text: str) -> str:
    return re.sub("\r\n|\r", "\n", text)


@given(TEXT)
def test_elements_arrive_unchanged_except_for_line_ends(html):
    assume(html)

    [event] = parse(events.patch_elements(Markup(html)))

    assert event == Event(
        "datastar-patch-elements", None, None, {"elements": with_line_feeds(html)}
    )


@given(
    TEXT.filter(bool),
    st.none() | SELECTOR,
    st.sampled_from(["outer", "replace", "append"]),
    st.sampled_from(["html", "svg", "mathml"]),
    st.booleans(),
    st.none() | SELECTOR,
    st.none() | st.text(max_size=10),
    st.none() | st.integers(1, 2**31 - 1),
)
def test_a_patch_has_the_requested_fields_or_is_refused(
    html, selector, mode, namespace, transition, transition_selector, event_id, retry_ms
):
    try:
        stream = events.patch_elements(
            Markup(html),
            selector=selector,
            mode=mode,
            namespace=namespace,
            view_transition=transition,
            view_transition_selector=transition_selector,
            event_id=event_id,
            retry_ms=retry_ms,
        )
    except EventError:
        assume(False)

    options = {
        "selector": selector,
        "mode": {"outer": None}.get(mode, mode),
        "namespace": {"html": None}.get(namespace, namespace),
        "useViewTransition": {True: "true"}.get(transition),
        "viewTransitionSelector": transition_selector,
        "elements": with_line_feeds(html),
    }
    assert parse(stream) == [
        Event(
            "datastar-patch-elements",
            event_id,
            None if retry_ms is None else str(retry_ms),
            {key: value for key, value in options.items() if value is not None},
        )
    ]


@pytest.mark.parametrize("field", ["selector", "view_transition_selector", "event_id"])
@given(before=TEXT, after=TEXT, end=st.sampled_from(["\r", "\n", "\r\n", "\0"]))
def test_a_line_break_or_nul_in_a_one_line_field_is_refused(field, before, after, end):
    arguments = {"view_transition": True, field: before + end + after}

    with pytest.raises(EventError):
        events.patch_elements(Markup("<p id=a>"), **arguments)


@given(SIGNALS, st.booleans())
def test_signals_arrive_unchanged(signals, only_if_missing):
    [event] = parse(events.patch_signals(signals, only_if_missing=only_if_missing))

    options = {"onlyIfMissing": "true"} if only_if_missing else {}
    assert json.loads(event.data.pop("signals")) == signals
    assert event == Event("datastar-patch-signals", None, None, options)


@given(SIGNALS, st.sampled_from([None, 0, 2]), st.booleans())
def test_signals_given_as_json_are_sent_unchanged_line_by_line(signals, indent, ascii_only):
    text = json.dumps(signals, indent=indent, ensure_ascii=ascii_only).replace("\n", "\r\n")

    [event] = parse(events.patch_signals(text))

    assert event.data == {"signals": with_line_feeds(text)}


@given(TEXT)
def test_a_url_stays_in_its_literal(url):
    try:
        stream = events.navigate(url)
    except EventError:
        assume(False)

    [event] = parse(stream)
    start = '<script data-effect="el.remove()">setTimeout(() => window.location = '
    assert event.data.keys() == {"mode", "selector", "elements"}
    assert re.fullmatch(
        re.escape(start) + r"'(?:[^'\\\n<]|\\[nxu])*'\)</script>", event.data["elements"]
    )


@given(TEXT)
def test_a_comment_adds_only_comment_lines(text):
    *lines, last = lines_of(events.comment(text))

    assert last == b""
    assert [line[:1] for line in lines] == [b":"] * len(lines)
    assert "\n".join(line[2:].decode() for line in lines) == with_line_feeds(text)


@given(st.lists(TEXT.filter(bool), min_size=1, max_size=4))
def test_consecutive_events_stay_separate(pages):
    stream = b"".join(events.patch_elements(Markup(page)) + events.comment() for page in pages)
    without_heartbeats = stream.replace(b"\n\n:\n\n", b"\n\n")

    found = [event.data["elements"] for event in parse(without_heartbeats)]

    assert found == [with_line_feeds(page) for page in pages]
