"""The texts of the errors that both markup engines raise, and the code to paste.

The engines pass values; every sentence is written once, so that both engines have the same. These
functions are called only for an error.
"""

# The types of items in a refused value are unknown.
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum, EnumType, Flag
from keyword import iskeyword

from fatmorph.errors import (
    SHORT_REPR_CHARACTERS,
    AttributeValueError,
    ChildError,
    EncodingError,
    RawTextError,
    TagNameError,
    short_repr,
    shortened,
)
from fatmorph.markup._familiar_values import familiar_remedy
from fatmorph.markup._objects import claimed_class
from fatmorph.markup._template_parts import is_interpolation, is_template

__all__ = (
    "LONG_INT",
    "argument_place",
    "attribute_holder",
    "attribute_value_error",
    "child_error",
    "encoding_error",
    "html_method_error",
    "markup_in_text_error",
    "nesting_error",
    "raw_text_error",
    "record_error",
    "spent_generator_error",
    "tag_name_error",
    "uncalled_tag_error",
    "unusual_remedy",
    "view_error",
    "void_error",
)

# https://docs.python.org/3/library/stdtypes.html#integer-string-conversion-length-limitation
LONG_INT = "Python writes no int with more digits than sys.get_int_max_str_digits()"
SHORT_PATH_CHARACTERS = 400  # five lines; the end of a longer path is enough to find the place


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


def record_error(element: str, place: str, record: object) -> ChildError:
    """Word the refusal of text in an iterable that may be a record.

    Without the record itself, whose fields may be secrets.
    """
    return ChildError(
        f"cannot render {type(record).__name__} as a child of {_named(element)}",
        where=place,
        why="its items may be the fields of a record, so only elements in it are children",
        fix="list(value)",
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
        why = "Datastar would read it as the end of the page when this is patched"
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
        why, fix = (
            "text may be meant as HTML, and a fragment renders it as text",
            "fragment(value)",
        )
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
    if name not in _ATTRIBUTE_HOLDS and _is_long_int(value):
        holds = LONG_INT
    return AttributeValueError(
        f"cannot write {type(value).__name__} as the value of {name}",
        where=f"{name} of {attribute_holder(element)}: {short_repr(value)}",
        why=holds,
        fix=familiar_remedy(element, name, value) or attribute_remedy(name, value),
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


def _excerpt(text: str, start: int, end: int) -> str:
    return shortened(repr(text[max(0, start - 30) : end + 30]), SHORT_REPR_CHARACTERS)


def _named(element: str) -> str:
    return f"a {_CALLS[element]}" if element in _CALLS else f"<{element}>"


def unusual_remedy(value: object) -> tuple[str, str] | None:
    """Return why a value is neither text nor an element, and the code that makes it one."""
    if _is_long_int(value):
        return LONG_INT, "hex(value)"
    if isinstance(value, str | int | float | Decimal):
        return "a proxy claims to be text or a number, and is neither", "str(value)"
    if _is_expression(value):
        return "the value of an expression is in the browser", "data.text(expression)"
    if is_template(value):
        return "a template string is rendered in an element or a fragment", "fragment(value)"
    if is_interpolation(value):
        return "a template string is rendered as a whole", "value.value"
    if isinstance(value, bytes | bytearray | memoryview):
        fix = "bytes(value).decode()" if isinstance(value, memoryview) else "value.decode()"
        return "bytes are not text until they are decoded", fix
    kind = claimed_class(value)  # the type of a proxy has methods of every kind
    if issubclass(kind, Iterable) and issubclass(kind, AsyncIterable):
        return "it has methods of every kind, like an undefined variable of Jinja2", "str(value)"
    if issubclass(kind, Awaitable):
        return "its result does not exist until it is awaited", "await value"
    if issubclass(kind, AsyncIterable):
        return "an element is built at once and cannot wait", "[item async for item in value]"
    if isinstance(value, Flag):
        return "a flag is a set of members, and its value a number for all of them", "value.name"
    if isinstance(value, Enum):
        return "a member of an Enum is a name and a value", "value.value"
    if isinstance(value, EnumType):
        return "a class is not rendered, only its members", "[member.value for member in value]"
    if issubclass(kind, Callable):  # type: ignore[arg-type]  # an abstract class
        return "a function or a tag is not rendered, only its result", "value()"
    if hasattr(type(value), "isoformat"):
        return "a date can be written in many ways", "value.isoformat()"
    return None


def _is_long_int(value: object) -> bool:
    """Return whether a refused value is an int, which then has too many digits."""
    return issubclass(type(value), int) and not isinstance(value, bool)


def _is_expression(value: object) -> bool:
    # By name: a page without expressions does not import datastar-py.
    return any(base.__name__ == "JSExpression" for base in type(value).__mro__)


def raw_text_remedy(element: str, found: str) -> str:
    """Return code for text that contains `found`, which would end its element early."""
    if element == "#comment":
        return 'comment("text without angle brackets")'
    if element in ("script", "style"):
        # JavaScript and CSS drop the backslash in a string; a string of Python needs two.
        return f'{element}("… {found[0]}\\\\{found[1:]} …")' + (
            ", or json_script(value) for data" if element == "script" else ""
        )
    if element == "iframe":
        return "iframe(srcdoc=p(text))"
    return "pre(text)" if element in ("noembed", "noframes", "xmp") else f'{element}("text")'


def attribute_remedy(name: str, value: object) -> str:
    """Return code that converts a value to one that the attribute can hold."""
    if name == "style" and not isinstance(value, bytes | bytearray):
        return 'style={"color": "red"}'
    if name == "class" and isinstance(value, bool | int | float):
        return 'class_={"open": is_open}'
    if _is_expression(value):
        return f'data.attr({{"{name}": expression}})  (as a positional argument)'
    code = "str(value)"
    if unusual := unusual_remedy(value):
        code = unusual[1]
    elif isinstance(value, Mapping):
        code = "json.dumps(value)"
    elif isinstance(value, list | tuple):
        code = '" ".join(value)'
    if name.startswith("style["):
        code = '"red" if value else None' if isinstance(value, bool) else code
        return f"style={{{name[6:-1]}: {code}}}"
    keyword = name.replace("-", "_") + ("_" if iskeyword(name) else "")
    return f"{keyword}={code}" if keyword.isidentifier() else f'{{"{name}": {code}}}'
