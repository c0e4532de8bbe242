"""Tiles under watchfiles, in a separate folder, with a source that tests and benchmarks edit."""

import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from example_programs import EXAMPLES, example_command
from servers import Server, running

__all__ = ("REFINED", "SIMPLE", "WatchedTiles", "watched_tiles")

# The two commands of docs/how-to/hot-reload.md, without the program and the folder.
SIMPLE: tuple[str, ...] = ()
REFINED = ("--filter", "python", "--ignore-paths", "static,node_modules")

DEADLINE_SECONDS = 20
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class WatchedTiles:
    """A running Tiles server and its source."""

    server: Server
    main: Path

    def save(self, old: str, new: str) -> None:
        """Replace a text that occurs once, and write the file in place, as most editors do."""
        self.main.write_text(_replaced(self.main, old, new), encoding="utf-8")

    def save_by_renaming(self, old: str, new: str) -> None:
        """Write a new file and rename it over the old one, as careful editors do."""
        draft = self.main.with_name("main.py~")
        draft.write_text(_replaced(self.main, old, new), encoding="utf-8")
        draft.replace(self.main)

    def wait_for_output(self, text: str, times: int = 1) -> None:
        """Wait until the server or watchfiles has printed a text the given number of times."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.server.output().count(text) < times:
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.server.output()}"
            with suppress(subprocess.TimeoutExpired):
                self.server.process.wait(POLL_SECONDS)


@contextmanager
def watched_tiles(
    folder: Path,
    datastar_bundle: Path,
    options: Sequence[str] = SIMPLE,
    edits: Sequence[tuple[str, str]] = (),
) -> Iterator[WatchedTiles]:
    """Copy Tiles to a folder, edit the copy, and serve it under watchfiles.

    Args:
        folder: Must not exist yet.
        datastar_bundle: The client to serve.
        options: Options of watchfiles.
        edits: Pairs of a text that occurs once in `main.py` and its replacement.
    """
    shutil.copytree(EXAMPLES / "tiles", folder, ignore=shutil.ignore_patterns("__pycache__"))
    main = folder / "main.py"
    for old, new in edits:
        main.write_text(_replaced(main, old, new), encoding="utf-8")
    watchfiles = Path(sys.executable).with_name("watchfiles")
    program = shlex.join(example_command(datastar_bundle)).replace("'{port}'", "{port}")
    with running([watchfiles, *options, program, "."], cwd=folder) as server:
        yield WatchedTiles(server, main)


def _replaced(file: Path, old: str, new: str) -> str:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file.name}"
    return text.replace(old, new)
