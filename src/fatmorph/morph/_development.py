"""Development: check every page that is patched, and log what is found.

`FATMORPH_DEV=1` in the environment, which the pytest plugin sets, switches it on; each Writer
reads it once, and so does every request that is refused. Otherwise the Writer has no checker, and a
patch costs one comparison with None.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Hashable
from importlib import import_module
from time import perf_counter
from typing import Any, TypeVar
from urllib.parse import quote

from fatmorph._log import Log
from fatmorph.markup._element import Element
from fatmorph.types import ElementNamespace, HasHtml

__all__ = (
    "PatchChecker",
    "editor_template",
    "editor_url",
    "is_development",
    "new_patch_checker",
    "shows_errors",
)

# How many views and findings are remembered, by their hashes, so that each is checked or logged
# once.
MAX_REMEMBERED = 4096
# The texts of findings are remembered for the drawer: for how many views, how many, and how much of
# each. A view whose findings are forgotten is checked again.
MAX_VIEWS = 16
MAX_FINDINGS = 10
MAX_CHARACTERS = 500

# A page of thousands of rows takes seconds to check, so it is checked only now and then: after a
# check of more than LONG_SECONDS, a stream checks nothing for COST_FACTOR times as long.
LONG_SECONDS = 0.25
COST_FACTOR = 20

T = TypeVar("T")

NOT_EDITORS = ("http:", "https:", "javascript:", "vbscript:", "data:", "file:", "blob:")

logger = Log("fatmorph.morph")

_checked: dict[Hashable, bool] = {}  # whether there are findings
_found: dict[Hashable, tuple[str, ...]] = {}
_logged: dict[Hashable, None] = {}


class PatchChecker:
    """Check what one stream patches."""

    def __init__(self) -> None:
        # Imported late: a program that checks nothing starts faster without it.
        self._checks: Any = import_module("fatmorph.morph.checks")  # Any: a module
        self._page: Element | None = None  # the last whole page that was checked
        self._next_time = 0.0
        self._noted = 0.0  # seconds of the view that is being drawn
        self._seconds: float | None = None
        self.findings: tuple[str, ...] = ()
        """The first findings of the last view, and of the change to it, shortened."""

    def check(
        self,
        view: Element | HasHtml,
        *,
        has_targets: bool = False,
        namespace: ElementNamespace = "html",
    ) -> None:
        """Log the findings of a view, and of the change from the last page to this one.

        Args:
            view: The view that was sent.
            has_targets: Whether the patch has a selector, or sends only regions of the view.
            namespace: The patch's namespace.
        """
        self._seconds, self._noted = self._noted, 0.0
        if not isinstance(view, Element):
            self.findings = ()  # of trusted HTML
            return
        begun_at = perf_counter()
        if begun_at < self._next_time:
            return
        self._check(view, has_targets=has_targets, namespace=namespace)
        seconds = perf_counter() - begun_at
        if seconds > LONG_SECONDS:
            self._next_time = begun_at + seconds * COST_FACTOR

    def _check(self, view: Element, *, has_targets: bool, namespace: ElementNamespace) -> None:
        self.findings = ()
        key = (hash(view), has_targets, namespace)
        has_findings = _checked.get(key)
        if has_findings is None or (has_findings and key not in _found):
            found = self._checks.check_patch(view, has_selector=has_targets, namespace=namespace)
            self._log(found)
            _remember(_checked, key, bool(found), MAX_REMEMBERED)
            if found:
                _remember(_found, key, _texts(found), MAX_VIEWS)
        self.findings = _found.get(key, ())
        if view.tag != "html" or has_targets:
            return
        before, self._page = self._page, view
        if before is not None and before != view:
            found = self._checks.check_change(before, view)
            self._log(found)
            self.findings += _texts(found)

    def check_urls(self, view: Element | HasHtml, root_path: str) -> None:
        """Log the URLs of a page that leave the prefix of its application.

        Args:
            view: The page.
            root_path: The prefix.
        """
        if isinstance(view, Element):
            self._log(self._checks.check_urls(view, root_path))

    def note_seconds(self, seconds: float) -> None:
        """Note a part of the time that the view took that is checked next."""
        self._noted += seconds

    def take_seconds(self) -> float | None:
        """Return how long the last view took to draw; None if it was asked for before."""
        seconds, self._seconds = self._seconds, None
        return seconds

    def _log(self, findings: tuple[Any, ...]) -> None:  # Any: its class is imported late
        for finding in findings:
            if hash(finding) not in _logged:
                _remember(_logged, hash(finding), None, MAX_REMEMBERED)
                is_error = finding.severity == "error"
                logger.log(logging.ERROR if is_error else logging.WARNING, "%s", finding)


def is_development() -> bool:
    """Return whether messages are for the developer."""
    return os.environ.get("FATMORPH_DEV") == "1"


def shows_errors() -> bool:
    """Return whether an error of a handler is shown in its page.

    The pytest plugin switches it off, so that tests see the error.
    """
    return is_development() and os.environ.get("FATMORPH_OVERLAY") != "0"


def editor_template() -> str:
    """Return the URL with which a browser opens a line in an editor; empty for none.

    It has a scheme of an application, because a page of a site or a script is not an editor.
    """
    template = os.environ.get("FATMORPH_EDITOR", "")
    is_application = re.match(r"[a-z][-+.a-z0-9]*://", template) is not None
    return template if is_application and not template.startswith(NOT_EDITORS) else ""


def editor_url(file: str, line: int) -> str | None:
    """Return the URL that opens a line of a file in the developer's editor, if there is one."""
    path = quote(file, errors="replace")
    return editor_template().replace("{file}", path).replace("{line}", str(line)) or None


def new_patch_checker() -> PatchChecker | None:
    """Return the checker of a new stream, or None if nothing is checked."""
    return PatchChecker() if is_development() else None


def _texts(findings: tuple[Any, ...]) -> tuple[str, ...]:  # Any: their class is imported late
    return tuple(str(finding)[:MAX_CHARACTERS] for finding in findings[:MAX_FINDINGS])


def _remember(remembered: dict[Hashable, T], key: Hashable, value: T, most: int) -> None:
    if key not in remembered and len(remembered) >= most:
        del remembered[next(iter(remembered))]
    remembered[key] = value
