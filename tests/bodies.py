"""Bodies of requests that count how many bytes are read from them."""

from io import RawIOBase

__all__ = ("EndlessInput",)


class EndlessInput(RawIOBase):
    """The WSGI input of a client that never stops sending."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        assert size >= 0, "all of it would be without end"
        self.read_bytes += size
        return b"x" * size
