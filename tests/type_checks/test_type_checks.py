"""The types of the public API, as the type checkers of its users see them.

The other files in this folder contain `assert_type(…)`, and mistakes that must be found, marked by
`# type: ignore[code]`: `--strict` reports an unnecessary ignore. Pyright reads the same files.
"""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


@pytest.mark.slow("runs mypy")
@pytest.mark.timeout(300)
def test_mypy_sees_the_promised_types(tmp_path: Path) -> None:
    # A separate cache, because two mypy processes can corrupt a shared one.
    options = ("--strict", "--no-error-summary", "--cache-dir", str(tmp_path))

    result = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(FOLDER)],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
