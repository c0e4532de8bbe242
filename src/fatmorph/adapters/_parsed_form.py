"""Forms that a framework has parsed before the handler, and bodies that it has used up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from fatmorph.context import request_line
from fatmorph.errors import MomentError
from fatmorph.http._form_data import Upload, file_type, last_part
from fatmorph.http._form_parser import Pairs

__all__ = ("parsed_pairs", "read_before_error")


def parsed_pairs(pairs: Iterable[tuple[str, Any]]) -> Pairs:  # Any: each framework's own files
    """Return a framework's pairs of names with texts or files as ours.

    Args:
        pairs: A file is anything with a `filename` or a `name`, and a `file` or a `stream`.
    """
    return [(name, _value(value)) for name, value in pairs if value is not None]


def read_before_error(method: str, path: str, fix: str) -> MomentError:
    """Return the error for a body that other code has read, and has not kept."""
    return MomentError(
        "cannot read a body that was read before",
        where=request_line(method, path),
        why="a parameter, a form, a stream or a middleware has used it up",
        fix=fix,
    )


def _value(value: Any) -> str | Upload:
    file: BinaryIO | None = getattr(value, "file", None) or getattr(value, "stream", None)
    if file is None:
        return str(value)
    # Werkzeug's FileStorage has both names: `name` is the one of the field.
    name = value.filename if hasattr(value, "filename") else value.name
    size = file.seek(0, 2)
    file.seek(0)
    return Upload(
        name=last_part(name or ""),
        content_type=file_type(value.content_type or ""),
        size=size,
        file=file,
    )
