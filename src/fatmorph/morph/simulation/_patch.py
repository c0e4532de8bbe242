"""One `datastar-patch-elements` event: its roots, targets, modes and scripts.

Source: https://github.com/starfederation/datastar (`plugins/watchers/patchElements.ts`)
"""

from __future__ import annotations

import re

from fatmorph.errors import MorphError
from fatmorph.markup.parse import (
    ParsedElement,
    parse_document,
    parse_fragment,
    parse_template,
)
from fatmorph.morph._matching.document import BrowserError, Document, close_exclusive
from fatmorph.morph._matching.morpher import IGNORE, Morpher
from fatmorph.morph._matching.nodes import Node, Shapes
from fatmorph.morph.simulation._selectors import select
from fatmorph.morph.simulation._serializer import inner_html
from fatmorph.types import MODES_WITHOUT_SELECTOR, ElementNamespace, PatchMode

__all__ = ("Patch",)

SVG = re.compile(r"<svg(?:\s[^>]*>|>).*?</svg>", re.DOTALL | re.IGNORECASE)
FOREIGN_ROOTS = {"svg": "svg", "mathml": "math"}
# Each target gets a copy of the content; a browser fails long before this number.
MAX_COPIED_NODES = 5_000_000


class Patch:
    """One patch of a document.

    Args:
        document: The page in the browser.
    """

    def __init__(self, document: Document) -> None:
        self.parked: set[Node] = set()
        """The nodes that were put into the pantry."""
        self.warnings: list[str] = []
        """The lines that the client writes to the console."""
        self._document = document
        self._shapes = Shapes()
        self._pantry = Node("div", attributes={"hidden": ""})
        self._known_scripts = {node for node in document.root.descendants() if node.is_script}

    def apply(
        self, text: str, mode: PatchMode, selector: str | None, namespace: ElementNamespace
    ) -> None:
        """Apply a patch.

        Raises:
            BrowserError: The client throws; the changes until then stay.
            MorphError: The selector is invalid, or the patch too large.
        """
        if not selector and mode not in MODES_WITHOUT_SELECTOR:
            raise BrowserError("PatchElementsExpectedSelector")
        content = self._parse(text, namespace)
        if not selector:
            for root in [child for child in content.children() if child.is_element]:
                self._apply_root(root, mode)
            return
        html = self._document.html
        targets = [] if html is None else select(html, selector)
        if not targets:
            self.warnings.append(f"PatchElementsNoTargetsFound: {selector}")
        self._check_size(targets, content)
        for target in targets:
            self._apply_to(target, content, mode)

    def _parse(self, text: str, namespace: ElementNamespace) -> Node:
        """Return a fragment with the nodes that are sent."""
        outside_svg = SVG.sub("", text)
        has_html, has_head, has_body = (
            f"</{name}>" in outside_svg for name in ("html", "head", "body")
        )
        if not (has_html or has_head or has_body):
            content = _fragment(text, namespace)
            close_exclusive(content)
            return content
        html = _find(parse_document(text, scripting=False), "html")
        parts = (("head", has_head), ("body", has_body))
        roots = [html] if has_html else [_find(html, name) for name, is_sent in parts if is_sent]
        content = Node("#document-fragment")
        for root in roots:
            content.append(Node.of(root))
        close_exclusive(content)
        for node in content.descendants():
            node.is_started = node.does_run  # as DOMParser leaves it; a template does not
        return content

    def _apply_root(self, root: Node, mode: PatchMode) -> None:
        """Patch the target of a root that is sent without a selector."""
        if root.name in ("html", "head", "body"):
            target = getattr(self._document, root.name)
        else:
            target = self._document.find(root.id)
        if target is None:
            self.warnings.append(f"PatchElementsNoTargetsFound: #{root.attributes.get('id', '')}")
            return
        is_ignored = IGNORE in target.attributes and IGNORE in root.attributes
        if mode == "outer" and is_ignored:
            return
        content = Node("#document-fragment")
        content.append(root.clone())
        self._apply_to(target, content, mode)

    def _check_size(self, targets: list[Node], content: Node) -> None:
        if len(targets) * sum(1 for _ in content.descendants()) > MAX_COPIED_NODES:
            raise MorphError(
                f"cannot simulate a patch of {len(targets)} targets",
                where="simulate(…, selector=…)",
                why="each gets a copy of everything that is sent; no browser would finish",
                fix='simulate(before, after, selector="#cart")  (one target)',
            )

    def _apply_to(self, target: Node, content: Node, mode: PatchMode) -> None:
        if mode == "remove":
            self._document.remove(target)
        elif mode in ("outer", "inner"):
            self._morph(target, content, is_inner=mode == "inner")
        else:
            self._put(target, content, mode)

    def _morph(self, target: Node, content: Node, *, is_inner: bool) -> None:
        morpher = Morpher(self._document, self._pantry, self._shapes)
        try:
            morpher.morph(target, content, is_inner=is_inner)
        finally:
            self.parked |= morpher.parked
            for template, new in morpher.templates:
                template.content = _written_and_parsed(new)
        self._replace_unknown_scripts(target)

    def _put(self, target: Node, content: Node, mode: PatchMode) -> None:
        if mode == "prepend":
            parent: Node | None = target
            before = target.first
        elif mode == "append":
            parent, before = target, None
        else:
            parent = target.parent
            before = target if mode == "before" else target.next
        if parent is None:
            return
        if mode == "replace":
            self._document.remove(target)
        copy = content.clone()
        for script in (node for node in copy.descendants() if node.is_script):
            # The client replaces it before it is inserted.
            script.is_started = False
            self._known_scripts.add(script)
        for child in list(copy.children()):
            child.detach()
            self._document.insert(parent, child, before)

    def _replace_unknown_scripts(self, target: Node) -> None:
        """Replace unknown scripts by copies, which run; after a morph some run a second time."""
        nodes = (target,) if target.is_script else tuple(target.descendants())
        for script in nodes:
            if script.is_script and script not in self._known_scripts:
                copy = Node("script", attributes=dict(script.attributes))
                if text := script.text_content():
                    copy.append(Node("#text", text=text))
                self._known_scripts.add(copy)
                if script.parent is not None:
                    parent, before = script.parent, script.next
                    self._document.remove(script)
                    self._document.insert(parent, copy, before)
                    if script in self._document.scripts:
                        self._document.scripts[copy] += self._document.scripts.pop(script)


def _fragment(text: str, namespace: ElementNamespace) -> Node:
    root = FOREIGN_ROOTS.get(namespace)
    wrapped = text if root is None else f"<{root}>{text}</{root}>"
    content = Node.of(parse_template(wrapped))
    if root is None:
        return content
    foreign = next((node for node in content.descendants() if node.name == root), content)
    kept = Node("#document-fragment")
    # The client removes children while it iterates over them, and so misses every second one.
    for child in list(foreign.children())[::2]:
        child.detach()
        kept.append(child)
    return kept


def _written_and_parsed(template: Node) -> ParsedElement | None:
    """Return the content of a template after `old.innerHTML = new.innerHTML`."""
    if template.content is None:
        return None
    content = inner_html(Node.of(template.content))
    return parse_fragment(content, context="template", scripting=False)


def _find(parsed: ParsedElement, tag: str) -> ParsedElement:
    return next(
        child for child in parsed.children if not isinstance(child, str) and child.tag == tag
    )
