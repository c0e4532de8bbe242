"""Snapshots of views: pretty-printed pages in files, compared line by line."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Protocol

from fatmorph.markup.element import Element
from fatmorph.markup.pretty import pretty
from fatmorph.types import HasHtml

__all__ = ("ViewSnapshot",)


class _Snapshot(Protocol):
    """What is used of pytest-snapshot's fixture."""

    @property
    def snapshot_dir(self) -> Path: ...
    def assert_match(self, value: str, snapshot_name: str) -> None: ...


class ViewSnapshot:
    """Compare views with stored HTML files; the value of the `view_snapshot` fixture.

    Args:
        snapshot: pytest-snapshot's `snapshot` fixture, which owns the files and the options
            `--snapshot-update` and `--allow-snapshot-deletion`.
    """

    def __init__(self, snapshot: _Snapshot) -> None:
        self._snapshot = snapshot
        self._unnamed = 0

    def __call__(self, view: Element | HasHtml, name: str | None = None) -> None:
        """Compare a view with its stored file.

        Args:
            view: A page or any elements.
            name: The file's name without `.html`; by default `view`, then `view-2`, `view-3`.

        Raises:
            AssertionError: The file differs or does not exist; the message has the diff.
        """
        __tracebackhide__ = True
        if name is None:
            self._unnamed += 1
            name = "view" if self._unnamed == 1 else f"view-{self._unnamed}"
        # A parser reads every line end as LF, so this changes nothing that a browser shows.
        html = "\n".join(pretty(view).replace("\r\n", "\n").split("\r")) + "\n"
        stored = self._snapshot.snapshot_dir / f"{name}.html"
        try:
            self._snapshot.assert_match(html, stored.name)
        except AssertionError:
            if not stored.is_file():
                raise
            raise AssertionError(_difference(stored, html)) from None


def _difference(stored: Path, html: str) -> str:
    lines = difflib.unified_diff(
        stored.read_text(encoding="utf-8").splitlines(),
        html.splitlines(),
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
