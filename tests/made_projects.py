"""Projects that `fatmorph init` makes, and what a developer runs in them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from fatmorph._cli.blueprints import SERVERS, TEMPLATES
from fatmorph._cli.main import main

__all__ = ("COMBINATIONS", "ENVIRONMENT", "made_project", "run")

COMBINATIONS = [(template, server) for template in TEMPLATES for server in SERVERS]
"""Every template on every server."""

ENVIRONMENT = {name: text for name, text in os.environ.items() if not name.startswith("FATMORPH_")}
"""The variables of a developer, without those of this project's own tests."""


def made_project(folder: Path, template: str, server: str, *options: str) -> Path:
    """Make a project in a new folder and return that folder."""
    project = folder / f"{template}-{server}"
    status = main(["init", str(project), "--template", template, "--server", server, *options])
    assert status == 0
    return project


def run(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str] = ENVIRONMENT,
    python: Path = Path(sys.executable),
) -> str:
    """Run Python with arguments and return its output; an AssertionError has that of a failure."""
    command = [str(python), *arguments]
    finished = subprocess.run(
        command,
        check=False,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert finished.returncode == 0, f"{' '.join(command)}\n{finished.stdout}"
    return finished.stdout
