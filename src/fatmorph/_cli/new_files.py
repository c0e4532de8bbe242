"""Files that are written together: all of them, or none, and never over another file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from fatmorph.errors import CommandError

__all__ = ("write_new_files",)

SHOWN = 5


def write_new_files(folder: Path, files: Mapping[str, bytes], *, command: str) -> None:
    """Write files into a folder, which is made if it is missing.

    Args:
        folder: Where.
        files: The content of each, by its path with `/`.
        command: A command that would work, for the errors.

    Raises:
        CommandError: One of them exists, or cannot be written. Nothing is left of the others.
    """
    if found := list(_in_the_way(folder, files)):
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise CommandError(
            f"cannot make a project over files that exist: {', '.join(found[:SHOWN])}{more}",
            where=str(folder.absolute()),
            why="it never overwrites a file, and has written nothing",
            fix=command,
        )
    made: list[Path] = []
    try:
        for name, content in files.items():
            _write(folder / name, content, made)
    except OSError as error:
        _remove(made)
        raise CommandError(
            f"cannot make a project in {folder}",
            where=str(error.filename or folder),
            why=f"{error.strerror or error}; nothing is left of it",
            fix=command,
        ) from error
    except BaseException:
        _remove(made)
        raise


def _in_the_way(folder: Path, files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the files that exist, and those that exist in the place of a folder."""
    if _is_other(folder):
        yield str(folder)
        return
    folders = {parent: None for name in files for parent in _parents(name)}
    yield from (name for name in folders if _is_other(folder / name))
    yield from (name for name in files if os.path.lexists(folder / name))


def _is_other(path: Path) -> bool:
    return os.path.lexists(path) and not path.is_dir()


def _parents(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]


def _write(path: Path, content: bytes, made: list[Path]) -> None:
    missing = [parent for parent in path.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir()
        made.append(parent)
    with path.open("xb") as file:
        made.append(path)
        file.write(content)


def _remove(made: list[Path]) -> None:
    for path in reversed(made):
        # Another program may have put a file into a new folder: that one stays.
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
