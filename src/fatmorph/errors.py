"""Every exception that fatmorph raises, and the words of those that engines share.

    FatmorphError
    ├── ArgumentError                a wrong argument: the call can never work
    │   ├── TagNameError             ValueError, AttributeError
    │   ├── AttributeNameError       ValueError
    │   ├── AttributeValueError      TypeError, ValueError
    │   ├── ChildError               TypeError
    │   ├── RawTextError             ValueError
    │   ├── EncodingError            ValueError
    │   ├── DatastarError            ValueError
    │   ├── EventError               ValueError
    │   ├── SignalsError             ValueError
    │   ├── ResponseError            ValueError
    │   ├── SubjectError             ValueError
    │   └── ServeError               ValueError
    ├── MomentError                  a right call at the wrong moment (RuntimeError)
    │   ├── ResponseStartedError
    │   ├── ResponseEndedError
    │   └── SubscriptionClosedError
    └── MissingExtraError            ImportError

Every message has up to four lines: what, where, why, fix. Line one stands alone.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = (
    "ArgumentError",
    "AttributeNameError",
    "AttributeValueError",
    "ChildError",
    "DatastarError",
    "EncodingError",
    "EventError",
    "FatmorphError",
    "MissingExtraError",
    "MomentError",
    "RawTextError",
    "ResponseEndedError",
    "ResponseError",
    "ResponseStartedError",
    "ServeError",
    "SignalsError",
    "SubjectError",
    "SubscriptionClosedError",
    "TagNameError",
    "short_repr",
)

SHORT_REPR_CHARACTERS = 80  # one terminal line; longer values say nothing more


class FatmorphError(Exception):
    """Be the base of every error of this library.

    Args:
        what: The rule broken and the value; stands alone as line one.
        where: The place: an element's path, an attribute, a signal, a header, a file and line.
        why: The reason that the rule exists, one clause.
        fix: Code to paste.
    """

    code: ClassVar[str] = "fatmorph"

    def __init__(self, what: str, *, where: str = "", why: str = "", fix: str = "") -> None:
        self.what = what
        self.where = where
        self.why = why
        self.fix = fix
        super().__init__(what)

    def __str__(self) -> str:
        lines = [self.what]
        for label in ("where", "why", "fix"):
            if text := getattr(self, label):
                lines.append(f"  {label + ':':<7}{text}")
        return "\n".join(lines)


class ArgumentError(FatmorphError):
    """Report an argument with which the call can never work."""

    code = "argument"


class TagNameError(ArgumentError, ValueError, AttributeError):
    """Report a name that is no element's name."""

    code = "tag-name"


class AttributeNameError(ArgumentError, ValueError):
    """Report an attribute name that HTML cannot write."""

    code = "attribute-name"


class AttributeValueError(ArgumentError, TypeError, ValueError):
    """Report a value that an attribute cannot hold."""

    code = "attribute-value"


class ChildError(ArgumentError, TypeError):
    """Report something that cannot be the child of an element."""

    code = "child"


class RawTextError(ArgumentError, ValueError):
    """Report text that would end its script, style or comment early."""

    code = "raw-text"


class EncodingError(ArgumentError, ValueError):
    """Report text that UTF-8 cannot encode: a lone surrogate."""

    code = "encoding"


class DatastarError(ArgumentError, ValueError):
    """Report a Datastar attribute or action that the client would ignore or choke on."""

    code = "datastar"


class EventError(ArgumentError, ValueError):
    """Report a field that an SSE event cannot carry."""

    code = "event"


class SignalsError(ArgumentError, ValueError):
    """Report signals in a request that are not what the handler asked for: a 400."""

    code = "signals"


class ResponseError(ArgumentError, ValueError):
    """Report a status, header, cookie or location that HTTP cannot carry safely."""

    code = "response"


class SubjectError(ArgumentError, ValueError):
    """Report a relay subject or pattern that cannot match anything."""

    code = "subject"


class ServeError(ArgumentError, ValueError):
    """Report an application that `serve()` cannot start."""

    code = "serve"


class MomentError(FatmorphError, RuntimeError):
    """Report a call that would have worked at another moment."""

    code = "moment"


class ResponseStartedError(MomentError):
    """Report a change to a response whose first byte is already written."""

    code = "response-started"


class ResponseEndedError(MomentError):
    """Report a write to a response that is already complete."""

    code = "response-ended"


class SubscriptionClosedError(MomentError):
    """Report the use of a relay subscription that was closed."""

    code = "subscription-closed"


class MissingExtraError(FatmorphError, ImportError):
    """Report an optional dependency that is not installed."""

    code = "missing-extra"


def short_repr(value: object) -> str:
    """Return `repr(value)`, cut at 80 characters, or the type's name if `repr` fails."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a broken __repr__ must not hide the real error
        return f"<{type(value).__name__}>"
    if len(text) > SHORT_REPR_CHARACTERS:
        return text[: SHORT_REPR_CHARACTERS - 1] + "…"
    return text
