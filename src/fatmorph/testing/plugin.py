"""The pytest plugin: compares views with stored files, and checks patches.

pytest loads this module in every project that has fatmorph installed, so it imports everything
else only when a test requests the fixture.
The stored files are pytest-snapshot's: https://github.com/joseph-roitman/pytest-snapshot
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fatmorph.testing.snapshots import ViewSnapshot

__all__ = ("pytest_configure", "view_snapshot")


def pytest_configure() -> None:
    """Make every Writer check its patches in tests, unless `FATMORPH_DEV=0` is set.

    Findings are logged, so that pytest shows them with a failing test.
    """
    os.environ.setdefault("FATMORPH_DEV", "1")


@pytest.fixture
def view_snapshot(request: pytest.FixtureRequest) -> Iterator[ViewSnapshot]:
    """Return a function that checks a view and compares it with its stored HTML.

    Example:
        def test_the_cart_is_empty_at_first(view_snapshot):
            view_snapshot(cart_view([]))

    The file is `snapshots/<test module>/<test name>/view.html`; `--snapshot-update` writes it.
    """
    snapshots = import_module("fatmorph.testing.snapshots")
    with snapshots.opened(request) as view_snapshot:
        yield view_snapshot
