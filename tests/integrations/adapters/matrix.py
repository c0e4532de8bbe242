"""Print the matrix framework × behaviour: `python tests/integrations/adapters/matrix.py`.

It runs the suite and prints a table in Markdown, one row per test. Arguments are pytest's:
`-k litestar`. A cell is ✓, and names the servers on which it is not so.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))  # as pytest does

from integrations.adapters import test_behaviours
from integrations.adapters.registry import (
    COMBINATIONS,
    FRAMEWORKS,
    Combination,
    Framework,
)

__all__ = ("BEHAVIOURS", "Outcomes", "table")

BEHAVIOURS = tuple(name for name in vars(test_behaviours) if name.startswith("test_"))

Outcomes = Mapping[tuple[str, str], str]
"""(test, combination) → "passed", "failed", "skipped"; what is not there was not run."""


def table(outcomes: Outcomes) -> str:
    """Return the matrix, and below it why something cannot be."""
    rows = [
        ["", *(framework.title for framework in FRAMEWORKS)],
        ["---", *("---" for _ in FRAMEWORKS)],
        ["servers", *(_names(server.name for server in f.servers) for f in FRAMEWORKS)],
        *(
            [_sentence(test), *(_cell(test, framework, outcomes) for framework in FRAMEWORKS)]
            for test in BEHAVIOURS
        ),
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, "", *_reasons()])


def _cell(test: str, framework: Framework, outcomes: Outcomes) -> str:
    servers = defaultdict(list)
    for combination in COMBINATIONS:
        if combination.framework is framework:
            servers[_outcome(test, combination, outcomes)].append(combination.server.name)
    is_passed = bool(servers.pop("passed", None))
    if not servers:
        return "✓"
    if not is_passed and set(servers) == {"not"}:
        return "no"
    others = "; ".join(f"{outcome} {_names(servers[outcome])}" for outcome in sorted(servers))
    return f"✓; {others}" if is_passed else others


def _outcome(test: str, combination: Combination, outcomes: Outcomes) -> str:
    if test in combination.without:
        return "not"
    return outcomes.get((test, str(combination)), "not run:")


def _reasons() -> list[str]:
    tests = defaultdict(set)
    for combination in COMBINATIONS:
        for test, reason in combination.without.items():
            tests[reason].add(test)
    return [
        f"- {reason}, so not: {'; '.join(_sentence(t) for t in BEHAVIOURS if t in tests[reason])}."
        for reason in sorted(tests)
    ]


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)


def _sentence(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


class _Collector:
    """Collect outcomes; of one test with several values, the worst."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str], str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test, _, rest = report.nodeid.rpartition("::")[2].partition("[")
        for combination in map(str, COMBINATIONS):
            if rest.startswith(combination):
                best = self.outcomes.get((test, combination), "passed")
                self.outcomes[test, combination] = best if best != "passed" else report.outcome


def main() -> int:
    """Run the suite and print what it found; the exit code is pytest's."""
    collector = _Collector()
    suite = str(Path(test_behaviours.__file__))
    code = pytest.main(["-q", suite, *sys.argv[1:]], plugins=[collector])
    print(table(collector.outcomes))
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
