"""Bodies of requests: forms as browsers send them, and one that counts what is read from it."""

from collections.abc import Iterable
from io import RawIOBase

__all__ = ("MULTIPART", "EndlessInput", "multipart")

BOUNDARY = "----WebKitFormBoundary7MA4YWxk"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
"""The content type of `multipart()`."""


def multipart(
    fields: Iterable[tuple[str, str]] = (), files: Iterable[tuple[str, str, str, bytes]] = ()
) -> bytes:
    """Return a form as Chromium sends it.

    Args:
        fields: Names and texts.
        files: Names, names of files, types and contents.
    """
    parts = [
        *(f'name="{name}"\r\n\r\n{text}'.encode() for name, text in fields),
        *(
            f'name="{name}"; filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'.encode()
            + content
            for name, filename, kind, content in files
        ),
    ]
    written = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode() + part + b"\r\n"
        for part in parts
    ]
    return b"".join([*written, f"--{BOUNDARY}--\r\n".encode()])


class EndlessInput(RawIOBase):
    """The WSGI input of a client that never stops sending."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        assert size >= 0, "all of it would be without end"
        self.read_bytes += size
        return b"x" * size
