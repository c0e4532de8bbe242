"""A module of Python: its imports, constants and functions, and the names in it."""

from __future__ import annotations

import ast
import builtins
import re
from keyword import iskeyword

from fatmorph._converting import strings
from fatmorph._converting.layout import LINE, Code, Group, Item, Text, comment_line

__all__ = ("IMPORTED", "Program")

IMPORTED = (
    *("Element", "Markup", "Tag", "at", "comment", "data", "element", "fragment", "h", "mathml"),
    "svg",
)
MAX_NAME = 40  # characters of a name that an id is made into


class Program:
    """The parts of a module, in the order in which they were added.

    Args:
        title: Where the page comes from, for the docstring.
        names: Names that no part may have.
    """

    def __init__(self, title: str, names: tuple[str, ...]) -> None:
        self._title = title
        self._names = {*IMPORTED, *names, *dir(builtins)}
        self._imports: set[str] = set()
        self._tags: list[str] = []
        self._assignments: list[str] = []
        self._constants: dict[tuple[str, str, str], str] = {}
        self._functions: list[str] = []

    def use(self, name: str) -> str:
        """Return a name of fatmorph, which the module then imports."""
        self._imports.add(name)
        return name

    def new_name(self, text: str) -> str:
        """Return a name like a text that nothing else in the module has.

        Example:
            >>> program = Program("page.html", ())
            >>> program.new_name("main-nav"), program.new_name("main-nav")
            ('main_nav', 'main_nav_2')
        """
        plain = re.sub(r"[^a-zA-Z0-9]+", "_", text[:MAX_NAME]).strip("_") or "part"
        plain = f"part_{plain}" if plain[0].isdigit() else plain
        name, count = plain, 1
        while name in self._names or iskeyword(name):
            count += 1
            name = f"{plain}_{count}"
        self._names.add(name)
        return name

    def tag(self, kind: str, name: str, namespace: str) -> str:
        """Return the name of a constant for a tag that no catalog has."""
        key = (kind, name, namespace)
        if key not in self._constants:
            self._constants[key] = self.new_name(name.lower())
            end = "" if kind == "element" else f', "{namespace}"'
            source = f"{self.use(kind)}({strings.literal(name)}{end})"
            self._tags.append(f"{self._constants[key]} = {source}\n")
        return self._constants[key]

    def text(self, name: str, text: str, *, reason: str = "") -> str:
        """Return the name of a constant for a long text.

        Args:
            name: What to call it.
            text: The text.
            reason: Why the text is `Markup`; nothing if it is not.
        """
        name = name.upper()
        key = (name, text, reason)
        if key not in self._constants:
            self._constants[key] = self.new_name(name)
            lines = [comment_line(reason, 0)] if reason else []
            before = f"{self._constants[key]} = "
            if reason:
                self.use("Markup")
            self._add("\n".join((*lines, *_text_lines(before, text, is_markup=bool(reason)))))
        return self._constants[key]

    def table(self, name: str, code: Code) -> str:
        """Return the name of a constant for the rows of a loop."""
        name = self.new_name(name.upper())
        self._add("\n".join(code.lines(0, f"{name} = ")))
        return name

    def function(self, name: str, code: Code, comments: tuple[str, ...] = ()) -> str:
        """Add a function that returns an element; return its name."""
        self.use("Element")
        lines = [f"def {name}() -> Element:"]
        lines += [comment_line(text, 4) for text in comments]
        self._functions.append("\n".join((*lines, *code.lines(4, "return "))) + "\n")
        return name

    def source(self, page: str = "") -> str:
        """Return the module.

        Args:
            page: The assignment of the page; nothing if the page is the last function.
        """
        kept = _used([*self._tags, *self._assignments, *self._functions, page])
        imports = {name for names in kept.values() for name in names} & self._imports
        title = self._title.replace("\\", "/").replace('"', "'")
        head = (
            f'"""{title}"""\n',
            f"from fatmorph import {', '.join(sorted(imports, key=_import_order))}\n",
            "".join(part for part in self._tags if part in kept),
            *(part for part in self._assignments if part in kept),
        )
        functions = [part for part in self._functions if part in kept]
        if not functions:
            return "\n".join(filter(None, (*head, page)))
        return "\n\n".join(filter(None, ("\n".join(filter(None, head)), *functions, page)))

    def _add(self, assignment: str) -> None:
        self._assignments.append(f"{assignment}\n")


def _text_lines(before: str, text: str, *, is_markup: bool) -> list[str]:
    """Return the assignment of a text."""
    if "\n" in text:
        literal = strings.block_literal(text)
        return [f"{before}Markup({literal})" if is_markup else f"{before}{literal}"]
    code = Text(text)
    if is_markup:
        return Group("Markup(", [Item(code)], ")").lines(0, before)
    parts = code.broken_lines(4, "", "")
    is_shorter = len(parts) > 1 or strings.width(parts[0]) <= LINE
    if strings.width(f"{before}{code.flat}") <= LINE or not is_shorter:
        return [f"{before}{code.flat}"]
    return [f"{before}(", *parts, ")"]


def _used(parts: list[str]) -> dict[str, set[str]]:
    """Return the parts that the page, which is the last part, uses; each with the names in it."""
    trees = {part: ast.parse(part) for part in parts if part}
    names = {
        part: {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for part, tree in trees.items()
    }
    defined = {_defined(tree): part for part, tree in trees.items()}
    used: dict[str, set[str]] = {}
    pending = [[*trees][-1]]
    while pending:
        part = pending.pop()
        if part not in used:
            used[part] = names[part]
            pending += (defined[name] for name in names[part] if name in defined)
    return used


def _defined(tree: ast.Module) -> str:
    """Return the name that an assignment or a function defines."""
    (statement,) = tree.body
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return getattr(statement, "name", "")


def _import_order(name: str) -> tuple[bool, str]:
    return not name[0].isupper(), name
