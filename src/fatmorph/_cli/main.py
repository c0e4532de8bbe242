"""The command `fatmorph`, or `python -m fatmorph`: the version, and commands for pages."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from fatmorph._cli.check import add_check_command
from fatmorph._cli.convert import add_convert_command
from fatmorph._cli.init import add_init_command
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
        prog=_command_name(), description="Live web pages, each written as one function."
    )
    parser.add_argument("--version", action="version", version=_version_line())
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


def _version_line() -> str:
    return f"fatmorph {version('fatmorph')}, {ENGINE} engine, Python {platform.python_version()}"
