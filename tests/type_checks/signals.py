"""The types of classes of signals: checked, never run."""

from dataclasses import replace
from typing import assert_type

from fatmorph import Context, Element, Signal, Signals, Writer, at, data, h, js, signal


class User(Signals):
    name: Signal[str] = signal("")


class Board(Signals):
    query: Signal[str] = signal("")
    count: Signal[int] = signal(0)
    tags: Signal[list[str]] = signal(default_factory=list)
    chosen: Signal[int | None] = signal(None)
    user: Signal[User] = signal(User())


class Game(Board):
    turn: Signal[int]


board = Board(query="milk", user=User(name="Ada"))

# On an instance, the value.
assert_type(board.query, str)
assert_type(board.tags, list[str])
assert_type(board.chosen, int | None)
assert_type(board.user.name, str)
assert_type(replace(board, query="eggs"), Board)
board.query = "eggs"

# On the class, the signal in the browser.
assert_type(Board.query, Signal[str])
assert_type(Board.chosen, Signal[int | None])
assert_type(Board.user.name, Signal[str])
assert_type(Game.query, Signal[str])


def text_field(label: str, value: Signal[str]) -> Element:
    """Return a component that takes a signal."""
    return h.label(label, h.input(data.bind(value)))


def view() -> Element:
    """Return a page that uses signals in every place that takes an expression."""
    return h.main(
        data.signals(board, if_missing=True),
        text_field("Search", Board.query),
        data.text(Board.user.name),
        data.show(f"{Board.query} != ''"),
        data.class_({"empty": Board.query}),
        data.attr({"title": Board.query}),
        data.on("click", at.post("/", payload={"n": Board.count}, include=Board.query)),
        js({"q": Board.query}),
    )


async def handler(c: Context, w: Writer) -> None:
    """Read signals and change them."""
    signals = await c.signals(Board)
    assert_type(signals, Board)
    w.patch_signals(Board())
    w.patch_signals(replace(signals, query=""), since=signals)


# A type checker finds these mistakes before the page is built.
_ = Board.qeury  # type: ignore[attr-defined]
_ = Board.user.nmae  # type: ignore[attr-defined]
_ = board.qeury  # type: ignore[attr-defined]
Board("milk")  # type: ignore[call-arg]
Board(qeury="milk")  # type: ignore[call-arg]
Board(query=1)  # type: ignore[arg-type]
Game()  # type: ignore[call-arg]
board.query = 1  # type: ignore[assignment]
text_field("Count", Board.count)  # type: ignore[arg-type]
data.text(board.count)  # type: ignore[arg-type]


class Misdeclared(Signals):
    """Declare defaults of another type."""

    count: Signal[int] = signal("")  # type: ignore[arg-type]
    total: Signal[int] = 0  # type: ignore[assignment]
