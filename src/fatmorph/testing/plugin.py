"""The pytest plugin: compares views with stored files, and checks patches.

pytest loads this module in every project that has fatmorph installed, so it imports everything
else only when a test requests the fixture.
The stored files are pytest-snapshot's: https://github.com/joseph-roitman/pytest-snapshot
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from fatmorph.testing._stale_files import note_worker, notes_of, send_notes, stale_files

if TYPE_CHECKING:
    from fatmorph.testing.snapshots import StreamSnapshot, ViewSnapshot

__all__ = (
    "pytest_configure",
    "pytest_itemcollected",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "stream_snapshot",
    "view_snapshot",
)

SNAPSHOTS = "fatmorph.testing.snapshots"


def pytest_configure() -> None:
    """Make every Writer check its patches in tests, unless `FATMORPH_DEV=0` is set.

    Findings are logged, so that pytest shows them with a failing test. An error of a handler is
    raised in the test, instead of shown in the page.
    """
    if os.environ.setdefault("FATMORPH_DEV", "1") == "1":
        os.environ.setdefault("FATMORPH_OVERLAY", "0")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note a test, to know whether all tests of a module have passed."""
    notes_of(item.config).add_item(item)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the main process of pytest-xdist which files the tests of this worker have used."""
    send_notes(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # Any: pytest-xdist's, which need not be installed
    """Note which files the tests of a worker of pytest-xdist have used."""
    note_worker(node.config, getattr(node, "workeroutput", None))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Report stored files that no test has used, for modules of which every test has passed."""
    reports = terminalreporter.stats.get("passed", ())
    passed = {getattr(report, "nodeid", "") for report in reports}  # other plugins add their own
    stale = stale_files(config, passed)
    if stale:
        terminalreporter.section("stale snapshots", yellow=True)
        terminalreporter.line("no test uses these files; delete them, or restore their tests:")
        for file in stale:
            terminalreporter.line(f"  {os.path.relpath(file)}")


@pytest.fixture
def view_snapshot(request: pytest.FixtureRequest) -> Iterator[ViewSnapshot]:
    """Return a function that checks a view and compares it with its stored HTML.

    Example:
        def test_the_cart_is_empty_at_first(view_snapshot):
            view_snapshot(cart_view([]))

    The file is `snapshots/<test module>/<test name>/view.html`; `--snapshot-update` writes it.
    """
    snapshots = import_module(SNAPSHOTS)
    with snapshots.opened(request, snapshots.ViewSnapshot) as view_snapshot:
        yield view_snapshot


@pytest.fixture
def stream_snapshot(request: pytest.FixtureRequest) -> Iterator[StreamSnapshot]:
    """Return a function that compares a stream with its stored text.

    Example:
        async def test_the_first_patch(stream_snapshot):
            stream_snapshot(await call(subscribe))

    The file is `snapshots/<test module>/<test name>/stream.txt`; `--snapshot-update` writes it.
    """
    snapshots = import_module(SNAPSHOTS)
    with snapshots.opened(request, snapshots.StreamSnapshot) as stream_snapshot:
        yield stream_snapshot
