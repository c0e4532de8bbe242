"""The state of one open page, its signals and its forms."""

from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Annotated

from msgspec import Meta

from board.database import Column
from fatmorph import Signal, Signals, signal
from fatmorph.forms import FileLimits, Form, Upload

PICTURE = FileLimits(accept="image/png,image/jpeg", max_bytes=5 * 1024 * 1024)
MAX_TITLE = 80


class BoardSignals(Signals):
    query: Signal[str] = signal("")
    adding: Signal[bool] = signal(False)
    dragged: Signal[int] = signal(0)  # the card
    over: Signal[str] = signal("")  # the column that it would fall into


@dataclass
class Login:
    name: str
    password: str


@dataclass
class NewCard:
    title: Annotated[str, Meta(min_length=3, max_length=MAX_TITLE)]
    points: Annotated[int, Meta(ge=1, le=13)]
    column: Column
    key: str


@dataclass
class Picture:
    picture: Annotated[Upload, PICTURE]


@dataclass
class Edit:
    card: int
    title: str  # as it was when the editing began


@dataclass
class Sending:
    card: int
    percent: int | None = 0
    error: str = ""


@dataclass
class Tab:
    query: str = ""
    edit: Edit | None = None
    new_card: Form[NewCard] = field(default_factory=Form[NewCard])
    key: str = field(default_factory=token_urlsafe)  # of the next card
    added: int = 0
    sending: Sending | None = None
    sent: int = 0
    note: str = ""
    notes: int = 0

    def tell(self, note: str) -> None:
        self.note, self.notes = note, self.notes + 1
