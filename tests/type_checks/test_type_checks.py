"""The types of the public API, as the type checkers of its users see them.

The files beside this one hold `assert_type(…)` and, as `# type: ignore[code]`, the mistakes that
must be found: `--strict` reports an ignore that is not needed. Pyright reads the same files.
"""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


@pytest.mark.timeout(300)
def test_mypy_sees_the_types_that_are_promised() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(FOLDER)],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
