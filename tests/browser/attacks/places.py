"""Places: ways to put a user's text into a page.

A place is a Python expression of `user`, the text, and `n`, a number for unique names. Places that
are documented as code are left out: `on…` attributes, Datastar expressions, scripts, `Markup`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import escape

import fatmorph
from browser.attacks.names import ATTRIBUTES
from fatmorph.datastar import events
from fatmorph.markup.escape import JSExpression

__all__ = ("ATTRIBUTE_WAYS", "CHILD_WAYS", "Place", "attribute_alone", "with_context")

NAMES = {name: getattr(fatmorph, name) for name in fatmorph.__all__} | {
    # The page needs its own id; a plain `str` as srcdoc is refused.
    "ATTRIBUTES": [name for name in ATTRIBUTES if name not in ("id", "srcdoc")],
    "JSExpression": JSExpression,
    "escape": escape,
    "events": events,
}

IN_FORMS = {"h.button", "h.fieldset", "h.input", "h.object", "h.output", "h.select", "h.textarea"}


@dataclass(eq=False)
class Place:
    """An expression whose value is a node of a page, or bytes of a stream if `is_event`."""

    source: str
    is_event: bool = False
    is_head: bool = False
    is_page: bool = False
    is_alone: bool = False
    """Whether it would disturb other places in the same page."""
    parts: "tuple[Place, ...]" = ()
    """The places that it combines, if any."""

    @cached_property
    def written(self) -> Callable[[str, int], Any]:
        """Return the expression as a function of `user` and `n`."""
        return eval(f"lambda user, n: {self.source}", NAMES)  # a source of this package


def with_context(context: str, source: str) -> str:
    """Return an expression in a context."""
    return context.replace("{}", source, 1)


def attribute_alone(element: str, attribute: str) -> str:
    """Return an element with one attribute of a user's, where a click on it could do something."""
    given = f"{element}({attribute})"
    if element.startswith("svg."):
        return f"svg.svg(svg.a({given}, href='#'))"
    if element.startswith("mathml."):
        return f"mathml.math({given})"
    return f"h.form({given}, action='#')" if element in IN_FORMS else given


# Every way in which a text becomes a child.
CHILD_WAYS = (
    "h.p(user)",
    "h.p('x', user, 'y')",
    "h.p(f'x{user}y')",
    "h.p([user])",
    "h.p([[user], (user,)])",
    "h.p(u for u in [user])",
    "h.p({user: 1}.keys())",
    "h.p(fragment(user))",
    "h.p(fragment(fragment([user])))",
    "fragment(user, h.br())",
    "h.p(static(fragment(user)))",
    "static(h.p(user, title=user))",
    "h.p(static(h.b(user)))",
    "Markup(str(h.p(user, title=user)))",
    "Markup(render(h.p(user, title=user)))",
    "Markup(render_bytes(h.p(user, title=user)).decode())",
    "Markup(pretty(h.div(h.p(user, title=user), h.pre(user))))",
    "h.p(Markup('<b title=\"{}\">{}</b>').format(user, user))",
    "h.p(Markup('<b>') + user + Markup('</b>'))",
    "h.p(Markup('%s') % user)",
    "h.p(Markup(' ').join([user, user]))",
    "h.p(Markup(escape(user)))",
    "h.p(type('Name', (str,), {})(user))",
    "h.pre(user)",
    "h.pre('\\n' + user)",
    "h.div(comment(user))",
    "h.div(comment(' ' + user + ' '))",
    "h.div(comment('-' + user + '-'))",
    "h.title(user)",
    "h.textarea(user)",
    "h.textarea('\\n' + user)",
    "h.option(user)",
    "h.iframe(user)",
    "h.style(user)",
    "svg.svg(svg.style(user))",
    "svg.svg(svg.title(user))",
    "svg.svg(svg.text(user))",
    "svg.svg(comment(user))",
    "mathml.math(mathml.mtext(user))",
    "mathml.math(mathml.annotation_xml(user, encoding='text/html'))",
    "mathml.math(comment(user))",
    "h.noscript(user)",
    "h.noscript(h.p(user, title=user))",
    "h.noscript(comment(user))",
    "h.noscript(h.style(user))",
    "h.noscript(h.title(user))",
    "h.template(comment(user), h.style(user))",
    "element('xmp')(user)",
    "element('noembed')(user)",
    "element('noframes')(user)",
    "element('xmp')(comment(user))",
    "element('noembed')(comment(user))",
    "element('noframes')(comment(user))",
    "h.table(user, h.tr(user, h.td(user)))",
    "h.select(user, h.option(user))",
    "h.div(title=user, class_=user, id=user, name=user)",
    "h.div(id=dom_id('x', user))",
    "h.slot(name=user)",
    "h.template(h.b('x', title=user), shadowrootmode=user)",
    "h.template(h.style('x{}'), h.b(user, title=user), shadowrootmode='open')",
    "h.div(h.template(h.slot(name=user), shadowrootmode='open'), h.b('x', slot=user))",
    "json_script(user)",
    "json_script({user: [user, {user: user}]})",
    "json_script(user, id=user)",
)

# Every way to pass an attribute called NAME.
ATTRIBUTE_WAYS = (
    "{'NAME': user}",
    "**{'NAME': user}",
    "Attrs({'NAME': user})",
    "Attrs({}) | {'NAME': user}",
    "{'NAME': 'x'} | Attrs({'NAME': user})",
    "{'NAME': 'x'}, NAME_KEYWORD=user",
    "{'NAME'.upper(): user}",
    "{'NAME'.title(): user}",
    "{'NAME': type('Name', (str,), {})(user)}",
    "{type('Name', (str,), {})('NAME'): user}",
    "{'NAME': f'{user}#x'}",
    "{'NAME': f' {user}'}",
    "{'NAME': f'/x?{user}'}",
    "{'NAME': f'https://x.example/{user}'}",
)
