"""The engines: every test of this folder runs on each of them."""

from importlib import import_module
from types import ModuleType

import pytest

ENGINES = ["fatmorph.markup._core_py", "fatmorph.markup._core_c"]


@pytest.fixture(params=ENGINES, ids=lambda name: name.rpartition(".")[2])
def core(request: pytest.FixtureRequest) -> ModuleType:
    """Return the module of an engine."""
    return import_module(request.param)
