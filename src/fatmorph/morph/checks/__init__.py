"""Checks: what in a page, or in the change from one page to the next, would morph badly."""

from fatmorph.morph.checks._checker import (
    Finding,
    Severity,
    Tree,
    check,
    check_change,
    check_patch,
    check_urls,
)

__all__ = (
    "Finding",
    "Severity",
    "Tree",
    "check",
    "check_change",
    "check_patch",
    "check_urls",
)
