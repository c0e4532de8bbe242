"""Rendering: a tree to HTML, as text or as UTF-8 bytes."""

from __future__ import annotations

from typing import cast

from fatmorph.markup import _core
from fatmorph.markup._core import ENGINE, FRAGMENT, Element, generated_range, place_of
from fatmorph.markup._objects import has_html, target_of
from fatmorph.markup._template_parts import is_template
from fatmorph.markup._wording import view_error
from fatmorph.types import HasHtml, TemplateString

__all__ = (
    "ENGINE",
    "as_element",
    "generated_range",
    "made_at",
    "render",
    "render_bytes",
    "render_event",
)


def render(view: Element | HasHtml | TemplateString) -> str:
    """Return the HTML of a view.

    Args:
        view: An element or fragment of any depth, an object with `__html__`, which is trusted
            (UNESCAPED), or a template string. The doctype is written before an `html` element.

    Raises:
        ChildError: `view` is anything else.

    Example:
        >>> from fatmorph import h
        >>> render(h.p("2 < 3"))
        '<p>2 &lt; 3</p>'
    """
    return _core.render(as_element(view))


def render_bytes(view: Element | HasHtml | TemplateString) -> bytes:
    r"""Return the HTML of a view as UTF-8; equal to `render(view).encode()`.

    Args:
        view: As for `render()`.

    Raises:
        ChildError: `view` cannot be rendered.
        EncodingError: Text with a lone surrogate; the message has the path to it.

    Example:
        >>> from fatmorph import h
        >>> render_bytes(h.p("naïve"))
        b'<p>na\xc3\xafve</p>'
    """
    return _core.render_bytes(as_element(view))


def render_event(view: Element | HasHtml | TemplateString, head: bytes, line: bytes) -> bytes:
    r"""Return a server-sent event with the HTML of a view, written in one pass.

    Args:
        view: As for `render()`.
        head: The event's other lines, each with its line end; may be empty.
        line: The prefix of each line of the HTML. CR, LF and CRLF end a line.

    Raises:
        ChildError: `view` cannot be rendered.
        EncodingError: Text with a lone surrogate; the message has the path to it.

    Example:
        >>> from fatmorph import h
        >>> render_event(h.pre("a\nb"), b"event: note\n", b"data: ")
        b'event: note\ndata: <pre>a\ndata: b</pre>\n\n'
    """
    return _core.render_event(as_element(view), head, line)


def as_element(view: object) -> Element:
    """Return a view as an element: itself, or a fragment.

    A fragment of trusted HTML (UNESCAPED), or of a template string.

    A proxy is its target.

    Raises:
        ChildError: `view` is neither of these.
    """
    if issubclass(type(view), Element):  # not isinstance(): a proxy claims its target's class
        return cast("Element", view)  # hot: as tests/benchmarks/thin_patches.py shows
    target = target_of(view)
    if issubclass(type(target), Element):
        return cast("Element", target)
    if has_html(target) or is_template(target):
        return FRAGMENT(cast("HasHtml", target))
    raise view_error(view)


def made_at(node: object) -> str:
    """Return the file and the line that made an element, in development; otherwise nothing."""
    return (place_of(node) or "") if isinstance(node, Element) else ""
