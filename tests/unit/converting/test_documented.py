"""The how-to page shows what the command writes."""

from itertools import pairwise

import pytest

from fatmorph._converting.converter import convert
from rules.markdown import pages

BLOCKS = next(page for page in pages() if page.name == "docs/how-to/convert-html.md").blocks
SHOWN = [
    (html.text, python.text)
    for html, python in pairwise(BLOCKS)
    if (html.language, python.language) == ("html", "python")
]


def test_the_page_shows_a_page_and_a_template() -> None:
    assert len(SHOWN) == 2


@pytest.mark.parametrize(("html", "python"), SHOWN)
def test_the_command_writes_the_code_below_the_html(html: str, python: str) -> None:
    found = convert(html, title="Converted from tasks.html.", view="tasks_view", loops=True)

    assert found.difference is None
    assert found.code.endswith(python)
