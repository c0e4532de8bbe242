"""Text that a user may type, made of what the Datastar client, a parser or a quote looks for."""

import random

__all__ = ("TRAPS", "hostile_texts")

TRAPS = (
    "'", '"', "`", "\\", ";", "/", "//", "$a", "$n", "${a}", "$'", "$`", "$&", "@get(", "@", "{",
    "}", "(", ")", ")()", "})()", "(() => ", ",", "&#39;", "*/", "\n", "\r", "\u2028", "\0",
    "</script>", "<!--", "🖕JS_", "_DS🚀", "🖕", "é", "return ",
)  # fmt: skip


def hostile_texts(count: int, seed: int = 0) -> list[str]:
    """Return this many texts, each of a few traps; the same for the same seed."""
    dice = random.Random(seed)
    return ["".join(dice.choices(TRAPS, k=dice.randint(1, 5))) for _ in range(count)]
