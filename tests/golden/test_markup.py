"""Whole pages: `markup/<behaviour>/input.py` builds a `view`, and its output is in the same folder.

`expected.html` is `render(view)` and `pretty.html` is `pretty(view)`, each with a final line
feed. To add a page, write its `input.py`, then create both files and read them:

    FATMORPH_UPDATE_GOLDEN=1 python -m pytest tests/golden
"""

import os
import runpy
from pathlib import Path

import pytest
from justhtml import JustHTML

from fatmorph import pretty, render

FOLDERS = sorted(path.parent for path in (Path(__file__).parent / "markup").glob("*/input.py"))
pages = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@pages
@pytest.mark.parametrize(("file", "function"), [("expected.html", render), ("pretty.html", pretty)])
def test_a_page_is_written(folder, file, function):
    view = runpy.run_path(str(folder / "input.py"))["view"]

    html = function(view) + "\n"

    accept(folder / file, html)
    assert html == (folder / file).read_text(encoding="utf-8")


@pages
def test_both_forms_of_a_page_parse_to_the_same_tree(folder):
    trees = [
        JustHTML((folder / file).read_text(encoding="utf-8"), sanitize=False).to_html(pretty=False)
        for file in ("expected.html", "pretty.html")
    ]

    assert trees[0] == trees[1]


def accept(path: Path, current: str) -> None:
    """Store the current text if `FATMORPH_UPDATE_GOLDEN` is set."""
    if os.environ.get("FATMORPH_UPDATE_GOLDEN") == "1":
        path.write_text(current, encoding="utf-8")
