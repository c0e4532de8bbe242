r"""Break-outs: texts that attackers type to run their script in another user's page.

In each, NUMBER means the number of its case, which the script reports to the page. Injected markup
also has the attribute `pwned`, because much of it never gets a chance to run.

`controls` are pages, written by hand, of which at least one lets the break-out run: RAW means its
text unchanged, VALUE its text escaped for an attribute. They prove that the break-out works. Some
break-outs have none, because only old browsers ran them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ("HARMLESS", "IMAGE", "RUN", "RUN_ANYWHERE", "SCRIPT", "BreakOut", "as_break_outs")

# A URL that a frame loads at once.
HARMLESS = "about:blank"
RUN = "top.PWNED=NUMBER"
# Also from a document of no origin, such as that of a `data:` URL.
RUN_ANYWHERE = "top.postMessage(NUMBER,'*')"
IMAGE = f"<img src=x: onerror={RUN} pwned=NUMBER>"
SCRIPT = f"<script pwned=NUMBER>{RUN}</script>"


@dataclass(frozen=True, slots=True)
class BreakOut:
    """A text that an attacker types."""

    kind: str
    text: str
    controls: tuple[str, ...]
    is_core: bool = False
    """Whether it is tried in every place, not only in those for its kind."""

    def typed(self, number: int) -> str:
        """Return what is typed in the case of that number."""
        return self.text.replace("NUMBER", str(number))


def as_break_outs(
    kind: str, controls: str | tuple[str, ...], texts: Iterable[str], *, core: int = 0
) -> list[BreakOut]:
    """Return break-outs of one kind with the same controls; the first `core` are of the core."""
    controls = (controls,) if isinstance(controls, str) else controls
    return [
        BreakOut(kind, text, controls, is_core=place < core) for place, text in enumerate(texts)
    ]
