r"""The contract of a relay: publishers, subscriptions, subjects and patterns.

A subject is tokens joined by dots: `join`, `room.1.message`. A pattern is a subject, which
matches itself; `prefix.*`, which matches every subject below the prefix, at any depth,
but not the prefix itself; or `*`, which matches everything.

Every relay delivers a message to a subscription at most once, in the order of publishing, and
without replay: a subscription gets only messages that are published after it was made.

A subject has the same meaning on every broker. So it contains no character that one of them reads
as a part of a pattern: `*` and `>` in NATS, `*`, `?`, `[`, `]` and `\` in Redis.

Numbered departure from NATS (https://docs.nats.io/nats-concepts/subjects):
1. `*` comes last and stands for one or more tokens; in NATS, this is `>`.

Source: https://redis.io/docs/latest/commands/psubscribe/ (the patterns of Redis)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from fatmorph.errors import SubjectError, short_repr

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from types import TracebackType

__all__ = (
    "BELOW",
    "EVERYTHING",
    "RelayContract",
    "SubscriptionContract",
    "checked_pattern",
    "checked_subject",
    "disjoint_patterns",
    "is_match",
    "prefixes_of",
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

EVERYTHING = "*"
BELOW = ".*"
# White space and control characters end a command of a broker; UTF-8 has no lone surrogates.
_REFUSED = r"\s*>?\[\]\\\x00-\x1f\x7f\ud800-\udfff"
SUBJECT = re.compile(rf"[^.{_REFUSED}]+(?:\.[^.{_REFUSED}]+)*")
NOT_IN_TOKEN = re.compile(rf"[{_REFUSED}]+")
# NATS ends a connection whose command has more than 4,096 bytes, and a character has up to four.
MAX_SUBJECT_CHARACTERS = 255


class SubscriptionContract(Protocol[T_co]):
    """An asynchronous iterator of `(subject, data)` that can be closed."""

    @property
    def dropped(self) -> int:
        """Return how many messages were lost because the reader was too slow."""
        ...

    @property
    def changed_at(self) -> int:
        """Return when the newest message was published here, by `time.perf_counter_ns()`.

        State that is read after that moment includes the published change. A message from
        another process counts as published when it arrives.
        """
        ...

    def skip(self) -> int:
        """Discard the queued messages and return their number."""
        ...

    def __aiter__(self) -> Self:
        """Return the subscription itself."""
        ...

    def __anext__(self) -> Coroutine[Any, Any, tuple[str, T_co]]:
        """Return a coroutine that waits for the next message, or for the subscription's end."""
        ...

    async def __aenter__(self) -> Self:
        """Return the subscription itself."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """Close the subscription."""
        ...

    async def aclose(self) -> None:
        """Close the subscription; a second call does nothing."""
        ...

    def close(self) -> None:
        """Do what `aclose()` does, from a place that cannot await."""
        ...


class RelayContract(Protocol[T]):
    """A carrier of messages from publishers to the subscriptions whose patterns match."""

    def publish(self, subject: str, data: T) -> None:
        """Send a message, from any thread and without waiting."""
        ...

    def subscribe(
        self, pattern: str, *patterns: str, latest: bool = False, limit: int = 1000
    ) -> SubscriptionContract[T]:
        """Return a subscription that receives messages from this moment on."""
        ...


def checked_subject(subject: object) -> str:
    """Return the subject if messages can be published on it.

    Args:
        subject: Tokens joined by dots; tokens are not empty and contain neither white space,
            control characters nor one of `*>?[]` and the backslash.

    Raises:
        SubjectError: If the subject is anything else, including a pattern.

    Example:
        >>> checked_subject("room.1.message")
        'room.1.message'
    """
    if (
        isinstance(subject, str)
        and SUBJECT.fullmatch(subject)
        and len(subject) <= MAX_SUBJECT_CHARACTERS
    ):
        return subject
    raise SubjectError(
        f"cannot publish on the subject {short_repr(subject)}",
        where="relay.publish()",
        why=_reason(subject, "a subject is tokens joined by dots"),
        fix=f"relay.publish({_nearest_subject(subject)!r}, data)",
    )


def checked_pattern(pattern: object) -> str:
    """Return the pattern if it can match a subject.

    Args:
        pattern: A subject, `prefix.*` with a subject as prefix, or `*`.

    Raises:
        SubjectError: If the pattern is anything else.

    Example:
        >>> checked_pattern("room.1.*")
        'room.1.*'
    """
    if (
        isinstance(pattern, str)
        and (pattern == EVERYTHING or SUBJECT.fullmatch(pattern.removesuffix(BELOW)))
        and len(pattern) <= MAX_SUBJECT_CHARACTERS
    ):
        return pattern
    raise SubjectError(
        f"cannot subscribe to {short_repr(pattern)}",
        where="relay.subscribe()",
        why=_reason(
            str(pattern).replace(EVERYTHING, ""),
            "a pattern is a subject, `prefix.*` for all below a prefix, or `*` for everything",
        ),
        fix=f"relay.subscribe({_nearest_pattern(pattern)!r})",
    )


def is_match(pattern: str, subject: str) -> bool:
    """Return whether a message on the subject reaches a subscription to the pattern.

    Args:
        pattern: A checked pattern.
        subject: A checked subject.

    Example:
        >>> is_match("room.1.*", "room.1.message.new"), is_match("room.1.*", "room.1")
        (True, False)
    """
    if pattern.endswith(BELOW):
        return subject.startswith(pattern[:-1])
    return pattern in (EVERYTHING, subject)


def prefixes_of(subject: str) -> Iterator[str]:
    """Yield the part before each dot of a subject, the longest first.

    Example:
        >>> list(prefixes_of("room.1.message"))
        ['room.1', 'room']
    """
    end = subject.rfind(".")
    while end > 0:
        yield subject[:end]
        end = subject.rfind(".", 0, end)


def disjoint_patterns(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns, in order, without those that another one covers.

    No two of the remaining patterns match the same subject, because one of two prefixes either
    contains the other or is disjoint from it. So no message reaches a subscription twice.

    Args:
        patterns: Checked patterns.

    Example:
        >>> disjoint_patterns(("room.1.*", "join", "room.*", "join"))
        ('join', 'room.*')
    """
    different = tuple(dict.fromkeys(patterns))
    return tuple(
        pattern
        for pattern in different
        # Read as a subject, `room.1.*` is below `room`: covered means matched.
        if not any(is_match(other, pattern) for other in different if other != pattern)
    )


def _reason(subject: object, rule: str) -> str:
    """Return why a subject or a pattern is refused; `rule` if nothing special is wrong with it."""
    text = subject if isinstance(subject, str) else ""
    if len(text) > MAX_SUBJECT_CHARACTERS:
        return f"NATS takes no longer command: at most {MAX_SUBJECT_CHARACTERS} characters"
    if found := NOT_IN_TOKEN.search(text):
        return f"{rule}; {_refusal(found[0][0])}"
    return rule


def _refusal(character: str) -> str:
    if character == EVERYTHING:
        return "`*` is for patterns"
    if character in "?[]\\":
        return f"in Redis, `{character}` is part of a pattern"
    if character == ">":
        return "in NATS, `>` is a pattern for everything below"
    if "\ud800" <= character <= "\udfff":
        return "half a character cannot be sent"
    return "NATS reads white space and control characters as the end of a subject"


def _tokens(text: object) -> list[str]:
    if not isinstance(text, str):
        return []
    tokens = (NOT_IN_TOKEN.sub("-", token).strip("-") for token in text.split("."))
    return [token for token in tokens if token]


def _nearest_subject(subject: object) -> str:
    return ".".join(_tokens(subject))[:MAX_SUBJECT_CHARACTERS].rstrip(".") or "room.1"


def _nearest_pattern(pattern: object) -> str:
    if not isinstance(pattern, str) or not ("*" in pattern or ">" in pattern):
        return _nearest_subject(pattern)
    before_star = re.split("[*>]", pattern, maxsplit=1)[0]
    if len(pattern) > MAX_SUBJECT_CHARACTERS:
        return EVERYTHING
    return ".".join((*_tokens(before_star), EVERYTHING))
