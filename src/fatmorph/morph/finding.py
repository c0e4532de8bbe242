"""A finding: one problem of a page, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

__all__ = ("Finding", "Severity")

Severity: TypeAlias = Literal["error", "warning"]
"""`error`: the browser shows another page than the one sent, or throws. `warning`: it shows the
page, but loses a change that a user or a script has made."""


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One problem that a page or a change has when it is morphed.

    Findings are values: they compare, hash and sort, errors first.

    Args:
        severity: `error` or `warning`.
        code: The kind of problem; these names never change.
        path: Where the element is, such as `body > main#home > ul > li[3]`: from below the page's
            `<html>`, or from the root of a part.
        what: The problem, in one line.
        reason: The consequence in the browser, in one clause.
        fix: Code to paste.
        place: The file and the line that made the element; empty outside of development. Findings
            that differ only in it are equal.

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
    place: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        made = f"  made:  {self.place}\n" if self.place else ""
        return (
            f"{self.severity} {self.code}: {self.what}\n"
            f"  where: {self.path}\n{made}"
            f"  why:   {self.reason}\n"
            f"  fix:   {self.fix}"
        )
