"""Settings of all tests."""

import gc
import os
import signal
import sys
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, is_hypothesis_test, settings
from hypothesis.strategies import none

from fatmorph.markup import _compiled

# Tests measure and log as production does; those of the checks turn the checks on.
os.environ.setdefault("FATMORPH_DEV", "0")
# A deadline is a timing, and a slow machine is not a bug; the same examples on every run of
# continuous integration make a red run repeatable.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("many", deadline=None, max_examples=20_000)
settings.load_profile("ci" if os.environ.get("CI") else "developer")

# A script's `command &` ignores SIGINT, and so would every server that a test starts and stops.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


TESTS = Path(__file__).parent
# A process logs twenty refusals a minute, and each traceback once.
LOG_LIMITS = {"fatmorph.adapters._respond": "_refusals", "fatmorph._log": "_repeats"}
SLOW_FOLDERS = {"browser": "drives a browser", "integrations": "starts servers"}


def pytest_configure() -> None:
    """Refuse to test a compiled engine of other sources: its tests would say nothing about them."""
    if _compiled.is_stale():
        raise pytest.UsageError(f"the C engine is of other sources: run {_compiled.REBUILD}")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector away from the tests, which stay until the end of the run.

    It would look at the growing million of their objects again and again, which takes half of the
    time of the collection, and later at all of them in every test that calls `gc.collect()`.
    `gc.get_objects()` leaves them out until `gc.unfreeze()`.
    """
    _register_random_numbers()
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Keep the garbage collector away from what the tests of a file have left on their objects."""
    try:
        return (yield)
    finally:
        if nextitem is not None and nextitem.path != item.path:
            gc.collect()
            gc.freeze()


@given(none())
def _register_random_numbers(_: None) -> None:
    """Let Hypothesis make the random numbers of this thread.

    It asks the garbage collector who owns them, and warns if the owner is frozen by then.
    """


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Let each test log as in a new process, which has logged no refusal and no traceback."""
    for name, limit in LOG_LIMITS.items():
        module = sys.modules.get(name)
        if module is not None:
            vars(module)[limit].clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the folders whose tests are all slow, and the tests that draw examples."""
    for item in items:
        folder = _folder(item.path)
        if folder in SLOW_FOLDERS:
            item.add_marker(pytest.mark.slow(SLOW_FOLDERS[folder]))
        elif folder == "properties" and is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.slow("draws hundreds of examples"))


@cache
def _folder(path: Path) -> str:
    return path.relative_to(TESTS).parts[0]
