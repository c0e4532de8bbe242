"""Streams as text, for snapshots: one block for each event, with its page broken into lines.

White space in pages is collapsed, and ids of events are left out: `view_snapshot` compares
pages exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from fatmorph.errors import SnapshotError
from fatmorph.markup.parse import is_document, parse_document, parse_template
from fatmorph.morph._matching.nodes import Node
from fatmorph.morph.simulation._serializer import outer_html, written_attributes
from fatmorph.testing._events import ELEMENTS, SIGNALS, Event, events_of
from fatmorph.testing._response import Response

__all__ = ("DEFAULT_MASKS", "Events", "stream_text")

Events = Response | bytes | Iterable[Event] | Iterable[bytes]

LINE_CHARACTERS = 100
INDENT = "  "
DEFAULT_MASKS: Mapping[str, str] = MappingProxyType(
    {
        "uuid": r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        "time": r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?",
    }
)


def stream_text(events: Events, mask: Mapping[str, str]) -> str:
    """Return events as text.

    Args:
        events: A response, its body, or its events.
        mask: Name → pattern: each value that matches is written as `<name 1>`, and the same value
            always with the same number.

    Raises:
        SnapshotError: The response is not a stream.
    """
    text = "\n\n".join(_block(event) for event in _listed(events)) + "\n"
    for name, pattern in mask.items():
        numbers: dict[str, int] = {}
        text = re.sub(pattern, lambda found: _masked(found[0], name, numbers), text)  # noqa: B023 - used at once
    return text


def _masked(value: str, name: str, numbers: dict[str, int]) -> str:
    return f"<{name} {numbers.setdefault(value, len(numbers) + 1)}>"


def _listed(events: Events) -> list[Event]:
    if isinstance(events, Response):
        return list(_stream_of(events).events)
    if isinstance(events, bytes):
        return list(events_of(events))
    return [each for event in events for each in _of(event)]


def _stream_of(response: Response) -> Response:
    if not response.is_stream:
        kind = response.headers.get("content-type", "no content")
        raise SnapshotError(
            f"cannot compare a response with {kind} as a stream",
            where=f"stream_snapshot(…), response with status {response.status}",
            why="it has no events; an action that writes one patch answers with HTML or JSON",
            fix="assert response.text == …",
        )
    return response


def _of(event: Event | bytes) -> tuple[Event, ...]:
    return events_of(event) if isinstance(event, bytes) else (event,)


def _block(event: Event) -> str:
    lines = [event.name.removeprefix("datastar-")]
    pairs = [line.partition(" ") for line in event.data.split("\n")]
    content = {ELEMENTS: "elements", SIGNALS: "signals"}.get(event.name)
    lines += [f"{INDENT}{key}: {value}" for key, _, value in pairs if key != content]
    if event.elements:
        lines += _html_lines(event.elements)
    elif event.name == SIGNALS:
        lines += json.dumps(event.signals, ensure_ascii=False, indent=2).split("\n")
    return "\n".join(lines)


def _html_lines(html: str) -> list[str]:
    parsed = parse_document(html) if is_document(html) else parse_template(html)
    return [line for node in Node.of(parsed).children() for line in _node_lines(node, 0)]


def _node_lines(node: Node, depth: int) -> list[str]:
    indent = INDENT * depth
    whole = " ".join(outer_html(node).split())
    if not node.is_element or len(indent) + len(whole) <= LINE_CHARACTERS:
        return [indent + whole] if whole else []
    start = _start_lines(node, indent)
    inside = node if node.content is None else Node.of(node.content)
    children = list(inside.children())
    if len(start) == 1 and not any(child.is_element for child in children):
        return [indent + whole]
    end = [f"{indent}</{node.name}>"] if whole.endswith(f"</{node.name}>") else []
    return [*start, *(line for child in children for line in _node_lines(child, depth + 1)), *end]


def _start_lines(node: Node, indent: str) -> list[str]:
    """Return a start tag, in a line for each attribute if it is long."""
    attributes = [" ".join(each.split()) for each in written_attributes(node)]
    line = f"{indent}<{' '.join([node.name, *attributes])}>"
    if len(line) <= LINE_CHARACTERS:
        return [line]
    return [
        f"{indent}<{node.name}",
        *(f"{indent}{INDENT}{each}" for each in attributes),
        f"{indent}>",
    ]
