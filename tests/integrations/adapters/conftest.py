"""One server per combination, started once; each test of the suite runs against every one."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from integrations.adapters.registry import COMBINATIONS, Combination
from machine import missing
from servers import Server, running

PROGRAMS = Path(__file__).parent / "programs"
NO_PACKAGES = {"asgi"}  # a protocol, not something to install


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Leave out what a framework cannot do: the registry says why, and the matrix shows it."""
    if "combination" in metafunc.fixturenames:
        able = [c for c in COMBINATIONS if metafunc.function.__name__ not in c.without]
        metafunc.parametrize("combination", able, ids=str, scope="session", indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put all tests of a combination together, so that its server starts once.

    pytest groups by the position of a parameter, which differs where combinations are left out.
    """
    places = {place: number for place, item in enumerate(items) if (number := _number(item)) >= 0}
    grouped = [items[place] for place in sorted(places, key=lambda place: places[place])]
    for place, item in zip(places, grouped, strict=True):
        items[place] = item


@pytest.fixture(scope="session")
def combination(request: pytest.FixtureRequest) -> Combination:
    """Return the framework and the server that the test runs on."""
    combination: Combination = request.param
    for package in (combination.framework.name, combination.server.name):
        if package not in NO_PACKAGES and find_spec(package) is None:
            missing(package, f"{package} is not installed: pip install {package}")
    return combination


@pytest.fixture(scope="session")
def server(combination: Combination) -> Iterator[Server]:
    """Return a server that no test disturbs for the others."""
    with running(combination.command, cwd=PROGRAMS) as server:
        yield server


@pytest.fixture
def own_server(combination: Combination) -> Iterator[Server]:
    """Return a server that the test may stop."""
    with running(combination.command, cwd=PROGRAMS) as server:
        yield server


def _number(item: pytest.Item) -> int:
    """Return the position of a test's combination in the registry, or -1."""
    callspec = getattr(item, "callspec", None)
    parameter = callspec.params.get("combination") if callspec else None
    return COMBINATIONS.index(parameter) if isinstance(parameter, Combination) else -1
