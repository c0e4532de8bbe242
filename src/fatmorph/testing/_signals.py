"""The signals of a page in memory.

Source: https://data-star.dev/reference/attributes#data-signals
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from fatmorph.http._page_id import ID_SIGNAL

__all__ = ("Signals",)

# Signals that begin with an underscore stay in the browser.
LOCAL = re.compile(r"(?:^|\.)_")
ALL = re.compile("")


# Any, everywhere below: the value of a signal is JSON, or an element of the page.
class Signals:
    """A tree of signals: objects nest, and everything else is a value."""

    def __init__(self) -> None:
        self.version = 0
        """Counts the changes."""
        self.tracked: set[str] | None = None
        """The paths that are read from now on, if something depends on them."""
        self._tree: dict[str, Any] = {}
        self._computed: dict[str, Callable[[], Any]] = {}

    def read(self, path: str) -> Any:
        """Return the value of a signal; reading one that does not exist creates it, empty."""
        if self.tracked is not None:
            self.tracked.add(path)
        if path in self._computed:
            return self._computed[path]()
        if any(each.startswith(f"{path}.") for each in self._computed):
            return _at(self.all(), path)
        *parents, name = path.split(".")
        tree = self._branch(parents)
        if isinstance(tree, list):
            return tree[int(name)] if _is_index(name, tree) else None
        if tree is None:
            return None
        if name not in tree:
            tree[name] = ""
            self.version += 1
        return tree[name]

    def write(self, path: str, value: Any) -> None:
        """Set a signal; None removes it."""
        *parents, name = path.split(".")
        if value is None:
            self._remove(parents, name)
            return
        branch = self._branch(parents)
        if isinstance(branch, list) and name.isdecimal():
            self._write_item(parents, branch, int(name), value)
            return
        tree: dict[str, Any] = self._tree
        for parent in parents:
            if not isinstance(tree.get(parent), dict):
                tree[parent] = {}
            tree = tree[parent]
        if name not in tree or not _is_same(tree[name], value):
            tree[name] = value
            self.version += 1

    def compute(self, path: str, function: Callable[[], Any]) -> None:
        """Define a signal that follows others."""
        self._computed[path] = function
        self.version += 1

    def merge(self, values: Mapping[str, Any], *, only_if_missing: bool = False) -> None:
        """Set signals: objects are merged, None removes a signal."""
        self._merge(self._tree, values, only_if_missing=only_if_missing)

    @property
    def page_id(self) -> str:
        """The id of the page; empty if it has none."""
        return str(self._tree.get(ID_SIGNAL, ""))

    def has(self, path: str) -> bool:
        """Return whether a signal exists."""
        *parents, name = path.split(".")
        tree = self._branch(parents)
        is_item = isinstance(tree, list) and _is_index(name, tree)
        return path in self._computed or is_item or (isinstance(tree, dict) and name in tree)

    def all(self) -> dict[str, Any]:
        """Return a copy of all signals."""
        tree: dict[str, Any] = _copy(self._tree)
        for path, function in self._computed.items():
            *parents, name = path.split(".")
            branch = tree
            for parent in parents:
                branch = branch.setdefault(parent, {})
            branch[name] = function()
        return tree

    def sent(
        self, include: re.Pattern[str] | None = None, exclude: re.Pattern[str] | None = None
    ) -> dict[str, Any]:
        """Return the signals that a request sends.

        Args:
            include: Only signals whose path matches; by default all.
            exclude: No signals whose path matches; by default those that begin with `_`.
        """
        wanted, unwanted = include or ALL, exclude or LOCAL
        tree: dict[str, Any] = {}
        for path, value in _leaves(self.all()):
            text = ".".join(path)
            if wanted.search(text) and not unwanted.search(text):
                branch = tree
                for parent in path[:-1]:
                    branch = branch.setdefault(parent, {})
                branch[path[-1]] = value
        return tree

    def paths(self) -> list[str]:
        """Return the path of every signal that can be set."""
        return [".".join(path) for path, _ in _leaves(self._tree)]

    def _branch(self, parents: list[str]) -> dict[str, Any] | list[Any] | None:
        tree: Any = self._tree
        for parent in parents:
            tree = tree.setdefault(parent, {}) if isinstance(tree, dict) else None
        return tree if isinstance(tree, dict | list) else None

    def _remove(self, parents: list[str], name: str) -> None:
        branch = self._branch(parents)
        if isinstance(branch, dict) and branch.pop(name, None) is not None:
            self.version += 1

    def _write_item(self, parents: list[str], items: list[Any], index: int, value: Any) -> None:
        """Set an item of a list, which is another list then, as for everything that reads it."""
        missing = [""] * max(index + 1 - len(items), 0)
        items = [*items, *missing]
        items[index] = value
        self.write(".".join(parents), items)

    def _merge(
        self, tree: dict[str, Any], values: Mapping[str, Any], *, only_if_missing: bool
    ) -> None:
        for name, value in values.items():
            known = tree.get(name)
            if isinstance(value, Mapping):
                if not isinstance(known, dict):
                    if only_if_missing and name in tree:
                        continue
                    known = tree[name] = {}
                    self.version += 1
                self._merge(known, value, only_if_missing=only_if_missing)
            elif value is None:
                if not only_if_missing and tree.pop(name, None) is not None:
                    self.version += 1
            elif name not in tree or (not only_if_missing and not _is_same(known, value)):
                tree[name] = deepcopy(value) if isinstance(value, list) else value
                self.version += 1


def _at(tree: Any, path: str) -> Any:
    for name in path.split("."):
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _leaves(tree: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from (((name, *path), leaf) for path, leaf in _leaves(value))
        elif not isinstance(value, dict):
            yield (name,), value


def _copy(value: Any) -> Any:
    """Return a copy of the tree; elements, which signals can hold, are kept as they are."""
    if isinstance(value, dict):
        return {name: _copy(item) for name, item in value.items()}
    return list(value) if isinstance(value, list) else value


def _is_index(name: str, items: list[Any]) -> bool:
    return name.isdecimal() and int(name) < len(items)


def _is_same(first: Any, second: Any) -> bool:
    return type(first) is type(second) and bool(first == second)
