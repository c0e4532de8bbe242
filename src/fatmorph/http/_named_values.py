"""The headers of a request and the parameters of its URL: names with one or more values.

Sources: https://www.rfc-editor.org/rfc/rfc9110#section-5 (headers),
https://url.spec.whatwg.org/#application/x-www-form-urlencoded (queries)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

from fatmorph.errors import quoted

__all__ = ("Headers", "Query")


class Headers(Mapping[str, str]):
    """A request's headers, in any letter case; repeated headers are joined with a comma.

    Args:
        items: Names and values, in the order received.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.3
    """

    __slots__ = ("_values",)

    def __init__(self, items: Iterable[tuple[str, str]]) -> None:
        values: dict[str, str] = {}
        for name, value in items:
            key = name.lower()
            # Cookies are the exception: https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3
            separator = "; " if key == "cookie" else ", "
            values[key] = f"{values[key]}{separator}{value}" if key in values else value
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        # Values may be secrets, and a repr ends up in logs.
        return f"Headers({quoted(', '.join(self._values))})"


class Query(Mapping[str, str]):
    """The parameters of a URL; a repeated name has its first value.

    Args:
        text: The text after the `?`, still encoded.
    """

    __slots__ = ("_values",)

    def __init__(self, text: str) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in parse_qsl(text, keep_blank_values=True):
            self._values.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def get_all(self, name: str) -> list[str]:
        """Return all values of a name, in order; an empty list if there are none."""
        return list(self._values.get(name, ()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Query({quoted(', '.join(self._values))})"
