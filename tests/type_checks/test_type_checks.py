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
def test_mypy_sees_the_types_that_are_promised(tmp_path: Path) -> None:
    # A cache of its own: one shared with a mypy that runs at the same time can be torn.
    options = ("--strict", "--no-error-summary", "--cache-dir", str(tmp_path))

    result = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(FOLDER)],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
