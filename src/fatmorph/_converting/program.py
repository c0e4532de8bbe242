"""A module of Python: its imports, constants and functions, and the names in it."""

from __future__ import annotations

import builtins
import re
from keyword import iskeyword

from fatmorph._converting import strings
from fatmorph._converting.layout import Code, comment_line

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
        self._assignments: list[str] = []
        self._constants: dict[tuple[str, str], str] = {}
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
        source = f"{self.use(kind)}({strings.literal(name)}"
        source += ")" if kind == "element" else f', "{namespace}")'
        return self._constant(name.lower(), source, f"{source}\n", before=True)

    def text(self, name: str, text: str, *, reason: str = "") -> str:
        """Return the name of a constant for a long text.

        Args:
            name: What to call it.
            text: The text.
            reason: Why the text is `Markup`; nothing if it is not.
        """
        source = strings.block_literal(text)
        if reason:
            source = f"{self.use('Markup')}({source})"
        name = name.upper()
        return self._constant(name, source, f"{source}\n", comment=reason)

    def table(self, name: str, code: Code) -> str:
        """Return the name of a constant for the rows of a loop."""
        name = self.new_name(name.upper())
        self._assignments.append("\n".join(code.lines(0, f"{name} = ")) + "\n")
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
            page: The assignment of the page, if it is not a function.
        """
        imports = ", ".join(sorted(self._imports, key=_import_order))
        title = self._title.replace("\\", "/").replace('"', "'")
        parts = [f'"""{title}"""\n', f"from fatmorph import {imports}\n" if imports else ""]
        head = "\n".join((*filter(None, parts), *self._assignments))
        after = "\n\n" if self._functions else "\n"
        return "\n\n".join((head, *self._functions)) + (f"{after}{page}" if page else "")

    def _constant(
        self, name: str, source: str, text: str, *, comment: str = "", before: bool = False
    ) -> str:
        key = (name, source)
        if key not in self._constants:
            self._constants[key] = self.new_name(name)
            lines = f"{comment_line(comment, 0)}\n" if comment else ""
            assignment = f"{lines}{self._constants[key]} = {text}"
            if before:
                self._assignments.insert(0, assignment)
            else:
                self._assignments.append(assignment)
        return self._constants[key]


def _import_order(name: str) -> tuple[bool, str]:
    return not name[0].isupper(), name
