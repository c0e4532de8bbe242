"""A view goes from `Writer.patch()` to the transport through six rooms, and returns to none.

A room is a module or a package at the top level of `src/fatmorph`.
"""

import sys
from graphlib import TopologicalSorter
from types import CodeType, FrameType

from fatmorph import h
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.settings import Settings
from fatmorph.testing import MemoryClient
from rules.source_tree import ROOT

SOURCE = f"{ROOT / 'src' / 'fatmorph'}/"
# They get neither the view nor its bytes: one has the headers of the response, the other counts.
NOT_ON_THE_WAY = {"http", "counters"}
# Six are enough. The client in memory is the transport.
WAY = {"writer", "datastar", "markup", "_streaming", "compression", "testing"}


async def test_a_view_goes_through_six_rooms_and_returns_to_none() -> None:
    client = MemoryClient()
    w = HandledWriter(client, settings=Settings(compression=("gzip",)), accept_encoding="gzip")
    calls: dict[str, set[str]] = {}

    sys.setprofile(lambda frame, event, _: note_call(calls, frame, event))
    try:
        w.patch(h.main("Hello", id="room"))
        await w.drain()
    finally:
        sys.setprofile(None)
    await w.finish()

    rooms = set(TopologicalSorter(calls).static_order())  # raises if a call leads back
    assert rooms - NOT_ON_THE_WAY == WAY


def note_call(calls: dict[str, set[str]], frame: FrameType, event: str) -> None:
    """Note a call from one room to another."""
    callee = room_of(frame.f_code)
    caller = caller_of(frame)
    if event == "call" and callee and caller and caller != callee:
        calls.setdefault(caller, set()).add(callee)


def caller_of(frame: FrameType) -> str:
    """Return the room of the nearest caller that is in one, or an empty text."""
    caller = frame.f_back
    while caller is not None and not room_of(caller.f_code):
        caller = caller.f_back
    return room_of(caller.f_code) if caller is not None else ""


def room_of(code: CodeType) -> str:
    """Return the room of a function, or an empty text."""
    inner = code.co_filename.removeprefix(SOURCE)
    return "" if inner == code.co_filename else inner.partition("/")[0].removesuffix(".py")
