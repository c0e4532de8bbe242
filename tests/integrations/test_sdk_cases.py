"""The official test cases of Datastar's SDKs, compared event by event.

The cases are not part of this project. They are read from the folder in `DATASTAR_SDK_CASES`, or
from a folder next to the repository. The option lines of an event may be in any order; the lines
of its elements and signals may not.
"""

import json
import os
from pathlib import Path

import pytest
from markupsafe import Markup

from fatmorph.datastar import events

ROOT = Path(__file__).parents[2]
CASES = Path(os.environ.get("DATASTAR_SDK_CASES") or ROOT / "../shared/datastar-sdk-cases")
PAYLOADS = ("elements", "signals")
# The name of an argument in the cases → its name in fatmorph.
NAMES = {
    "selector": "selector",
    "mode": "mode",
    "useViewTransition": "view_transition",
    "onlyIfMissing": "only_if_missing",
    "eventId": "event_id",
    "retryDuration": "retry_ms",
    "autoRemove": "auto_remove",
    "attributes": "attributes",
}


def folders() -> list:
    found = sorted(path.parent for path in CASES.glob("*/*/input.json"))
    reason = f"no SDK cases in {CASES}; name their folder in DATASTAR_SDK_CASES"
    return [pytest.param(path, id=f"{path.parent.name}-{path.name}") for path in found] or [
        pytest.param(None, id="none", marks=pytest.mark.skip(reason=reason))
    ]


@pytest.mark.parametrize("folder", folders())
def test_the_events_of_a_case_are_those_that_every_sdk_must_send(folder):
    asked = json.loads((folder / "input.json").read_text(encoding="utf-8"))["events"]
    expected = (folder / "output.txt").read_text(encoding="utf-8")

    sent = b"".join(FUNCTIONS[event["type"]](event) for event in asked).decode()

    assert parsed(sent) == parsed(expected)


def options(event: dict) -> dict:
    return {NAMES[name]: value for name, value in event.items() if name in NAMES}


def patch_elements(event: dict) -> bytes:
    view = Markup(event["elements"]) if "elements" in event else None
    return events.patch_elements(view, **options(event))


def patch_signals(event: dict) -> bytes:
    signals = event.get("signals-raw", event.get("signals"))
    return events.patch_signals(signals, **options(event))


def execute_script(event: dict) -> bytes:
    return events.execute_script(event["script"], **options(event))


FUNCTIONS = {
    "patchElements": patch_elements,
    "patchSignals": patch_signals,
    "executeScript": execute_script,
}


def parsed(stream: str) -> list:
    """Return each event as its fields, its option lines sorted, and its payload lines."""
    return [parsed_event(event.split("\n")) for event in stream.strip("\n").split("\n\n")]


def parsed_event(lines: list[str]) -> tuple:
    fields = [line.split(": ", 1) for line in lines]
    data = [value for name, value in fields if name == "data"]
    payload = [line for line in data if line.split(" ")[0] in PAYLOADS]
    return (
        {name: value for name, value in fields if name != "data"},
        sorted(set(data) - set(payload)),
        payload,
    )
