"""Run the code that was written, and render its page.

The code is made of a page that may come from anywhere, so it is not run before it is certain that
it only calls functions of fatmorph with literals.
"""

from __future__ import annotations

import ast
from typing import Any

from fatmorph.errors import CommandError
from fatmorph.markup._render import render

__all__ = ("rendered",)

ALLOWED = (
    *(ast.Module, ast.Expr, ast.Assign, ast.ImportFrom, ast.alias, ast.FunctionDef, ast.arguments),
    *(ast.Return, ast.Call, ast.keyword, ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.Name),
    *(ast.Attribute, ast.Load, ast.Store, ast.ListComp, ast.comprehension, ast.UnaryOp, ast.USub),
)


def rendered(code: str, name: str) -> str:
    r"""Return the HTML of a page that code defines.

    Args:
        code: A module.
        name: The variable, or the function, whose page it is.

    Raises:
        CommandError: The code does anything but call functions of fatmorph.

    Example:
        >>> rendered('from fatmorph import h\npage = h.p("Hello")', "page")
        '<p>Hello</p>'
    """
    tree = ast.parse(code)
    for node in ast.walk(tree):
        is_foreign = isinstance(node, ast.ImportFrom) and node.module != "fatmorph"
        is_hidden = isinstance(node, ast.Attribute) and node.attr.startswith("_")
        if not isinstance(node, ALLOWED) or is_foreign or is_hidden:
            raise CommandError(
                "cannot run the code of this page",
                where=f"line {getattr(node, 'lineno', 1)}: {type(node).__name__}",
                why="code made of a page only calls functions of fatmorph",
                fix="python -m fatmorph convert page.html  (and report the page)",
            )
    names: dict[str, Any] = {"__builtins__": {"__import__": __import__}}
    exec(compile(tree, "<converted page>", "exec"), names)  # noqa: S102 - checked in the lines above
    page: Any = names[name]
    view: Any = page() if callable(page) else page
    return str(render(view))
