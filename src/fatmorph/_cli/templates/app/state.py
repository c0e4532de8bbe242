"""The state of one open page, its signals and its forms."""

from dataclasses import dataclass, field
from typing import Annotated

from fatmorph import Signal, Signals, signal
from fatmorph.forms import Form
from msgspec import Meta


class Search(Signals):
    query: Signal[str] = signal("")


@dataclass
class Credentials:
    name: Annotated[str, Meta(min_length=1)]
    password: Annotated[str, Meta(min_length=1)]


@dataclass
class NewBook:
    title: Annotated[str, Meta(min_length=1, max_length=100)]
    author: Annotated[str, Meta(min_length=3, max_length=100)]
    year: Annotated[int, Meta(ge=1450, le=2100)]


@dataclass
class Tab:
    query: str = ""
    new_book: Form[NewBook] = field(default_factory=Form[NewBook])
    added: int = 0  # gives the fields other ids, so that they are empty again
