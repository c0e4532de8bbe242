"""Snapshots of views and streams: text, stored in files and compared line by line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import pytest

from fatmorph._log import Log
from fatmorph.errors import MissingExtraError, SnapshotError, short_repr
from fatmorph.markup._element import Element
from fatmorph.markup._pretty import pretty
from fatmorph.markup._render import render_bytes
from fatmorph.morph.checks import Finding, check
from fatmorph.testing._stale_files import notes_of
from fatmorph.testing._stream_text import DEFAULT_MASKS, Events, stream_text
from fatmorph.types import HasHtml

__all__ = ("StreamSnapshot", "ViewSnapshot", "opened", "require_pytest_snapshot")

logger: Log = Log("fatmorph.morph")

# A valid file name on every system: not a folder, a drive or a hidden file.
NAME = re.compile(r"\w[\w. -]*")
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file#naming-conventions
RESERVED_ON_WINDOWS = re.compile(
    r"(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *(?:\..*)?",
    re.IGNORECASE,
)


class _Snapshot(Protocol):
    """The part of pytest-snapshot's fixture that is used here."""

    @property
    def snapshot_dir(self) -> Path: ...
    def assert_match(self, value: str, snapshot_name: str) -> None: ...


Kind = TypeVar("Kind", bound="_Files")


class _Files:
    """The stored files of one test.

    Args:
        snapshot: pytest-snapshot's `Snapshot`, which manages the files of a test.
        test: The test's name.
        taken: The files that tests of this run have used, each with the test's name.
    """

    stem: ClassVar[str]
    suffix: ClassVar[str]
    fixture: ClassVar[str]

    def __init__(
        self, snapshot: _Snapshot, test: str = "", taken: dict[str, str] | None = None
    ) -> None:
        self._snapshot = snapshot
        self._test = test
        self._taken = {} if taken is None else taken
        self._unnamed = 0
        self._names: set[str] = set()

    def _compare(self, text: str, name: str | None) -> None:
        __tracebackhide__ = True
        stored = self._snapshot.snapshot_dir / f"{self._checked(name)}{self.suffix}"
        self._take(stored)
        try:
            self._snapshot.assert_match(text, stored.name)
        except AssertionError:
            if not stored.is_file():
                raise
            raise AssertionError(_difference(stored, text, self.stem)) from None

    def _checked(self, name: str | None) -> str:
        if name is None:
            self._unnamed += 1
            name = self.stem if self._unnamed == 1 else f"{self.stem}-{self._unnamed}"
        if NAME.fullmatch(name) is None or RESERVED_ON_WINDOWS.fullmatch(f"{name}{self.suffix}"):
            raise SnapshotError(
                f"cannot name a snapshot {short_repr(name)}",
                where=f"{self.fixture}(…)",
                why="it becomes a file's name, on every system that the tests run on",
                fix=f'{self.fixture}({self.stem}, "empty-cart")',
            )
        # File names must not differ by case alone: some systems ignore case.
        if name.casefold() in self._names:
            raise SnapshotError(
                f"cannot use the snapshot {short_repr(name)} twice in one test",
                where=f"{self.fixture}(…)",
                why=f"the second {self.stem} would be compared with the first one's file",
                fix=f'{self.fixture}({self.stem}, "{name}-after")',
            )
        self._names.add(name.casefold())
        return name

    def _take(self, stored: Path) -> None:
        """Note that the test uses a file."""
        # File names must not differ by case alone: some systems ignore case.
        other = self._taken.setdefault(str(stored).casefold(), self._test)
        if other != self._test:
            raise SnapshotError(
                f"cannot use the file {stored.parent.name}/{stored.name} in two tests",
                where=self._test,
                why=f"{other} uses it, and each would replace the page of the other",
                fix='pytest.param(…, id="a-name")',
            )


class ViewSnapshot(_Files):
    """A function that compares views with stored HTML files: the `view_snapshot` fixture.

    Args:
        snapshot: pytest-snapshot's `Snapshot`, which manages the files of a test.
        test: The test's name.
        taken: The files that tests of this run have used, each with the test's name.
    """

    stem = "view"
    suffix = ".html"
    fixture = "view_snapshot"

    def __call__(self, view: Element | HasHtml, name: str | None = None) -> None:
        """Check a view and compare it with its stored file.

        Errors found by `fatmorph.morph.check()` fail the test; warnings are logged.

        Args:
            view: A page or any elements.
            name: The file's name without `.html`; by default `view`, then `view-2`, `view-3`.

        Raises:
            AssertionError: The file differs or does not exist, and the message has the diff; or
                the view has errors, and the message has the findings.
            SnapshotError: The name is not a valid file name, this test has used it before, or
                another test has used the file.
            EncodingError: The view contains text with a lone surrogate.
        """
        __tracebackhide__ = True
        _check(view)
        render_bytes(view)  # raises, with the place, if the view cannot be stored
        # A parser reads every line end as LF, so this does not change the page.
        html = pretty(view).replace("\r\n", "\n").replace("\r", "\n") + "\n"
        self._compare(html, name)


class StreamSnapshot(_Files):
    """A function that compares streams with stored text files: the `stream_snapshot` fixture.

    Args:
        snapshot: pytest-snapshot's `Snapshot`, which manages the files of a test.
        test: The test's name.
        taken: The files that tests of this run have used, each with the test's name.
    """

    stem = "stream"
    suffix = ".txt"
    fixture = "stream_snapshot"

    def __call__(
        self, events: Events, name: str | None = None, *, mask: Mapping[str, str] | None = None
    ) -> None:
        """Compare a stream with its stored file: one block for each event.

        Args:
            events: A `Response`, a body, or the events of a page or of `fatmorph.datastar.events`.
            name: The file's name without `.txt`; by default `stream`, then `stream-2`, `stream-3`.
            mask: Name → regular expression, for values that differ on every run: each is stored as
                `<name 1>`, and the same value always with the same number. UUIDs and times of ISO
                8601 are masked anyway; `{}` masks nothing else, `{"uuid": "$^"}` not even UUIDs.

        Raises:
            AssertionError: The file differs or does not exist, and the message has the diff.
            SnapshotError: As for `view_snapshot`, or the response is not a stream.
        """
        __tracebackhide__ = True
        self._compare(stream_text(events, {**DEFAULT_MASKS, **(mask or {})}), name)


@contextmanager
def opened(request: pytest.FixtureRequest, kind: type[Kind]) -> Generator[Kind]:
    """Yield the function for one test; fail at the end if it has written a file.

    It does not use the fixture `snapshot`, which may be another plugin's.

    Args:
        request: The fixture's request.
        kind: `ViewSnapshot` or `StreamSnapshot`.

    Raises:
        MissingExtraError: pytest-snapshot is not installed.
        SnapshotError: The test's parameters do not make a folder's name.
    """
    require_pytest_snapshot()
    plugin = import_module("pytest_snapshot.plugin")
    config, test = request.config, request.node
    # pytest-snapshot's option, or syrupy's of the same name.
    names = ("snapshot_update", "update_snapshots")
    is_update = any(config.getoption(name, default=False) for name in names)
    can_delete = config.getoption("allow_snapshot_deletion", default=False)
    with plugin.Snapshot(is_update, can_delete, _folder(test)) as snapshot:
        yield kind(snapshot, test.nodeid, notes_of(config).taken)


def require_pytest_snapshot() -> None:
    """Raise if pytest-snapshot, which manages the files, is not installed.

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


def _folder(test: Any) -> Path:  # Any: pytest's items have no common type with these attributes
    """Return the folder of a test's files: module, classes, function, parameters."""
    classes = [node.name for node in test.listchain() if isinstance(node, pytest.Class)]
    name = getattr(test, "originalname", None) or test.name
    folder = test.path.parent.joinpath("snapshots", test.path.stem, *classes, name)
    if not hasattr(test, "callspec"):
        return Path(folder)
    case = re.sub(r"[^-\w.]", "", test.callspec.id.strip().replace(" ", "_"))
    case = {"": "empty", ".": "dot", "..": "dotdot"}.get(case, case)
    if RESERVED_ON_WINDOWS.fullmatch(case) or case.endswith("."):
        raise SnapshotError(
            f"cannot store a snapshot in the folder {short_repr(case)}",
            where=test.nodeid,
            why="Windows has no folder of this name, and your tests may run there",
            fix='pytest.param(…, id="a-name")',
        )
    return Path(folder / case)


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


def _difference(stored: Path, text: str, stem: str) -> str:
    lines = difflib.unified_diff(
        stored.read_text(encoding="utf-8").split("\n"),
        text.split("\n"),
        fromfile=f"stored  {stored.name}",
        tofile=f"this {stem}",
        lineterm="",
    )
    return "\n".join(
        (
            f"the {stem} differs from {stored}",
            *lines,
            "if the change is wanted: pytest --snapshot-update",
        )
    )
