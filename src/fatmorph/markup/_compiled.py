"""The compiled engine, unless its sources have changed since it was compiled.

In a clone of the repository, where the C sources are beside it, a change of a `.c` or `.h` file, or
another branch, would otherwise have no effect, or run half of it. The build writes a number of the
sources into the engine; a wheel has no sources, and nothing is compared.

`.ci/build_engine.py` runs this file, so it imports nothing of ours.
"""

from __future__ import annotations

import zlib
from importlib import import_module
from pathlib import Path
from types import ModuleType
from warnings import warn

__all__ = ("REBUILD", "compiled_engine", "is_stale", "sources_number")

NAME = "fatmorph.markup._core_c"
REBUILD = "pip install -e ."
FOLDER = Path(__file__).parent


def sources_number(folder: Path = FOLDER) -> int | None:
    """Return a number of the C sources in a folder; None if there are none, as in a wheel.

    Files that cannot be read are not compared either: an import must not fail because of them.
    """
    number = 0
    try:
        # Without hidden files: an editor keeps the lock of a file that is changed beside it.
        headers = sorted(
            path
            for path in (folder / "_engine").iterdir()
            if path.suffix == ".h" and not path.name.startswith(".")
        )
        for path in (folder / "_core_c.c", *headers):
            number = zlib.crc32(path.read_bytes(), number)
    except OSError:
        return None
    return number & 0x7FFFFFFF  # a `long` of C, on Windows too


def is_stale() -> bool:
    """Return whether there is a compiled engine that is not of the sources beside it."""
    number = sources_number()
    if number is None:
        return False
    try:
        return getattr(import_module(NAME), "_sources", None) != number
    except ImportError:  # it was not built
        return False
    except AttributeError:  # it asks for a function of Python that has another name now
        return True


def compiled_engine() -> ModuleType:
    """Return the compiled engine.

    Raises:
        ImportError: If it was not built; or, after a warning, if it is not of the sources.
    """
    if is_stale():
        warn(
            "the C engine was compiled from other sources, so the Python engine is used: "
            f"run {REBUILD}",
            RuntimeWarning,
            stacklevel=2,
        )
        raise ImportError(NAME)
    return import_module(NAME)
