"""The engines. Every test in this folder runs on each of them."""

from importlib import import_module
from types import ModuleType

import pytest

from machine import missing

ENGINES = ["fatmorph.markup._core_py", "fatmorph.markup._core_c"]


@pytest.fixture(params=ENGINES, ids=lambda name: name.rpartition(".")[2])
def core(request: pytest.FixtureRequest) -> ModuleType:
    """Return the module of an engine."""
    try:
        return import_module(request.param)
    except ImportError:
        missing("compiler", f"{request.param} was not built: pip install needs a C compiler")


@pytest.fixture(scope="session")
def engine_modules() -> list[ModuleType]:
    """Return the modules of both engines, for a test that draws its own examples."""
    try:
        return [import_module(name) for name in ENGINES]
    except ImportError:
        missing("compiler", "an engine was not built: pip install needs a C compiler")
