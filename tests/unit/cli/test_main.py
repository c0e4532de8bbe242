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

    printed = capsys.readouterr().out
    assert caught.value.code == 0
    assert printed == (
        f"fatmorph {version('fatmorph')}, {ENGINE} engine, Python {platform.python_version()}\n"
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
