"""The types and sizes of files that a field of a form accepts, as its type declares them.

The type and the name of a file come from the client. The check helps a user who chose the wrong
file, and does not stop an attacker.

Source: https://html.spec.whatwg.org/multipage/input.html#attr-input-accept
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from fatmorph.errors import FormShapeError, short_repr
from fatmorph.http._form_data import Upload
from fatmorph.http._problems import Problem

__all__ = ("FileLimits", "file_limits", "file_problem")

ACCEPTED = re.compile(r"\.[^\s,/]+|[\w.+-]+/(?:\*|[\w.+-]+)")


@dataclass(frozen=True, kw_only=True)
class FileLimits:
    """The files that a field accepts; metadata of its type.

    Args:
        accept: Types and endings, as in the attribute `accept`: `image/*,.pdf`; empty for all.
        max_bytes: The size of the largest file; None for no limit but that of the form.

    Raises:
        FormShapeError: If `accept` or `max_bytes` would accept no file.

    Example:
        >>> from typing import Annotated
        >>> PHOTO = FileLimits(accept="image/png,image/jpeg", max_bytes=5 * 1024 * 1024)
        >>> @dataclass
        ... class Profile:
        ...     photo: Annotated[Upload, PHOTO]
    """

    accept: str = ""
    max_bytes: int | None = None

    def __post_init__(self) -> None:
        accept: object = self.accept
        if not isinstance(accept, str):
            raise _accept_error(accept)
        for part in accept.split(",") if accept else ():
            if not ACCEPTED.fullmatch(part.strip()):
                raise _accept_error(part.strip())
        size: object = self.max_bytes
        if size is not None and not (isinstance(size, int) and size >= 1):
            raise FormShapeError(
                f"cannot accept files of at most {short_repr(size)} bytes",
                where="FileLimits(max_bytes=…)",
                why="a file with content has a whole number of bytes, at least one",
                fix="FileLimits(max_bytes=5 * 1024 * 1024)",
            )


def file_limits(annotation: Any, metadata: Iterable[object] = ()) -> tuple[FileLimits, ...]:
    """Return the limits in an annotation, at any depth.

    Args:
        annotation: The type of a field.
        metadata: Metadata that pydantic has taken out of the annotation.
    """
    found = (*metadata, *_parts(annotation))
    return tuple(part for part in found if isinstance(part, FileLimits))


def file_problem(
    name: str, files: Iterable[Upload], limits: Iterable[FileLimits]
) -> Problem | None:
    """Return the first problem of the files of a field."""
    for limit in limits:
        for file in files:
            if limit.accept and not _accepts(limit.accept, file):
                return Problem(name, "file_type", limit.accept)
            if limit.max_bytes is not None and file.size > limit.max_bytes:
                return Problem(name, "file_size", str(limit.max_bytes))
    return None


def _parts(annotation: Any) -> Iterator[object]:
    for part in get_args(annotation):
        yield part
        yield from _parts(part)


def _accepts(accept: str, file: Upload) -> bool:
    return any(_matches(part.strip().lower(), file) for part in accept.split(","))


def _matches(part: str, file: Upload) -> bool:
    if part.startswith("."):
        return file.name.lower().endswith(part)
    if part.endswith("/*"):
        return file.content_type.startswith(part[:-1])
    return file.content_type == part


def _accept_error(part: object) -> FormShapeError:
    is_ending = isinstance(part, str) and part.isalnum()
    near = f".{part}".lower() if is_ending else "image/png,.pdf"
    return FormShapeError(
        f"cannot accept files of the type {short_repr(part)}",
        where="FileLimits(accept=…)",
        why="a type has a slash, and an ending of a name begins with a dot",
        fix=f"FileLimits(accept={near!r})",
    )
