"""Elements, and the ways to make one other than a catalog's tags.

The catalogs `html`, `svg` and `mathml` hold a `Tag` for every element of their standard.
"""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup

from fatmorph.errors import AttributeValueError, plain_text, short_repr
from fatmorph.markup._core import (
    COMMENT,
    FRAGMENT,
    BuiltChild,
    Element,
    Tag,
    changed_regions,
    frozen,
)
from fatmorph.markup._objects import json_target, target_of
from fatmorph.markup._wording import view_error
from fatmorph.types import AttributeValue, Child

__all__ = (
    "BuiltChild",
    "Element",
    "Markup",
    "Tag",
    "changed_regions",
    "comment",
    "element",
    "fragment",
    "json_script",
    "static",
)

_SCRIPT = Tag("script")
_FOREIGN = {"svg": Tag("svg", "svg"), "math": Tag("math", "mathml")}
# Text that could end the script early begins with `<`. `&` begins a reference, which a parser
# decodes outside raw text. UTF-8 has no lone surrogates. In JSON, only strings contain these.
_UNSAFE_IN_JSON = re.compile("[&<\ud800-\udfff]")


def element(name: str) -> Tag:
    """Return the tag of a custom element, or of any name that is not in a catalog.

    Args:
        name: Letters, digits, `-`, `.` and `_`, beginning with an ASCII letter: `my-widget`.
            Written in lower case, as the parser reads it.

    Raises:
        TagNameError: A start tag cannot contain `name`.

    Example:
        >>> star_rating = element("star-rating")
        >>> print(star_rating("4 of 5", value=4))
        <star-rating value="4">4 of 5</star-rating>

    Source: https://html.spec.whatwg.org/multipage/custom-elements.html#valid-custom-element-name
    """
    return _FOREIGN[name] if name in ("svg", "math") else Tag(name)


def fragment(*children: Child) -> Element:
    """Return children without an element around them.

    An element that gets a fragment as a child gets the children of the fragment instead.

    Args:
        *children: As those of an element, without attributes. `fragment()` is empty.

    Raises:
        ChildError: No element can hold one of the children.

    Example:
        >>> from fatmorph import h
        >>> print(fragment(h.dt("Morph"), h.dd("Change in place")))
        <dt>Morph</dt><dd>Change in place</dd>
    """
    return FRAGMENT(children)


def comment(text: str) -> Element:
    """Return a comment.

    Args:
        text: Written verbatim, because comments have no escapes. Every visitor can read it.

    Raises:
        ChildError: `text` is not text.
        RawTextError: The text would end the comment early, or Datastar would read it as the
            end of a page.

    Example:
        >>> print(comment(" cart "))
        <!-- cart -->

    Source: https://html.spec.whatwg.org/multipage/syntax.html#comments
    """
    return COMMENT((text,))


def static(node: Element) -> Element:
    """Return an equal element whose HTML is rendered once, now, and copied from then on.

    Use it for elements that never change: a navigation bar, an icon, a footer. The result is equal
    to `node` and has the same attributes and children.

    Args:
        node: An element or fragment. A frozen one is returned unchanged.

    Raises:
        ChildError: `node` is not an element.

    Example:
        >>> from fatmorph import h
        >>> footer = static(h.footer("Made by hand"))
        >>> footer == h.footer("Made by hand")
        True
    """
    # Callers may use no type checker. Not isinstance(): a proxy claims the class of its target.
    target = target_of(node)
    if not issubclass(type(target), Element):
        raise view_error(node)
    return frozen(target)


def json_script(value: object, /, **attributes: AttributeValue) -> Element:
    r"""Return a `<script type="application/json">` that holds a value for scripts to read.

    Args:
        value: Anything that `json.dumps` accepts, except NaN and Infinity, which are not JSON.
        **attributes: The attributes of the script element, usually `id=`.

    Raises:
        AttributeValueError: `value` cannot be written as JSON.

    Example:
        >>> print(json_script({"name": "</script>"}, id="user"))
        <script type="application/json" id="user">{"name":"\u003c/script>"}</script>
    """
    try:
        text = _json_text(value)
    except (TypeError, ValueError, RecursionError) as error:
        place, member = _refused_member(value)
        raise AttributeValueError(
            f"cannot write {type(member).__name__} as JSON",
            where=f"{place}: {short_repr(member)}"
            if place
            else f"json_script({short_repr(value)})",
            why="JSON holds text, finite numbers, true, false, null, lists and objects",
            fix="value.isoformat()"
            if hasattr(type(member), "isoformat")
            else "json_script({'name': 'text', 'count': 1, 'items': []})",
        ) from error
    text = _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return _SCRIPT({"type": "application/json"}, Markup(text), **attributes)  # noqa: S704


def _json_text(value: object) -> str:
    return json.dumps(
        value, allow_nan=False, ensure_ascii=False, separators=(",", ":"), default=json_target
    )


# Any: what a caller without a type checker gives.
def _refused_member(value: Any) -> tuple[str, object]:
    """Return the place and value of the first member that is not JSON, or the whole value."""
    pending: list[tuple[str, Any]] = [("", value)]
    walked: set[int] = set()
    while pending:
        place, item = pending.pop()
        is_dict = issubclass(type(item), dict)
        if (is_dict or issubclass(type(item), list | tuple)) and id(item) not in walked:
            walked.add(id(item))
            for key in item if is_dict else ():
                if not _is_json({key: None}):
                    return f"{place}, a key".lstrip("., "), key
            form = "{}.{}" if is_dict else "{}[{}]"
            members = item.items() if is_dict else enumerate(item)
            found = [(form.format(place, plain_text(key)), member) for key, member in members]
            pending += found[::-1]
        elif place and not _is_json(item):
            return place.lstrip("."), item
    return "", value


def _is_json(value: object) -> bool:
    try:
        _json_text(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True
