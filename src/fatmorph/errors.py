"""Every exception that fatmorph raises, and the texts of those that both engines raise.

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
    │   ├── OriginError              ValueError
    │   ├── MorphError               ValueError
    │   ├── ResponseError            ValueError
    │   ├── SettingsError            ValueError
    │   ├── SubjectError             ValueError
    │   ├── ServeError               ValueError
    │   ├── SnapshotError            ValueError
    │   └── CommandError             ValueError
    ├── MomentError                  a correct call at the wrong moment (RuntimeError)
    │   ├── ResponseStartedError
    │   ├── ResponseEndedError
    │   └── SubscriptionClosedError
    └── MissingExtraError            ImportError

Every message has up to four lines: what, where, why, fix. Line one makes sense on its own. A part
is always one line, because it may name something out of a request, and ends up in logs.
"""

# The types inside a refused value are unknown.
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from fatmorph.quoting import quoted
from fatmorph.remedies import attribute_remedy, raw_text_remedy, unusual_remedy

__all__ = (
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
    "MissingExtraError",
    "MomentError",
    "MorphError",
    "OriginError",
    "RawTextError",
    "ResponseEndedError",
    "ResponseError",
    "ResponseStartedError",
    "ServeError",
    "SettingsError",
    "SignalsError",
    "SnapshotError",
    "SubjectError",
    "SubscriptionClosedError",
    "TagNameError",
    "add_place",
    "argument_place",
    "attribute_holder",
    "attribute_value_error",
    "child_error",
    "encoding_error",
    "html_method_error",
    "markup_in_text_error",
    "nesting_error",
    "raw_text_error",
    "short_repr",
    "spent_generator_error",
    "tag_name_error",
    "uncalled_tag_error",
    "view_error",
    "void_error",
)

SHORT_REPR_CHARACTERS = 80  # one terminal line; longer values say nothing more
SHORT_PATH_CHARACTERS = 400  # five lines; the end of a longer path is what finds the place


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
        self.what = quoted(what)
        self.where = quoted(where)
        self.why = quoted(why)
        self.fix = quoted(fix)
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


class AttributeNameError(ArgumentError, ValueError):
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


class DatastarError(ArgumentError, ValueError):
    """Raised for a Datastar attribute or action that the client would ignore or fail on."""

    code = "datastar"


class EventError(ArgumentError, ValueError):
    """Raised for a field that an SSE event cannot carry."""

    code = "event"


class SignalsError(ArgumentError, ValueError):
    """Raised for signals of another type than requested: a 400, or 413 if too large."""

    code = "signals"
    status = 400


class BodyError(ArgumentError, ValueError):
    """Raised for a request body that is larger than the handler allows: a 413."""

    code = "body"
    status = 413


class OriginError(ArgumentError, ValueError):
    """Raised for an action that another site's page sent: a 403."""

    code = "origin"
    status = 403


class MorphError(ArgumentError, ValueError):
    """Raised for a page or a patch that cannot be checked or simulated."""

    code = "morph"


class ResponseError(ArgumentError, ValueError):
    """Raised for a status, header, cookie or location that HTTP cannot safely transmit."""

    code = "response"


class SettingsError(ArgumentError, ValueError):
    """Raised for a setting that could never have its apparent effect."""

    code = "settings"


class SubjectError(ArgumentError, ValueError):
    """Raised for a relay subject or pattern that cannot match anything."""

    code = "subject"


class ServeError(ArgumentError, ValueError):
    """Raised for an application that `serve()` cannot start."""

    code = "serve"


class SnapshotError(ArgumentError, ValueError):
    """Raised for a name under which no snapshot can be stored."""

    code = "snapshot"


class CommandError(ArgumentError, ValueError):
    """Raised for an argument of the command line with which nothing can be checked."""

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


class MissingExtraError(FatmorphError, ImportError):
    """Raised if an optional dependency is not installed."""

    code = "missing-extra"


def short_repr(value: object) -> str:
    """Return `repr(value)` on one line of 80 characters, or the type's name if `repr` fails."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a broken __repr__ must not hide the real error
        return f"<{type(value).__name__}>"
    return _one_line(text, SHORT_REPR_CHARACTERS)


def add_place(error: Exception, place: str) -> None:
    """Add the place to a user's own exception, unless a closer place is noted."""
    if isinstance(error, FatmorphError):  # has its own place
        return
    note = f"while {place}"
    if not any(known.startswith(note) for known in getattr(error, "__notes__", ())):
        error.add_note(note)


def argument_place(element: str, indices: tuple[int, ...]) -> str:
    """Return the name of an argument of an element's call, or of an item in it."""
    first, *items = indices
    if element in _CALLS and items:  # fragment() and comment() pass their arguments in a tuple
        first, *items = items
    place = f"{_CALLS.get(element, element)}(…), positional argument {first + 1}"
    return place + "".join(f", item {index + 1}" for index in items)


def attribute_holder(element: str) -> str:
    """Return the name of an attribute's holder: an element or an `Attrs`."""
    return "Attrs(…)" if element == "Attrs" else f"<{element}>"


# The texts of the errors that both markup engines raise. The engines pass values; every sentence
# is written only here, so that the engines cannot drift apart.

_CALLS = {"#document-fragment": "fragment", "#comment": "comment"}


def child_error(element: str, place: str, value: object) -> ChildError:
    """Word the refusal of a value that no element can hold."""
    if isinstance(value, Mapping):
        why, fix = "attributes come before the first child", f"{element}({{…}}, child, child)"
        if element in _CALLS:
            why, fix = f"a {_CALLS[element]} has no attributes", "div({…}, child, child)"
    else:
        why, fix = unusual_remedy(value) or (
            "a child is text, a number, an element, trusted HTML or an iterable of these",
            "str(value)",
        )
    return ChildError(
        f"cannot render {type(value).__name__} as a child of {_named(element)}",
        where=f"{place}: {short_repr(value)}",
        why=why,
        fix=fix,
    )


def uncalled_tag_error(element: str, place: str, name: str) -> ChildError:
    """Word the refusal of a tag that was not called."""
    return ChildError(
        f"cannot render the tag {name} as a child of {_named(element)}",
        where=place,
        why="a tag becomes an element when it is called",
        fix=f"{name}()",
    )


def html_method_error(element: str, place: str, value: object, returned: object) -> ChildError:
    """Word the refusal of an object whose `__html__()` does not return text."""
    kind = type(value).__name__
    return ChildError(
        f"cannot render {kind} as a child of {_named(element)}",
        where=place,
        why=f"its __html__() returned {type(returned).__name__} instead of str",
        fix=f"def __html__(self) -> str: …  (in class {kind})",
    )


def spent_generator_error(element: str, place: str, generator: object) -> ChildError:
    """Word the refusal of a generator that was consumed before."""
    return ChildError(
        f"cannot render a spent generator as a child of {_named(element)}",
        where=f"{place}: {getattr(generator, '__name__', 'generator')}",
        why="it was consumed before and would render as nothing",
        fix="items = list(generator)  (a list can be used twice)",
    )


def nesting_error(element: str, place: str, limit: int) -> ChildError:
    """Word the refusal of iterables that contain themselves."""
    return ChildError(
        f"cannot render iterables nested more than {limit} deep as children of {_named(element)}",
        where=place,
        why="a list that holds itself would never end",
        fix="itertools.chain.from_iterable(value)",
    )


def void_error(element: str, child: object) -> ChildError:
    """Word the refusal of a child of a void element."""
    return ChildError(
        f"cannot put a child into <{element}>",
        where=f"<{element}> > {short_repr(child)}",
        why=f"{element} is a void element: the parser would put the child after it",
        fix=f"[{element}(), child]",
    )


def markup_in_text_error(element: str, child: object) -> ChildError:
    """Word the refusal of an element inside an element that contains only text."""
    call = _CALLS.get(element, element)
    return ChildError(
        f"cannot put an element into {_named(element)}",
        where=f"{_named(element)} > {short_repr(child)}",
        why=f"the parser reads all content of a {call} as text and would show the tags",
        fix=f'{call}("text")',
    )


def raw_text_error(element: str, text: str, start: int, end: int) -> RawTextError:
    """Word the refusal of text whose part `text[start:end]` would end its element early."""
    found = text[start:end]
    if found in ("</html>", "</head>", "</body>"):
        why = "Datastar would take the page for ended there when this is patched"
    else:
        why = f"the parser would end the {_CALLS.get(element, element)} there, or misread the rest"
    return RawTextError(
        f"cannot write {found!r} inside {_named(element)}",
        where=f"{_named(element)}: {_excerpt(text, start, end)}",
        why=why,
        fix=raw_text_remedy(element, found),
    )


def tag_name_error(name: object) -> TagNameError:
    """Word the refusal of a string that a start tag cannot contain."""
    return TagNameError(
        f"cannot write {short_repr(name)} as an element's name",
        why="a name is a letter, then letters, digits, hyphens, dots or underscores",
        fix='element("my-widget")',
    )


def view_error(value: object) -> ChildError:
    """Word the refusal of a view that is not an element."""
    if value is None:
        why, fix = "a view function without a return statement returns None", "return h.div(…)"
    elif isinstance(value, str | int | float):
        why, fix = "only a fragment says that text is text and not HTML", "fragment(value)"
    elif isinstance(value, Iterable):
        why, fix = unusual_remedy(value) or ("several elements are a fragment", "fragment(*value)")
    else:
        why, fix = unusual_remedy(value) or ("", "")
    return ChildError(
        f"cannot render {type(value).__name__} as a view",
        where=short_repr(value),
        why=why or "a view is an element, a fragment or an object with __html__",
        fix=fix or "fragment(str(value))",
    )


def attribute_value_error(element: str, name: str, value: object) -> AttributeValueError:
    """Word the refusal of a value that an attribute, or a property of a style, cannot hold."""
    holds = _ATTRIBUTE_HOLDS.get(name, "an attribute holds text, a number, True, False or None")
    if name.startswith("style["):
        holds = "a property holds text, a number, or None or False to be left out"
    return AttributeValueError(
        f"cannot write {type(value).__name__} as the value of {name}",
        where=f"{name} of {attribute_holder(element)}: {short_repr(value)}",
        why=holds,
        fix=attribute_remedy(name, value),
    )


def encoding_error(path: str, text: str) -> EncodingError:
    """Word the refusal of text with a lone surrogate."""
    surrogate = re.search("[\ud800-\udfff]", text)
    excerpt = _excerpt(text, *surrogate.span()) if surrogate else short_repr(text)
    return EncodingError(
        f"cannot encode {excerpt} as UTF-8",
        where=path if len(path) <= SHORT_PATH_CHARACTERS else f"… {path[-SHORT_PATH_CHARACTERS:]}",
        why="it holds a lone surrogate, which is half a character",
        fix='text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")',
    )


_ATTRIBUTE_HOLDS = {
    "class": "class holds text, names in an iterable, or a mapping of names to true or false",
    "style": "style holds text, or a mapping of properties to their values",
}


def _one_line(text: str, characters: int) -> str:
    text = " ".join(text.splitlines())
    return text if len(text) <= characters else text[: characters - 1] + "…"


def _excerpt(text: str, start: int, end: int) -> str:
    return _one_line(repr(text[max(0, start - 30) : end + 30]), SHORT_REPR_CHARACTERS)


def _named(element: str) -> str:
    return f"a {_CALLS[element]}" if element in _CALLS else f"<{element}>"
