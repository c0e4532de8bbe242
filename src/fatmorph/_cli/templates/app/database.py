"""The database: SQLite with SQLAlchemy, used by plain functions that block, so they run in threads.

A session is open for one function, not for one page, so that open pages hold no connection.
"""

import os
import time
from functools import cache
from hashlib import scrypt
from hmac import compare_digest
from pathlib import Path
from secrets import token_bytes
from threading import Lock

from sqlalchemy import Engine, create_engine, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

FILE = Path(os.environ.get("DATABASE_FILE", Path(__file__).parent / "data" / "app.db"))
UNKNOWN = f"{bytes(16).hex()}$"  # matches no password

# They are added to an empty database. Replace them before you show the application to others.
FIRST_USERS = {"ada": "lovelace", "grace": "hopper"}
FIRST_BOOKS = (
    ("A Wizard of Earthsea", "Ursula K. Le Guin", 1968, "ada"),
    ("The Left Hand of Darkness", "Ursula K. Le Guin", 1969, "grace"),
    ("Momo", "Michael Ende", 1973, "ada"),
    ("Kindred", "Octavia E. Butler", 1979, "grace"),
)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    name: Mapped[str] = mapped_column(primary_key=True)
    password: Mapped[str]  # its salt and its hash


class Login(Base):
    __tablename__ = "logins"

    key: Mapped[str] = mapped_column(primary_key=True)  # the hash of the cookie
    user: Mapped[str]
    expires: Mapped[float]


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author: Mapped[str]
    year: Mapped[int]
    added_by: Mapped[str]
    is_read: Mapped[bool] = mapped_column(default=False)


preparing = Lock()


def open_session() -> Session:
    with preparing:  # the first session makes the tables
        engine = engine_of(FILE)
    return Session(engine, expire_on_commit=False)


@cache
def engine_of(file: Path) -> Engine:
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{file}")
    Base.metadata.create_all(engine)
    with Session(engine) as db, db.begin():
        if db.scalar(select(User)) is None:
            db.add_all(User(name=n, password=hashed(p)) for n, p in FIRST_USERS.items())
            db.add_all(
                Book(title=title, author=author, year=year, added_by=user)
                for title, author, year, user in FIRST_BOOKS
            )
    return engine


def load_books(query: str) -> list[Book]:
    columns = (Book.title, Book.author)
    found = or_(*(column.icontains(query, autoescape=True) for column in columns))
    with open_session() as db:
        return list(db.scalars(select(Book).where(found).order_by(Book.year, Book.id)))


def add_book(title: str, author: str, year: int, user: str) -> None:
    with open_session() as db, db.begin():
        db.add(Book(title=title, author=author, year=year, added_by=user))


def set_read(book_id: int, *, is_read: bool) -> None:
    with open_session() as db, db.begin():
        if book := db.get(Book, book_id):
            book.is_read = is_read


def remove_book(book_id: int) -> None:
    with open_session() as db, db.begin():
        if book := db.get(Book, book_id):
            db.delete(book)


def has_password(name: str, password: str) -> bool:
    with open_session() as db:
        user = db.get(User, name)
    stored = user.password if user else UNKNOWN  # an unknown name takes as long as a known one
    salt = bytes.fromhex(stored.partition("$")[0])
    return compare_digest(hashed(password, salt), stored)


def hashed(password: str, salt: bytes | None = None) -> str:
    salt = salt or token_bytes(16)
    return f"{salt.hex()}${scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1).hex()}"


def begin_login(key: str, user: str, seconds: int) -> None:
    with open_session() as db, db.begin():
        db.add(Login(key=key, user=user, expires=time.time() + seconds))


def user_of(key: str | None) -> str | None:
    with open_session() as db:
        login = db.get(Login, key) if key else None
    return login.user if login and login.expires > time.time() else None


def end_login(key: str | None) -> None:
    with open_session() as db, db.begin():
        if key and (login := db.get(Login, key)):
            db.delete(login)
