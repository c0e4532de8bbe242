"""Fixtures of all unit tests."""

import asyncio

import pytest

from fatmorph._streaming import stream
from transports import Clock


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of the test's event loop, which only the test advances."""
    clock = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock)
    monkeypatch.setattr(stream, "LAST_EVENT_SECONDS", 0)  # it would wait for the test
    return clock
