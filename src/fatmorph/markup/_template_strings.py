"""Template strings as children and as JavaScript.

The texts are written by the author and trusted. A value is written by the rules of its place: as a
child, or as a literal of JavaScript. A value at any other place, such as inside a tag, is refused,
because escaping would not keep it there. As text of attributes, `_values` reads them.
"""

# The types exist only from Python 3.14, and callers may use no type checker.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from fatmorph.errors import AttributeValueError, ChildError
from fatmorph.markup._template_parts import is_template, template_excerpt, template_value
from fatmorph.markup._template_places import WRITABLE, Place, html_places, js_places
from fatmorph.markup._values import text_of
from fatmorph.markup._wording import attribute_remedy

__all__ = ("template_children", "template_code")

CODE_ELEMENTS = {
    "script": 'script(js(t"…"))',
    "style": 'div(style={{"--size": {}}})  (var(--size) in the style)',
}
"""Element → code that writes a value into it, with the place of the value's expression."""


def template_children(element: str, template: Any, place: str) -> tuple[Any, ...]:
    """Return the parts of a template string as children: trusted texts (UNESCAPED), and values.

    Args:
        element: The name of the element around them.
        template: A template string.
        place: The place of the template in the call, for errors.

    Raises:
        ChildError: A value inside a tag, a comment, a script or a style, or anything but text
            where the parser reads elements by other rules; or the end inside a tag.
    """
    places = html_places(template.strings)
    code = CODE_ELEMENTS.get(element.lower())
    children: list[Any] = []
    for index, text in enumerate(template.strings):
        if text:
            children.append(Markup(text))  # noqa: S704 - UNESCAPED, the author wrote it
        if index == len(template.interpolations):
            break
        if code or places[index].kind not in WRITABLE:
            inside = Place("raw text", element.lower()) if code else places[index]
            raise _inside_error(template, index, inside, place)
        value = template_value(template.interpolations[index])
        if places[index].kind == "text" and not _is_text(value):
            raise _not_text_error(template, index, places[index].name, place)
        children.append(value)
    if places[-1].kind not in WRITABLE:
        raise _unfinished_error(template, places[-1], place)
    return tuple(children)


def template_code(template: Any, literal: Callable[[object, str], str]) -> str:
    """Return the texts of a template string as code (UNESCAPED), with its values as literals.

    Args:
        template: A template string.
        literal: Returns the literal of a value, whose place is the second argument.

    Raises:
        AttributeValueError: A value inside a string, comment, regular expression or word.
    """
    places = js_places(template.strings)
    code: list[str] = [template.strings[0]]
    for index, part in enumerate(template.interpolations):
        if places[index].kind != "code":
            raise _not_code_error(template, index, places[index])
        code += [
            literal(template_value(part), f"{{{part.expression}}}"),
            template.strings[index + 1],
        ]
    return "".join(code)


def _is_text(value: object) -> bool:
    if value is None or is_template(value):
        return value is None
    return text_of(value) is not None and not hasattr(type(value), "__html__")


def _inside_error(template: Any, index: int, inside: Place, place: str) -> ChildError:
    expression = template.interpolations[index].expression
    why = "a value is a child, and there it could become markup or code"
    return ChildError(
        f"cannot write {{{expression}}} inside {_described(inside)} of a template string",
        where=f"{place}: {template_excerpt(template, index)}",
        why=why,
        fix=_remedy(template, index, inside),
    )


def _described(inside: Place) -> str:
    if inside.kind == "comment":
        return "a comment"
    if inside.kind == "tag":
        return f"the tag <{inside.name}>" if inside.name else "a tag"
    return f"the <{inside.name}>"


def _remedy(template: Any, index: int, inside: Place) -> str:
    """Return code that writes a value with a tag."""
    expression = template.interpolations[index].expression
    if inside.kind == "comment":
        return f'comment(t"{{{expression}}}")'
    if inside.kind == "raw text":
        return CODE_ELEMENTS.get(inside.name, f"{inside.name}({{}})").format(expression)
    tag = inside.name or 'element("…")'
    before, after = template.strings[index], template.strings[index + 1]
    found = re.search(r"""([^\s"'<>/=]+)=(["']?)([^"']*)\Z""", before)
    if found is None:
        return f"{tag}(…)"
    name, quote, start = found.groups()
    is_whole = not start and re.match(quote or r"[\s>]", after)
    value = expression if is_whole else f't"{start}{{{expression}}}…"'
    return f"{tag}({attribute_remedy(name, '').partition('=')[0]}={value})"


def _not_text_error(template: Any, index: int, name: str, place: str) -> ChildError:
    expression = template.interpolations[index].expression
    return ChildError(
        f"cannot write {{{expression}}} inside the <{name}> of a template string",
        where=f"{place}: {template_excerpt(template, index)}",
        why=f"inside {name} a parser reads elements by other rules, so only text is safe there",
        fix=f"{name}({expression})",
    )


def _unfinished_error(template: Any, inside: Place, place: str) -> ChildError:
    return ChildError(
        f"cannot end a template string inside {_described(inside)}",
        where=f"{place}: {template_excerpt(template, len(template.interpolations))}",
        why="the parser would read the following elements as a part of it",
        fix='t"<b>{text}</b>"  (or &lt; for a less-than sign)',
    )


def _not_code_error(template: Any, index: int, inside: Place) -> AttributeValueError:
    expression = template.interpolations[index].expression
    place = f"a {inside.kind}" if inside.kind != "word" else "or next to a word or another value"
    fix = f'js(t"… + {{{expression}}} + …")  (outside of quotes)'
    if inside.kind == "word":
        fix = f'js(t"… {{{expression}}} …")  (or JSExpression("…") for code)'
    return AttributeValueError(
        f"cannot write {{{expression}}} inside {place} of JavaScript",
        where=f"js({template_excerpt(template, index)})",
        why="a value becomes a literal with its own quotes",
        fix=fix,
    )
