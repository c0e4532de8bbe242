"""An extension of griffe, which reads the docstrings: examples are code, `__new__` has parameters.

Source: https://mkdocstrings.github.io/griffe/guide/users/extending/
"""

import re
from textwrap import dedent, indent

from griffe import Extension, Function

SECTION = re.compile(r"^Example:\n(?P<code>(?:(?: {4}.*)?\n?)+)", re.MULTILINE)


class Docstrings(Extension):
    """Fences the code below `Example:`, and shows what a class is called with."""

    def on_object(self, *, obj, **_):
        """Rewrite the docstring of a module, a class, a function or an attribute."""
        if obj.docstring and not obj.is_alias:
            obj.docstring.value = SECTION.sub(_fenced, obj.docstring.value)

    def on_class_members(self, *, cls, **_):
        """Give a class the parameters of its `__new__()` if it has no `__init__()`."""
        new = cls.members.get("__new__")
        if new and "__init__" not in cls.members:
            cls.set_member("__init__", Function("__init__", parameters=new.parameters))


def _fenced(section):
    code = dedent(section["code"]).strip()
    language = "pycon" if code.startswith(">>>") else "python"
    return "Example:\n" + indent(f"```{language}\n{code}\n```", " " * 4) + "\n\n"
