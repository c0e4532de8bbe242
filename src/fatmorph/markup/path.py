"""Paths: where in a tree an element stands, in words a person can follow.

A path reads like a CSS selector, `body > main#home > ul > li[3]`: an id where there is one,
else the place among the siblings of the same name, counted from 1, where there are several.
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
    """Return the path and the first element, in document order, that is wanted.

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
    # What is no text is an element, of the same engine as its parent.
    children = [cast("E", child) for child in element.children if not isinstance(child, str)]
    counts: dict[str, int] = {}
    for child in children:
        counts[child.tag] = counts.get(child.tag, 0) + 1
    seen: dict[str, int] = {}
    steps: list[tuple[E, str]] = []
    for child in children:
        seen[child.tag] = seen.get(child.tag, 0) + 1
        place = f"[{seen[child.tag]}]" if counts[child.tag] > 1 else ""
        steps.append((child, _step(child, place)))
    return steps


def _unencodable_text(element: _Element) -> str | None:
    for text in (*element.attributes.values(), *element.children):
        if isinstance(text, str):
            try:
                text.encode()
            except UnicodeEncodeError:
                return str.__str__(text)  # Markup's own repr would hide what it holds
    return None


def _step(element: _Element, place: str) -> str:
    return f"{element.tag}#{element.id}" if element.id else f"{element.tag}{place}"
