"""The code to paste where a page cannot hold a value; the words of an error's last line.

It runs only on the way to an error, in either engine.
"""

# What a refused value holds is unknown.
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Mapping
from enum import Enum
from keyword import iskeyword

__all__ = ("attribute_remedy", "raw_text_remedy", "unusual_remedy")


def unusual_remedy(value: object) -> tuple[str, str] | None:
    """Return why a value is neither text nor an element, and the code that makes it one."""
    if isinstance(value, bytes | bytearray | memoryview):
        fix = "bytes(value).decode()" if isinstance(value, memoryview) else "value.decode()"
        return "bytes are not text until somebody names their encoding", fix
    if isinstance(value, Awaitable):
        return "its result does not exist until it was awaited", "await value"
    if isinstance(value, AsyncIterable):
        return "an element is built at once and cannot wait", "[item async for item in value]"
    if isinstance(value, Enum):
        return "a member of an Enum is a name and a value", "value.value"
    if callable(value):
        return "a function or a tag is not its result", "value()"
    if hasattr(type(value), "isoformat"):
        return "a date can be written in many ways", "value.isoformat()"
    return None


def raw_text_remedy(element: str, found: str) -> str:
    """Return code that writes text of which `found` would end its element early."""
    if element == "#comment":
        return 'comment("text without angle brackets")'
    if element in ("script", "style"):
        # In strings of JavaScript and CSS the backslash is dropped; in Python it is doubled.
        return f'{element}("… {found[0]}\\\\{found[1:]} …")' + (
            ", or json_script(value) for data" if element == "script" else ""
        )
    return "iframe(srcdoc=html)" if element == "iframe" else "pre(text)"


def attribute_remedy(name: str, value: object) -> str:
    """Return code that makes a value one that the attribute holds."""
    if name == "style" and not isinstance(value, bytes | bytearray):
        return 'style={"color": "red"}'
    if name == "class" and isinstance(value, bool | int | float):
        return 'class_={"open": is_open}'
    code = "str(value)"
    if unusual := unusual_remedy(value):
        code = unusual[1]
    elif isinstance(value, Mapping):
        code = "json.dumps(value)"
    elif isinstance(value, list | tuple):
        code = '" ".join(value)'
    if name.startswith("style["):
        code = '"red" if value else None' if isinstance(value, bool) else code
        return f"style={{{name[6:-1]}: {code}}}"
    keyword = name.replace("-", "_") + ("_" if iskeyword(name) else "")
    return f"{keyword}={code}" if keyword.isidentifier() else f'{{"{name}": {code}}}'
