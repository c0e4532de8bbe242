"""Every exception that fatmorph raises, and the texts of those that both engines raise.

    FatmorphError
    ├── ArgumentError                a wrong argument: the call can never work
    │   ├── TagNameError             ValueError, AttributeError
    │   ├── AttributeNameError       ValueError
    │   ├── AttributeValueError      TypeError, ValueError
    │   ├── ChildError               TypeError
    │   ├── RawTextError             ValueError
    │   ├── EncodingError            ValueError
    │   ├── MemoError                TypeError, ValueError
    │   ├── DatastarError            ValueError
    │   ├── EventError               ValueError
    │   ├── SignalNameError          ValueError, AttributeError
    │   ├── SignalsError             ValueError
    │   ├── BodyError                ValueError
    │   ├── FormError                ValueError
    │   ├── FormShapeError           TypeError
    │   ├── OriginError              ValueError
    │   ├── PageError                ValueError
    │   │   └── PageAwayError
    │   ├── MorphError               ValueError
    │   ├── ResponseError            TypeError, ValueError
    │   ├── SettingsError            ValueError
    │   ├── LabelError               TypeError, ValueError
    │   ├── SubjectError             ValueError
    │   ├── RelayError               ValueError
    │   ├── ThreadError              TypeError
    │   ├── ServeError               ValueError
    │   ├── SnapshotError            ValueError
    │   ├── StaticFileError          FileNotFoundError
    │   ├── StepError                ValueError
    │   └── CommandError             ValueError
    ├── MomentError                  a correct call at the wrong moment (RuntimeError)
    │   ├── ResponseStartedError
    │   ├── ResponseEndedError
    │   └── SubscriptionClosedError
    ├── HandlerError                 RuntimeError
    └── MissingExtraError            ImportError

Every message has up to four lines: what, where, why, fix. Line one makes sense on its own. A part
is always one line, because it may name something out of a request, and ends up in logs.
"""

# The types inside a refused value are unknown.
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

__all__ = (
    "SHORT_REPR_CHARACTERS",
    "ArgumentError",
    "AttributeNameError",
    "AttributeValueError",
    "BodyError",
    "ChildError",
    "CommandError",
    "DatastarError",
    "EncodingError",
    "EventError",
    "FatmorphError",
    "FormError",
    "FormShapeError",
    "HandlerError",
    "LabelError",
    "MemoError",
    "MissingExtraError",
    "MomentError",
    "MorphError",
    "OriginError",
    "PageAwayError",
    "PageError",
    "RawTextError",
    "RelayError",
    "ResponseEndedError",
    "ResponseError",
    "ResponseStartedError",
    "ServeError",
    "SettingsError",
    "SignalNameError",
    "SignalsError",
    "SnapshotError",
    "StaticFileError",
    "StepError",
    "SubjectError",
    "SubscriptionClosedError",
    "TagNameError",
    "ThreadError",
    "add_place",
    "one_line",
    "plain_text",
    "quoted",
    "short_repr",
    "shortened",
)

# How an error and a finding write their parts: `FatmorphError.__str__()`.
PART = re.compile(r"\n  (where|made|why|fix): +")
SHORT_REPR_CHARACTERS = 80  # one terminal line; longer values say nothing more


class FatmorphError(Exception):
    """The base class of every error of this library.

    Args:
        what: The broken rule and the value; makes sense on its own.
        where: The place: an element's path, an attribute, a signal, a header, a file and line.
        why: The reason for the rule, in one clause.
        fix: Code to paste.
    """

    code: ClassVar[str] = "fatmorph"

    def __init__(self, what: str, *, where: str = "", why: str = "", fix: str = "") -> None:
        self.what: str = quoted(what)
        self.where: str = quoted(where)
        self.why: str = quoted(why)
        self.fix: str = quoted(fix)
        super().__init__(self.what)

    def __str__(self) -> str:
        lines = [self.what]
        parts = {"where": self.where, "why": self.why, "fix": self.fix}
        lines += [f"  {label + ':':<7}{text}" for label, text in parts.items() if text]
        return "\n".join(lines)


class ArgumentError(FatmorphError):
    """Raised for an argument with which the call can never work."""

    code = "argument"


class TagNameError(ArgumentError, ValueError, AttributeError):
    """Raised for a name that no element has."""

    code = "tag-name"


class AttributeNameError(ArgumentError, TypeError, ValueError):
    """Raised for an attribute name that HTML cannot write."""

    code = "attribute-name"


class AttributeValueError(ArgumentError, TypeError, ValueError):
    """Raised for a value that an attribute cannot hold."""

    code = "attribute-value"


class ChildError(ArgumentError, TypeError):
    """Raised for an object that cannot be the child of an element."""

    code = "child"


class RawTextError(ArgumentError, ValueError):
    """Raised for text that would end its script, style or comment early."""

    code = "raw-text"


class EncodingError(ArgumentError, ValueError):
    """Raised for text that UTF-8 cannot encode: a lone surrogate."""

    code = "encoding"


class MemoError(ArgumentError, TypeError, ValueError):
    """Raised for a view that `memo()` cannot keep, or an argument that is not a value."""

    code = "memo"


class DatastarError(ArgumentError, ValueError):
    """Raised for a Datastar attribute or action that the client would ignore or fail on."""

    code = "datastar"


class EventError(ArgumentError, ValueError):
    """Raised for a field that an SSE event cannot carry."""

    code = "event"


class SignalNameError(ArgumentError, ValueError, AttributeError):
    """Raised for a name or a use of a signal that its class does not allow."""

    code = "signal-name"


class SignalsError(ArgumentError, ValueError):
    """Raised for signals of another type than requested: a 400, or 413 if too large.

    `errors` has a message for each signal of a wrong type, for the user of the page.
    """

    code = "signals"
    status = 400
    errors: Mapping[str, str] = MappingProxyType({})


class BodyError(ArgumentError, ValueError):
    """Raised for a request body that is larger than the handler allows: a 413."""

    code = "body"
    status = 413


class FormError(ArgumentError, ValueError):
    """Raised for a form that cannot be read, or that is not valid: a 400, 413, 415 or 422."""

    code = "form"
    status = 400


class FormShapeError(ArgumentError, TypeError):
    """Raised for a type whose fields no form can fill in."""

    code = "form-shape"


class OriginError(ArgumentError, ValueError):
    """Raised for an action that another site's page sent: a 403."""

    code = "origin"
    status = 403


class PageError(ArgumentError, ValueError):
    """Raised for a request without a page of its own, or with another session's: a 403."""

    code = "page"
    status = 403


class PageAwayError(PageError):
    """Raised for an action whose page's state is in another process and out of reach: a 503."""

    code = "page-away"
    status = 503


class MorphError(ArgumentError, ValueError):
    """Raised for a page or a patch that cannot be checked or simulated."""

    code = "morph"


class ResponseError(ArgumentError, TypeError, ValueError):
    """Raised for a status, header, cookie or location that HTTP cannot safely transmit."""

    code = "response"


class SettingsError(ArgumentError, ValueError):
    """Raised for a setting that could never have its apparent effect."""

    code = "settings"


class LabelError(ArgumentError, TypeError, ValueError):
    """Raised for a label of the counters that Prometheus could not read."""

    code = "label"


class SubjectError(ArgumentError, ValueError):
    """Raised for a relay subject or pattern that cannot match anything."""

    code = "subject"


class RelayError(ArgumentError, ValueError):
    """Raised for a broker that no relay can use, or a message that it cannot carry."""

    code = "relay"


class ThreadError(ArgumentError, TypeError):
    """Raised for a function that would not run in the thread that it is given to."""

    code = "thread"


class ServeError(ArgumentError, ValueError):
    """Raised for an application that `serve()` cannot start."""

    code = "serve"


class SnapshotError(ArgumentError, ValueError):
    """Raised for a name under which no snapshot can be stored."""

    code = "snapshot"


class StaticFileError(ArgumentError, FileNotFoundError):
    """Raised for the URL of a static file that does not exist."""

    code = "static-file"


class StepError(ArgumentError, ValueError):
    """Raised for a step of a test that a page in memory cannot take."""

    code = "step"


class CommandError(ArgumentError, ValueError):
    """Raised for an argument of the command line with which nothing can be done."""

    code = "command"


class MomentError(FatmorphError, RuntimeError):
    """Raised for a call that would have worked at another moment."""

    code = "moment"


class ResponseStartedError(MomentError):
    """Raised for a change to a response whose first byte is already written."""

    code = "response-started"


class ResponseEndedError(MomentError):
    """Raised for a write to a response that is already complete."""

    code = "response-ended"


class SubscriptionClosedError(MomentError):
    """Raised for the use of a relay subscription that was closed."""

    code = "subscription-closed"


class HandlerError(FatmorphError, RuntimeError):
    """Raised for a handler that is not async, or that returned or raised what it must not."""

    code = "handler"


class MissingExtraError(FatmorphError, ImportError):
    """Raised if an optional dependency is not installed."""

    code = "missing-extra"


def short_repr(value: object) -> str:
    """Return `repr(value)` on one line of 80 characters, or the type's name if `repr` fails."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a broken __repr__ must not hide the real error
        return f"<{type(value).__name__}>"
    return shortened(text, SHORT_REPR_CHARACTERS)


def plain_text(value: object) -> str:
    """Return `str(value)` for a message, or the type's name if `str` fails."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a broken __str__ must not hide the real error
        return f"<{type(value).__name__}>"


def add_place(error: Exception, place: str) -> None:
    """Add the place to a user's own exception, unless a closer place is noted."""
    if isinstance(error, FatmorphError):  # has its own place
        return
    note = f"while {place}"
    if not any(known.startswith(note) for known in getattr(error, "__notes__", ())):
        error.add_note(note)


def shortened(text: str, characters: int) -> str:
    """Return text on one line, cut to a number of characters."""
    text = " ".join(text.splitlines())
    return text if len(text) <= characters else text[: characters - 1] + "…"


def quoted(text: str) -> str:
    r"""Return a text in which every character that cannot be printed is written as its escape.

    That is every kind of line break, control characters, and what changes the direction of a
    line or has no width. Letters of every script stay as they are.

    Example:
        >>> print(quoted("a\x1b[2J\u2028b é"))
        a\x1b[2J\u2028b é
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def one_line(message: object) -> str:
    r"""Return an error or a finding, which has up to four lines, in one.

    Example:
        >>> one_line("cannot take POST\n  why:   it is not yours")
        'cannot take POST; why: it is not yours'
    """
    return quoted(PART.sub(r"; \1: ", str(message)))
