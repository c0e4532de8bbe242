"""Keys of a keyboard, with those that are held.

Source: https://w3c.github.io/uievents-key/#named-key-attribute-values
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fatmorph.errors import StepError, short_repr

__all__ = ("Key", "key_of")

HELD = MappingProxyType(
    {"Alt": "altKey", "Control": "ctrlKey", "Meta": "metaKey", "Shift": "shiftKey"}
)
NAMED = frozenset(
    {
        *HELD,
        *("ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp", "Backspace", "CapsLock"),
        *("ContextMenu", "Delete", "End", "Enter", "Escape", "Home", "Insert", "PageDown"),
        *("PageUp", "Tab"),
        *(f"F{number}" for number in range(1, 13)),
    }
)
ALIASES = {"cmd": "Meta", "ctrl": "Control", "esc": "Escape", "return": "Enter"}
COMBINATION = re.compile(rf"((?:(?:{'|'.join(HELD)})\+)*)(.+)", re.DOTALL)
# How similar a name must be to be the one that was meant.
LIKENESS = 0.5


@dataclass(frozen=True)
class Key:
    """One press of a key.

    Args:
        name: A character, or a name such as `Enter`.
        held: The keys that are held meanwhile, such as `Shift`.
    """

    name: str
    held: frozenset[str] = frozenset()

    @property
    def is_shifted(self) -> bool:
        """Whether Shift is held."""
        return "Shift" in self.held

    @property
    def is_command(self) -> bool:
        """Whether a key is held with which a browser types nothing."""
        return not self.held <= {"Shift"}

    @property
    def properties(self) -> dict[str, Any]:  # Any: JavaScript's
        """The properties of its events."""
        flags = {HELD[each]: True for each in self.held}
        return {"key": self.name, "code": _code(self.name), **flags}


def key_of(text: str) -> Key:
    """Return the key that a test names, such as `Enter`, `a` or `Shift+Enter`.

    Raises:
        StepError: No key has this name.

    Example:
        >>> key_of("Control+Enter")
        Key(name='Enter', held=frozenset({'Control'}))
    """
    found = COMBINATION.fullmatch(text)
    name = " " if found and found[2] == "Space" else found[2] if found else ""
    if found is None or (len(name) != 1 and name not in NAMED):
        raise StepError(
            f"cannot press {short_repr(text)}",
            where="page.press(…)",
            why="a key is a character or a name of the standard, after the keys that are held",
            fix=f'await page.press("{"+".join(map(_nearest, text.split("+")))}")',
        )
    return Key(name, frozenset(filter(None, found[1].split("+"))))


def _nearest(name: str) -> str:
    names = {each.casefold(): each for each in ("Space", *NAMED)} | ALIASES
    near = difflib.get_close_matches(name.casefold(), names, 1, LIKENESS)
    return name if len(name) == 1 else names[near[0]] if near else "Enter"


def _code(name: str) -> str:
    """Return the place of a key on a keyboard for English."""
    if len(name) == 1 and name.isascii() and name.isalnum():
        return f"{'Key' if name.isalpha() else 'Digit'}{name.upper()}"
    return "Space" if name == " " else name
