"""The values of a submitted form, as they were sent: texts and files, each with one or more names.

Everything here comes from a client. In particular, the name and the type of a file are claims.

Source: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-2
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from fatmorph.errors import MomentError, quoted

__all__ = ("FormData", "Upload", "file_type", "last_part")

UNKNOWN_TYPE = "application/octet-stream"


class Upload:
    """A file of a form. It is closed and removed when the handler ends.

    Args:
        name: The last part of the file's name on the user's device; may be empty.
        content_type: The type that the browser derived from the name: `image/png`.
        size: The number of bytes.
        file: The content, as a binary file; a small one is in memory, a large one on disk.
    """

    __slots__ = ("content_type", "file", "name", "size")

    def __init__(self, *, name: str, content_type: str, size: int, file: BinaryIO) -> None:
        self.name: str = name
        self.content_type: str = content_type
        self.size: int = size
        self.file: BinaryIO = file

    async def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes, or all that are left, without blocking the event loop.

        Raises:
            MomentError: If the handler has ended.
        """
        self._check_open()
        return await asyncio.to_thread(self.file.read, size)

    async def save(self, path: str | Path) -> None:
        """Copy the whole file to a path, without blocking the event loop.

        Args:
            path: A path that you chose. Never use `name` for it: a client chose that.

        Raises:
            MomentError: If the handler has ended.
        """
        self._check_open()
        await asyncio.to_thread(self._copy, Path(path))

    def _copy(self, path: Path) -> None:
        self.file.seek(0)
        with path.open("wb") as target:
            shutil.copyfileobj(self.file, target)

    def _check_open(self) -> None:
        if self.file.closed:
            raise MomentError(
                "cannot read a file after its handler has ended",
                where=self.name,
                why="a temporary file is removed with its request",
                fix="await upload.save(path)  (in the handler)",
            )

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> Any:  # Any: pydantic is not a dependency
        """Return the schema by which pydantic accepts a file."""
        return import_module("pydantic_core.core_schema").is_instance_schema(cls)

    def __repr__(self) -> str:
        return f"<Upload of {self.size} bytes>"


class FormData(Mapping[str, str]):
    """The texts and files of a form; a repeated name has its first text.

    Args:
        pairs: Names with texts or files, in the order sent.

    Example:
        >>> form = FormData([("tag", "a"), ("tag", "b")])
        >>> form["tag"], form.get_all("tag"), form.files
        ('a', ['a', 'b'], {})
    """

    __slots__ = ("_files", "_texts")

    def __init__(self, pairs: Iterable[tuple[str, str | Upload]] = ()) -> None:
        self._texts: dict[str, list[str]] = {}
        self._files: dict[str, list[Upload]] = {}
        for name, value in pairs:
            if isinstance(value, Upload):
                self._files.setdefault(name, []).append(value)
            else:
                self._texts.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        return self._texts[name][0]

    def get_all(self, name: str) -> list[str]:
        """Return all texts of a name, in order; an empty list if there are none."""
        return list(self._texts.get(name, ()))

    getlist = get_all  # forms of Django and WTForms call it so

    @property
    def files(self) -> Mapping[str, Upload]:
        """The files; a repeated name has its first file."""
        return {name: files[0] for name, files in self._files.items()}

    def get_files(self, name: str) -> list[Upload]:
        """Return all files of a name, in order; an empty list if there are none."""
        return list(self._files.get(name, ()))

    def close(self) -> None:
        """Close and remove all files."""
        for files in self._files.values():
            for upload in files:
                upload.file.close()

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FormData):
            return NotImplemented
        return (self._texts, self._files) == (other._texts, other._files)

    __hash__ = None  # type: ignore[assignment] # as of a dict

    def __repr__(self) -> str:
        # Values may be secrets, and a repr ends up in logs.
        return f"FormData({quoted(', '.join([*self._texts, *self._files]))})"


def file_type(sent: str) -> str:
    r"""Return the type of a file, without parameters; an unusable one is unknown.

    Example:
        >>> file_type("Text/Plain; charset=utf-8"), file_type("image/\x1bpng")
        ('text/plain', 'application/octet-stream')
    """
    kind = sent.partition(";")[0].strip()
    return kind.lower() if kind and kind.isascii() and kind.isprintable() else UNKNOWN_TYPE


def last_part(name: str) -> str:
    r"""Return the last part of a file's name, which some clients send with folders.

    Example:
        >>> last_part(r"C:\\photos\\ada.png"), last_part("../../etc/passwd"), last_part("..")
        ('ada.png', 'passwd', '')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "" if last in {".", ".."} else last
