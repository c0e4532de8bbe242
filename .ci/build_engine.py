"""Builds the C engine, or writes down why it could not be built.

pyproject.toml names it twice: as the command `build_ext`, and as the backend, because only the
folder of a backend is on the path of a build.

The engine is optional, so an installation without a compiler succeeds, and pip shows the output of
a successful one only with `-v`: `python -m fatmorph --version` reads the note.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from runpy import run_path
from shutil import copyfile
from subprocess import CalledProcessError
from typing import TYPE_CHECKING

from setuptools.build_meta import *  # noqa: F403 - the backend itself
from setuptools.command.build_ext import build_ext

if TYPE_CHECKING:
    from setuptools import Extension

INSTALL = {  # by sys.platform
    "darwin": "xcode-select --install",
    "linux": "apt-get install gcc python3-dev",
    "win32": "winget install Microsoft.VisualStudio.2022.BuildTools",
}
MSVC_ARGUMENTS = ["/std:c11", "/O2"]  # those in pyproject.toml are of gcc and clang
NEEDS = "a C compiler and Python's header files"
MAX_REASON_CHARACTERS = 300


class BuildEngine(build_ext):
    """The command that builds extensions, with a note beside one that could not be built."""

    def build_extension(self, ext: Extension) -> None:
        """Build an extension, or write why that failed and raise the error."""
        note = Path(self.get_ext_fullpath(ext.name)).with_suffix(".txt")
        note.unlink(missing_ok=True)
        if self.compiler.compiler_type == "msvc":
            ext.extra_compile_args = MSVC_ARGUMENTS
        folder = Path(ext.sources[0]).parent
        number = run_path(str(folder / "_compiled.py"))["sources_number"](folder)
        ext.define_macros.append(("ENGINE_SOURCES", str(number)))
        output: list[str] = []
        try:
            with _recorded(output):
                super().build_extension(ext)
        except Exception as error:
            text = _note(_reason(output, error))
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(text, encoding="utf-8")
            self.warn(f"the C engine of fatmorph was not built\n{text}")
            raise

    def copy_extensions_to_source(self) -> None:
        """Copy what was built, or the note, to where an editable installation finds it."""
        super().copy_extensions_to_source()
        for ext in self.extensions:
            note = Path(self.build_lib, self.get_ext_filename(ext.name)).with_suffix(".txt")
            package, _, _ = ext.name.rpartition(".")
            folder = self.get_finalized_command("build_py").get_package_dir(package)
            copied = Path(folder, note.name)
            copied.unlink(missing_ok=True)
            if note.exists():
                copyfile(note, copied)
                # An engine of earlier sources would hide that these could not be compiled.
                Path(folder, Path(self.get_ext_filename(ext.name)).name).unlink(missing_ok=True)


def _reason(output: list[str], error: BaseException) -> str:
    """Return the compiler's first error, or the one of the attempt to run it."""
    lines = [line.strip() for text in output for line in text.splitlines()]
    errors = [line for line in lines if "error" in line.lower()]
    if errors:
        return errors[0][:MAX_REASON_CHARACTERS]
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    if isinstance(error, CalledProcessError):
        return f"the compiler {error.cmd[0]!r} ended with status {error.returncode}"
    return " ".join(str(error).split())[:MAX_REASON_CHARACTERS]


def _note(reason: str) -> str:
    install = f"{INSTALL[sys.platform]}  ({NEEDS})" if sys.platform in INSTALL else NEEDS
    again = "pip install --force-reinstall --no-deps fatmorph"
    return f"  why:   {reason}\n  fix:   {install}\n         {again}\n"


@contextmanager
def _recorded(output: list[str]) -> Iterator[None]:
    """Add what the processes of the compiler print to a list, and print it afterwards."""
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as file:
        kept = {number: os.dup(number) for number in (1, 2)}
        try:
            for number in kept:
                os.dup2(file.fileno(), number)
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in kept.items():
                os.dup2(copy, number)
                os.close(copy)
            file.seek(0)
            output.append(file.read().decode(errors="replace"))
            sys.stderr.write(output[-1])
