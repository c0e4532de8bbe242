"""The texts of the errors for content that a browser would read as code or markup.

Both engines raise these errors; `_wording` has the texts of the others.
"""

from __future__ import annotations

from typing import Any

from fatmorph.errors import AttributeValueError, ChildError, short_repr
from fatmorph.markup._template_parts import template_excerpt
from fatmorph.markup._wording import attribute_holder
from fatmorph.markup.path import find_path

__all__ = (
    "css_value_error",
    "html_value_error",
    "misread_raw_text_error",
    "signal_as_code_error",
    "srcdoc_error",
    "template_as_code_error",
)


def srcdoc_error(element: str, value: str) -> AttributeValueError:
    """Word the refusal of text that a browser would read as a page."""
    return AttributeValueError(
        "cannot write str as the value of srcdoc",
        where=f"srcdoc of {attribute_holder(element)}: {short_repr(value)}",
        why="srcdoc holds HTML, and scripts in it run as if they were your page's own",
        fix="srcdoc=p(text)  (or srcdoc=Markup(html), for HTML that you trust)",
    )


def css_value_error(element: str, place: str, text: str) -> AttributeValueError:
    """Word the refusal of text that would not stay in its declaration."""
    return AttributeValueError(
        f"cannot write {short_repr(text)} as one CSS value",
        where=f"{place} of {attribute_holder(element)}",
        why="it would end its declaration and begin another, or leave a string or bracket open",
        fix='style="…"  (a whole style, written by you)',
    )


def template_as_code_error(element: str, name: str, template: Any) -> AttributeValueError:
    """Word the refusal of text in code."""
    return AttributeValueError(
        f"cannot write a template string as the value of {name}",
        where=f"{name} of {attribute_holder(element)}: {template_excerpt(template, 0)}",
        why="its values would become code",
        fix='js(t"…")  (writes values as JavaScript)',
    )


def html_value_error(
    element: str, name: str, value: object, returned: object
) -> AttributeValueError:
    """Word the refusal of an object whose `__html__()` does not return text."""
    kind = type(value).__name__
    return AttributeValueError(
        f"cannot write {kind} as the value of {name}",
        where=f"{name} of {attribute_holder(element)}",
        why=f"its __html__() returned {type(returned).__name__} instead of str",
        fix=f"def __html__(self) -> str: …  (in class {kind})",
    )


def misread_raw_text_error(
    element: str, context: str, children: tuple[Any, ...], found: Any
) -> ChildError:
    """Word the refusal of an element that a parser would misread.

    Args:
        element: The name of the element around the children.
        context: How a parser reads the children.
        children: Text and elements.
        found: The element: one of the children, or a descendant.
    """
    trees = (child for child in children if not isinstance(child, str))
    paths = (find_path(tree, lambda each: each is found) for tree in trees)
    path = next(path for path, _ in filter(None, paths))
    why, fix = _misreading(element, context, found.tag)
    return ChildError(
        f"cannot put an HTML <{found.tag}> into <{element}>",
        where=f"<{element}> > {path}",
        why=why,
        fix=fix,
    )


def signal_as_code_error(element: str, attribute: str) -> AttributeValueError:
    """Word the refusal of an attribute that would write a signal into code."""
    language, fix = "CSS", 'data.style({"color": "$color"})  (on the elements to style)'
    if element.lower() == "script":
        language, fix = "JavaScript", 'data.effect("…")  (your own code, which reads $signals)'
    return AttributeValueError(
        f"cannot write {attribute} on <{element}>",
        where=f"{attribute} of <{element}>",
        why=f"the value of a signal would become {language}",
        fix=fix,
    )


def _misreading(element: str, context: str, tag: str) -> tuple[str, str]:
    """Return why a parser misreads a tag in a context, and what to write."""
    if tag == "template":
        why = f"inside {'svg' if context == 'svg' else 'math'} it is not a template to the parser"
        return why, "foreignObject(template(…))" if context == "svg" else "[math(…), template(…)]"
    if context == "svg":
        why = "inside svg the parser decodes references in its text, and reads tags in it as markup"
        return why, f"svg.{tag}(…)" if tag in ("script", "style") else f"foreignObject({tag}(…))"
    if context in ("mathml", "annotation"):
        why = (
            "inside math the parser decodes references in its text, and reads tags in it as markup"
        )
        return why, f"[math(…), {tag}(…)]"
    if context == "columns":
        why = "after a col the parser drops its tag, and reads tags in its text as markup"
        return why, f"template(colgroup(col(…)), {tag}(…))"
    why = f"inside {element} a parser may drop its tag, and read tags in its text as markup"
    return why, f"[{element}(…), {tag}(…)]"
