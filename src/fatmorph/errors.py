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
    │   ├── BodyError                ValueError
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

from collections.abc import AsyncIterable, Awaitable, Mapping
from typing import ClassVar

__all__ = (
    "ArgumentError",
    "AttributeNameError",
    "AttributeValueError",
    "BodyError",
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
    "child_error",
    "encoding_error",
    "html_method_error",
    "markup_in_text_error",
    "nesting_error",
    "raw_text_error",
    "short_repr",
    "tag_name_error",
    "uncalled_tag_error",
    "void_error",
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


class BodyError(ArgumentError, ValueError):
    """Report a request body that is larger than the handler wants to hold: a 413."""

    code = "body"


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


# The words of the errors that both markup engines raise. The engines pass what they know;
# every sentence stands here only, so that the engines cannot drift apart.


def child_error(element: str, place: str, value: object) -> ChildError:
    """Word the refusal of a value that no element can hold."""
    kind = type(value).__name__
    why = "a child is text, a number, an element, trusted HTML or an iterable of these"
    if isinstance(value, bytes | bytearray | memoryview):
        fix = "value.decode()"
        why = "bytes are not text until somebody names their encoding"
    elif isinstance(value, Mapping):
        fix = f"{element}({{…}}, child, child)"
        why = "attributes come before the first child"
    elif isinstance(value, Awaitable):
        fix = "await value"
        why = "its result does not exist until it was awaited"
    elif isinstance(value, AsyncIterable):
        fix = "[item async for item in value]"
        why = "an element is built at once and cannot wait"
    elif callable(value):
        fix = "value()"
        why = "a function is not its result"
    elif hasattr(value, "isoformat"):
        fix = "value.isoformat()"
    else:
        fix = "str(value)"
    return ChildError(
        f"cannot render {kind} as a child of <{element}>",
        where=f"{place}: {short_repr(value)}",
        why=why,
        fix=fix,
    )


def uncalled_tag_error(element: str, place: str, name: str) -> ChildError:
    """Word the refusal of a tag that was not called."""
    return ChildError(
        f"cannot render the tag {name} as a child of <{element}>",
        where=place,
        why="a tag becomes an element when it is called",
        fix=f"{name}()",
    )


def html_method_error(element: str, place: str, value: object, returned: object) -> ChildError:
    """Word the refusal of an object whose `__html__()` gives no text."""
    return ChildError(
        f"cannot render {type(value).__name__} as a child of <{element}>",
        where=place,
        why=f"its __html__() returned {type(returned).__name__} instead of str",
        fix=f"def __html__(self) -> str: …  (in class {type(value).__name__})",
    )


def nesting_error(element: str, place: str, limit: int) -> ChildError:
    """Word the refusal of iterables that hold themselves."""
    return ChildError(
        f"cannot render iterables nested more than {limit} deep as children of <{element}>",
        where=place,
        why="a list that holds itself would never end",
        fix="itertools.chain.from_iterable(value)",
    )


def void_error(element: str, child: object) -> ChildError:
    """Word the refusal of a child of a void element."""
    return ChildError(
        f"cannot put a child into <{element}>",
        where=f"<{element}> > {short_repr(child)}",
        why=f"{element} is a void element: the parser would put the child behind it",
        fix=f"[{element}(), child]",
    )


def markup_in_text_error(element: str, child: object) -> ChildError:
    """Word the refusal of an element inside an element that holds text only."""
    return ChildError(
        f"cannot put an element into <{element}>",
        where=f"<{element}> > {short_repr(child)}",
        why=f"the parser reads all content of {element} as text and would show the tags",
        fix=f'{element}("text")',
    )


def raw_text_error(element: str, found: str) -> RawTextError:
    """Word the refusal of text that would end its element, or the page, early."""
    if element == "#comment":
        where, fix = "comment(…)", 'comment("text without angle brackets")'
    else:
        where = f"<{element}>"
        broken = found[:1] + "\\\\" + found[1:]
        fix = "json_script(value)" if element == "script" else f'"{broken}"'
        if element == "script":
            fix = f"write '{found[:1]}' + '{found[1:]}' in the script, or embed data with {fix}"
    page_end = found.lower() in ("</html>", "</head>", "</body>")
    return RawTextError(
        f"cannot write {found!r} inside {where}",
        where=where,
        why="Datastar would take the text for a whole page when it is patched"
        if page_end
        else f"the parser would see it as markup, not as part of the {element.lstrip('#')}",
        fix=fix,
    )


def tag_name_error(name: object) -> TagNameError:
    """Word the refusal of a string that no start tag can hold."""
    return TagNameError(
        f"cannot write {short_repr(name)} as an element's name",
        why="a name is a letter, then letters, digits, hyphens, dots or underscores",
        fix='element("my-widget")',
    )


def encoding_error(path: str, text: str) -> EncodingError:
    """Word the refusal of text with a lone surrogate."""
    return EncodingError(
        f"cannot encode {short_repr(text)} as UTF-8",
        where=path,
        why="it holds a lone surrogate, which is half a character",
        fix='text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")',
    )
