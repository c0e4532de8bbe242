"""Find what would morph badly in a page, before a browser shows it.

docs/reference/check.md has every finding with an example and its fix.

Source: https://data-star.dev/reference/attributes, and the client itself
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from fatmorph.errors import short_repr
from fatmorph.markup._element import Element
from fatmorph.markup._render import as_element, made_at
from fatmorph.morph.checks._change import report_change
from fatmorph.morph.checks._misplaced import ROOTS
from fatmorph.morph.checks._outside_urls import outside_urls
from fatmorph.morph.checks._page import report_page
from fatmorph.morph.checks._survey import Survey, Tree
from fatmorph.morph.checks._wording import worded
from fatmorph.morph.finding import Finding, Severity
from fatmorph.types import ElementNamespace, HasHtml

__all__ = (
    "Finding",
    "Severity",
    "Tree",
    "check",
    "check_change",
    "check_patch",
    "check_urls",
)

PAGE_ROOTS = ("html", "head", "body", "#document", "#comment")


def check(
    view: Element | HasHtml | Tree, after: Element | HasHtml | Tree | None = None, /
) -> tuple[Finding, ...]:
    """Return what would morph badly in a page; an empty tuple if all is well.

    Args:
        view: A page or any elements, or a tree of `fatmorph.markup.parse`. Trusted HTML
            (`Markup`) inside is not checked.
        after: The page that follows it. If given, the findings are those of this page and of
            the change from the first one to it.

    Returns:
        The findings, errors first, each kind in the order of the page.

    Raises:
        ChildError: The argument is not a view.

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
    """Return only the findings of the change from one page to the next.

    Args:
        before: The page in the browser.
        after: The page that is sent.

    Raises:
        ChildError: The argument is not a view.
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
    """Return the findings of a view and of the way in which it is sent.

    Args:
        view: The view that is patched.
        has_selector: Whether the patch has a selector; otherwise ids find its targets.
        namespace: The patch's namespace.

    Raises:
        ChildError: The argument is not a view.
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
            place = made_at(elements[0])
            findings.append((0, worded("namespace-roots", elements[0].tag, place=place, **words)))
        return _sorted(findings)
    for element in elements:
        tag, place = element.tag, made_at(element)
        own = getattr(element, "namespace", "html")
        if own != "html" and tag not in ("svg", "math"):
            findings.append(
                (0, worded("namespace-missing", tag, place=place, tag=tag, namespace=own))
            )
        elif not has_selector and tag not in PAGE_ROOTS and not element.attributes.get("id"):
            findings.append((0, worded("root-without-id", tag, place=place, tag=tag)))
    return _sorted(findings)


def check_urls(view: Element | HasHtml | Tree, root_path: str) -> tuple[Finding, ...]:
    """Return the finding of the URLs that leave the prefix of an application, if there are any.

    Args:
        view: A page or any elements.
        root_path: The prefix under which the application is mounted, as `c.root_path`; with an
            empty one, nothing is found.

    Raises:
        ChildError: The argument is not a view.

    Example:
        >>> from fatmorph import h
        >>> [found.fix for found in check_urls(h.a("Cart", href="/cart"), "/shop")]
        ["c.url('/cart')"]
    """
    root = cast("Tree", view) if hasattr(view, "tag") else as_element(view)
    root_path = root_path.rstrip("/")
    found = list(outside_urls(root, root_path)) if root_path else []
    if not found:
        return ()
    element, path, url = found[0]
    words = {"count": len(found), "root_path": root_path, "url": short_repr(url)}
    return (worded("outside-prefix", path, place=made_at(element), **words),)


def _surveyed(view: Element | HasHtml | Tree) -> Survey:
    # An object with a tag is a tree, ours or a parser's; others must have HTML.
    return Survey(cast("Tree", view) if hasattr(view, "tag") else as_element(view))


def _sorted(findings: Iterable[tuple[int, Finding]]) -> tuple[Finding, ...]:
    ordered = sorted(findings, key=lambda found: (found[1].severity, found[0]))
    return tuple(finding for _, finding in ordered)
