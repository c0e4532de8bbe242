"""Signatures and docstrings below a page of the reference: `<!-- signatures: fatmorph.at -->`.

The comment names modules or objects. A code forge shows the page without them.
"""

import re

COMMENT = re.compile(r"^<!-- signatures: (?P<names>[\w., ]+) -->$", re.MULTILINE)
HEADING = "## Signatures"


def on_page_markdown(markdown, **_):
    """Replace the comment by the signatures of all that it names."""
    return COMMENT.sub(_signatures, markdown)


def _signatures(comment):
    names = [name.strip() for name in comment["names"].split(",")]
    return "\n\n".join([HEADING, *(f"::: {name}" for name in names)])
