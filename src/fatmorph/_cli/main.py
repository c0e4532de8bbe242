"""The command `fatmorph`, or `python -m fatmorph`: the version, and commands for pages."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import sysconfig
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from fatmorph._cli.check import add_check_command
from fatmorph._cli.convert import add_convert_command
from fatmorph._cli.init import add_init_command
from fatmorph.markup import escape
from fatmorph.markup._render import ENGINE

__all__ = ("main",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Args:
        arguments: Without the program's name; by default those that Python was started with.

    Raises:
        SystemExit: After `--version` and `--help`, or with status 2 for invalid arguments.
    """
    parser = argparse.ArgumentParser(
        prog=_command_name(),
        description="Live web pages, each written as one function.",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # keeps the lines of the version
    )
    parser.add_argument("--version", action="version", version=_version_text())
    commands = parser.add_subparsers(title="commands", metavar="command")
    add_init_command(commands)
    add_convert_command(commands)
    add_check_command(commands)
    options = parser.parse_args(arguments)
    if not hasattr(options, "run"):
        parser.print_help()
        return 0
    status: int = options.run(options)
    return status


def _command_name() -> str:
    """Return what the user typed: the script that pip installs, or the module."""
    return "fatmorph" if Path(sys.argv[0]).stem == "fatmorph" else "python -m fatmorph"


def _version_text() -> str:
    """Return the version, the engine and Python, and why the engine is not the one in C."""
    line = f"fatmorph {version('fatmorph')}, {ENGINE} engine, Python {platform.python_version()}"
    return line if ENGINE == "C" else f"{line}\n{_reason_for_python()}"


def _reason_for_python() -> str:
    if os.environ.get("FATMORPH_PURE_PYTHON") == "1":
        return "FATMORPH_PURE_PYTHON=1 has chosen the Python engine"
    # .ci/build_engine.py writes it beside the engine that it could not build for this Python.
    name = f"_core_c{sysconfig.get_config_var('EXT_SUFFIX')}"
    note = Path(escape.__file__).with_name(name).with_suffix(".txt")
    if note.exists():
        return f"the C engine was not built\n{note.read_text(encoding='utf-8').rstrip()}"
    return (
        "the C engine was not built for this Python\n"
        "  fix:   pip install --force-reinstall --no-deps fatmorph"
    )
