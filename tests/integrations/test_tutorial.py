"""The tutorial's programs are the examples, line by line except for blank lines."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rules.markdown import Page
from rules.source_tree import ROOT


@pytest.mark.parametrize("name", ["hello", "tiles"])
def test_the_blocks_of_a_tutorial_add_up_to_the_example(name: str) -> None:
    example = (ROOT / "examples" / name / "main.py").read_text(encoding="utf-8")

    written = titled(name, "main.py")

    assert lines(written) == lines(example)


def test_the_tutorial_shows_the_stylesheet_of_tiles() -> None:
    stylesheet = (ROOT / "examples/tiles/static/style.css").read_text(encoding="utf-8")

    shown = titled("tiles", "static/style.css")

    assert shown
    assert stylesheet.partition(shown)[1] == shown


@pytest.mark.parametrize("file", ["hello/main.py", "tiles/static/style.css"])
def test_the_programs_of_the_tutorial_have_the_colours_of_all_examples(file: str) -> None:
    look = (ROOT / "examples/look/look.css").read_text(encoding="utf-8")
    program = (ROOT / "examples" / file).read_text(encoding="utf-8")

    colours = set(re.findall(r"light-dark\(.+?\)", program))

    assert colours
    assert [each for each in colours if each not in look] == []


def test_the_tutorials_test_stores_the_page_and_fails_then_passes(
    tmp_path: Path,
) -> None:
    shutil.copy(ROOT / "examples/tiles/main.py", tmp_path)
    (tmp_path / "static").mkdir()
    (tmp_path / "test_main.py").write_text(titled("tiles", "test_main.py"), encoding="utf-8")

    storing = run_pytest(tmp_path, "--snapshot-update")
    comparing = run_pytest(tmp_path)

    stored = sorted(path.name for path in (tmp_path / "snapshots/test_main").rglob("*.html"))
    assert (storing.returncode, stored, comparing.returncode) == (1, ["view.html"], 0)


def titled(name: str, title: str) -> str:
    """Return the text of all blocks of a tutorial that belong to one file."""
    blocks = Page(ROOT / "docs/tutorial" / f"{name}.md").blocks
    return "".join(block.text for block in blocks if block.title == title)


def run_pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
