"""Events that change the client's signals, or remove them.

Source: https://data-star.dev/reference/sse_events#datastar-patch-signals
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from fatmorph.datastar.events._event import Event, Options
from fatmorph.datastar.events._fields import id_and_retry
from fatmorph.datastar.events._signals_json import nested_nulls, signals_json
from fatmorph.errors import EventError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance
    from msgspec import Struct

    # Any: a signal is any value that msgspec writes as JSON; each value is checked.
    SignalValues: TypeAlias = Mapping[str, Any] | DataclassInstance | Struct | str

__all__ = ("patch_signals", "remove_signals", "signals_event")


def patch_signals(
    signals: SignalValues,
    *,
    only_if_missing: bool = False,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> bytes:
    r"""Return the event that merges signals into the client's.

    Args:
        signals: Name → value, nested for nested signals; None removes a signal. A str is a
            JSON object, sent as it is.
        only_if_missing: Whether signals that the client has keep their value.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        EventError: A name that no expression could read, or a value that JSON or the browser
            would turn into another; the message has the signal's path, never its value.
        EncodingError: Text with a lone surrogate.

    Example:
        >>> patch_signals({"user": {"name": "Ada"}})
        b'event: datastar-patch-signals\ndata: signals {"user":{"name":"Ada"}}\n\n'

    Source: https://data-star.dev/reference/sse_events#datastar-patch-signals
    """
    return signals_event(
        signals, only_if_missing=only_if_missing, event_id=event_id, retry_ms=retry_ms
    ).framed()


def signals_event(
    signals: SignalValues,
    *,
    only_if_missing: bool = False,
    event_id: str | None = None,
    retry_ms: int | None = None,
) -> Event:
    """Return what `patch_signals()` returns, before it is framed.

    Raises:
        EventError: As `patch_signals()`.
        EncodingError: Text with a lone surrogate.
    """
    fields = id_and_retry(event_id, retry_ms)
    options: Options = (("onlyIfMissing", "true"),) if only_if_missing else ()
    return Event("datastar-patch-signals", options, "signals", signals_json(signals), fields)


def remove_signals(*names: str, event_id: str | None = None, retry_ms: int | None = None) -> bytes:
    r"""Return the event that removes signals from the client.

    Args:
        names: Signals, one or more; `user.name` is the signal `name` inside `user`, and
            `user` alone is all of it.
        event_id: As for `patch_elements()`.
        retry_ms: As for `patch_elements()`.

    Raises:
        EventError: No name, or one that no signal can have.

    Example:
        >>> remove_signals("draft", "user.name")
        b'event: datastar-patch-signals\ndata: signals {"draft":null,"user":{"name":null}}\n\n'
    """
    if not names:
        raise EventError(
            "cannot remove no signals",
            where="remove_signals()",
            why="the event would do nothing",
            fix='remove_signals("draft")',
        )
    return patch_signals(nested_nulls(names), event_id=event_id, retry_ms=retry_ms)
