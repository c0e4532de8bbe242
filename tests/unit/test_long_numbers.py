"""Integers of which Python refuses to write so many digits, in every other argument."""

import pytest

from fatmorph import at, data, dom_id, js, json_script
from fatmorph.datastar import events
from fatmorph.errors import FatmorphError

LONG = 10**5000


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda: js([LONG]), "[0]: <int>"),
        (lambda: dom_id("row", LONG), "dom_id(…): <int>"),
        (lambda: dom_id("row", ("a", -LONG)), "dom_id(…): <int>"),
        (lambda: data.signals({"a": [LONG]}), "data.signals, signal a[0]"),
        (lambda: data.signals({LONG: 1}), "data.signals, signal <int>"),
        (lambda: data.signals({"a": {LONG: 1}}), "data.signals, signal a.<int>"),
        (lambda: events.patch_signals({"a": {LONG: 1}}), "patch_signals(), signal a.<int>"),
        (lambda: json_script({"a": [LONG]}), "a[0]: <int>"),
        (lambda: json_script({"a": {LONG: 1}}), "a, a key: <int>"),
        (lambda: data.bind(LONG), "data.bind"),
        (lambda: data.on("click", "1", debounce=LONG), "data.on('click'), debounce"),
        (lambda: data.on("click", "1", debounce=-LONG), "data.on('click'), debounce"),
        (lambda: data.on("click", "1", delay="9" * 5000), "data.on('click'), delay"),
        (lambda: data.on_interval("1", duration=LONG), "data.on_interval, duration"),
        (lambda: at.get("/", retry_interval=LONG), "at.get, retry_interval"),
        (lambda: at.get("/", retry_scaler=LONG), "at.get, retry_scaler"),
        (lambda: at.get("/", retry_max_count=LONG), "at.get, retry_max_count"),
        (lambda: at.get("/", content_type=LONG), "at.get, content_type"),
        (lambda: at.get("/", payload={"a": LONG}), "at.get, payload"),
        (lambda: at.subscribe("/", retry_interval=LONG), "at.get, retry_interval"),
        (lambda: events.patch_signals({"a": LONG}), "patch_signals(), signal a"),
        (lambda: events.patch_signals({LONG: 1}), "patch_signals(), signal <int>"),
        (lambda: events.execute_script("1", event_id=LONG), "event_id="),
    ],
)
def test_the_error_has_its_place(call, where):
    with pytest.raises(FatmorphError) as caught:
        call()

    assert caught.value.where == where


@pytest.mark.parametrize("call", [lambda: js(LONG), lambda: data.signals({"a": LONG})])
def test_the_fix_is_code_that_works(call):
    with pytest.raises(FatmorphError) as caught:
        call()

    assert caught.value.fix == "hex(value)"
