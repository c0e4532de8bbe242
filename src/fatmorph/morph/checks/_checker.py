"""Check: what in a page would morph badly, before a browser shows it.

What the findings rest on: https://data-star.dev/reference/attributes and the client itself;
`docs/reference/check.md` has every finding with an example and its fix.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from fatmorph.markup._element import Element
from fatmorph.markup._render import as_element
from fatmorph.morph.checks._change import report_change
from fatmorph.morph.checks._page import report_page
from fatmorph.morph.checks._survey import ROOTS, Survey, Tree
from fatmorph.morph.checks._wording import worded
from fatmorph.morph.finding import Finding, Severity
from fatmorph.types import ElementNamespace, HasHtml

__all__ = ("Finding", "Severity", "Tree", "check", "check_change", "check_patch")

PAGE_ROOTS = ("html", "head", "body", "#document", "#comment")


def check(
    view: Element | HasHtml | Tree, after: Element | HasHtml | Tree | None = None, /
) -> tuple[Finding, ...]:
    """Return what in a page would morph badly; nothing, if all is well.

    Args:
        view: A page or any elements, or what `fatmorph.markup.parse` makes of HTML. Trusted HTML
            (`Markup`) inside is not looked into.
        after: The page that follows it: then what is wrong with this one, and with the change
            from one to the other, is returned.

    Returns:
        The findings, errors first, each kind in the order of the page.

    Raises:
        ChildError: Something that is no view.

    Example:
        >>> from fatmorph import h
        >>> check(h.ul(h.li("milk", id="a"), h.li("eggs", id="b")))
        ()
        >>> [finding.code for finding in check(h.ul(h.li("milk", id="a"), h.li("eggs", id="a")))]
        ['duplicate-id']
    """
    survey = _surveyed(view if after is None else after)
    report_page(survey)
    if after is not None:
        report_change(_surveyed(view), survey)
    return _sorted(survey.findings)


def check_change(
    before: Element | HasHtml | Tree, after: Element | HasHtml | Tree, /
) -> tuple[Finding, ...]:
    """Return only what is wrong with the change from one page to the next.

    Args:
        before: The page that is there.
        after: The page that is sent.

    Raises:
        ChildError: Something that is no view.
    """
    survey = _surveyed(after)
    survey.findings.clear()
    report_change(_surveyed(before), survey)
    return _sorted(survey.findings)


def check_patch(
    view: Element | HasHtml,
    *,
    has_selector: bool = False,
    namespace: ElementNamespace = "html",
) -> tuple[Finding, ...]:
    """Return what `check()` does, and what is wrong with the way the view is sent.

    Args:
        view: What is patched.
        has_selector: Whether the patch names its targets; else ids find them.
        namespace: The patch's namespace.

    Raises:
        ChildError: Something that is no view.
    """
    survey = _surveyed(view)
    report_page(survey)
    findings = survey.findings
    root = survey.root
    roots = [root] if root.tag not in ROOTS else root.children
    elements = [each for each in roots if not isinstance(each, str)]
    if namespace != "html":
        if len(roots) > 1:
            words = {"namespace": namespace, "count": len(roots)}
            findings.append((0, worded("namespace-roots", elements[0].tag, **words)))
        return _sorted(findings)
    for element in elements:
        tag = element.tag
        own = getattr(element, "namespace", "html")
        if own != "html" and tag not in ("svg", "math"):
            findings.append((0, worded("namespace-missing", tag, tag=tag, namespace=own)))
        elif not has_selector and tag not in PAGE_ROOTS and not element.attributes.get("id"):
            findings.append((0, worded("root-without-id", tag, tag=tag)))
    return _sorted(findings)


def _surveyed(view: Element | HasHtml | Tree) -> Survey:
    # What has a tag is a tree, ours or a parser's; all else is asked for its HTML, or refused.
    return Survey(cast("Tree", view) if hasattr(view, "tag") else as_element(view))


def _sorted(findings: Iterable[tuple[int, Finding]]) -> tuple[Finding, ...]:
    ordered = sorted(findings, key=lambda found: (found[1].severity, found[0]))
    return tuple(finding for _, finding in ordered)
