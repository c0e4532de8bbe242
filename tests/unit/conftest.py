"""What unit tests share."""

import asyncio

import pytest

from transports import Clock


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the time of the test's event loop, which passes only when the test says so."""
    clock = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock)
    return clock
