"""Requirements of tests on the machine. A test is skipped without them.

With `FATMORPH_REQUIRE="chromium datastar"`, the test fails instead if one of these is missing.
Continuous integration sets it, so that a skip cannot leave a hole in its matrix.
"""

import os
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import NoReturn

import pytest

__all__ = ("has_version", "installed", "missing")


def missing(requirement: str, reason: str) -> NoReturn:
    """Skip the running test, or fail it if `FATMORPH_REQUIRE` names the requirement."""
    if requirement in os.environ.get("FATMORPH_REQUIRE", "").replace(",", " ").split():
        pytest.fail(f"FATMORPH_REQUIRE names {requirement!r}, but {reason}", pytrace=False)
    pytest.skip(reason)


def has_version(package: str, *least: int) -> bool:
    """Return whether the version of an installed package is this one or a later one."""
    numbers = version(package).split(".")[: len(least)]
    return tuple(map(int, numbers)) >= least


def installed(module: str) -> ModuleType:
    """Return a module, whose name is the requirement, or skip the running test without it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        missing(module, str(error))
