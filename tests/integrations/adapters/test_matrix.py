"""The matrix in the documentation says what the suite runs, and the suite is green."""

from integrations.adapters.matrix import BEHAVIOURS, table
from integrations.adapters.registry import COMBINATIONS, FRAMEWORKS
from rules.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "adapters.md"


def test_the_documentation_shows_the_matrix() -> None:
    outcomes = {(test, str(c)): "passed" for test in BEHAVIOURS for c in COMBINATIONS}

    assert table(outcomes) in PAGE.read_text(encoding="utf-8"), (
        "paste what `python tests/integrations/adapters/matrix.py` prints"
    )


def test_a_test_that_was_not_run_is_not_a_success() -> None:
    lines = table({}).splitlines()

    assert "✓" not in "".join(lines)
    assert len([line for line in lines if "not run" in line]) == len(BEHAVIOURS)


def test_nothing_is_left_out_that_is_not_in_the_suite() -> None:
    without = {test for combination in COMBINATIONS for test in combination.without}

    assert without <= set(BEHAVIOURS)
    assert len(FRAMEWORKS) == len({framework.title for framework in FRAMEWORKS})


def test_continuous_integration_requires_every_framework_and_server() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    packages = {c.framework.name for c in COMBINATIONS} | {c.server.name for c in COMBINATIONS}

    assert f'\nservers="{" ".join(sorted(packages - {"asgi"}))}"\n' in script
