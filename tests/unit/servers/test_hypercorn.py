"""The Event with which hypercorn stops its worker processes is found in their arguments."""

import multiprocessing
import threading
from types import SimpleNamespace

import pytest

from fatmorph._servers import hypercorn

EVENT = threading.Event()


def process(module: str, **arguments: object) -> SimpleNamespace:
    """Return a process that runs a function of a module."""

    def work() -> None: ...

    work.__module__ = module
    return SimpleNamespace(_target=work, _kwargs=arguments)


@pytest.mark.parametrize(
    ("current", "event"),
    [
        (process("hypercorn.asyncio.run", shutdown_event=EVENT), EVENT),
        (process("hypercorn.asyncio.run"), None),
        (process("another.run", shutdown_event=EVENT), None),
        (SimpleNamespace(), None),
    ],
    ids=["worker", "worker of another release", "worker of another server", "main process"],
)
def test_only_workers_of_hypercorn_have_an_event(
    current: SimpleNamespace, event: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multiprocessing.process, "current_process", lambda: current)

    assert hypercorn.stop_event() is event
