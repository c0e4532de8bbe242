"""Stored files that no test of a run has used, also if pytest-xdist runs the tests.

A module is judged if every test that was collected in it has passed. Under pytest-xdist the
workers collect and store, and the main process, which judges, has their notes from `_sent_notes`.

Source: https://pytest-xdist.readthedocs.io/en/stable/how-it-works.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

__all__ = ("Notes", "note_worker", "notes_of", "send_notes", "stale_files")

SUFFIXES = ("html", "txt")
FOLDER = "snapshots"
MODULES = ("test_*", "*_test")
SENT = "fatmorph_snapshots"
# pytest-snapshot's own fixture, and the name of its plugin; it stores its files as ours are stored.
OTHER = "snapshot"


@dataclass
class Notes:
    """The tests that a run has collected, and the files that they have used."""

    taken: dict[str, str] = field(default_factory=dict[str, str])
    """Stored file, in lower case → the test that has used it."""
    collected: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Module → its tests."""
    foreign: list[str] = field(default_factory=list[str])
    """Modules whose tests store files by pytest-snapshot's own fixture."""
    is_complete: bool = True
    """Whether the notes of every worker have arrived."""

    def add_item(self, item: pytest.Item) -> None:
        """Note a collected test."""
        module = str(item.path)
        self.collected.setdefault(module, []).append(item.nodeid)
        names = getattr(item, "fixturenames", ())
        if OTHER in names and item.config.pluginmanager.has_plugin(OTHER):
            self.foreign.append(module)


NOTES = pytest.StashKey[Notes]()


def notes_of(config: pytest.Config) -> Notes:
    """Return the notes of a run."""
    return config.stash.setdefault(NOTES, Notes())


def send_notes(config: pytest.Config) -> None:
    """Leave the notes for the main process, if this one is a worker of pytest-xdist."""
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[SENT] = asdict(notes_of(config))


def note_worker(config: pytest.Config, output: Mapping[str, Any] | None) -> None:
    """Take the notes of a worker that has ended.

    Args:
        config: The main process's.
        output: The output of the worker; None if it has crashed.
    """
    notes, sent = notes_of(config), (output or {}).get(SENT)
    if sent is None:
        notes.is_complete = False
        return
    notes.taken |= sent["taken"]
    notes.collected |= sent["collected"]
    notes.foreign += sent["foreign"]


def stale_files(config: pytest.Config, passed: set[str]) -> list[Path]:
    """Return the stored files that no test of this run has used.

    Args:
        config: The run's.
        passed: The tests that have passed.
    """
    notes = notes_of(config)
    is_part = any("::" in each for each in config.args) or config.getoption("lf", default=False)
    if is_part or not notes.is_complete:
        return []
    modules = [
        Path(module)
        for module, tests in sorted(notes.collected.items())
        if passed.issuperset(tests) and module not in notes.foreign
    ]
    folders = [module.parent / FOLDER / module.stem for module in modules]
    return [
        file
        for folder in (*folders, *_without_module({module.parent for module in modules}))
        for suffix in SUFFIXES
        for file in sorted(folder.rglob(f"*.{suffix}"))
        if str(file).casefold() not in notes.taken
    ]


def _without_module(parents: set[Path]) -> Iterator[Path]:
    """Yield the folders of test modules that do not exist any more."""
    for parent in sorted(parents):
        for pattern in MODULES:
            for folder in sorted((parent / FOLDER).glob(pattern)):
                if folder.is_dir() and not any(parent.glob(f"{folder.name}.*")):
                    yield folder
