"""A request, the same on every framework: what a handler may ask about its caller.

Pure but for `body()`, which reads through a function that the adapter gives. Knows nothing of
responses; those are the Writer's.

Sources: https://www.rfc-editor.org/rfc/rfc9110 (HTTP), https://www.rfc-editor.org/rfc/rfc6265
(cookies), https://url.spec.whatwg.org/#application/x-www-form-urlencoded (queries).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, TypeVar, cast, overload
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

import msgspec

from fatmorph.errors import BodyError, SignalsError

__all__ = ("MAX_BODY_BYTES", "MAX_SIGNAL_BYTES", "Context", "Headers", "Query", "ReadBody")

T = TypeVar("T")
ReadBody = Callable[[int], Awaitable["bytes | None"]]
"""Reads the whole body, or returns None when it has more bytes than the argument; called again,
it gives the same. An OSError says that the client left before the end."""

MAX_BODY_BYTES = 16 * 1024 * 1024  # a photo; larger uploads belong in the framework's own form
MAX_SIGNAL_BYTES = 1024 * 1024  # signals are a page's small state; 1 MiB is a bug or an attack

FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

# What msgspec says: https://jcristharif.com/msgspec/usage.html#validation
MISMATCH = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<place>[^`]*)`)?", re.DOTALL)
MISSING_FIELD = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)
QUOTED_VALUE = re.compile(r"^(Invalid (?:enum )?value).*", re.DOTALL)


class Headers(Mapping[str, str]):
    """A request's headers, found in any letter case; repeated ones are joined with a comma.

    Args:
        items: Names and values in the order received.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.3
    """

    __slots__ = ("_values",)

    def __init__(self, items: Iterable[tuple[str, str]]) -> None:
        values: dict[str, str] = {}
        for name, value in items:
            key = name.lower()
            # https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3: cookies are the exception
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
        return f"Headers({', '.join(self._values)})"


class Query(Mapping[str, str]):
    """The parameters of a URL; a name that stands several times gives its first value.

    Args:
        text: What follows the `?`, still encoded.
    """

    __slots__ = ("_values",)

    def __init__(self, text: str) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in parse_qsl(text, keep_blank_values=True):
            self._values.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def get_all(self, name: str) -> list[str]:
        """Return every value of a name, in order; an empty list if it is not there."""
        return list(self._values.get(name, ()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Query({', '.join(self._values)})"


class Context:
    """What a handler knows about its request.

    Handlers are `async def handler(c: Context, w: Writer) -> None`; adapters make the Context.
    `c["user"] = …` keeps values of your own for the length of the request.

    Args:
        method: `GET`, `POST`, …
        path: Decoded, without the query.
        query_string: What follows the `?`, still encoded.
        headers: Names and values in the order received.
        path_params: What the framework's router found in the path.
        read_body: Reads the whole body up to a number of bytes.
        request: The framework's own request, for what is not here.
    """

    def __init__(
        self,
        *,
        method: str,
        path: str,
        query_string: str = "",
        headers: Iterable[tuple[str, str]] = (),
        path_params: Mapping[str, Any] | None = None,
        read_body: ReadBody | None = None,
        request: Any = None,  # Any: as many types as there are frameworks
    ) -> None:
        self.method = method
        self.path = path
        self.path_params: Mapping[str, Any] = path_params or {}
        self.request = request
        self.headers = Headers(headers)
        self._query_string = query_string
        self._read_body = read_body
        self._refused_bytes = 0
        self._values: dict[str, Any] = {}

    @cached_property
    def query(self) -> Query:
        """The parameters of the URL, decoded."""
        return Query(self._query_string)

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        """The cookies; of several with one name, the first."""
        found: dict[str, str] = {}
        for pair in self.headers.get("cookie", "").split(";"):
            name, separator, value = pair.strip().partition("=")
            if separator:
                found.setdefault(name, unquote(value.strip('"')))
        return found

    @property
    def is_datastar(self) -> bool:
        """Whether the request was made by a Datastar action."""
        return self.headers.get("datastar-request") == "true"

    @property
    def last_event_id(self) -> str | None:
        """The id of the last event that the browser saw on this stream, if any had one."""
        return self.headers.get("last-event-id")

    async def body(self, *, max_bytes: int = MAX_BODY_BYTES) -> bytes:
        """Return the whole body.

        Args:
            max_bytes: More than this is an error.

        Raises:
            BodyError: The body is larger, or the client left before its end; unhandled, it
                becomes a 413.
        """
        body = await self._read(max_bytes)
        if body is None:
            # What was too much for the first reader is thrown away and gone for the next.
            self._refused_bytes = self._refused_bytes or max_bytes
            raise BodyError(
                f"cannot read a body of more than {self._refused_bytes} bytes",
                where=f"{self.method} {self.path}",
                why="a body is held in memory as a whole; what is too much is thrown away",
                fix=f"await c.body(max_bytes={2 * self._refused_bytes})  (as the first reader)",
            )
        return body

    @overload
    async def signals(self, /) -> dict[str, Any]: ...
    @overload
    async def signals(self, shape: type[T], /) -> T: ...
    async def signals(self, shape: type[Any] = dict, /) -> Any:
        """Return the signals that the page sent.

        From the `datastar` parameter of a GET or DELETE, else from the JSON body. A request
        without signals has none: `{}`.

        Args:
            shape: A dataclass, TypedDict, msgspec Struct or pydantic model to validate against;
                signals that it does not name are ignored. Without it: a plain dict.

        Raises:
            SignalsError: Not JSON, not an object, too large, nested too deep, or not of this
                type; the message names the signal, never its value. Unhandled, it becomes
                a 400.

        Example:
            @dataclass
            class CartSignals:
                quantity: int = 1

            async def add(c: Context, w: Writer) -> None:
                signals = await c.signals(CartSignals)

        Source: https://data-star.dev/guide/reactive_signals
        """
        if self.method in ("GET", "DELETE", "HEAD"):
            raw = self._signal_parameter()
        else:
            raw = await self._signal_body()
        if len(raw) > MAX_SIGNAL_BYTES:
            raise self._too_large()
        return _decoded(raw or b"{}", shape)

    def _signal_parameter(self) -> bytes:
        # Not out of `query`, which replaces what is no UTF-8: signals are refused, not changed.
        for pair in self._query_string.split("&"):
            name, _, value = pair.partition("=")
            if name == "datastar":
                return unquote_to_bytes(value.replace("+", " "))
        return b""

    async def _signal_body(self) -> bytes:
        content_type = self.headers.get("content-type", "application/json").split(";")[0]
        if content_type.strip().lower() in FORM_TYPES:
            return b""  # Datastar sends a form instead of the signals, never both
        body = await self._read(MAX_SIGNAL_BYTES)
        if body is None:
            self._refused_bytes = self._refused_bytes or MAX_SIGNAL_BYTES
            raise self._too_large()
        return body

    async def _read(self, max_bytes: int) -> bytes | None:
        if self._read_body is None:
            return b""
        try:
            return await self._read_body(max_bytes)
        except OSError as error:
            raise BodyError(
                "cannot read a body whose end was never sent",
                where=f"{self.method} {self.path}",
                why="the client left; half a body is not what it meant to say",
                fix="except BodyError: return",
            ) from error

    def _too_large(self) -> SignalsError:
        return SignalsError(
            f"cannot read signals of more than {MAX_SIGNAL_BYTES} bytes",
            where=f"{self.method} {self.path}",
            why="every request carries all signals of its page",
            fix="data.signals({'_draft': …})  (signals that begin with _ stay in the browser)",
        )

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: object) -> None:
        self._values[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __repr__(self) -> str:
        return f"<Context {self.method} {self.path}>"


def _decoded(raw: bytes, shape: type[Any]) -> Any:
    # `from None`: the messages of msgspec and pydantic quote values, which may be secrets.
    try:
        if hasattr(shape, "model_validate_json"):
            # msgspec first: pydantic would accept a scalar for some models.
            msgspec.json.decode(raw, type=dict)
            return shape.model_validate_json(raw)
        # The cast: a type can be hashed, and mypy says so of no type[Any].
        return _decoder(cast("Hashable", shape)).decode(raw)
    except msgspec.ValidationError as error:
        raise _mismatch(str(error)) from None
    except RecursionError:
        raise SignalsError(
            "cannot read signals nested so deep",
            why="a page's state is a few levels deep; this is a bug or an attack",
            fix="data.signals({'cart': {'count': 0}})",
        ) from None
    except UnicodeDecodeError:
        raise _not_json("it is not UTF-8") from None
    except msgspec.DecodeError as error:
        raise _not_json(str(error)) from None
    except ValueError as error:
        if not hasattr(error, "errors"):
            raise
        raise _pydantic_mismatch(error) from None


@lru_cache(maxsize=256)
def _decoder(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", shape))


def _not_json(why: str) -> SignalsError:
    return SignalsError(
        "cannot read signals that are not JSON",
        why=_lower_first(why),
        fix="@post('/add')  (Datastar sends its signals as JSON)",
    )


def _mismatch(message: str) -> SignalsError:
    """Word an error of msgspec: "Expected `int`, got `str` - at `$.cart.items[0].count`"."""
    found = MISMATCH.fullmatch(message)
    what, place = (found["what"], found["place"] or "") if found else (message, "")
    # Keys of a dict are `[...]`; what stands before them has a name.
    place = place.partition("[...]")[0]
    if not place and "Expected `object`" in what:
        return SignalsError(
            "cannot read signals that are not an object",
            why=_lower_first(what),
            fix="@post('/add', {payload: {count: 1}})",
        )
    if missing := MISSING_FIELD.fullmatch(what):
        place = ".".join(filter(None, (place, missing["name"])))
    return _signal_error(place, QUOTED_VALUE.sub(r"\1", what))


def _pydantic_mismatch(error: Any) -> SignalsError:  # Any: pydantic is not a dependency
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
    return _signal_error(place.lstrip("."), first["msg"])


def _signal_error(signal: str, why: str) -> SignalsError:
    name = signal.partition(".")[0].partition("[")[0]
    return SignalsError(
        f"cannot read the signal {signal}" if signal else "cannot read the signals",
        where=signal,
        why=_lower_first(why),
        fix=f"data.signals({{{name!r}: …}})  (with a value of the type that the handler asks for)"
        if name
        else "await c.signals()  (whatever they are, as a dict)",
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
