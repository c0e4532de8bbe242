"""Snapshots of views: pretty-printed pages, stored in files and compared line by line."""

from __future__ import annotations

import difflib
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from fatmorph._log import Log
from fatmorph.errors import MissingExtraError, SnapshotError, short_repr
from fatmorph.markup._element import Element
from fatmorph.markup._pretty import pretty
from fatmorph.morph.checks import Finding, check
from fatmorph.types import HasHtml

__all__ = ("ViewSnapshot", "require_pytest_snapshot")

logger = Log("fatmorph.morph")

# A valid file name on every system: not a folder, a drive or a hidden file.
NAME = re.compile(r"\w[\w. -]*")


class _Snapshot(Protocol):
    """The part of pytest-snapshot's fixture that is used here."""

    @property
    def snapshot_dir(self) -> Path: ...
    def assert_match(self, value: str, snapshot_name: str) -> None: ...


class ViewSnapshot:
    """A function that compares views with stored HTML files: the `view_snapshot` fixture.

    Args:
        snapshot: pytest-snapshot's `snapshot` fixture, which manages the files and the options
            `--snapshot-update` and `--allow-snapshot-deletion`.
    """

    def __init__(self, snapshot: _Snapshot) -> None:
        self._snapshot = snapshot
        self._unnamed = 0
        self._names: set[str] = set()

    def __call__(self, view: Element | HasHtml, name: str | None = None) -> None:
        """Check a view and compare it with its stored file.

        Errors found by `fatmorph.morph.check()` fail the test; warnings are logged.

        Args:
            view: A page or any elements.
            name: The file's name without `.html`; by default `view`, then `view-2`, `view-3`.

        Raises:
            AssertionError: The file differs or does not exist, and the message has the diff; or
                the view has errors, and the message has the findings.
            SnapshotError: The name is not a valid file name, or this test has used it before.
        """
        __tracebackhide__ = True
        _check(view)
        stored = self._snapshot.snapshot_dir / f"{self._checked(name)}.html"
        # A parser reads every line end as LF, so this does not change the page.
        html = pretty(view).replace("\r\n", "\n").replace("\r", "\n") + "\n"
        try:
            self._snapshot.assert_match(html, stored.name)
        except AssertionError:
            if not stored.is_file():
                raise
            raise AssertionError(_difference(stored, html)) from None

    def _checked(self, name: str | None) -> str:
        if name is None:
            self._unnamed += 1
            name = "view" if self._unnamed == 1 else f"view-{self._unnamed}"
        if NAME.fullmatch(name) is None:
            raise SnapshotError(
                f"cannot name a snapshot {short_repr(name)}",
                where="view_snapshot(…)",
                why="it becomes a file's name, on every system that the tests run on",
                fix='view_snapshot(view, "empty-cart")',
            )
        # File names must not differ by case alone: some systems ignore case.
        if name.casefold() in self._names:
            raise SnapshotError(
                f"cannot use the snapshot {short_repr(name)} twice in one test",
                where="view_snapshot(…)",
                why="the second view would be compared with the first one's file",
                fix=f'view_snapshot(view, "{name}-after")',
            )
        self._names.add(name.casefold())
        return name


def require_pytest_snapshot() -> None:
    """Raise if pytest-snapshot, whose fixture manages the files, is not installed.

    Raises:
        MissingExtraError: It is not installed.
    """
    if find_spec("pytest_snapshot") is None:
        raise MissingExtraError(
            "cannot compare views without pytest-snapshot",
            where="the fixture view_snapshot",
            why="it keeps the stored files, and is part of the extra testing",
            fix='pip install "fatmorph[testing]"',
        )


def _check(view: Element | HasHtml) -> None:
    __tracebackhide__ = True
    errors: list[Finding] = []
    for finding in check(view):
        if finding.severity == "error":
            errors.append(finding)
        else:
            logger.warning("%s", finding)
    if errors:
        raise AssertionError("\n\n".join(map(str, errors)))


def _difference(stored: Path, html: str) -> str:
    lines = difflib.unified_diff(
        stored.read_text(encoding="utf-8").split("\n"),
        html.split("\n"),
        fromfile=f"stored  {stored.name}",
        tofile="this view",
        lineterm="",
    )
    return "\n".join(
        (
            f"the view differs from {stored}",
            *lines,
            "if the change is wanted: pytest --snapshot-update",
        )
    )
