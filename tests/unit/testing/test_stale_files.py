"""The report of stored files that no test has used."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import pytest

from fatmorph.testing._stale_files import Notes, note_worker, stale_files

pytest_plugins = ("pytester",)
pytestmark = pytest.mark.slow("starts pytest in the test")

Run = Callable[..., pytest.RunResult]

CART = """
from fatmorph import h

def test_cart(view_snapshot):
    view_snapshot(h.p("cart"))
"""
BASKET = CART.replace("cart", "basket")
FAILING = """
def test_that_fails():
    assert False
"""
FOREIGN = """
def test_foreign(snapshot):
    snapshot.assert_match("text", "foreign.txt")
"""


def sent(notes: Notes) -> dict[str, Any]:
    """Return what a worker of pytest-xdist leaves."""
    return {"fatmorph_snapshots": asdict(notes)}


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Return a function that writes test modules and returns the result of pytest on them."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")

    def run(*options: str, **modules: str) -> pytest.RunResult:
        for name, source in modules.items():
            pytester.makepyfile(**{name: source})
        return pytester.runpytest_inprocess(*options)

    return run


def stale(result: pytest.RunResult) -> list[str]:
    """Return the reported files."""
    return [line.strip() for line in result.outlines if line.startswith("  snapshots")]


@pytest.mark.parametrize("options", [(), ("-n", "1")])
def test_a_stored_file_that_no_test_uses_is_reported(run: Run, options: tuple[str, ...]) -> None:
    run("--snapshot-update", test_it=CART, test_other=CART)
    run("--snapshot-update", test_it=BASKET)

    result = run(*options)

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*stale snapshots*", "no test uses these files*"])
    assert stale(result) == ["snapshots/test_it/test_cart/view.html"]


def test_the_files_of_a_deleted_module_are_reported(run: Run, pytester: pytest.Pytester) -> None:
    run("--snapshot-update", test_it=CART, test_other=CART)
    (pytester.path / "test_other.py").unlink()

    result = run()

    assert stale(result) == ["snapshots/test_other/test_cart/view.html"]


@pytest.mark.parametrize("part", [("-k", "basket"), ("test_it.py::test_basket",), ("--lf",)])
def test_nothing_is_reported_if_only_a_part_of_the_tests_has_run(
    run: Run, part: tuple[str, ...]
) -> None:
    run("--snapshot-update", test_it=CART + BASKET + FAILING)
    run("-k", "fails")
    run("--snapshot-update", test_it=CART + FAILING.replace("False", "True"))

    result = run(*part, test_it=CART + BASKET + FAILING.replace("False", "True"))

    assert stale(result) == []


def test_a_module_with_a_test_that_fails_is_not_judged(run: Run) -> None:
    run("--snapshot-update", test_it=CART + BASKET)

    result = run(test_it=BASKET + FAILING)

    assert stale(result) == []


@pytest.mark.parametrize(("output", "expected"), [(None, 0), ({}, 0), (sent(Notes()), 1)])
def test_nothing_is_reported_if_the_notes_of_a_worker_are_missing(
    run: Run, pytester: pytest.Pytester, output: Mapping[str, Any] | None, expected: int
) -> None:
    run("--snapshot-update", test_it=CART)
    config = pytester.parseconfig()
    note_worker(config, sent(Notes(collected={str(pytester.path / "test_it.py"): ["test"]})))

    note_worker(config, output)

    assert len(stale_files(config, {"test"})) == expected


def test_files_that_pytest_snapshot_stores_itself_are_not_judged(run: Run) -> None:
    run("--snapshot-update", test_it=FOREIGN)

    result = run()

    result.assert_outcomes(passed=1)
    assert stale(result) == []
