"""The pytest plugin: a view's HTML against a stored file, and checks of what is patched.

pytest loads this module in every project that has fatmorph installed, so all that it needs is
imported when a test asks for the fixture.
The stored files are pytest-snapshot's: https://github.com/joseph-roitman/pytest-snapshot
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fatmorph.testing.snapshots import ViewSnapshot

__all__ = ("pytest_configure", "view_snapshot")


def pytest_configure() -> None:
    """Let every Writer of the tests check what it patches, unless `FATMORPH_DEV=0` says no.

    What is found is logged, so that pytest shows it with a test that fails.
    """
    os.environ.setdefault("FATMORPH_DEV", "1")


@pytest.fixture
def view_snapshot(request: pytest.FixtureRequest) -> ViewSnapshot:
    """Return a function that checks a view, and compares it with the HTML stored for the test.

    Example:
        def test_the_cart_is_empty_at_first(view_snapshot):
            view_snapshot(cart_view([]))

    The file is `snapshots/<test module>/<test name>/view.html`; `--snapshot-update` writes it.
    """
    snapshots = import_module("fatmorph.testing.snapshots")
    snapshots.require_pytest_snapshot()
    made: ViewSnapshot = snapshots.ViewSnapshot(request.getfixturevalue("snapshot"))
    return made
