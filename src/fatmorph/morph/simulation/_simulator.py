"""Predict what a browser does with a patch, node by node, without a browser.

Elements and texts are parsed as in a browser, then patched as Datastar does: with the same
targets, the same matching, the same exceptions. docs/decisions/morph-simulation.md explains how
this is compared with the real client.

Changes that users and scripts have made since the page was sent are not simulated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import get_args

from fatmorph.errors import MorphError, short_repr
from fatmorph.markup._element import Element
from fatmorph.markup._render import render
from fatmorph.markup._suggestion import closest_name
from fatmorph.markup.parse import is_document, parse_document, parse_fragment
from fatmorph.morph._matching.document import BrowserError, Document, Record
from fatmorph.morph._matching.nodes import Node
from fatmorph.morph._matching.runs import count_runs
from fatmorph.morph.difference._patch import Patch as SentPatch
from fatmorph.morph.simulation._patch import Patch
from fatmorph.morph.simulation._serializer import inner_html, outer_html
from fatmorph.types import ElementNamespace, HasHtml, PatchMode

__all__ = ("PatchedNode", "Run", "Simulation", "Write", "simulate")


@dataclass(frozen=True, order=True)
class PatchedNode:
    """A node of the page, before and after a patch.

    Args:
        path: Where it is or was, as a readable path: `main#home > ul > li[3]`.
        name: `li`, `#text`, `#comment`.
        after: Where it is now, as indices from the top: `/0/2`; None if it was removed.
        before: Where it was; None if it is new.
        moved: Whether it was moved to another position.
        parked: Whether it was in the client's hidden pantry.
    """

    path: str
    name: str
    after: str | None
    before: str | None
    moved: bool = False
    parked: bool = False

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, order=True)
class Write:
    """An attribute or a property that the client wrote to a node that it kept.

    Args:
        node: The element.
        name: An attribute such as `class`, or the property `value`, `checked` or `selected`.
        before: The attribute's value; None if there was none.
        after: The value written; None if it was removed.
    """

    node: PatchedNode
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, order=True)
class Run:
    """A Datastar attribute or a script that ran because of the patch.

    Args:
        node: The element.
        name: The attribute, `data-init` or `data-signals`; or `script`.
        times: How often it ran, at least 1.
    """

    node: PatchedNode
    name: str
    times: int


@dataclass(frozen=True)
class Simulation:
    """The result of a patch in a browser.

    Args:
        html: The page afterwards, as the browser serializes it: the content of `<body>`, or a
            whole page.
        nodes: All nodes afterwards, in document order, including texts and comments.
        removed: The nodes that are no longer in the page.
        attributes: The attributes written to nodes that were kept.
        properties: The properties written, where the user's input is lost.
        runs: The Datastar attributes that were applied, and the scripts that ran.
        warnings: The warnings in the browser's console.
        exception: The exception that ended the patch; None if there was none.
    """

    html: str = field(repr=False)
    nodes: tuple[PatchedNode, ...] = field(repr=False)
    removed: tuple[PatchedNode, ...]
    attributes: tuple[Write, ...]
    properties: tuple[Write, ...]
    runs: tuple[Run, ...]
    warnings: tuple[str, ...]
    exception: str | None

    @property
    def kept(self) -> tuple[PatchedNode, ...]:
        """The nodes that were in the page before, and still are."""
        return tuple(node for node in self.nodes if node.before is not None)

    @property
    def created(self) -> tuple[PatchedNode, ...]:
        """The nodes that are new."""
        return tuple(node for node in self.nodes if node.before is None)

    @property
    def moved(self) -> tuple[PatchedNode, ...]:
        """The kept nodes that were moved: their attributes and those below them run again."""
        return tuple(node for node in self.kept if node.moved)

    @property
    def parked(self) -> tuple[PatchedNode, ...]:
        """The nodes that were in the hidden pantry: they lose their scroll position."""
        return tuple(node for node in (*self.nodes, *self.removed) if node.parked)


def simulate(
    before: Element | HasHtml | str,
    after: Element | HasHtml | str | tuple[SentPatch, ...],
    *,
    mode: PatchMode = "outer",
    selector: str | None = None,
    namespace: ElementNamespace = "html",
) -> Simulation:
    """Return what a browser that shows a page does with a patch.

    Args:
        before: The page, as elements or as HTML text; anything but a whole page is the content
            of `<body>`.
        after: The page or the elements that are sent; or several patches, such as those of
            `diff()`, each with a mode, selector and namespace of its own.
        mode: How to insert the elements.
        selector: CSS selector of the targets; None finds them by the elements' ids.
        namespace: `svg` or `mathml` for a fragment of these.

    Raises:
        MorphError: An unknown mode, an invalid selector, a tree deeper than browsers allow, or
            a patch too large for any browser.
        MissingExtraError: turbohtml or cssselect2 is not installed.

    Example:
        >>> before = '<ul id="list"><li id="a">A</li><li id="b">B</li></ul>'
        >>> after = '<ul id="list"><li id="b">B</li><li id="a">A</li></ul>'
        >>> result = simulate(before, after)
        >>> [str(node) for node in result.moved], result.removed
        (['ul#list > li#a'], ())

    Source: https://data-star.dev/reference/sse_events#datastar-patch-elements
    """
    _check_choice("mode", mode, get_args(PatchMode))
    _check_choice("namespace", namespace, get_args(ElementNamespace))
    page = _text(before)
    is_whole = is_document(page)
    document = _opened(page, is_whole=is_whole)
    # The paths of a whole page start at <html>, those of other HTML in <body>.
    top = _top(document, document.root, is_whole=is_whole)
    paths = _paths(top, is_whole=is_whole)
    for node, (_, indices) in paths.items():
        node.origin = indices
    patch = Patch(document)
    exception = None
    try:
        for sent in _sent(after, mode, selector, namespace):
            patch.apply(*sent)
    except BrowserError as error:
        exception = str(error)
    document.end()
    top = _top(document, top, is_whole=is_whole)
    report = _Report(document, patch, paths, _paths(top, is_whole=is_whole))
    return Simulation(
        html=outer_html(top) if is_whole else inner_html(top),
        nodes=report.nodes,
        removed=report.removed,
        attributes=report.writes(document.attributes),
        properties=report.writes(document.properties),
        runs=report.runs(),
        warnings=tuple(patch.warnings),
        exception=exception,
    )


class _Report:
    """The changes of a document, as the values of a simulation.

    Args:
        document: The document after the patch.
        patch: The patch that was applied.
        before: The path and the indices of every node before the patch.
        after: The path and the indices of every node after it.
    """

    def __init__(
        self,
        document: Document,
        patch: Patch,
        before: dict[Node, tuple[str, str]],
        after: dict[Node, tuple[str, str]],
    ) -> None:
        self._document = document
        self._patch = patch
        removed = {node: path for node, path in before.items() if node not in after}
        self._described = {
            node: PatchedNode(
                path=path,
                name=node.name,
                after=None if node in removed else indices,
                before=node.origin,
                moved=node in document.moved,
                parked=node in patch.parked,
            )
            for node, (path, indices) in {**after, **removed}.items()
        }
        self.nodes = tuple(self._described[node] for node in after)
        self.removed = tuple(self._described[node] for node in removed)

    def writes(self, records: list[Record]) -> tuple[Write, ...]:
        """Return the writes to nodes that were there before."""
        return tuple(
            Write(self._described[node], name, before, after)
            for node, name, before, after in records
            if node.origin is not None
        )

    def runs(self) -> tuple[Run, ...]:
        """Return the runs in document order; those of removed nodes come last."""
        runs = count_runs(self._document)
        runs.update({(node, "script"): times for node, times in self._document.scripts.items()})
        for node, _ in runs:  # it may have existed only during the patch
            gone = PatchedNode(_step(node, None), node.name, after=None, before=None)
            self._described.setdefault(node, gone)
        order = {node: index for index, node in enumerate(self._described)}
        found = sorted((order[node], name, times) for (node, name), times in runs.items())
        nodes = list(self._described.values())
        return tuple(Run(nodes[index], name, times) for index, name, times in found)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise MorphError(
            f"cannot simulate {name}={short_repr(value)}",
            where=f"simulate(…, {name}=…)",
            why=f"it is one of {', '.join(choices)}",
            fix=f"simulate(before, after, {name}={closest_name(value, choices) or choices[0]!r})",
        )


def _sent(
    after: Element | HasHtml | str | tuple[SentPatch, ...],
    mode: PatchMode,
    selector: str | None,
    namespace: ElementNamespace,
) -> Iterator[tuple[str, PatchMode, str | None, ElementNamespace]]:
    """Yield each patch: its HTML, mode, selector and namespace."""
    if not isinstance(after, tuple):
        yield _text(after), mode, selector, namespace
        return
    for each in after:
        text = "" if each.view is None else render(each.view)
        yield text, each.mode, each.selector, each.namespace


def _text(view: Element | HasHtml | str) -> str:
    return view if isinstance(view, str) else render(view)


def _opened(page: str, *, is_whole: bool) -> Document:
    """Return the document of a browser that has loaded a page."""
    if is_whole:
        return Document(Node.of(parse_document(page)))
    root = Node.of(parse_document("<!doctype html>"))
    body = next(node for node in root.descendants() if node.name == "body")
    for child in list(Node.of(parse_fragment(page)).children()):
        child.detach()
        body.append(child)
    return Document(root)


def _top(document: Document, default: Node, *, is_whole: bool) -> Node:
    """Return the node at which paths start; a patch may have removed it."""
    return (document.html if is_whole else document.body) or default


def _paths(top: Node, *, is_whole: bool) -> dict[Node, tuple[str, str]]:
    """Return the readable path and the path of indices of every node, in document order."""
    paths = {top: (top.name, "")} if is_whole else {}
    for node in (top, *top.descendants()):
        if node.first is None:
            continue
        path, indices = paths.get(node, ("", ""))
        counts = Counter(child.name for child in node.children())
        seen: Counter[str] = Counter()
        for index, child in enumerate(node.children()):
            seen[child.name] += 1
            step = _step(child, seen[child.name] if counts[child.name] > 1 else None)
            paths[child] = (f"{path} > {step}" if path else step, f"{indices}/{index}")
    return {node: paths[node] for node in (top, *top.descendants()) if node in paths}


def _step(node: Node, number: int | None) -> str:
    if node.attributes.get("id"):
        return f"{node.name}#{node.attributes['id']}"
    return node.name if number is None else f"{node.name}[{number}]"
