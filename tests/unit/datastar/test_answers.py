"""Answers: which events can be whole responses, and which."""

import pytest

from fatmorph import h, svg
from fatmorph.datastar import events
from fatmorph.datastar.answers import Answer, whole_answer

HTML = ("content-type", "text/html; charset=utf-8")
JSON = ("content-type", "application/json")


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        (
            events.patch_elements(h.p("é", id="a")),
            Answer([HTML], '<p id="a">é</p>'.encode()),
        ),
        (
            events.patch_elements(h.pre("a\n\nb\ndata: elements c\r\nd", id="a")),
            Answer([HTML], b'<pre id="a">a\n\nb\ndata: elements c\nd</pre>'),
        ),
        (
            events.patch_elements(
                svg.g(), selector="#a > b", mode="append", namespace="svg", view_transition=True
            ),
            Answer(
                [
                    HTML,
                    ("datastar-selector", "#a > b"),
                    ("datastar-mode", "append"),
                    ("datastar-namespace", "svg"),
                    ("datastar-use-view-transition", "true"),
                ],
                b"<g></g>",
            ),
        ),
        (
            events.remove_elements("#a"),
            Answer([HTML, ("datastar-selector", "#a"), ("datastar-mode", "remove")], b""),
        ),
        (
            events.patch_signals({"a": None}),
            Answer([JSON], b'{"a":null}'),
        ),
        (
            events.patch_signals('{"a":\n1}', only_if_missing=True),
            Answer([JSON, ("datastar-only-if-missing", "true")], b'{"a":\n1}'),
        ),
    ],
)
def test_an_event_without_anything_special_is_a_whole_response(
    event: bytes, answer: Answer
) -> None:
    assert whole_answer(event) == answer


@pytest.mark.parametrize(
    "event",
    [
        events.patch_elements(h.p(), event_id="7"),
        events.patch_elements(h.p(), event_id=""),
        events.patch_elements(h.p(), retry_ms=500),
        events.patch_elements(h.p(), view_transition=True, view_transition_selector="#a"),
        events.patch_elements(h.p(), selector="#é"),
        events.patch_elements(h.p(), selector="#a\tb"),
        events.patch_signals({}, event_id="7"),
        events.patch_signals({}, retry_ms=500),
        events.comment("hello"),
    ],
)
def test_what_headers_cannot_say_needs_an_event(event: bytes) -> None:
    assert whole_answer(event) is None
