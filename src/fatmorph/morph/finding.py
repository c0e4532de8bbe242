"""A finding: one thing in a page that would morph badly, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ("Finding", "Severity")

Severity: TypeAlias = Literal["error", "warning"]
"""`error`: the browser shows another page than the one sent, or throws. `warning`: it shows the
page, and loses something that a person or a script has done to it."""


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One thing in a page that would morph badly.

    Findings are values: they compare, hash and sort, errors first.

    Args:
        severity: `error` or `warning`.
        code: What kind of thing it is; a name that never changes.
        path: Where it stands, such as `body > main#home > ul > li[3]`; from the page's `<html>`,
            which is left out, or from the root of a part.
        what: What is wrong with this element, in one line.
        reason: What the browser does with it, in one clause.
        fix: Code to paste.

    Example:
        >>> print(Finding("error", "empty-id", "body > p", "<p> has an empty id", "…", "…"))
        error empty-id: <p> has an empty id
          where: body > p
          why:   …
          fix:   …
    """

    severity: Severity
    code: str
    path: str
    what: str
    reason: str
    fix: str

    def __str__(self) -> str:
        return (
            f"{self.severity} {self.code}: {self.what}\n"
            f"  where: {self.path}\n"
            f"  why:   {self.reason}\n"
            f"  fix:   {self.fix}"
        )
