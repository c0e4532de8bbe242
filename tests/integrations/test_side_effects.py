"""A program that imports and uses fatmorph finds the rest of its process as it was."""

import json
import subprocess
import sys
from pathlib import Path

from rules.source_tree import source_modules

PROGRAM = Path(__file__).with_name("side_effects.py")


def changes(what: str) -> list[str]:
    """Return what has changed after all modules were imported, or used."""
    modules = [name for name in source_modules() if not name.endswith("__main__")]
    result = subprocess.run(
        [sys.executable, str(PROGRAM), what, json.dumps(modules)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def test_an_import_of_every_module_changes_nothing_outside_of_fatmorph() -> None:
    assert changes("import") == []


def test_use_changes_nothing_but_the_handlers_of_signals() -> None:
    assert changes("use") == ["the handler of SIGINT"]
