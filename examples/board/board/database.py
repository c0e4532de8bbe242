"""The database: SQLite, used by plain functions that block, so they run in threads."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Column = Literal["ideas", "next", "doing", "done"]
COLUMNS: tuple[Column, ...] = get_args(Column)
FOLDER = Path(os.environ.get("BOARD_DATA", "data"))
PICTURES = FOLDER / "pictures"
SCHEMA = """
PRAGMA journal_mode = WAL;  -- readers do not wait for a writer
CREATE TABLE IF NOT EXISTS cards (
    id INTEGER PRIMARY KEY, "column" TEXT, title TEXT, points INTEGER, author TEXT,
    picture TEXT DEFAULT '', place INTEGER DEFAULT 1000, key TEXT UNIQUE
);
"""
FIRST_CARDS: tuple[tuple[Column, str, int, str], ...] = (
    ("ideas", "Let people vote on ideas", 3, "grace"),
    ("ideas", "Print the board as a poster", 2, "ada"),
    ("next", "Search in the text of pictures", 8, "grace"),
    ("next", "Archive what was done last month", 3, "ada"),
    ("doing", "Draw the chart with fewer colours", 2, "grace"),
    ("done", "Choose a typeface", 1, "grace"),
    ("done", "Move cards with the keyboard", 5, "ada"),
)


@dataclass(frozen=True)
class Card:
    id: int
    column: Column
    title: str
    points: int
    author: str
    picture: str = ""


@contextmanager
def connect() -> Generator[sqlite3.Connection]:
    with closing(sqlite3.connect(FOLDER / "board.db", timeout=5)) as db, db:
        yield db  # and commit, or roll back after an error


def prepare() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with connect() as db:
        db.executescript(SCHEMA)
    for number, card in enumerate(FIRST_CARDS):
        add_card(*card, f"first {number}")


def load_cards() -> list[Card]:
    query = 'SELECT id, "column", title, points, author, picture FROM cards ORDER BY place, id'
    with connect() as db:
        return [Card(*row) for row in db.execute(query)]


def add_card(column: Column, title: str, points: int, author: str, key: str) -> None:
    add = 'INSERT INTO cards ("column", title, points, author, key) VALUES (?, ?, ?, ?, ?)'
    with connect() as db:  # the key is unique, so a form that is sent twice adds one card
        db.execute(f"{add} ON CONFLICT DO NOTHING", (column, title, points, author, key))


def rename_card(card_id: int, title: str, *, since: str) -> bool:
    change = "UPDATE cards SET title = ? WHERE id = ? AND title = ?"
    with connect() as db:
        return db.execute(change, (title, card_id, since)).rowcount == 1


def set_picture(card_id: int, picture: str) -> None:
    with connect() as db:
        db.execute("UPDATE cards SET picture = ? WHERE id = ?", (picture, card_id))


def move_card(card_id: int, column: str, before: int | None) -> None:
    others = 'SELECT id FROM cards WHERE "column" = ? AND id <> ? ORDER BY place, id'
    with connect() as db:
        db.execute('UPDATE cards SET "column" = ? WHERE id = ?', (column, card_id))
        order = [each for (each,) in db.execute(others, (column, card_id))]
        order.insert(order.index(before) if before in order else len(order), card_id)
        db.executemany("UPDATE cards SET place = ? WHERE id = ?", enumerate(order))
