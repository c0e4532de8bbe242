"""Paths: the position of an element in a tree, in readable form.

A path resembles a CSS selector, `body > main#home > ul > li[3]`. A step has the element's id, or,
if there are several siblings of the same name, its position among them, counted from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar, cast

__all__ = ("child_steps", "find_path", "find_unencodable")


class _Element(Protocol):
    @property
    def tag(self) -> str: ...
    @property
    def id(self) -> str | None: ...
    @property
    def attributes(self) -> Mapping[str, object]: ...
    @property
    def children(self) -> Sequence[object]: ...


E = TypeVar("E", bound=_Element)


def find_path(root: E, wanted: Callable[[E], bool]) -> tuple[str, E] | None:
    """Return the first wanted element in document order, with its path.

    Args:
        root: The tree to search; of any depth.
        wanted: Called with each element until it returns true.

    Returns:
        The path from `root` down and the element, or None if none is wanted.
    """
    # Each entry: an element, its step, and how many ancestors are on the trail above it.
    pending: list[tuple[E, str, int]] = [(root, _step(root, ""), 0)]
    trail: list[str] = []
    while pending:
        element, step, depth = pending.pop()
        del trail[depth:]
        trail.append(step)
        if wanted(element):
            return " > ".join(trail), element
        pending.extend((child, step, depth + 1) for child, step in reversed(child_steps(element)))
    return None


def find_unencodable(root: _Element) -> tuple[str, str]:
    """Return the path and the text of the first lone surrogate in a tree that has one."""
    found = find_path(root, lambda element: _unencodable_text(element) is not None)
    if found is None:
        return root.tag, ""
    path, element = found
    return path, _unencodable_text(element) or ""


def child_steps(element: E) -> list[tuple[E, str]]:
    """Return the elements among the children, each with its step of a path."""
    # All children but text are elements, of the same engine as their parent.
    children = [cast("E", child) for child in element.children if not isinstance(child, str)]
    counts: dict[str, int] = {}
    for child in children:
        counts[child.tag] = counts.get(child.tag, 0) + 1
    seen: dict[str, int] = {}
    steps: list[tuple[E, str]] = []
    for child in children:
        seen[child.tag] = seen.get(child.tag, 0) + 1
        position = f"[{seen[child.tag]}]" if counts[child.tag] > 1 else ""
        steps.append((child, _step(child, position)))
    return steps


def _unencodable_text(element: _Element) -> str | None:
    for text in (*element.attributes.values(), *element.children):
        if isinstance(text, str):
            try:
                text.encode()
            except UnicodeEncodeError:
                return str.__str__(text)  # the repr of Markup would hide the text
    return None


def _step(element: _Element, position: str) -> str:
    return f"{element.tag}#{element.id}" if element.id else f"{element.tag}{position}"
