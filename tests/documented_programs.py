"""Programs of the documentation: the blocks of a page that have a file's name, as files."""

from collections.abc import Mapping
from pathlib import Path

from rules.markdown import Page
from rules.source_tree import ROOT

__all__ = ("write_program",)


def write_program(page: str, folder: Path, changes: Mapping[str, str] | None = None) -> None:
    """Write the files of a page.

    Args:
        page: The path of the page in `docs/`.
        folder: Where they are written.
        changes: Text → the text that replaces it; each must be in one of the files.
    """
    found = set()
    for block in Page(ROOT / "docs" / page).blocks:
        text = block.text
        for before, after in (changes or {}).items():
            found |= {before} if before in text else set()
            text = text.replace(before, after)
        if block.title:
            (folder / block.title).write_text(text, encoding="utf-8")
    assert found == set(changes or {})
