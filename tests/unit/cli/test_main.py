import os
import platform
import subprocess
import sys
from importlib.metadata import version

import pytest

from fatmorph._cli.main import main
from fatmorph.markup._render import ENGINE


def test_the_version_names_the_library_the_engine_and_python(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])

    first, *_ = capsys.readouterr().out.splitlines()
    assert caught.value.code == 0
    assert first == (
        f"fatmorph {version('fatmorph')}, {ENGINE} engine, Python {platform.python_version()}"
    )


def test_the_version_says_who_has_chosen_the_python_engine():
    printed = subprocess.run(
        [sys.executable, "-m", "fatmorph", "--version"],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "FATMORPH_PURE_PYTHON": "1"},
    ).stdout

    assert printed == (
        f"fatmorph {version('fatmorph')}, Python engine, Python {platform.python_version()}\n"
        "FATMORPH_PURE_PYTHON=1 has chosen the Python engine\n"
    )


def test_the_help_is_printed_without_arguments(capsys):
    status = main([])

    printed = capsys.readouterr().out
    assert status == 0
    assert printed.startswith("usage: python -m fatmorph ")


def test_the_module_runs_as_a_program():
    finished = subprocess.run(
        [sys.executable, "-m", "fatmorph", "--version"], capture_output=True, check=True, text=True
    )

    assert finished.stdout.startswith("fatmorph ")
